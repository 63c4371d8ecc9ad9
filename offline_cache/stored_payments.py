"""Payments that a terminal took without the bank, as the journal keeps them: open, waiting for the bank, or a debt.

A table beside the events, written with them: what waits is known at once after any restart, and a debt outlives the
pruning of the events. A payment that may be stored counts from the moment it is intended: it may turn out to be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from retail.events import Event, EventKind

TABLE: Final = """CREATE TABLE stored_payment (key TEXT PRIMARY KEY, sale_id TEXT NOT NULL, way TEXT NOT NULL,
    gateway TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, at TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID"""
COLUMNS: Final = "key, sale_id, way, gateway, amount_minor, currency, at, state, reason"
NOTE_DEBTS: Final = "note_debts"  # the act (staff.act) by which staff say that they have seen the debts

_FROM_INTENT: Final = """INSERT OR REPLACE INTO stored_payment
    SELECT json_extract(body, '$.key'), sale_id, json_extract(body, '$.way'), json_extract(body, '$.gateway'),
           json_extract(body, '$.amount_minor'), json_extract(body, '$.currency'), at, ?, ''
    FROM event WHERE sale_id = ? AND kind = 'payment.intended' AND json_extract(body, '$.key') = ?"""
_GONE: Final = "DELETE FROM stored_payment WHERE key = ?"
_DEBT: Final = "UPDATE stored_payment SET state = 'debt', reason = ? WHERE key = ?"
_NOTED: Final = "UPDATE stored_payment SET state = 'noted' WHERE state = 'debt'"

Step = tuple[str, Sequence[tuple[object, ...]]]


class StoredState(StrEnum):
    """Where a payment without the bank stands."""

    OPEN = "open"  # may be stored: its outcome is not known yet
    WAITING = "waiting"  # stored; the bank has not answered for it
    DEBT = "debt"  # the bank refused it, and the goods are gone
    NOTED = "noted"  # a debt that staff have seen


UNFORWARDED: Final = frozenset({StoredState.OPEN, StoredState.WAITING})


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """One of them; `at` is when it was asked for, ISO 8601 UTC by the lane's clock."""

    key: str
    sale_id: str
    way: str
    gateway: str
    amount_minor: int
    currency: str
    at: str
    state: StoredState
    reason: str = ""


def stored_payment(row: Sequence[Any]) -> StoredPayment:
    """The payment of a row of COLUMNS."""
    key, sale_id, way, gateway, amount_minor, currency, at, state, reason = row
    return StoredPayment(key, sale_id, way, gateway, amount_minor, currency, at, StoredState(state), reason)


def steps(events: Iterable[Event]) -> list[Step]:
    """What the events do to the table, in their order, after they were inserted themselves."""
    return [step for event in events for step in _step(event)]


def _step(event: Event) -> list[Step]:
    body, key = event.body, event.body.get("key")
    if event.kind == EventKind.PAYMENT_INTENDED and body.get("may_store"):
        return [(_FROM_INTENT, [(StoredState.OPEN, event.sale_id, key)])]
    if event.kind == EventKind.PAYMENT_RESOLVED and body.get("outcome") != "unknown":
        if body.get("outcome") == "approved" and body.get("stored"):
            return [(_FROM_INTENT, [(StoredState.WAITING, event.sale_id, key)])]
        return [(_GONE, [(key,)])]
    if event.kind == EventKind.PAYMENT_FORWARDED:
        declined = body.get("outcome") == "declined"
        return [(_DEBT, [(str(body.get("reason") or ""), key)]) if declined else (_GONE, [(key,)])]
    if event.kind == EventKind.STAFF_ACT and body.get("act") == NOTE_DEBTS:
        return [(_NOTED, [()])]
    return []
