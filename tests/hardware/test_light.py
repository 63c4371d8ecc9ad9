"""Signal lights: the tower on a serial line, against one that reads its bytes, and the fake."""

import logging

import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.fakes.light import FakeLight, in_words
from hardware.light import Colour, Signal
from hardware.light_tower import TowerLight
from tests.hardware.light_contract import ALARM, CALL, GREEN, TWO, LightContract
from tests.hardware.tower_rig import Tower


class TowerRig:
    def __init__(self) -> None:
        self.tower = Tower()
        self.light = TowerLight("light", self.tower.path)

    def sees(self, signal: Signal) -> bool:
        return self.tower.sees(signal)


class FakeRig:
    def __init__(self) -> None:
        self.light = FakeLight()

    def sees(self, signal: Signal) -> bool:
        return (self.light.shown or [Signal()])[-1] == signal


class TestTowerLight(LightContract):
    @pytest.fixture
    def rig(self):
        rig = TowerRig()
        yield rig
        rig.light.close()
        rig.tower.unplug()
        assert rig.tower.unknown == []

    def test_a_colour_that_it_lacks_is_left_out(self, rig) -> None:
        rig.light.show(Signal(frozenset({Colour.BLUE, Colour.WHITE, Colour.GREEN})))
        assert rig.sees(GREEN)

    def test_unplugged_it_is_lost_and_then_missing(self, rig) -> None:
        rig.light.show(GREEN)
        rig.tower.unplug()
        with pytest.raises(DeviceLost, match="opened again"):
            rig.light.show(GREEN)
        with pytest.raises(DeviceMissing, match=r"no light at /dev/.*plug it in"):
            rig.light.show(GREEN)
        rig.light.close()

    def test_a_line_that_another_program_holds_is_busy(self, rig) -> None:
        rig.light.show(GREEN)
        with pytest.raises(DeviceBusy, match="another program"):
            TowerLight("second", rig.tower.path).show(GREEN)


class TestFakeLight(LightContract):
    @pytest.fixture
    def rig(self):
        return FakeRig()

    def test_it_says_in_the_log_what_changes(self, rig, caplog) -> None:
        with caplog.at_level(logging.INFO):
            for signal in (GREEN, GREEN, CALL):
                rig.light.show(signal)
        assert [record.message for record in caplog.records] == ["light: green", "light: yellow, blinking"]


@pytest.mark.parametrize(
    ("signal", "words"),
    [(TWO, "green and yellow"), (ALARM, "red, blinking"), (Signal(), "dark"), (Signal(blinking=True), "dark")],
)
def test_a_signal_in_words(signal: Signal, words: str) -> None:
    assert in_words(signal) == words
