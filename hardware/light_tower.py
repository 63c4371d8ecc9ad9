"""A signal tower on a USB serial line that takes one byte a command: the common CH340 tower of green, yellow and red.

The protocol is the one that Adafruit publishes for its product 5125 (https://www.adafruit.com/product/5125) and that
many towers of the same make speak: 9600 baud; 0x11, 0x12, 0x14 switch red, yellow, green on, 0x21, 0x22, 0x24 off,
0x41, 0x42, 0x44 let them blink by themselves; 0x18, 0x28, 0x48 the same for the buzzer. It answers nothing.
"""

import contextlib
import errno
from typing import Final

import serial

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, DeviceTimeout, HardwareError
from hardware.light import Colour, Signal

BAUD: Final = 9600
_LAMPS: Final = {Colour.RED: 0x01, Colour.YELLOW: 0x02, Colour.GREEN: 0x04}
_BUZZER: Final = 0x08
_ON, _OFF, _BLINK = 0x10, 0x20, 0x40
_WRITE_S: Final = 1.0


class TowerLight:
    """Colours that it lacks are left out. It blinks by itself, so a busy lane never makes it stutter."""

    def __init__(self, name: str, path: str) -> None:
        self._name = name
        self._path = path
        self._port: serial.Serial | None = None

    @property
    def name(self) -> str:
        return self._name

    def show(self, signal: Signal) -> None:
        """Every lamp is told, also one that does not change: the tower may have lost its power in between."""
        self._send(commands(signal))

    def check(self) -> str:
        """Opens it and switches nothing. That a lamp is lit only eyes can tell: the tower does not answer."""
        try:
            self._opened()
        finally:
            self._shut()
        return f"{self._path} opens; the tower cannot answer, so look whether it lights"

    def close(self) -> None:
        with contextlib.suppress(HardwareError):
            if self._port is not None:
                self._send(commands(Signal()))
        self._shut()

    def _send(self, content: bytes) -> None:
        port = self._opened()
        try:
            port.write(content)
            port.flush()
        except serial.SerialTimeoutException as exc:
            self._shut()
            raise DeviceTimeout("takes no command; unplug it and plug it in again", device=self._name) from exc
        except Exception as exc:  # termios has an error of its own, which is neither pyserial's nor an OSError
            self._shut()
            raise DeviceLost(f"the line is gone ({exc}); it is opened again", device=self._name) from exc

    def _opened(self) -> serial.Serial:
        if self._port is None:
            try:
                self._port = serial.Serial(self._path, BAUD, write_timeout=_WRITE_S, exclusive=True)
            except (OSError, ValueError) as exc:
                raise self._error(exc) from exc
        return self._port

    def _shut(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(Exception):  # unplugged: there is nothing left to close
                port.close()

    def _error(self, exc: Exception) -> HardwareError:
        number = getattr(exc, "errno", None)
        if number == errno.EACCES:
            return DeviceRefused(f"may not open {self._path}; add the lane's user to group dialout", device=self._name)
        if number in {errno.EBUSY, errno.EWOULDBLOCK} or "lock" in str(exc):
            return DeviceBusy(f"another program holds {self._path}; end it", device=self._name)
        return DeviceMissing(f"no light at {self._path}; plug it in", device=self._name)


def commands(signal: Signal) -> bytes:
    """What makes the tower show a signal, whatever it shows now; the buzzer stays silent."""
    lit = _BLINK if signal.blinking else _ON
    # Off first: a lamp that blinks and is told to be on goes on blinking on some of these towers.
    off = bytes([_OFF | _BUZZER, *(_OFF | lamp for lamp in _LAMPS.values())])
    return off + bytes(lit | lamp for colour, lamp in _LAMPS.items() if colour in signal.lit)
