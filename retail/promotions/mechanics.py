"""What a campaign gives, in words: one short clause for each kind, from its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from retail.promotions.campaign import Kind, Terms
from retail.promotions.speech import Speech

_FREE: Final = 10_000


def mechanics(terms: Terms, speech: Speech, *, kg: bool = False, member: bool = False) -> str:
    """The clause, beginning as it would inside a sentence.

    `kg`: its price is that of a kilogram; `member`: a special price is the members'.
    """
    if terms.kind is Kind.SPECIAL_PRICE:
        return _special_price(terms, speech, kg=kg, member=member)
    return _CLAUSES[terms.kind](terms, speech)


def _special_price(terms: Terms, speech: Speech, *, kg: bool, member: bool) -> str:
    name = "member" if member else "special"
    if terms.price is None:
        return _from(terms, speech, speech.say(name))
    price = speech.money(terms.price)
    by_weight = kg or bool(terms.grams)
    if terms.quantity > 1 or terms.grams:
        return _from(terms, speech, speech.say("per_kg" if by_weight else "each", price=price))
    return speech.say(f"{name}_at", price=speech.say("per_kg", price=price) if by_weight else price)


def _from(terms: Terms, speech: Speech, what: str) -> str:
    """With the threshold before it, if there is one."""
    if terms.grams:
        return speech.say("from_weight", weight=speech.weight(terms.grams), what=what)
    return speech.say("from_items", n=terms.quantity, what=what) if terms.quantity > 1 else what


def _n_for_x(terms: Terms, speech: Speech) -> str:
    price = speech.money(terms.price or 0)
    return (
        speech.say("n_for_x", n=terms.quantity, price=price) if terms.quantity > 1 else speech.say("each", price=price)
    )


def _n_save_x(terms: Terms, speech: Speech) -> str:
    off = speech.money(terms.off or 0)
    return speech.say("n_save_x", n=terms.quantity, off=off) if terms.quantity > 1 else speech.say("off_each", off=off)


def _percent(terms: Terms, speech: Speech) -> str:
    return _from(terms, speech, speech.off(terms.percent_bp or 0))


def _tiers(terms: Terms, speech: Speech) -> str:
    tiers = sorted(terms.tiers, key=lambda tier: tier.quantity)
    what = [_cheaper(tier.percent_bp, tier.price, speech, "each") for tier in tiers]
    return speech.join(speech.say("tier", n=tier.quantity, what=one) for tier, one in zip(tiers, what, strict=True))


def _n_plus_m(terms: Terms, speech: Speech) -> str:
    which = "dearest" if terms.dearest else "cheapest"
    figures = {
        "n": terms.free,
        "total": terms.quantity + terms.free,
        "paid": speech.number(terms.quantity),
        "given": speech.number(terms.free),
    }
    if terms.percent_bp is None or terms.percent_bp >= _FREE:
        return speech.say(f"plus_{which}_free", **figures)
    return speech.say(f"plus_{which}", **figures, what=speech.off(terms.percent_bp))


def _nth_item(terms: Terms, speech: Speech) -> str:
    what = _cheaper(terms.percent_bp, terms.price, speech, "for")
    if terms.quantity <= 1:
        return what
    if terms.dearest:
        return speech.say("nth_dearest", n=terms.quantity, what=what)
    return speech.say("nth", item=speech.item(terms.quantity), what=what)


def _mix_and_match(terms: Terms, speech: Speech) -> str:
    counts = speech.join((str(count) for count in terms.counts if count), "and")
    if terms.price is not None:
        return speech.say("set_for", counts=counts, price=speech.money(terms.price))
    if terms.off is not None:
        return speech.say("set_save", counts=counts, off=speech.money(terms.off))
    return speech.say("set_off", counts=counts, what=speech.off(terms.percent_bp or 0))


def _buy_a_get_b(terms: Terms, speech: Speech) -> str:
    bought, got = (*terms.counts, 1, 1)[:2]
    if terms.price is None and (terms.percent_bp or 0) >= _FREE:
        return speech.say("get_free", n=got, bought=bought)
    return speech.say("get", n=got, bought=bought, what=_gift(terms, got, speech))


def _basket(terms: Terms, speech: Speech) -> str:
    spend = {"amount": speech.money(terms.amount_from)} if terms.amount_from else {}
    if terms.counts:
        gifts = terms.counts[-1]
        if terms.price is None and (terms.percent_bp or 0) >= _FREE:
            return speech.say("spend_gift_free" if spend else "gift_free", n=gifts, **spend)
        return speech.say("spend_gift" if spend else "gift", n=gifts, what=_gift(terms, gifts, speech), **spend)
    if terms.off is not None:
        key = "every_spend_save" if terms.repeat else "spend_save"
        return speech.say(key if spend else "basket_save", off=speech.money(terms.off), **spend)
    return speech.say("spend_off" if spend else "basket_off", what=speech.off(terms.percent_bp or 0), **spend)


def _gift(terms: Terms, pieces: int, speech: Speech) -> str:
    return _cheaper(terms.percent_bp, terms.price, speech, "for" if pieces == 1 else "for_each")


def _cheaper(percent_bp: int | None, price: int | None, speech: Speech, key: str) -> str:
    """'half price', or with a price of its own 'for ¥1.00', '¥1.00 each' as the key says."""
    return speech.off(percent_bp or 0) if price is None else speech.say(key, price=speech.money(price))


_CLAUSES: Final[Mapping[Kind, Callable[[Terms, Speech], str]]] = {
    Kind.N_FOR_X: _n_for_x,
    Kind.N_SAVE_X: _n_save_x,
    Kind.PERCENT: _percent,
    Kind.TIERS: _tiers,
    Kind.N_PLUS_M: _n_plus_m,
    Kind.NTH_ITEM: _nth_item,
    Kind.MIX_AND_MATCH: _mix_and_match,
    Kind.BUY_A_GET_B: _buy_a_get_b,
    Kind.BASKET: _basket,
}
