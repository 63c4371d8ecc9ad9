"""Israeli promotion feeds as campaigns: what the law's columns say, read as each chain means them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hub.imports.codes import clean_code
from hub.imports.errors import ImportRefused, RowRefused
from hub.imports.fields import moment
from hub.promotions.feeds.il_bundles import given_goods, worded_terms
from hub.promotions.feeds.il_profiles import PROFILES, UNKNOWN, Unit
from hub.promotions.feeds.il_table import Promo, PromoRow, read_all_promos, read_promos
from hub.promotions.feeds.il_terms import Read, Reading
from hub.promotions.feeds.il_words import (
    Unclear,
    asks_for_purchase,
    buys_to_get,
    good_once,
    limit_of,
    says_deposit,
)
from hub.promotions.feeds.reader import FeedOptions, Understood
from hub.promotions.found import Found, Named, NotUnderstood
from hub.shops import Shop
from retail.promotions.campaign import Campaign, Kind, Terms, When

CURRENCY: Final = "ILS"
TIME_ZONE: Final = "Asia/Jerusalem"
MEMBER: Final = "member"

_FREE_BP: Final = 10000
_EACH: Final = frozenset({Kind.SPECIAL_PRICE, Kind.PERCENT})  # a use is a piece or a bag, not a bundle


@dataclass(frozen=True, slots=True)
class _Offer:
    """Terms with the goods that have them; `price` by code where they have one of their own."""

    terms: Terms
    groups: tuple[Named, ...] = ()
    everything: bool = False
    remarks: tuple[tuple[str, str], ...] = ()


def read_il(path: Path, shop: Shop, options: FeedOptions) -> Iterator[Understood]:
    """The promotions of one store of a feed, in its order. Raises ImportRefused, FeedStoreNeeded among them."""
    _check_currency(path, shop)
    for promo in read_promos(path, options.feed_store, CURRENCY):
        yield from _understood(promo, shop, options)


def read_all_il(path: Path, shop: Shop, options: FeedOptions) -> Iterator[tuple[str, Iterator[Understood]]]:
    """The promotions of each store of a feed, by CHAIN:STORE. Raises ImportRefused."""
    _check_currency(path, shop)
    for store, promos in read_all_promos(path, CURRENCY).items():
        yield store, (one for promo in promos for one in _understood(promo, shop, options))


def _check_currency(path: Path, shop: Shop) -> None:
    if shop.currency != CURRENCY:
        raise ImportRefused(f"{path}: its prices are in {CURRENCY}, the store's in {shop.currency}; name another store")


def _understood(promo: Promo, shop: Shop, options: FeedOptions) -> list[Understood]:
    profile = PROFILES.get(promo.chain, UNKNOWN)
    reading = Reading(promo, profile, options.unit_of)
    place = f"line {promo.line}"
    try:
        offers = _offers(reading)
        campaigns = [_campaign(reading, offer, shop, len(offers), place) for place, offer in enumerate(offers, start=1)]
    except Unclear as exc:
        return [NotUnderstood(promo.line, place, promo.id, promo.text, exc.reason, exc.why)]
    shared = _remarks(reading, len(offers))
    return [
        Found(promo.line, place, campaign, offer.groups, text=promo.text, remarks=(*offer.remarks, *shared))
        for campaign, offer in zip(campaigns, offers, strict=True)
    ]


def _offers(reading: Reading) -> list[_Offer]:
    promo, profile = reading.promo, reading.profile
    if promo.fault:
        raise Unclear(*promo.fault)
    whole = [row for row in promo.rows if row.everything]
    if asks_for_purchase(profile, promo.text) or (whole and len(whole) < len(promo.rows)):
        raise Unclear("basket_condition", "it holds with a purchase of an amount that no column says")
    if whole:
        return [_whole_basket(reading, whole)]
    given = given_goods(promo, profile)
    if given is not None:
        terms, bought, got = given
        return [_Offer(terms, (_named(bought), _named(got)))]
    if buys_to_get(promo.text):
        raise Unclear("gift_unknown", "it is 'buy this, get that', and no row says which goods are given")
    worded = worded_terms(reading)
    if worded is not None:
        return [_Offer(worded[0], (_named(promo.rows),), remarks=worded[1])]
    return _by_terms(reading)


def _whole_basket(reading: Reading, rows: Sequence[PromoRow]) -> _Offer:
    if len(rows) > 1 or reading.promo.kind != "2":
        raise Unclear("no_figures", "it is for the whole basket, and no column says what it gives")
    read = reading.row(rows[0])
    return _Offer(read.terms, everything=True, remarks=read.remarks)


def _by_terms(reading: Reading) -> list[_Offer]:
    """One offer for all rows that offer the same; prices of their own do not part goods."""
    found: dict[Terms, list[tuple[PromoRow, Read]]] = {}
    unclear: list[Unclear] = []
    for row in reading.promo.rows:
        try:
            read = reading.row(row)
        except Unclear as exc:
            unclear.append(exc)
            continue
        found.setdefault(read.terms, []).append((row, read))
    if not found:
        raise unclear[0]
    if len(found) > 1 and reading.promo.coupon:
        raise Unclear("rows_differ", "its coupon is for goods of several quantities: for all of them, or one")
    left = (("goods_left_out", f"{len(unclear):,} of its goods: {unclear[0].why}"),) if unclear else ()
    return [_offer(terms, rows, left) for terms, rows in found.items()]


def _offer(terms: Terms, rows: Sequence[tuple[PromoRow, Read]], left: tuple[tuple[str, str], ...]) -> _Offer:
    remarks = tuple(dict.fromkeys(remark for _, read in rows for remark in read.remarks))
    prices = {_code(row): read.price for row, read in reversed(rows) if read.price is not None}
    named = _named([row for row, _ in rows])
    if len(set(prices.values())) == 1:
        terms = replace(terms, price=next(iter(prices.values())))
    elif prices:
        named = replace(named, prices=dict(reversed(prices.items())))
    return _Offer(terms, (named,), remarks=(*remarks, *left))


def _named(rows: Sequence[PromoRow]) -> Named:
    return Named(codes=tuple(dict.fromkeys(_code(row) for row in rows)))


def _code(row: PromoRow) -> str:
    try:
        return clean_code(row.code)[0]
    except RowRefused as exc:
        raise Unclear(exc.reason, f"line {row.line}: {exc}") from exc


def _campaign(reading: Reading, offer: _Offer, shop: Shop, several: int, number: int) -> Campaign:
    promo = reading.promo
    once = promo.coupon and (good_once(promo.text) or _is_free(offer.terms))
    return Campaign(
        id=promo.id if several == 1 else f"{promo.id}#{number}",
        terms=offer.terms,
        names={"he": promo.text},
        when=When(valid_until=_until(promo, shop)),
        clubs=(MEMBER,) if promo.club else (),
        coupon=promo.id if promo.coupon else "",
        coupon_single=once,
        per_receipt=_uses(reading, offer.terms),
        everything=offer.everything,
    )


def _until(promo: Promo, shop: Shop) -> int | None:
    try:
        return moment(promo.until, shop.zone, end=True)
    except RowRefused as exc:
        raise Unclear(exc.reason, str(exc)) from exc


def _is_free(terms: Terms) -> bool:
    return terms.percent_bp == _FREE_BP or terms.price == 0


def _uses(reading: Reading, terms: Terms) -> int | None:
    """How often the text's limit lets it be used."""
    limit = limit_of(reading.profile, reading.promo.text)
    if limit is None:
        return None
    number, unit = limit
    if unit is Unit.KILOGRAMS or terms.grams:
        raise Unclear("limit_by_weight", "its limit is a weight, and uses are counted")
    if unit is Unit.USES or terms.kind in _EACH:
        return number
    uses = number // _pieces(terms)
    if not uses:
        raise Unclear("words_contradict", f"its limit of {number} pieces is less than one bundle")
    return uses


def _pieces(terms: Terms) -> int:
    return sum(terms.counts) or terms.quantity + (terms.free if terms.kind is Kind.N_PLUS_M else 0)


def _remarks(reading: Reading, offers: int) -> tuple[tuple[str, str], ...]:
    promo, profile = reading.promo, reading.profile
    found: list[tuple[str, str]] = []
    if not profile.known:
        found.append(("unknown_chain", f"chain {promo.chain} is not declared; the official meaning is taken"))
    if offers > 1:
        found.append(("split", f"its goods have several quantities or prices; they became {offers} campaigns"))
    if says_deposit(promo.text):
        found.append(("deposit", "its text has the price without the deposit, its column with it, as the price list"))
    return tuple(found)
