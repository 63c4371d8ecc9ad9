"""A scanner that the kernel plays through uinput: its keys are codes for us, and nothing at all for anybody else."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.evdev_scanner import evdev_scanner
from hardware.hand_scanner import HandScanner
from tests.hardware.listener import Listener
from tests.hardware.typist import ALT, CTRL, ENTER, SHIFT, SUPER, Key, press, typed, with_alt

evdev = pytest.importorskip("evdev", reason="python-evdev is for Linux")

pytestmark = pytest.mark.skipif(
    not os.access("/dev/uinput", os.W_OK),
    reason="no /dev/uinput that may be written; packaging/device-vm/run brings one",
)

MILK, PLUMS = "4006381333931", "5901234123457"
NUMBERS = "0c2e:0b61"
PATIENCE_S = 120.0  # an emulated processor is some twenty times slower
ALL_KEYS = range(1, 248)
T = TypeVar("T")


class Typist:
    """A keyboard of the kernel's own."""

    def __init__(self, name: str, numbers: str) -> None:
        vendor, product = (int(number, 16) for number in numbers.split(":"))
        self._keys: Any = evdev.UInput({evdev.ecodes.EV_KEY: list(ALL_KEYS)}, name=name, vendor=vendor, product=product)
        self.path = waited_for(lambda: node_of(name))

    def type(self, keys: list[Key], *, pace_s: float = 0.002) -> None:
        """A frame a key, and a reader's turn after each: the kernel keeps 64 events, and a bus is no faster."""
        for code, value in keys:
            self._keys.write(evdev.ecodes.EV_KEY, code, value)
            self._keys.syn()
            time.sleep(pace_s)

    def unplug(self) -> None:
        """Idempotent, as closing a UInput is not."""
        keys, self._keys = self._keys, None
        if keys is not None:
            keys.close()


@contextlib.contextmanager
def plugged_in(name: str = "Sim Barcode Scanner", numbers: str = NUMBERS) -> Iterator[Typist]:
    typist = Typist(name, numbers)
    try:
        yield typist
    finally:
        typist.unplug()


def node_of(name: str) -> Path | None:
    for file in Path("/sys/class/input").glob("event*/device/name"):
        node = Path("/dev/input") / file.parent.parent.name
        with contextlib.suppress(OSError):
            if file.read_text(encoding="utf-8").strip() == name and os.access(node, os.R_OK):
                return node
    return None


def waited_for(what: Callable[[], T | None]) -> T:
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while (found := what()) is None:
        assert time.monotonic() < deadline, "the kernel did not bring it"
        pause.wait(0.02)
    return found


def times_open(path: Path) -> int:
    """How often this process has it open. To grab it, as a look, could be in the scanner's way."""
    count = 0
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            count += file.readlink() == path
    return count


@pytest.fixture
def listener() -> Listener:
    return Listener(patience_s=PATIENCE_S)


@pytest.fixture
def typist() -> Iterator[Typist]:
    with plugged_in() as typist:
        yield typist


@contextlib.contextmanager
def reading(listener: Listener, typist: Typist, source: str = NUMBERS) -> Iterator[HandScanner]:
    scanner = evdev_scanner("hand", source)
    before = times_open(typist.path)
    listener.listen(scanner)
    try:
        waited_for(lambda: times_open(typist.path) > before or None)
        threading.Event().wait(0.5)  # keys that come with the opening are taken for the rest of a code
        yield scanner
    finally:
        scanner.close()


@pytest.mark.parametrize("source", ["", NUMBERS, "barcode"])
def test_it_is_found_and_its_codes_are_read(typist: Typist, listener: Listener, source: str) -> None:
    with reading(listener, typist, source):
        typist.type(typed(MILK) + press(ENTER) + typed(PLUMS) + press(ENTER))
        assert [listener.scan().text, listener.scan().text] == [MILK, PLUMS]
        typist.type(with_alt(map(ord, "]C101" + MILK.zfill(14) + "10A\x1d21b")) + press(ENTER))
        scan = listener.scan()
    assert (scan.text, scan.gs1) == ("01" + MILK.zfill(14) + "10A\x1d21b", True)
    assert listener.faults.empty()
    assert scan.at == pytest.approx(time.monotonic(), abs=PATIENCE_S)


def test_what_it_types_reaches_no_other_reader_whatever_it_is(typist: Typist, listener: Listener) -> None:
    other = evdev.InputDevice(str(typist.path))
    with reading(listener, typist):
        for modifiers in ((), (CTRL,), (ALT,), (CTRL, ALT), (SUPER,), (CTRL, SHIFT)):
            for key in ALL_KEYS:
                typist.type(press(*modifiers, key))
        typist.type(press(ENTER) + typed(MILK) + press(ENTER))
        while listener.scan().text != MILK:
            pass
        with pytest.raises(BlockingIOError):
            list(other.read())
    other.close()


def test_codes_come_faster_than_anybody_reads_and_none_is_read_by_half(typist: Typist, listener: Listener) -> None:
    long = "1234567890" * 20
    with reading(listener, typist):
        for _ in range(5):
            typist.type(typed(long) + press(ENTER), pace_s=0.0)
        threading.Event().wait(1.0)  # a pause ends what is dropped
        typist.type(typed(MILK) + press(ENTER), pace_s=0.02)
        while (text := listener.scan().text) != MILK:
            assert text == long


def test_another_keyboard_is_left_alone(typist: Typist, listener: Listener) -> None:
    with plugged_in("A person's keyboard", "1234:5678") as keyboard, reading(listener, typist):
        other = evdev.InputDevice(str(keyboard.path))
        keyboard.type(typed("5555") + press(ENTER))
        typist.type(typed(MILK) + press(ENTER))
        assert listener.scan().text == MILK
        assert sum(event.type == evdev.ecodes.EV_KEY for event in other.read()) == 10
        other.close()


def test_a_scanner_that_somebody_holds_is_busy(typist: Typist) -> None:
    other = evdev.InputDevice(str(typist.path))
    other.grab()
    with pytest.raises(DeviceBusy, match="end it"):
        evdev_scanner("hand", NUMBERS).check()
    other.close()
    assert str(typist.path) in evdev_scanner("hand", NUMBERS).check()


def test_unplugged_is_one_fault_and_plugged_in_under_another_number_one_recovery(
    typist: Typist, listener: Listener
) -> None:
    with reading(listener, typist):
        typist.type(typed(MILK))
        typist.unplug()
        assert isinstance(listener.fault(), DeviceLost)
        with plugged_in("Something else", "1234:5678"), plugged_in() as again:
            assert again.path != typist.path
            assert listener.fault() is None
            again.type(typed(PLUMS) + press(ENTER))
            assert listener.scan().text == PLUMS
            assert listener.faults.empty()


def test_a_lane_may_start_before_its_scanner_is_plugged_in(listener: Listener) -> None:
    scanner = evdev_scanner("hand", NUMBERS)
    listener.listen(scanner)
    with contextlib.closing(scanner):
        assert isinstance(listener.fault(), DeviceMissing)
        with plugged_in() as typist:
            assert listener.fault() is None
            typist.type(typed(MILK) + press(ENTER))
            assert listener.scan().text == MILK
