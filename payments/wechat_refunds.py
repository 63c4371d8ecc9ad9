"""Refunds at WeChat Pay: one for each number, and the number is the caller's refund key."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from payments.gateway import Outcome, PaymentResult, Reason, RefundRequest, Trouble
from payments.order_notes import OrderNotes
from payments.wechat_answers import NOT_FOUND, Merchant, order_state, taken, unknown
from payments.wechat_line import Answer, WechatLine
from retail.money import Money

log = logging.getLogger(__name__)

_PATH: Final = "/v3/refund/domestic/refunds"
_LONGEST_REASON: Final = 80
_LONGEST_NUMBER: Final = 64
_REMEMBERED: Final = 1000
# 'Ask again with the same number', say WeChat's refund pages; a new number beside it could give back twice.
_ASK_AGAIN: Final = frozenset({"FREQUENCYLIMITED", "BIZERRNEEDRETRY", "SYSTEMERROR"})
_DECLINED: Final = PaymentResult(Outcome.DECLINED, Reason.REFUSED)


class WechatRefunds:
    """Asks for money back, in the amount of the order that WeChat wants told again."""

    def __init__(self, line: WechatLine, merchant: Merchant, notes: OrderNotes) -> None:
        self._line = line
        self._merchant = merchant
        self._notes = notes
        self._ordered: dict[str, None] = {}

    def refund(self, request: RefundRequest, query: Callable[[], Answer]) -> PaymentResult:
        """Order the refund, or learn what became of the one with its number; `query` asks for the order."""
        if request.refund_key in self._ordered:
            answer = self._ask(request)
            if answer.error not in NOT_FOUND:
                return self._read(request, answer)
        return self._order(request, query)

    def _order(self, request: RefundRequest, query: Callable[[], Answer]) -> PaymentResult:
        if request.amount.minor <= 0 or not 0 < len(request.refund_key) <= _LONGEST_NUMBER:
            return _DECLINED
        paid = request.paid or self._paid(request.key, query())
        if isinstance(paid, PaymentResult):
            return paid
        if request.amount.currency != paid.currency or request.amount.minor > paid.minor:
            return _DECLINED
        try:
            self._notes.refunded(request.key, self._line.now_s())
        except sqlite3.Error as exc:
            log.error("refund %s: not sent, as it cannot be noted (%s)", request.refund_key, type(exc).__name__)  # noqa: TRY400
            return unknown()
        self._ordered[request.refund_key] = None
        while len(self._ordered) > _REMEMBERED:
            del self._ordered[next(iter(self._ordered))]
        answer = self._line.call("POST", _PATH, _body(request, paid))
        if answer.error and answer.error not in _ASK_AGAIN:
            return self._refused(request, answer)
        return self._read(request, answer)

    def _paid(self, key: str, answer: Answer) -> Money | PaymentResult:
        """What the order took in all, or why nothing can be refunded."""
        if answer.error in NOT_FOUND:
            return _DECLINED
        state = order_state(answer, key, self._merchant)
        if not state:
            return unknown(answer.trouble or Trouble.GARBLED)
        if state not in {"SUCCESS", "REFUND"}:
            return _DECLINED
        return taken(answer.body) or unknown(Trouble.GARBLED)

    def _refused(self, request: RefundRequest, refused: Answer) -> PaymentResult:
        """Refused: for good if WeChat has no refund of this number, else that one is the answer."""
        answer = self._ask(request)
        if answer.error not in NOT_FOUND:
            return self._read(request, answer)
        if refused.error == "NOTENOUGH":
            log.error("refund %s: the merchant's account at WeChat Pay holds too little: pay in", request.refund_key)
            return PaymentResult(Outcome.DECLINED, Reason.FUNDS)
        return _DECLINED

    def _ask(self, request: RefundRequest) -> Answer:
        return self._line.call("GET", f"{_PATH}/{quote(request.refund_key, safe='')}")

    def _read(self, request: RefundRequest, answer: Answer) -> PaymentResult:
        """What an answer about a refund proves."""
        if not answer.well:
            return unknown(answer.trouble)
        body = answer.body
        if not _is_about(request, body):
            log.error("refund %s: WeChat Pay's answer is not about it", request.refund_key)
            return unknown(Trouble.OTHER)
        return _by_status(request, body)


def _by_status(request: RefundRequest, body: Mapping[str, Any]) -> PaymentResult:
    reference = body.get("refund_id")
    reference = reference if isinstance(reference, str) else ""
    match body.get("status"):
        case "SUCCESS" if reference:
            return PaymentResult(Outcome.APPROVED, Reason.NONE, reference, request.amount)
        case "PROCESSING":
            return PaymentResult(Outcome.PENDING, reference=reference)
        case "CLOSED":
            return PaymentResult(Outcome.DECLINED, Reason.REFUSED, reference)
        case "ABNORMAL":  # the shopper's card takes no money: somebody has to tell WeChat another way
            log.error("refund %s: cannot be credited; settle it on WeChat's merchant platform", request.refund_key)
            return PaymentResult(Outcome.PENDING, reference=reference)
    return unknown(Trouble.GARBLED)


def _body(request: RefundRequest, paid: Money) -> dict[str, Any]:
    reason = request.reason.encode("utf-8", "ignore")[:_LONGEST_REASON].decode("utf-8", "ignore")
    return {
        "out_trade_no": request.key,
        "out_refund_no": request.refund_key,
        "amount": {"refund": request.amount.minor, "total": paid.minor, "currency": paid.currency},
        **({"reason": reason} if reason else {}),
    }


def _is_about(request: RefundRequest, body: Mapping[str, Any]) -> bool:
    amount = body.get("amount")
    if not isinstance(amount, dict) or isinstance(amount.get("refund"), bool):
        return False
    told = (body.get("out_refund_no"), body.get("out_trade_no"), amount.get("refund"), amount.get("currency", "CNY"))
    return told == (request.refund_key, request.key, request.amount.minor, request.amount.currency)
