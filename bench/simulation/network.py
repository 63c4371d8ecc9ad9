"""What lies between a lane and a bank: it loses, delays and repeats messages, and goes away for minutes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from bench.simulation.bank import Answer, Word
from bench.simulation.chance import between
from bench.simulation.timeline import Timeline

LIMIT_MS: Final = 10_000  # a gateway's own: then it says that it had no answer
HUNG_MS: Final = (120_000, 400_000)  # a plug-in that does not keep to it
_LATE_MS: Final = (LIMIT_MS, 45_000)
_REFUSED: Final = 0.7
_REFUSED_MS: Final = (5, 3_000)


class Reply(NamedTuple):
    """What the plug-in has in its hands: an answer, or none. `unsent`: not one byte of the question left."""

    answer: Answer | None = None
    unsent: bool = False


NO_REPLY: Final = Reply()
_UNSENT: Final = Reply(unsent=True)
_WRONG_AMOUNT: Final = Reply(Answer(Word.PAID, 1))


@dataclass(frozen=True, slots=True)
class Weather:
    """How often, of a thousand messages, what goes wrong on a line; `ms`: how long one way takes when nothing does."""

    lost_questions: float = 4
    lost_answers: float = 4
    late: float = 2  # the question arrives after the asker has given up
    twice: float = 4
    hung: float = 0.3
    garbled: float = 1
    ms: tuple[int, int] = (20, 250)


CALM: Final = Weather(0, 0, 0, 0, 0, 0)
OPEN_SEA: Final = Weather()
CABLE: Final = Weather(lost_questions=3, lost_answers=3, late=0, twice=0, ms=(5, 60))


@dataclass(slots=True)
class Counted:
    """What the network did, for the report."""

    lost_questions: int = 0
    lost_answers: int = 0
    late: int = 0
    twice: int = 0
    hung: int = 0
    garbled: int = 0
    unsent: int = 0


class Trip(NamedTuple):
    """A question and the way back. `order`: its key, if it asks for money."""

    order: str
    arrive: Callable[[], Answer]
    back: Callable[[Reply], None]
    disturbed: Callable[[], None]
    there_ms: int
    home_ms: int


class Line:
    """One way from lanes to a bank. `away` is the world's to set."""

    def __init__(self, timeline: Timeline, rng: random.Random, weather: Weather, counted: Counted) -> None:
        self._timeline = timeline
        self._rng = rng
        self._counted = counted
        self.away = False
        self.hangs = 0  # calls of plug-ins that do not come back in time
        self.orders: dict[str, int] = {}  # how many messages are on their way that ask for money under a key
        self._fates: dict[str, Callable[[Trip], None]] = {
            "lost_questions": self._lose_question,
            "lost_answers": self._lose_answer,
            "late": self._be_late,
            "twice": self._send_twice,
            "hung": self._hang,
            "garbled": self._garble,
        }
        self.set_weather(weather)

    def set_weather(self, weather: Weather) -> None:
        """From now on."""
        self._ms = weather.ms
        self._odds = tuple((name, odds) for name in self._fates if (odds := getattr(weather, name)))
        self._troubles = sum(odds for _, odds in self._odds)

    def ask(
        self, order: str, arrive: Callable[[], Answer], back: Callable[[Reply], None], disturbed: Callable[[], None]
    ) -> None:
        """Send a question; `back` is called once, with what came of it, `disturbed` if anything goes wrong."""
        rng = self._rng
        trip = Trip(order, arrive, back, disturbed, between(rng, *self._ms), between(rng, *self._ms))
        if self.away:
            disturbed()
            self._send_into_nowhere(trip)
            return
        draw = rng.random() * 1000
        if draw >= self._troubles:
            self._carry(trip.there_ms, trip)
            return
        disturbed()
        fate = self._fate(draw)
        setattr(self._counted, fate, getattr(self._counted, fate) + 1)
        self._fates[fate](trip)

    def _fate(self, draw: float) -> str:
        for name, odds in self._odds:
            draw -= odds
            if draw < 0:
                return name
        return self._odds[-1][0]

    def _carry(self, delay_ms: int, trip: Trip, *, answers: bool = True) -> None:
        """The question will arrive; its answer too, if it is not lost."""
        order, orders = trip.order, self.orders
        if order:
            orders[order] = orders.get(order, 0) + 1

        def arrived() -> None:
            if order:
                orders[order] -= 1
                if not orders[order]:
                    del orders[order]
            answer = trip.arrive()
            if answers:
                self._timeline.after(trip.home_ms, lambda: trip.back(Reply(answer)))

        self._timeline.after(delay_ms, arrived)

    def _give_up(self, trip: Trip) -> None:
        self._timeline.after(LIMIT_MS, lambda: trip.back(NO_REPLY))

    def _send_into_nowhere(self, trip: Trip) -> None:
        """The network is away: mostly the connection is refused at once, sometimes it only looks alive."""
        if self._rng.random() < _REFUSED:
            self._counted.unsent += 1
            self._timeline.after(between(self._rng, *_REFUSED_MS), lambda: trip.back(_UNSENT))
        else:
            self._counted.lost_questions += 1
            self._give_up(trip)

    def _lose_question(self, trip: Trip) -> None:
        self._give_up(trip)

    def _lose_answer(self, trip: Trip) -> None:
        self._carry(trip.there_ms, trip, answers=False)
        self._give_up(trip)

    def _be_late(self, trip: Trip) -> None:
        self._carry(between(self._rng, *_LATE_MS), trip, answers=False)
        self._give_up(trip)

    def _send_twice(self, trip: Trip) -> None:
        self._carry(trip.there_ms, trip)
        self._carry(between(self._rng, *_LATE_MS), trip, answers=False)

    def _hang(self, trip: Trip) -> None:
        """The bank does as asked; the plug-in comes back minutes later, without an answer."""
        self._carry(trip.there_ms, trip, answers=False)
        self.hangs += 1

        def comes_back() -> None:
            self.hangs -= 1
            trip.disturbed()
            trip.back(NO_REPLY)

        self._timeline.after(between(self._rng, *HUNG_MS), comes_back)

    def _garble(self, trip: Trip) -> None:
        """The bank does as asked; what comes back is about another amount."""
        self._carry(trip.there_ms, trip, answers=False)
        self._timeline.after(trip.there_ms + trip.home_ms, lambda: trip.back(_WRONG_AMOUNT))
