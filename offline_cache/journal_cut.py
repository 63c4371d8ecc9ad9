"""How much of a journal's beginning may go: whole sales that are over, old, paid for good, and safe at the hub."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Final

from retail.events import EventKind
from retail.sale import AttemptState

# What `last_cut` wants to see of each event, from the first one on.
CUT_COLUMNS: Final = """number, at, kind, sale_id,
    CASE WHEN kind LIKE 'payment.%' OR kind LIKE 'refund.%' THEN body END"""

Row = tuple[int, str, str, str | None, str | None]


def last_cut(rows: Iterable[Row], *, last: int, before: str, most: int, held: Collection[str] = ()) -> int:
    """The number of the last event that may go, 0 for none; some more than `most` events where a sale is long.

    It stands before a basket.started, so that no sale is cut in two and the latest one always stays. `last` is
    the last number that may go, `before` the time (as events have it) from which on all is kept. It ends at the
    first younger event and before the first sale that is `held`, whatever comes after: a clock that was wrong for a
    while keeps too much, not too little.
    """
    cut = 0
    # Sales with a payment in doubt, or paid and not completed, and refunds that nobody answered for: never let go of.
    unsettled: set[str | None] = set()
    for taken, (number, at, kind, sale_id, body) in enumerate(rows):
        if kind == EventKind.BASKET_STARTED and taken and not unsettled:  # one may be set aside, and settled much later
            cut = number - 1
            if taken >= most:
                break
        if sale_id in held:
            break
        if number > last or at >= before:
            break
        if kind == EventKind.PAYMENT_INTENDED:
            unsettled.add(sale_id)
        elif kind == EventKind.REFUND_INTENDED:
            unsettled.add(_refund(body))
        elif kind == EventKind.REFUND_RESOLVED:
            unsettled.discard(_refund(body))
        elif _settles(kind, body):
            unsettled.discard(sale_id)
    return cut


def _refund(body: str | None) -> str:
    """A refund's key; not to be mistaken for a sale's id."""
    return f"refund {json.loads(body or '{}').get('refund_key')}"


def _settles(kind: str, body: str | None) -> bool:
    """Whether nothing is open any more: an approved payment's sale must be completed too."""
    if kind == EventKind.PAYMENT_RESOLVED:
        return bool(json.loads(body or "{}").get("outcome") == AttemptState.DECLINED)
    return kind == EventKind.SALE_COMPLETED
