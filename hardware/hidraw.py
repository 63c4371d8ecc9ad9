"""USB HID devices as plain files: found in /sys by what their report descriptors say, read from /dev/hidrawN."""

import errno
import fcntl
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.errors import DeviceMissing, DeviceRefused

DEV: Final = Path("/dev")
SYS: Final = Path("/sys/class/hidraw")

_HIDIOCGRDESCSIZE: Final = 0x80044801
_HIDIOCGRDESC: Final = 0x90044802
_LONGEST_DESCRIPTOR: Final = 4096
_NUMBERS: Final = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_HID_ID: Final = re.compile(r"^HID_ID=[0-9A-F]+:0000([0-9A-F]{4}):0000([0-9A-F]{4})$", re.MULTILINE)
_HID_NAME: Final = re.compile(r"^HID_NAME=(.*)$", re.MULTILINE)
_REMEDY: Final = "install packaging/udev/70-scan-and-go.rules and put the kiosk's user into its group"


@dataclass(frozen=True, slots=True)
class HidDevice:
    path: Path
    name: str
    vendor: str
    product: str
    descriptor: bytes

    def __str__(self) -> str:
        return f"{self.path} '{self.name}' ({self.vendor}:{self.product})"


@dataclass(frozen=True, slots=True)
class OpenHid:
    fd: int
    descriptor: bytes

    def close(self) -> None:
        os.close(self.fd)


def hid_devices(sys: Path = SYS, dev: Path = DEV) -> tuple[HidDevice, ...]:
    """All of them, in the order of their numbers."""
    folders = sorted(sys.glob("hidraw*"), key=lambda folder: int(folder.name.removeprefix("hidraw")))
    return tuple(_described(folder / "device", dev / folder.name) for folder in folders)


def find_hid(
    source: str, devices: tuple[HidDevice, ...], suits: Callable[[HidDevice], bool], *, device: str
) -> HidDevice:
    """By its path, `vendor:product`, or empty: the one that suits. `device` is the scanner's name, for errors.

    Raises DeviceMissing, and DeviceRefused when it is not clear which one is meant.
    """
    if source.startswith("/"):
        return _at_path(Path(source), devices, device)
    matching = [one for one in devices if suits(one)]
    numbers = _NUMBERS.fullmatch(source)
    if numbers is not None:
        wanted = (numbers[1].lower(), numbers[2].lower())
        matching = [one for one in matching if (one.vendor, one.product) == wanted]
    elif source:
        matching = [one for one in matching if source.casefold() in one.name.casefold()]
    if len(matching) == 1:
        return matching[0]
    listed = "; ".join(map(str, matching or devices)) or "none"
    if matching:
        raise DeviceRefused(
            f"{len(matching)} HID-POS scanners fit source = {source!r}; set it to one of: {listed}", device=device
        )
    raise DeviceMissing(
        f"no HID-POS scanner fits source = {source!r}; plug it in, and set it to HID-POS by the code in its manual. "
        f"HID devices: {listed}",
        device=device,
    )


def open_hid(path: Path, device: str) -> OpenHid:
    """Raises DeviceMissing or DeviceRefused."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as exc:
        raise _cannot_open(exc, path, device) from exc
    try:
        return OpenHid(fd, _descriptor(fd))
    except OSError as exc:
        os.close(fd)
        raise _cannot_open(exc, path, device) from exc


def _descriptor(fd: int) -> bytes:
    (size,) = struct.unpack("i", fcntl.ioctl(fd, _HIDIOCGRDESCSIZE, bytes(4)))
    asked = bytearray(struct.pack("I", size) + bytes(_LONGEST_DESCRIPTOR))
    fcntl.ioctl(fd, _HIDIOCGRDESC, asked, True)
    return bytes(asked[4 : 4 + size])


def _cannot_open(exc: OSError, path: Path, device: str) -> DeviceMissing | DeviceRefused:
    if exc.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO}:
        return DeviceMissing(f"{path} went away; plug the scanner in", device=device)
    if exc.errno in {errno.EACCES, errno.EPERM}:
        return DeviceRefused(f"no right to read {path}; {_REMEDY}", device=device)
    return DeviceRefused(f"cannot use {path} as a HID device: {exc.strerror}", device=device)


def _at_path(path: Path, devices: tuple[HidDevice, ...], device: str) -> HidDevice:
    if not path.exists():
        raise DeviceMissing(f"there is no {path}; plug the scanner in", device=device)
    node = path.resolve()
    known = next((one for one in devices if one.path == node), None)
    return known or HidDevice(node, path.name, "", "", b"")


def _described(folder: Path, path: Path) -> HidDevice:
    said = _content(folder / "uevent").decode("utf-8", "replace")
    numbers, name = _HID_ID.search(said), _HID_NAME.search(said)
    return HidDevice(
        path=path,
        name=name[1] if name else "",
        vendor=numbers[1].lower() if numbers else "",
        product=numbers[2].lower() if numbers else "",
        descriptor=_content(folder / "report_descriptor"),
    )


def _content(path: Path) -> bytes:
    """What a file of /sys says; one that went away with its device says nothing."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
