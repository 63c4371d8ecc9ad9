"""The time that prices go by: the clock's as it was once believed, carried on by a count that no setting can change.

A lane's clock may stand in 1970 (an empty battery), a year ahead, or be set while a shopper stands there. So it is
looked at once; from then on only the hub's word moves the time back, and what is certain moves it forward.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk.services.ports import Clock

WRONG: Final = timedelta(seconds=60)  # a clock that differs by more is told to staff
_FRESH: Final = timedelta(minutes=15)


class PriceClock:
    """Bound to the till's thread. `wall` is the machine's clock, `steady` counts seconds, also while it sleeps."""

    def __init__(self, wall: Clock, steady: Callable[[], float]) -> None:
        self._wall = wall
        self._steady = steady
        self._start(wall())
        self._last = self._at
        self._heard: tuple[datetime, float] | None = None
        self._correction = timedelta(0)  # what an earlier word of the hub made of the machine's clock
        self._by_hub = False
        self._doubted = False  # the machine's clock was seen to be behind what is certain

    def now(self) -> datetime:
        """The time that prices go by; it stands still rather than go back a little."""
        wall = self._wall().astimezone(UTC)
        if self._doubted and wall > self._carried():
            self._start(wall)  # somebody has put the clock right
            self._doubted = False
        self._last = max(self._last, self._carried())
        return self._last

    @property
    def wrong_by(self) -> timedelta:
        """What has to be added to the machine's clock to get the time that prices go by; nothing if that is little."""
        difference = self.now() - self._wall().astimezone(UTC)
        return difference if abs(difference) > WRONG else timedelta(0)

    def hear(self, seen: datetime | None, skew_s: float | None) -> None:
        """What the agent knows of the hub's clock: its newest time that is certain, and how far it is before ours.

        A word that comes while we listen is believed. One that was there at our start is believed if it fits our clock.
        """
        if seen is None:
            return
        if skew_s is not None and (seen, skew_s) != self._heard:
            first = self._heard is None
            self._heard = (seen, skew_s)
            with contextlib.suppress(OverflowError, ValueError):  # a time that no calendar has is no word
                self._take_word(self._wall().astimezone(UTC) + timedelta(seconds=skew_s), seen, first=first)
        self.not_before(seen)

    def not_before(self, moment: datetime) -> None:
        """Something that is certain was written at this moment: it cannot be earlier now."""
        moment = moment.astimezone(UTC)
        if moment <= self.now():
            return
        self._doubted = not self._by_hub and moment - self._wall().astimezone(UTC) > WRONG
        self._start(moment)

    def not_before_record(self, written: datetime, *, latest: datetime) -> None:
        """Something was recorded by the machine's clock, which may have been wrong already: not if after `latest`."""
        corrected = written + self._correction
        if not self._by_hub and corrected <= latest:
            self.not_before(corrected)

    def _take_word(self, hub: datetime, seen: datetime, *, first: bool) -> None:
        """The hub's clock shows `hub` now. Its newest certain time stands beside it: where the two are far apart, one
        of the clocks was set since, or somebody else spoke for the hub."""
        age = hub - seen
        if -WRONG <= age <= _FRESH:
            self._by_hub, self._doubted = True, False
            self._set(hub)
        elif first and age > _FRESH and hub < self._wall().astimezone(UTC):
            # Long ago, and our clock has gone on since: it is most likely still as far ahead as it was then. A word
            # that nothing vouches for any more moves the time back only: it must not bring tomorrow's prices.
            self._correction = hub - self._wall().astimezone(UTC)
            self._set(hub)

    def _set(self, moment: datetime) -> None:
        if self.now() - moment > WRONG:
            self._last = moment
        self._start(moment)

    def _start(self, moment: datetime) -> None:
        self._at, self._since = moment.astimezone(UTC), self._steady()

    def _carried(self) -> datetime:
        return self._at + timedelta(seconds=self._steady() - self._since)
