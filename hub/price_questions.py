"""Answers about a store's prices: why a code costs what it costs, and where channels part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub.code_lookup import find_by_code, find_by_number
from hub.database import Database
from hub.described import Described, described
from hub.errors import CodeUnknown
from hub.pricing import ANY_CHANNEL, Gap, Verdict, effective, explain, parity, resolve
from hub.rule_rows import rules_of
from hub.scopes import ALL, Scope, in_any
from hub.shops import Shop, known_shop, read_shops
from hub.tables import PRICE_RULE
from offline_cache.price_list.writer import PriceRow

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one code; `price` is None if it cannot be sold at that moment. `at` is in the store's zone."""

    shop: Shop
    channel: str
    at: datetime
    code: str
    pieces: int
    product: Described
    price: PriceRow | None
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class Parting:
    """A product whose price is not the same in all channels, and from when until when."""

    product: Described
    gap: Gap


class PriceQuestions:
    """Reads only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def explain(self, store: str, code: str, *, channel: str, at: datetime | None = None) -> Explanation:
        """Every rule of the code's product, with what became of it; a moment without a zone is in the store's.

        The code is looked up as a lane does, then as the number of loose goods and as SKU. Raises StoreUnknown or
        CodeUnknown.
        """
        with self._database.read() as connection:
            shop = known_shop(connection, store)
            moment = _in_zone(self._clock() if at is None else at, shop)
            coded = find_by_code(connection, shop.scopes, code) or find_by_number(connection, shop.scopes, code)
            if coded is None:
                raise CodeUnknown(
                    f"store {store} has no product with the code {code!r}; check the code, or import the store's list"
                )
            second = int(moment.timestamp())
            rules = rules_of(connection, [coded.product], _all_scopes(connection)).get(coded.product, [])
            place = {"store": shop.id, "region": shop.region, "channel": channel, "currency": shop.currency}
            return Explanation(
                shop,
                channel,
                moment,
                code,
                coded.pieces,
                described(connection, shop, [coded.product])[coded.product],
                effective(resolve(rules, since=second, **place), second),
                explain(rules, at=second, zone=shop.zone, **place),
            )

    def parity(self, store: str) -> tuple[Shop, list[Parting]]:
        """The products that cost more in one channel than in another, now or at a time that is known; by SKU."""
        since = int(self._clock().timestamp())
        with self._database.read() as connection:
            shop = known_shop(connection, store)
            query = select(PRICE_RULE.c.product_id).where(
                in_any(PRICE_RULE, shop.scopes), PRICE_RULE.c.channel != ANY_CHANNEL
            )
            query = query.distinct()
            suspects = list(connection.execute(query).scalars())
            named = described(connection, shop, suspects)
            rules = rules_of(connection, list(named), shop.scopes)
        gaps = (
            Parting(product, gap)
            for number, product in named.items()
            for gap in parity(
                rules.get(number, ()), store=shop.id, region=shop.region, since=since, currency=shop.currency
            )
        )
        return shop, sorted(gaps, key=lambda one: (one.product.sku, one.gap.begins))


def _in_zone(at: datetime, shop: Shop) -> datetime:
    return at.replace(tzinfo=shop.zone) if at.tzinfo is None else at.astimezone(shop.zone)


def _all_scopes(connection: Connection) -> list[Scope]:
    """Every scope that a rule may have: those of other stores are shown as such."""
    shops = read_shops(connection).covered(ALL)
    return list(dict.fromkeys(scope for shop in shops for scope in shop.scopes))
