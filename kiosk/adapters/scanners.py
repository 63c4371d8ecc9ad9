"""Builds the configured scanners and leads what they read to the till; a missing device never stops the lane."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.camera import CameraScanner
from hardware.camera_controls import CameraLight
from hardware.camera_source import camera_source
from hardware.code import Box
from hardware.code_frames import Framing, Silence
from hardware.errors import HardwareError
from hardware.hand_scanner import Settings
from hardware.scan import Scan, Scanner
from kiosk.config import ScannerSection

if TYPE_CHECKING:
    from hardware.camera_picture import OnPicture  # pulls in OpenCV

logger = logging.getLogger(__name__)

_NO_KEYBOARDS: Final = frozenset({"hid", "hidpos", "serial", "camera"})


def build_scanners(
    sections: Iterable[ScannerSection], folder: Path, on_picture: OnPicture | None = None
) -> list[Scanner]:
    """The devices that are not the keyboard; relative paths are beside `folder`. `on_picture` gets what cameras see."""
    return [scanner for section in sections if (scanner := _build(section, folder, on_picture)) is not None]


def _build(section: ScannerSection, folder: Path, on_picture: OnPicture | None) -> Scanner | None:
    if section.kind == "socket":
        from hardware.socket_scanner import SocketScanner  # noqa: PLC0415 - only lanes that have one pay for it

        return SocketScanner(section.name, folder / section.source)
    if section.kind == "camera":
        return _camera(section, folder, on_picture)
    return None if section.kind == "keyboard" else _hand_scanner(section)


def keyboard_section(sections: Iterable[ScannerSection]) -> ScannerSection | None:
    """Which scanner types into the window; None where scanners of other kinds make all keys a person's."""
    listed = tuple(sections)
    keyboard = next((section for section in listed if section.kind == "keyboard"), None)
    if keyboard is not None or any(section.kind in _NO_KEYBOARDS for section in listed):
        return keyboard
    return ScannerSection(name="keyboard", kind="keyboard")


def _hand_scanner(section: ScannerSection) -> Scanner:
    silence_s = section.silence_ms / 1000
    common = Settings(
        Framing(section.prefix, section.suffix, Silence(silence_s, max(silence_s, Silence().known_end_s))),
        section.group_separator,
    )
    if section.kind == "serial":
        from hardware.serial_scanner import LineSettings, serial_scanner  # noqa: PLC0415 - as below

        line = LineSettings(section.baud_rate, section.parity, section.data_bits, section.stop_bits)
        return serial_scanner(section.name, section.source, settings=common, line=line)
    if section.kind == "hidpos":
        from hardware.hidpos import hidpos_scanner  # noqa: PLC0415 - as below

        return hidpos_scanner(section.name, section.source, settings=common)
    from hardware.evdev_scanner import evdev_scanner  # noqa: PLC0415 - only lanes that have one pay for it

    return evdev_scanner(section.name, section.source, settings=common)


def _camera(section: ScannerSection, folder: Path, on_picture: OnPicture | None) -> Scanner:
    return CameraScanner(
        section.name,
        camera_source(section.source, folder),
        symbologies=section.symbologies,
        zone=Box(*section.zone),
        light=CameraLight(section.exposure_ms, section.torch),
        on_picture=on_picture,
    )


class ScannerBench:
    """All scanners of the lane; `scanned(scan)` and `fault(device, code)` are called on device threads."""

    def __init__(
        self,
        scanners: Iterable[Scanner],
        *,
        scanned: Callable[[Scan], None],
        fault: Callable[[str, str], None],
    ) -> None:
        self._scanners = tuple(scanners)
        self._scanned = scanned
        self._fault = fault

    def start(self) -> None:
        """Start every device; one that is missing reports so and is waited for."""
        for scanner in self._scanners:
            try:
                scanner.start(self._scanned, self._on_fault(scanner.name))
            except HardwareError as exc:
                logger.warning("scanner %s does not start: %s", scanner.name, exc)
                self._fault(scanner.name, exc.code)

    def close(self) -> None:
        """Stop every device."""
        for scanner in self._scanners:
            scanner.close()

    def _on_fault(self, name: str) -> Callable[[HardwareError | None], None]:
        return lambda error: self._fault(name, "" if error is None else error.code)
