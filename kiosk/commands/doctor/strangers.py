"""Devices that the machine has and the lane's file does not name, each with the lines of TOML that would name it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hardware.hidraw import hid_devices
from hardware.input_devices import InputDevice, input_devices
from hardware.scanned_data import says_scanner
from kiosk.commands.doctor.findings import Finding, State
from kiosk.commands.doctor.places import Places

SECTION: Final = "other devices"
# Makers of hand scanners by their USB numbers (the USB-IF's list): Symbol/Zebra, PSC and Datalogic, Hand Held
# Products, Metrologic/Honeywell, Intermec, Opticon, Newland, Code.
_MAKERS: Final = frozenset({"05e0", "05f9", "080c", "0536", "0c2e", "067e", "065a", "1eab", "11fa"})
_SAYS_SCANNER: Final = re.compile(r"bar ?code|scanner|\bscan\b", re.IGNORECASE)
_PRINTER_CLASS: Final = "07"


def strangers(places: Places, used: frozenset[Path]) -> Iterator[Finding]:
    """All of them; `used`: device files that belong to the lane's configured devices."""
    yield from _inputs(places, used)
    yield from _hid_pos(places, used)
    yield from _cameras(places, used)
    yield from _serial(places, used)
    yield from _printers(places, used)


def _inputs(places: Places, used: frozenset[Path]) -> Iterator[Finding]:
    keyboards = [one for one in input_devices(places.sys / "class/input", places.dev / "input") if one.types_digits]
    free = [one for one in keyboards if one.path not in used]
    scanners = [one for one in free if looks_like_scanner(one)]
    for one in scanners:
        yield _stranger(one.name, f"{one.path}, a scanner that types", _scanner_lines("hid", _source(one, keyboards)))
    others = [one for one in free if one not in scanners]
    if others:
        found = "; ".join(map(str, others))
        remedy = f"if one of them is a scanner: {_scanner_lines('hid', _source(others[0], keyboards))}"
        yield _stranger("keyboards", found, remedy)


def looks_like_scanner(device: InputDevice) -> bool:
    """By its maker or its name: to the kernel it is a keyboard like any other."""
    return device.types_digits and (device.vendor in _MAKERS or bool(_SAYS_SCANNER.search(device.name)))


def _source(device: InputDevice, all_devices: list[InputDevice]) -> str:
    """Its USB numbers: they stay when it is plugged in elsewhere. Where two are alike, the path."""
    numbers = [(one.vendor, one.product) for one in all_devices]
    if device.vendor.strip("0") and numbers.count((device.vendor, device.product)) == 1:
        return f"{device.vendor}:{device.product}"
    return str(device.path)


def _hid_pos(places: Places, used: frozenset[Path]) -> Iterator[Finding]:
    for one in hid_devices(places.sys / "class/hidraw", places.dev):
        if one.path not in used and says_scanner(one.descriptor):
            lines = _scanner_lines("hidpos", f"{one.vendor}:{one.product}")
            yield _stranger(one.name or one.path.name, f"{one.path}, a scanner in HID-POS mode", lines)


def _cameras(places: Places, used: frozenset[Path]) -> Iterator[Finding]:
    for node in sorted((places.sys / "class/video4linux").glob("video*"), key=lambda node: (len(node.name), node.name)):
        device = places.dev / node.name
        # A camera's further nodes carry statistics or take pictures in; only its first gives them.
        if device in used or _line(node / "index") not in {"", "0"} or _line(node / "name").endswith("out"):
            continue
        name = _line(node / "name") or node.name
        yield _stranger(
            name, f"{device}, a camera", _scanner_lines("camera", str(_lasting(device, "v4l/by-id", places)))
        )


def _serial(places: Places, used: frozenset[Path]) -> Iterator[Finding]:
    for device in sorted([*places.dev.glob("ttyUSB*"), *places.dev.glob("ttyACM*")]):
        if device in used:
            continue
        path = str(_lasting(device, "serial/by-id", places))
        remedy = (
            f"if it is a scanner: {_scanner_lines('serial', path)}\n"
            f"if it is a scale: {_lines('scale', kind='8217', source=path)}\n"
            f"if it is a printer: {_lines('printer', kind='serial', source=path)}\n"
            f"if it is a signal light: {_lines('light', kind='tower', source=path)}"
        )
        yield _stranger(device.name, f"{path}, a serial port", remedy)


def _printers(places: Places, used: frozenset[Path]) -> Iterator[Finding]:
    seen = set()
    for interface in sorted((places.sys / "bus/usb/devices").glob("*:*")):
        if _line(interface / "bInterfaceClass") != _PRINTER_CLASS:
            continue
        device = interface.parent / interface.name.partition(":")[0]
        numbers = f"{_line(device / 'idVendor')}:{_line(device / 'idProduct')}"
        name = _line(device / "product") or "USB printer"
        files = {places.dev / "usb" / one.name for one in (interface / "usbmisc").glob("lp*")}
        if used.isdisjoint({Path(f"usb:{numbers}"), *files}) and numbers not in seen:
            seen.add(numbers)
            yield _stranger(name, f"USB {numbers}, a printer", _lines("printer", kind="usb", source=numbers))


def _lasting(device: Path, folder: str, places: Places) -> Path:
    """The name that stays the same whatever is plugged in first; the device's own if it has no other."""
    for link in sorted((places.dev / folder).glob("*")):
        if link.resolve() == device.resolve() and "index1" not in link.name:
            return link
    return device


def _stranger(name: str, found: str, remedy: str) -> Finding:
    return Finding(SECTION, name, State.OK, found, remedy)


def _scanner_lines(kind: str, source: str) -> str:
    return "[[scanners]]" + _settings({"name": "scanner", "kind": kind, "source": source})


def _lines(section: str, **settings: str) -> str:
    return f"[{section}]{_settings(settings)}"


def _settings(settings: dict[str, str]) -> str:
    return "".join(f"\n{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items())


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
