"""A scanner on a serial line, here on a pty: frames of every kind, what hangs up, what comes back."""

import os
import pty
import threading
import tty
from pathlib import Path

import pytest

from hardware.code_frames import Framing, Silence
from hardware.device_thread import Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.hand_scanner import HandScanner, Settings
from hardware.scan import Scan
from hardware.serial_scanner import LineSettings, serial_scanner
from tests.hardware.listener import PATIENCE_S, Listener
from tests.hardware.scanner_contract import MILK, PLUMS, ScannerContract

QUICK = Retry(first_s=0.01, longest_s=0.01)
ELEMENTS = "010690123456789210AB\x1d21X"


class Cable:
    """A pty; the scanner's end is plugged in at a path that stays, as udev's links do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._scanner = self._kiosk = -1
        self.plug_in()

    def plug_in(self) -> None:
        self._scanner, self._kiosk = pty.openpty()
        tty.setraw(self._kiosk)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._kiosk))

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self._kiosk)
        os.close(self._scanner)

    def send(self, sent: bytes) -> None:
        while sent:
            sent = sent[os.write(self._scanner, sent) :]


class Busy(Listener):
    """Holds the scanner's thread up, as a machine does that has other things to do."""

    busy = threading.Event()

    def on_scan(self, scan: Scan) -> None:
        super().on_scan(scan)
        self.busy.wait(PATIENCE_S)


class SerialRig:
    def __init__(self, path: Path, framing: Framing | None = None, separator: str = "") -> None:
        self.cable = Cable(path)
        self.scanner = serial_scanner(
            "hand",
            str(path),
            settings=Settings(framing or Framing(), separator, QUICK, settle_s=0.0),
        )
        self._waited = False

    def show(self, code: str) -> None:
        self.send(f"]E0{code}\r\n".encode())

    def send(self, sent: bytes) -> None:
        """What is sent before the port is open is flushed with its opening: wait for that, as a person does."""
        if not self._waited:
            await_open(self.scanner, self.cable.path)
            self._waited = True
        self.cable.send(sent)


def await_open(scanner: HandScanner, path: Path) -> None:
    """Until the scanner holds the port: then nobody else gets it."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.005)):
        try:
            serial_scanner("other", str(path)).check()
        except DeviceBusy:
            pause.wait(0.02)  # the lock comes a moment before the flush
            return
        pause.wait(0.005)
    raise AssertionError(f"{scanner.name} never opened {path}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ttyACM0"


@pytest.fixture
def rig(path: Path):
    rig = SerialRig(path)
    yield rig
    rig.scanner.close()


class TestSerialScanner(ScannerContract):
    @pytest.fixture
    def rig(self, path: Path) -> SerialRig:
        return SerialRig(path)


def texts(rig: SerialRig, *sent: bytes, count: int = 1) -> list[str]:
    listener = Listener()
    listener.listen(rig.scanner)
    for piece in sent:
        rig.send(piece)
    return [listener.scan().text for _ in range(count)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\x03", b"\x04"])
def test_frames_of_every_kind_are_codes(rig, end: bytes) -> None:
    assert texts(rig, b"\x02" + MILK.encode() + end + b"\x02" + PLUMS.encode() + end, count=2) == [MILK, PLUMS]


def test_a_scanner_without_an_end_is_understood_by_its_silence(rig) -> None:
    assert texts(rig, MILK.encode()) == [MILK]


def test_a_busy_machine_cuts_no_code_in_two(path: Path) -> None:
    """What came in pieces and was read late came without a pause, as far as anybody can tell."""
    rig = SerialRig(path, Framing(suffix="#", silence=Silence(0.05, 0.05)))
    listener, go_on = Busy(), threading.Event()
    listener.busy = go_on
    listener.listen(rig.scanner)
    rig.send(f"{PLUMS}#{MILK[:8]}".encode())
    assert listener.scan().text == PLUMS
    rig.send(f"{MILK[8:]}#".encode())
    assert not go_on.wait(0.1)  # longer than the silence that would end a code
    go_on.set()
    assert listener.scan().text == MILK
    rig.scanner.close()


def test_prefix_and_suffix_are_taken_off_in_any_alphabet(path: Path) -> None:
    rig = SerialRig(path, Framing(prefix="码", suffix="##"))
    assert texts(rig, f"码{MILK}##码{PLUMS}##".encode(), count=2) == [MILK, PLUMS]
    rig.scanner.close()


def test_an_identifier_and_separators_make_a_gs1_message(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.send(f"]d2{ELEMENTS}\r".encode())
    scan = listener.scan()
    assert (scan.text, scan.symbology, scan.gs1) == (ELEMENTS, "DATAMATRIX", True)


def test_a_configured_substitute_for_the_separator_becomes_one(path: Path) -> None:
    rig = SerialRig(path, separator="~")
    assert texts(rig, ELEMENTS.replace("\x1d", "~").encode() + b"\r") == [ELEMENTS]
    rig.scanner.close()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_is_read_in_either_encoding(rig, encoding: str) -> None:
    assert texts(rig, "牛奶".encode(encoding) + b"\r") == ["牛奶"]


def test_the_noise_of_plugging_in_is_no_code(rig) -> None:
    assert texts(rig, b"\xff\xfe\r\x80\r" + MILK.encode() + b"\r") == [MILK]


def test_endless_junk_is_bounded_and_the_next_code_is_read(rig) -> None:
    assert texts(rig, b"\xff" * 50_000 + b"\r", MILK.encode() + b"\r") == [MILK]


def test_unplugged_is_one_fault_and_plugged_in_elsewhere_one_recovery(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.show(MILK)
    listener.scan()
    rig.send(b"half")
    rig.cable.unplug()
    assert isinstance(listener.fault(), DeviceLost)
    rig.cable.plug_in()
    assert listener.fault() is None
    rig.cable.send(PLUMS.encode() + b"\r")
    scan = listener.scan()
    while scan.text == "half":  # it was whole to the kernel before the cable went
        scan = listener.scan()
    assert scan.text == PLUMS
    assert listener.faults.empty()


def test_a_check_names_the_port_and_leaves_it_free(rig, path: Path) -> None:
    assert rig.scanner.check() == str(path)
    assert rig.scanner.check() == str(path)


def test_a_port_that_another_program_holds_is_busy(rig, path: Path) -> None:
    Listener().listen(rig.scanner)
    await_open(rig.scanner, path)
    with pytest.raises(DeviceBusy, match="end it"):
        serial_scanner("other", str(path)).check()


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        ("/dev/serial/by-id/none", DeviceMissing, "plug the scanner in"),
        ("ffff:fffe", DeviceMissing, "set it to serial"),
        ("", DeviceRefused, "set source"),
        ("/dev/null", DeviceRefused, "cannot be used as a serial port"),
    ],
)
def test_what_cannot_be_opened_says_the_remedy(source: str, error, said: str) -> None:
    with pytest.raises(error, match=said):
        serial_scanner("hand", source).check()


def test_the_lines_settings_are_taken(path: Path) -> None:
    rig = SerialRig(path)
    line = LineSettings(baud_rate=115200, parity="even", data_bits=7, stop_bits=2)
    assert serial_scanner("hand", str(path), line=line).check() == str(rig.cable.path)
