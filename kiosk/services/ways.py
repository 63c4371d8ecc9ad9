"""Which ways to pay have failed just now: a way whose gateway cannot be reached is left alone for a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_REST_S: Final = 30.0


class WayWatch:
    """What the lane has seen of its ways. Runs on the till's thread."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._until: dict[str, float] = {}

    def failed(self, way_id: str) -> None:
        """Its gateway could not be reached, and took nothing: not offered again for half a minute."""
        self._until[way_id] = self._steady() + _REST_S

    def works(self, way_id: str) -> None:
        """Its gateway answered: whatever was wrong is over."""
        self._until.pop(way_id, None)

    def resting(self, way_id: str) -> bool:
        """Whether it failed so lately that nobody should be sent there."""
        return self._steady() < self._until.get(way_id, float("-inf"))
