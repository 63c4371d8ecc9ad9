"""Builds the configured scanners and leads what they read to the till; a missing device never stops the lane."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.camera import CameraScanner
from hardware.camera_controls import CameraLight
from hardware.camera_source import camera_source
from hardware.code import Box
from hardware.errors import HardwareError
from hardware.scan import Scan, Scanner
from kiosk.config import ScannerSection

if TYPE_CHECKING:
    from hardware.camera_picture import OnPicture  # pulls in OpenCV

logger = logging.getLogger(__name__)


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
    return None


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
