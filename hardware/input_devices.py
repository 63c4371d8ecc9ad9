"""Which of Linux's input devices is the scanner: found by its path, its USB numbers or its name.

Asked of /sys, which anybody may read: a device that we may not open is told apart from one that is not there.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.errors import DeviceMissing, DeviceRefused

DEV: Final = Path("/dev/input")
SYS: Final = Path("/sys/class/input")

_USB_NUMBERS: Final = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_SAYS_SCANNER: Final = re.compile(r"bar ?code|scanner|\bscan\b", re.IGNORECASE)
_DIGIT_KEYS: Final = tuple(range(2, 12))
_KEYPAD_KEYS: Final = (79, 80, 81, 75, 76, 77, 71, 72, 73, 82)


@dataclass(frozen=True, slots=True)
class InputDevice:
    path: Path
    name: str
    vendor: str
    product: str
    port: str
    """Where it is plugged in; empty when the kernel does not say. The interfaces of one device share it."""
    types_digits: bool

    def __str__(self) -> str:
        return f"{self.path} '{self.name}' ({self.vendor}:{self.product})"


def input_devices(sys: Path = SYS, dev: Path = DEV) -> tuple[InputDevice, ...]:
    """All of them, in the order of their numbers."""
    folders = sorted(sys.glob("event*"), key=lambda folder: int(folder.name.removeprefix("event")))
    return tuple(_described(folder / "device", dev / folder.name) for folder in folders)


def find(source: str, devices: tuple[InputDevice, ...], *, device: str) -> tuple[InputDevice, ...]:
    """The scanner's keys first, then its other interfaces. `device` is its name for errors.

    Raises DeviceMissing, and DeviceRefused when it is not clear which one is meant.
    """
    chosen = _chosen(source, devices, device)
    beside = (one for one in devices if one is not chosen and chosen.port and one.port == chosen.port)
    return (chosen, *beside)


def _chosen(source: str, devices: tuple[InputDevice, ...], device: str) -> InputDevice:
    if source.startswith("/"):
        return _at_path(Path(source), devices, device)
    keyboards = tuple(one for one in devices if one.types_digits)
    numbers = _USB_NUMBERS.fullmatch(source)
    if numbers is not None:
        matching = [one for one in keyboards if (one.vendor, one.product) == _lower(numbers)]
    elif source:
        matching = [one for one in keyboards if source.casefold() in one.name.casefold()]
    else:
        matching = [one for one in keyboards if _SAYS_SCANNER.search(one.name)]
    if len(matching) == 1:
        return matching[0]
    wanted = f"source = {source!r}"
    listed = "; ".join(map(str, matching or keyboards)) or "none"
    if len(matching) > 1:
        raise DeviceRefused(
            f"{wanted} fits {len(matching)} input devices, name one by its path under {DEV}/by-id or {DEV}/by-path: "
            f"{listed}",
            device=device,
        )
    if keyboards and not source:
        raise DeviceRefused(
            f"no input device has 'barcode' or 'scanner' in its name; set source to one of: {listed}", device=device
        )
    raise DeviceMissing(f"no input device fits {wanted}; plug the scanner in. There are: {listed}", device=device)


def _at_path(path: Path, devices: tuple[InputDevice, ...], device: str) -> InputDevice:
    if not path.exists():
        raise DeviceMissing(f"there is no {path}; plug the scanner in", device=device)
    node = path.resolve()
    known = next((one for one in devices if one.path == node), None)
    return known or InputDevice(node, path.name, "", "", "", types_digits=True)


def _lower(numbers: re.Match[str]) -> tuple[str, str]:
    return numbers[1].lower(), numbers[2].lower()


def _described(folder: Path, path: Path) -> InputDevice:
    keys = _key_bits(_line(folder / "capabilities" / "key"))
    port, _, interface = _line(folder / "phys").rpartition("/")
    return InputDevice(
        path=path,
        name=_line(folder / "name"),
        vendor=_line(folder / "id" / "vendor"),
        product=_line(folder / "id" / "product"),
        port=port if interface.startswith("input") else "",
        types_digits=all(keys >> code & 1 for code in _DIGIT_KEYS) or all(keys >> code & 1 for code in _KEYPAD_KEYS),
    )


def _key_bits(words: str) -> int:
    """The kernel prints a bit map as hexadecimal words of a machine's long, the highest first."""
    bits = 0
    width = 64 if os.sysconf("SC_LONG_BIT") == 64 else 32  # noqa: PLR2004 - the two there are
    for word in words.split():
        bits = bits << width | int(word, 16)
    return bits


def _line(path: Path) -> str:
    """What a file of /sys says; one that went away with its device says nothing."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
