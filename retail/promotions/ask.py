"""Asking for the price of a basket without a lane: the same JSON in and out at every door, of the shop's own list.

Nothing is priced unless everything is understood: a total that leaves something out would be a wrong total.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

MOST_PIECES: Final = 100_000
MOST_GRAMS: Final = 9_999_999  # as a label may say (retail.carried_amounts)
_LONGEST: Final = 500  # of a code: a Digital Link is the longest that anybody scans
_SHOWN: Final = 60
_KEYS: Final = frozenset({"code", "quantity", "weight_g"})
_FORM: Final = '{"code": "…", "quantity": 2} or {"code": "…", "weight_g": 1250}'


class AskRefused(ValueError):
    """Nothing was priced; str() names the entry, says what is wrong with it and what to write instead."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a basket, counted from 1: neither quantity nor weight is one scan of the code."""

    number: int
    code: str
    quantity: int | None = None
    weight_g: int | None = None

    def refused(self, why: str) -> AskRefused:
        """The sentence for what is wrong with it."""
        return _refused(self.number, self.code, why)


def basket_entries(asked: object) -> tuple[Entry, ...]:
    """The entries of a basket as JSON has them. AskRefused for whatever is not just that."""
    if not isinstance(asked, list):
        raise AskRefused(f"a basket is a list of entries, [{_FORM}, …]")
    return tuple(_entry(number, one) for number, one in enumerate(asked, start=1))


def json_of(text: str | bytes) -> object:
    """What a text says; AskRefused if it is no JSON, or says something twice: one of two would be left out silently."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except AskRefused:
        raise
    except (ValueError, RecursionError) as exc:  # also what is not UTF-8
        raise AskRefused(f"is not JSON ({exc}); a basket is [{_FORM}, …]") from exc


def moment_of(text: str, zone: tzinfo) -> datetime:
    """The moment that a text names, in the zone of the shop; without an offset it is a time of the shop's own clock."""
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone)
        moment.timestamp()
    except (ValueError, OverflowError) as exc:
        raise AskRefused(
            f"{shown_text(text)} is no time; write it as 2026-11-22T18:30 or 2026-11-22T18:30+02:00"
        ) from exc
    return moment


def shown_text(value: object) -> str:
    """What was asked, short and on one line, for a sentence."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    if len(text) > _SHOWN:
        text = text[: _SHOWN - 1] + "…"
    return "".join(one if one.isprintable() else "·" for one in text)


def _entry(number: int, one: object) -> Entry:
    if not isinstance(one, dict):
        raise AskRefused(f"entry {number} is {shown_text(one)}; an entry is {_FORM}")
    code, quantity, weight_g = (one.get(key) for key in ("code", "quantity", "weight_g"))
    if code is None:
        raise AskRefused(f"entry {number} has no code; an entry is {_FORM}")
    if not isinstance(code, str):
        raise AskRefused(f"entry {number} has the code {shown_text(code)}; write it in quotes, as numbers lose zeros")
    if not code.strip() or len(code) > _LONGEST or any("\ud800" <= one <= "\udfff" for one in code):
        raise _refused(number, code, f"has no code; give 1 to {_LONGEST} signs")
    unknown = sorted(set(one) - _KEYS)
    if unknown:
        raise _refused(number, code, f"has {shown_text(unknown[0])}, which means nothing here; an entry is {_FORM}")
    if quantity is not None and weight_g is not None:
        raise _refused(number, code, "has both quantity and weight_g; give pieces a quantity, weighed goods a weight")
    _check(number, code, "quantity", quantity, MOST_PIECES)
    _check(number, code, "weight_g", weight_g, MOST_GRAMS)
    return Entry(number, code, quantity, weight_g)


def _check(number: int, code: str, name: str, value: Any, most: int) -> None:
    if value is None:
        return
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not 1 <= value <= most:
        raise _refused(number, code, f"has the {name} {shown_text(value)}; give a whole number from 1 to {most}")


def _refused(number: int, code: str, why: str) -> AskRefused:
    return AskRefused(f"entry {number}, {shown_text(code)}: {why}")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise AskRefused(f"{shown_text(twice)} stands twice in {shown_text(made)}; give it once")
    return made
