"""Devices that nobody named are listed with lines that the lane's file takes, as the kernel shows them in /sys."""

import tomllib
from pathlib import Path

import pytest

from kiosk.commands.doctor.findings import Finding
from kiosk.commands.doctor.places import Places
from kiosk.commands.doctor.strangers import strangers
from kiosk.config import LightSection, PrinterSection, ScaleSection, ScannerSection

DIGITS = "10000 3803078f800d001 feffffdfffefffff fffffffffffffffe"
# Usage page 0x8c, usage 2: a bar code scanner, as a Zebra DS2208 in HID-POS mode begins its descriptor.
HID_POS = bytes.fromhex("058c0902a101850209068102c0")


class Machine:
    """Folders as /sys and /dev have them."""

    def __init__(self, root: Path) -> None:
        self.places = Places(root)

    def write(self, path: str, content: str | bytes = "") -> None:
        place = self.places.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def keyboard(self, number: int, name: str, vendor: str, product: str) -> None:
        folder = f"sys/class/input/event{number}/device"
        self.write(f"{folder}/name", name + "\n")
        self.write(f"{folder}/id/vendor", vendor + "\n")
        self.write(f"{folder}/id/product", product + "\n")
        self.write(f"{folder}/phys", f"usb-0000:00:14.0-{number}/input0\n")
        self.write(f"{folder}/capabilities/key", DIGITS + "\n")
        self.write(f"dev/input/event{number}")

    def camera(self, number: int, name: str, index: int = 0) -> None:
        self.write(f"sys/class/video4linux/video{number}/name", name + "\n")
        self.write(f"sys/class/video4linux/video{number}/index", f"{index}\n")
        self.write(f"dev/video{number}")

    def link(self, link: str, to: str) -> None:
        place = self.places.root / link
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(self.places.root / to)

    def found(self, *used: str) -> list[Finding]:
        return list(strangers(self.places, frozenset(self.places.root / path for path in used)))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def scanner(finding: Finding) -> ScannerSection:
    """The section that its lines make."""
    (section,) = tomllib.loads(finding.remedy)["scanners"]
    return ScannerSection.model_validate(section)


def test_an_empty_machine_has_none(machine: Machine) -> None:
    assert machine.found() == []


def test_a_scanner_that_types_is_told_from_a_keyboard_by_its_maker(machine: Machine) -> None:
    machine.keyboard(3, "AT Translated Set 2 keyboard", "0001", "0001")
    machine.keyboard(4, "SM SM-2D PRODUCT HID KBW", "05e0", "1200")
    found, others = machine.found()
    assert (scanner(found).kind, scanner(found).source) == ("hid", "05e0:1200")
    assert "event4" in found.found
    assert others.name == "keyboards"
    assert "AT Translated Set 2 keyboard" in others.found


def test_two_alike_are_named_by_their_place(machine: Machine) -> None:
    machine.keyboard(4, "Barcode Scanner", "1a2b", "0001")
    machine.keyboard(5, "Barcode Scanner", "1a2b", "0001")
    sources = [scanner(one).source for one in machine.found()]
    assert sources == [str(machine.places.dev / "input/event4"), str(machine.places.dev / "input/event5")]


def test_a_device_of_the_lane_is_no_stranger(machine: Machine) -> None:
    machine.keyboard(4, "Barcode Scanner", "1a2b", "0001")
    machine.camera(0, "HD Webcam")
    assert machine.found("dev/input/event4", "dev/video0") == []


def test_a_scanner_in_hid_pos_mode_is_known_by_its_descriptor(machine: Machine) -> None:
    said = "DRIVER=hid-generic\nHID_ID=0003:000005E0:00001300\nHID_NAME=Symbol Bar Code Scanner\n"
    machine.write("sys/class/hidraw/hidraw0/device/uevent", said)
    machine.write("sys/class/hidraw/hidraw0/device/report_descriptor", HID_POS)
    machine.write("sys/class/hidraw/hidraw1/device/uevent", said)
    machine.write("sys/class/hidraw/hidraw1/device/report_descriptor", bytes.fromhex("05010906a101c0"))  # a keyboard
    (found,) = machine.found()
    assert (scanner(found).kind, scanner(found).source) == ("hidpos", "05e0:1300")


def test_a_camera_is_named_by_what_stays_and_its_second_node_is_none(machine: Machine) -> None:
    machine.camera(0, "HD Webcam")
    machine.camera(1, "HD Webcam", index=1)
    machine.link("dev/v4l/by-id/usb-HD_Webcam-video-index0", "dev/video0")
    (found,) = machine.found()
    assert found.name == "HD Webcam"
    assert scanner(found).source == str(machine.places.dev / "v4l/by-id/usb-HD_Webcam-video-index0")


def test_a_serial_port_may_be_any_of_four_things(machine: Machine) -> None:
    machine.write("dev/ttyUSB0")
    machine.link("dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", "dev/ttyUSB0")
    (found,) = machine.found()
    lasting = str(machine.places.dev / "serial/by-id/usb-1a86_USB_Serial-if00-port0")
    texts = [part.partition(": ")[2] for part in found.remedy.split("if it is a ")[1:]]
    whole = tomllib.loads("\n".join(texts))
    assert ScannerSection.model_validate(whole["scanners"][0]).source == lasting
    assert ScaleSection.model_validate(whole["scale"]).source == lasting
    assert PrinterSection.model_validate(whole["printer"]).source == lasting
    assert LightSection.model_validate(whole["light"]).source == lasting


def test_a_usb_printer_is_found_by_its_class(machine: Machine) -> None:
    machine.write("sys/bus/usb/devices/1-4/idVendor", "04b8\n")
    machine.write("sys/bus/usb/devices/1-4/idProduct", "0e15\n")
    machine.write("sys/bus/usb/devices/1-4/product", "TM-T20II\n")
    machine.write("sys/bus/usb/devices/1-4:1.0/bInterfaceClass", "07\n")
    machine.write("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "08\n")  # a stick
    (found,) = machine.found()
    section = PrinterSection.model_validate(tomllib.loads(found.remedy)["printer"])
    assert (found.name, section.kind, section.source) == ("TM-T20II", "usb", "04b8:0e15")
    assert list(strangers(machine.places, frozenset({Path("usb:04b8:0e15")}))) == []
    machine.write("sys/bus/usb/devices/1-4:1.0/usbmisc/lp0/dev", "180:0")
    assert machine.found("dev/usb/lp0") == []
