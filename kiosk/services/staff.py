"""The attendant at the lane: a badge opens a panel with the acts that fit the lane's state; each is journalled."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kiosk.services.lane_view import CaseView, Screen, StaffView
from offline_cache.stored_payments import NOTE_DEBTS
from retail.line import CLEARABLE
from retail.sale import Sale

OPEN_FOR_S: Final = 30


class Act(StrEnum):
    """What an attendant may do here."""

    APPROVE_AGE = "approve_age"
    REFUSE_AGE = "refuse_age"
    REMOVE_PROBLEMS = "remove_problems"
    RECALL_CHECKED = "recall_checked"
    CLEAR_HELP = "clear_help"
    ASK_PAYMENT = "ask_payment"
    SET_ASIDE = "set_aside"
    ASK_ASIDE = "ask_aside"
    PRINT_ASIDE = "print_aside"
    CLOSE_ASIDE = "close_aside"
    NOTE_DEBTS = NOTE_DEBTS
    HAND_OVER = "hand_over"
    CANCEL_BASKET = "cancel_basket"
    CLOSE_LANE = "close_lane"
    OPEN_LANE = "open_lane"
    REPRINT = "reprint"
    REFUND = "refund"
    UNDO_SALE = "undo_sale"


@dataclass(frozen=True, slots=True)
class Badge:
    """A configured badge: who carries it, and the SHA-256 of its code in hex (a code is long and random)."""

    name: str
    sha256: str


class StaffDesk:
    """Who is logged in at the lane, until when. `now` is in steady seconds: the clock may be set at any time."""

    def __init__(self, badges: Sequence[Badge]) -> None:
        self._badges = tuple(badges)
        self._until: float | None = None
        self.who = ""

    def show_badge(self, code: str, now: float) -> bool:
        """Log the badge's owner in; False for a badge that is not ours."""
        digest = hashlib.sha256(code.encode()).hexdigest()
        # Compare with all of them, in constant time: the answer's delay must tell nothing.
        owners = [badge.name for badge in self._badges if hmac.compare_digest(badge.sha256.lower(), digest)]
        if not owners:
            return False
        self.who, self._until = owners[0], now + OPEN_FOR_S
        return True

    def extend(self, now: float) -> None:
        """An act was done: the panel stays for a while longer."""
        if self._until is not None:
            self._until = now + OPEN_FOR_S

    def close(self) -> None:
        """Log out."""
        self.who, self._until = "", None

    def tick(self, now: float) -> bool:
        """Log out when the time is over; True if that just happened."""
        if self._until is None or now < self._until:
            return False
        self.close()
        return True

    def view(self, acts: Sequence[Act], now: float) -> StaffView | None:
        """The panel, while somebody is logged in."""
        if self._until is None:
            return None
        left = max(0, int(self._until - now))
        return StaffView(self.who, tuple(act.value for act in acts), left)


def acts_for(
    screen: Screen,
    sale: Sale | None,
    *,
    help_called: bool,
    can_reprint: bool = False,
    cases: Sequence[CaseView] = (),
    debts: bool = False,
    refunds: bool = False,
) -> list[Act]:
    """The acts that make sense now, the most urgent first."""
    acts = []
    selling = screen in {Screen.BASKET, Screen.PAY}
    if sale is not None and selling:
        if sale.needs_age:
            acts += [Act.APPROVE_AGE, Act.REFUSE_AGE]
        if any(line.problem in CLEARABLE for line in sale.lines):
            acts.append(Act.RECALL_CHECKED)
        if any(line.problem for line in sale.lines):
            acts.append(Act.REMOVE_PROBLEMS)
    if screen is Screen.PAYMENT_UNKNOWN:
        acts += [Act.ASK_PAYMENT, Act.SET_ASIDE]
    acts += _on_cases(cases, screen)
    if help_called:
        acts.append(Act.CLEAR_HELP)
    if sale is not None and screen is Screen.PAY:
        acts.append(Act.HAND_OVER)
    if sale is not None and selling:
        acts.append(Act.CANCEL_BASKET)
    if debts:
        acts.append(Act.NOTE_DEBTS)
    return acts + _between_sales(screen, can_reprint=can_reprint, refunds=refunds)


def _on_cases(cases: Sequence[CaseView], screen: Screen) -> list[Act]:
    """For payments that were set aside: one that has ended comes before those that are still in doubt."""
    ended = next((case for case in cases if case.outcome), None)
    acts = [Act.PRINT_ASIDE] if ended and ended.outcome == "approved" and screen is not Screen.DONE else []
    acts += [Act.CLOSE_ASIDE] if ended else []
    return acts + [Act.ASK_ASIDE] * any(case.aside and not case.outcome for case in cases)


_NOBODY_SHOPS: Final = frozenset({Screen.IDLE, Screen.DONE, Screen.CLOSED, Screen.LIST_TOO_OLD, Screen.NO_WAY})


def _between_sales(screen: Screen, *, can_reprint: bool, refunds: bool) -> list[Act]:
    undo = [Act.UNDO_SALE] if refunds and screen is Screen.DONE else []
    acts = undo + ([Act.REFUND] if refunds and screen in _NOBODY_SHOPS else [])
    acts += [Act.REPRINT] if can_reprint and screen in {Screen.IDLE, Screen.DONE, Screen.CLOSED} else []
    if screen in {Screen.IDLE, Screen.DONE, Screen.LIST_TOO_OLD, Screen.NO_WAY}:
        acts.append(Act.CLOSE_LANE)
    if screen is Screen.CLOSED:
        acts.append(Act.OPEN_LANE)
    return acts
