"""packaging/udev on a real udev: a scanner is for the lane's group, and no keyboard to the desktop any more."""

import subprocess
from pathlib import Path

import pytest

from hardware.hidraw import hid_devices
from tests.hardware.devices.test_vm_usb import KEYBOARD, device, events_of, hid
from tests.hardware.devices.usb_gadget import controller, waited_for
from tests.hardware.hid_pos_layouts import HONEYWELL

GROUP = "scan-and-go"
pytestmark = pytest.mark.skipif(
    not controller(), reason="the kernel plays no USB devices (dummy_hcd); packaging/device-vm/run brings one that does"
)


def ours(path: Path) -> bool | None:
    """Whether it is for the lane's group alone; udev gives it over in a moment."""
    mode = path.stat().st_mode & 0o777
    return True if (path.group(), mode) == (GROUP, 0o660) else None


def test_a_scanner_that_types_is_the_lanes_and_no_keyboard_to_the_desktop() -> None:
    with device("hid.0", hid(KEYBOARD, 8, keyboard=True), "ACME Barcode Scanner") as usb:
        usb.plug_in()
        path = waited_for(lambda: events_of("ACME"))
        assert waited_for(lambda: ours(path))
        asked = ("udevadm", "info", "--query=property", str(path))
        said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
    assert "LIBINPUT_IGNORE_DEVICE=1" in said
    assert "ID_INPUT=1" not in said
    assert "ID_INPUT_KEYBOARD=1" not in said


def test_a_scanner_in_hid_pos_mode_is_the_lanes() -> None:
    with device("hid.0", hid(HONEYWELL.descriptor, 64, keyboard=False), "ACME Scanner") as usb:
        usb.plug_in()
        path = waited_for(lambda: next((one.path for one in hid_devices() if one.path.exists()), None))
        assert waited_for(lambda: ours(path))


def test_a_scanner_on_a_serial_line_is_the_lanes() -> None:
    with device("acm.0", {}, "ACME Scanner") as usb:
        usb.plug_in()
        path = waited_for(lambda: next(Path("/dev").glob("ttyACM*"), None))
        assert waited_for(lambda: ours(path))
