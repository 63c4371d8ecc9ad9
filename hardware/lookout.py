"""What one thread does with a camera's pictures: finds codes, shows the picture, asks for light. Needs OpenCV."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from hardware.camera_picture import OnPicture, Preview
from hardware.code import Box, Code
from hardware.picture_reader import PictureReader
from hardware.shot import Shot
from hardware.sightings import Patience
from hardware.watcher import Pace, Watcher

_LIT_S: Final = 5.0
"""The torch stays on so long after something was held up: switching it is a change of the picture, too."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is looked for, and where."""

    symbologies: frozenset[str]
    zone: Box
    pace: Pace
    patience: Patience


class Lookout:
    """Bound to one thread."""

    def __init__(self, sight: Sight, on_code: Callable[[Code, float], None], on_picture: OnPicture | None) -> None:
        reader = PictureReader(sight.symbologies)
        patience = replace(sight.patience, cycle=PictureReader.LOOKS)
        self._watcher = Watcher(reader, zone=sight.zone, pace=sight.pace, patience=patience)
        self._preview = None if on_picture is None else Preview(on_picture, sight.zone)
        self._on_code = on_code
        self._lit_until = float("-inf")

    def look(self, shot: Shot | None, at: float) -> None:
        for code in self._watcher.look(shot, at):
            self._on_code(code, at)
        if self._preview is not None:
            self._preview.offer(shot, self._watcher.sightings, at, busy=self._watcher.is_busy)

    def wants_light(self, at: float) -> bool:
        """Whether something is held up in the dark, or was a moment ago."""
        if self._watcher.is_busy and (self._watcher.is_dark or at < self._lit_until):
            self._lit_until = at + _LIT_S
        return at < self._lit_until

    def away(self) -> None:
        """The camera is gone."""
        if self._preview is not None:
            self._preview.away()

    def close(self) -> None:
        self._watcher.close()
