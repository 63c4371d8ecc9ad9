"""ESC/POS printers on a TCP port, a serial line and a device file, against one that reads what we send."""

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, DeviceTimeout, HardwareError
from hardware.printer import Paper, PrinterState
from hardware.printer_device_file import DeviceFileLine
from hardware.printer_escpos import EscposPrinter
from hardware.printer_line import Descriptor
from hardware.printer_network import NetworkLine
from hardware.printer_raster import harmless
from hardware.printer_serial import SerialLine
from tests.hardware.paper_rig import PtyPrinter, TcpPrinter, Works
from tests.hardware.printer_contract import Ink, PrinterContract, a_receipt, png_of


class EscposRig:
    def __init__(self, kind: str, works: Works) -> None:
        self.works = works
        self.far = TcpPrinter(works) if kind == "network" else PtyPrinter(works)
        if isinstance(self.far, TcpPrinter):
            line: NetworkLine | SerialLine | DeviceFileLine = NetworkLine("printer", "127.0.0.1", self.far.port)
        elif kind == "serial":
            line = SerialLine("printer", self.far.path)
        else:
            line = DeviceFileLine("printer", self.far.path)
        self.printer = EscposPrinter("printer", line, dots=works.dots, slow_s=2.0)

    def printed(self) -> list[Ink]:
        return self.works.pictures

    def take_paper(self) -> None:
        self.works.rows_left = 0

    def new_roll(self) -> None:
        self.works.new_roll()

    def close(self) -> None:
        self.printer.close()
        self.far.close()


Make = Callable[..., EscposRig]


@pytest.fixture
def made():
    rigs: list[EscposRig] = []

    def make(kind: str = "network", **works: object) -> EscposRig:
        rigs.append(EscposRig(kind, Works(**works)))  # type: ignore[arg-type]
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()


@pytest.mark.parametrize("kind", ["network", "serial", "device file"])
class TestEscposPrinter(PrinterContract):
    @pytest.fixture
    def rig(self, made: Make, kind: str) -> EscposRig:
        return made(kind)


class TestNarrowPaper(PrinterContract):
    @pytest.fixture
    def rig(self, made: Make) -> EscposRig:
        return made(dots=384)


def ink(rig: EscposRig, height: int = 300) -> Ink:
    return a_receipt(rig.works.dots, 5, height)


# --- how its paper stands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("works", "state"),
    [
        ({}, PrinterState(Paper.OK)),
        ({"rows_left": 200, "low_below": 500}, PrinterState(Paper.LOW)),
        ({"rows_left": 0}, PrinterState(Paper.OUT)),
        ({"cover_open": True}, PrinterState(Paper.OK, cover_open=True)),
        ({"cover_open": True, "rows_left": 0}, PrinterState(Paper.OUT, cover_open=True)),
        ({"answers": False}, PrinterState(Paper.UNKNOWN)),
    ],
)
def test_it_says_how_paper_and_cover_stand(made, works, state) -> None:
    assert made(**works).printer.state() == state


@pytest.mark.parametrize(("error", "remedy"), [(0x08, "jammed paper"), (0x20, "service"), (0x40, "cooled")])
def test_a_trouble_of_its_own_is_refused_with_the_remedy(made, error, remedy) -> None:
    rig = made(error=error)
    with pytest.raises(DeviceRefused, match=remedy):
        rig.printer.state()
    rig.works.error = 0
    assert rig.printer.state().can_print


def test_once_it_has_answered_its_silence_is_a_fault(made) -> None:
    rig = made()
    rig.printer.state()
    rig.works.answers = False
    with pytest.raises(DeviceTimeout, match="is it on"):
        rig.printer.state()


def test_the_check_tells_what_was_found_or_what_to_do(made) -> None:
    rig = made(rows_left=100, low_below=500)
    assert "prints 576 dots, paper low" in rig.printer.check()
    rig.works.cover_open = True
    with pytest.raises(DeviceRefused, match="cover is open; close it"):
        rig.printer.check()


# --- printers that say less -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("works", [{"answers": False}, {"takes_turns": False}])
def test_a_printer_that_says_little_still_prints_every_dot(made, works) -> None:
    rig = made(**works)
    drawn = ink(rig)
    rig.printer.print_picture(png_of(drawn))
    rig.works.wait_for(lambda: bool(rig.works.pictures))
    assert np.array_equal(rig.printed()[0], drawn)


def test_status_that_nobody_asked_for_is_taken_for_no_answer(made) -> None:
    rig = made(chatters=True)
    assert rig.printer.state() == PrinterState(Paper.OK)
    drawn = ink(rig)
    rig.printer.print_picture(png_of(drawn))
    assert np.array_equal(rig.printed()[0], drawn)
    assert rig.works.chatters is False


# --- what goes wrong in the middle ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["network", "serial", "device file"])
@pytest.mark.parametrize("forgets", [True, False])
def test_paper_that_ends_in_the_middle_is_said_and_the_next_one_is_whole(made, kind, forgets) -> None:
    rig = made(kind, rows_left=150, forgets=forgets)
    drawn = ink(rig)
    with pytest.raises(DeviceRefused, match="out of paper"):
        rig.printer.print_picture(png_of(drawn))
    assert rig.printed() == []
    begun = len(rig.works.fresh)
    rig.works.new_roll()
    if forgets:
        assert len(rig.works.fresh) == begun  # nothing of the old receipt runs out onto the new roll
    assert rig.printer.state().can_print
    rig.printer.print_picture(png_of(drawn))
    (paper,) = rig.printed()
    assert np.array_equal(paper[-len(drawn) :], drawn)
    assert len(paper) < 2 * len(drawn)


def test_paper_that_ends_between_the_last_row_and_the_knife_made_a_whole_receipt(made) -> None:
    rig = made(rows_left=350)
    drawn = ink(rig)
    rig.printer.print_picture(png_of(drawn))  # not an error: printing it again would make two
    assert rig.printer.state().paper is Paper.OUT
    rig.works.new_roll()
    rig.works.wait_for(lambda: bool(rig.works.pictures))
    assert np.array_equal(rig.printed()[0], drawn)


def test_an_open_cover_in_the_middle_is_said(made) -> None:
    rig = made(hang_up_at_row=None)
    rig.works.cover_open = False
    drawn = ink(rig, 2000)
    opener = threading.Thread(target=lambda: rig.works.wait_for(lambda: _open_at(rig.works, 200)))
    opener.start()
    with pytest.raises(DeviceRefused, match="cover is open"):
        rig.printer.print_picture(png_of(drawn))
    opener.join()
    rig.works.close_cover()
    rig.printer.print_picture(png_of(drawn))
    assert np.array_equal(rig.printed()[-1][-2000:], drawn)


def _open_at(works: Works, row: int) -> bool:
    works.cover_open = works.cover_open or works.rows_printed >= row
    return works.cover_open


def test_a_line_that_drops_in_the_middle_is_lost_and_the_next_receipt_is_whole(made) -> None:
    rig = made(hang_up_at_row=100)
    drawn = ink(rig)
    with pytest.raises(DeviceLost):
        rig.printer.print_picture(png_of(drawn))
    assert rig.printed() == []
    rig.printer.print_picture(png_of(drawn))
    assert np.array_equal(rig.printed()[0][-300:], drawn)


def test_half_a_strip_of_another_process_does_not_swallow_the_next_receipt(made) -> None:
    rig = made("device file")
    line = DeviceFileLine("other", rig.far.path)
    line.open()
    line.write(b"\x1dv0\x00\x48\x00\x40\x00" + b"\xff" * 1000)  # killed in the middle: 3608 bytes are missing
    line.close()
    drawn = ink(rig)
    rig.printer.print_picture(png_of(drawn))
    assert np.array_equal(rig.printed()[0][-300:], drawn)


def test_a_printer_that_stops_taking_bytes_is_a_timeout(made) -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        line = Descriptor(near.fileno(), "printer", ends=True, stalled_s=0.05)
        with pytest.raises(DeviceTimeout, match="takes no more"):
            line.write(b"x" * 1_000_000)


def test_it_is_never_sent_more_than_two_strips_ahead_of_its_paper(made) -> None:
    rig = made(rows_left=10)
    with pytest.raises(DeviceRefused):
        rig.printer.print_picture(png_of(ink(rig, 2000)))
    assert len(rig.works.said) < 4 * 64 * 72


# --- not there, not ours --------------------------------------------------------------------------------------------


def test_no_printer_at_the_address_names_it_and_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DeviceBusy, match=rf"127\.0\.0\.1:{port} refuses"):
        EscposPrinter("printer", NetworkLine("printer", "127.0.0.1", port)).state()


def test_a_plain_file_is_no_printer_and_stays_as_it_is(tmp_path: Path) -> None:
    """It would take every receipt, and nobody would get one."""
    (tmp_path / "lp0").write_text("precious")
    printer = EscposPrinter("printer", DeviceFileLine("printer", tmp_path / "lp0"))
    for act in (printer.check, printer.state, lambda: printer.print_picture(png_of(a_receipt(576)))):
        with pytest.raises(DeviceRefused, match="is no device"):
            act()
    assert (tmp_path / "lp0").read_text() == "precious"


@pytest.mark.parametrize("line", [SerialLine, DeviceFileLine])
def test_no_device_at_the_path_names_it_and_the_remedy(tmp_path, line) -> None:
    with pytest.raises(DeviceMissing, match=r"no printer at .*/nothing.*plug it in"):
        EscposPrinter("printer", line("printer", str(tmp_path / "nothing"))).state()


def test_a_serial_line_that_another_program_holds_is_busy(made) -> None:
    rig = made("serial")
    rig.printer.state()
    with pytest.raises(DeviceBusy, match="another program"):
        EscposPrinter("second", SerialLine("second", rig.far.path)).state()


@pytest.mark.parametrize("kind", ["serial", "device file"])
def test_unplugged_it_is_a_fault_of_the_line(made, kind) -> None:
    rig = made(kind)
    rig.printer.state()
    rig.far.unplug()
    with pytest.raises(HardwareError):
        rig.printer.state()
    rig.printer.close()


# --- dots that look like commands -----------------------------------------------------------------------------------


def test_dots_that_look_like_a_real_time_command_get_one_dot_more_and_are_no_command(made) -> None:
    rig = made()
    rows = np.zeros((64, 576), np.uint8)
    empty_buffer = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
    for row, dots in enumerate((b"\x10\x04\x01", b"\x10\x14\x02", b"\x10\x05\x02", empty_buffer)):
        rows[row, : 8 * len(dots)] = np.unpackbits(np.frombuffer(dots, np.uint8))
    rig.printer.print_picture(png_of(rows))
    assert rig.works.drawer_or_off == 0
    differ = np.argwhere(rig.printed()[0] != rows)
    assert differ.tolist() == [[row, 4] for row in range(4)]


def test_raster_without_such_dots_is_sent_as_it_is() -> None:
    every = bytes(byte for byte in range(256) for _ in range(2))
    assert harmless(every) is every


def test_escpos_leaves_the_process_as_it_was(made) -> None:
    before = list(logging.root.handlers)
    made().printer.state()
    assert logging.root.handlers == before
