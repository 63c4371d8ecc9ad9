"""What `kiosk doctor` finds plugged in on a real kernel, and that the lines it gives are those that open it."""

import tomllib
from pathlib import Path

import pytest

from kiosk.adapters.scanners import build_scanners
from kiosk.commands.doctor.findings import Finding
from kiosk.commands.doctor.places import Places
from kiosk.commands.doctor.strangers import strangers
from kiosk.config import ScannerSection
from tests.hardware.devices.test_vm_usb import KEYBOARD, device, hid
from tests.hardware.devices.usb_gadget import controller, waited_for
from tests.hardware.hid_pos_layouts import HONEYWELL

pytestmark = pytest.mark.skipif(
    not controller(), reason="the kernel plays no USB devices (dummy_hcd); packaging/device-vm/run brings one that does"
)


def named(product: str) -> Finding | None:
    return next((one for one in strangers(Places(), frozenset()) if product in f"{one.name} {one.found}"), None)


def opens(finding: Finding, folder: Path) -> str:
    """What the scanner says of itself that the finding's lines make."""
    (section,) = tomllib.loads(finding.remedy)["scanners"]
    (scanner,) = build_scanners([ScannerSection.model_validate(section)], folder)
    return scanner.check()


@pytest.mark.parametrize(
    ("descriptor", "length", "keyboard", "kind"),
    [(KEYBOARD, 8, True, "hid"), (HONEYWELL.descriptor, 64, False, "hidpos")],
    ids=["types", "HID-POS"],
)
def test_a_scanner_is_found_with_the_lines_that_open_it(
    descriptor: bytes, length: int, keyboard: bool, kind: str, tmp_path: Path
) -> None:
    with device("hid.0", hid(descriptor, length, keyboard=keyboard), "ACME 1900 Imager") as usb:
        usb.plug_in()
        found = waited_for(lambda: named("ACME 1900 Imager"))
        assert f'kind = "{kind}"' in found.remedy
        assert "05e0:1200" in found.remedy
        assert "ACME 1900 Imager" in waited_for(lambda: opens(found, tmp_path) or None)


def test_a_serial_port_is_named_by_what_stays(tmp_path: Path) -> None:
    with device("acm.0", {}, "ACME 1900 Imager") as usb:
        usb.plug_in()
        found = waited_for(lambda: named("/dev/serial/by-id/"))
        lines = found.remedy.partition("if it is a scale")[0].partition(": ")[2]
        scanner_lines = Finding(found.section, found.name, found.state, found.found, lines)
        assert opens(scanner_lines, tmp_path)


def test_a_printer_is_named_by_its_numbers() -> None:
    attributes: dict[str, str | bytes] = {"pnp_string": "MFG:ACME;MDL:80;CLS:PRINTER;", "q_len": "10"}
    with device("printer.0", attributes, "ACME 80") as usb:
        usb.plug_in()
        found = waited_for(lambda: named("ACME 80"))
    assert tomllib.loads(found.remedy) == {"printer": {"kind": "usb", "source": "05e0:1200"}}
