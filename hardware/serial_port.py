"""A serial line, its settings, and what goes wrong with it in the words of hardware/errors.py."""

import errno
import os
import select
import termios
from dataclasses import dataclass, replace
from typing import Final, Self

import serial

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, DeviceTimeout, HardwareError

_PARITIES: Final = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
_WRITE_S: Final = 1.0
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """`parity` is none, even or odd."""

    path: str
    baud_rate: int = 9600
    data_bits: int = 8
    parity: str = "none"
    stop_bits: int = 1

    def possible(self) -> "SerialSettings":
        """A pseudo-terminal (a line over the network, a test) has neither parity nor short characters: asked for them a
        second time, glibc answers 'invalid argument'."""
        if not os.path.realpath(self.path).startswith("/dev/pts/"):
            return self
        return replace(self, data_bits=8, parity="none", stop_bits=1)

    def __str__(self) -> str:
        return f"{self.path} ({self.baud_rate} {self.data_bits}{self.parity[:1].upper()}{self.stop_bits})"


class SerialPort:
    """Ours alone while it is open. For one thread. Each act raises DeviceLost once the line is gone."""

    def __init__(self, device: str, settings: SerialSettings) -> None:
        self._device = device
        self._settings = settings
        self._port: serial.Serial | None = None

    def __enter__(self) -> Self:
        """Raises DeviceMissing, DeviceBusy or DeviceRefused."""
        settings = self._settings.possible()
        try:
            self._port = serial.Serial(
                settings.path,
                settings.baud_rate,
                bytesize=settings.data_bits,
                parity=_PARITIES[settings.parity],
                stopbits=settings.stop_bits,
                timeout=0,
                write_timeout=_WRITE_S,
                exclusive=True,
            )
            if settings.parity != "none":
                _mind_parity(self._port.fileno())
        except (OSError, ValueError, termios.error) as exc:
            self.close()
            raise self._opening(exc) from exc
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, content: bytes) -> None:
        port = self._opened()
        try:
            port.write(content)
        except serial.SerialTimeoutException as exc:
            raise DeviceTimeout(f"takes nothing on {self._settings}; check its cable", device=self._device) from exc
        except (OSError, termios.error) as exc:
            raise self._lost(exc) from exc

    def read(self, timeout_s: float) -> bytes:
        """What has come, as soon as there is any; b"" after `timeout_s` of nothing."""
        port = self._opened()
        try:
            # Not pyserial's own timeout: setting it sets the whole line anew, and with it how parity is minded.
            ready, _, _ = select.select([port], [], [], timeout_s)
            return bytes(port.read(min(max(port.in_waiting, 1), _CHUNK))) if ready else b""
        except (OSError, termios.error) as exc:
            raise self._lost(exc) from exc

    def forget(self) -> None:
        """Let go of what came and was not read: it answers no question of ours."""
        port = self._opened()
        try:
            port.reset_input_buffer()
        except (OSError, termios.error) as exc:
            raise self._lost(exc) from exc

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DeviceLost(f"{self._settings} is not open", device=self._device)
        return self._port

    def _lost(self, exc: Exception) -> DeviceLost:
        return DeviceLost(f"{self._settings} is gone ({exc}); check its plug and power", device=self._device)

    def _opening(self, exc: Exception) -> HardwareError:
        number, path = getattr(exc, "errno", None), self._settings.path
        if number in {errno.EACCES, errno.EPERM}:
            return DeviceRefused(f"may not open {path}; add the lane's user to group dialout", device=self._device)
        if number in {errno.EBUSY, errno.EAGAIN}:
            return DeviceBusy(f"another program holds {path}; end it", device=self._device)
        if number in {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ENOTDIR}:
            return DeviceMissing(f"there is no {path}; plug it in, or set its port", device=self._device)
        return DeviceRefused(f"{self._settings} cannot be used: {exc}", device=self._device)


def _mind_parity(descriptor: int) -> None:
    """A character whose parity is wrong arrives as a nought: pyserial sends parity, but does not look at it."""
    attributes = termios.tcgetattr(descriptor)
    attributes[0] |= termios.INPCK
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
