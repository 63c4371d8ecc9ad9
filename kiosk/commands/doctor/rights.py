"""Whether this user may use the machine's devices, and how it gets the right to."""

from __future__ import annotations

import getpass
import grp
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hardware.hidraw import hid_devices
from hardware.input_devices import input_devices
from hardware.scanned_data import says_scanner
from kiosk.commands.doctor.findings import Finding, State
from kiosk.commands.doctor.places import Places
from kiosk.commands.doctor.strangers import looks_like_scanner

SECTION: Final = "rights"
_RULE: Final = "packaging/udev/70-scan-and-go.rules"
# Whoever is in the group input reads every keyboard, passwords too: no remedy for a scanner.
_NOT_OURS: Final = frozenset({"", "root", "input"})


def rights(places: Places) -> Iterator[Finding]:
    """One line for each kind of device that is there."""
    keys = input_devices(places.sys / "class/input", places.dev / "input")
    yield from _kind("scanners that type", [one.path for one in keys if looks_like_scanner(one)], os.R_OK)
    hid = [one.path for one in hid_devices(places.sys / "class/hidraw", places.dev) if says_scanner(one.descriptor)]
    yield from _kind("HID-POS scanners", hid, os.R_OK)
    yield from _kind("cameras", places.dev.glob("video*"), os.R_OK | os.W_OK)
    yield from _kind("serial ports", [*places.dev.glob("ttyUSB*"), *places.dev.glob("ttyACM*")], os.R_OK | os.W_OK)
    yield from _kind("USB printers", places.dev.glob("usb/lp*"), os.R_OK | os.W_OK)


def _kind(name: str, paths: Iterator[Path] | list[Path], wanted: int) -> Iterator[Finding]:
    there = sorted(path for path in paths if path.exists())
    barred = [path for path in there if not os.access(path, wanted)]
    if barred:
        yield _barred(name, barred[0])
    elif there:
        yield Finding(SECTION, name, State.OK, f"{getpass.getuser()} may use {', '.join(map(str, there[:4]))}")


def _barred(name: str, path: Path) -> Finding:
    user = getpass.getuser()
    found = f"{user} may not use {path}"
    group = _group(path)
    if group in _NOT_OURS:
        remedy = f"install {_RULE} and put the kiosk's user into its group, as docs/scanners.md tells"
    elif user in grp.getgrnam(group).gr_mem:
        remedy = f"{user} is in the group {group} already: log out and in again, or restart the lane's service"
    else:
        remedy = f"sudo usermod -aG {group} {user}, then log out and in again"
    return Finding(SECTION, name, State.WARNING, found, remedy)


def _group(path: Path) -> str:
    try:
        return path.group()
    except (KeyError, OSError):
        return ""
