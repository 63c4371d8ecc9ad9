"""What an import would change, counted and with examples, for the plausibility gate and for people."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from hub.list_comparison import ADDED, GONE, count_touched, own_rules
from hub.list_takeover import Prices, not_sold, taken_over, wider_only, wider_than
from hub.plausibility import Difference, moved_far
from hub.scopes import Scope
from hub.staging import FRESH_PRICE, INCOMING, STAGED_ITEM, STAGED_PRICE, STALE_RULE, TOUCHED
from hub.tables import DESCRIPTION, LISTING, PRICE_RULE, PRODUCT
from retail.product import name_in

_EXAMPLES: Final = 10
_SHARE: Final = 1_000_000

Entry = dict[str, Any]
_Price = tuple[int, str, int, int | None, int | None]  # product, kind, minor, validity
_NO_OFFERS: Final[Mapping[str, object]] = {}


def difference_of(
    connection: Connection,
    scope: Scope,
    *,
    at: int,
    currency: str,
    region: str = "",
    offers: tuple[Mapping[str, object], Mapping[str, object]] = (_NO_OFFERS, _NO_OFFERS),
) -> Difference:
    """The difference that `compare` found. From `at` on the paid prices are compared; campaigns by id.

    A price has moved if the list price (where there is none, the special price) is another one; it has moved far if
    what shoppers pay has: so the start of a promotion is no alarm, but special prices at a tenth are one.
    What wider lists sold before, in `region` (that of the scope's store) or everywhere, is there before and not added.
    """
    wider = wider_than(connection, scope, region)
    counts = count_touched(connection)
    # Without a product that stays and differs there is nothing to look for among a million prices.
    moves = _moves(connection, scope, at) if counts.keys() - {ADDED, GONE} else _Moves()
    own = moves.moved, moves.far
    alone_before, alone_after = wider_only(connection, scope, wider) if wider else (0, 0)
    added = counts.get(ADDED, 0)
    if wider:
        for product, old, new in taken_over(connection, scope, wider, region=region, currency=currency, at=at):
            moves.add(product, _plain(product, old), _plain(product, new), at)
        added = connection.execute(select(func.count()).select_from(not_sold(wider).subquery())).scalar_one()
    before, after = offers
    return Difference(
        before=connection.execute(select(func.count()).where(scope.of(LISTING))).scalar_one() + alone_before,
        after=connection.execute(select(func.count()).select_from(INCOMING)).scalar_one() + alone_after,
        added=added,
        gone=counts.get(GONE, 0),
        moved=moves.moved,
        moved_far=moves.far,
        wider_before=alone_before,
        wider_moved=moves.moved - own[0],
        wider_moved_far=moves.far - own[1],
        offers_before=len(before),
        offers_gone=len(before.keys() - after.keys()),
        offers_added=len(after.keys() - before.keys()),
        offers_changed=sum(before[key] != after[key] for key in before.keys() & after.keys()),
        examples={
            "gone": _entries(connection, _listed(scope).where(TOUCHED.c.what == GONE)),
            "added": _entries(connection, _staged().where(TOUCHED.c.product_id.in_(not_sold(wider)))),
            "moved": _moved_entries(connection, moves),
        },
    )


@dataclass(slots=True)
class _Moves:
    """Counts of prices that moved; the farthest as (how far, -product, from, to)."""

    moved: int = 0
    far: int = 0
    farthest: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, product: int, before: Sequence[_Price], after: Sequence[_Price], at: int) -> None:
        """Compare a product's prices."""
        old, new = _base(before), _base(after)
        paid = [(_paid(before, moment), _paid(after, moment)) for moment in _moments(at, before, after)]
        far = next((pair for pair in paid if _is_far(*pair)), None)
        self.moved += old != new
        self.far += far is not None
        before_minor, after_minor = far or ((old, new) if old != new else paid[0])
        if before_minor is None or after_minor is None or before_minor == after_minor:
            return
        how_far = max(before_minor, after_minor) * _SHARE // max(min(before_minor, after_minor), 1)
        entry = (how_far, -product, before_minor, after_minor)
        if len(self.farthest) < _EXAMPLES:
            heapq.heappush(self.farthest, entry)
        else:
            heapq.heappushpop(self.farthest, entry)


def _plain(product: int, prices: Prices) -> list[_Price]:
    return [(product, one.kind, one.minor, one.valid_from, one.valid_until) for one in prices]


def _base(prices: Sequence[_Price]) -> int | None:
    for kind in ("list", "special"):
        found = [minor for _, own, minor, _, _ in prices if own == kind]
        if found:
            return min(found)
    return None


def _paid(prices: Sequence[_Price], at: int) -> int | None:
    holding = (
        minor
        for _, kind, minor, begins, ends in prices
        if kind != "member" and (begins is None or begins <= at) and (ends is None or at < ends)
    )
    return min(holding, default=None)


def _moments(at: int, *prices: Sequence[_Price]) -> list[int]:
    """Now, and when prices will change: nobody looks again when one that is to come begins."""
    edges = {edge for own in prices for price in own for edge in price[3:] if edge is not None}
    return [at, *sorted(edge for edge in edges if edge > at)]


def _is_far(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and moved_far(before, after)


def _moves(connection: Connection, scope: Scope, at: int) -> _Moves:
    """Look at the products that stay and whose prices differ, before and after, side by side."""
    differing = select(STALE_RULE.c.product_id).union(select(FRESH_PRICE.c.product_id)).subquery()
    repriced = (
        select(TOUCHED.c.product_id)
        .where(TOUCHED.c.what.not_in((ADDED, GONE)), TOUCHED.c.product_id.in_(select(differing.c.product_id)))
        .subquery()
    )
    before = (
        select(PRICE_RULE.c.product_id, *(PRICE_RULE.c[name] for name in _PRICE))
        .join(repriced, repriced.c.product_id == PRICE_RULE.c.product_id)
        .where(own_rules(scope))
        .order_by(PRICE_RULE.c.product_id)
    )
    after = (
        select(INCOMING.c.product_id, *(STAGED_PRICE.c[name] for name in _PRICE))
        .join(repriced, repriced.c.product_id == INCOMING.c.product_id)
        .join(STAGED_PRICE, STAGED_PRICE.c.place == INCOMING.c.place)
        .order_by(INCOMING.c.product_id)
    )
    moves = _Moves()
    ahead = _by_product(connection, after)
    there = next(ahead, None)
    for product, old in _by_product(connection, before):
        while there is not None and there[0] < product:
            there = next(ahead, None)
        moves.add(product, old, there[1] if there is not None and there[0] == product else (), at)
    return moves


_PRICE: Final = ("kind", "minor", "valid_from", "valid_until")


def _by_product(connection: Connection, query: Select[Any]) -> Iterator[tuple[int, list[_Price]]]:
    rows = connection.execute(query, execution_options={"stream_results": True})
    for product, group in groupby(rows, key=itemgetter(0)):
        yield product, [(row[0], row[1], row[2], row[3], row[4]) for row in group]


def _listed(scope: Scope) -> Select[Any]:
    return (
        select(PRODUCT.c.id, PRODUCT.c.sku, DESCRIPTION.c.names, LISTING.c.codes)
        .select_from(TOUCHED)
        .join(LISTING, LISTING.c.product_id == TOUCHED.c.product_id)
        .join(DESCRIPTION, DESCRIPTION.c.id == LISTING.c.description_id)
        .join(PRODUCT, PRODUCT.c.id == TOUCHED.c.product_id)
        .where(scope.of(LISTING))
    )


def _staged() -> Select[Any]:
    return (
        select(INCOMING.c.product_id, STAGED_ITEM.c.sku, STAGED_ITEM.c.names, STAGED_ITEM.c.codes)
        .select_from(TOUCHED)
        .join(INCOMING, INCOMING.c.product_id == TOUCHED.c.product_id)
        .join(STAGED_ITEM, STAGED_ITEM.c.place == INCOMING.c.place)
    )


def _entries(connection: Connection, query: Select[Any]) -> list[Entry]:
    return [_entry(*row[1:]) for row in connection.execute(query.order_by(TOUCHED.c.product_id).limit(_EXAMPLES))]


def _moved_entries(connection: Connection, moves: _Moves) -> list[Entry]:
    ordered = sorted(moves.farthest, reverse=True)
    query = _staged().where(INCOMING.c.product_id.in_([-product for _, product, _, _ in ordered]))
    found = {row[0]: row[1:] for row in connection.execute(query)}
    return [
        {**_entry(*found[-product]), "from_minor": old, "to_minor": new}
        for _, product, old, new in ordered
        if -product in found
    ]


def _entry(sku: str, names: str, codes: str) -> Entry:
    return {"sku": sku, "code": next(iter(json.loads(codes)), ""), "name": name_in(json.loads(names), "en")}
