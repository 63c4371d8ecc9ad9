"""Virtual time: what happens when, in an order that depends on nothing but what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

Work = Callable[[], None]


class Timeline:
    """Whole milliseconds since the world began. Work of one moment runs in the order in which it was put in."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._due: list[tuple[int, int, Work]] = []
        self._count = 0

    def after(self, delay_ms: int, work: Work) -> None:
        """Do something so many milliseconds from now."""
        self._count += 1
        heappush(self._due, (self.now_ms + delay_ms, self._count, work))

    def step(self) -> None:
        """Go to the next thing that is due, and do it; there must be one."""
        self.now_ms, _, work = heappop(self._due)
        work()

    def run_for(self, duration_ms: int) -> None:
        """Do all that is due in the time given."""
        end = self.now_ms + duration_ms
        while self._due and self._due[0][0] <= end:
            self.step()
        self.now_ms = end
