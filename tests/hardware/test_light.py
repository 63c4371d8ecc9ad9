"""Signal lights: the tower on a serial line, against one that reads its bytes, and the fake."""

import logging
import os
import threading
import tty

import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.fakes.light import FakeLight, in_words
from hardware.light import Colour, Signal
from hardware.light_tower import TowerLight
from tests.hardware.light_contract import ALARM, CALL, GREEN, TWO, LightContract
from tests.hardware.listener import PATIENCE_S

_LAMPS = {1: Colour.RED, 2: Colour.YELLOW, 4: Colour.GREEN}


class Tower:
    """The tower at the far end of a pty: keeps each lamp's last command."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.lamps: dict[int, int] = dict.fromkeys((1, 2, 4, 8), 2)
        self.unknown: list[int] = []
        self._changed = threading.Condition()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while came := os.read(self._master, 64):
            if self._end.is_set():
                return
            with self._changed:
                for byte in came:
                    self._obey(byte)
                self._changed.notify_all()

    def _obey(self, byte: int) -> None:
        if byte >> 4 not in {1, 2, 4} or byte & 15 not in self.lamps:
            self.unknown.append(byte)
        # As some of them are: one that blinks is not put to a steady light by 'on' alone.
        elif (byte >> 4, self.lamps[byte & 15]) != (1, 4):
            self.lamps[byte & 15] = byte >> 4

    def seen(self) -> Signal:
        lit = {lamp: state for lamp, state in self.lamps.items() if state != 2}
        assert 8 not in lit, "the buzzer sounds"
        assert len(set(lit.values())) <= 1
        return Signal(frozenset(_LAMPS[lamp] for lamp in lit), blinking=4 in lit.values())

    def sees(self, signal: Signal) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.seen() == signal, PATIENCE_S)

    def unplug(self) -> None:
        if not self._end.is_set():
            self._end.set()
            os.write(self._slave, b"x")
            self._thread.join(PATIENCE_S)
            os.close(self._slave)
            os.close(self._master)


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
