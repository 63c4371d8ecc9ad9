"""What Alipay's codes mean for money. Only what is named here proves anything; every other word is UNKNOWN.

Sources: Alipay's own tables of gateway and business codes, as public copies of its documents have them
(open.alitrip.com/docs articles 105806 and 104632; docs.open.alipay.com/api_1). Its own sample till (f2fpay) takes every
business failure but SYSTEM_ERROR for final; we take those that say of themselves that nothing was taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from payments.gateway import Reason, Trouble

DONE: Final = "10000"
SHOPPER_AT_WORK: Final = "10003"  # 'order success pay inprocess': a password, a question on the phone
FAILED: Final = "40004"  # of the business; what failed is in sub_code

WAITING: Final = "WAIT_BUYER_PAY"
PAID: Final = ("TRADE_SUCCESS", "TRADE_FINISHED")  # FINISHED: no longer to be refunded
CLOSED: Final = "TRADE_CLOSED"  # never paid, or wholly given back: either way no money is here, nor can any come

# A payment call that ends so took nothing, and leaves no order that could still be paid.
DECLINES: Final[Mapping[str, Reason]] = {
    "PAYMENT_AUTH_CODE_INVALID": Reason.EXPIRED_CODE,
    "BUYER_BALANCE_NOT_ENOUGH": Reason.FUNDS,
    "BUYER_BANKCARD_BALANCE_NOT_ENOUGH": Reason.FUNDS,
    "ERROR_BALANCE_PAYMENT_DISABLE": Reason.FUNDS,
    "NO_PAYMENT_INSTRUMENTS_AVAILABLE": Reason.FUNDS,
    "TOTAL_FEE_EXCEED": Reason.LIMIT,
    "BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": Reason.LIMIT,
    "BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": Reason.LIMIT,
    "BEYOND_PAY_RESTRICTION": Reason.LIMIT,
    "BEYOND_PER_RECEIPT_RESTRICTION": Reason.LIMIT,
    "BEYOND_PER_RECEIPT_SINGLE_RESTRICTION": Reason.LIMIT,
    "BEYOND_PER_RECEIPT_DAY_RESTRICTION": Reason.LIMIT,
    "MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT": Reason.LIMIT,
    "MERCHANT_PERM_RECEIPT_SINGLE_LIMIT": Reason.LIMIT,
    "MERCHANT_PERM_RECEIPT_DAY_LIMIT": Reason.LIMIT,
    "BUYER_SELLER_EQUAL": Reason.REFUSED,
    "BUYER_ENABLE_STATUS_FORBID": Reason.REFUSED,
    "ERROR_BUYER_CERTIFY_LEVEL_LIMIT": Reason.REFUSED,
    "MOBILE_PAYMENT_SWITCH_OFF": Reason.REFUSED,
    "USER_FACE_PAYMENT_SWITCH_OFF": Reason.REFUSED,
    "PAYMENT_FAIL": Reason.REFUSED,
    "PAYMENT_REQUEST_HAS_RISK": Reason.REFUSED,
    "EXIST_FORBIDDEN_WORD": Reason.UNAVAILABLE,
    "INVALID_PARAMETER": Reason.UNAVAILABLE,
    "ACCESS_FORBIDDEN": Reason.UNAVAILABLE,
    "PARTNER_ERROR": Reason.UNAVAILABLE,
    "SELLER_BEEN_BLOCKED": Reason.UNAVAILABLE,
    "MERCHANT_STATUS_NOT_NORMAL": Reason.UNAVAILABLE,
}
# Not in the table, on purpose: PULL_MOBILE_CASHIER_FAIL (the order is open, its shopper was only not reached) and
# CONTEXT_INCONSISTENT, TRADE_BUYER_NOT_MATCH (there is another order under this number: it may be paid).
# The order is there already: what became of it, a query tells. The second is of a QR code that is asked for again.
ALREADY_THERE: Final = frozenset({"TRADE_HAS_SUCCESS", "APPLY_PC_MERCHANT_CODE_ERROR"})
ALREADY_CLOSED: Final = "TRADE_HAS_CLOSE"
NOT_THERE: Final = "TRADE_NOT_EXIST"

# Too late to cancel, or never to be cancelled: what is paid stays paid.
CANNOT_CANCEL: Final = frozenset(
    {"TRADE_HAS_FINISHED", "TRADE_CANCEL_TIME_OUT", "CANCEL_NOT_ALLOWED", "REASON_TRADE_REFUND_FEE_ERR"}
)
# This refund was not made, unless its own query says that it had been made before.
REFUND_DECLINES: Final = frozenset(
    {
        "TRADE_NOT_EXIST",
        "TRADE_HAS_FINISHED",
        "TRADE_HAS_CLOSE",
        "TRADE_STATUS_ERROR",
        "TRADE_NOT_ALLOW_REFUND",
        "REASON_TRADE_REFUND_FEE_ERR",
        "REFUND_FEE_ERROR",
        "REFUND_AMT_NOT_EQUAL_TOTAL",
        "SELLER_BALANCE_NOT_ENOUGH",
        "REASON_TRADE_BEEN_FREEZEN",
        "REASON_TRADE_STATUS_INVALID",
        "INVALID_PARAMETER",
    }
)

_SERVER: Final = frozenset({"SYSTEM_ERROR", "unknow-error", "app-call-limited", "method-call-limited"})
_OTHER: Final = frozenset({"CONTEXT_INCONSISTENT", "TRADE_BUYER_NOT_MATCH", "DISCORDANT_REPEAT_REQUEST"})
_KEYS: Final = frozenset(
    {
        "invalid-signature",
        "missing-signature-key",
        "missing-signature-config",
        "invalid-app-id",
        "not-online-app",
        "app-cert-expired",
        "missing-app-cert-sn",
        "missing-alipay-root-cert-sn",
    }
)
_RIGHTS: Final = ("20001", "40003", "40006")  # what the merchant's application may do


def trouble_of(code: str, problem: str) -> Trouble:
    """Where to look when an answer is no outcome."""
    if problem in _SERVER or code == "20000":
        return Trouble.SERVER
    if problem in _OTHER:
        return Trouble.OTHER
    if problem == "invalid-timestamp":
        return Trouble.CLOCK
    if problem in _KEYS or code in _RIGHTS:
        return Trouble.KEYS
    return Trouble.GARBLED
