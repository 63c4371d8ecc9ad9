"""The members' book: whose a claim and a sale are, joining, codes, consents, erasure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, or_, select, update

from hub.database import Database
from hub.errors import MemberRefused
from hub.lanes import Lane
from hub.membership import claims, consents
from hub.membership.campaign_uses import used
from hub.membership.claims import claim_row, keep_payer, member_of_sale, tell
from hub.membership.clubs import clubs_of, leave
from hub.membership.erasure import erase_member
from hub.membership.identities import (
    CARD,
    PHONE,
    PLATE,
    WALLET,
    is_member,
    member_of,
    member_of_page,
    page_secret,
    phone_identity,
    set_plate,
)
from hub.membership.joining import RETRY_S, Joiner, clubs_joined
from hub.membership.known import CodeTicket, ConsentState, KnownMember, StepProblem
from hub.membership.normal import normal_plate
from hub.membership.orders import Orders
from hub.membership.phone_codes import forget_codes
from hub.membership.phone_joining import PhoneJoining
from hub.membership.points_book import balance
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.steps import WAITING
from hub.membership.tables import JOIN_STEP, MEMBER, MEMBER_IDENTITY, OPEN_STEP, PAYER
from hub.membership.writing import repeated
from hub.tables import SALE
from retail.membership.consent import Given
from retail.membership.member_code import LIVES_S, CardNumber, MemberCode, read_member_code, sign_member_code
from retail.membership.programme import Purpose
from retail.sale import SaleStatus
from retail.scan_rules import ScanRules

__all__ = ["CodeTicket", "ConsentState", "KnownMember", "Members", "StepProblem"]

_PAYER_S: Final = 90 * 86_400  # a lane may be without a line for so long; later its payments are nobody's


class Members:
    """Safe to share between threads. `folder`: where message senders may keep files. Raises MemberRefused for what
    is not granted, and HubError for a database, keys or a membership file that cannot be used."""

    def __init__(
        self,
        database: Database,
        secrets: MemberSecrets,
        programmes: Programmes,
        clock: Callable[[], datetime],
        folder: Path,
    ) -> None:
        self._database = database
        self._keys = secrets
        self._programmes = programmes
        self._clock = clock
        self._orders = Orders(programmes)
        self._joiner = Joiner(database, secrets, clock)
        self._phones = PhoneJoining(database, secrets, programmes, self._joiner, clock, folder=folder)

    # --- who a shopper is -------------------------------------------------------------------------------------------

    def claim(self, lane: Lane, claim: str, kind: str, value: str) -> KnownMember | None:
        """Who a lane's shopper is, by `kind` 'code', 'card' or 'phone'; None: nobody whom the hub knows. However late
        it is told, and however often: the first time counts."""
        if not claim or kind not in {claims.CODE, claims.CARD, claims.PHONE}:
            raise MemberRefused("refused", "a claim has a name of its own, and a kind: code, card or phone")

        def keep(connection: Connection) -> KnownMember | None:
            found = self._found(connection, kind, value)
            active = found if found is not None and is_member(connection, found) else None
            member_id = tell(connection, lane.id, claim, kind, active, now=self._now())
            return None if member_id is None else self._known(connection, member_id, claim)

        return repeated(self._database, keep)

    def payer(self, lane: Lane, payment_key: str, payer: str) -> None:
        """Who made a payment, as a gateway told: kept as a digest until its sale is settled."""
        if not payment_key or not payer.strip():
            raise MemberRefused("refused", f"lane {lane.name}: a payer is told with the payment's key")
        digest = self._keys.digest(WALLET, payer)
        repeated(self._database, lambda connection: keep_payer(connection, payment_key, digest, now=self._now()))

    def known(self, member_id: int) -> KnownMember | None:
        """A member as lanes may know them; None for one who was erased."""
        with self._database.read() as connection:
            living = select(MEMBER.c.id).where(MEMBER.c.id == member_id, MEMBER.c.erased_at.is_(None))
            there = connection.execute(living).first()
            return None if there is None else self._known(connection, member_id, "")

    def whose(self, connection: Connection, sale: Row[Any]) -> int | None:
        """Whose a sale is, of a row of SALE, in a write transaction of the books: kept, and its payer forgotten. None:
        nobody's, not completed, or something that may still tell has not been told; then ask again."""
        if sale.status != SaleStatus.COMPLETED:
            return None
        return member_of_sale(connection, sale, json.loads(sale.visit), self._now())

    def claimant(self, connection: Connection, claim: str) -> int | None:
        """The member whose personal coupons a claim may take: one who has proved who they are."""
        row = claim_row(connection, claim) if claim else None
        return None if row is None or row.kind == claims.PHONE else row.member_id

    # --- joining ----------------------------------------------------------------------------------------------------

    def join(self, sale_id: str) -> None:
        """Take the steps of what a sale's shopper joins, outside of any transaction and before the sale is settled;
        nothing for a sale without. A step that fails is written down, and never raised."""
        with self._database.read() as connection:
            order = self._orders.of_sale(connection, sale_id, self._now())
        if order is not None:
            self._joiner.run(order)

    def run_steps(self, claim: str) -> None:
        """Take the steps under a claim that are due."""
        now = self._now()
        with self._database.read() as connection:
            sales = select(SALE.c.id).where(SALE.c.claim == claim, SALE.c.claim != "")  # the second as its index has it
            ids = connection.execute(sales).scalars().all()
            orders = [order for sale_id in ids if (order := self._orders.of_sale(connection, sale_id, now))]
            begun = self._orders.of_number(connection, claim, now)
            if begun is not None and not orders:
                orders = [begun]
        for order in orders:
            self._joiner.run(order)

    def joined(self, connection: Connection, claim: str) -> tuple[str, ...]:
        """The clubs that the shopper has become a member of under a claim."""
        return clubs_joined(connection, claim) if claim else ()

    def step_problems(self) -> list[StepProblem]:
        """Steps that failed, or that nobody here knows, oldest first."""
        query = select(JOIN_STEP).where(OPEN_STEP, JOIN_STEP.c.outcome != WAITING).order_by(JOIN_STEP.c.at)
        with self._database.read() as connection:
            return [StepProblem(*row) for row in connection.execute(query)]

    def send_code(self, lane: Lane, number: str, language: str) -> CodeTicket:
        """Have a code sent to a number. MemberRefused 'too_many' or 'refused'."""
        return self._phones.send(lane, number, language)

    def send_page_code(self, store: str, number: str, language: str) -> CodeTicket:
        """The same for the member's own page: to members alone, which the answer does not tell."""
        return self._phones.send_to_member(store, number, language)

    def prove(self, store: str, number: str, code: str) -> int | None:  # noqa: ARG002 - as the page asks
        """The member of a number that the code proves; None if it is nobody's. MemberRefused 'wrong_code', 'expired'
        or 'too_many'."""
        return self._phones.prove(number, code)

    def join_by_phone(self, lane: Lane, claim: str, number: str, code: str, given: Sequence[Given]) -> KnownMember:
        """Prove a number and join what was consented to. The steps after `join` are left to `run_steps`, as somebody
        waits here."""
        member_id = self._phones.join(lane, claim, number, code, given)
        with self._database.read() as connection:
            return self._known(connection, member_id, claim)

    # --- the member's own page --------------------------------------------------------------------------------------

    def page_of(self, member_id: int) -> str:
        """The secret that opens a member's own page."""
        return page_secret(self._keys, member_id)

    def by_page(self, secret: str) -> int | None:
        """Whose page a secret opens."""
        with self._database.read() as connection:
            return member_of_page(connection, secret)

    def code_of(self, member_id: int, store: str) -> str:
        """An e-member code that is good for a minute, with the shop's prefix."""
        with self._database.read() as connection:
            clubs, file = clubs_of(connection, member_id), self._programmes.within(connection, store)
        here = tuple(club.id for club in file.programme.clubs) if file is not None else clubs
        now = self._now()
        return ScanRules().member_prefix + sign_member_code(
            self._keys.code_key,
            key_number=0,
            clubs=[club for club in here if club in clubs],
            ticket=self._keys.ticket(member_id, now),
            expires_at=now + LIVES_S,
        )

    def consents(self, member_id: int) -> tuple[ConsentState, ...]:
        """The latest word on each purpose of each club."""
        with self._database.read() as connection:
            return consents.states(connection, member_id)

    def grant(self, member_id: int, given: Given, *, store: str = "") -> None:
        """Consent given on the page, to a purpose of a club that the member is in."""

        def keep(connection: Connection) -> None:
            held = consents.in_our_words(connection, [given])
            if given.purpose is Purpose.MEMBERSHIP or given.club not in clubs_of(connection, member_id) or not held:
                raise MemberRefused("refused", "consent is to a text of the shop, of a club that one is a member of")
            consents.grant(connection, member_id, [given], consents.said_on_page(self._now(), store))

        repeated(self._database, keep)

    def withdraw(self, member_id: int, club: str, purpose: Purpose, *, store: str = "") -> None:
        """Take back what was consented to. Without that to membership nobody is a member: it leaves the club."""
        if purpose is Purpose.MEMBERSHIP:
            self.leave(member_id, club, store=store)
            return
        said = consents.said_on_page(self._now(), store)
        repeated(self._database, lambda connection: consents.withdraw(connection, member_id, said, club, purpose))

    def leave(self, member_id: int, club: str, *, store: str = "") -> None:
        """Leave a club, and take back all that was consented to for it."""

        def go(connection: Connection) -> None:
            now = self._now()
            leave(connection, member_id, now, club)
            consents.withdraw(connection, member_id, consents.said_on_page(now, store), club)

        repeated(self._database, go)

    def erase(self, member_id: int) -> None:
        """Forget who that is, for good."""
        erase_member(self._database, member_id, self._now())

    def tell_plate(self, member_id: int, plate: str) -> None:
        """The member's car; '' for none. MemberRefused 'taken' if it is another member's."""
        plain = normal_plate(plate)
        if plate.strip() and not plain:
            raise MemberRefused("refused", "a number plate has letters and digits")
        digest = self._keys.digest(PLATE, plain) if plain else None
        if not repeated(self._database, lambda one: set_plate(one, member_id, digest, self._now())):
            raise MemberRefused("taken", "another member has told this number plate; ask the shop")

    def has_plate(self, member_id: int) -> bool:
        """Whether the member has told their car."""
        query = select(MEMBER_IDENTITY.c.kind).filter_by(member_id=member_id, kind=PLATE)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    # --- what is left to do -----------------------------------------------------------------------------------------

    def sweep(self, limit: int) -> int:
        """Take the steps of so many claims that wait, or failed a while ago, and throw away what is old; how many there
        were."""
        now = self._now()
        due = or_(JOIN_STEP.c.outcome == WAITING, JOIN_STEP.c.at <= now - RETRY_S)
        query = select(JOIN_STEP.c.claim).where(and_(OPEN_STEP, due)).order_by(JOIN_STEP.c.at).limit(limit)
        with self._database.read() as connection:
            found = list(dict.fromkeys(connection.execute(query).scalars()))
            old = connection.execute(select(PAYER.c.at).order_by(PAYER.c.at).limit(1)).scalar()
        for claim in found:
            try:
                self.run_steps(claim)
            finally:  # whatever its fault is, it must not stand before the others again
                self._set_back(claim, now)
        self._forget(now, payers=old is not None and old < now - _PAYER_S)
        return len(found)

    def _set_back(self, claim: str, now: int) -> None:
        """What could not be taken, as its step is declared no more, must not stand before the others for ever."""
        mine = (JOIN_STEP.c.claim == claim) & (JOIN_STEP.c.at < now)
        with self._database.write() as connection:
            connection.execute(update(JOIN_STEP).where(mine, OPEN_STEP).values(at=now))

    def _forget(self, now: int, *, payers: bool) -> None:
        with self._database.write() as connection:
            forget_codes(connection, now)
            if payers:
                connection.execute(delete(PAYER).where(PAYER.c.at < now - _PAYER_S))

    def _found(self, connection: Connection, kind: str, value: str) -> int | None:
        if kind == claims.PHONE:
            identity = phone_identity(self._keys, value)
            return None if identity is None else member_of(connection, PHONE, identity.digest)
        # Not whether it lives: the lane has looked at that when it was shown, which may be long ago.
        said = read_member_code(value.rpartition("-")[2], self._keys.code_keys, None)
        if isinstance(said, MemberCode):
            return self._keys.member_of_ticket(said.ticket)
        return (
            member_of(connection, CARD, self._keys.digest(CARD, said.number)) if isinstance(said, CardNumber) else None
        )

    def _known(self, connection: Connection, member_id: int, claim: str) -> KnownMember:
        row = connection.execute(select(MEMBER.c.masked, MEMBER.c.language).where(MEMBER.c.id == member_id)).one()
        return KnownMember(
            member_id,
            claim,
            clubs_of(connection, member_id),
            row.masked,
            row.language,
            balance(connection, member_id),
            used(connection, member_id),
            proved=not claim or self.claimant(connection, claim) is not None,
        )

    def _now(self) -> int:
        return int(self._clock().timestamp())
