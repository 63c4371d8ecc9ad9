"""What a change of rules does to the prices that shoppers pay in a store: a difference that limits are held against."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.assortment import count_sold
from hub.described import Described, described
from hub.plausibility import Difference, moved_far
from hub.pricing import ANY_CHANNEL, CHANNELS, Rule, effective, resolve
from hub.rule_rows import chunks, rules_of
from hub.scopes import in_any
from hub.shops import Shop
from hub.tables import LISTING
from offline_cache.price_list.writer import PriceRow

_EXAMPLES: Final = 10
_FARTHEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class _Move:
    """What happens to a product: whether its list price moves, and what is paid, where it moves farthest.

    A price of None: not to be sold then.
    """

    product: int
    listed: bool
    before: int | None
    after: int | None

    @property
    def far(self) -> bool:
        """Whether what is paid more than doubles or falls under half."""
        return self.before is not None and self.after is not None and moved_far(self.before, self.after)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Rules that go, by id, and rules that come, by product; these have ids after all that are stored."""

    gone: Collection[int]
    fresh: Mapping[int, Sequence[Rule]]

    def applied(self, product: int, rules: Sequence[Rule]) -> list[Rule]:
        """A product's rules afterwards."""
        return [*(rule for rule in rules if rule.id not in self.gone), *self.fresh.get(product, ())]


class PriceEffects:
    """A store's prices of some products, before rules change and after; nothing is written."""

    def __init__(self, connection: Connection, shop: Shop, *, at: int) -> None:
        self._connection = connection
        self._shop = shop
        self._at = at

    def difference(self, products: Collection[int], change: RuleChange) -> Difference:
        """What the change does to these products. Percent are of all products of the store, as for a list.

        A price has moved if the list price has, and far if what shoppers pay has, as for a list. A price that is to
        come counts from today on: nobody will look again when it begins.
        """
        moves = list(self._moves(products, change))
        gone = [move for move in moves if move.after is None]
        added = [move for move in moves if move.before is None]
        stay = sorted((move for move in moves if move.before and move.after), key=_how_far, reverse=True)
        count = count_sold(self._connection, self._shop.scopes)
        return Difference(
            before=count,
            after=count - len(gone) + len(added),
            added=len(added),
            gone=len(gone),
            moved=sum(move.listed for move in stay),
            moved_far=sum(move.far for move in stay),
            examples={key: self._examples(some) for key, some in (("gone", gone), ("added", added), ("moved", stay))},
        )

    def _moves(self, products: Collection[int], change: RuleChange) -> Iterator[_Move]:
        for chunk in chunks(_listed(self._connection, self._shop, products)):
            before = rules_of(self._connection, chunk, self._shop.scopes)
            for product in chunk:
                rules = before.get(product, ())
                move = self._move(product, rules, change.applied(product, rules))
                if move is not None:
                    yield move

    def _move(self, product: int, before: Sequence[Rule], after: Sequence[Rule]) -> _Move | None:
        """The farthest move among the channels and moments where a price differs; None where none does."""
        named = {rule.channel for rule in (*before, *after)}
        found: list[_Move] = []
        for channel in (one for one in CHANNELS if one in named or one == ANY_CHANNEL):
            old, new = self._resolve(before, channel), self._resolve(after, channel)
            for at in _moments(self._at, old, new):
                listed = _minor(old, at, "list") != _minor(new, at, "list")
                was, will = _paid(old, at), _paid(new, at)
                if listed or was != will:
                    found.append(_Move(product, listed, was, will))
        if not found:
            return None
        farthest = max(found, key=_how_far)
        return replace(farthest, listed=any(move.listed for move in found))

    def _resolve(self, rules: Sequence[Rule], channel: str) -> tuple[PriceRow, ...]:
        shop = self._shop
        return resolve(
            rules, store=shop.id, region=shop.region, channel=channel, since=self._at, currency=shop.currency
        )

    def _examples(self, moves: Sequence[_Move]) -> list[dict[str, Any]]:
        few = moves[:_EXAMPLES]
        said = described(self._connection, self._shop, [move.product for move in few])
        return [_example(said[move.product], move) for move in few]


def _example(product: Described, move: _Move) -> dict[str, Any]:
    entry: dict[str, Any] = {"sku": product.sku, "code": product.code, "name": product.name}
    if move.before is not None and move.after is not None:
        entry |= {"from_minor": move.before, "to_minor": move.after}
    return entry


def _moments(at: int, *lists: Sequence[PriceRow]) -> list[int]:
    edges = {edge for rows in lists for row in rows for edge in (row.valid_from, row.valid_until) if edge is not None}
    return [at, *sorted(edge for edge in edges if edge > at)]


def _paid(rows: Sequence[PriceRow], at: int) -> int | None:
    holds = effective(rows, at)
    return None if holds is None else holds.minor


def _minor(rows: Sequence[PriceRow], at: int, kind: str) -> int | None:
    return _paid([row for row in rows if row.kind == kind], at)


def _how_far(move: _Move) -> int:
    """Thousandths by which what is paid moves, doubling as far as halving; to lose the price is farthest, to get one
    nearest: a product that sells now and will not is told, whatever else happens to it."""
    if move.after is None:
        return _FARTHEST
    if move.before is None:
        return 0
    return max(move.before, move.after) * 1000 // min(move.before, move.after)


def _listed(connection: Connection, shop: Shop, products: Collection[int]) -> list[int]:
    """Those of the products that the store sells."""
    found: set[int] = set()
    for chunk in chunks(products):
        query = select(LISTING.c.product_id).where(in_any(LISTING, shop.scopes), LISTING.c.product_id.in_(chunk))
        found.update(connection.execute(query).scalars())
    return sorted(found)
