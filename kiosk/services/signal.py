"""What the light over a lane shows: one look from the end of the aisle says where staff are needed."""

from __future__ import annotations

from typing import Final

from hardware.light import Colour, Signal
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.paper import PrintFate

OFF: Final = Signal()
OPEN: Final = Signal(frozenset({Colour.GREEN}))
CARE: Final = Signal(frozenset({Colour.GREEN, Colour.YELLOW}))
CALL: Final = Signal(frozenset({Colour.YELLOW}), blinking=True)
DOWN: Final = Signal(frozenset({Colour.RED}))
ALARM: Final = Signal(frozenset({Colour.RED}), blinking=True)

_BY_SCREEN: Final = {
    Screen.CLOSED: OFF,
    Screen.LIST_TOO_OLD: DOWN,
    Screen.NO_WAY: DOWN,
    Screen.OUT_OF_SERVICE: DOWN,
    Screen.PAYMENT_UNKNOWN: ALARM,
}


def signal_of(view: LaneView) -> Signal:
    """Red before yellow before green: money in doubt, a lane that is down, a shopper who waits, a roll that ends."""
    signal = _BY_SCREEN.get(view.screen)
    if signal is not None:
        return CALL if signal in {OFF, DOWN} and view.help_called else signal
    if view.help_called or _waits(view):
        return CALL
    goods_wait = any(case.outcome for case in view.cases)  # of a payment that was set aside, and is settled
    return CARE if goods_wait or view.printer.says.needs_staff else OPEN


def _waits(view: LaneView) -> bool:
    """Whether the shopper cannot go on alone, though nobody called."""
    if view.screen in {Screen.BASKET, Screen.PAY}:
        return any(line.problem for line in view.lines)
    done = view.done if view.screen is Screen.DONE else None
    return done is not None and done.fate is PrintFate.WAITING and view.printer.says.stuck
