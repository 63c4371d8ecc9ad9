"""The light follows the lane, tells of an outage once, and is right again by itself."""

import queue
import threading
from collections.abc import Iterator

import pytest

from hardware.device_thread import Retry
from hardware.errors import DeviceLost, DeviceMissing
from hardware.fakes.light import FakeLight
from hardware.light import Signal
from hardware.light_tower import TowerLight
from kiosk.adapters.signal_light import SignalLight, build_light
from kiosk.config import LightSection
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.signal import ALARM, CALL, DOWN, OFF, OPEN
from tests.hardware.listener import PATIENCE_S

IDLE = LaneView(screen=Screen.IDLE)
HELP = LaneView(screen=Screen.BASKET, help_called=True)


class Bench:
    def __init__(self) -> None:
        self.seen: queue.Queue[Signal] = queue.Queue()
        self.faults: queue.Queue[tuple[str, str]] = queue.Queue()
        self.lamp = FakeLight(on_show=self.seen.put)
        self.light = SignalLight(
            self.lamp,
            fault=lambda device, code: self.faults.put((device, code)),
            retry=Retry(first_s=0.01, longest_s=0.01),
            again_s=0.05,
        )

    def until(self, signal: Signal) -> None:
        while self.seen.get(timeout=PATIENCE_S) != signal:
            pass


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    bench.light.start()
    yield bench
    bench.light.close()


def test_it_follows_what_the_lane_shows(bench: Bench) -> None:
    for view, signal in (
        (IDLE, OPEN),
        (HELP, CALL),
        (LaneView(screen=Screen.PAYMENT_UNKNOWN), ALARM),
        (LaneView(screen=Screen.OUT_OF_SERVICE), DOWN),
        (IDLE, OPEN),
    ):
        bench.light.show(view)
        bench.until(signal)


def test_it_is_told_again_though_nothing_changed_as_it_may_have_lost_its_power(bench: Bench) -> None:
    bench.light.show(IDLE)
    for _ in range(3):
        bench.until(OPEN)


def test_a_light_that_is_lost_is_one_fault_and_right_again_when_it_is_back(bench: Bench) -> None:
    bench.light.show(IDLE)
    bench.until(OPEN)
    bench.lamp.away = DeviceLost("the line is gone", device="light")
    assert bench.faults.get(timeout=PATIENCE_S) == ("light", "hardware.lost")
    bench.lamp.away = DeviceMissing("no light", device="light")
    bench.light.show(HELP)
    bench.lamp.away = None
    assert bench.faults.get(timeout=PATIENCE_S) == ("light", "")
    bench.until(CALL)
    assert bench.faults.empty()


def test_closing_puts_it_out_and_may_be_done_twice(bench: Bench) -> None:
    bench.light.show(HELP)
    bench.until(CALL)
    bench.light.close()
    bench.light.close()
    assert bench.lamp.shown[-1] == OFF


def test_whoever_hears_of_a_fault_cannot_end_the_light() -> None:
    """Qt's objects go before the threads do: a signal of one that is gone raises."""

    def gone(_device: str, _code: str) -> None:
        heard.set()
        raise RuntimeError("Signal source has been deleted")

    heard, seen = threading.Event(), queue.SimpleQueue[Signal]()
    lamp = FakeLight(on_show=seen.put)
    lamp.away = DeviceLost("the line is gone", device="light")
    light = SignalLight(lamp, fault=gone, retry=Retry(first_s=0.01, longest_s=0.01), again_s=0.05)
    light.start()
    assert heard.wait(PATIENCE_S)
    lamp.away = None
    seen.get(timeout=PATIENCE_S)
    light.close()


def test_the_settings_name_the_light() -> None:
    assert build_light(None) is None
    assert isinstance(build_light(LightSection(kind="tower", source="/dev/ttyUSB7")), TowerLight)
    assert isinstance(build_light(LightSection(kind="simulated")), FakeLight)
    with pytest.raises(ValueError, match="path of its device"):
        LightSection(kind="tower")
