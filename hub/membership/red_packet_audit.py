"""Draws the red packets of a pool again, and holds them against its budget and against what was published of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from hub.database import Database
from hub.errors import MembershipRefused
from hub.membership.red_packets import Draw, Pool, amount_of, commitment_of, paid_of_budget, pool_key, pool_of
from hub.membership.tables import RED_PACKET_DRAW, RED_PACKET_POOL


@dataclass(frozen=True, slots=True)
class Audit:
    """A pool with its draws, each drawn again; `faults`: a sentence for whatever does not agree."""

    pool: Pool
    draws: tuple[Draw, ...]
    faults: tuple[str, ...]


def audit(database: Database, store: str, pool: str, now: int) -> Audit:
    """A pool's draws held against its budget, and, once it is over, drawn again; MembershipRefused if there is none."""
    key = pool_key(store, pool)
    with database.read() as connection:
        row = connection.execute(select(RED_PACKET_POOL).where(RED_PACKET_POOL.c.id == key)).one_or_none()
        if row is None:
            listed = f"`kiosk-hub membership red-packets --store {store}` lists them"
            raise MembershipRefused(f"store {store} has no red packets {pool}; {listed}")
        query = select(RED_PACKET_DRAW).where(RED_PACKET_DRAW.c.pool == key).order_by(RED_PACKET_DRAW.c.number)
        found = [Draw(one.number, one.sale_id, one.amount_minor, one.at) for one in connection.execute(query)]
    known = pool_of(row, now)
    draws = tuple(_again(known, found)) if known.seed else tuple(found)
    return Audit(known, draws, tuple(_faults(known, draws)))


def _again(pool: Pool, draws: Iterable[Draw]) -> Iterable[Draw]:
    left = pool.terms.budget_minor
    for one in draws:
        wanted = amount_of(pool.seed, one.sale_id, pool.terms.least_minor, pool.terms.most_minor)
        should = paid_of_budget(wanted, left, pool.terms.least_minor)
        left -= should
        yield replace(one, should_minor=should)


def _faults(pool: Pool, draws: Sequence[Draw]) -> Iterable[str]:
    if pool.seed and commitment_of(pool.seed) != pool.commitment:
        yield "the seed is not the one that was published"
    given = sum(one.amount_minor for one in draws)
    if given > pool.terms.budget_minor or given + pool.left_minor != pool.terms.budget_minor:
        yield f"{given} was drawn of {pool.terms.budget_minor}, and {pool.left_minor} is left"
    if [one.number for one in draws] != list(range(1, len(draws) + 1)):
        yield "the draws are not numbered without a gap"
    for one in draws:
        if one.should_minor not in {None, one.amount_minor}:
            yield f"draw {one.number} of sale {one.sale_id} gave {one.amount_minor}, and should be {one.should_minor}"
