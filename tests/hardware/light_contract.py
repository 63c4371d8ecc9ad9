"""What every signal light keeps. A driver's test file derives its class from this one."""

from typing import Protocol

import pytest

from hardware.light import Colour, Light, Signal

GREEN = Signal(frozenset({Colour.GREEN}))
CALL = Signal(frozenset({Colour.YELLOW}), blinking=True)
ALARM = Signal(frozenset({Colour.RED}), blinking=True)
TWO = Signal(frozenset({Colour.GREEN, Colour.YELLOW}))


class Rig(Protocol):
    """A light, and eyes on its lamps."""

    light: Light

    def sees(self, signal: Signal) -> bool:
        """Whether the lamps show this, at the latest in a moment."""


class LightContract:
    @pytest.fixture
    def rig(self) -> Rig:
        raise NotImplementedError

    @pytest.mark.parametrize("signal", [GREEN, CALL, ALARM, TWO, Signal()])
    def test_it_shows_a_signal_and_nothing_else(self, rig: Rig, signal: Signal) -> None:
        rig.light.show(signal)
        assert rig.sees(signal)

    def test_a_signal_replaces_the_one_before(self, rig: Rig) -> None:
        for signal in (ALARM, GREEN, CALL, TWO, Signal(), GREEN, GREEN):
            rig.light.show(signal)
            assert rig.sees(signal)

    def test_closing_puts_it_out_and_may_be_done_twice(self, rig: Rig) -> None:
        rig.light.show(ALARM)
        rig.light.close()
        rig.light.close()
        assert rig.sees(Signal())

    def test_closing_what_never_opened_does_nothing(self, rig: Rig) -> None:
        rig.light.close()

    def test_closed_it_opens_again_by_itself(self, rig: Rig) -> None:
        rig.light.show(GREEN)
        rig.light.close()
        rig.light.show(CALL)
        assert rig.sees(CALL)

    def test_its_check_says_something(self, rig: Rig) -> None:
        assert rig.light.check()
