"""A hand scanner in USB HID-POS mode: it types nothing, and says of each code what kind of symbol it was."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.code_frames import Framing
from hardware.errors import DeviceLost, DeviceRefused
from hardware.hand_scanner import HandScanner, Reading, Settings
from hardware.hidraw import HidDevice, OpenHid, find_hid, hid_devices, open_hid
from hardware.scanned_data import ScannedData, says_scanner
from hardware.text_bytes import text_of

_LONGEST_REPORT: Final = 4096


def hidpos_scanner(
    name: str,
    source: str,
    *,
    settings: Settings | None = None,
    devices: Callable[[], tuple[HidDevice, ...]] = hid_devices,
    open_device: Callable[[Path, str], OpenHid] = open_hid,
) -> HandScanner:
    """`source`: a path, `vendor:product`, part of a name, or empty for the one device that says it is a scanner."""
    chosen = settings or Settings()

    def open_line() -> "HidPosLine":
        device = find_hid(source, devices(), lambda one: says_scanner(one.descriptor), device=name)
        return HidPosLine(name, str(device), open_device(device.path, name), chosen.framing)

    return HandScanner(name, open_line, chosen)


class HidPosLine:
    def __init__(self, name: str, found: str, device: OpenHid, framing: Framing) -> None:
        self._name = name
        self._found = found
        self._device: OpenHid | None = device
        self._framing = framing
        self._codes = ScannedData(device.descriptor)
        if not self._codes.is_scanner:
            self.close()
            raise DeviceRefused(
                f"{found} has no report with decoded data; set the scanner to HID-POS by the code in its manual",
                device=name,
            )

    @property
    def found(self) -> str:
        return self._found

    @property
    def filenos(self) -> tuple[int, ...]:
        return () if self._device is None else (self._device.fd,)

    @property
    def deadline(self) -> float | None:
        """A report says itself whether its code goes on; the rest may never come."""
        return self._codes.deadline

    def read(self, fileno: int) -> tuple[Reading, ...]:
        try:
            received = os.read(fileno, _LONGEST_REPORT)
        except BlockingIOError:
            return ()
        except OSError as exc:
            raise DeviceLost(f"the scanner went away: {exc.strerror}", device=self._name) from exc
        if not received:
            raise DeviceLost("the scanner went away", device=self._name)
        now, deadline = time.monotonic(), self._codes.deadline
        # What lies there came before any silence: that nobody read it for a while is a busy machine's doing.
        decoded = self._codes.report(received, now if deadline is None else min(now, deadline))
        if decoded is None:
            return ()
        text = text_of(decoded.content).rstrip("\r\n\t\x03\x04")
        text = text.removeprefix(self._framing.prefix).removesuffix(self._framing.suffix)
        return (Reading(text, decoded.at, decoded.identifier),)

    def silent(self, at: float) -> tuple[Reading, ...]:
        self._codes.silent(at)
        return ()

    def missed(self, _at: float) -> None:
        """Nothing was: a scanner keeps a report until the bus asks for it, which it does from the opening on."""

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()
