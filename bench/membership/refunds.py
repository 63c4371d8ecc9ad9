"""Money back in the simulated mall: by the hub's real refund book, in parts or whole, with answers that get lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.membership.lane import SimLane
from bench.membership.visit import Mall
from bench.membership.wire import Lost
from hub.errors import HubError
from hub.refund_store import RefundAsked
from payments.gateway import Outcome, PaymentResult
from retail.refunding import Part

_WHOLE = 0.4
_APPROVED = PaymentResult(Outcome.APPROVED, reference="B")


def give_back(mall: Mall, lane: SimLane) -> None:
    """Some pieces of a sale that the hub has, or all that is left. What was begun is asked for until it is answered."""
    known = [sale for sale in list(mall.truth.sales.values())[-400:] if sale.is_completed and sale.events.had]
    if not known or not lane.online:
        return
    sale, key = mall.rng.choice(known), mall.word()
    line = mall.rng.choice(sale.sale.lines)
    parts = None if mall.rng.random() < _WHOLE else (Part(line.number, 1),)
    asked = RefundAsked(key, sale.id, parts, "damaged", "Li", "Li")
    entry = _until_answered(lambda: lane.wire.ask(lambda: _promised(mall, lane, asked)))
    if entry is None:
        return
    _until_answered(lambda: lane.wire.ask(lambda: mall.hub.refunded(lane.row, key, _APPROVED)))
    sale.given_back[key] = entry.amount_minor


def _promised(mall: Mall, lane: SimLane, asked: RefundAsked) -> Any:
    try:
        return mall.hub.hub.refunds.promise(lane.row, asked)
    except HubError:  # nothing of it is left
        return None


def _until_answered(ask: Callable[[], Any]) -> Any:
    while True:
        try:
            return ask()
        except Lost:
            continue
