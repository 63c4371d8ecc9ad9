"""A lane under attack: a bank that keeps real accounts and answers badly, a journal that fails, calls that are late."""

from __future__ import annotations

import contextlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from kiosk.adapters.lane_files import RecoveringJournal
from kiosk.adapters.worker import GatewayWorker, Work, Worker
from offline_cache.errors import JournalError, JournalFull
from offline_cache.journal import JournalReader
from offline_cache.stored_payments import StoredPayment
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Traits, Trouble
from retail.events import Draft, Event, EventKind
from retail.money import Money
from retail.sale import Sale, SaleStatus, apply
from tests.kiosk.lane_rig import START, HeldRunner, LaneRig, ScriptedBank

NO_ANSWERS: tuple[object, ...] = (
    PaymentResult(Outcome.UNKNOWN),
    None,
    "approved",
    PaymentResult(cast("Outcome", "approved")),
    PaymentResult(Outcome.APPROVED, paid=Money(1, "CNY")),
    PaymentResult(Outcome.APPROVED, paid=cast("Money", 1280)),
)


@dataclass
class Account:
    """What the bank did under one key; `state` '' until the start arrives; it may take less than `amount`."""

    state: str = ""
    amount: int = 0
    sale_id: str = ""
    got: int = 0
    given: dict[str, int] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        return self.got - sum(self.given.values()) if self.state == "approved" else 0


class ModelBank(ScriptedBank):
    """Takes money for real, each key once; its answers may be lost, nonsense or an exception."""

    def __init__(
        self, rng: random.Random, presents: Presents, *, cancel_refunds: bool, can_be_partial: bool = False
    ) -> None:
        super().__init__(presents)
        self.traits = Traits(
            presents,
            resend_start_is_safe=False,
            cancel_refunds=cancel_refunds,
            works_offline=True,
            can_be_partial=can_be_partial,
        )
        self.rng = rng
        self.honest = False
        self.accounts: dict[str, Account] = {}

    def start(self, request: PaymentRequest) -> PaymentResult:
        account = self.accounts.setdefault(request.key, Account())
        if self._lost():
            return self._nonsense()
        if not account.state:
            account.state = self.rng.choice(("approved", "approved", "declined", "pending"))
            account.amount, account.sale_id = request.amount.minor, request.sale_id
            part = self.traits.can_be_partial and self.rng.random() < 0.3
            account.got = account.amount // 2 if part else account.amount
        return self._answered(account)

    def lookup(self, key: str) -> PaymentResult:
        if self._lost():
            return self._nonsense()
        account = self.accounts.setdefault(key, Account())
        if account.state == "pending" and (self.honest or self.rng.random() < 0.5):
            account.state = self.rng.choice(("approved", "declined"))
        return self._answered(account)

    def cancel(self, key: str) -> PaymentResult:
        if self._lost():
            return self._nonsense()
        account = self.accounts.setdefault(key, Account())
        if account.state != "approved" or self.traits.cancel_refunds:
            account.state = "declined"
        return self._answered(account)

    def refund(self, request: RefundRequest) -> PaymentResult:
        if self._lost():
            return self._nonsense()
        account = self.accounts[request.key]
        if request.refund_key not in account.given:
            if request.amount.minor > account.taken:
                return PaymentResult(Outcome.DECLINED, Reason.REFUSED)
            account.given[request.refund_key] = request.amount.minor
            if not account.taken and self.rng.random() < 0.5:
                account.state = "declined"  # as some banks then say of the payment
        return self._nonsense() if self._lost() else PaymentResult(Outcome.APPROVED)

    def _answered(self, account: Account) -> PaymentResult:
        if self._lost():
            return self._nonsense()
        reference: Any = self.rng.choice(("ref", "\ud800", None, 7, b"x")) if not self.honest else "ref"
        if account.state == "approved":
            whole = account.got == account.amount
            paid = self.rng.choice((None, Money(account.got, "CNY"))) if whole else Money(account.got, "CNY")
            return PaymentResult(Outcome.APPROVED, Reason.NONE, reference, paid)
        if account.state == "declined":
            reason: Any = Reason.FUNDS if self.honest else self.rng.choice((Reason.FUNDS, None, "funds"))
            return PaymentResult(Outcome.DECLINED, reason, reference)
        return PaymentResult(Outcome.PENDING if account.state == "pending" else Outcome.UNKNOWN)

    def _lost(self) -> bool:
        return not self.honest and self.rng.random() < 0.25

    def _nonsense(self) -> PaymentResult:
        if self.rng.random() < 0.3:
            raise self.rng.choice((RuntimeError("line cut"), SystemExit(1), TimeoutError()))
        answer = cast("PaymentResult", self.rng.choice(NO_ANSWERS))
        lie = self.traits.can_be_partial and isinstance(answer, PaymentResult) and answer.paid == Money(1, "CNY")
        # A gateway that may take a part is believed when it says so: the contract is that it never guesses.
        return PaymentResult(Outcome.UNKNOWN) if lie else answer


@dataclass
class PostLater:
    """Stands for the payments thread: work is done when told to."""

    waiting: deque[Work] = field(default_factory=deque)

    def post(self, work: Work) -> None:
        self.waiting.append(work)


class LateRunner(HeldRunner):
    """The real GatewayWorker, on a thread that runs when told to."""

    rig: HostileRig

    def __init__(self, rig: HostileRig) -> None:
        super().__init__(rig)
        self.thread = PostLater(self.waiting)
        self._worker = GatewayWorker(cast("Worker", self.thread), self._hand_back)

    def _hand_back(self, work: Work) -> None:
        if not self.rig.dead:
            self.rig.till.guard(work)

    def run(self, call: Callable[[], PaymentResult], done: Callable[[PaymentResult], None]) -> None:
        if self.rig.rng.random() < self.rig.hang:
            # Given up, as BoundedGateway does: it reaches the bank later, or never, and its answer nobody.
            self.rig.hung.append(call)
            self._worker.run(lambda: PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER), done)
        else:
            self._worker.run(call, done)
        if not self.held:
            self.flush()


class FailingJournal(RecoveringJournal):
    """Fails at random: before anything is written, or after it is on disk, as a commit without an answer does."""

    rng: random.Random | None = None
    rate = 0.0
    free = 1 << 40
    refused_kind = ""
    is_gone = False  # the disk: nothing can be read either

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        if any(draft.kind == self.refused_kind for draft in drafts):
            self.is_gone = True
            raise JournalFull("the disk fails")
        if self.rng is not None and self.rng.random() < self.rate:
            kind = self.rng.choice((JournalFull, JournalError))
            if self.rng.random() < 0.3:
                super().append(*drafts)
            self.close()
            raise kind("the disk fails")
        return super().append(*drafts)

    def stored_payments(self) -> list[StoredPayment]:
        if self.is_gone:
            raise JournalError("the disk fails")
        return super().stored_payments()

    def free_bytes(self) -> int:
        return self.free


class HostileRig(LaneRig):
    """A lane with a model bank, where everything may fail; `calm()` ends the faults."""

    journal: FailingJournal

    def __init__(self, folder: Path, seed: int = 0, *, cancel_refunds: bool = True) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a walk that can be repeated
        self.cancel_refunds = cancel_refunds
        self.rate = 0.0
        self.dead = False  # an answer that comes now finds no lane
        self.hang = 0.0
        self.hung: list[Callable[[], PaymentResult]] = []
        super().__init__(folder)
        self.bank: ModelBank = ModelBank(self.rng, Presents.SHOPPER_CODE, cancel_refunds=cancel_refunds)
        self.terminal: ModelBank = ModelBank(
            self.rng, Presents.TERMINAL, cancel_refunds=not cancel_refunds, can_be_partial=True
        )
        self.runner = LateRunner(self)
        self.restart()

    def open_journal(self) -> FailingJournal:
        journal = FailingJournal(self.folder / "journal.sqlite", lambda: self.now)
        journal.rng, journal.rate = self.rng, self.rate
        return journal

    def fail(self, rate: float) -> None:
        self.rate = self.journal.rate = rate

    def calm(self) -> None:
        self.fail(0.0)
        self.bank.honest = self.terminal.honest = True
        self.hang = 0.0
        self.let_hung_go(1.0)
        self.runner.held = False
        self.runner.flush()

    def let_hung_go(self, share: float) -> None:
        """Some of the calls that were given up reach the bank after all."""
        late = [call for call in self.hung if self.rng.random() < share]
        self.hung = [call for call in self.hung if call not in late]
        for call in late:
            with contextlib.suppress(BaseException):  # whatever the plug-in does then, nobody is there to hear it
                call()

    def aside_in_doubt(self) -> set[str]:
        """The sales that were set aside and are not settled, by the journal alone."""
        sales: dict[str, Sale | None] = {}
        for event in self.events():
            if event.sale_id:
                sales[event.sale_id] = apply(sales.get(event.sale_id), event)
        return {name for name, sale in sales.items() if sale and sale.aside and sale.status is SaleStatus.UNKNOWN}

    def accounts(self) -> dict[str, Account]:
        return {**self.bank.accounts, **self.terminal.accounts}

    def events(self) -> list[Event]:
        with JournalReader(self.folder / "journal.sqlite") as reader:
            return reader.events()

    def completed(self) -> dict[str, Event]:
        return {e.sale_id or "": e for e in self.events() if e.kind == EventKind.SALE_COMPLETED}


__all__ = ["START", "FailingJournal", "HostileRig", "ModelBank"]
