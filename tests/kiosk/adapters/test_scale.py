"""The wire from the scale to the till: the newest reading only, few words, and how often it was empty."""

import queue
import threading
from pathlib import Path

import pytest

from hardware.errors import DeviceLost
from hardware.fakes.scale import FakeScale
from hardware.scale import Load, Weight
from hardware.scale_serial import SerialScale
from hardware.scale_socket import SocketScale
from kiosk.adapters.scale import ScaleDesk, build_scale, scale_desk
from kiosk.config import ScaleSection
from kiosk.services.weighing import Pan, ScaleReading
from tests.hardware.listener import PATIENCE_S


class HandScale:
    """Tells just what the test says, when it says so."""

    name = "hand"

    def __init__(self) -> None:
        self.at = 100.0

    def start(self, on_weight, on_fault) -> None:
        self._on_weight, self.fail = on_weight, on_fault

    def tell(self, grams: int, *, after_s: float = 0.02, stable: bool = True, load: Load = Load.WEIGHED) -> None:
        self.at += after_s
        self._on_weight(Weight(grams, stable, self.at, load))

    def check(self) -> str:
        return ""

    def close(self) -> None: ...


class Till:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.told = 0
        self.faults: list[tuple[str, str]] = []

    def changed(self) -> None:
        self.told += 1

    def fault(self, device: str, fault: str) -> None:
        self.faults.append((device, fault))


@pytest.fixture
def hand() -> HandScale:
    return HandScale()


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def desk(hand: HandScale, till: Till) -> ScaleDesk:
    desk = ScaleDesk(hand, min_grams=20)
    desk.start(changed=till.changed, fault=till.fault)
    return desk


def seen(desk: ScaleDesk) -> ScaleReading:
    reading = desk.reading()
    assert reading is not None
    return reading


def test_there_is_no_reading_before_the_first_and_that_is_no_fault(desk, hand) -> None:
    assert desk.reading() is None
    assert desk.fault == ""
    hand.tell(842)
    assert (seen(desk).grams, seen(desk).stable, seen(desk).pan) == (842, True, Pan.WEIGHED)


def test_nobody_is_told_while_nobody_weighs(desk, hand, till) -> None:
    for grams in range(100):
        hand.tell(grams)
    assert till.told == 0
    assert seen(desk).grams == 99


def test_fifty_readings_a_second_are_ten_words_at_most_and_the_last_one_counts(desk, hand, till) -> None:
    desk.watch(watched=True)
    for grams in range(100, 200):  # two seconds
        hand.tell(grams)
        desk.reading()
    assert 15 <= till.told <= 21
    assert seen(desk).grams == 199


def test_a_till_that_has_not_looked_yet_is_not_told_again(desk, hand, till) -> None:
    desk.watch(watched=True)
    for grams in range(50):
        hand.tell(grams, after_s=0.2)
    assert till.told == 1
    desk.reading()
    hand.tell(900, after_s=0.2)
    assert till.told == 2


def test_what_stays_as_it_is_is_told_once(desk, hand, till) -> None:
    desk.watch(watched=True)
    for _ in range(20):
        hand.tell(842, after_s=0.2)
        desk.reading()
    assert till.told == 1
    hand.tell(842, after_s=0.2, stable=False)
    assert till.told == 2


def test_a_change_that_came_too_soon_is_told_with_the_next_reading(desk, hand, till) -> None:
    desk.watch(watched=True)
    hand.tell(100)
    desk.reading()
    hand.tell(842)
    assert till.told == 1
    hand.tell(842, after_s=0.2)
    assert till.told == 2


def test_each_time_it_is_found_empty_counts_once(desk, hand) -> None:
    counted = []
    for grams in (842, 0, 2, 0, 842, -300, 500, 5, 6):
        hand.tell(grams)
        counted.append(seen(desk).emptied)
    assert counted == [0, 1, 1, 1, 1, 2, 2, 3, 3]


def test_motion_is_not_emptiness_and_under_zero_is(desk, hand) -> None:
    hand.tell(842)
    hand.tell(0, load=Load.MOVING, stable=False)
    hand.tell(0, load=Load.OVER, stable=False)
    assert seen(desk).emptied == 0
    hand.tell(0, load=Load.UNDER, stable=False)
    assert (seen(desk).emptied, seen(desk).pan) == (1, Pan.UNDER)


def test_a_lost_scale_has_no_reading_however_young_the_last_one_was(desk, hand, till) -> None:
    hand.tell(842)
    hand.fail(DeviceLost("unplugged", device="hand"))
    assert desk.reading() is None
    assert desk.fault == "hardware.lost"
    hand.fail(None)
    assert (desk.reading(), desk.fault) == (None, "")
    hand.tell(500)
    assert seen(desk).grams == 500
    assert till.faults == [("hand", "hardware.lost"), ("hand", "")]


def test_a_reading_grows_old() -> None:
    scale, told = FakeScale("fake", again_s=PATIENCE_S), threading.Event()
    desk = ScaleDesk(scale, min_grams=20)
    desk.watch(watched=True)
    desk.start(changed=told.set, fault=lambda *_: None)
    scale.put(842)
    assert told.wait(PATIENCE_S)
    first = seen(desk).age_s
    assert 0 <= first < seen(desk).age_s
    desk.close()


def test_a_device_that_does_not_start_is_a_fault_and_stops_nothing() -> None:
    class Broken(HandScale):
        def start(self, on_weight, on_fault) -> None:
            raise DeviceLost("no", device="hand")

    faults: queue.Queue[tuple[str, str]] = queue.Queue()
    ScaleDesk(Broken(), min_grams=20).start(changed=lambda: None, fault=lambda *fault: faults.put(fault))
    assert faults.get(timeout=PATIENCE_S) == ("hand", "hardware.lost")


def test_the_configured_kind_is_built(tmp_path: Path) -> None:
    assert scale_desk(None, tmp_path) is None
    serial = build_scale(ScaleSection(kind="8217", source="/dev/ttyS0"), tmp_path)
    assert isinstance(serial, SerialScale)
    assert str(serial._settings) == "/dev/ttyS0 (9600 7E1)"
    lines = build_scale(ScaleSection(kind="lines", source="/dev/ttyS0", baud_rate=2400), tmp_path)
    assert isinstance(lines, SerialScale)
    assert str(lines._settings) == "/dev/ttyS0 (2400 8N1)"
    odd = build_scale(ScaleSection(kind="lines", source="/dev/ttyS0", parity="odd", data_bits=7), tmp_path)
    assert str(odd._settings) == "/dev/ttyS0 (9600 7O1)"  # type: ignore[attr-defined]
    socket = build_scale(ScaleSection(kind="socket", source="scale.socket", name="demo"), tmp_path)
    assert isinstance(socket, SocketScale)
    assert socket.name == "demo"
