"""Finds a camera's device: by number, by path or by name, also after it was plugged in elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hardware.errors import DeviceMissing

_SYSFS: Final = Path("/sys/class/video4linux")
_DEV: Final = Path("/dev")
_NODE: Final = re.compile(r"video(\d+)", re.ASCII)


class CameraPlace:
    """`source`: a number, a path under /dev (one under /dev/v4l/by-id stays the same), or a part of its name."""

    def __init__(self, source: int | str, name: str, *, sysfs: Path = _SYSFS, dev: Path = _DEV) -> None:
        text = str(source)
        self._source = text
        self._name = name
        self._sysfs = sysfs
        self._dev = dev
        self._path = dev / f"video{text}" if text.isdecimal() else Path(text) if text.startswith("/") else None
        self._card = ""

    def find(self) -> Path:
        """Where it is now. One that was seen before is known again by its name. Raises DeviceMissing."""
        if self._path is None:
            return self._by_name(self._source)
        if self._path.exists():
            self._card = self.card(self._path)
            return self._path
        if self._card:
            return self._by_name(self._card)
        raise DeviceMissing(f"there is no camera at {self._path}; {self._there()}", device=self._name)

    def card(self, device: Path) -> str:
        """The name that the camera gives itself; "" if the system does not tell."""
        try:
            return (self._sysfs / device.resolve().name / "name").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _by_name(self, part: str) -> Path:
        for device, card in self._cameras():
            if part.casefold() in card.casefold():
                return device
        raise DeviceMissing(f"no camera has {part!r} in its name; {self._there()}", device=self._name)

    def _there(self) -> str:
        cards = [f"{device} is {card!r}" for device, card in self._cameras()]
        return f"plug it in or name another one: {', '.join(cards)}" if cards else "plug one in, there is none"

    def _cameras(self) -> Iterator[tuple[Path, str]]:
        """Only first nodes: a camera's others carry statistics, no pictures."""
        try:
            nodes = [node for node in self._sysfs.iterdir() if _NODE.fullmatch(node.name)]
        except OSError:
            return
        for node in sorted(nodes, key=lambda node: int(node.name.removeprefix("video"))):
            device = self._dev / node.name
            if device.exists() and self._index(node) == 0 and (card := self.card(device)):
                yield device, card

    @staticmethod
    def _index(node: Path) -> int:
        try:
            return int((node / "index").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0
