"""Reads what a gateway hands back: plug-ins are not ours, and whatever holds not to the contract proves nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from payments.gateway import Outcome, PaymentResult, Reason, Trouble
from retail.masking import scrubbed
from retail.money import Money

logger = logging.getLogger(__name__)

_LONGEST_REFERENCE: Final = 200
_LONGEST_PAYER: Final = 300
_LONGEST_SHOWN: Final = 1000  # a QR code that a phone still reads from a screen


def answer_of(call: Callable[[], PaymentResult], about: str = "a payment") -> PaymentResult:
    """The answer to one gateway call; UNKNOWN if it raises, as the money may have moved. Never raises itself."""
    try:
        return understood(call())
    except BaseException as exc:  # noqa: BLE001 - not even a plug-in's SystemExit may end the thread that settles payments
        # Its text could hold the shopper's code, which no log may.
        logger.error("%s: the gateway raised %s instead of answering", about, type(exc).__name__)  # noqa: TRY400
        return PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)


def understood(answer: object) -> PaymentResult:
    """An answer that keeps to the contract, as it is; one that does not as UNKNOWN, and never an exception."""
    if not isinstance(answer, PaymentResult) or not isinstance(answer.outcome, Outcome):
        logger.error("a gateway answered with something else than a PaymentResult: taken as unknown")
        return PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)
    if answer.paid is not None and not isinstance(answer.paid, Money):
        logger.error("a gateway says what was paid by something else than Money: taken as unknown")
        return PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)
    reason = answer.reason if isinstance(answer.reason, Reason) else Reason.NONE
    reference = answer.reference if isinstance(answer.reference, str) else ""
    # Some gateways repeat the card's number or the shopper's code there; a part of it does not find a payment again.
    whole = scrubbed(reference.encode("utf-8", "replace").decode())[:_LONGEST_REFERENCE]
    trouble = answer.trouble if isinstance(answer.trouble, Trouble) else Trouble.GARBLED
    payer = _payer(answer)
    show = answer.show if isinstance(answer.show, str) and len(answer.show) <= _LONGEST_SHOWN else ""
    return PaymentResult(answer.outcome, reason, whole, answer.paid, trouble, show, answer.stored is True, payer)


def _payer(answer: PaymentResult) -> str:
    """Who paid, only where money was taken: of a payment that came to nothing nobody is to be remembered."""
    payer = answer.payer if isinstance(answer.payer, str) and answer.outcome is Outcome.APPROVED else ""
    return payer if payer.isprintable() and len(payer) <= _LONGEST_PAYER else ""
