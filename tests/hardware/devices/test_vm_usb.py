"""Scanners and printers as USB devices on a real kernel: plugged in, used, pulled out, plugged in again."""

import contextlib
import os
import select
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware import printer_escpos
from hardware.code_frames import Framing, Silence
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.evdev_scanner import evdev_scanner
from hardware.hand_scanner import Settings
from hardware.hidpos import hidpos_scanner
from hardware.input_devices import input_devices
from hardware.printer import Paper, PrinterState
from hardware.printer_device_file import DeviceFileLine
from hardware.printer_escpos import EscposPrinter
from hardware.printer_line import Line
from hardware.printer_usb import UsbLine
from hardware.scan import Scanner
from hardware.serial_scanner import serial_scanner
from tests.hardware.devices.usb_gadget import UsbGadget, controller, is_silent, opened, waited_for
from tests.hardware.hid_pos_layouts import HONEYWELL
from tests.hardware.listener import Listener
from tests.hardware.paper_rig import Works
from tests.hardware.printer_contract import a_receipt, png_of

pytestmark = pytest.mark.skipif(
    not controller(), reason="the kernel plays no USB devices (dummy_hcd); packaging/device-vm/run brings one that does"
)

MILK, PLUMS = "4006381333931", "5901234123457"
NUMBERS = "05e0:1200"
# The boot keyboard of the HID specification, appendix B.1.
KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508150025650507"
    "190029658100c0"
)
UNHURRIED = Settings(Framing(silence=Silence(ends_s=10.0)))
"""The device is played by the slow processor too: once it paused 0.1 s within a code, as no scanner does."""
_ENTER = 0x28
_NO_KEY = bytes(8)


@pytest.fixture
def listener() -> Listener:
    return Listener(patience_s=120.0)  # an emulated processor is some twenty times slower


@contextlib.contextmanager
def device(function: str, attributes: dict[str, str | bytes], product: str) -> Iterator[UsbGadget]:
    gadget = UsbGadget(function, attributes, product=product, numbers=NUMBERS)
    try:
        yield gadget
    finally:
        gadget.remove()


@contextlib.contextmanager
def listening(scanner: Scanner, listener: Listener) -> Iterator[None]:
    listener.listen(scanner)
    try:
        yield
    finally:
        scanner.close()


def typed(digits: str) -> list[bytes]:
    """The reports of a keyboard, a key down and up for each digit, and Enter."""
    keys = [0x27 if digit == "0" else 0x1D + int(digit) for digit in digits]
    return [report for key in (*keys, _ENTER) for report in (bytes([0, 0, key, 0, 0, 0, 0, 0]), _NO_KEY)]


def hid(descriptor: bytes, length: int, *, keyboard: bool) -> dict[str, str | bytes]:
    kind = {"protocol": "1", "subclass": "1"} if keyboard else {"protocol": "0", "subclass": "0"}
    return {**kind, "report_length": str(length), "report_desc": descriptor}


def events_of(product: str) -> Path | None:
    return next((one.path for one in input_devices() if product in one.name and one.path.exists()), None)


def test_a_usb_scanner_that_types_is_held_alone_lost_and_found_again(listener: Listener) -> None:
    with (
        device("hid.0", hid(KEYBOARD, 8, keyboard=True), "ACME Barcode Scanner") as usb,
        listening(evdev_scanner("hand", NUMBERS, settings=UNHURRIED), listener),
    ):
        assert isinstance(listener.fault(), DeviceMissing)  # not plugged in yet
        usb.plug_in()
        assert listener.fault() is None
        node = waited_for(lambda: events_of("ACME"))
        beside = opened(node)  # another program that would like the keys
        usb.send(Path("/dev/hidg0"), *typed(MILK))
        assert listener.scan().text == MILK
        assert is_silent(beside)
        os.close(beside)
        usb.unplug()
        assert isinstance(listener.fault(), DeviceLost)
        usb.plug_in()
        assert listener.fault() is None
        usb.send(Path("/dev/hidg0"), *typed(PLUMS))
        assert listener.scan().text == PLUMS


def test_a_scanner_that_another_program_holds_is_busy_and_read_when_let_go(listener: Listener) -> None:
    with device("hid.0", hid(KEYBOARD, 8, keyboard=True), "ACME Barcode Scanner") as usb:
        usb.plug_in()
        waited_for(lambda: events_of("ACME"))
        first, second = (evdev_scanner(name, NUMBERS, settings=UNHURRIED) for name in ("first", "second"))
        other = Listener()
        assert "ACME" in second.check()
        with listening(second, listener), listening(first, other):
            while other.faults.empty() and listener.faults.empty():
                threading.Event().wait(0.05)
            late, holder = (listener, other) if other.faults.empty() else (other, listener)
            assert isinstance(late.fault(), DeviceBusy)
            usb.send(Path("/dev/hidg0"), *typed(MILK))
            assert holder.scan().text == MILK
            assert late.scans.empty()


def test_a_usb_scanner_in_hid_pos_mode_is_lost_and_found_again(listener: Listener) -> None:
    with (
        device("hid.0", hid(HONEYWELL.descriptor, 64, keyboard=False), "ACME Scanner") as usb,
        listening(hidpos_scanner("hand", ""), listener),
    ):
        assert isinstance(listener.fault(), DeviceMissing)
        usb.plug_in()
        assert listener.fault() is None
        usb.send(Path("/dev/hidg0"), *reports(MILK))
        scan = listener.scan()
        assert (scan.text, scan.symbology) == (MILK, "EAN13")
        usb.unplug()
        assert isinstance(listener.fault(), DeviceLost)
        usb.plug_in()
        assert listener.fault() is None
        usb.send(Path("/dev/hidg0"), *reports(PLUMS))
        assert listener.scan().text == PLUMS


def reports(code: str) -> list[bytes]:
    """As the device sends them: always whole."""
    return [report.ljust(64, b"\0") for report in HONEYWELL.reports(code.encode())]


def test_a_usb_scanner_on_a_serial_line_is_lost_and_found_again(listener: Listener) -> None:
    with device("acm.0", {}, "ACME Scanner") as usb, listening(serial_scanner("hand", NUMBERS), listener):
        assert isinstance(listener.fault(), DeviceMissing)
        usb.plug_in()
        assert listener.fault() is None
        say(MILK)
        assert listener.scan().text == MILK
        usb.unplug()
        assert isinstance(listener.fault(), DeviceLost)
        usb.plug_in()
        assert listener.fault() is None
        say(PLUMS)
        assert listener.scan().text == PLUMS


def say(code: str) -> None:
    """From the device's end of the serial line."""
    with Path("/dev/ttyGS0").open("wb", buffering=0) as line:
        line.write(f"{code}\r\n".encode())


def state_of(printer: EscposPrinter) -> PrinterState | None:
    """None while udev is still busy with it."""
    try:
        return printer.state()
    except DeviceMissing:
        return None


class PrinterEnd:
    """The device's end of a USB printer: what the host sends goes into its works, and their answers back."""

    def __init__(self) -> None:
        self.works = Works()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _serve(self) -> None:
        """Is there again each time that the host sets the device up anew, as libusb does when it opens it."""
        while not self._stop.wait(0.05):
            with contextlib.suppress(OSError):
                device = os.open("/dev/g_printer0", os.O_RDWR | os.O_NONBLOCK)
                try:
                    self._carry(device)
                finally:
                    os.close(device)

    def _carry(self, device: int) -> None:
        while not self._stop.is_set():
            ready, _, _ = select.select([device], [], [], 0.05)
            if ready:
                with contextlib.suppress(BlockingIOError):
                    answer = self.works.hear(os.read(device, 8192))
                    if answer:
                        os.write(device, answer)


@pytest.mark.parametrize(
    "line",
    [lambda: UsbLine("printer", 0x05E0, 0x1200), lambda: DeviceFileLine("printer", "/dev/usb/lp0")],
    ids=["libusb", "usblp"],
)
def test_a_usb_printer_prints_says_when_paper_is_out_and_is_missed(
    line: Callable[[], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer_escpos, "_ANSWER_S", 30.0)  # the printer itself is played by the slow processor
    attributes: dict[str, str | bytes] = {"pnp_string": "MFG:ACME;MDL:80;CLS:PRINTER;", "q_len": "10"}
    with device("printer.0", attributes, "ACME 80") as usb:
        printer = EscposPrinter("printer", line(), slow_s=60.0)
        with pytest.raises(DeviceMissing):
            printer.check()
        usb.plug_in()
        waited_for(lambda: True if Path("/dev/usb/lp0").exists() else None)
        end = PrinterEnd()
        try:
            assert waited_for(lambda: state_of(printer)).paper is Paper.OK
            receipt = a_receipt(576)
            printer.print_picture(png_of(receipt))
            (printed,) = end.works.pictures
            assert (printed[: len(receipt)] == receipt).all()
            end.works.rows_left = 0
            assert printer.state().paper is Paper.OUT
            usb.unplug()
            with pytest.raises((DeviceLost, DeviceMissing)):
                printer.state()
            with pytest.raises((DeviceLost, DeviceMissing)):  # libusb lists it for a moment longer
                printer.check()
        finally:
            end.close()
            printer.close()
