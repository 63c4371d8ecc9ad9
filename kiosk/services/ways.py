"""What the lane has seen of its ways to pay: which failed just now, and which seem to have lost their bank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_REST_S: Final = 8.0  # a hub that is started anew is back in two or three
_REST_ALONE_S: Final = 300.0  # while the hub is away as well it is the shop's line, not one bank: shoppers are spared
_CUT_S: Final = 60.0


class WayWatch:
    """What is known of each way beside what the agent says of the hub. Runs on the till's thread."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._failed_at: dict[str, float] = {}
        self._cut_at: dict[str, float] = {}

    def failed(self, way_id: str) -> None:
        """Its gateway could not be reached, and took nothing: not offered again for some seconds."""
        self._failed_at[way_id] = self._steady()

    def cut(self, way_id: str) -> None:
        """A terminal answered by itself, without its bank."""
        self._cut_at[way_id] = self._steady()

    def works(self, way_id: str) -> None:
        """Its bank answered: whatever was wrong is over."""
        self._failed_at.pop(way_id, None)
        self._cut_at.pop(way_id, None)

    def resting(self, way_id: str, *, alone: bool = False) -> bool:
        """Whether it failed so lately that nobody should be sent there; `alone`: the hub is away, too."""
        return self._within(self._failed_at, way_id, _REST_ALONE_S if alone else _REST_S)

    def seems_cut(self, way_id: str) -> bool:
        """Whether it had no line to its bank a moment ago."""
        return self._within(self._cut_at, way_id, _CUT_S)

    def _within(self, times: dict[str, float], way_id: str, seconds: float) -> bool:
        return self._steady() - times.get(way_id, float("-inf")) < seconds
