"""Between lanes and hub: questions and answers that get lost or come twice, and a hub that dies at any statement."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, event

T = TypeVar("T")
_STATEMENTS: Final = 60  # more than any call makes, so that some kills come after its last one


class HubKilled(BaseException):
    """The hub's process ended here: what was not committed is gone. No handler of the product's may catch it."""


class Lost(Exception):
    """The lane hears nothing; whether the hub did anything it cannot know."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How many calls of a thousand meet with each."""

    questions_lost: int = 20
    answers_lost: int = 30
    doubled: int = 30
    kills: int = 80


CALM: Final = Weather(0, 0, 0, 0)


@dataclass(slots=True)
class Counted:
    """What went wrong."""

    questions_lost: int = 0
    answers_lost: int = 0
    doubled: int = 0
    kills: int = 0


class Wire:
    """Every call of the hub's goes through here. `restart` makes the hub's parts anew after a kill."""

    def __init__(self, rng: random.Random, restart: Callable[[], None]) -> None:
        self._rng = rng
        self._restart = restart
        self.weather = Weather()
        self.counted = Counted()

    def ask(self, call: Callable[[], T]) -> T:
        """The hub's answer, or Lost. `call` may run twice, or die at any statement of its own."""
        draw, weather = self._rng.randrange(1000), self.weather
        if draw < weather.questions_lost:
            self.counted.questions_lost += 1
            raise Lost
        draw -= weather.questions_lost
        if draw < weather.kills:
            return self._killed(call)
        draw -= weather.kills
        if draw < weather.doubled:
            self.counted.doubled += 1
            call()
            return call()
        answer = call()
        if draw - weather.doubled < weather.answers_lost:
            self.counted.answers_lost += 1
            raise Lost
        return answer

    def _killed(self, call: Callable[[], T]) -> T:
        """The hub dies at one of the statements or commits of this call, if it has so many."""
        try:
            with killed_at(self._rng.randrange(_STATEMENTS)):
                return call()
        except HubKilled:
            self.counted.kills += 1
            self._restart()
            raise Lost from None


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """HubKilled before the statement or commit of that number, from 0, of whatever database is used meanwhile."""
    left = statement

    def step(*_args: Any) -> None:
        nonlocal left
        if left == 0:
            raise HubKilled
        left -= 1

    for name in ("before_cursor_execute", "commit"):
        event.listen(Engine, name, step)
    try:
        yield
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(Engine, name, step)
