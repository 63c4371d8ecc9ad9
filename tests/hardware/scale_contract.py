"""What every scale keeps, whatever it is made of. A driver's test file derives its class from this one."""

import queue
import threading
import time
from typing import Protocol

import pytest

from hardware.errors import HardwareError
from hardware.scale import Load, Scale, Weight
from tests.hardware.listener import PATIENCE_S


class Rig(Protocol):
    """A scale, and a hand that puts goods on it, takes it away and brings it back."""

    scale: Scale

    def put(self, grams: int) -> None: ...

    def say(self, load: Load) -> None: ...

    def lose(self) -> None: ...


class ScaleListener:
    def __init__(self) -> None:
        self.weights: queue.Queue[Weight] = queue.Queue()
        self.faults: queue.Queue[HardwareError | None] = queue.Queue()
        self.threads: set[threading.Thread] = set()

    def listen(self, scale: Scale) -> None:
        scale.start(self.on_weight, self.on_fault)

    def on_weight(self, weight: Weight) -> None:
        self.threads.add(threading.current_thread())
        self.weights.put(weight)

    def on_fault(self, fault: HardwareError | None) -> None:
        self.faults.put(fault)

    def weight(self) -> Weight:
        return self.weights.get(timeout=PATIENCE_S)

    def fault(self) -> HardwareError | None:
        return self.faults.get(timeout=PATIENCE_S)

    def stable(self, grams: int) -> Weight:
        """The first stable reading of that weight."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            weight = self.weight()
            if weight.stable and weight.grams == grams:
                return weight
        raise AssertionError(f"{grams} g never came to rest")

    def load(self, load: Load) -> Weight:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            weight = self.weight()
            if weight.load is load:
                return weight
        raise AssertionError(f"the scale never said {load}")


class ScaleContract:
    LOADS = tuple(Load)
    """What this kind of scale can say."""

    @pytest.fixture
    def rig(self) -> Rig:
        raise NotImplementedError

    @pytest.fixture
    def listener(self, rig: Rig):
        listener = ScaleListener()
        yield listener
        rig.scale.close()

    def test_what_lies_on_it_is_told_in_grams_with_the_time_it_came(self, rig, listener) -> None:
        before = time.monotonic()
        rig.put(842)
        listener.listen(rig.scale)
        weight = listener.stable(842)
        assert weight.load is Load.WEIGHED
        assert before <= weight.at <= time.monotonic()

    def test_a_weight_that_stays_is_told_again_so_that_its_age_is_known(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        first = listener.stable(842)
        assert 0 < listener.stable(842).at - first.at < 0.5 + PATIENCE_S / 2

    def test_another_weight_follows(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        rig.put(0)
        listener.stable(0)

    @pytest.mark.parametrize("load", [Load.MOVING, Load.OVER, Load.UNDER, Load.UNREADY])
    def test_where_there_is_no_figure_none_is_made_up(self, rig, listener, load) -> None:
        if load not in self.LOADS:
            return  # it has no word for that
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        rig.say(load)
        weight = listener.load(load)
        assert (weight.grams, weight.stable) == (0, False)
        rig.put(500)
        listener.stable(500)

    def test_a_lost_scale_is_told_once_tells_no_weight_and_comes_back_by_itself(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        rig.lose()
        fault = listener.fault()
        assert isinstance(fault, HardwareError)
        assert rig.scale.name in str(fault)
        while not listener.weights.empty():
            listener.weight()
        rig.put(500)
        assert listener.fault() is None
        assert listener.weight().grams != 842
        listener.stable(500)
        assert listener.faults.empty()

    def test_callbacks_come_on_the_devices_own_thread(self, rig, listener) -> None:
        rig.put(1)
        listener.listen(rig.scale)
        listener.weight()
        assert threading.current_thread() not in listener.threads

    def test_a_listener_that_fails_is_logged_and_the_next_weight_still_comes(self, rig, listener, caplog) -> None:
        def fail_first(weight: Weight) -> None:
            empty = listener.weights.empty()
            listener.on_weight(weight)
            if empty:
                raise ZeroDivisionError

        rig.put(842)
        rig.scale.start(fail_first, listener.on_fault)
        listener.stable(842)
        listener.stable(842)
        assert "ZeroDivisionError" in caplog.text

    def test_closing_ends_its_threads_and_may_be_done_twice(self, rig, listener) -> None:
        others = set(threading.enumerate())
        rig.put(842)
        listener.listen(rig.scale)
        listener.weight()
        assert set(threading.enumerate()) > others
        rig.scale.close()
        rig.scale.close()
        assert set(threading.enumerate()) <= others

    def test_closing_before_the_start_does_nothing(self, rig) -> None:
        rig.scale.close()

    def test_closing_from_a_callback_does_not_lock_up(self, rig, listener) -> None:
        done = threading.Event()

        def close_at_once(weight: Weight) -> None:
            rig.scale.close()
            listener.on_weight(weight)
            done.set()

        rig.put(842)
        rig.scale.start(close_at_once, listener.on_fault)
        assert done.wait(PATIENCE_S)
        assert listener.weights.qsize() == 1

    def test_a_working_scale_reports_no_fault(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        assert listener.faults.empty()

    def test_a_check_says_how_it_is_and_leaves_nothing_running(self, rig) -> None:
        others = set(threading.enumerate())
        rig.put(842)
        assert rig.scale.check()
        assert set(threading.enumerate()) <= others
