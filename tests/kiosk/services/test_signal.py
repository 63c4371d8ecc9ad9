"""The light over the lane, for every screen and everything that may be the matter on it."""

from dataclasses import replace

import pytest

from hardware.light import Colour
from kiosk.services.lane_view import DoneView, LaneView, LineView, Screen
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from kiosk.services.signal import ALARM, CALL, CARE, DOWN, OFF, OPEN, signal_of

CALM = {
    Screen.IDLE: OPEN,
    Screen.BASKET: OPEN,
    Screen.PAY: OPEN,
    Screen.PAYING: OPEN,
    Screen.PAYMENT_UNKNOWN: ALARM,
    Screen.DONE: OPEN,
    Screen.TO_TILL: OPEN,
    Screen.CLOSED: OFF,
    Screen.LIST_TOO_OLD: DOWN,
    Screen.NO_WAY: DOWN,
    Screen.OUT_OF_SERVICE: DOWN,
}
DONE = DoneView("s", "3-ABC", 100, 0, "", receipt="print")


@pytest.mark.parametrize("screen", Screen)
def test_every_screen_has_its_light(screen: Screen) -> None:
    assert signal_of(LaneView(screen=screen)) == CALM[screen]


@pytest.mark.parametrize("screen", Screen)
def test_a_call_for_help_blinks_yellow_on_all_but_the_screen_that_is_red_already(screen: Screen) -> None:
    expected = ALARM if screen is Screen.PAYMENT_UNKNOWN else CALL
    assert signal_of(LaneView(screen=screen, help_called=True)) == expected


@pytest.mark.parametrize("screen", [Screen.BASKET, Screen.PAY])
def test_an_item_that_is_not_in_the_list_calls_before_anybody_touches_help(screen: Screen) -> None:
    view = LaneView(screen=screen, lines=(LineView(1, "123", problem="unknown"),))
    assert signal_of(view) == CALL
    assert signal_of(replace(view, lines=(LineView(1, "123"),))) == OPEN


@pytest.mark.parametrize("says", PrinterSays)
def test_a_printer_that_needs_somebody_adds_yellow_to_the_green(says: PrinterSays) -> None:
    calm = {PrinterSays.NONE, PrinterSays.OK, PrinterSays.UNKNOWN}
    view = LaneView(screen=Screen.IDLE, printer=PrinterView(says))
    assert signal_of(view) == (OPEN if says in calm else CARE)
    assert signal_of(replace(view, screen=Screen.CLOSED)) == OFF


@pytest.mark.parametrize("says", PrinterSays)
@pytest.mark.parametrize("fate", PrintFate)
def test_a_shopper_whose_receipt_does_not_come_out_calls(says: PrinterSays, fate: PrintFate) -> None:
    view = LaneView(screen=Screen.DONE, printer=PrinterView(says), done=replace(DONE, fate=fate))
    assert (signal_of(view) == CALL) is (says.stuck and fate is PrintFate.WAITING)


def test_only_calls_and_alarms_blink() -> None:
    assert [signal.blinking for signal in (OFF, OPEN, CARE, DOWN, CALL, ALARM)] == [False] * 4 + [True] * 2
    assert {Colour.GREEN, Colour.YELLOW} == CARE.lit
