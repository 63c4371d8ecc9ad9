"""Baskets of a real shop on a real day, for benches and tests: prices, live promotions, how full baskets are.

A small reading of its own, apart from the hub's readers: types 1 and 10 are so many for a price, 1, 3, 10 and 0 with a
quantity of one a special price, 2 a percentage.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from random import Random

from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.promotions.goods import Goods

WHOLE_BASKET = "0000000000000"
_CHAIN, _STORE, _CODE, _PRICE, _WEIGHED = "רשת", "מזהה חנות", "ברקוד", "מחיר (₪)", "שקיל"
_ID, _LEAST, _OFFER_PRICE, _RATE, _TYPE = "מזהה מבצע", "כמות מינימום", "מחיר מבצע (₪)", "שיעור הנחה", "סוג הטבה"
_CLUB, _COUPON = "מועדון", "קופון"


@dataclass(frozen=True, slots=True)
class Day:
    """A store on a day. `prices`: by code, in agorot, and whether it is by the kilogram."""

    prices: Mapping[str, tuple[int, bool]]
    campaigns: Mapping[str, Campaign]
    takings: Mapping[str, tuple[Taking, ...]]
    members: Mapping[str, Sequence[str]]

    def goods(self, chance: Random, number: int, code: str) -> Goods:
        price, weighed = self.prices[code]
        grams = chance.randint(80, 2600) if weighed else None
        quantity = 1 if weighed else chance.choice((1, 1, 1, 1, 2, 2, 3, 4))
        return Goods(number, code, price, quantity, grams, takings=self.takings.get(code, ()))


def read_day(prices: Path, promotions: Path, chain: str, *, for_everybody: bool = False) -> Day:
    """One chain's store of a pair of daily files; `for_everybody`: without coupons, clubs and service lines, which else
    hold for everybody, too, so that more campaigns overlap."""
    priced = dict(_prices(_rows(prices, chain)))
    campaigns: dict[str, Campaign] = {}
    members: dict[str, list[str]] = defaultdict(list)
    for row in _rows(promotions, chain):
        terms = _terms(row)
        if for_everybody and (row[_CLUB] != "0" or row[_COUPON] != "0" or row[_TYPE] == "0"):
            continue
        if terms is not None and row[_CODE] in priced:
            campaign = Campaign(f"{row[_ID]}/{terms.kind}/{terms.quantity}/{terms.price}/{terms.percent_bp}", terms)
            name = reference(campaign)
            campaigns[name] = campaign
            if row[_CODE] not in members[name]:
                members[name].append(row[_CODE])
    takings: dict[str, tuple[Taking, ...]] = defaultdict(tuple)
    for name, codes in members.items():
        for code in codes:
            takings[code] += (Taking(name),)
    return Day(priced, campaigns, takings, members)


def baskets(
    day: Day, chance: Random, *, overlapping: bool = True
) -> Iterator[tuple[tuple[Goods, ...], Mapping[str, Campaign]]]:
    """Baskets without end: 5 lines at the median, 35 at the 95th percentile. `overlapping`: mostly goods that share
    campaigns; else any of the store."""
    codes = list(day.prices)
    while True:
        size = min(max(round(chance.lognormvariate(1.61, 1.18)), 1), 161)
        chosen = _sharing(day, chance, size) if overlapping else chance.choices(codes, k=size)
        goods = tuple(day.goods(chance, number, code) for number, code in enumerate(chosen, 1))
        names = {taking.campaign for one in goods for taking in one.takings}
        yield goods, {name: day.campaigns[name] for name in sorted(names)}


def _sharing(day: Day, chance: Random, size: int) -> list[str]:
    codes, promoted, campaigns = list(day.prices), list(day.takings), list(day.members)
    chosen: list[str] = []
    while len(chosen) < size:
        form = chance.random()
        if form < 0.15:
            chosen.append(chance.choice(codes))
        elif form < 0.4 or not chosen:
            chosen.append(chance.choice(promoted))
        else:
            # Of a campaign of goods that are there already, so that campaigns get in each other's way.
            known = day.takings.get(chance.choice(chosen), ())
            name = chance.choice(known).campaign if known else chance.choice(campaigns)
            chosen.append(chance.choice(day.members[name]))
    return chosen


def _rows(path: Path, chain: str) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row[_CHAIN] == chain)


def _prices(rows: Iterator[dict[str, str]]) -> Iterator[tuple[str, tuple[int, bool]]]:
    for row in rows:
        price = _agorot(row[_PRICE])
        if price is not None and price > 0:
            yield row[_CODE], (price, row[_WEIGHED] == "1")


def _terms(row: Mapping[str, str]) -> Terms | None:
    price, least = _agorot(row[_OFFER_PRICE]), _number(row[_LEAST])
    if row[_CODE] == WHOLE_BASKET or least is None:
        return None
    if row[_TYPE] == "2":
        rate = int(_number(row[_RATE]) or 0)
        return Terms(Kind.PERCENT, percent_bp=rate if rate > 100 else rate * 100) if 0 < rate < 10_000 else None
    if row[_TYPE] not in {"0", "1", "3", "10"} or not price:
        return None
    if least <= 1:
        return Terms(Kind.SPECIAL_PRICE, price=price)
    return Terms(Kind.N_FOR_X, quantity=int(least), price=price) if least == int(least) else None


def _agorot(text: str) -> int | None:
    amount = _number(text)
    return None if amount is None else int(amount * 100)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
