"""Pieces as the search sees them: all pieces of one product at one price, and what each campaign would do for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from retail.money import divide_half_up
from retail.promotions.campaign import Terms

GRAMS_PER_KG: Final = 1000
WHOLE: Final = 10_000  # percentages are in 1/100 %


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a line. `amount`: what is to be paid for it before the layer; a bag has `grams`."""

    amount: int
    grams: int | None = None


class Entry(NamedTuple):
    """A piece of one class in one group of a campaign. `gain`: what the campaign takes off that piece by itself."""

    place: int  # of its class in the fixed order: dearest first
    amount: int
    gain: int
    group: int
    grams: int


def off_percent(amount: int, percent_bp: int) -> int:
    """The discount that leaves amount × (100 − P) / 100, rounded half up: how the feeds' own prices are rounded."""
    return amount - divide_half_up(amount * (WHOLE - percent_bp), WHOLE)


def own_gain(terms: Terms, piece: Piece, price: int | None = None) -> int:
    """What percent_bp or price of the terms take off one piece; `price`: instead, where goods have their own."""
    if terms.percent_bp is not None:
        return off_percent(piece.amount, terms.percent_bp)
    cost = _cost(terms, piece, price)
    return 0 if cost is None else max(0, piece.amount - cost)


def costs_less(terms: Terms, piece: Piece, price: int | None = None) -> bool:
    """Whether a piece would be dearer at the price of the terms."""
    cost = None if terms.percent_bp is not None else _cost(terms, piece, price)
    return cost is not None and piece.amount < cost


def _cost(terms: Terms, piece: Piece, price: int | None) -> int | None:
    if price is None:
        price = terms.price
    if price is None or piece.grams is None:
        return price
    return divide_half_up(price * piece.grams, GRAMS_PER_KG)
