"""Money back by receipt: what can be given back, the order, and what a lane's own gateway made of one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from hub.api.access import AskingLane, parts_of
from hub.api.wire import AMOUNT, KEY, Strict, read_body
from hub.refund_entry import BY_HUB, BY_LANE, RefundEntry
from hub.refund_store import RefundAsked
from hub.refunded_receipt import Receipt
from payments.gateway import Outcome, PaymentResult, Reason
from retail.refunding import NOTHING, REASONS, Part, left_of

router = APIRouter(prefix="/v1")

_LINES: Final = 1000
_Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
_Receipt = Annotated[str, Path(max_length=80)]
_RefundKey = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{6,32}$")]


class _LineWanted(Strict):
    line: Annotated[int, Field(ge=1, le=1_000_000)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class _Order(Strict):
    """`lines` null is all that is left; `amount_minor` the sum that staff confirmed."""

    refund_key: KEY
    receipt: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    lines: Annotated[list[_LineWanted], Field(max_length=_LINES)] | None = None
    amount_minor: AMOUNT | None = None
    why: Annotated[str, Field(pattern=f"^({'|'.join(REASONS)})$")]
    by: Annotated[_Text, Field(min_length=1)]
    approved_by: _Text = ""

    def asked(self) -> RefundAsked:
        """The order."""
        parts = None if self.lines is None else tuple(Part(one.line, one.quantity) for one in self.lines)
        approved_by = self.approved_by or self.by
        return RefundAsked(self.refund_key, self.receipt, parts, self.why, self.by, approved_by, self.amount_minor)


class _Made(Strict):
    """What a lane's gateway said of a refund."""

    outcome: Annotated[str, Field(pattern="^(approved|declined|pending|unknown)$")]
    reason: Annotated[str, Field(max_length=64, pattern=r"^[a-z_]*$")] = ""
    reference: _Text = ""


@router.get("/receipts/{named}")
async def get_receipt(request: Request, named: _Receipt, lane: AskingLane) -> dict[str, Any]:
    """What was paid, and what can still be given back."""
    return _receipt(await run_in_threadpool(parts_of(request).refunds.receipt, lane, named))


@router.post("/refunds")
async def post_refund(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Promise a refund, once for each key, and make it if the hub's gateway took the money."""
    order = await read_body(request, _Order)
    return _entry(await run_in_threadpool(parts_of(request).refunds.order, lane, order.asked()))


@router.post("/refunds/{refund_key}/result")
async def post_result(request: Request, refund_key: _RefundKey, lane: AskingLane) -> dict[str, Any]:
    """What became of a refund that the lane's own gateway makes."""
    made = await read_body(request, _Made)
    result = PaymentResult(Outcome(made.outcome), _reason(made.reason), made.reference)
    return _entry(await run_in_threadpool(parts_of(request).refunds.made, lane, refund_key, result))


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError:  # a newer lane may know more
        return Reason.REFUSED


def _receipt(receipt: Receipt) -> dict[str, Any]:
    given, attempt = receipt.given, receipt.attempt
    lines = []
    for line in receipt.sold:
        left = left_of(line, given.get(line.number, NOTHING))
        lines.append(
            {
                "line": line.number,
                "names": dict(line.names),
                "code": line.code,
                "pieces": line.pieces,
                "grams": line.grams,
                "paid_minor": line.paid_minor,
                "left": left.pieces,
                "left_minor": left.amount_minor,
            }
        )
    return {
        "sale_id": receipt.sale_id,
        "receipt_number": receipt.number,
        "lane": receipt.lane,
        "completed_at": receipt.completed_at,
        "currency": receipt.currency,
        "paid_minor": receipt.paid_minor,
        "left_minor": receipt.left_minor,
        "payment_key": attempt.key,
        "gateway": attempt.gateway,
        "way": attempt.way,
        "brand": attempt.brand,
        "route": BY_LANE if receipt.paying is None else BY_HUB,
        "lines": lines,
        "refunds": [_entry(entry) for entry in receipt.refunds],
    }


def _entry(entry: RefundEntry) -> dict[str, Any]:
    return {
        "refund_key": entry.refund_key,
        "sale_id": entry.sale_id,
        "receipt_number": entry.receipt_number,
        "payment_key": entry.payment_key,
        "lane": entry.paid_by_lane,
        "gateway": entry.gateway,
        "way": entry.way,
        "brand": entry.brand,
        "route": entry.route,
        "amount_minor": entry.amount_minor,
        "paid_minor": entry.paid_minor,
        "currency": entry.currency,
        "lines": [[part.line, part.quantity, part.amount_minor] for part in entry.parts],
        "outcome": entry.outcome.value,
        "reason": entry.reason,
        "reference": entry.reference,
    }
