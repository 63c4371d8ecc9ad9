"""A hand scanner on a serial line, or on USB as one (CDC-ACM): it types nothing, and needs no grab."""

import errno
import os
import re
import termios
import time
from dataclasses import dataclass
from typing import Final, Protocol

import serial
from serial.tools import list_ports

from hardware.code_frames import CodeFrames, Framed, Framing
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.hand_scanner import HandScanner, Reading, Settings
from hardware.text_bytes import text_of

PARITIES: Final = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
_NUMBERS: Final = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_AT_ONCE: Final = 4096
_LATIN: Final = "\u02ff"
"""Up to here stand the letters that a byte alone becomes."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """As the scanner's manual has them; on USB they mean nothing."""

    baud_rate: int = 9600
    parity: str = "none"
    data_bits: int = 8
    stop_bits: int = 1


class Port(Protocol):
    """An open serial port; serial.Serial is one."""

    def fileno(self) -> int: ...

    def close(self) -> None: ...


def serial_scanner(
    name: str,
    source: str,
    *,
    settings: Settings | None = None,
    line: LineSettings | None = None,
) -> HandScanner:
    """`source`: a path, best one under /dev/serial/by-id, or `vendor:product` of a scanner on USB."""
    chosen = settings or Settings()

    def open_line() -> "SerialLine":
        path = _path(source, name)
        return SerialLine(name, path, _open(path, line or LineSettings(), name), chosen.framing)

    return HandScanner(name, open_line, chosen)


class SerialLine:
    def __init__(self, name: str, path: str, port: Port, framing: Framing) -> None:
        self._name = name
        self._path = path
        self._port: Port | None = port
        # Cut as one character a byte: a code's own encoding is seen when it is whole. No byte of UTF-8 or GB 18030
        # beyond ASCII looks like an end sign.
        self._frames = CodeFrames(
            Framing(_as_bytes(framing.prefix), _as_bytes(framing.suffix), framing.silence),
        )

    @property
    def found(self) -> str:
        return self._path

    @property
    def filenos(self) -> tuple[int, ...]:
        return () if self._port is None else (self._port.fileno(),)

    @property
    def deadline(self) -> float | None:
        return self._frames.deadline

    def read(self, fileno: int) -> tuple[Reading, ...]:
        try:
            received = os.read(fileno, _AT_ONCE)
        except BlockingIOError:
            return ()
        except OSError as exc:
            raise DeviceLost(f"{self._path} went away: {exc.strerror}", device=self._name) from exc
        if not received:  # readable, and nothing there: the line was hung up
            raise DeviceLost(f"{self._path} went away", device=self._name)
        return _readings(self._frames.add(received.decode("latin-1"), self._arrived()))

    def _arrived(self) -> float:
        """What lies there came before any silence: that nobody read it for a while is a busy machine's doing."""
        now, deadline = time.monotonic(), self._frames.deadline
        return now if deadline is None else min(now, deadline)

    def silent(self, at: float) -> tuple[Reading, ...]:
        return _readings(self._frames.silent(at))

    def missed(self, at: float) -> None:
        self._frames.missed(at)

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()


def _path(source: str, name: str) -> str:
    numbers = _NUMBERS.fullmatch(source)
    if numbers is None:
        if not source:
            raise DeviceRefused("set source to the scanner's port, e.g. under /dev/serial/by-id", device=name)
        return source
    wanted = (int(numbers[1], 16), int(numbers[2], 16))
    matching = sorted(port.device for port in list_ports.comports() if (port.vid, port.pid) == wanted)
    if len(matching) > 1:
        raise DeviceRefused(
            f"source = {source!r} fits {len(matching)} ports; name one by its path: {', '.join(matching)}", device=name
        )
    if not matching:
        raise DeviceMissing(
            f"no serial port is of {source}; plug the scanner in, and set it to serial by the code in its manual",
            device=name,
        )
    return matching[0]


def _open(path: str, settings: LineSettings, name: str) -> Port:
    try:
        return serial.Serial(
            path,
            baudrate=settings.baud_rate,
            bytesize=settings.data_bits,
            parity=PARITIES[settings.parity],
            stopbits=settings.stop_bits,
            timeout=0,
            exclusive=True,
        )
    except (OSError, ValueError, termios.error) as exc:  # serial's own errors are OSErrors
        raise _cannot_open(exc, path, name) from exc


def _cannot_open(exc: Exception, path: str, name: str) -> DeviceMissing | DeviceBusy | DeviceRefused:
    number = getattr(exc, "errno", None)
    if number in {errno.ENOENT, errno.ENODEV, errno.ENXIO}:
        return DeviceMissing(f"there is no {path}; plug the scanner in", device=name)
    if number in {errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK}:
        return DeviceBusy(
            f"{path} is held by another program, or another section of the lane's file; end it", device=name
        )
    if number in {errno.EACCES, errno.EPERM}:
        return DeviceRefused(f"no right to use {path}; put the kiosk's user into the group dialout", device=name)
    return DeviceRefused(f"{path} cannot be used as a serial port: {exc}", device=name)


def _as_bytes(text: str) -> str:
    return text.encode().decode("latin-1")


def _readings(framed: tuple[Framed, ...]) -> tuple[Reading, ...]:
    readings = (Reading(text_of(one.text.encode("latin-1")), one.at) for one in framed)
    return tuple(reading for reading in readings if not _is_noise(reading.text))


def _is_noise(text: str) -> bool:
    """A line that is plugged in gives a byte or two that are no sign of any code."""
    return not any(sign.isalnum() and (sign.isascii() or sign > _LATIN) for sign in text)
