"""The lane's state machine: which screen follows which step; every pair not in the table is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kiosk.services.lane_view import Screen


class Step(StrEnum):
    """What can happen to a lane as a whole."""

    BEGIN = "begin"
    SHOW_PAY = "show_pay"
    BACK = "back"
    ABANDON = "abandon"
    SUBMIT = "submit"
    DOUBT = "doubt"
    APPROVE = "approve"
    DECLINE = "decline"
    SHOW_CODE = "show_code"
    SET_ASIDE = "set_aside"
    HAND_OVER = "hand_over"
    WAYS_GONE = "ways_gone"
    WAYS_BACK = "ways_back"
    FINISH = "finish"
    CLOSE = "close"
    OPEN = "open"
    LIST_EXPIRES = "list_expires"
    LIST_RENEWED = "list_renewed"
    BREAK = "break"


class IllegalStep(Exception):
    """A step that the lane's present screen does not allow: our own mistake, never the shopper's."""


TRANSITIONS: Final[dict[tuple[Screen, Step], Screen]] = {
    (Screen.IDLE, Step.BEGIN): Screen.BASKET,
    (Screen.DONE, Step.BEGIN): Screen.BASKET,
    (Screen.BASKET, Step.SHOW_PAY): Screen.PAY,
    (Screen.PAY, Step.BACK): Screen.BASKET,
    (Screen.BASKET, Step.ABANDON): Screen.IDLE,
    (Screen.PAY, Step.ABANDON): Screen.IDLE,
    (Screen.PAY, Step.SUBMIT): Screen.PAYING,
    # No (PAYING, ABANDON), and from PAYMENT_UNKNOWN only an answer or staff who keep the goods: the money may be gone.
    (Screen.PAYING, Step.APPROVE): Screen.DONE,
    (Screen.PAYING, Step.DECLINE): Screen.PAY,
    (Screen.PAYING, Step.DOUBT): Screen.PAYMENT_UNKNOWN,
    (Screen.PAYMENT_UNKNOWN, Step.APPROVE): Screen.DONE,
    (Screen.PAYMENT_UNKNOWN, Step.DECLINE): Screen.PAY,
    (Screen.PAYMENT_UNKNOWN, Step.SHOW_CODE): Screen.PAYING,  # not paid yet, and here is what to scan
    (Screen.PAYMENT_UNKNOWN, Step.SET_ASIDE): Screen.IDLE,
    # An answer that could be written ends what put the lane out of service: the shopper must hear of it.
    (Screen.OUT_OF_SERVICE, Step.APPROVE): Screen.DONE,
    (Screen.OUT_OF_SERVICE, Step.DECLINE): Screen.PAY,
    (Screen.OUT_OF_SERVICE, Step.DOUBT): Screen.PAYMENT_UNKNOWN,
    (Screen.PAY, Step.HAND_OVER): Screen.TO_TILL,
    (Screen.TO_TILL, Step.FINISH): Screen.IDLE,
    (Screen.DONE, Step.FINISH): Screen.IDLE,
    (Screen.IDLE, Step.CLOSE): Screen.CLOSED,
    (Screen.DONE, Step.CLOSE): Screen.CLOSED,
    (Screen.LIST_TOO_OLD, Step.CLOSE): Screen.CLOSED,
    (Screen.CLOSED, Step.OPEN): Screen.IDLE,
    (Screen.IDLE, Step.LIST_EXPIRES): Screen.LIST_TOO_OLD,
    (Screen.LIST_TOO_OLD, Step.LIST_RENEWED): Screen.IDLE,
    (Screen.IDLE, Step.WAYS_GONE): Screen.NO_WAY,
    (Screen.NO_WAY, Step.WAYS_BACK): Screen.IDLE,
    (Screen.NO_WAY, Step.CLOSE): Screen.CLOSED,
    **{(screen, Step.BREAK): Screen.OUT_OF_SERVICE for screen in Screen},
}

# Screens with a basket that can still be changed, and those where goods may be added (which begins one).
OPEN_BASKET: Final = frozenset({Screen.BASKET, Screen.PAY})
BROWSABLE: Final = OPEN_BASKET | {Screen.IDLE, Screen.DONE}
# Nobody shops here just now: time for what would keep a shopper waiting.
UNUSED: Final = frozenset({Screen.IDLE, Screen.CLOSED, Screen.LIST_TOO_OLD, Screen.NO_WAY})


def advance(screen: Screen, step: Step) -> Screen:
    """The screen after a step; IllegalStep where the table has none."""
    try:
        return TRANSITIONS[screen, step]
    except KeyError as exc:
        raise IllegalStep(f"{step} on {screen}") from exc
