"""WeChat Pay, API v3, for a shop with a contract of its own: payment codes (付款码) and QR codes (Native).

Only what WeChat signed, now, about this very order counts; see wechat_line and wechat_answers. Its documents: payment
code 4012382150, Native 4012791877, query 4013070356 (pay.weixin.qq.com/doc/v3/merchant/…).
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from payments.errors import GatewayMisconfigured, NotificationRefused
from payments.exchange import Line
from payments.gateway import (
    Notice,
    Outcome,
    PaymentRequest,
    PaymentResult,
    Presents,
    Reason,
    RefundRequest,
    Trouble,
)
from payments.loader import GatewayContext
from payments.order_ages import OrderAges
from payments.order_notes import OrderNote, OrderNotes
from payments.wechat_answers import NOT_FOUND, STILL_PAYING, declined_by, order_result, order_state, unknown
from payments.wechat_line import Answer, WechatLine
from payments.wechat_notices import read_notice
from payments.wechat_orders import CODE_TRAITS, QR_TRAITS, code_order, qr_order, refusal
from payments.wechat_refunds import WechatRefunds
from payments.wechat_settings import NAME, wechat_settings

log = logging.getLogger(__name__)

FILE_NAME: Final = "wechat-orders.sqlite"
# A payment code is renewed, and worthless, after a minute: a start that reaches WeChat later than this finds it so.
_CODE_LIVES_S: Final = 60
_SIGNATURE_LIVES_S: Final = 300  # WeChat refuses a request that was signed longer ago
_MOST_REMEMBERED: Final = 1000
_MOST_SHOWN: Final = 1000


class WechatGateway:
    """One merchant's line to WeChat Pay. Settings: docs/wechat-pay.md.

    What it must not forget is in a file of its own (payments/order_notes.py): when an order left, that it was ended.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        context: GatewayContext,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises GatewayMisconfigured."""
        self._settings = wechat_settings(settings)
        self._is_qr = self._settings.presents is Presents.KIOSK_CODE
        self.traits = QR_TRAITS if self._is_qr else CODE_TRAITS
        self._where = context
        self._monotonic = monotonic
        self._started_at: dict[str, float] = {}
        self._shown: dict[str, str] = {}
        self._there: dict[str, None] = {}  # orders that WeChat has: what else it says of them, they have arrived
        self._notes = _opened(context)
        self._ages = OrderAges(monotonic, alone=context.alone)
        lines = [
            Line("WeChat Pay", host, connect_s=self._settings.connect_s, total_s=self._settings.total_s)
            for host in self._settings.hosts
        ]
        self._line = WechatLine(self._settings.keys, lines, clock)
        self._refunds = WechatRefunds(self._line, self._settings.merchant, self._notes)

    def start(self, request: PaymentRequest) -> PaymentResult:
        """Order the payment, once: a key that was here before is looked up, and never sent again."""
        refused = refusal(request, is_qr=self._is_qr)
        if refused is not None:
            is_new = self._note(request.key) == OrderNote()
            return PaymentResult(Outcome.DECLINED, refused) if is_new else self._known(request)
        at_s = self._line.now_s()
        try:
            is_first = self._notes.begin(request.key, request.amount, at_s, self._ages.now())
        except sqlite3.Error as exc:
            log.error("payment %s: not sent, as it cannot be noted (%s)", request.key, type(exc).__name__)  # noqa: TRY400
            return PaymentResult(Outcome.DECLINED, Reason.NOT_SENT)
        if not is_first:
            return self._known(request)
        self._remember(self._started_at, request.key, self._monotonic())
        order = (
            qr_order(request, self._settings, at_s) if self._is_qr else code_order(request, self._settings, self._where)
        )
        path = f"/v3/pay/transactions/{'native' if self._is_qr else 'codepay'}"
        return self._started(request.key, self._line.call("POST", path, order, at_s=at_s))

    def lookup(self, key: str) -> PaymentResult:
        """Query the order by our number. One that WeChat does not know may still be on its way: UNKNOWN, unless it was
        ended here and can come no more."""
        self._ages.see(key)
        note = self._note(key)
        if note is None:
            return unknown()
        answer = self._query(key)
        if answer.error in NOT_FOUND and note.ended and self._comes_no_more(key, note, answer):
            return PaymentResult(Outcome.DECLINED, note.declined or Reason.CANCELLED)
        result = self._read(key, answer, note)
        if result.outcome is Outcome.PENDING and key in self._shown and not note.ended:
            return PaymentResult(Outcome.PENDING, show=self._shown[key])
        return result

    def cancel(self, key: str) -> PaymentResult:
        """Reverse a payment code order, which gives back what was paid; close a QR code, which does not.

        Ended here first, on disk: from then on this machine does not send the order. Then WeChat's word, by a query.
        """
        if self._monotonic() - self._started_at.get(key, float("-inf")) < self.traits.cancel_earliest_s:
            return unknown()
        note = self._note(key)
        try:
            self._notes.ended(key, self._line.now_s())
        except sqlite3.Error as exc:
            log.error("payment %s: cannot note that it is to end (%s)", key, type(exc).__name__)  # noqa: TRY400
            return unknown()
        if note is None:
            return unknown()
        return self._closed(key) if self._is_qr else self._reversed(key)

    def refund(self, request: RefundRequest) -> PaymentResult:
        """Give money back; PENDING while WeChat works on it: call again."""
        return self._refunds.refund(request, lambda: self._query(request.key))

    def notified(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """A push that a QR code was paid. Raises NotificationRefused."""
        notice = read_notice(headers, body, self._settings, self._line.now_s())
        note = self._note(notice.key)
        if note is None or note.amount not in {None, notice.result.paid}:
            raise NotificationRefused(f"it says of payment {notice.key} another amount than was asked for")
        return notice

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()

    def _known(self, request: PaymentRequest) -> PaymentResult:
        """The answer to a start whose key was here before; nothing is sent."""
        note = self._note(request.key)
        if note is None:
            return unknown()
        if note.declined is not None:
            return PaymentResult(Outcome.DECLINED, note.declined)
        if note.sent_at_s is None:  # ended before it ever left, or its line was never there
            return PaymentResult(Outcome.DECLINED, Reason.CANCELLED if note.ended else Reason.UNAVAILABLE)
        return self.lookup(request.key) if note.amount == request.amount else unknown(Trouble.OTHER)

    def _started(self, key: str, answer: Answer) -> PaymentResult:
        """What the answer to a first order proves."""
        try:
            if answer.unsent:
                self._notes.never_left(key)
                return PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE)
            reason = declined_by(answer)
            if reason is not None:
                self._notes.declined(key, reason)
                return PaymentResult(Outcome.DECLINED, reason)
            note = self._notes.of(key)
        except sqlite3.Error as exc:
            log.error("payment %s: cannot note how it stands (%s)", key, type(exc).__name__)  # noqa: TRY400
            return unknown()
        return self._offered(key, answer, note) if self._is_qr else self._read(key, answer, note)

    def _read(self, key: str, answer: Answer, note: OrderNote) -> PaymentResult:
        """What an answer about an order proves; that WeChat has it at all is remembered."""
        if order_state(answer, key, self._settings.merchant):
            self._remember(self._there, key, None)
        return order_result(answer, key, self._settings.merchant, note)

    def _offered(self, key: str, answer: Answer, note: OrderNote) -> PaymentResult:
        """The QR code that WeChat made, unless the attempt was ended meanwhile: nobody may scan it then."""
        link = answer.body.get("code_url") if answer.well else None
        if not isinstance(link, str) or not 0 < len(link) <= _MOST_SHOWN:
            return unknown(answer.trouble or (Trouble.NONE if answer.error else Trouble.GARBLED))
        self._remember(self._there, key, None)
        if note.ended:
            return unknown()
        self._remember(self._shown, key, link)
        return PaymentResult(Outcome.PENDING, show=link)

    def _reversed(self, key: str) -> PaymentResult:
        """Ask WeChat to reverse, then what has become of the order: its answer to a reverse names no state."""
        merchant = self._settings.merchant
        body = {"appid": merchant.app_id, "mchid": merchant.merchant_id}
        answer = self._line.call("POST", _order_path(key, "/reverse"), body)
        if answer.trouble is Trouble.NO_ANSWER or answer.error == STILL_PAYING:
            return unknown(answer.trouble)
        result = self.lookup(key)
        # SUCCESS still: the reverse was refused, or has not worked yet. Only a refund by it may end this.
        return result if result.outcome is Outcome.DECLINED else unknown(result.trouble)

    def _closed(self, key: str) -> PaymentResult:
        """Query, close, query: a QR code that was paid a moment before is paid."""
        before = self._query(key)
        if before.trouble is not Trouble.NONE:
            return unknown(before.trouble)
        if order_state(before, key, self._settings.merchant) == "NOTPAY":
            answer = self._line.call("POST", _order_path(key, "/close"), {"mchid": self._settings.merchant.merchant_id})
            if answer.trouble is Trouble.NO_ANSWER:  # whatever else came, the query tells what it did
                return unknown(answer.trouble)
        result = self.lookup(key)
        return unknown() if result.outcome is Outcome.PENDING else result

    def _comes_no_more(self, key: str, note: OrderNote, answer: Answer) -> bool:
        """Whether an order that WeChat does not know can never be paid: it never left, or nobody has seen its QR code,
        or its payment code, or its signature, would have run out on the way."""
        if key in self._there:
            return False
        if self._is_qr or self._ages.least_s(key, note) > _CODE_LIVES_S:
            return True
        # By WeChat's clock, where ours has stood still since: this machine was started again.
        sent_at_s = note.sent_at_s if note.left_at is None else None
        return sent_at_s is not None and answer.at_s - sent_at_s > _SIGNATURE_LIVES_S + _CODE_LIVES_S

    def _query(self, key: str) -> Answer:
        return self._line.call("GET", _order_path(key, f"?mchid={self._settings.merchant.merchant_id}"))

    def _note(self, key: str) -> OrderNote | None:
        """What is noted of an order; None if that cannot be read, and nothing can be said."""
        try:
            return self._notes.of(key)
        except sqlite3.Error as exc:
            log.error("payment %s: its note cannot be read (%s)", key, type(exc).__name__)  # noqa: TRY400
            return None

    @staticmethod
    def _remember(shelf: dict[str, Any], key: str, value: Any) -> None:
        shelf[key] = value
        while len(shelf) > _MOST_REMEMBERED:
            del shelf[next(iter(shelf))]


def _order_path(key: str, rest: str) -> str:
    return f"/v3/pay/transactions/out-trade-no/{quote(key, safe='')}{rest}"


def _opened(context: GatewayContext) -> OrderNotes:
    path = context.data_dir / FILE_NAME
    try:
        return OrderNotes(path)
    except sqlite3.Error as exc:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r} cannot use {path} ({exc}); check the folder, its permissions and free space"
        ) from exc
