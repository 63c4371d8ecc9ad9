"""Whatever happens to lists, rules, campaigns, regions, currencies: deltas lead to what a new list says."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import read_catalogue
from hub.errors import RulesRefused
from hub.imports import ImportRefused
from hub.promotions.found import Found, Named
from hub.publishing.drafting import described, write_list
from hub.scopes import Scope
from hub.services import Hub
from offline_cache.price_list.writer import Meta, OfferRow, PriceRow
from retail.payment_policy import PaymentPolicy
from retail.product import Product, Unit
from retail.promotions.campaign import Campaign, Kind, Terms, When
from tests.hub.conftest import SHOP, Clock
from tests.hub.databases import Databases
from tests.hub.following_lane import FollowingLane, Rows, lane_of
from tests.hub.offers import found

STORES: Final = ("demo", "second")
REGIONS: Final = ("north", "south")
SCOPES: Final = (*(Scope("store", one) for one in STORES), *(Scope("region", one) for one in REGIONS), Scope("all"))
LISTS: Final = (("demo", "lane"), ("demo", "web"), ("second", "lane"))
SKUS: Final = tuple(f"P{number}" for number in range(14))
CODES: Final = tuple(str(number) for number in range(100, 116))
DAY: Final = 86_400
STEPS: Final = 24
NIGHTLY: Final = bool(os.environ.get("KIOSK_NIGHTLY"))


class Shops:
    """Does to a hub whatever a chain may do to it, by chance, and follows what it publishes."""

    def __init__(self, hub: Hub, clock: Clock, folder: Path, seed: int) -> None:
        self._hub = hub
        self._clock = clock
        self._folder = folder
        self._chance = random.Random(seed)  # noqa: S311 - the same each time
        self._lanes: dict[tuple[str, str], FollowingLane] = {}
        self._files = count()
        self._currencies = dict.fromkeys(STORES, "CNY")
        self._regions = dict.fromkeys(STORES, "")
        self.done: list[str] = []

    def begin(self) -> None:
        """All products are known, all lists are there, the stores sell some of them."""
        everything = [self._item(sku, {}) for sku in SKUS]
        for scope in SCOPES:
            self._hub.catalogues.replace_goods(scope, everything, currency="CNY", source="begin")
        for scope in SCOPES:
            self._hub.catalogues.replace_goods(scope, self._goods(), currency="CNY", source="begin", approved_by="Ann")

    def act(self) -> None:
        """One thing."""
        actions: tuple[tuple[Callable[[], str], int], ...] = (
            (self._import, 6),
            (self._import_shop, 1),
            (self._rules, 4),
            (self._no_rules, 1),
            (self._campaigns, 2),
            (self._region, 3),
            (self._limits, 1),
            (self._policy, 1),
            (self._wait, 3),
            (self._publish, 6),
        )
        [chosen] = self._chance.choices([one for one, _ in actions], [weight for _, weight in actions])
        self.done.append(chosen())

    def check(self) -> None:
        """Bring every lane up to date by deltas: it has what a list made from nothing has, and `full` finds no more."""
        for store, channel in LISTS:
            self._publish_one(store, channel, full=False)
            lane = self._lanes[store, channel]
            assert lane.rows() == self._made_from_nothing(store, channel), (store, channel, self.done)
            whole = self._hub.publisher.publish(store, channel, full=True)
            assert whole.changed == 0, (store, channel, self.done)

    def _publish(self) -> str:
        store, channel = self._chance.choice(LISTS)
        self._publish_one(store, channel, full=self._chance.random() < 0.2)
        return f"publish {store} {channel}"

    def _publish_one(self, store: str, channel: str, *, full: bool) -> None:
        self._hub.publisher.publish(store, channel, full=full)
        if (store, channel) not in self._lanes:
            folder = self._folder / f"{store}-{channel}"
            self._lanes[store, channel] = lane_of(self._hub, folder, store, channel)
        self._lanes[store, channel].follow()

    def _made_from_nothing(self, store: str, channel: str) -> Rows:
        path = self._folder / f"whole-{next(self._files)}"
        lane = lane_of(self._hub, path, store, channel)
        with self._hub.database.read() as connection:
            catalogue = read_catalogue(connection, store)
            assert catalogue is not None
            meta = Meta(store, 1, "", self._clock(), channel=channel)
            meta = described(connection, meta, catalogue, self._hub.programmes)
            write_list(connection, catalogue, lane.path, meta=meta, base=None, touched=None)
        return lane.rows()

    def _import(self) -> str:
        scope = self._chance.choice(SCOPES)
        currency = self._currencies.get(scope.id, "CNY") if scope.kind == "store" else "CNY"
        if self._chance.random() < 0.15:
            currency = "EUR" if currency == "CNY" else "CNY"
        if scope.kind == "store":
            self._currencies[scope.id] = currency
        self._hub.catalogues.replace_goods(scope, self._goods(), currency=currency, source="list", approved_by="Ann")
        return f"import {scope} {currency}"

    def _import_shop(self) -> str:
        store = self._chance.choice(STORES)
        offers = (found(OfferRow("two", 2, 150, {"en": "2 for 1.50"}, tuple(self._some(SKUS, 5)))),)
        shop = replace(SHOP, store=store, currency=self._currencies[store], bag_skus=(), campaigns=offers)
        self._hub.catalogues.replace_all(shop, self._goods(), source="folder", approved_by="Ann")
        return f"shop {store}"

    def _goods(self) -> list[CatalogueItem]:
        codes = self._some(CODES, len(CODES))
        skus = self._some(SKUS, self._chance.randint(1, 9))
        return [self._item(sku, {codes.pop(): 1 for _ in range(self._chance.randint(0, 2)) if codes}) for sku in skus]

    def _item(self, sku: str, codes: dict[str, int]) -> CatalogueItem:
        unit = self._chance.choice((Unit.PIECE, Unit.PIECE, Unit.KG))
        name = self._chance.choice((sku, f"{sku} new"))
        prices = [PriceRow("list", self._price())]
        if self._chance.random() < 0.4:
            prices.append(PriceRow("special", self._price(), *self._time()))
        return CatalogueItem(
            Product(sku, {"en": name}, unit, self._chance.choice(("", "fruit"))), codes, tuple(prices), (name.lower(),)
        )

    def _price(self) -> int:
        return self._chance.choice((80, 90, 100))

    def _time(self) -> tuple[int | None, int | None]:
        now = int(self._clock().timestamp())
        begins = self._chance.choice((None, now - 9 * DAY, now, now + DAY))
        return begins, self._chance.choice((None, now + 2 * DAY, now + 3 * DAY))

    def _rules(self) -> str:
        path = self._folder / f"{self._chance.choice('xyz')}.csv"
        covered = self._covered()
        lines = {self._rule(*self._chance.choice(covered)) for _ in range(self._chance.randint(1, 5))}
        path.write_text("sku,scope,channel,kind,price,currency,valid_from,valid_until,priority\n" + "\n".join(lines))
        try:
            self._hub.rules.take(path, source=path.stem, channel_prices=True, approved_by="Ann")
        except ImportRefused as exc:
            return f"rules refused: {exc}"
        return f"rules {sorted(lines)}"

    def _covered(self) -> list[tuple[str, str]]:
        """The scopes that there are, each with a currency of one of its stores."""
        places = [(store, region, self._currencies[store]) for store, region in self._regions.items()]
        found = {(f"store:{store}", currency) for store, _, currency in places}
        found |= {("all", currency) for _, _, currency in places}
        return sorted(found | {(f"region:{region}", currency) for _, region, currency in places if region})

    def _rule(self, scope: str, currency: str) -> str:
        now = self._clock()
        begins, ends = (
            "" if days is None else (now + timedelta(days=days)).isoformat()
            for days in self._chance.choice(((None, None), (-9, None), (None, 2), (1, 3), (2, None)))
        )
        return ",".join(
            (
                self._chance.choice(SKUS),
                scope,
                self._chance.choice(("any", "any", "web", "lane")),
                self._chance.choice(("list", "special", "member")),
                self._chance.choice(("0.70", "0.85")),
                currency,
                begins,
                ends,
                self._chance.choice(("", "1", "2")),
            )
        )

    def _no_rules(self) -> str:
        source = self._chance.choice("xyz")
        try:
            self._hub.rules.remove(source, approved_by="Ann")
        except RulesRefused:
            return "no rules to remove"
        return f"rules {source} removed"

    def _campaigns(self) -> str:
        store, source = self._chance.choice(STORES), self._chance.choice(("campaigns", "il-promos"))
        keys = self._some(tuple(f"{source}-{key}" for key in "abc"), self._chance.randint(1, 3))
        offers = [self._campaign(number, key) for number, key in enumerate(keys)]
        try:
            self._hub.promotions.take(offers, store, source=source, approved_by="Ann")
        except ImportRefused as exc:
            return f"campaigns refused: {exc}"
        return f"campaigns {store} {offers}"

    def _campaign(self, number: int, key: str) -> Found:
        """Goods by SKU, code or category, for one channel or all, for some days or for ever, once for everything."""
        everything = self._chance.random() < 0.2
        campaign = Campaign(
            key,
            Terms(Kind.PERCENT, percent_bp=self._chance.choice((1000, 2000))),
            when=When(valid_until=self._time()[1]),
            channels=self._chance.choice(((), (), ("web",))),
            stores=self._chance.choice(((), (), STORES[:1])),
            everything=everything,
        )
        named = Named(
            tuple(self._some(SKUS, 3)), tuple(self._some(CODES, 2)), self._chance.choice(((), (), ("fruit",)))
        )
        return Found(number, key, campaign, () if everything else (named,), named if everything else Named())

    def _region(self) -> str:
        store, region = self._chance.choice(STORES), self._chance.choice((*REGIONS, ""))
        self._hub.catalogues.set_region(store, region)
        self._regions[store] = region
        return f"region {store} {region}"

    def _policy(self) -> str:
        policy = PaymentPolicy(pay_at_till=self._chance.random() < 0.5)
        self._hub.payment_policies.set(self._chance.choice(STORES), policy)
        return "payment policy"

    def _limits(self) -> str:
        self._hub.limits.set(self._chance.choice(STORES), {"gone_percent": self._chance.randint(5, 50)})
        return "limits"

    def _wait(self) -> str:
        self._clock.pass_time(hours=self._chance.choice((1, 24, 48)))
        return f"now it is {self._clock()}"

    def _some(self, values: tuple[str, ...], number: int) -> list[str]:
        return self._chance.sample(values, number)


# By day the server has one seed: what a list holds does not differ from database to database.
@pytest.mark.parametrize(
    ("databases", "seed"),
    [
        ("sqlite", 0),
        ("sqlite", 1),
        ("postgresql", 0),
        *([("sqlite", 2), ("postgresql", 1), ("postgresql", 2)] * NIGHTLY),
    ],
    indirect=["databases"],
)
def test_deltas_lead_to_what_a_list_made_from_nothing_says(hub, clock, tmp_path, databases: Databases, seed: int):
    shops = Shops(hub, clock, tmp_path, seed if databases.embedded else 100 + seed)
    shops.begin()
    for step in range(STEPS):
        shops.act()
        if step % 4 == 3:
            shops.check()
    shops.check()
