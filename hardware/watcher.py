"""Looks at a stream of pictures, and only when there is something new to see."""

from typing import Final

from hardware.opencv import Grey
from hardware.picture_reader import PictureReader
from hardware.scene import Scene
from hardware.sightings import Code, Sightings

_LOOKS_AFTER_A_CHANGE: Final = 2 * PictureReader.LOOKS


class Watcher:
    """Bound to one thread. Owns the reader.

    After each change a picture gets a fixed number of looks. If it stays as it is, it is looked at
    again every `rest_s`: a code that no look could read may yet be read, and nothing burns a core.
    """

    def __init__(self, reader: PictureReader, sightings: Sightings, *, rest_s: float) -> None:
        self._reader = reader
        self._sightings = sightings
        self._rest_s = rest_s
        self._scene = Scene()
        self._looks_left = 0
        self._looked_at = float("-inf")

    def look(self, picture: Grey | None, at: float) -> tuple[Code, ...]:
        """What counts as scanned from now on. `at` in seconds."""
        if self._scene.is_new(picture):
            self._looks_left = _LOOKS_AFTER_A_CHANGE
        elif not self._looks_left and at - self._looked_at >= self._rest_s:
            self._looks_left = PictureReader.LOOKS
        if picture is None:
            return self._sightings.see((), at)
        if not self._looks_left:
            self._sightings.unchanged(at)
            return ()
        self._looks_left -= 1
        self._looked_at = at
        return self._sightings.see(self._reader.look(picture), at)

    def close(self) -> None:
        self._reader.close()
