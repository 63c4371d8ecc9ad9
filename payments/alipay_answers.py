"""What Alipay's answers prove about one order: compared with what was asked, and never more than they say."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from payments import alipay_words as words
from payments.alipay_push import Push, payer_of
from payments.alipay_wire import BEIJING, Said, fen, moment
from payments.gateway import Outcome, PaymentResult, Reason, RefundRequest, Trouble
from payments.order_notes import OrderNote
from retail.money import Money

log = logging.getLogger(__name__)

CURRENCY: Final = "CNY"
_GRACE: Final = timedelta(minutes=15)  # after midnight in Beijing, yesterday's payments may still be cancelled
_LONGEST_CODE: Final = 1000


def unknown(trouble: Trouble = Trouble.NONE) -> PaymentResult:
    """No proof either way."""
    return PaymentResult(Outcome.UNKNOWN, trouble=trouble)


def trouble(said: Said) -> Trouble:
    """Where to look when an answer settles nothing."""
    if said.trouble is not Trouble.NONE or said.code == words.DONE:
        return said.trouble
    return words.trouble_of(said.code, said.problem)


def is_about(key: str, said: Said) -> bool:
    """Whether a proved answer names the order."""
    if said.text("out_trade_no") == key:
        return True
    log.error("payment %s: Alipay's answer is not about it", key)
    return False


def fits(said: Said, asked: Money | None) -> bool:
    """Whether the amount that an answer tells, if it does, is the one that was asked for, if that is known."""
    told = said.body.get("total_amount")
    return told is None or asked is None or fen(told) == asked.minor


def refusal(said: Said, *, is_first: bool) -> Reason | None:
    """Why an order was refused for good; None if its answer is no such proof. Of an order that was perhaps sent before
    only one word tells: that it is closed."""
    if said.unsent and is_first:
        return Reason.UNAVAILABLE
    if said.code != words.FAILED:
        return None
    if said.problem == words.ALREADY_CLOSED:
        return Reason.CANCELLED
    reason = words.DECLINES.get(said.problem) if is_first else None
    if reason is Reason.UNAVAILABLE:
        log.error("Alipay refuses all orders (%s): check app_id, subject and the contract", said.problem)
    return reason


def qr_code(said: Said) -> str:
    """The text of the QR code, "" if it is none that a phone should open."""
    code = said.text("qr_code")
    fit = code.startswith("https://") and code.isascii() and code.isprintable() and len(code) <= _LONGEST_CODE
    return code if fit else ""


def found(key: str, said: Said, note: OrderNote, app_id: str) -> PaymentResult:
    """What a query's answer proves; `app_id` is ours, to whom the payer has a name."""
    if said.code != words.DONE:
        return unknown(Trouble.NONE if said.problem == words.NOT_THERE else trouble(said))
    if not is_about(key, said) or not fits(said, note.amount):
        return unknown(Trouble.OTHER)
    state, reference, total = said.text("trade_status"), said.text("trade_no"), fen(said.body.get("total_amount"))
    if state == words.WAITING:
        return PaymentResult(Outcome.PENDING)
    # TRADE_CLOSED is two things: never paid, or paid and wholly given back. No money is here either way, so it is no
    # payment, and no goods leave for it; unless we gave it back ourselves, by a refund: then the sale had been paid.
    was_paid = state == words.CLOSED and _gave_back(said, note)
    if state == words.CLOSED and not was_paid:
        return PaymentResult(Outcome.DECLINED, note.declined or Reason.CANCELLED)
    if (state in words.PAID or was_paid) and total is not None and reference:
        payer = payer_of(app_id, said.body.get("buyer_open_id"), said.body.get("buyer_user_id"))
        return PaymentResult(Outcome.APPROVED, Reason.NONE, reference, Money(total, CURRENCY), payer=payer)
    return unknown(Trouble.GARBLED)


def _gave_back(said: Said, note: OrderNote) -> bool:
    """Whether a closed order was paid, and closed by refunds of ours; Alipay tells when it was paid if it was."""
    ours = note.refunded and not note.ended and note.declined is None
    return ours and moment(said.body.get("send_pay_date")) is not None


def too_late(said: Said, now: datetime) -> bool:
    """Whether the day of a paid order is over in Beijing: then it is to be refunded, not cancelled."""
    paid_at = moment(said.body.get("send_pay_date"))
    return paid_at is not None and (now.astimezone(BEIJING) - _GRACE).date() > paid_at.astimezone(BEIJING).date()


def is_cancelled(said: Said) -> bool:
    """Whether a cancel succeeded for good: nothing was there, or it was closed, or the money went back."""
    flag = said.body.get("retry_flag")
    return said.code == words.DONE and (flag == "N" or (flag is None and said.text("action") in {"close", "refund"}))


def ended_an_order(said: Said) -> bool:
    """Whether a cancel that succeeded says what it did: without an order there is nothing to close or give back."""
    return said.text("action") in {"close", "refund"}


def refunded_now(request: RefundRequest, said: Said) -> bool:
    """Whether a refund's own answer says that money moved by it. `refund_fee` is the sum of all the order's refunds."""
    if said.code != words.DONE or said.body.get("fund_change") != "Y" or not is_about(request.key, said):
        return False
    total = fen(said.body.get("refund_fee"))
    return total is not None and total >= request.amount.minor


def refund_found(request: RefundRequest, first: Said, asked: Said) -> PaymentResult:
    """What the refund's query proves, after the refund's `first` answer left it open."""
    back = fen(asked.body.get("refund_amount")) if asked.code == words.DONE else None
    if back is None:
        absent = asked.code == words.DONE or asked.problem == words.NOT_THERE
        refused = first.code == words.FAILED and first.problem in words.REFUND_DECLINES
        declined = PaymentResult(Outcome.DECLINED, Reason.REFUSED)
        return declined if absent and refused else unknown(trouble(asked) or trouble(first))
    names_it = asked.text("out_request_no") == request.refund_key
    if not is_about(request.key, asked) or not names_it or back != request.amount.minor:
        return unknown(Trouble.OTHER)
    if asked.body.get("refund_status", "") not in {"", "REFUND_SUCCESS"}:
        return PaymentResult(Outcome.PENDING)
    return PaymentResult(Outcome.APPROVED, reference=asked.text("trade_no"))


def told(push: Push, note: OrderNote) -> PaymentResult:
    """What a push proves: nothing once money went back, or a cancel has left, whose own answer alone counts then."""
    if note.ended or push.gave_back:
        return unknown()
    if push.state in words.PAID and push.reference:
        paid = Money(push.paid_minor, CURRENCY)
        return PaymentResult(Outcome.APPROVED, Reason.NONE, push.reference, paid, payer=push.payer)
    if push.state == words.CLOSED:
        return PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
    return PaymentResult(Outcome.PENDING) if push.state == words.WAITING else unknown(Trouble.GARBLED)
