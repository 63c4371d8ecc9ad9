"""A scanner in HID-POS mode: its own descriptor says how to read its reports, and those say the kind of code.

Reports come through a socket here that keeps them apart, as the kernel does; tests/hardware/devices has real ones.
"""

import queue
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.code_frames import Framing
from hardware.device_thread import Retry
from hardware.errors import DeviceLost, DeviceMissing, DeviceRefused
from hardware.hand_scanner import Settings
from hardware.hidpos import HidPosLine, hidpos_scanner
from hardware.hidraw import HidDevice, OpenHid, hid_devices
from hardware.scanned_data import ScannedData
from tests.hardware.hid_pos_layouts import HONEYWELL, KEYBOARD, MAKERS, NEWLAND, UNNUMBERED, Maker
from tests.hardware.listener import PATIENCE_S, Listener
from tests.hardware.scanner_contract import MILK, PLUMS, ScannerContract

QUICK = Retry(first_s=0.01, longest_s=0.01)
DEVICE = HidDevice(Path("/dev/hidraw3"), "ACME Scanner", "0c2e", "0b62", HONEYWELL.descriptor)
MOUSE = HidDevice(Path("/dev/hidraw0"), "Mouse", "046d", "c077", KEYBOARD)
LONG = "https://example.org/" + "0123456789" * 20


class HidPosRig:
    def __init__(self, maker: Maker = HONEYWELL, source: str = "", framing: Framing | None = None) -> None:
        self.maker = maker
        self.devices = [MOUSE, replace(DEVICE, descriptor=maker.descriptor)]
        self.opened: queue.Queue[tuple[Path, socket.socket]] = queue.Queue()
        self._scanner_end: socket.socket | None = None
        self.scanner = hidpos_scanner(
            "hand",
            source,
            settings=Settings(framing or Framing(), retry=QUICK, settle_s=0.0),
            devices=lambda: tuple(self.devices),
            open_device=self._open,
        )

    def _open(self, path: Path, _device: str) -> OpenHid:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self.opened.put((path, theirs))
        return OpenHid(ours.detach(), self.maker.descriptor)

    def show(self, code: str) -> None:
        self.send(*self.maker.reports(code.encode()))

    def send(self, *reports: bytes) -> None:
        self._scanner_end = self._scanner_end or self.opened.get(timeout=PATIENCE_S)[1]
        for report in reports:
            self._scanner_end.sendall(report)

    def unplug(self) -> None:
        assert self._scanner_end is not None
        self._scanner_end.close()
        self._scanner_end = None


class TestHidPosScanner(ScannerContract):
    @pytest.fixture
    def rig(self):
        rig = HidPosRig()
        yield rig
        if rig._scanner_end is not None:
            rig._scanner_end.close()


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.name)
def rig(request):
    rig = HidPosRig(request.param)
    yield rig
    rig.scanner.close()
    if rig._scanner_end is not None:
        rig._scanner_end.close()


@pytest.mark.parametrize(
    ("text", "identifier", "symbology", "gs1"),
    [
        (MILK, "]E0", "EAN13", False),
        ("010690123456789210AB\x1d21X", "]C1", "CODE128", True),
        (LONG, "]Q1", "QR", False),
        ("牛奶", "]Q1", "QR", False),
    ],
)
def test_codes_of_any_length_arrive_in_every_makers_layout(rig, text, identifier, symbology, gs1) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.send(*rig.maker.reports(text.encode(), identifier))
    scan = listener.scan()
    assert scan.text == text
    if rig.maker.has_identifier:
        assert (scan.symbology, scan.gs1) == (symbology, gs1)
    else:
        assert (scan.symbology, scan.gs1) == ("UNKNOWN", None)


def test_other_reports_are_no_codes(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.send(b"\x01\x02\x03" if rig.maker.numbered else b"\0\0\0", b"\xfe" * 64 if rig.maker.numbered else b"\0")
    rig.show(MILK)
    assert listener.scan().text == MILK


def test_ends_prefix_and_suffix_that_the_scanner_adds_are_taken_off() -> None:
    rig = HidPosRig(framing=Framing(prefix="~", suffix="#"))
    listener = Listener()
    listener.listen(rig.scanner)
    rig.show(f"~{MILK}#\r\n")
    assert listener.scan().text == MILK
    rig.scanner.close()
    rig.unplug()


def test_unplugged_is_one_fault_and_plugged_in_under_another_number_one_recovery(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.show(MILK)
    listener.scan()
    there = rig.devices.pop()
    rig.unplug()
    assert isinstance(listener.fault(), DeviceLost)
    rig.devices.append(replace(there, path=Path("/dev/hidraw9")))
    path, rig._scanner_end = rig.opened.get(timeout=PATIENCE_S)
    assert (path.name, listener.fault()) == ("hidraw9", None)
    rig.show(PLUMS)
    assert listener.scan().text == PLUMS
    assert listener.faults.empty()


def test_a_code_whose_rest_never_comes_does_not_spoil_the_next() -> None:
    codes = ScannedData(HONEYWELL.descriptor)
    begun = HONEYWELL.reports(b"x" * 60)[0]
    assert codes.report(begun, 1.0) is None
    later = codes.report(HONEYWELL.reports(MILK.encode())[0], 9.0)
    assert later is not None
    assert later.content == MILK.encode()


def test_a_busy_machine_cuts_no_code_in_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read late came without a pause, as far as anybody can tell: its end is no code of its own."""
    monkeypatch.setattr("hardware.scanned_data._CONTINUES_WITHIN_S", 0.02)
    rig = HidPosRig()
    line = HidPosLine("hand", "", rig._open(DEVICE.path, ""), Framing())
    theirs = rig.opened.get(timeout=PATIENCE_S)[1]
    first, *rest = HONEYWELL.reports(LONG.encode())
    theirs.sendall(first)
    assert line.read(line.filenos[0]) == ()
    for report in rest:
        assert not threading.Event().wait(0.03)  # longer than a rest may take to come
        theirs.sendall(report)
        readings = line.read(line.filenos[0])
    assert [reading.text for reading in readings] == [LONG]
    line.close()
    theirs.close()


def test_a_rest_that_does_not_come_in_time_is_given_up() -> None:
    rig = HidPosRig()
    line = HidPosLine("hand", "", rig._open(DEVICE.path, ""), Framing())
    theirs = rig.opened.get(timeout=PATIENCE_S)[1]
    assert line.deadline is None
    theirs.sendall(HONEYWELL.reports(LONG.encode())[0])
    line.read(line.filenos[0])
    assert line.deadline is not None
    line.silent(line.deadline + 0.001)
    assert line.deadline is None
    theirs.sendall(HONEYWELL.reports(MILK.encode())[0])
    assert [reading.text for reading in line.read(line.filenos[0])] == [MILK]
    line.close()
    theirs.close()


def test_a_code_without_end_is_dropped_whole_and_the_next_is_read() -> None:
    codes = ScannedData(HONEYWELL.descriptor)
    reports = HONEYWELL.reports(b"x" * 20_000)
    assert [codes.report(report, 1.0) for report in reports] == [None] * len(reports)
    assert codes.report(HONEYWELL.reports(b"12")[0], 1.0) is not None


@given(st.sampled_from(MAKERS), st.lists(st.binary(max_size=130), max_size=12))
def test_whatever_a_device_reports_nothing_fails(maker, reports) -> None:
    codes = ScannedData(maker.descriptor)
    for report in reports:
        codes.report(report, 1.0)


@pytest.mark.parametrize("source", ["", "0c2e:0b62", "0C2E:0B62", "acme"])
def test_it_is_found_by_what_it_says_it_is(source: str) -> None:
    rig = HidPosRig(source=source)
    assert "hidraw3" in rig.scanner.check()
    rig.opened.get_nowait()[1].close()


TWIN = replace(DEVICE, path=Path("/dev/hidraw4"))


@pytest.mark.parametrize(
    ("source", "devices", "error", "said"),
    [
        ("", [MOUSE], DeviceMissing, "set it to HID-POS"),
        ("", [DEVICE, TWIN], DeviceRefused, "hidraw3.*hidraw4"),
        ("046d:c077", [MOUSE, DEVICE], DeviceMissing, "ACME"),
        ("/dev/hidraw77", [DEVICE], DeviceMissing, "plug the scanner in"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_there_is(source: str, devices, error, said: str) -> None:
    rig = HidPosRig(source=source)
    rig.devices = devices
    with pytest.raises(error, match=said):
        rig.scanner.check()


def test_a_device_that_reads_no_codes_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "hidraw0"
    path.touch()
    rig = HidPosRig(replace(HONEYWELL, descriptor=KEYBOARD), source=str(path))
    with pytest.raises(DeviceRefused, match="HID-POS"):
        rig.scanner.check()
    rig.opened.get_nowait()[1].close()
    with pytest.raises(DeviceRefused, match="cannot use"):
        hidpos_scanner("hand", str(path)).check()


def test_the_machines_devices_are_described_from_sys(tmp_path: Path) -> None:
    device = tmp_path / "hidraw11" / "device"
    device.mkdir(parents=True)
    (device / "uevent").write_text("DRIVER=hid-generic\nHID_ID=0003:00000C2E:00000B62\nHID_NAME=ACME Scanner\n")
    (device / "report_descriptor").write_bytes(UNNUMBERED.descriptor)
    (tmp_path / "hidraw2" / "device").mkdir(parents=True)
    gone, found = hid_devices(tmp_path, Path("/dev"))
    assert gone.descriptor == b""
    assert found == HidDevice(Path("/dev/hidraw11"), "ACME Scanner", "0c2e", "0b62", UNNUMBERED.descriptor)


def open_files() -> set[str]:
    return {file.name for file in Path("/proc/self/fd").iterdir()}


def test_no_descriptor_of_a_device_is_left_open(rig) -> None:
    before = open_files()
    rig.scanner.check()
    rig.opened.get_nowait()[1].close()
    assert open_files() == before


def test_newlands_one_byte_of_its_own_is_no_identifier() -> None:
    decoded = ScannedData(NEWLAND.descriptor).report(NEWLAND.reports(b"12")[0], 1.0)
    assert decoded is not None
    assert decoded.identifier == "d"
