"""Payments that were set aside in doubt: staff keep the goods, the lane serves others, and the bank is asked on.

Several at once, each with a register of its own, so that its events never mix with those of the lane's open sale. A
restart finds them in the journal. What has ended stays on the staff's list until somebody has seen to the goods.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from kiosk.services.lane_view import CaseView
from kiosk.services.payment_case import CasePorts, PaymentCase, Settled
from kiosk.services.register import Register
from kiosk.services.staff import Act
from kiosk.services.stages import Step
from retail.events import Event, EventKind
from retail.sale import Attempt, Sale, SaleStatus

logger = logging.getLogger(__name__)

_NEXT_AFTER_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Ended:
    """One that is settled, and whose goods still wait: paid, so they are to be handed out, or not, so they go back."""

    register: Register
    sent_at: str

    @property
    def sale(self) -> Sale:
        """The sale."""
        return self.register.open_sale

    @property
    def paid(self) -> bool:
        """Whether the goods are the shopper's."""
        return self.sale.status is SaleStatus.COMPLETED


class AsideDesk:
    """All sales that are set aside, on the till's thread."""

    def __init__(self, register: Register, ports: CasePorts) -> None:
        self._register = register
        self._ports = ports
        self._cases: dict[str, PaymentCase] = {}
        self._ended: dict[str, Ended] = {}
        self._next_at = float("-inf")  # when a touch may count for the next one that has ended

    def take(self, case: PaymentCase, who: str) -> None:
        """Set the lane's open payment aside, in the name of an attendant. JournalError, and it stays the lane's."""
        register = case.register
        register.record(register.draft(EventKind.PAYMENT_SET_ASIDE, key=case.key, by=who))
        self._go_on(case, register.split_off())

    def recover(self) -> None:
        """Take up what the journal has. Raises JournalError; what is being asked just now goes on."""
        # Read first: a case whose question is on its way stays the only one that may write its answer down.
        found = self._register.set_aside()
        cases, self._cases, self._ended = self._cases, {}, {}
        for sale, events in found:
            attempt, register = sale.attempt, self._register.split_off(sale)
            if attempt is None:
                continue
            if sale.status is SaleStatus.UNKNOWN:
                self._go_on(cases.get(attempt.key) or self._case(attempt, register, _sent_at(events)), register)
            elif not _seen_to(events, attempt.key):
                self._ended[attempt.key] = Ended(register, _sent_at(events))

    def tick(self) -> None:
        """Once a second: ask on, of each gateway for one at a time, so that no shopper waits behind many."""
        busy = {self._gateway(case) for case in self._cases.values() if case.asking}
        for case in tuple(self._cases.values()):
            if self._gateway(case) not in busy:
                case.tick()
            if case.asking:
                busy.add(self._gateway(case))

    def ask(self) -> None:
        """Ask for all of them now."""
        for case in tuple(self._cases.values()):
            case.ask()

    @property
    def open(self) -> bool:
        """Whether one is still in doubt."""
        return bool(self._cases)

    @property
    def gateways(self) -> frozenset[str]:
        """Names of the gateways with one still in doubt."""
        return frozenset(self._gateway(case) for case in self._cases.values())

    @property
    def next_ended(self) -> Ended | None:
        """The oldest that has ended and waits for staff; none right after another was seen to, as a second tap of the
        same finger was not meant for goods that nobody has looked at."""
        return next(iter(self._ended.values()), None) if self._ports.steady() >= self._next_at else None

    def seen_to(self, ended: Ended, who: str) -> None:
        """Staff have handed its goods out, or put them back."""
        key = ended.sale.attempts[-1].key
        ended.register.note(EventKind.STAFF_ACT, act=Act.CLOSE_ASIDE.value, by=who, key=key)
        self._ended = {key: one for key, one in self._ended.items() if one is not ended}
        self._next_at = self._ports.steady() + _NEXT_AFTER_S

    def views(self) -> tuple[CaseView, ...]:
        """For the staff's list: those in doubt, then those that have ended."""
        open_ones = (case_view(case) for case in self._cases.values())
        return (*(view for view in open_ones if view is not None), *(_ended_view(one) for one in self._ended.values()))

    def _go_on(self, case: PaymentCase, register: Register) -> None:
        case.register = register
        case.settled = self._told(case)
        self._cases[case.key] = case

    def _case(self, attempt: Attempt, register: Register, sent_at: str) -> PaymentCase:
        return PaymentCase(attempt.key, register, self._ports, _nobody, sent_at=sent_at, taken_up=True)

    def _told(self, case: PaymentCase) -> Settled:
        def settled(step: Step, _reason: str) -> None:
            if step in {Step.APPROVE, Step.DECLINE}:
                self._cases.pop(case.key, None)
                self._ended[case.key] = Ended(case.register, case.sent_at)
                logger.warning("payment %s, set aside in doubt: %s", case.key, step.value)

        return settled

    def _gateway(self, case: PaymentCase) -> str:
        attempt = case.attempt
        return "" if attempt is None else attempt.gateway


def case_view(case: PaymentCase) -> CaseView | None:
    """An open payment as staff see it."""
    attempt = case.attempt
    if attempt is None:
        return None
    sale = case.register.open_sale
    trouble = (case.trouble or attempt.trouble) if case.asked == 0 else case.trouble.value
    return CaseView(
        key=attempt.key,
        way=attempt.way,
        brand=attempt.brand,
        gateway=attempt.gateway,
        amount_minor=attempt.amount_minor,
        currency=sale.currency,
        since=case.sent_at,
        asked=case.asked,
        trouble=str(trouble),
        aside=sale.aside,
    )


def _ended_view(ended: Ended) -> CaseView:
    attempt, sale = ended.sale.attempts[-1], ended.sale
    return CaseView(
        key=attempt.key,
        way=attempt.way,
        brand=attempt.brand,
        gateway=attempt.gateway,
        amount_minor=attempt.amount_minor,
        currency=sale.currency,
        since=ended.sent_at,
        aside=True,
        outcome=attempt.state.value,
    )


def _seen_to(events: list[Event], key: str) -> bool:
    return any(event.kind == EventKind.STAFF_ACT and event.body.get("key") == key for event in events)


def _sent_at(events: list[Event]) -> str:
    return next((event.at for event in reversed(events) if event.kind == EventKind.PAYMENT_SUBMITTED), "")


def _nobody(_step: Step, _reason: str) -> None:
    """Until somebody takes the case."""
