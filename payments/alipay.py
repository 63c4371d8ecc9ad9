"""Alipay's open platform: a shopper's payment code (alipay.trade.pay) or a QR code on our screen (.precreate).

Two rules: Alipay's word counts if it is signed, about this very order, and of a meaning that we know (alipay_words);
and that a payment was taken is believed of a query alone, as Alipay may still roll back what its payment call calls
done. Where the facts come from: docs/alipay.md.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from payments import alipay_answers as answers
from payments import alipay_words as words
from payments.alipay_answers import CURRENCY, unknown
from payments.alipay_push import pushed
from payments.alipay_settings import NAME, alipay_settings
from payments.alipay_wire import AlipayWire, Said, yuan
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
    Traits,
    Trouble,
)
from payments.loader import GatewayContext
from payments.order_ages import OrderAges
from payments.order_notes import OrderNote, OrderNotes
from retail.money import Money
from retail.wallet import wallet_brand

log = logging.getLogger(__name__)

FILE_NAME: Final = "alipay-orders.sqlite"
_DEAREST: Final = 100_000_000_00  # fen, of one order
_OPEN_FOR: Final = "5m"  # Alipay closes the order then, whatever became of us; it advises against less
# A payment code is worthless after a minute, our QR code after _OPEN_FOR: no order can be paid by them later.
_CODE_LIVES_S: Final = 60
_QR_CODE_LIVES_S: Final = 300
_SCAN_S: Final = 120.0  # for a shopper to take the phone out and scan our code
_MOST_SHOWN: Final = 1000
_LONGEST_REASON: Final = 128


class AlipayGateway:
    """One merchant's line to Alipay, for payment codes or for QR codes. Settings: docs/alipay.md.

    What it must not forget is in a file of its own (payments/order_notes.py): that an order left, how it was ended.
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
        own = self._settings = alipay_settings(settings)
        self._is_qr = own.presents is Presents.KIOSK_CODE
        self.traits = Traits(
            presents=own.presents,
            resend_start_is_safe=True,
            cancel_refunds=True,
            brands=(NAME,),
            open_for_s=_SCAN_S if self._is_qr else 0.0,
            notifies=bool(own.notify_url),
            tells_payer=True,
        )
        line = Line("Alipay", own.address, connect_s=own.connect_s, total_s=own.total_s)
        self._wire = AlipayWire(line, own.path, own.app_id, ours=own.ours, theirs=own.theirs)
        self._notes = _opened(context)
        self._shown: dict[str, str] = {}
        self._clock = clock
        self._ages = OrderAges(monotonic, alone=context.alone)

    def start(self, request: PaymentRequest) -> PaymentResult:
        """Ask for the money, or for a QR code. The same order sent again is the same payment to Alipay.

        DECLINED without a query's word only on proof: this was the first order ever sent under the key, and it did not
        leave, or Alipay refused it for a reason that says of itself that nothing was taken, and left nothing open.
        """
        note = self._note(request.key)
        if note is None:
            return unknown()
        if note.declined is not None:
            return PaymentResult(Outcome.DECLINED, note.declined)
        if note.amount not in {None, request.amount}:
            log.error("payment %s came again with another amount: not sent", request.key)
            return unknown(Trouble.OTHER)
        if note.ended or request.key in self._shown:  # for an order Alipay gives one QR code, not two
            return self.lookup(request.key)
        unfit = self._unfit(request)
        if unfit is not None:
            return PaymentResult(Outcome.DECLINED, unfit) if note == OrderNote() else unknown()
        return self._sent(request, note)

    def lookup(self, key: str) -> PaymentResult:
        """Ask Alipay. An order that it does not know is UNKNOWN: the payment call may still be on its way to it."""
        self._ages.see(key)
        note = self._note(key)
        return unknown() if note is None else self._looked_up(key, note, self._query(key))

    def cancel(self, key: str) -> PaymentResult:
        """End the order, right after a query as Alipay demands: it closes what is unpaid and gives back what was paid.

        What was paid on an earlier day in Beijing is not cancelled any more: APPROVED, to be refunded.
        """
        self._ages.see(key)
        note = self._note(key)
        if note is None:
            return unknown()
        said = self._query(key)
        result = self._found(key, said, note)
        if result.outcome is Outcome.DECLINED:
            return self._declined(key, result.reason)
        if result.outcome is Outcome.APPROVED and answers.too_late(said, self._clock()):
            return result
        if not self._noted(lambda: self._notes.ended(key, self._now_s())):
            return unknown()
        return self._cancelled(key, is_there=said.code == words.DONE, is_absent=said.problem == words.NOT_THERE)

    def refund(self, request: RefundRequest) -> PaymentResult:
        """Give money back. Whatever but a plain 'it moved by this' is settled by the refund's own query."""
        if request.amount.currency != CURRENCY or request.amount.minor <= 0:
            return PaymentResult(Outcome.DECLINED, Reason.REFUSED)
        if not self._noted(lambda: self._notes.refunded(request.key, self._now_s())):
            return unknown()
        order = {"out_trade_no": request.key, "out_request_no": request.refund_key}
        reason = {"refund_reason": request.reason[:_LONGEST_REASON]} if request.reason else {}
        said = self._ask("refund", {**order, "refund_amount": yuan(request.amount.minor), **reason})
        if said.trouble is not Trouble.NONE:
            return unknown(said.trouble)
        if answers.refunded_now(request, said):
            return PaymentResult(Outcome.APPROVED, reference=said.text("trade_no"))
        return answers.refund_found(request, said, self._ask("fastpay.refund.query", order))

    def notified(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check and read one push. Raises NotificationRefused."""
        del headers  # nothing in them is signed
        own = self._settings
        push = pushed(body, own.theirs.signed, own.app_id, own.seller_id, self._clock())
        note = self._note(push.number)
        if note is None:
            raise NotificationRefused("our own notes cannot be read now")
        if note.amount not in {None, Money(push.paid_minor, CURRENCY)}:
            raise NotificationRefused(f"it says of payment {push.number} another amount than was asked for")
        return Notice(push.number, answers.told(push, note), b"success", "text/plain")

    def close(self) -> None:
        """Let go of the line."""
        self._wire.close()

    def _unfit(self, request: PaymentRequest) -> Reason | None:
        """Why Alipay is not even asked: another wallet's code, another currency, an amount that it does not take."""
        if not self._is_qr and wallet_brand(request.instrument) != NAME:
            return Reason.WRONG_CODE
        if request.amount.currency != CURRENCY or not 0 < request.amount.minor <= _DEAREST:
            log.error("payment %s: not sent: Alipay takes CNY, from 0.01 to 100000000.00", request.key)
            return Reason.NOT_SENT
        return None

    def _sent(self, request: PaymentRequest, note: OrderNote) -> PaymentResult:
        key = request.key
        try:
            is_first = self._notes.begin(key, request.amount, self._now_s(), self._ages.now())
        except sqlite3.Error as exc:
            log.error("payment %s: not sent, as it cannot be noted (%s)", key, type(exc).__name__)  # noqa: TRY400
            return PaymentResult(Outcome.DECLINED, Reason.NOT_SENT) if note == OrderNote() else unknown()
        said = self._ask("precreate" if self._is_qr else "pay", self._order(request))
        if said.code in {words.DONE, words.SHOPPER_AT_WORK}:
            return self._taken_up(request, said)
        if said.code == words.FAILED and said.problem in words.ALREADY_THERE:
            return self.lookup(key)
        reason = answers.refusal(said, is_first=is_first)
        if reason is None:
            return unknown(answers.trouble(said))
        return self._declined(key, reason) if said.unsent else self._refused(request, reason)

    def _refused(self, request: PaymentRequest, reason: Reason) -> PaymentResult:
        """Alipay refused the order for good; but should it have left it open, as a shopper could pay it yet, end it."""
        key = request.key
        result = self._found(key, self._query(key), OrderNote(amount=request.amount))
        if result.outcome is Outcome.APPROVED:
            log.error("payment %s was refused, and is paid", key)
            return result
        if result.outcome is Outcome.PENDING:
            noted = self._noted(lambda: self._notes.ended(key, self._now_s()))
            result = self._cancelled(key, is_there=True) if noted else unknown()
            return self._declined(key, reason) if result.outcome is Outcome.DECLINED else result
        return self._declined(key, reason)

    def _order(self, request: PaymentRequest) -> dict[str, str]:
        """The same for the same request, whenever it is sent: Alipay compares."""
        order = {
            "out_trade_no": request.key,
            "total_amount": yuan(request.amount.minor),
            "subject": self._settings.subject,
            "timeout_express": _OPEN_FOR,
        }
        if self._settings.product_code:
            order["product_code"] = self._settings.product_code
        if self._is_qr:
            return {**order, "qr_code_timeout_express": _OPEN_FOR}
        return {**order, "scene": "bar_code", "auth_code": request.instrument}

    def _taken_up(self, request: PaymentRequest, said: Said) -> PaymentResult:
        """The order is with Alipay: its QR code, or what a query says of it."""
        if not answers.is_about(request.key, said) or not answers.fits(said, request.amount):
            return unknown(Trouble.OTHER)
        if not self._is_qr:
            return self.lookup(request.key) if said.code == words.DONE else PaymentResult(Outcome.PENDING)
        code = answers.qr_code(said)
        if not code:
            return unknown(Trouble.GARBLED)
        self._shown[request.key] = code
        while len(self._shown) > _MOST_SHOWN:
            del self._shown[next(iter(self._shown))]
        return PaymentResult(Outcome.PENDING, show=code)

    def _found(self, key: str, said: Said, note: OrderNote) -> PaymentResult:
        return answers.found(key, said, note, self._settings.app_id)

    def _looked_up(self, key: str, note: OrderNote, said: Said) -> PaymentResult:
        result = self._found(key, said, note)
        if result.outcome is Outcome.DECLINED:
            return self._declined(key, result.reason)
        if note.declined is not None and result.outcome is Outcome.UNKNOWN:
            return PaymentResult(Outcome.DECLINED, note.declined)  # proved before, and nothing is sent since
        # A precreated order is there once its code was scanned.
        waits = result.outcome is Outcome.PENDING or said.problem == words.NOT_THERE
        if waits and not note.ended and key in self._shown:
            return PaymentResult(Outcome.PENDING, show=self._shown[key])
        return result

    def _cancelled(self, key: str, *, is_there: bool, is_absent: bool = False) -> PaymentResult:
        """Cancel it, and what that proves; the query just before it said that it is there, or absent, or neither."""
        said = self._ask("cancel", {"out_trade_no": key})
        if said.code == words.FAILED and said.problem in words.CANNOT_CANCEL:
            return self._not_cancelled(key)
        # Names no order: alone it could be another's answer.
        if is_absent and said.code == words.FAILED and said.problem == words.NOT_THERE:
            return self._absent(key, lives_s=_QR_CODE_LIVES_S if self._is_qr else _CODE_LIVES_S)
        if said.code != words.DONE or not answers.is_about(key, said):
            return unknown(Trouble.OTHER if said.code == words.DONE else answers.trouble(said))
        if not answers.is_cancelled(said):  # its retry_flag says that it shall be asked again
            return unknown(Trouble.SERVER)
        did_end = is_there or self._is_qr or answers.ended_an_order(said)
        return self._declined(key, Reason.CANCELLED) if did_end else self._absent(key, lives_s=_CODE_LIVES_S)

    def _absent(self, key: str, *, lives_s: int) -> PaymentResult:
        """Alipay cancelled nothing, as it has no such order: that is no proof while the order may be on its way."""
        note = self._note(key)
        gone = note is not None and self._ages.least_s(key, note) > lives_s
        return self._declined(key, Reason.CANCELLED) if gone else unknown()

    def _not_cancelled(self, key: str) -> PaymentResult:
        """It is too late for a cancel, Alipay says: what is paid stays paid. What is not is closed, which can never
        give money back."""
        result = self._found(key, self._query(key), self._note(key) or OrderNote())
        if result.outcome is Outcome.DECLINED:
            return self._declined(key, result.reason)
        if result.outcome is not Outcome.PENDING:
            return result
        said = self._ask("close", {"out_trade_no": key})
        is_closed = said.code == words.DONE and answers.is_about(key, said)
        return self._declined(key, Reason.CANCELLED) if is_closed else unknown(answers.trouble(said))

    def _query(self, key: str) -> Said:
        return self._ask("query", {"out_trade_no": key})

    def _ask(self, what: str, content: Mapping[str, str]) -> Said:
        tells = self._settings.notify_url if what in {"pay", "precreate"} else ""
        said = self._wire.ask(f"alipay.trade.{what}", content, self._clock(), notify_url=tells)
        key = content["out_trade_no"]
        if said.trouble is not Trouble.NONE:
            log.warning("payment %s: no answer to %s that proves anything (%s)", key, what, said.trouble)
        elif said.code != words.DONE:
            log.info("payment %s: %s: %s %s", key, what, said.code, said.problem)
        return said

    def _declined(self, key: str, reason: Reason) -> PaymentResult:
        """Proved, and noted: nothing is sent under this key from now on."""
        noted = self._noted(lambda: self._notes.declined(key, reason))
        return PaymentResult(Outcome.DECLINED, reason) if noted else unknown()

    def _note(self, key: str) -> OrderNote | None:
        """What is noted of an order; None if that cannot be read, and nothing can be said."""
        try:
            return self._notes.of(key)
        except sqlite3.Error as exc:
            log.error("payment %s: its note cannot be read (%s)", key, type(exc).__name__)  # noqa: TRY400
            return None

    @staticmethod
    def _noted(note: Callable[[], None]) -> bool:
        try:
            note()
        except sqlite3.Error as exc:
            log.error("a payment's note cannot be written (%s)", type(exc).__name__)  # noqa: TRY400
            return False
        return True

    def _now_s(self) -> int:
        return int(self._clock().timestamp())


def _opened(context: GatewayContext) -> OrderNotes:
    path = context.data_dir / FILE_NAME
    try:
        return OrderNotes(path)
    except sqlite3.Error as exc:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r} cannot use {path} ({exc}); check the folder, its permissions and free space"
        ) from exc
