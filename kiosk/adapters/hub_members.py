"""The hub's book of members over HTTP, on threads of its own: the till waits for no answer.

Who a shopper is leaves the lane sealed, and what must not be lost goes through `told/`; a question that somebody stands
waiting for is asked once, within a bounded time, and nothing of it is kept.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx

from kiosk.adapters import hub_member_answers as answers
from kiosk.adapters.told_notes import Note, ToldNotes
from kiosk.adapters.worker import Work, Worker
from kiosk.services.member_book import OFFLINE, CodeSent, Known, Parked, Refused, Reserved, Rewards
from offline_cache.errors import ConfigError
from payments.exchange import Exchanged, Line
from retail.membership.consent import Given, given_body
from retail.membership.sealing import seal

logger = logging.getLogger(__name__)

FOLDER: Final = "told"
_CONNECT_S: Final = 3.0
_ASK_S: Final = 12.0  # somebody looks at the sheet, or at the coupon that they touched
_TELL_S: Final = 45.0  # nobody waits, and what a slow hub takes in the end need not be sent again
_BOOK: Final = "the hub's book of members"

_Found = TypeVar("_Found")
_Read = Callable[[Mapping[str, Any]], _Found]


class HubMembers:
    """Implements kiosk.services.member_book.MemberBook. `token` is asked for each call, as it may be rotated;
    `seal_key`, on the till's thread, for the hub's newest; `till` runs work on the till's thread."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        folder: Path,
        seal_key: Callable[[], bytes],
        till: Callable[[Work], None],
    ) -> None:
        address = httpx.URL(url)
        # Coupons in one queue, so that a release never overtakes the reservation after it.
        self._people, self._coupons, self._rewards = (
            (Worker(f"members-{name}"), Line(_BOOK, address, connect_s=_CONNECT_S, total_s=_ASK_S))
            for name in ("people", "coupons", "rewards")
        )
        self._telling = Line(_BOOK, address, connect_s=_CONNECT_S, total_s=_TELL_S)
        self._token = token
        self._seal_key = seal_key
        self._till = till
        self._told = ToldNotes(folder, self._post)

    # --- told, however late ---------------------------------------------------------------------------------------

    def identify(self, claim: str, kind: str, value: str, done: Callable[[Known | Refused], None]) -> None:
        """See MemberBook."""
        sealed = self._sealed({"kind": kind, "value": value}, f"claim {claim}")
        if sealed:
            body = {"claim": claim, "sealed": sealed}
            self._told.keep("/v1/members/claims", body, lambda came: self._heard(came, claim, done))

    def payer(self, payment_key: str, payer: str) -> None:
        """See MemberBook."""
        try:
            sealed = self._sealed({"payer": payer}, f"payer {payment_key}")
            if sealed:
                self._told.keep("/v1/members/payers", {"payment_key": payment_key, "sealed": sealed})
        except OSError as exc:
            logger.error("who paid cannot be told to the hub: %s", exc.strerror)  # noqa: TRY400 - the sale goes on

    @property
    def waiting(self) -> int:
        """Notes that the hub has not taken yet."""
        return self._told.waiting

    # --- asked while somebody looks -------------------------------------------------------------------------------

    def ask_phone(self, claim: str, number: str, done: Callable[[Known | Refused], None]) -> None:
        """See MemberBook."""
        sealed = self._sealed({"kind": "phone", "value": number}, f"claim {claim}")
        body = {"claim": claim, "sealed": sealed}
        self._ask(self._people, "/v1/members/claims", body, answers.known_of(claim), done)

    def send_code(self, number: str, language: str, done: Callable[[CodeSent | Refused], None]) -> None:
        """See MemberBook."""
        body = {"sealed": self._sealed({"number": number, "language": language}, "phone")}
        self._ask(self._people, "/v1/members/phone-codes", body, answers.code_sent, done)

    def join_by_phone(
        self, claim: str, number: str, code: str, given: Sequence[Given], done: Callable[[Known | Refused], None]
    ) -> None:
        """See MemberBook."""
        sealed = self._sealed({"number": number, "code": code}, f"join {claim}")
        body = {"claim": claim, "sealed": sealed, "consents": [given_body(one) for one in given]}
        self._ask(self._people, "/v1/members/joins", body, answers.known_of(claim), done)

    def reserve(self, code: str, sale_id: str, claim: str, done: Callable[[Reserved | Refused], None]) -> None:
        """See MemberBook."""
        body = {"code": code, "sale_id": sale_id, "claim": claim}
        self._ask(self._coupons, "/v1/coupons/reservations", body, answers.reserved_of(code), done)

    def release(self, code: str, sale_id: str) -> None:
        """See MemberBook."""
        worker, line = self._coupons
        worker.post(
            lambda: self._released(self._send(line, "/v1/coupons/releases", {"code": code, "sale_id": sale_id}))
        )

    def rewards(self, sale_id: str, done: Callable[[Rewards | Refused], None]) -> None:
        """See MemberBook."""
        self._ask(self._rewards, f"/v1/sales/{quote(sale_id, safe='')}/rewards", None, answers.rewards, done)

    def park(self, sale_id: str, kind: str, value: str, done: Callable[[Parked | Refused], None]) -> None:
        """See MemberBook."""
        body = {"sealed": self._sealed({"kind": kind, "value": value}, f"park {sale_id}")}
        self._ask(self._rewards, f"/v1/sales/{quote(sale_id, safe='')}/parking", body, answers.parked, done)

    def close(self) -> None:
        """No more calls; one under way is not waited for. Idempotent."""
        for line in (self._people[1], self._coupons[1], self._rewards[1], self._telling):
            line.close()
        self._told.close()
        for worker, _ in (self._people, self._coupons, self._rewards):
            worker.close(0.5)

    # --- plumbing -------------------------------------------------------------------------------------------------

    def _sealed(self, words: Mapping[str, str], info: str) -> str:
        """For the hub alone; '' where the shop's list names no key that could be used."""
        key = self._seal_key()
        try:
            return base64.b64encode(seal(key, words, info)).decode() if key else ""
        except ValueError:
            logger.error("the price list's key for members' names cannot be used: publish the list anew")  # noqa: TRY400
            return ""

    def _ask(
        self,
        by: tuple[Worker, Line],
        path: str,
        body: Mapping[str, Any] | None,
        read: _Read[_Found | Refused],
        done: Callable[[_Found | Refused], None],
    ) -> None:
        """Once, on that thread; what a question without a seal would tell is not sent."""
        if body is not None and body.get("sealed") == "":
            self._till(lambda: done(Refused(OFFLINE)))
            return
        worker, line = by

        def work() -> None:
            found = answers.read_answer(self._send(line, path, body), read)
            self._till(lambda: done(found))

        worker.post(work)

    def _heard(self, came: Exchanged, claim: str, done: Callable[[Known | Refused], None]) -> None:
        found = answers.read_answer(came, answers.known_of(claim))
        self._till(lambda: done(found))

    def _post(self, note: Note) -> Exchanged:
        return self._send(self._telling, note.path, note.body)

    @staticmethod
    def _released(came: Exchanged) -> None:
        if came.status != httpx.codes.OK:  # the journal tells the hub as well
            logger.warning("a coupon was not given back at the hub yet (%s)", came.status or "no answer")

    def _send(self, line: Line, path: str, body: Mapping[str, Any] | None) -> Exchanged:
        try:
            token = self._token()
        except ConfigError as exc:  # as while its file is being written anew: the question gets its answer all the same
            logger.error("%s", exc)  # noqa: TRY400 - its sentence says it all
            return Exchanged(unsent=True)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if body is None:
            return line.send("GET", path, b"", headers)
        return line.send("POST", path, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), headers)
