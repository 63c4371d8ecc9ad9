"""Red packets: pools with a budget, and draws that anybody can draw again once the seed is told.

What a sale draws was settled when its pool was made: it hangs on the pool's seed, whose SHA-256 is published before the
first draw, and on the sale's id, which the lane makes up. Only where the budget ends does the order of draws count; so
they are numbered, without a gap, and none is ever taken back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.database import Database
from hub.errors import MembershipRefused
from hub.membership.benefit import PoolTerms
from hub.membership.once import insert_once
from hub.membership.tables import RED_PACKET_DRAW, RED_PACKET_POOL

_SEED: Final = 32  # bytes


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as it stands. `seed`: '' until it is over; `commitment`: SHA-256 in hex of the seed as it is written."""

    terms: PoolTerms
    store: str
    currency: str
    left_minor: int
    commitment: str
    seed: str


@dataclass(frozen=True, slots=True)
class Draw:
    """What a sale drew. `amount_minor` 0: the pool had run dry. `should_minor`: what drawing again comes to, which only
    the seed can tell: None before the pool is over."""

    number: int
    sale_id: str
    amount_minor: int
    at: int
    should_minor: int | None = None


def pool_key(store: str, pool: str) -> str:
    """By what a store's pool is known: two stores may declare the same file, each with a budget of its own."""
    return f"{store}/{pool}"


def amount_of(seed: str, sale_id: str, least_minor: int, most_minor: int) -> int:
    """What a sale draws where the budget lasts. 256 bits over a few thousand amounts: no amount is likelier by more
    than one in 2^240."""
    drawn = hmac.digest(seed.encode(), sale_id.encode(), hashlib.sha256)
    return least_minor + int.from_bytes(drawn) % (most_minor - least_minor + 1)


def commitment_of(seed: str) -> str:
    """What is published of a seed when its pool is made: of its text, so that `sha256sum` is all that anybody needs."""
    return hashlib.sha256(seed.encode()).hexdigest()


def open_pools(connection: Connection, store: str, currency: str, pools: Sequence[PoolTerms]) -> None:
    """Make those that are new. MembershipRefused for one that was declared otherwise before: its draws stand."""
    for terms in pools:
        seed = secrets.token_hex(_SEED)
        insert_once(
            connection,
            RED_PACKET_POOL,
            id=pool_key(store, terms.id),
            store=store,
            currency=currency,
            budget_minor=terms.budget_minor,
            left_minor=terms.budget_minor,
            least_minor=terms.least_minor,
            most_minor=terms.most_minor,
            over_minor=terms.over_minor,
            seed=seed,
            commitment=commitment_of(seed),
            opens_at=terms.opens_at,
            closes_at=terms.closes_at,
        )
        there = _held(connection, pool_key(store, terms.id))
        if there is None or _terms(there) != terms:
            raise MembershipRefused(
                f"red packets {terms.id}: were declared with other figures before, which hold for what was drawn; "
                "leave them as they were, or take another id"
            )


def draw(connection: Connection, pool: str, sale: Row[Any], *, completed: int, coupon: str, now: int) -> Draw | None:
    """What a sale draws from its store's pool, once: None if the pool is not for it. `completed`: when the sale was,
    epoch seconds; `coupon`: the code by which it would be paid."""
    key = pool_key(sale.store, pool)
    before = drawn(connection, key, sale.id)
    if before is not None:
        return before
    row = _held(connection, key)
    if row is None or not _is_for(row, sale, completed):
        return None
    wanted = amount_of(row.seed, sale.id, row.least_minor, row.most_minor)
    amount = paid_of_budget(wanted, row.left_minor, row.least_minor)
    numbers = select(func.coalesce(func.max(RED_PACKET_DRAW.c.number), 0)).where(RED_PACKET_DRAW.c.pool == key)
    number = int(connection.execute(numbers).scalar_one()) + 1
    values = {"pool": key, "sale_id": sale.id, "number": number, "amount_minor": amount, "at": now}
    connection.execute(insert(RED_PACKET_DRAW).values(**values, coupon=coupon if amount else ""))
    left = row.left_minor - amount
    connection.execute(update(RED_PACKET_POOL).where(RED_PACKET_POOL.c.id == key).values(left_minor=left))
    return Draw(number, sale.id, amount, now)


def drawn(connection: Connection, key: str, sale_id: str) -> Draw | None:
    """What a sale has drawn from a pool."""
    query = select(RED_PACKET_DRAW).where(RED_PACKET_DRAW.c.pool == key, RED_PACKET_DRAW.c.sale_id == sale_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else Draw(row.number, row.sale_id, row.amount_minor, row.at)


def pools_of(database: Database, store: str, now: int) -> list[Pool]:
    """A store's pools, in the order in which they open."""
    query = select(RED_PACKET_POOL).where(RED_PACKET_POOL.c.store == store)
    with database.read() as connection:
        rows = connection.execute(query.order_by(RED_PACKET_POOL.c.opens_at, RED_PACKET_POOL.c.id))
        return [pool_of(row, now) for row in rows]


def _held(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(
        select(RED_PACKET_POOL).where(RED_PACKET_POOL.c.id == key).with_for_update()
    ).one_or_none()


def _is_for(row: Row[Any], sale: Row[Any], completed: int) -> bool:
    in_time = row.opens_at <= completed < row.closes_at
    return bool(in_time and sale.total_minor >= row.over_minor and sale.currency == row.currency)


def paid_of_budget(wanted: int, left: int, least: int) -> int:
    """What is drawn of a budget: at its end what is left of it, and nothing where that is less than the least."""
    return wanted if wanted <= left else left if left >= least else 0


def _terms(row: Row[Any]) -> PoolTerms:
    return PoolTerms(
        row.id.removeprefix(pool_key(row.store, "")),
        row.budget_minor,
        row.least_minor,
        row.most_minor,
        row.opens_at,
        row.closes_at,
        row.over_minor,
    )


def pool_of(row: Row[Any], now: int) -> Pool:
    seed = row.seed if now >= row.closes_at else ""
    return Pool(_terms(row), row.store, row.currency, row.left_minor, row.commitment, seed)
