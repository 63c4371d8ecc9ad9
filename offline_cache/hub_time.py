"""What the hub's time is, by all that the lane knows: the hub's word, its signature, and the lane's own clock."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

WRONG_S: Final = 60  # a clock that differs by more is told
_UNITS: Final = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


class HubTime:
    """The best known time, for all threads of the agent.

    `seen` is the newest time of the hub that is certain, and only grows: a heartbeat's answer carries no signature, so
    it counts up to the moment until which a signed manifest vouches for the hub (`fresh_until`), and no further; and
    only if the answer before it agrees, as one that is days ahead would hold for days.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        seen: datetime | None = None,
        steady: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
    ) -> None:
        self._clock = clock
        self._steady = steady  # seconds that no setting of the clock changes
        self._lock = threading.Lock()
        self._heard: tuple[datetime, float] | None = None
        self._seen = seen
        self._seen_at = steady()
        self._vouched: datetime | None = None

    def heard(self, there: datetime, *, asked: datetime, answered: datetime) -> float:
        """Take the hub's time from an answer; how many seconds its clock is before ours.

        The hub read its clock somewhere between our two looks at ours.
        """
        with self._lock:
            agrees, self._heard = self._agrees(there), (there, self._steady())
            if self._vouched is not None and agrees:
                self._see(min(there, self._vouched))
            return round((there - (asked + (answered - asked) / 2)).total_seconds(), 1)

    def signed(self, signed_at: datetime, fresh_until: datetime) -> None:
        """Take the times of a manifest that proved itself."""
        with self._lock:
            self._see(signed_at)
            self._vouched = fresh_until if self._vouched is None else max(self._vouched, fresh_until)

    def forget(self) -> None:
        """What was certain is no longer: a person begins anew, maybe because the hub's clock was wrong."""
        with self._lock:
            self._seen = self._vouched = None

    def now(self) -> datetime:
        """The hub's time if it was heard since the agent began, else ours, but never before the newest seen.

        Carried on by a count of seconds: our clock may be put right, or wrong, between two answers of the hub.
        """
        with self._lock:
            here = self._clock()
            try:
                if self._heard is not None:
                    return self._carried(*self._heard)
                return here if self._seen is None else max(here, self._carried(self._seen, self._seen_at))
            except OverflowError:  # a time at the very end of the calendar, which no hub has
                return here

    @property
    def seen(self) -> datetime | None:
        """The newest time of the hub that is certain."""
        with self._lock:
            return self._seen

    def _agrees(self, there: datetime) -> bool:
        """Whether the hub's last answer, carried on, says the same."""
        if self._heard is None:
            return False
        try:
            return abs((there - self._carried(*self._heard)).total_seconds()) <= WRONG_S
        except OverflowError:
            return False

    def _see(self, moment: datetime) -> None:
        if self._seen is None or moment > self._seen:
            self._seen, self._seen_at = moment.astimezone(UTC), self._steady()

    def _carried(self, moment: datetime, since: float) -> datetime:
        return moment + timedelta(seconds=self._steady() - since)


def clock_trouble(skew_s: float) -> str:
    """The sentence for a clock that is wrong by the hub's; "" if it is right."""
    if abs(skew_s) <= WRONG_S:
        return ""
    side = "behind" if skew_s > 0 else "ahead of"
    return f"this lane's clock is {span(abs(skew_s))} {side} the hub's; set it, as prices depend on the time"


def clock_word(skew_s: float | None) -> str:
    """The lane's clock in a word: ok, wrong by how much, or unknown."""
    if skew_s is None:
        return "unknown"
    return "ok" if abs(skew_s) <= WRONG_S else f"wrong by {span(abs(skew_s))}"


def span(seconds: float) -> str:
    """A length of time in its largest unit, rounded down: '3 days'."""
    whole = math.floor(seconds)
    for length, name in _UNITS:
        if whole >= length:
            count = whole // length
            return f"{count:,} {name}{'' if count == 1 else 's'}"
    return "no time"
