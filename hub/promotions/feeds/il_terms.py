"""From the figures of an Israeli promotion's row to the terms of a campaign, by reward type and chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from hub.promotions.feeds.il_profiles import Amount, Profile, Rate, Weighed
from hub.promotions.feeds.il_table import Promo, PromoRow
from hub.promotions.feeds.il_words import Unclear, counts_pieces, numbers_of, percent_words, says_discount, says_free
from retail.product import Unit
from retail.promotions.campaign import Kind, Terms

FREE_BP: Final = 10000
_ANY: Final = Fraction(1, 100)  # a minimum of 0, 0.01 or 0.010 is none
_GRAMS: Final = 1000


@dataclass(frozen=True, slots=True)
class Read:
    """What a row offers: terms, and for a special price that of the row's goods, with remarks about the reading."""

    terms: Terms
    price: int | None = None
    remarks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the readers of rows share: the promotion, what its chain means, and how goods are sold."""

    promo: Promo
    profile: Profile
    unit_of: Callable[[str], Unit | None]

    def row(self, row: PromoRow) -> Read:
        """What a row offers; Unclear if that is not understood."""
        reader = _READERS.get(self.promo.kind)
        if reader is None:
            raise Unclear("reward_type_unknown", f"its reward type {self.promo.kind!r} is not known")
        return reader(self, row)

    def weighed(self, row: PromoRow) -> bool:
        """Whether a row's goods are weighed. A broken minimum says so, and at type 3 one above 1, if nobody knows:
        all 13 of these at Bitan are fish and meat."""
        unit = self.unit_of(row.code)
        if unit is not None:
            return unit is Unit.KG
        return row.quantity.denominator != 1 or (self.promo.kind == "3" and row.quantity > 1)

    def rate_bp(self, row: PromoRow) -> tuple[int, tuple[tuple[str, str], ...]]:
        """A row's discount in 1/100 %; Unclear for none."""
        rate = row.rate or Fraction(0)
        by_points = self.profile.rate is Rate.BASIS_POINTS or (self.profile.rate is Rate.UNKNOWN and rate > 100)  # noqa: PLR2004 - percent
        found = rate if by_points else rate * 100
        if found.denominator != 1 or not 0 < found <= FREE_BP:
            raise Unclear("rate_unclear", f"line {row.line}: a rate of {plain(rate)} is no discount")
        said = (("rate_in_basis_points", f"its rate of {plain(rate)} is {plain(found / 100)} %"),) if by_points else ()
        return int(found), said


def per_piece(reading: Reading, row: PromoRow) -> Read:
    """A percentage off each piece, from a quantity on."""
    bp, said = reading.rate_bp(row)
    if bp == FREE_BP:
        return _free(reading, row)
    decides = reading.profile.price_decides
    if decides and decides.search(reading.promo.text) and row.price and row.quantity <= 1:
        said = (*said, ("price_decides", f"its rate of {plain(row.rate or Fraction(0))} is rounded; its prices count"))
        return Read(Terms(Kind.SPECIAL_PRICE), row.price, said)
    if row.quantity <= 1:
        return Read(Terms(Kind.PERCENT, percent_bp=bp), remarks=said)
    if reading.profile.percent_from_one:
        raise Unclear("bundle_unclear", f"{plain(row.quantity)} pieces and a rate: of each of them, or of one more")
    if reading.weighed(row):
        return Read(Terms(Kind.PERCENT, grams=_grams(row), percent_bp=bp), remarks=said)
    return Read(Terms(Kind.PERCENT, quantity=_pieces(row), percent_bp=bp), remarks=said)


def for_amount(reading: Reading, row: PromoRow) -> Read:
    """So many for an amount; a minimum of one is a special price, and one that is weighed a price from a weight on."""
    if row.price is None:
        if row.rate:
            return per_piece(reading, row)
        raise Unclear("no_figures", f"line {row.line} has neither price nor rate")
    if row.price <= 0:
        return _free(reading, row)
    if row.quantity <= _ANY or row.quantity == 1:
        return Read(Terms(Kind.SPECIAL_PRICE), row.price)
    if reading.weighed(row):
        return _by_weight(reading, row)
    return Read(Terms(Kind.N_FOR_X, quantity=_pieces(row), price=row.price))


def amount(reading: Reading, row: PromoRow) -> Read:
    """Type 3: officially an amount off, at every chain that was seen a price."""
    if reading.profile.amount is Amount.PRICE:
        return for_amount(reading, row)
    if not row.price:
        raise Unclear("no_figures", f"line {row.line} has no amount")
    told = Fraction(row.price, 100) in map(Fraction, numbers_of(reading.promo.text))
    if not told:
        raise Unclear(
            "amount_or_price",
            f"type 3 is officially {plain(Fraction(row.price, 100))} off, and a price at every chain that was seen; "
            "its text does not say which",
        )
    if not says_discount(reading.promo.text):
        return for_amount(reading, row)
    return Read(Terms(Kind.N_SAVE_X, quantity=max(1, _pieces(row)), off=row.price))


def nth_item(reading: Reading, row: PromoRow) -> Read:
    """Types 7, 8 and 9 without words: the quantity is all pieces, of which one is free or cheaper, as at the three
    chains that send them. With one piece and a percentage in the text it is that of each piece."""
    if row.quantity <= 1:
        bp, said = reading.rate_bp(row)
        if percent_words(reading.promo.text) == bp:
            return Read(Terms(Kind.PERCENT, percent_bp=bp), remarks=said)
        raise Unclear("bundle_unclear", "it is for a second item, with a minimum of one and no word of a bundle")
    pieces = _pieces(row)
    if reading.promo.kind == "7" and not row.rate:
        return Read(Terms(Kind.N_PLUS_M, quantity=pieces - 1, free=1), remarks=_ALL_PIECES)
    bp, said = reading.rate_bp(row)
    if bp == FREE_BP:
        return Read(Terms(Kind.N_PLUS_M, quantity=pieces - 1, free=1), remarks=(*said, *_ALL_PIECES))
    return Read(Terms(Kind.NTH_ITEM, quantity=pieces, percent_bp=bp), remarks=(*said, *_ALL_PIECES))


_ALL_PIECES: Final = (("all_pieces", "its text has no bundle; its quantity is taken for all pieces of one"),)


def _gift(_reading: Reading, _row: PromoRow) -> Read:
    raise Unclear("gift_unknown", "it is 'buy this, get that', and no row says which goods are given")


def _service(_reading: Reading, _row: PromoRow) -> Read:
    raise Unclear("no_figures", "its reward type 0 has no figures of its own, and its text has no bundle")


_READERS: Final[dict[str, Callable[[Reading, PromoRow], Read]]] = {
    "0": _service,
    "1": for_amount,
    "2": per_piece,
    "3": amount,
    "6": _gift,
    "7": nth_item,
    "8": nth_item,
    "9": nth_item,
    "10": for_amount,
}


def _free(reading: Reading, row: PromoRow) -> Read:
    promo = reading.promo
    if not promo.coupon:
        raise Unclear(
            "free_for_nothing", "its goods would be free without a coupon; what is bought for them is not said"
        )
    if promo.kind == "3" or not says_free(promo.text):
        raise Unclear("free_unclear", "its goods would be free, but its text does not say that they are a gift")
    if row.quantity <= 1:
        return Read(Terms(Kind.PERCENT, percent_bp=FREE_BP))
    return Read(Terms(Kind.N_FOR_X, quantity=_pieces(row), price=0))


def _by_weight(reading: Reading, row: PromoRow) -> Read:
    whole = row.quantity.denominator == 1
    if whole and counts_pieces(reading.promo.text):
        raise Unclear("pieces_of_weighed", f"its text counts pieces of goods that are weighed ({row.code})")
    price = Fraction(row.price or 0)
    if whole and reading.profile.weighed is Weighed.KILOGRAM:
        raise Unclear(
            "weight_unclear", f"line {row.line}: a price for a kilogram, or for {plain(row.quantity)} of them"
        )
    if reading.profile.weighed is Weighed.TOTAL:
        price /= row.quantity
    rounded = int(price + Fraction(1, 2))
    said = (
        () if rounded == price else (("rounded_kilogram", f"its price a kilogram, {plain(price / 100)}, is rounded"),)
    )
    return Read(Terms(Kind.SPECIAL_PRICE, grams=_grams(row)), rounded, said)


def _grams(row: PromoRow) -> int:
    grams = row.quantity * _GRAMS
    if grams.denominator != 1:
        raise Unclear("bad_number", f"line {row.line}: a minimum of {plain(row.quantity)} kilograms is too fine")
    return int(grams)


def _pieces(row: PromoRow) -> int:
    if row.quantity.denominator != 1:
        raise Unclear("part_of_a_piece", f"line {row.line}: {plain(row.quantity)} of goods that are sold by the piece")
    return int(row.quantity)


def plain(number: Fraction) -> str:
    """A number as people write it, to five places."""
    return f"{(Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal('1.00000')).normalize():f}"
