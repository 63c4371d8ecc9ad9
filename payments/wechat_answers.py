"""What WeChat Pay's answers prove about one order: compared with what was asked, and never more than they say."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from payments.gateway import Outcome, PaymentResult, Reason, Trouble
from payments.order_notes import OrderNote
from payments.wechat_line import Answer
from retail.money import Money

log = logging.getLogger(__name__)

NOT_FOUND: Final = frozenset({"ORDERNOTEXIST", "ORDERNOTEXISTS", "RESOURCENOTEXISTS"})
STILL_PAYING: Final = "USERPAYING"

# The errors of a payment code order of which WeChat's documents say 'payment confirmed as failed' (pay.weixin.qq.com,
# QuickPay chapter 9_10, column 'payment state'), and which say so of the order itself. Not here, though the same
# column has them: ORDERPAID and OUT_TRADE_NO_USED (an order with our number is there, perhaps paid), ORDERCLOSED and
# ORDERREVERSED (a query says so more surely, with the order's number), and of course SYSTEMERROR and BANKERROR, which
# are 'result unknown'. A word that we do not know proves nothing either.
_DECLINES: Final[Mapping[str, Reason]] = {
    "NOTENOUGH": Reason.FUNDS,
    "AUTHCODEEXPIRE": Reason.EXPIRED_CODE,
    "AUTHCODEEXPIRED": Reason.EXPIRED_CODE,
    "AUTHCODEERROR": Reason.WRONG_CODE,
    "AUTHCODEINVALID": Reason.WRONG_CODE,
    "NOTSUPORTCARD": Reason.REFUSED,  # WeChat's own spelling
    "NOTSUPPORTCARD": Reason.REFUSED,
    "BUYERMISMATCH": Reason.REFUSED,
    "ACCOUNTERROR": Reason.REFUSED,
    "TRADEERROR": Reason.REFUSED,
    "RULELIMIT": Reason.LIMIT,
    **dict.fromkeys(
        ("PARAMERROR", "NOAUTH", "APPIDNOTEXIST", "MCHIDNOTEXIST", "MCHNOTEXISTS", "APPIDMCHIDNOTMATCH"),
        Reason.UNAVAILABLE,  # our settings: nobody's payment can succeed until they are right
    ),
}
_ENDED: Final = frozenset({"REVOKED", "CLOSED"})
_OPENID: Final = re.compile(r"[0-9A-Za-z_-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Whom an answer must be about."""

    app_id: str
    merchant_id: str


def unknown(trouble: Trouble = Trouble.NONE) -> PaymentResult:
    """No proof either way."""
    return PaymentResult(Outcome.UNKNOWN, trouble=trouble)


def declined_by(answer: Answer) -> Reason | None:
    """Why WeChat refused a first order for good; None if its answer is no such proof."""
    reason = _DECLINES.get(answer.error)
    if reason is Reason.UNAVAILABLE:
        log.error("WeChat Pay refuses all orders (%s): check app_id, merchant_id and their contract", answer.error)
    return reason


def order_state(answer: Answer, key: str, whose: Merchant) -> str:
    """The word for the order's state in a proved answer that is about it, else ''.

    WeChat may answer a payment code order with the state alone while the shopper pays, and with nothing else then.
    """
    state = answer.body.get("trade_state") if answer.well else None
    if not isinstance(state, str):
        return ""
    about = {"out_trade_no": key, "mchid": whose.merchant_id, "appid": whose.app_id}
    needed = () if state == STILL_PAYING else ("out_trade_no", "mchid")
    for name, value in about.items():
        if answer.body.get(name, value) != value or (name in needed and name not in answer.body):
            log.error("payment %s: WeChat Pay's answer is about another %s", key, name)
            return ""
    return state


def taken(body: Mapping[str, Any]) -> Money | None:
    """The order's amount as WeChat has it, in fen; None for what is no amount. A shopper's coupons lessen what the
    shopper pays (payer_total), not this."""
    amount = body.get("amount")
    total = amount.get("total") if isinstance(amount, dict) else None
    if not isinstance(amount, dict) or isinstance(total, bool) or not isinstance(total, int) or total <= 0:
        return None
    currency = amount.get("currency", "CNY")  # may be absent, and is then this
    return Money(total, currency) if isinstance(currency, str) else None


def payer(body: Mapping[str, Any], whose: Merchant) -> str:
    """Whose wallet paid an order that is proved to be ours; '' if it does not say. WeChat names a shopper to each app
    differently, so the answer must name ours."""
    said = body.get("payer")
    openid = said.get("openid") if isinstance(said, dict) else None
    if body.get("appid") != whose.app_id or not isinstance(openid, str) or _OPENID.fullmatch(openid) is None:
        return ""
    return f"wechat:{whose.app_id}:{openid}"


def order_result(answer: Answer, key: str, whose: Merchant, note: OrderNote) -> PaymentResult:
    """What a query's (or a payment code order's own) answer proves."""
    if not answer.well:
        return _by_error(answer, note)
    state = order_state(answer, key, whose)
    if state in {"SUCCESS", "REFUND"}:
        return _paid(answer, key, note, whose, given_back=state == "REFUND")
    if state in _ENDED:
        return PaymentResult(Outcome.DECLINED, note.declined or Reason.CANCELLED, _reference(answer.body))
    if state in {STILL_PAYING, "NOTPAY", "PAYERROR"}:
        return _open(state, note)
    return unknown(Trouble.OTHER if answer.body.get("trade_state") else Trouble.GARBLED)


def _open(state: str, note: OrderNote) -> PaymentResult:
    if note.declined is not None and state != STILL_PAYING:
        return PaymentResult(Outcome.DECLINED, note.declined)
    # PAYERROR is 'failed, but reverse it', as the bank may still come round: no proof before that.
    return unknown() if state == "PAYERROR" else PaymentResult(Outcome.PENDING)


def _by_error(answer: Answer, note: OrderNote) -> PaymentResult:
    if answer.error in NOT_FOUND and note.declined is not None:
        return PaymentResult(Outcome.DECLINED, note.declined)
    if answer.error == STILL_PAYING:
        return PaymentResult(Outcome.PENDING)
    if answer.error:
        return unknown(Trouble.SERVER if answer.error in {"SYSTEMERROR", "BANKERROR"} else Trouble.NONE)
    return unknown(answer.trouble if answer.trouble is not Trouble.NONE else Trouble.GARBLED)


def _paid(answer: Answer, key: str, note: OrderNote, whose: Merchant, *, given_back: bool) -> PaymentResult:
    amount, reference = taken(answer.body), _reference(answer.body)
    if amount is None or not reference or note.amount not in {None, amount}:
        log.error("payment %s: WeChat Pay's answer is not about its amount", key)
        return unknown(Trouble.OTHER)
    approved = PaymentResult(Outcome.APPROVED, Reason.NONE, reference, amount, payer=payer(answer.body, whose))
    if not given_back:
        return approved
    # 'Turned into a refund' is one word for all of it, for a part, and for a reversal: our own notes tell which.
    if note.ended:
        return PaymentResult(Outcome.DECLINED, Reason.CANCELLED, reference)
    if note.refunded:
        return approved
    log.error("payment %s: WeChat Pay gave money back that this machine did not ask back", key)
    return unknown(Trouble.OTHER)


def _reference(body: Mapping[str, Any]) -> str:
    reference = body.get("transaction_id")
    return reference if isinstance(reference, str) else ""
