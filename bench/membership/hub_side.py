"""The hub of the simulated mall: the real stores and books on a database of its own, which can be ended and begun."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bench.membership import goods
from bench.membership.books import BookRows, read_books
from hub.catalogue import Catalogue, CatalogueItem
from hub.data_folder import DataFolder
from hub.lanes import Lane
from hub.membership.bookkeeper import Bookkeeper
from hub.membership.books import Books
from hub.membership.known import KnownMember
from hub.membership.members import Members
from hub.membership.membership_file import membership_from
from hub.membership.messages import SIMULATED_FILE
from hub.membership.tables import MEMBER, MEMBER_IDENTITY
from hub.promotions.found import Found
from hub.services import open_hub
from offline_cache.price_list.writer import PriceRow
from payments.gateway import PaymentResult
from retail.events import Event
from retail.membership.consent import Given
from retail.membership.programme import Programme, text_digest


class HubSide:
    """What the API does for lanes, without HTTP. `restart` follows a kill: the same database, an empty memory."""

    members: Members
    books: Books
    bookkeeper: Bookkeeper

    def __init__(
        self, folder: Path, clock: Callable[[], datetime], *, budget_minor: int, coupons_offline: bool
    ) -> None:
        self._stack = ExitStack()
        self.hub = self._stack.enter_context(open_hub(DataFolder(folder), create=True, clock=clock))
        empty = Catalogue(goods.STORE, "CNY", "Asia/Shanghai", {"en": "Mall"})
        items = [
            CatalogueItem(one.product, {one.code: 1}, (PriceRow("list", one.price.unit_minor),))
            for one in goods.LISTINGS
        ]
        self.hub.catalogues.replace_all(empty, items, source="simulation")
        self.hub.promotions.take([Found(1, "row 1", goods.LEAFLET)], goods.STORE, source="leaflets")
        opens, closes = clock() - timedelta(days=1), clock() + timedelta(days=3650)
        text = goods.membership_file(
            budget_minor=budget_minor,
            opens=f'"{opens.isoformat()}"',
            closes=f'"{closes.isoformat()}"',
            coupons_offline=coupons_offline,
        )
        self.hub.programmes.set(goods.STORE, membership_from(tomllib.loads(text), UTC))
        self.restart()

    def restart(self) -> None:
        """A new process of it."""
        self.members, self.books = self.hub.members, self.hub.books
        self.bookkeeper = Bookkeeper(self.books, self.members)

    # --- what lanes tell and ask ----------------------------------------------------------------------------------

    def take(self, lane: Lane, events: Sequence[Event]) -> None:
        """A post of events."""
        taken = self.hub.events.take(lane, events)
        assert not taken.refused, taken.refused
        self.bookkeeper.events(events)

    def claim(self, lane: Lane, claim: str, kind: str, value: str) -> KnownMember | None:
        """Who a shopper is."""
        known = self.members.claim(lane, claim, kind, value)
        self.bookkeeper.claim(claim)
        return known

    def payer(self, lane: Lane, key: str, payer: str) -> None:
        """Who paid."""
        self.members.payer(lane, key, payer)
        self.bookkeeper.payment(key)

    def join_by_phone(self, lane: Lane, claim: str, number: str, code: str, given: Sequence[Given]) -> KnownMember:
        """A number was proved."""
        known = self.members.join_by_phone(lane, claim, number, code, given)
        self.bookkeeper.claim(claim)
        return known

    def refunded(self, lane: Lane, key: str, result: PaymentResult) -> None:
        """The bank has answered for a refund."""
        entry = self.hub.refunds.settle(key, result, by=lane)
        self.bookkeeper.sale(entry.sale_id)

    # --- what it does beside --------------------------------------------------------------------------------------

    def work(self) -> None:
        """Settle what was told since; what a kill makes it forget, the sweep finds."""
        self.bookkeeper.work()

    def sweep(self) -> None:
        """Until nothing is missed."""
        self.bookkeeper.sweep()

    # --- what people and auditors see -----------------------------------------------------------------------------

    def lane(self, name: str) -> Lane:
        """A lane that has shown its token."""
        lane = self.hub.lanes.by_token(self.hub.lanes.enrol(goods.STORE, name))
        assert lane is not None
        return lane

    @property
    def programme(self) -> Programme:
        """As lanes have it in their price list, but for the keys."""
        file = self.hub.programmes.of(goods.STORE)
        assert file is not None
        return file.programme

    def texts(self) -> dict[str, str]:
        """All that lanes show, by its SHA-256."""
        shown = (text for club in self.programme.clubs for one in club.asks for text in one.texts.values())
        return {text_digest(text): text for text in shown}

    def card_of(self, kind: str, value: str) -> tuple[int, str] | None:
        """The member with that identity, and the number of their card."""
        digest = self.hub.member_secrets.digest(kind, value)
        query = select(MEMBER.c.id, MEMBER.c.card).join(MEMBER_IDENTITY, MEMBER_IDENTITY.c.member_id == MEMBER.c.id)
        with self.hub.database.read() as connection:
            own = (MEMBER_IDENTITY.c.kind == kind) & (MEMBER_IDENTITY.c.digest == digest)
            row = connection.execute(query.where(own)).one_or_none()
        return None if row is None else (row.id, row.card)

    def code_sent(self) -> str:
        """The code in the newest message."""
        last = (self.hub.folder.path / SIMULATED_FILE).read_text("utf-8").splitlines()[-1]
        return str(json.loads(last)["words"]["code"])

    def read(self) -> BookRows:
        """All books."""
        with self.hub.database.read() as connection:
            return read_books(connection, self.hub.member_secrets.digest)

    def close(self) -> None:
        """Let go of the database."""
        self._stack.close()
