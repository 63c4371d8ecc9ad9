"""A real day of real Israeli chains: how much is understood, and that its arithmetic is the feeds' own."""

import csv
import gzip
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from hub.promotions.check import check
from hub.promotions.feeds.il import read_all_il
from hub.promotions.feeds.reader import FeedOptions, Understood
from hub.promotions.found import Found
from retail.product import Unit
from retail.promotions.body import reference
from retail.promotions.campaign import Kind, Taking
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods
from tests.hub.promotions.il_rows import SHOP, SHUFERSAL, YOHANANOF
from tests.shared_data import shared_file

CHAIN, STORE, CODE, PRICE, WEIGHED = "מזהה רשת", "מזהה חנות", "ברקוד", "מחיר (₪)", "שקיל"
ID, COUPON, PROMO_PRICE, TYPE = "מזהה מבצע", "קופון", "מחיר מבצע (₪)", "סוג הטבה"
QUANTITY, RATE = "כמות מינימום", "שיעור הנחה"
UNDERSTOOD_PERCENT = 99
DAY = "2026-08-22"

Rows = list[dict[str, str]]
Prices = dict[str, dict[str, tuple[int, Unit]]]


def rows_of(folder: str, name: str) -> Rows:
    path = shared_file(folder, f"{name}_{DAY}.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def agorot(text: str) -> int:
    shekels, _, rest = text.partition(".")
    return int(shekels) * 100 + int(f"{rest:0<2}"[:2])


@pytest.fixture(scope="module")
def rows() -> Rows:
    return rows_of("promotions", "il_promos")


@pytest.fixture(scope="module")
def prices() -> Prices:
    """By chain and code: the price in agorot, and how the goods are sold."""
    found: Prices = defaultdict(dict)
    for row in rows_of("prices", "il_prices"):
        unit = Unit.KG if row[WEIGHED] == "1" else Unit.PIECE
        found[row[CHAIN]].setdefault(row[CODE], (agorot(row[PRICE]), unit))
    return found


@pytest.fixture(scope="module")
def day(prices: Prices) -> dict[str, list[Understood]]:
    """What the day is read into, by store."""
    units = {code: unit for sold in prices.values() for code, (_, unit) in sold.items()}
    path = shared_file("promotions", f"il_promos_{DAY}.csv.gz")
    return {store: list(found) for store, found in read_all_il(path, SHOP, FeedOptions(unit_of=units.get))}


def test_almost_all_promotions_of_goods_on_the_price_list_are_understood(day, rows, prices):
    wanted = {
        (f"{row[CHAIN]}:{row[STORE]}", row[ID])
        for row in rows
        if row[COUPON] == "0" and row[CODE] in prices[row[CHAIN]]
    }
    understood = {
        (store, one.campaign.id.split("#")[0])
        for store, found in day.items()
        for one in found
        if isinstance(one, Found)
    }
    assert len(wanted) > 3000
    assert 100 * len(wanted & understood) / len(wanted) > UNDERSTOOD_PERCENT


def test_what_a_percentage_leaves_to_pay_is_the_price_that_the_feed_has(day, rows, prices):
    """Net, rounded half up for each piece; where the feed rounds its rate we take its price."""
    campaigns = {one.campaign.id: one for one in day[f"{SHUFERSAL}:413"] if isinstance(one, Found)}
    sold = prices[SHUFERSAL]
    compared = 0
    for row in rows:
        one = campaigns.get(row[ID]) if row[CHAIN] == SHUFERSAL and row[TYPE] == "2" else None
        if one is None or row[CODE] not in sold:
            continue
        terms, listed = one.campaign.terms, sold[row[CODE]][0]
        if terms.kind is Kind.PERCENT and terms.percent_bp is not None:
            net = (listed * (10000 - terms.percent_bp) * 2 + 10000) // 20000
        else:
            net = one.groups[0].prices.get(row[CODE], terms.price or 0)
        assert net == agorot(row[PROMO_PRICE]), row
        compared += 1
    assert compared > 1500


def test_the_minimum_of_one_product_costs_what_the_feed_says_to_the_agora(day, rows, prices):
    """By the engine, with this campaign alone; every tenth row of those for an amount, no more than without it."""
    campaigns: dict[tuple[str, str, str], Found] = {}
    for store, found in day.items():
        for one in found:
            for code in one.groups[0].codes if isinstance(one, Found) and one.groups else ():
                campaigns[store, one.campaign.id.split("#")[0], code] = one
    compared = 0
    for row in rows[::10]:
        one = campaigns.get((f"{row[CHAIN]}:{row[STORE]}", row[ID], row[CODE]))
        listed = prices[row[CHAIN]].get(row[CODE])
        if one is None or listed is None or row[TYPE] not in {"1", "3", "10"} or not listed[0] or row[RATE] == "100":
            continue
        assert minimum_by_engine(one, row, *listed) == asked_by_feed(row, *listed), row
        compared += 1
    assert compared > 900


def minimum_by_engine(one: Found, row: dict[str, str], unit_minor: int, unit: Unit) -> int:
    anybody = replace(one.campaign, clubs=(), coupon="")
    taking = Taking(reference(anybody), 0, one.groups[0].prices.get(row[CODE]))
    pieces, grams = minimum(row, unit)
    goods = Goods(0, row[CODE], unit_minor, pieces, grams, takings=(taking,))
    discounts = Engine().price([goods], {reference(anybody): anybody}).discounts
    return cost(unit_minor, pieces, grams) - sum(each.saving_minor for each in discounts.get(0, ()))


def asked_by_feed(row: dict[str, str], unit_minor: int, unit: Unit) -> int:
    pieces, grams = minimum(row, unit)
    asked = agorot(row[PROMO_PRICE])
    if row[CHAIN] == YOHANANOF and grams is not None:
        asked = cost(asked, 1, grams)
    return min(asked, cost(unit_minor, pieces, grams))


def minimum(row: dict[str, str], unit: Unit) -> tuple[int, int | None]:
    thousandths = int(Fraction(row[QUANTITY]) * 1000)
    if unit is Unit.KG:
        return 1, thousandths if thousandths > 10 else 1000
    return max(1, thousandths // 1000), None


def cost(unit_minor: int, pieces: int, grams: int | None) -> int:
    return unit_minor * pieces if grams is None else (unit_minor * grams * 2 + 1000) // 2000


def test_a_check_finds_what_has_ended_and_which_goods_are_in_several(day):
    at = datetime.fromisoformat(f"{DAY}T12:00:00+03:00")
    reports = {store: check(found, at=at) for store, found in day.items()}
    assert sum(report.offers for report in reports.values()) == 5511
    assert reports[f"{YOHANANOF}:017"].live == 0
    assert sum(report.ended.count for report in reports.values()) > 1150
    assert max(times for report in reports.values() for times in report.overlaps) >= 3
