"""The codes in a video file: all frames looked at, the best read as thoroughly as a photograph, each item told once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hardware.code import Code
from hardware.film import Film
from hardware.focus import sharpness
from hardware.opencv import Grey
from hardware.picture_reader import PictureReader
from hardware.scan import RETAIL
from hardware.scene import Scene
from hardware.sightings import Patience, Sightings

_AGREE_S: Final = 0.4
"""Two sightings within it agree: blur and glare may hide a code for some frames between."""
_QUIET_S: Final = 1.0
_HELD_S: Final = 2.5
_EMPTY_S: Final = 0.3
_EFFORT_S: Final = 0.2
_LEAST_FRAMES: Final = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """A code, and the frame in which it counted."""

    code: Code
    frame: int
    """From 0."""
    at_s: float
    """From the video's beginning."""


def codes_in_video(path: Path, symbologies: Iterable[str] = RETAIL) -> Iterator[Moment]:
    """Each item once, also two that are held up together. Raises DeviceMissing or DeviceRefused.

    No time is kept: a second of video may take several. The aiming zone is for shoppers, who see it.
    """
    film = Film(Path(path), "video")
    viewer = _Viewer(frozenset(symbologies) or RETAIL, film.frame_s)
    try:
        while film.advance():
            shot = film.shot()
            grey = None if shot is None else shot.grey()
            if grey is not None:
                for code in viewer.look(grey, film.at):
                    yield Moment(code, film.number, film.at)
    finally:
        viewer.close()
        film.close()


class _Viewer:
    def __init__(self, symbologies: frozenset[str], frame_s: float) -> None:
        self._reader = PictureReader(symbologies)
        cycle = max(PictureReader.LOOKS, round(_AGREE_S / frame_s))
        self._sightings = Sightings(patience=Patience(_QUIET_S, held_s=_HELD_S, cycle=cycle))
        self._looks = cycle + 2
        self._scene = Scene()
        self._looks_left = 0
        self._changed_at = 0.0
        self._effort = _Effort(self._reader, max(_LEAST_FRAMES, round(_EFFORT_S / frame_s)))

    def look(self, grey: Grey, at: float) -> tuple[Code, ...]:
        if self._scene.is_new(grey):
            self._looks_left = self._looks
            self._changed_at = at
        if not self._looks_left:
            self._sightings.unchanged(at, held=self._scene.is_held)
            return ()
        self._looks_left -= 1
        codes = self._effort.read(grey)
        if not codes and at - self._changed_at >= _EMPTY_S:
            self._scene.is_empty_now()
        return self._sightings.see(codes, at, held=self._scene.is_held)

    def close(self) -> None:
        self._reader.close()


class _Effort:
    """All effort takes up to half a second a frame: it goes to the sharpest of a few in which a look found nothing,
    and now and then to one in which it did, as there may be a second code.
    """

    def __init__(self, reader: PictureReader, frames: int) -> None:
        self._reader = reader
        self._frames = frames
        self._waited = 0
        self._sharpest: tuple[float, Grey | None] = (-1.0, None)

    def read(self, grey: Grey) -> tuple[Code, ...]:
        codes = self._reader.look(grey)
        sharp = 0.0 if codes else sharpness(grey)
        if sharp > self._sharpest[0]:
            self._sharpest = sharp, grey
        self._waited += 1
        if self._waited < self._frames:
            return codes
        best = self._sharpest[1]
        self._waited, self._sharpest = 0, (-1.0, None)
        # What is read of a photograph with all effort is certain.
        return codes if best is None else codes + tuple(replace(code, sure=True) for code in self._reader.read(best))
