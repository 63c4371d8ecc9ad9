"""What GS1 elements say of goods: which, which one of them, until when, how much, for what price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from retail.currency_numbers import currency_of_number
from retail.gs1 import Pairs, day, faults
from retail.gs1_rules import contradictions, lacking
from retail.gtin import GTIN_LENGTH
from retail.money import currency_exponent, divide_half_up

_KEYS: Final = ("01", "02", "03", "8006")
# Grams of one unit as a fraction: kilogram, avoirdupois pound, troy ounce (exact by definition).
_GRAMS: Final = {"310": (1000, 1), "320": (45_359_237, 100_000), "356": (311_034_768, 10_000_000)}
# What is sold, and for how much: if one of these is broken, nothing is.
_MATTER: Final = ("01", "02", "03", "1", "21", "235", "30", "31", "32", "35", "36", "37", "39", "7003", "8006")


@dataclass(frozen=True, slots=True)
class Gs1Goods:
    """`key`: 14 digits as the code has them, "" for none; `gtin` None if their check digit is wrong.

    `sound`: nothing contradicts itself and nothing that matters is broken. Weight in grams, amounts in minor units.
    """

    key: str = ""
    gtin: str | None = None
    serial: str = ""
    lot: str = ""
    expiry: date | None = None
    best_before: date | None = None
    sell_by: date | None = None
    weight_g: int | None = None
    price_minor: int | None = None
    currency: str = ""
    unit_price_minor: int | None = None
    quantity: int | None = None
    warnings: tuple[str, ...] = ()
    sound: bool = True


def gs1_goods(pairs: Pairs, *, today: date, currency: str, unreadable: tuple[str, ...] = ()) -> Gs1Goods:
    """Read the elements; `unreadable` are AIs that were there without a value. Prices of AI 392n are in `currency`."""
    values: dict[str, str] = {}
    for identifier, value in pairs:
        values.setdefault(identifier, value)
    wrong = {*faults(pairs), *unreadable}
    key = next((identifier for identifier in _KEYS if identifier in values), "")
    digits = values[key][:GTIN_LENGTH] if key else ""
    expiry, best_before, sell_by = _days(values, today)
    price = _price(values, currency)
    warnings = [*_general(pairs, wrong, key), *_dated(today, expiry, best_before, sell_by), *_parts(values), *price[2]]
    return Gs1Goods(
        key=digits,
        gtin=digits if key and key not in wrong else None,
        serial=values.get("21") or values.get("235") or "",
        lot=values.get("10", ""),
        expiry=expiry,
        best_before=best_before,
        sell_by=sell_by,
        weight_g=_grams(values),
        price_minor=price[0],
        currency=price[1],
        unit_price_minor=_unit_price(values, currency),
        quantity=_quantity(values),
        warnings=tuple(dict.fromkeys(warnings)),
        sound=not {"contradiction", "invalid_element"} & set(warnings),
    )


def _general(pairs: Pairs, wrong: set[str], key: str) -> Iterator[str]:
    if key and key in wrong:
        yield "check_digit"
    if any(identifier.startswith(_MATTER) for identifier in wrong - {key}):
        yield "invalid_element"
    elif wrong - {key}:
        yield "other_element"
    if any(contradictions(pairs)):
        yield "contradiction"
    if any(lacking(pairs)):
        yield "incomplete"


def _days(values: Mapping[str, str], today: date) -> tuple[date | None, date | None, date | None]:
    expiries = [found for found in (_day(values, "17", today), _day(values, "7003", today)) if found]
    return min(expiries, default=None), _day(values, "15", today), _day(values, "16", today)


def _day(values: Mapping[str, str], identifier: str, today: date) -> date | None:
    return day(values[identifier], today) if identifier in values else None


def _dated(today: date, expiry: date | None, best_before: date | None, sell_by: date | None) -> Iterator[str]:
    for name, last in (("past_expiry", expiry), ("past_sell_by", sell_by), ("past_best_before", best_before)):
        if last is not None and last < today:
            yield name


def _parts(values: Mapping[str, str]) -> Iterator[str]:
    """AI 8006 names one piece of an item that is sold as a whole: its number and how many there are."""
    if "8006" in values:
        piece, total = int(values["8006"][14:16]), int(values["8006"][16:18])
        if not 1 <= piece <= total:
            yield "invalid_element"
        elif total > 1:
            yield "part_of_item"


def _grams(values: Mapping[str, str]) -> int | None:
    for identifier, value in values.items():
        if identifier[:3] in _GRAMS:
            grams, of = _GRAMS[identifier[:3]]
            return divide_half_up(int(value) * grams, of * 10 ** int(identifier[3]))
    return None


def _price(values: Mapping[str, str], currency: str) -> tuple[int | None, str, tuple[str, ...]]:
    """The price of the very piece, its currency, and a warning if it is finer than that has coins for."""
    family = "393" if any(identifier.startswith("393") for identifier in values) else "392"
    number = next((value[:3] for identifier, value in values.items() if identifier.startswith("393")), "")
    of = currency_of_number(number) or "" if number else currency
    minor = _amount(values, family, of)
    if minor is not None:
        return minor, of, ()
    return None, "", ("price_too_fine",) if any(identifier.startswith(family) for identifier in values) else ()


def _unit_price(values: Mapping[str, str], currency: str) -> int | None:
    """For the eye. AI 8005 has no decimal point: its six digits are taken as minor units."""
    return int(values["8005"]) if "8005" in values else _amount(values, "395", currency)


def _amount(values: Mapping[str, str], family: str, currency: str) -> int | None:
    for identifier, value in values.items():
        if identifier[:3] == family and len(identifier) == 4:  # noqa: PLR2004 - the fourth digit: decimals
            scaled = int(value[3:] if family == "393" else value) * 10 ** currency_exponent(currency)
            whole, rest = divmod(scaled, 10 ** int(identifier[3]))
            return None if rest else whole
    return None


def _quantity(values: Mapping[str, str]) -> int | None:
    """Pieces: of the item (AI 30), or of the content of a carton (AI 37)."""
    count = values.get("30") or values.get("37")
    return int(count) if count else None
