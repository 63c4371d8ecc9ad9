"""What shoppers want to join, as sales and proved numbers tell it: put together anew whenever steps are to be taken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from hub.lanes import Lane
from hub.membership.claims import PHONE, PROVED, claim_row, payer_digest
from hub.membership.identities import WALLET, Identity
from hub.membership.programmes import Programmes
from hub.membership.steps import Order
from hub.membership.tables import CONSENT, JOIN_STEP, SALE_MEMBER
from hub.tables import LANE, SALE
from retail.membership.consent import Given, given_of
from retail.membership.programme import Purpose
from retail.sale import SaleStatus

_SALES: Final = select(SALE, LANE.c.name.label("lane_name")).join(LANE, LANE.c.id == SALE.c.lane_id)


class Orders:
    """Reads them."""

    def __init__(self, programmes: Programmes) -> None:
        self._programmes = programmes

    def of_sale(self, connection: Connection, sale_id: str, now: int) -> Order | None:
        """What a completed sale's shopper joins with it; None for nothing, or while nobody has told who that is."""
        row = connection.execute(_SALES.where(SALE.c.id == sale_id)).one_or_none()
        joining = json.loads(row.visit).get("joining") if row is not None else None
        if row is None or joining is None or row.status != SaleStatus.COMPLETED:
            return None
        given = tuple(given_of(one) for one in joining["consents"])
        lane = Lane(row.lane_id, row.store, row.lane_name)
        order = self.order(connection, lane, row.claim, tuple(joining["clubs"]), given, now)
        # The lane's own time, but never a later one than ours: a clock that runs ahead must not outlive a withdrawal.
        order = replace(order, at=min(now, _seconds(row.completed_at, now)))
        told = claim_row(connection, row.claim)
        if told is not None and told.member_id is not None:
            return order if told.kind != PHONE else None  # anybody can type a number: that consents for nobody
        return _by_wallet(connection, order, row) if joining["by"] == WALLET else None

    def of_number(self, connection: Connection, claim: str, now: int) -> Order | None:
        """What was begun when a number was proved, from what was written of it then."""
        told = claim_row(connection, claim)
        if told is None or told.member_id is None or told.kind != PROVED:
            return None
        lane = connection.execute(select(LANE.c.id, LANE.c.store, LANE.c.name).where(LANE.c.id == told.lane_id)).one()
        rows = connection.execute(select(CONSENT).where(CONSENT.c.key == claim).where(_is_of(told.member_id))).all()
        given = tuple(
            Given(row.club, Purpose(row.purpose), row.version, row.language, row.text_sha256)
            for row in rows
            if row.granted
        )
        clubs = connection.execute(select(JOIN_STEP.c.club).where(JOIN_STEP.c.claim == claim).distinct()).scalars()
        order = self.order(connection, Lane(*lane), claim, tuple(sorted(clubs)), given, now)
        return replace(order, kind=PROVED, at=min((row.at for row in rows), default=told.at))

    def order(
        self, connection: Connection, lane: Lane, claim: str, clubs: tuple[str, ...], given: tuple[Given, ...], now: int
    ) -> Order:
        """An order of now, of whoever the claim's shopper is."""
        file = self._programmes.within(connection, lane.store)
        own = {club.id: place for place, club in enumerate(file.programme.clubs)} if file is not None else {}
        ordered = tuple(sorted(set(clubs), key=lambda club: (own.get(club, len(own)), club)))  # the mall's first
        return Order(claim, WALLET, ordered, given, lane.store, lane.id, lane.name, now, now, file)


def _is_of(member_id: int) -> Any:
    return CONSENT.c.member_id == member_id


def _by_wallet(connection: Connection, order: Order, sale: Row[Any]) -> Order | None:
    query = select(SALE_MEMBER.c.member_id).where(SALE_MEMBER.c.sale_id == sale.id)
    member_id, digest = connection.execute(query).scalar(), payer_digest(connection, sale.payment_key)
    if member_id is None and digest is None:
        return None
    return replace(order, member_id=member_id, identity=None if digest is None else Identity(WALLET, digest))


def _seconds(at: str, now: int) -> int:
    try:
        return int(datetime.fromisoformat(at).timestamp())
    except ValueError:
        return now
