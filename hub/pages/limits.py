"""How often the same may be tried: kept in memory, for each hub by itself."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

_MOST_KEYS: Final = 10_000


class Limits:
    """Counts within a window that slides. Safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime], *, within_s: int = 600) -> None:
        self._clock = clock
        self._within_s = within_s
        self._tried: OrderedDict[str, deque[float]] = OrderedDict()
        self._guard = threading.Lock()

    def allows(self, key: str, most: int) -> bool:
        """Whether this time is not one too many; it counts if it is allowed."""
        now = self._clock().timestamp()
        with self._guard:
            times = self._tried.setdefault(key, deque())
            self._tried.move_to_end(key)
            while times and times[0] <= now - self._within_s:
                times.popleft()
            if len(self._tried) > _MOST_KEYS:  # of those who have not come for longest nothing is remembered
                self._tried.popitem(last=False)
            if len(times) >= most:
                return False
            times.append(now)
            return True
