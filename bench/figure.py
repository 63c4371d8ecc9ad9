"""One measured figure, and the small tools to measure side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` of ours beside `bare`, the least that it could be; `floor`: what the project promises, if it does.

    `more_is_better`: the floor is the least that is promised, not the most. `is_a_must`: a bench that finds it broken
    has failed, whatever the machine.
    """

    name: str
    what: str
    value: float
    unit: str
    bare: float | None = None
    floor: float | None = None
    more_is_better: bool = False
    is_a_must: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the bare thing ours costs: the figure that means the same on any machine."""
        return self.value / self.bare if self.bare else None

    @property
    def verdict(self) -> str:
        """`ok`, or `over` or `under` the floor, for a figure that has one."""
        if self.floor is None:
            return ""
        if self.more_is_better:
            return "ok" if self.value >= self.floor else "under"
        return "ok" if self.value < self.floor else "over"

    @property
    def is_broken(self) -> bool:
        """Whether it is a must, and is not met."""
        return self.is_a_must and self.verdict != "ok"

    @property
    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        return (
            self.name,
            self.what,
            _text(self.value, self.unit),
            _text(self.bare, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            _text(self.floor, self.unit),
            self.verdict,
        )

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "bare": self.bare,
            "ratio": self.ratio,
            "floor": self.floor,
            "verdict": self.verdict,
        }


HEADINGS = ("figure", "what", "ours", "bare", "ratio", "floor", "")


def _text(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.4f} {unit}" if value < 0.1 else f"{value:.3g} {unit}" if value < 100 else f"{value:,.0f} {unit}"


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)]


def side_by_side(ours: Callable[[], object], bare: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """Milliseconds of both at their best, in turns, so that what else the machine does falls on both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, taken in zip((ours, bare), times, strict=True):
            started = time.perf_counter()
            work()
            taken.append((time.perf_counter() - started) * 1000)
    return min(times[0]), min(times[1])
