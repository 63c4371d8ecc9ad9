"""Looks at a stream of pictures: a glance at each, a search only when there is something new to see."""

from dataclasses import dataclass
from typing import Final, Protocol

from hardware.code import Box, Code
from hardware.focus import Focus
from hardware.opencv import Grey
from hardware.scene import Scene
from hardware.shot import Shot
from hardware.sightings import Patience, Sightings

_SIZE_CHANGE: Final = 0.015
"""The MJPEG pictures of a scene at rest differ by a fifth of a percent in their size, those of a pack by 20 or more."""
_FRESH_S: Final = 2.0
_TIRED_PER_S: Final = 12.0


class Reader(Protocol):
    """What the watcher asks of a PictureReader."""

    @property
    def LOOKS(self) -> int: ...  # noqa: N802 - a constant of the class

    def look(self, grey: Grey, zone: Box | None = None) -> tuple[Code, ...]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    glances_per_s: float = 10.0
    """At MJPEG pictures while nothing moves, and at once when their size changes; at others always."""
    rest_s: float = 2.0
    """How often a picture that does not change is searched again."""


class Watcher:
    """Bound to one thread. Owns the reader.

    After each change a picture gets a fixed number of looks. If it stays as it is, it is looked at
    again every `rest_s`: a code that no look could read may yet be read, and nothing burns a core.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        zone: Box | None = None,
        pace: Pace | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._reader = reader
        self._zone = zone
        self._pace = pace or Pace()
        self.sightings = Sightings(zone=zone, patience=patience)
        self._scene = Scene()
        self._focus = Focus()
        self._looks_left = 0
        self._glanced_at = float("-inf")
        self._looked_at = float("-inf")
        self._read_at = float("-inf")
        self._rested_at = float("-inf")
        self._size = 0
        self._is_still = False
        self._in_vain = False

    @property
    def is_dark(self) -> bool:
        """Whether it is too dark to read, at the last glance."""
        return self._scene.is_dark

    @property
    def is_busy(self) -> bool:
        """Whether something moves or is held up."""
        return self._looks_left > 0 or self._scene.is_held

    def look(self, shot: Shot | None, at: float) -> tuple[Code, ...]:
        """What counts as scanned from now on. `at` in seconds."""
        if shot is None:
            self._glance(None, at)
            return self.sightings.see((), at)
        if self._looks_left or self._is_due(shot, at):
            self._glance(shot, at)
        if not self._looks_left:
            self._rested_at = at
            self.sightings.unchanged(at, held=self._scene.is_held)
            return ()
        return self._search(shot, at)

    def close(self) -> None:
        self._reader.close()

    def _is_due(self, shot: Shot, at: float) -> bool:
        size, before = shot.compressed_size, self._size
        self._size = size
        has_jumped = abs(size - before) > before * _SIZE_CHANGE
        return not size or has_jumped or at - self._glanced_at >= 1 / self._pace.glances_per_s

    def _glance(self, shot: Shot | None, at: float) -> None:
        self._glanced_at = at
        if self._scene.is_new(None if shot is None else shot.glance()):
            self._looks_left = 2 * self._reader.LOOKS
            self._is_still = False
            self._focus.moves()
        elif not self._looks_left and at - self._looked_at >= self._pace.rest_s:
            self._looks_left, self._is_still = 1, True

    def _search(self, shot: Shot, at: float) -> tuple[Code, ...]:
        if self._is_tired(at) or (grey := shot.grey()) is None:
            return ()
        if self._in_vain and not self._focus.is_worth_a_search(grey):
            return ()
        self._looks_left -= 1
        self._looked_at = at
        codes = self._reader.look(grey, self._zone)
        self._in_vain = not codes
        if codes:
            self._read_at = at
        elif not self._looks_left and at - self._read_at > self._pace.rest_s:
            self._scene.is_empty_now()
        return self.sightings.see(codes, at, held=self._scene.is_held, still=self._is_still)

    def _is_tired(self, at: float) -> bool:
        """People walk by for hours: what moves and holds no code is looked at less often."""
        return at - max(self._read_at, self._rested_at) > _FRESH_S and at - self._looked_at < 1 / _TIRED_PER_S
