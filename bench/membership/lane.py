"""A simulated lane: its journal, the open sale as its fold, and the notes that it keeps until the hub has them."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bench.membership import goods
from bench.membership.truth import Told, TrueSale, Truth
from bench.membership.wire import Lost, Wire
from hub.lanes import Lane
from retail.events import GENESIS, Draft, Event, EventKind, chained
from retail.sale import Sale, apply

_POST: Final = 200  # events in one post, as the agent sends them
Note = tuple[Callable[[], object], Told]


@dataclass(slots=True)
class SimLane:
    """`hub_takes` stores events; it is asked again until it has answered, as is every note."""

    row: Lane
    wire: Wire
    truth: Truth
    clock: Callable[[], datetime]
    hub_takes: Callable[[Lane, list[Event]], object]
    online: bool = True
    sale: TrueSale | None = None
    number: int = 0
    head: str = GENESIS
    unsent: deque[Event] = field(default_factory=deque)
    notes: deque[Note] = field(default_factory=deque)

    def write(self, kind: EventKind, sale_id: str, **body: Any) -> Sale:
        """One more event; the sale after it."""
        event = chained(
            Draft(kind, sale_id, body), number=self.number + 1, at=self.clock().isoformat(), previous_hash=self.head
        )
        self.number, self.head = event.number, event.hash
        self.unsent.append(event)
        known = self.truth.sales.get(sale_id)
        after = apply(known.sale if known else None, event)
        assert after is not None
        if known is None:
            known = self.truth.sales[sale_id] = TrueSale(sale_id, -1, after)
        known.sale = after
        return after

    def note(self, told: Told, call: Callable[[], object]) -> None:
        """Put down what the hub has to hear; it is sent with the next events."""
        self.notes.append((call, told))

    def send(self, rng: random.Random) -> None:
        """What the agent does when it has a line: notes and events, in whatever order they come to pass."""
        if not self.online:
            return
        for what in rng.sample((self._send_notes, self._send_events), 2):
            what()

    def _send_notes(self) -> None:
        for _ in range(len(self.notes)):
            call, told = self.notes.popleft()
            told.tried = told.tried or self.truth.tick()
            try:
                self.wire.ask(call)
                told.had = self.truth.tick()
            except Lost:
                self.notes.append((call, told))

    def _send_events(self) -> None:
        while self.unsent:
            post = [self.unsent[place] for place in range(min(_POST, len(self.unsent)))]
            sales = [
                self.truth.sales[one.sale_id] for one in post if one.kind == EventKind.SALE_COMPLETED and one.sale_id
            ]
            for sale in sales:
                sale.events.tried = sale.events.tried or self.truth.tick()
            try:
                self.wire.ask(lambda post=post: self.hub_takes(self.row, post))  # type: ignore[misc]
            except Lost:
                return
            for sale in sales:
                sale.events.had = self.truth.tick()
            for _ in post:
                self.unsent.popleft()

    @property
    def name(self) -> str:
        """As enrolled."""
        return self.row.name

    @property
    def is_quiet(self) -> bool:
        """Nothing waits for the hub."""
        return not self.unsent and not self.notes


def started(lane: SimLane) -> dict[str, Any]:
    """basket.started."""
    return {"store": goods.STORE, "lane": lane.name, "currency": "CNY"}
