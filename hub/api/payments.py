"""Payments that lanes order through the hub."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from hub.api.access import AskingLane, parts_of
from hub.api.wire import PaymentOrder, RefundOrder, read_body
from hub.payment_store import Payment
from payments.gateway import PaymentRequest
from retail.money import Money

router = APIRouter(prefix="/v1/payments")

_T = TypeVar("_T")

Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{6,32}$")]


@router.post("")
async def post_payment(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Ask for money, once for each key."""
    order = await read_body(request, PaymentOrder)
    instrument = "" if order.instrument is None else order.instrument.get_secret_value()
    asked = PaymentRequest(order.key, Money(order.amount_minor, order.currency), order.sale_id, order.way, instrument)
    return _answer(await _done(parts_of(request).payments.start(lane, asked)))


@router.get("/{key}")
async def get_payment(request: Request, key: Key, lane: AskingLane) -> dict[str, Any]:
    """What became of a payment; the gateway is asked if that is not settled."""
    desk = parts_of(request).payments
    known = await run_in_threadpool(desk.find, lane, key)
    if known is not None:
        return _answer(known)
    return _answer(await _done(desk.look_up(lane, key)))


@router.post("/{key}/cancel")
async def post_cancel(request: Request, key: Key, lane: AskingLane) -> dict[str, Any]:
    """End a payment, or bar a key that has not come yet."""
    return _answer(await _done(parts_of(request).payments.cancel(lane, key)))


@router.post("/{key}/refunds")
async def post_refund(request: Request, key: Key, lane: AskingLane) -> dict[str, Any]:
    """Give money back, once for each refund key."""
    order = await read_body(request, RefundOrder)
    refunding = parts_of(request).payments.refund(lane, key, order.refund_key, order.amount_minor)
    refund = await _done(refunding)
    result = refund.result
    return {
        "outcome": result.outcome.value,
        "reason": result.reason.value,
        "reference": result.reference,
        "trouble": result.trouble.value,
        "amount_minor": refund.amount_minor,
    }


async def _done(asked: Future[_T]) -> _T:
    """Its result. Shielded: somebody who hangs up must not cancel what others wait for, or what is on its way."""
    return await asyncio.shield(asyncio.wrap_future(asked))


def _answer(payment: Payment) -> dict[str, Any]:
    """`amount_minor` is the amount asked for, or what the gateway says it took; 0 for a key that was barred. `trouble`:
    why an outcome is open; `show`: the QR code for the shopper, while it is pending.
    """
    result = payment.result
    amount = result.paid or payment.amount
    return {
        "key": payment.key,
        "outcome": result.outcome.value,
        "reason": result.reason.value,
        "reference": result.reference,
        "trouble": result.trouble.value,
        "show": result.show,
        "amount_minor": 0 if amount is None else amount.minor,
        "currency": None if amount is None else amount.currency,
    }
