"""Sale events: the journal's records, their canonical bytes and the hash chain that binds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from json.encoder import encode_basestring
from typing import Any, Final

GENESIS = ""  # previous_hash of event number 1

Body = Mapping[str, Any]


class EventKind(StrEnum):
    """Every kind of record a lane writes."""

    BASKET_STARTED = "basket.started"
    LINE_ADDED = "line.added"
    LINE_QUANTITY_CHANGED = "line.quantity_changed"
    LINE_VOIDED = "line.voided"
    LINE_REPRICED = "line.repriced"
    LINE_UNKNOWN = "line.unknown"
    LINE_STOPPED = "line.stopped"
    LINE_CLEARED = "line.cleared"
    GUIDE_IDENTIFIED = "guide.identified"
    COUPON_PRESENTED = "coupon.presented"
    COUPON_WITHDRAWN = "coupon.withdrawn"
    MEMBER_IDENTIFIED = "member.identified"  # of which clubs, never who
    MEMBER_JOINING = "member.joining"  # with this sale, and to what they consented
    MEMBER_REFUSED = "member.refused"  # no, thanks: not asked again
    BASKET_CANCELLED = "basket.cancelled"
    PAYMENT_INTENDED = "payment.intended"
    PAYMENT_SUBMITTED = "payment.submitted"
    PAYMENT_CANCEL_SENT = "payment.cancel_sent"
    PAYMENT_RESOLVED = "payment.resolved"
    PAYMENT_SET_ASIDE = "payment.set_aside"  # still in doubt: staff keep the goods, the lane serves the next shopper
    PAYMENT_FORWARDED = "payment.forwarded"  # what the bank said of one that the terminal had stored
    BASKET_HANDED_OVER = "basket.handed_over"  # to be paid at the till
    BASKET_FETCHED = "basket.fetched"  # one that another lane handed over; its lines follow
    REFUND_INTENDED = "refund.intended"
    REFUND_SUBMITTED = "refund.submitted"
    REFUND_RESOLVED = "refund.resolved"
    SALE_COMPLETED = "sale.completed"
    RECEIPT_ISSUED = "receipt.issued"
    HELP_CALLED = "help.called"
    HELP_CLEARED = "help.cleared"
    STAFF_ACT = "staff.act"
    LANE_OPENED = "lane.opened"
    LANE_CLOSED = "lane.closed"
    DEVICE_FAULT = "device.fault"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before the journal numbers and chains it."""

    kind: EventKind
    sale_id: str | None
    body: Body


@dataclass(frozen=True, slots=True)
class Event:
    """One record of a lane's journal; `at` is ISO 8601 UTC, `hash` covers all other fields."""

    number: int
    at: str
    kind: str
    sale_id: str | None
    body: Body
    previous_hash: str
    hash: str


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: object) -> str:
    """One text for one value: sorted keys, no spaces, no floats (they would not survive other readers)."""
    return _ENCODER.encode(value)


def event_hash(*, number: int, at: str, kind: str, sale_id: str | None, body: Body, previous_hash: str) -> str:
    """SHA-256 in hex of the canonical JSON list of an event's fields, in this order."""
    return _digest(number, at, kind, sale_id, canonical_json(body), previous_hash)


def hash_with_body(event: Event, body: str) -> str:
    """event_hash of an event whose body's canonical JSON is at hand, as that is nearly all of the work."""
    return _digest(event.number, event.at, event.kind, event.sale_id, body, event.previous_hash)


def _digest(number: int, at: str, kind: str, sale_id: str | None, body: str, previous_hash: str) -> str:
    # Texts one by one, and the list by hand: to set up the encoder for a list costs more than all the rest of it.
    number_text = str(number) if type(number) is int else canonical_json(number)
    text = f"[{number_text},{_text(at)},{_text(kind)},{_text(sale_id)},{body},{_text(previous_hash)}]"
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: str | None) -> str:
    return encode_basestring(value) if isinstance(value, str) else canonical_json(value)


def chained(draft: Draft, *, number: int, at: str, previous_hash: str) -> Event:
    """The draft as event `number` of a chain."""
    digest = event_hash(
        number=number,
        at=at,
        kind=draft.kind,
        sale_id=draft.sale_id,
        body=draft.body,
        previous_hash=previous_hash,
    )
    return Event(number, at, draft.kind, draft.sale_id, draft.body, previous_hash, digest)


def first_break(events: Iterable[Event], *, number: int = 0, head: str = GENESIS) -> tuple[int, str] | None:
    """Walk a chain that continues after (number, head): the first (number, why) that does not fit, or None."""
    for event in events:
        why = why_broken(event, number=number, head=head, digest=hash_with_body(event, canonical_json(event.body)))
        if why:
            return event.number, why
        number, head = event.number, event.hash
    return None


def why_broken(event: Event, *, number: int, head: str, digest: str) -> str:
    """Why an event, whose true hash is `digest`, does not continue a chain after (number, head), or an empty text."""
    if event.number != number + 1:
        return f"number {number + 1} is missing"
    if event.previous_hash != head:
        return "does not follow the event before it"
    return "" if event.hash == digest else "was changed after it was written"
