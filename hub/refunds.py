"""Gives money back by receipt: the book promises it first, then the gateway that took it is asked until it has said."""

from __future__ import annotations

from collections.abc import Callable

from hub.lanes import Lane
from hub.payments_desk import PaymentsDesk
from hub.refund_entry import BY_HUB, RefundEntry
from hub.refund_store import RefundAsked, RefundStore
from hub.refunded_receipt import Receipt
from payments.gateway import PaymentResult


class RefundDesk:
    """Blocking but for the gateways, which the payments desk asks on threads of its own.

    An order may come as often as a lane likes: under its key money is promised once, and given once, as each gateway
    knows the key too.
    """

    def __init__(
        self,
        store: RefundStore,
        payments: PaymentsDesk,
        given_back: Callable[[str], object] = lambda _sale_id: None,
    ) -> None:
        """`given_back` hears of each sale of which something was given back or refused; it never waits or raises. The
        members' books follow it; without it their sweep finds the sale."""
        self._store = store
        self._payments = payments
        self._given_back = given_back

    def receipt(self, lane: Lane, named: str) -> Receipt:
        """What can be given back of a receipt. RefundRefused."""
        return self._store.receipt(lane, named)

    def order(self, lane: Lane, asked: RefundAsked) -> RefundEntry:
        """Promise it, and have it given back if the hub's gateway took the money. RefundRefused, PaymentConflict,
        PaymentError; after a promise only 'ask again' is safe, and that is what the entry's outcome says."""
        return self.give(self._store.promise(lane, asked))

    def give(self, entry: RefundEntry) -> RefundEntry:
        """Ask the hub's gateway for a refund that was promised; one of a lane's own gateway only the lane can make."""
        if entry.settled or entry.route != BY_HUB:
            return entry
        paying = self._store.paying_lane(entry)
        given = self._payments.refund(paying, entry.payment_key, entry.refund_key, entry.amount_minor)
        return self._settled(self._store.settle(entry.refund_key, given.result().result))

    def made(self, lane: Lane, refund_key: str, result: PaymentResult) -> RefundEntry:
        """A lane says what became of a refund that its own gateway makes. PaymentUnknown."""
        return self._settled(self._store.settle(refund_key, result, by=lane))

    def _settled(self, entry: RefundEntry) -> RefundEntry:
        if entry.settled:
            self._given_back(entry.sale_id)
        return entry
