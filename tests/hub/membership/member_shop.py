"""A store with a club of its own and two brands, its lanes' sales, and the members' book at the hub."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import UTC
from time import monotonic
from typing import Any

from sqlalchemy import func, select

from hub.events_store import EventsStore
from hub.lanes import Lane
from hub.membership.claims import claim_row
from hub.membership.members import Members
from hub.membership.membership_file import membership_from
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import JOIN_STEP, MEMBER, SALE_MEMBER
from hub.services import Hub
from hub.tables import LANE, SALE
from retail.events import EventKind
from retail.membership.consent import Given, given_body, given_by
from retail.membership.programme import Purpose
from tests.hub.lane_journal import LaneJournal

NUMBER = "138 0013 8000"
PATIENCE_S = 10.0
ALL_STEPS = ["identify", "consent", "join", "follow", "welcome"]


def content(*, steps: list[str] | None = None, version: str = "1") -> dict[str, Any]:
    """The membership file; `steps` are those of the brand north."""

    def asks(whose: str) -> list[dict[str, Any]]:
        texts = {
            "membership": {
                "en": f"I become a member of {whose}, v{version}.",
                "zh-CN": f"我加入{whose}，第{version}版。",
            },
            "marketing": {"en": f"{whose} may send me offers.", "zh-CN": f"{whose}可以向我发送优惠。"},
        }
        return [{"purpose": purpose, "version": version, "texts": text} for purpose, text in texts.items()]

    north: dict[str, Any] = {"id": "north", "names": {"en": "North"}, "asks": asks("North")}
    return {
        "shop": {"names": {"en": "Mall"}, "asks": asks("the mall")},
        "brand": [
            north | ({"steps": steps} if steps else {}),
            {"id": "south", "names": {"en": "South"}, "asks": asks("South")},
        ],
        "messages": {"sender": "simulated"},
        "benefit": [{"id": "hello", "on": "joined", "give": "points", "points": 100}],
    }


class MemberShop:
    """Two lanes, each with a journal."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.database = hub.database
        self.secrets = MemberSecrets(hub.folder.keys)
        self.programmes = Programmes(hub.database, self.secrets)
        self.members = Members(hub.database, self.secrets, self.programmes, hub.clock, hub.folder.path)
        self.declare()
        self.lanes = tuple(self._lane(name) for name in ("1", "2"))
        self._journals = [LaneJournal(lane=lane.name) for lane in self.lanes]

    def declare(self, **changes: Any) -> None:
        """Set the membership file."""
        self.programmes.set("demo", membership_from(content(**changes), UTC))

    def given(
        self, *clubs: str, ticked: Collection[tuple[str, Purpose]] = (), language: str = "en"
    ) -> tuple[Given, ...]:
        """Consent to join these clubs, with what was ticked besides."""
        file = self.programmes.of("demo")
        assert file is not None
        found = [club for club in file.programme.clubs if club.id in clubs]
        return given_by(found, ticked, language)

    def sell(
        self,
        sale_id: str,
        *,
        lane: int = 0,
        claim: str = "",
        by: str = "code",
        joining: tuple[str, Iterable[Given]] | None = None,
        day: int = 0,
    ) -> str:
        """A whole sale in the lane's journal, at the hub. `by`: how the claim's shopper was identified; `joining`: by
        what, and what they consented to. The payment's key."""
        journal, before = self._journals[lane], len(self._journals[lane].events)
        journal.seed = day
        journal.shop(sale_id)
        if claim and (joining is None or joining[0] == "claim"):
            journal.write(EventKind.MEMBER_IDENTIFIED, sale_id, clubs=["member"], claim=claim, by=by)
        if joining is not None:
            way, given = joining[0], tuple(joining[1])
            clubs, consents = sorted({one.club for one in given}), [given_body(one) for one in given]
            journal.write(EventKind.MEMBER_JOINING, sale_id, claim=claim, by=way, clubs=clubs, consents=consents)
        journal.pay(sale_id, points=46)
        taken = EventsStore(self.database, self.hub.clock).take(self.lanes[lane], journal.events[before:])
        assert not taken.refused
        return f"key-{sale_id}"[:32]

    def settle(self, sale_id: str) -> int | None:
        """As the books do it: whose the sale is."""
        self.members.join(sale_id)
        with self.database.write() as connection:
            row = connection.execute(select(SALE).where(SALE.c.id == sale_id)).one()
            return self.members.whose(connection, row)

    def join_by_wallet(self, sale_id: str, payer: str = "wechat:app:alice", **sale: Any) -> int:
        """A shopper of that wallet joins mall and brand north with a sale; their number."""
        given = sale.pop("given", None) or self.given("member", "north")
        lane = sale.get("lane", 0)
        key = self.sell(sale_id, claim=f"claim-{sale_id}", joining=("wallet", given), **sale)
        self.members.payer(self.lanes[lane], key, payer)
        member_id = self.settle(sale_id)
        assert member_id is not None
        return member_id

    def clubs(self, member_id: int) -> tuple[str, ...]:
        known = self.members.known(member_id)
        return () if known is None else known.clubs

    def outcomes(self, claim: str, club: str) -> dict[str, str]:
        """What each step did, by name."""
        query = select(JOIN_STEP.c.step, JOIN_STEP.c.outcome).filter_by(claim=claim, club=club)
        with self.database.read() as connection:
            return {row.step: row.outcome for row in connection.execute(query)}

    def count(self, table: Any) -> int:
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def people(self) -> int:
        return self.count(MEMBER)

    def kept_of(self, sale_id: str) -> int | None:
        with self.database.read() as connection:
            return connection.execute(select(SALE_MEMBER.c.member_id).filter_by(sale_id=sale_id)).scalar()

    def told(self, claim: str) -> Any:
        with self.database.read() as connection:
            return claim_row(connection, claim)

    def claimant(self, claim: str) -> int | None:
        with self.database.read() as connection:
            return self.members.claimant(connection, claim)

    def card(self, member_id: int) -> str:
        with self.database.read() as connection:
            return str(connection.execute(select(MEMBER.c.card).where(MEMBER.c.id == member_id)).scalar_one())

    def last_code(self, *, messages: int = 1) -> str:
        """What the latest message brought; waits for so many, as the page's are sent aside."""
        deadline, lines = monotonic() + PATIENCE_S, list[str]()
        while len(lines) < messages and monotonic() < deadline:
            lines = (self.hub.folder.path / "messages.jsonl").read_text().splitlines()
        return str(json.loads(lines[-1])["words"]["code"])

    def join_by_phone(self, claim: str, number: str = NUMBER, *clubs: str, lane: int = 0) -> int:
        """Prove a number and join; the member's number."""
        self.members.send_code(self.lanes[lane], number, "en")
        given = self.given(*(clubs or ("member",)))
        return self.members.join_by_phone(self.lanes[lane], claim, number, self.last_code(), given).member_id

    def _lane(self, name: str) -> Lane:
        self.hub.lanes.enrol("demo", name)
        with self.database.read() as connection:
            row = connection.execute(
                select(LANE.c.id, LANE.c.store, LANE.c.name).filter_by(store="demo", name=name)
            ).one()
        return Lane(*row)
