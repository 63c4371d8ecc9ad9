"""The line to a printer: bytes there, and, where it is two-way, bytes back; never a wait without an end."""

import errno
import os
import select
import time
from typing import Final, Protocol

from hardware.errors import DeviceLost, DeviceTimeout

_STALLED_S: Final = 8.0
"""A printer takes the next bytes as soon as it has printed some: one that takes none for so long has stopped."""
_AT_ONCE: Final = 512


class Line(Protocol):
    """Blocking; bound to one thread. What goes wrong is raised as DeviceMissing, Busy, Refused, Lost or Timeout."""

    @property
    def place(self) -> str:
        """Where the printer hangs, as the configuration names it."""

    def open(self) -> None:
        """Idempotent."""

    def write(self, content: bytes) -> None:
        """All of it; DeviceTimeout when the printer takes no more, and then nobody knows how much it took."""

    def read(self, timeout_s: float) -> bytes:
        """What comes within the time; empty for silence."""

    def close(self) -> None:
        """Idempotent and silent. Waits for nothing: what the printer did not take is dropped."""


class Descriptor:
    """Reads and writes an open file descriptor with an end to every wait. `ends`: empty reads mean the far end left."""

    def __init__(self, number: int, device: str, *, ends: bool, stalled_s: float = _STALLED_S) -> None:
        self._number = number
        self._device = device
        self._ends = ends
        self._stalled_s = stalled_s
        os.set_blocking(number, False)

    def write(self, content: bytes) -> None:
        rest = memoryview(content)
        until = time.monotonic() + self._stalled_s
        while rest:
            if not select.select([], [self._number], [], max(0.0, until - time.monotonic()))[1]:
                raise DeviceTimeout(
                    f"takes no more for {self._stalled_s:g} s; look at its paper, cover and lamps", device=self._device
                )
            try:
                rest = rest[os.write(self._number, rest) :]
            except BlockingIOError:  # ready for less than was offered: the kernel takes it in a moment
                continue
            except OSError as exc:
                raise self._lost(exc) from exc
            until = time.monotonic() + self._stalled_s

    def read(self, timeout_s: float) -> bytes:
        if not select.select([self._number], [], [], timeout_s)[0]:
            return b""
        try:
            came = os.read(self._number, _AT_ONCE)
        except BlockingIOError:
            return b""
        except OSError as exc:
            raise self._lost(exc) from exc
        if not came and self._ends:
            raise DeviceLost("hung up; it is opened again", device=self._device)
        return came

    def _lost(self, exc: OSError) -> DeviceLost:
        what = "was unplugged or switched off" if exc.errno in {errno.EIO, errno.ENODEV, errno.ENXIO} else str(exc)
        return DeviceLost(f"the line is gone ({what}); it is opened again", device=self._device)
