"""A real day of real Israeli chains: how much is understood, and that its arithmetic is the feeds' own."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime

import pytest

from hub.promotions.check import check
from hub.promotions.feeds.il import read_all_il
from hub.promotions.feeds.reader import FeedOptions, Understood
from hub.promotions.found import Found
from retail.product import Unit
from retail.promotions.campaign import Kind
from tests.hub.promotions.il_rows import SHOP, SHUFERSAL, YOHANANOF
from tests.shared_data import shared_file

CHAIN, STORE, CODE, PRICE, WEIGHED = "מזהה רשת", "מזהה חנות", "ברקוד", "מחיר (₪)", "שקיל"
ID, COUPON, PROMO_PRICE, TYPE = "מזהה מבצע", "קופון", "מחיר מבצע (₪)", "סוג הטבה"
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


def test_a_check_finds_what_has_ended_and_which_goods_are_in_several(day):
    at = datetime.fromisoformat(f"{DAY}T12:00:00+03:00")
    reports = {store: check(found, at=at) for store, found in day.items()}
    assert sum(report.offers for report in reports.values()) == 5511
    assert reports[f"{YOHANANOF}:017"].live == 0
    assert sum(report.ended.count for report in reports.values()) > 1150
    assert max(times for report in reports.values() for times in report.overlaps) >= 3
