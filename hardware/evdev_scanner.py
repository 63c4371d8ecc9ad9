r"""A hand scanner as a Linux input device, held exclusively: no key that it types ever reaches a window or a console.

Scanners can be made to type anything by a printed code (PacSec 2015, "BadBarcode"): Alt and F4, Ctrl and C, function
keys. Behind the kernel's grab all that is characters here, or nothing.
"""

import array
import contextlib
import errno
import fcntl
import logging
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from hardware.code_frames import CodeFrames, Framed, Framing
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.hand_scanner import HandScanner, Reading, Settings
from hardware.input_devices import InputDevice, find, input_devices
from hardware.key_reader import KeyReader

log = logging.getLogger(__name__)

EVENT: Final = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
RELEASED, PRESSED = 0, 1

_AT_ONCE: Final = 64 * EVENT.size
_EVIOCSCLOCKID: Final = 0x400445A0
_EVIOCSMASK: Final = 0x40104593
_EV_MSC: Final = 4
_REMEDY: Final = "install packaging/udev/70-scan-and-go.rules and put the kiosk's user into its group"


class Grabbed(Protocol):
    """An input device that is ours alone; the seam between what the kernel does and what we make of it."""

    @property
    def fd(self) -> int: ...

    def close(self) -> None: ...


Grab = Callable[[InputDevice], Grabbed]


def evdev_scanner(
    name: str,
    source: str,
    *,
    settings: Settings | None = None,
    devices: Callable[[], tuple[InputDevice, ...]] = input_devices,
    grab: Grab | None = None,
) -> HandScanner:
    """`source`: a path, `vendor:product`, part of a name, or empty for the one device that calls itself a scanner."""
    chosen = settings or Settings()

    def open_line() -> "EvdevLine":
        return EvdevLine(name, find(source, devices(), device=name), chosen.framing, grab or grab_device(name))

    return HandScanner(name, open_line, chosen)


def grab_device(name: str) -> Grab:
    """Opens by python-evdev and grabs. `name` is the scanner's, for errors."""

    def grab(device: InputDevice) -> Grabbed:
        try:
            import evdev  # noqa: PLC0415 - not on every system, and only lanes with such a scanner need it
        except ImportError as exc:
            raise DeviceRefused("python-evdev is missing: it is for Linux; use another kind here", device=name) from exc
        try:
            opened = evdev.InputDevice(str(device.path), readonly=True)  # writable, it would set a scanner's lights
        except OSError as exc:
            raise _cannot_open(exc, device.path, name) from exc
        try:
            opened.grab()
            fcntl.ioctl(opened.fd, _EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
            _only_keys(opened.fd)
        except OSError as exc:
            opened.close()
            raise _cannot_open(exc, device.path, name) from exc
        grabbed: Grabbed = opened
        return grabbed

    return grab


def _only_keys(fd: int) -> None:
    """The kernel keeps 64 events for a slow reader, eleven keystrokes; without the scan codes that go with them, 16."""
    no_codes = array.array("B", bytes(8))
    with contextlib.suppress(OSError):  # kernels before 4.4 cannot: then it is eleven
        fcntl.ioctl(fd, _EVIOCSMASK, struct.pack("IIQ", _EV_MSC, len(no_codes), no_codes.buffer_info()[0]))


def _cannot_open(exc: OSError, path: Path, name: str) -> DeviceMissing | DeviceBusy | DeviceRefused:
    if exc.errno == errno.EBUSY:
        return DeviceBusy(
            f"{path} is held by another program, or another section of the lane's file; end it", device=name
        )
    if exc.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO}:
        return DeviceMissing(f"{path} went away; plug the scanner in", device=name)
    if exc.errno in {errno.EACCES, errno.EPERM}:
        return DeviceRefused(f"no right to read {path}; {_REMEDY}", device=name)
    return DeviceRefused(f"cannot use {path} as a scanner: {exc.strerror}", device=name)


class EvdevLine:
    """All interfaces of one scanner: the others are held too, so that no media key of its gets through."""

    def __init__(self, name: str, devices: tuple[InputDevice, ...], framing: Framing, grab: Grab) -> None:
        self._name = name
        self._devices = devices
        self._keys = KeyReader()
        self._missed = False
        self._grabbed: list[Grabbed] = []
        try:
            for device in devices:
                self._grabbed.append(grab(device))
            for one in self._grabbed:
                self._drain(one.fd)
        except BaseException:
            self.close()
            raise
        self._frames = CodeFrames(framing)

    @property
    def found(self) -> str:
        return str(self._devices[0])

    @property
    def filenos(self) -> tuple[int, ...]:
        return tuple(one.fd for one in self._grabbed)

    @property
    def deadline(self) -> float | None:
        return self._frames.deadline

    def read(self, fileno: int) -> tuple[Reading, ...]:
        framed: tuple[Framed, ...] = ()
        for event in self._events(fileno):
            framed += self._event(*event)
        return _readings(framed)

    def silent(self, at: float) -> tuple[Reading, ...]:
        return _readings(self._frames.silent(at))

    def missed(self, at: float) -> None:
        self._frames.missed(at)

    def close(self) -> None:
        while self._grabbed:
            try:
                self._grabbed.pop().close()
            except OSError:
                log.debug("%s: closing a device that went away", self._name, exc_info=True)

    def _drain(self, fileno: int) -> None:
        """What came before the grab was seen by others too: it is none of our codes."""
        while self._events(fileno):
            pass

    def _events(self, fileno: int) -> list[tuple[int, int, int, int, int]]:
        try:
            received = os.read(fileno, _AT_ONCE)
        except BlockingIOError:
            return []
        except OSError as exc:
            raise DeviceLost(f"the scanner went away: {exc.strerror}", device=self._name) from exc
        if not received:
            raise DeviceLost("the scanner went away", device=self._name)
        return list(EVENT.iter_unpack(received))

    def _event(self, seconds: int, micros: int, kind: int, code: int, value: int) -> tuple[Framed, ...]:
        at = seconds + micros / 1_000_000
        if kind == EV_SYN and code == SYN_DROPPED:
            self._missed = True
            self._keys.reset()
            self._frames.missed(at)
        elif kind == EV_SYN and code == SYN_REPORT:
            self._missed = False
        elif kind == EV_KEY and not self._missed:  # the kernel: ignore what stands between DROPPED and REPORT
            return self._key(code, value, at)
        return ()

    def _key(self, code: int, value: int, at: float) -> tuple[Framed, ...]:
        if value == PRESSED:
            characters = self._keys.press(code)
        elif value == RELEASED:
            characters = self._keys.release(code)
        else:
            return ()  # a repeat: made by the kernel of a key that is held, no scanner means it
        framed = self._frames.add(characters, at) if characters else ()
        if framed:
            self._keys.code_ended()
        return framed


def _readings(framed: tuple[Framed, ...]) -> tuple[Reading, ...]:
    return tuple(Reading(one.text.rstrip("\x1d"), one.at) for one in framed)
