"""Joining by a phone number that was proved by a code sent to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from hub.database import Database
from hub.errors import MemberRefused
from hub.lanes import Lane
from hub.membership.claims import PROVED, claim_row, tell
from hub.membership.identities import PHONE, Identity, is_member, member_of, phone_identity
from hub.membership.joining import Joiner
from hub.membership.known import CodeTicket
from hub.membership.membership_file import MembershipFile
from hub.membership.messages import MessageFailed, SenderMissing, code_message, load_sender
from hub.membership.normal import normal_phone
from hub.membership.orders import Orders
from hub.membership.phone_codes import PER_LANE, PER_STORE, VALID_S, PhoneCodes
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.steps import lawful
from hub.membership.writing import repeated
from retail.membership.consent import Given

log = logging.getLogger(__name__)

_MINUTE_S: Final = 60


class PhoneJoining:
    """Sends codes, checks them, and joins who typed them. MemberRefused."""

    def __init__(
        self,
        database: Database,
        keys: MemberSecrets,
        programmes: Programmes,
        joiner: Joiner,
        clock: Callable[[], datetime],
        *,
        folder: Path,
    ) -> None:
        self._database = database
        self._keys = keys
        self._programmes = programmes
        self._joiner = joiner
        self._clock = clock
        self._folder = folder
        self._codes = PhoneCodes(database, keys, clock)

    def send(self, lane: Lane, number: str, language: str) -> CodeTicket:
        """Have a code sent."""
        identity, file = self._identity(number), self._file(lane.store)
        code = self._codes.make(identity.digest, f"lane {lane.id}", PER_LANE)
        self._deliver(file, number, code, language)
        return self._codes.ticket

    def send_to_member(self, store: str, number: str, language: str) -> CodeTicket:
        """The same for whoever is a member. Others are answered the same and sent nothing; so is one whom the message
        cannot reach, or that would tell that they are a member. Nor does the time that it takes: it is sent aside."""
        identity, file = self._identity(number), self._file(store)
        code = self._codes.make(identity.digest, f"page {store}", PER_STORE)
        if self._member(identity) is not None:
            sending = (file, number, code, language)
            threading.Thread(target=self._deliver_aside, args=sending, name="page code", daemon=True).start()
        return self._codes.ticket

    def prove(self, number: str, code: str) -> int | None:
        """The member of a number; None if it is nobody's."""
        identity = self._identity(number)
        self._codes.prove(identity.digest, code)
        return self._member(identity)

    def join(self, lane: Lane, claim: str, number: str, code: str, given: Sequence[Given]) -> int:
        """Join what was consented to; the member. Asked again under the same claim it is the same answer, for which
        the code is not needed any more: it counts once, and an answer may be lost."""
        identity, now = self._identity(number), int(self._clock().timestamp())
        if not self._was_proved(lane, claim, identity):
            self._codes.prove(identity.digest, code)
        with self._database.read() as connection:
            clubs = tuple({one.club for one in given if lawful(connection, tuple(given), one.club)})
            order = Orders(self._programmes).order(connection, lane, claim, clubs, tuple(given), now)
        if given and not clubs:
            raise MemberRefused("refused", "these consents are to no text that the hub has; publish the list again")
        self._joiner.run(replace(order, kind=PROVED, identity=identity), only_join=True)
        member_id = repeated(self._database, lambda connection: self._bound(connection, lane, claim, identity, now))
        if member_id is None:
            raise MemberRefused("refused", "nobody joins without consent")
        return member_id

    def _bound(self, connection: Connection, lane: Lane, claim: str, identity: Identity, now: int) -> int | None:
        """Who joined, or was a member before and has only proved it."""
        member_id = member_of(connection, identity.kind, identity.digest)
        if member_id is None or not is_member(connection, member_id):
            return None
        return tell(connection, lane.id, claim, PROVED, member_id, now=now)

    def _was_proved(self, lane: Lane, claim: str, identity: Identity) -> bool:
        with self._database.read() as connection:
            row = claim_row(connection, claim)
            if row is None:
                return False
            owner = member_of(connection, identity.kind, identity.digest)
        if row.lane_id != lane.id or row.member_id not in {None, owner}:
            raise MemberRefused("taken", "this claim is another lane's or another shopper's; make up a new one")
        return row.kind == PROVED and row.member_id is not None

    def _identity(self, number: str) -> Identity:
        identity = phone_identity(self._keys, number)
        if identity is None:
            raise MemberRefused("refused", "this is no phone number; type it with its country, as in +86 138 0013 8000")
        return identity

    def _member(self, identity: Identity) -> int | None:
        with self._database.read() as connection:
            found = member_of(connection, PHONE, identity.digest)
            return found if found is not None and is_member(connection, found) else None

    def _file(self, store: str) -> MembershipFile:
        file = self._programmes.of(store)
        if file is None or file.sms is None:
            raise MemberRefused("refused", "this store sends no messages; its membership file needs [messages]")
        return file

    def _deliver_aside(self, file: MembershipFile, number: str, code: str, language: str) -> None:
        with suppress(MemberRefused):
            self._deliver(file, number, code, language)

    def _deliver(self, file: MembershipFile, number: str, code: str, language: str) -> None:
        assert file.sms is not None  # noqa: S101 - for the type checker
        shop, minutes = file.programme.club.name(language), VALID_S // _MINUTE_S
        try:
            sender = load_sender(file.sms.name, file.sms.settings, self._folder)
            sender.send(code_message(normal_phone(number), code, shop=shop, language=language, minutes=minutes))
        except MessageFailed as exc:
            raise MemberRefused("refused", "the message was not sent; look at the number") from exc
        except SenderMissing as exc:
            log.warning("%s", exc)
            raise MemberRefused("refused", "the store's messages cannot be sent for now") from exc
        except Exception as exc:  # noqa: BLE001 - a plug-in may fail as it likes; its words could hold the number
            log.warning("message sender %s fails with %s", file.sms.name, type(exc).__name__)
            raise MemberRefused("refused", "the store's messages cannot be sent for now") from None
