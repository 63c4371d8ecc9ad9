"""Israeli promotions whose rows mean something together: bundles that the text words, and goods given for others."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from hub.promotions.feeds.il_profiles import Profile
from hub.promotions.feeds.il_table import Promo, PromoRow
from hub.promotions.feeds.il_terms import FREE_BP, Reading
from hub.promotions.feeds.il_words import BundleWords, Unclear, bundle_words, favours_dearest
from retail.promotions.campaign import Kind, Terms

Said = tuple[tuple[str, str], ...]

_NO_RATE: Final = (None, Fraction(0))


def worded_terms(reading: Reading) -> tuple[Terms, Said] | None:
    """The bundle that the text words, if the chain's reward type is one of such and the figures agree."""
    promo, profile = reading.promo, reading.profile
    words = bundle_words(promo.text) if promo.kind in profile.worded else None
    if words is None:
        return None
    row = _alike(promo)
    words = _counted(words, row.quantity, paid_only=promo.kind in profile.paid_only)
    if words.price:
        if row.price != Fraction(words.price) * 100:
            raise Unclear("words_contradict", f"its text says {words.price} for the second, its price column does not")
        return Terms(Kind.NTH_ITEM, quantity=2, price=row.price), ()
    bp, said = (words.percent_bp or FREE_BP, ()) if row.rate in _NO_RATE else reading.rate_bp(row)
    if words.percent_bp not in (None, bp):
        raise Unclear(
            "words_contradict", f"its text and its rate say different discounts for the second ({bp / 100} %)"
        )
    return _terms(words, bp, dearest=favours_dearest(promo.text)), said


def given_goods(promo: Promo, profile: Profile) -> tuple[Terms, list[PromoRow], list[PromoRow]] | None:
    """What is bought and what is got for it, where the chain's rows tell them apart."""
    bought = [row for row in promo.rows if row.plain]
    got = [row for row in promo.rows if not row.plain]
    if (
        promo.kind != "0"
        or not (profile.decimals_get and bought and got)
        or any(row.rate is None for row in promo.rows)
    ):
        return None
    first = _same(bought, ("quantity",)), _same(got, ("quantity", "price"))
    counts = tuple(int(row.quantity) for row in first)
    price = first[1].price
    if price is None or any(row.quantity != count for row, count in zip(first, counts, strict=True)):
        raise Unclear("bundle_unclear", "what is got for what is bought has no whole numbers and one price")
    terms = Terms(Kind.BUY_A_GET_B, counts=counts, price=price or None, percent_bp=None if price else FREE_BP)
    return terms, bought, got


def _alike(promo: Promo) -> PromoRow:
    return _same(promo.rows, ("quantity", "rate"))


def _same(rows: list[PromoRow], names: tuple[str, ...]) -> PromoRow:
    first = rows[0]
    for row in rows:
        for name in names:
            if getattr(row, name) != getattr(first, name):
                raise Unclear("rows_differ", f"lines {first.line} and {row.line} differ in their {name}")
    return first


def _counted(words: BundleWords, quantity: Fraction, *, paid_only: bool) -> BundleWords:
    """The words, if they agree with the quantity; '1+3' with three paid was written from right to left."""
    if not words.plus:
        expected = (1,) if paid_only else (0, 2)
        if quantity not in expected:
            raise Unclear("words_contradict", "its text is about a second item, its quantity about another number")
        return words
    if paid_only and quantity == words.other > words.paid:
        return BundleWords(words.other, words.paid, plus=True)
    if quantity != (words.paid if paid_only else words.paid + words.other):
        raise Unclear("words_contradict", f"its text says {words.paid}+{words.other}, its quantity another number")
    if not paid_only and words.paid < words.other:
        raise Unclear("order_unclear", f"{words.paid}+{words.other} may be read from either side, and one is dear")
    return words


def _terms(words: BundleWords, bp: int, *, dearest: bool) -> Terms:
    if not words.plus:
        if bp == FREE_BP:
            return Terms(Kind.N_PLUS_M, quantity=1, free=1, dearest=dearest)
        return Terms(Kind.NTH_ITEM, quantity=2, percent_bp=bp, dearest=dearest)
    part = None if bp == FREE_BP else bp
    return Terms(Kind.N_PLUS_M, quantity=words.paid, free=words.other, percent_bp=part, dearest=dearest)
