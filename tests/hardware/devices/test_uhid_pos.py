"""HID-POS scanners that the kernel plays through uhid: found by what they say they are, read through /dev/hidrawN."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from hardware.errors import DeviceLost, DeviceMissing
from hardware.hidpos import hidpos_scanner
from hardware.input_devices import input_devices
from tests.hardware.devices.uhid_device import UhidDevice
from tests.hardware.hid_pos_layouts import KEYBOARD, MAKERS, Maker
from tests.hardware.listener import Listener

pytestmark = pytest.mark.skipif(
    not os.access("/dev/uhid", os.W_OK), reason="no /dev/uhid that may be written; packaging/device-vm/run brings one"
)

MILK, PLUMS = "4006381333931", "5901234123457"
NUMBERS = "0c2e:0b62"
LONG = "https://example.org/" + "0123456789" * 20
PATIENCE_S = 120.0  # an emulated processor is some twenty times slower


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.name)
def maker(request) -> Maker:
    made: Maker = request.param
    return made


@pytest.fixture
def device(maker: Maker) -> Iterator[UhidDevice]:
    device = plugged_in(maker)
    yield device
    device.unplug()


def plugged_in(maker: Maker) -> UhidDevice:
    return there(UhidDevice("Sim HID-POS", NUMBERS, maker.descriptor))


def there(device: UhidDevice) -> UhidDevice:
    """The kernel makes it in a moment of its own, and two of them in any order."""
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while device.path is None:
        assert time.monotonic() < deadline, "the kernel did not bring it"
        pause.wait(0.02)
    return device


@pytest.fixture
def listener() -> Listener:
    return Listener(patience_s=PATIENCE_S)


def test_its_codes_are_read_in_every_makers_layout(maker: Maker, device: UhidDevice, listener: Listener) -> None:
    scanner = hidpos_scanner("hand", "")
    listener.listen(scanner)
    device.wait_until_read(PATIENCE_S)
    device.report(*maker.reports(MILK.encode()), *maker.reports(LONG.encode(), "]Q1"))
    first, second = listener.scan(), listener.scan()
    scanner.close()
    assert (first.text, second.text) == (MILK, LONG)
    if maker.has_identifier:
        assert (first.symbology, second.symbology, second.gs1) == ("EAN13", "QR", False)
    assert listener.faults.empty()


def test_it_types_nothing(maker: Maker, device: UhidDevice) -> None:
    numbers = [f"{one.vendor}:{one.product}" for one in input_devices() if one.types_digits]
    assert NUMBERS not in numbers
    assert NUMBERS in hidpos_scanner("hand", NUMBERS).check()


def test_unplugged_is_one_fault_and_plugged_in_under_another_number_one_recovery(
    maker: Maker, device: UhidDevice, listener: Listener
) -> None:
    scanner = hidpos_scanner("hand", NUMBERS)
    listener.listen(scanner)
    device.wait_until_read(PATIENCE_S)
    before = device.path
    device.report(maker.reports(LONG.encode())[0])
    device.unplug()
    assert isinstance(listener.fault(), DeviceLost)
    in_its_place = there(UhidDevice("Keyboard", "1234:5678", KEYBOARD))
    again = plugged_in(maker)
    try:
        again.wait_until_read(PATIENCE_S)
        assert listener.fault() is None
        assert again.path != before
        again.report(*maker.reports(PLUMS.encode()))
        assert listener.scan().text == PLUMS
        assert listener.faults.empty()
    finally:
        scanner.close()
        again.unplug()
        in_its_place.unplug()


def test_without_a_scanner_the_remedy_is_said() -> None:
    with pytest.raises(DeviceMissing, match="set it to HID-POS"):
        hidpos_scanner("hand", NUMBERS).check()
