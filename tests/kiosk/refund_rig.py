"""A lane with the hub's refund book beside it: a real ledger in memory, whose answers can be held, lost or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk.services.refund_book import BookRefused, Promised, Receipt, ReceiptLine, RefundOrder, RefundPorts, RefundSlip
from kiosk.services.refund_view import RefundStage, RefundView
from offline_cache.journal import JournalReader
from payments.gateway import Outcome, PaymentResult
from retail.events import Event
from retail.refunding import Given, SoldLine, left_of, price_parts
from tests.kiosk.lane_rig import BADGE, LaneRig

SALE = "0123456789abcdef0123456789abcdef"
NUMBER = "lane-9-0123456789"
MILK = SoldLine(1, 3, 3000, {"en": "Milk"}, "9521")
APPLES = SoldLine(2, 1, 1676, {"en": "Apples"}, "2101", 842)
PAID = 4676
OFFLINE = BookRefused("offline")


@dataclass
class BenchBook:
    """Promises from a receipt of 46.76, each key once. `route` 'hub': it gives back itself, as `outcome` says."""

    rig: RefundRig
    route: str = "hub"
    gateway: str = "bank"
    lane: str = "lane-9"
    way: str = "wallet"
    outcome: Outcome = Outcome.APPROVED
    refuse: BookRefused | None = None  # instead of any answer, and nothing happens at the hub
    lose: bool = False  # it happens, and no answer comes back
    promised: dict[str, Promised] = field(default_factory=dict)
    parts: dict[str, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)
    orders: list[RefundOrder] = field(default_factory=list)
    told: list[tuple[str, Outcome]] = field(default_factory=list)

    def given(self) -> dict[int, Given]:
        sums: dict[int, Given] = {}
        for key, parts in self.parts.items():
            if self.promised[key].outcome is not Outcome.DECLINED:
                for line, pieces, amount in parts:
                    before = sums.get(line, Given())
                    sums[line] = Given(before.pieces + pieces, before.amount_minor + amount)
        return sums

    def receipt(self, named: str, done: Callable[[Receipt | BookRefused], None]) -> None:
        given = self.given()
        lines = []
        for line in (MILK, APPLES):
            left = left_of(line, given.get(line.number, Given()))
            shown = (line.number, line.names, line.code, line.pieces, line.grams, line.paid_minor)
            lines.append(ReceiptLine(*shown, left.pieces, left.amount_minor))
        rest = sum(line.left_minor for line in lines)
        way = ("CNY", PAID, rest, self.gateway, self.way, "wechat", self.route, tuple(lines))
        found = Receipt(SALE, NUMBER, self.lane, "2026-11-22T03:00:00+00:00", *way)
        self._answer(self.refuse or found, done)

    def order(self, order: RefundOrder, done: Callable[[Promised | BookRefused], None]) -> None:
        self.orders.append(order)
        if self.refuse is not None:
            self._answer(self.refuse, done)
            return
        if order.refund_key not in self.promised:
            self._promise(order)
        known = self.promised[order.refund_key]
        if self.route == "hub" and known.outcome in {Outcome.UNKNOWN, Outcome.PENDING}:
            known = self.promised[order.refund_key] = replace(known, outcome=self.outcome, reference="R1")
        self._answer(OFFLINE if self.lose else known, done)

    def made(self, refund_key: str, result: PaymentResult) -> None:
        self.told.append((refund_key, result.outcome))
        known = self.promised[refund_key]
        if known.outcome is Outcome.UNKNOWN:
            self.promised[refund_key] = replace(known, outcome=result.outcome)

    def _promise(self, order: RefundOrder) -> None:
        parts = price_parts((MILK, APPLES), self.given(), order.parts)
        amount = sum(part.amount_minor for part in parts)
        assert amount == order.amount_minor
        self.parts[order.refund_key] = tuple((part.line, part.quantity, part.amount_minor) for part in parts)
        what = (SALE, NUMBER, "paid-key", self.lane, self.gateway, self.way, "wechat", self.route)
        self.promised[order.refund_key] = Promised(order.refund_key, *what, amount, PAID, "CNY", Outcome.UNKNOWN)

    def _answer(self, answer: object, done: Callable[..., None]) -> None:
        self.rig.answers.append(lambda: self.rig.till.guard(lambda: done(answer)))
        if not self.rig.held:
            self.rig.let_through()


class RefundRig(LaneRig):
    """`held`: the hub's answers wait until `let_through`."""

    def __init__(self, folder: Path) -> None:
        self.held = False
        self.answers: list[Callable[[], None]] = []
        self.slips: list[RefundSlip] = []
        self.book = BenchBook(self)
        super().__init__(folder)

    def restart(self) -> None:
        self.answers.clear()  # nobody is there any more to hear them
        super().restart()

    def refunds(self) -> RefundPorts:
        return RefundPorts(self.book, self.open_refund_events, self._print)

    def _print(self, slip: RefundSlip) -> bool:
        self.slips.append(slip)
        return True

    def open_refund_events(self) -> list[Event]:
        assert self.journal is not None
        return self.journal.open_refunds()

    def let_through(self) -> None:
        while self.answers:
            self.answers.pop(0)()

    def touch(self, act: str, what: str = "", number: int = 0) -> RefundView | None:
        self.till.refund(act, what, number)
        return self.view.refund

    def sheet(self) -> RefundView:
        """The sheet with the receipt found, as an attendant opens it."""
        self.scan(BADGE)
        self.till.staff_act("refund")
        self.till.refund("find", NUMBER, 0)
        assert self.view.refund is not None
        return self.view.refund

    def give(self, *parts: tuple[int, int], why: str = "damaged") -> RefundView:
        """All the way to the confirmation: of these pieces, or of all that is left."""
        self.sheet()
        for line, pieces in parts:
            self.touch("part", str(line), pieces)
        if not parts:
            self.touch("whole")
        self.touch("why", why)
        self.touch("confirm")
        assert self.view.refund is not None
        return self.view.refund

    def stage(self) -> RefundStage | None:
        return None if self.view.refund is None else self.view.refund.stage

    def written(self) -> list[tuple[str, str]]:
        """Kind and outcome of all refund events on disk."""
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return [
                (event.kind.removeprefix("refund."), str(event.body.get("outcome", "")))
                for event in journal.events()
                if event.kind.startswith("refund.")
            ]

    def given_back(self) -> int:
        """What the hub's book has promised or given."""
        return sum(given.amount_minor for given in self.book.given().values())
