"""Torch, exposure and focus of a V4L2 camera, where it has them; OpenCV reaches no torch.

Numbers from the kernel's include/uapi/linux/v4l2-controls.h and videodev2.h.
"""

import fcntl
import logging
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final, Literal, TypeAlias

log = logging.getLogger(__name__)

TorchMode: TypeAlias = Literal["off", "on", "auto"]
Ioctl: TypeAlias = Callable[[int, int, bytearray], int]

_QUERY: Final = struct.Struct("=II32siiiiI8x")
_VALUE: Final = struct.Struct("=Ii")
_READ_WRITE: Final = 3
_NOT_SETTABLE: Final = 0x0001 | 0x0004
"""Disabled or read-only. One that is inactive now (exposure while automatic) may be set all the same."""


class Control(IntEnum):
    """EXPOSURE_ABSOLUTE counts tenths of a millisecond; with EXPOSURE_AUTO_PRIORITY a camera slows down in the dark."""

    ILLUMINATOR = 0x00980900 + 37
    EXPOSURE_AUTO = 0x009A0901
    EXPOSURE_ABSOLUTE = 0x009A0902
    EXPOSURE_AUTO_PRIORITY = 0x009A0903
    FOCUS_AUTO = 0x009A090C
    FLASH_LED_MODE = 0x009C0901


_CHOICES: Final = frozenset({Control.FLASH_LED_MODE, Control.EXPOSURE_AUTO})
"""Controls whose values are names: the nearest would be another one."""
_MANUAL: Final = 1
_AUTOMATIC: Final = (3, 0)
"""USB cameras know 'aperture priority' alone, others 'auto'."""
_TORCH: Final = 2
_PER_MS: Final = 10


@dataclass(frozen=True, slots=True)
class CameraLight:
    exposure_ms: float = 0.0
    """0: as the camera finds right."""
    torch: TorchMode = "off"
    """auto: on while something is held up in the dark."""


class CameraControls:
    """Bound to one thread. What a camera lacks is said once in the log, and it goes on without."""

    def __init__(self, descriptor: int, name: str, *, ioctl: Ioctl | None = None) -> None:
        self._descriptor = descriptor
        self._name = name
        self._ioctl: Ioctl = ioctl or fcntl.ioctl
        self._lacks: set[str] = set()

    def set_up(self, light: CameraLight) -> None:
        self._set(Control.FOCUS_AUTO, 1)
        self._set(Control.EXPOSURE_AUTO_PRIORITY, 0)
        if not light.exposure_ms:
            any(self._set(Control.EXPOSURE_AUTO, mode) for mode in _AUTOMATIC)
        elif not self._set(Control.EXPOSURE_AUTO, _MANUAL) or not self._expose(light.exposure_ms):
            self._miss("exposure cannot be set")
        if light.torch == "on":
            self.torch(on=True)

    def torch(self, *, on: bool) -> bool:
        """Whether there is one."""
        found = self._set(Control.FLASH_LED_MODE, _TORCH if on else 0) or self._set(Control.ILLUMINATOR, int(on))
        if not found:
            self._miss("it has no torch")
        return found

    def _expose(self, milliseconds: float) -> bool:
        return self._set(Control.EXPOSURE_ABSOLUTE, max(1, round(milliseconds * _PER_MS)))

    def _set(self, control: Control, value: int) -> bool:
        """Set what is nearest to `value` in the camera's range; False if it has no such control."""
        question = bytearray(_QUERY.pack(control, 0, b"", 0, 0, 0, 0, 0))
        try:
            self._ioctl(self._descriptor, _request(36, _QUERY.size), question)
            _, _, _, least, most, _, _, flags = _QUERY.unpack(question)
            if flags & _NOT_SETTABLE or (most < value and control in _CHOICES):
                return False
            wanted = min(max(value, least), most)
            self._ioctl(self._descriptor, _request(28, _VALUE.size), bytearray(_VALUE.pack(control, wanted)))
        except OSError:
            return False
        return True

    def _miss(self, what: str) -> None:
        if what not in self._lacks:
            self._lacks.add(what)
            log.info("%s: %s; it goes on without", self._name, what)


def _request(number: int, size: int) -> int:
    """The kernel's _IOWR('V', number, size)."""
    return _READ_WRITE << 30 | size << 16 | ord("V") << 8 | number


def open_controls(device: Path, name: str) -> tuple[int, CameraControls] | None:
    """A second descriptor of the camera beside OpenCV's; None if it does not open."""
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    return descriptor, CameraControls(descriptor, name)
