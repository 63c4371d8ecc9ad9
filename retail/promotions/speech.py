"""How a language says an offer: the texts of its catalogue, and what the caller knows of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Final

_FREE: Final = 10_000
_HALF: Final = 5_000
_PER_CENT: Final = 100
_WORDED: Final = range(2, 11)  # numbers that a catalogue writes out: 'buy one, get one', 买二送一


@dataclass(frozen=True, slots=True)
class Speech:
    """`text` gives the catalogue's text of a key with its {placeholders} filled in, where `n` chooses the plural form;
    `money` and `weight` write minor units and grams as on a shelf's label."""

    text: Callable[..., str]
    money: Callable[[int], str]
    weight: Callable[[int], str]

    def say(self, key: str, **values: object) -> str:
        """A text of the offers' catalogue."""
        return self.text(f"promotion.{key}", **values)

    def off(self, percent_bp: int) -> str:
        """What a percentage makes of a price: 'free', 'half price', '10% off', 9折."""
        if percent_bp >= _FREE:
            return self.say("free")
        if percent_bp == _HALF:
            return self.say("half")
        percent, part = divmod(percent_bp, _PER_CENT)
        to_pay = _PER_CENT - percent
        if part or to_pay < 10:  # noqa: PLR2004 - Chinese counts in tenths: below one of them that misleads
            return self.say("off_odd", percent=_percent(percent_bp))
        tenths, rest = divmod(to_pay, 10)
        dotted, close = (f"{tenths}.{rest}", f"{tenths}{rest}") if rest else (str(tenths), str(tenths))
        return self.say("off", percent=_percent(percent_bp), tenths=dotted, close=close)

    def number(self, number: int) -> str:
        """A small number as the language writes it in an offer, a large one in figures."""
        return self.say(f"number.{number}") if number == 1 or number in _WORDED else str(number)

    def item(self, place: int) -> str:
        """'2nd item', 第二件."""
        return self.say(f"item.{place if place in _WORDED else 'other'}", n=place)

    def join(self, parts: Iterable[str], how: str = "list") -> str:
        """Several things as one text."""
        return reduce(lambda first, second: self.say(how, first=first, second=second), parts)


def _percent(rate_bp: int) -> str:
    whole, part = divmod(rate_bp, _PER_CENT)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"
