"""The hub's tables of membership as its auditor reads them: all at once, once nothing is on its way any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from bench.membership.truth import Claim
from hub.membership.tables import (
    CAMPAIGN_USE,
    CONSENT,
    CONSENT_TEXT,
    COUPON,
    MEMBER,
    MEMBER_CLUB,
    MEMBER_IDENTITY,
    MEMBER_PROBLEM,
    PARKING_GRANT,
    PAYER,
    POINTS,
    RED_PACKET_DRAW,
    RED_PACKET_POOL,
    SALE_MEMBER,
)

AnyRow = Row[Any]


@dataclass(slots=True)
class BookRows:
    """What is written, by what an auditor looks it up by."""

    digest: Callable[[str, str], str]
    members: dict[int, AnyRow] = field(default_factory=dict)
    identities: dict[tuple[str, str], int] = field(default_factory=dict)
    clubs: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    sale_member: dict[str, int] = field(default_factory=dict)
    points: dict[str, dict[str, AnyRow]] = field(default_factory=lambda: defaultdict(dict))  # by kind and key
    coupons: dict[str, AnyRow] = field(default_factory=dict)
    by_source: dict[str, AnyRow] = field(default_factory=dict)
    pools: dict[str, AnyRow] = field(default_factory=dict)
    draws: dict[str, list[AnyRow]] = field(default_factory=lambda: defaultdict(list))
    parking: dict[str, AnyRow] = field(default_factory=dict)
    consents: list[AnyRow] = field(default_factory=list)
    consent_texts: dict[str, AnyRow] = field(default_factory=dict)
    uses: dict[str, dict[str, AnyRow]] = field(default_factory=lambda: defaultdict(dict))
    payers: list[AnyRow] = field(default_factory=list)
    problems: list[AnyRow] = field(default_factory=list)

    def who(self, kind: str, value: str) -> int | None:
        """The member with that identity."""
        return self.identities.get((kind, self.digest(kind, value)))

    def behind(self, claim: Claim) -> int | None:
        """The member whom a claim is of."""
        return claim.member if claim.kind == "code" else self.who(claim.kind, claim.value)


def read_books(connection: Connection, digest: Callable[[str, str], str]) -> BookRows:
    """All rows, in the order of their keys."""
    books = BookRows(digest)
    books.members = {row.id: row for row in _all(connection, MEMBER)}
    books.identities = {(row.kind, row.digest): row.member_id for row in _all(connection, MEMBER_IDENTITY)}
    books.sale_member = {row.sale_id: row.member_id for row in _all(connection, SALE_MEMBER)}
    books.coupons = {row.code: row for row in _all(connection, COUPON)}
    books.by_source = {row.source: row for row in books.coupons.values()}
    books.pools = {row.id: row for row in _all(connection, RED_PACKET_POOL)}
    books.parking = {row.sale_id: row for row in _all(connection, PARKING_GRANT)}
    books.consents = _all(connection, CONSENT)
    books.consent_texts = {row.text_sha256: row for row in _all(connection, CONSENT_TEXT)}
    books.payers, books.problems = _all(connection, PAYER), _all(connection, MEMBER_PROBLEM)
    for row in _all(connection, MEMBER_CLUB):
        if row.left_at is None:
            books.clubs[row.member_id].add(row.club)
    for row in _all(connection, POINTS):
        books.points[row.kind][row.key] = row
    for row in _all(connection, RED_PACKET_DRAW):
        books.draws[row.pool].append(row)
    for row in _all(connection, CAMPAIGN_USE):
        books.uses[row.sale_id][row.campaign_id] = row
    return books


def _all(connection: Connection, table: Table) -> list[AnyRow]:
    return list(connection.execute(select(table).order_by(*table.primary_key.columns)))
