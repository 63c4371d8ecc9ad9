"""A device's thread never dies of its driver: it says what happened and tries again."""

import queue
import threading

import pytest

from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, HardwareError
from hardware.reports import Reports
from tests.hardware.listener import PATIENCE_S, Listener

QUICK = Retry(first_s=0.001, longest_s=0.001)


class Device:
    """Fails with what is in its script, one session after the other, then works until stopped."""

    def __init__(self, *script: Exception) -> None:
        self.script = list(script)
        self.works = threading.Event()
        self.listener = Listener()
        reports = Reports("device", self.listener.on_scan, self.listener.on_fault)
        self.thread = DeviceThread("device", self._session, reports, QUICK)

    def _session(self, stop, opened) -> None:
        if self.script:
            raise self.script.pop(0)
        opened()
        self.works.set()
        stop.wait(PATIENCE_S)

    def run(self) -> list[HardwareError | None]:
        self.thread.start()
        assert self.works.wait(PATIENCE_S)
        self.thread.stop.set()
        self.thread.join()
        faults: list[HardwareError | None] = []
        while True:
            try:
                faults.append(self.listener.faults.get_nowait())
            except queue.Empty:
                return faults


def test_a_device_that_works_says_nothing() -> None:
    assert Device().run() == []


def test_an_outage_is_told_once_however_often_it_is_tried() -> None:
    missing = DeviceMissing("unplugged", device="device")
    assert Device(missing, DeviceMissing("unplugged", device="device")).run() == [missing, None]


def test_an_outage_that_changes_its_kind_is_told_again() -> None:
    lost, busy = DeviceLost("gone", device="device"), DeviceBusy("taken", device="device")
    assert Device(lost, busy).run() == [lost, busy, None]


def test_a_driver_that_fails_of_its_own_fault_is_logged_and_started_again(caplog) -> None:
    fault, recovered = Device(ZeroDivisionError("oops")).run()
    assert isinstance(fault, HardwareError)
    assert "oops" in str(fault)
    assert recovered is None
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0.5), (2, 1.0), (4, 4.0), (6, 10.0), (5000, 10.0)])
def test_the_wait_doubles_up_to_a_longest(failures: int, seconds: float) -> None:
    assert Retry().after(failures) == seconds


def test_each_kind_of_fault_has_a_code_for_the_shoppers_text() -> None:
    kinds = HardwareError.__subclasses__()
    assert len({kind.code for kind in kinds} | {HardwareError.code}) == len(kinds) + 1
    assert str(DeviceLost("unplugged", device="camera")) == "camera: unplugged"
