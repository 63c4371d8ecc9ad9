"""The devices that the lane's file names, built by the same functions as the lane builds them, each looked at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from serial.tools import list_ports

from hardware.camera_place import CameraPlace
from hardware.errors import DeviceBusy, DeviceMissing, DeviceRefused, DeviceTimeout, HardwareError
from hardware.hidraw import find_hid, hid_devices
from hardware.input_devices import InputDevice, find, input_devices
from hardware.scanned_data import says_scanner
from kiosk.adapters.printers import build_printer
from kiosk.adapters.scale import build_scale
from kiosk.adapters.scanners import build_scanners
from kiosk.adapters.signal_light import build_light
from kiosk.commands.doctor.findings import Check, Finding, State
from kiosk.commands.doctor.places import Places
from kiosk.commands.doctor.sentences import parted
from kiosk.config import KioskConfig, ScannerSection

SCANNERS: Final = "scanners"
SCALE: Final = "scale"
PRINTER: Final = "printer"
LIGHT: Final = "light"
_NUMBERS: Final = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}")
_CAMERA_S: Final = 20.0  # OpenCV alone takes half a second to load, a camera up to five to send its first picture
_DEVICE_S: Final = 10.0
_REMEDIES: Final[Mapping[type[HardwareError], str]] = {
    DeviceMissing: "plug it in, or correct its place in the lane's file",
    DeviceBusy: "end the other program that uses it",
    DeviceRefused: "see 'rights' below, and its settings in the lane's file",
    DeviceTimeout: "switch it on, and check its cable and its settings",
}
_WEDGE: Final = (
    "set the scanner to HID-POS or serial by the code in its manual and name it with kind 'hidpos' or 'serial'; or "
    "leave it as it is and name it with kind 'hid': then the lane takes it for itself. See docs/scanners.md"
)


class Device(Protocol):
    """Any device of the lane's."""

    @property
    def name(self) -> str: ...

    def check(self) -> str: ...

    def close(self) -> None: ...


def checks(config: KioskConfig, *, runs: bool) -> Iterator[Check]:
    """One for each device of the file. `runs`: the lane runs now, and rightly holds them."""
    for section in config.scanners:
        if section.kind == "keyboard":
            yield Check(SCANNERS, section.name, partial(_wedge, section, config))
        else:
            patience_s = _CAMERA_S if section.kind == "camera" else _DEVICE_S
            look = partial(_look, SCANNERS, section.name, partial(_scanner, section, config.data.dir), runs=runs)
            yield Check(SCANNERS, section.name, look, patience_s)
    for kind, name, build in _others(config):
        yield Check(kind, name, partial(_look, kind, name, build, runs=runs), _DEVICE_S)


def used_places(config: KioskConfig, places: Places) -> frozenset[Path]:
    """The device files that are the lane's own; a printer on USB, which has none, as `usb:vendor:product`."""
    others = [section.source for section in (config.scale, config.printer, config.light) if section and section.source]
    named = [
        Path(f"usb:{source.lower()}") if _NUMBERS.fullmatch(source) else Path(source).resolve() for source in others
    ]
    return frozenset([*named, *(path for section in config.scanners for path in _files(section, places))])


def _others(config: KioskConfig) -> Iterator[tuple[str, str, Callable[[], Device | None]]]:
    """What there is one of: scale, printer, light."""
    if config.scale is not None:
        yield SCALE, config.scale.name, partial(build_scale, config.scale, config.data.dir)
    if config.printer is not None or config.receipt.folder is not None:
        name = config.printer.name if config.printer is not None else "folder"
        yield PRINTER, name, partial(build_printer, config)
    if config.light is not None:
        yield LIGHT, config.light.name, partial(build_light, config.light)


def _files(section: ScannerSection, places: Places) -> tuple[Path, ...]:
    try:
        if section.kind == "hid":
            return tuple(one.path for one in find(section.source, _keyboards(places), device=section.name))
        if section.kind == "hidpos":
            hid = hid_devices(places.sys / "class/hidraw", places.dev)
            return (find_hid(section.source, hid, lambda one: says_scanner(one.descriptor), device=section.name).path,)
        if section.kind == "camera":
            sysfs = places.sys / "class/video4linux"
            return (CameraPlace(section.source, section.name, sysfs=sysfs, dev=places.dev).find().resolve(),)
    except HardwareError:
        return ()
    if _NUMBERS.fullmatch(section.source):
        ports = list_ports.comports()
        return tuple(
            Path(one.device) for one in ports if f"{one.vid or 0:04x}:{one.pid or 0:04x}" == section.source.lower()
        )
    return (Path(section.source).resolve(),)


def _keyboards(places: Places) -> tuple[InputDevice, ...]:
    return input_devices(places.sys / "class/input", places.dev / "input")


def _scanner(section: ScannerSection, folder: Path) -> Device | None:
    return next(iter(build_scanners([section], folder)), None)


def _look(section: str, name: str, build: Callable[[], Device | None], *, runs: bool) -> Iterator[Finding]:
    try:
        device = build()
        if device is None:  # a kind that is no device of its own
            return
        try:
            yield Finding(section, name, State.OK, device.check())
        finally:
            device.close()
    except HardwareError as exc:
        yield _fault(section, name, exc, runs=runs)


def _fault(section: str, name: str, error: HardwareError, *, runs: bool) -> Finding:
    if runs and isinstance(error, DeviceBusy):
        return Finding(section, name, State.OK, "in use: the lane runs")
    otherwise = next((words for kind, words in _REMEDIES.items() if isinstance(error, kind)), "unplug it, plug it in")
    sentence = " ".join(str(error).split())  # a library's own words may come in several lines
    found, remedy = parted(sentence.removeprefix(f"{error.device}: "), otherwise=otherwise)
    return Finding(section, name, State.FAULT, found, remedy)


def _wedge(section: ScannerSection, config: KioskConfig) -> Iterator[Finding]:
    """A scanner that types into the window: every other program on the machine could get its keys, and any printed
    code with control characters could work the desktop (BadBarcode)."""
    if not config.screen.fullscreen:
        yield Finding(SCANNERS, section.name, State.OK, "codes arrive as typed keys: for a desk, not for a lane")
        return
    yield Finding(SCANNERS, section.name, State.WARNING, "codes arrive as keys that any program here could get", _WEDGE)
