"""A printer on USB: the real pyusb and the real library over a bus of our own, as no printer is plugged in here."""

import errno
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import usb.backend
import usb.core
from usb.backend import libusb1

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, DeviceTimeout
from hardware.printer_escpos import EscposPrinter
from hardware.printer_usb import UsbLine
from tests.hardware.paper_rig import Picture, Works
from tests.hardware.printer_contract import PrinterContract, a_receipt, png_of

VENDOR, PRODUCT = 0x0483, 0x5743
OUT, IN = 0x03, 0x81  # not the endpoints that the library takes for granted


class Bus(usb.backend.IBackend):  # type: ignore[misc] # pyusb ships no types
    """One printer with the descriptors of a common one, and its works behind the two endpoints."""

    def __init__(self, works: Works) -> None:
        self.works = works
        self.plugged = True
        self.refuses: int | None = None
        self.answer = b""

    def enumerate_devices(self) -> Iterator[int]:
        return iter([1] if self.plugged else [])

    def get_parent(self, dev: int) -> None:
        return None

    def get_device_descriptor(self, dev: int) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=1, bus=1, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: int, config: int) -> Any:
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=50, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: int, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2, bInterfaceClass=7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: int, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(OUT, IN)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: int) -> int:
        if self.refuses is not None:
            raise usb.core.USBError("refused", errno=self.refuses)
        return 1

    def close_device(self, dev_handle: int) -> None: ...

    def set_configuration(self, dev_handle: int, config_value: int) -> None: ...

    def get_configuration(self, dev_handle: int) -> int:
        return 1

    def claim_interface(self, dev_handle: int, intf: int) -> None: ...

    def release_interface(self, dev_handle: int, intf: int) -> None: ...

    def reset_device(self, dev_handle: int) -> None: ...

    def bulk_write(self, dev_handle: int, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._must_be_there(ep, OUT)
        self.answer += self.works.hear(bytes(data))
        return len(data)

    def bulk_read(self, dev_handle: int, ep: int, intf: int, buff: Any, timeout: int) -> int:
        self._must_be_there(ep, IN)
        if not self.answer:
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        many = min(len(buff), len(self.answer))
        buff[:many] = type(buff)("B", self.answer[:many])
        self.answer = self.answer[many:]
        return many

    def _must_be_there(self, ep: int, expected: int) -> None:
        assert ep == expected
        if not self.plugged:
            raise usb.core.USBError("No such device", errno=errno.ENODEV)
        if self.refuses is not None:
            raise usb.core.USBError("refused", errno=self.refuses)


class UsbRig:
    def __init__(self, works: Works) -> None:
        self.works = works
        self.bus = Bus(works)
        self.printer = EscposPrinter("printer", UsbLine("printer", VENDOR, PRODUCT), slow_s=2.0)

    def printed(self) -> list[Picture]:
        return self.works.pictures

    def take_paper(self) -> None:
        self.works.rows_left = 0

    def new_roll(self) -> None:
        self.works.new_roll()


@pytest.fixture
def usb_rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[UsbRig]:
    rig = UsbRig(Works())
    monkeypatch.setattr(libusb1, "get_backend", lambda *_args, **_more: rig.bus)
    yield rig
    rig.printer.close()


class TestUsbPrinter(PrinterContract):
    @pytest.fixture
    def rig(self, usb_rig: UsbRig) -> UsbRig:
        return usb_rig


def test_unplugged_it_is_lost_then_missing_and_plugged_in_again_it_prints(usb_rig: UsbRig) -> None:
    usb_rig.printer.state()
    usb_rig.bus.plugged = False
    with pytest.raises(DeviceLost, match="USB 0483:5743 was unplugged"):
        usb_rig.printer.state()
    with pytest.raises(DeviceMissing, match="no printer at USB 0483:5743"):
        usb_rig.printer.state()
    usb_rig.bus.plugged = True
    drawn = a_receipt(576)
    usb_rig.printer.print_picture(png_of(drawn))
    assert np.array_equal(usb_rig.printed()[0][-len(drawn) :], drawn)


@pytest.mark.parametrize(
    ("number", "kind", "remedy"),
    [
        (errno.EACCES, DeviceRefused, "udev rule"),
        (errno.EBUSY, DeviceBusy, "another program"),
        (errno.ETIMEDOUT, DeviceTimeout, "paper, cover"),
    ],
)
def test_what_usb_refuses_is_told_with_its_remedy(
    usb_rig: UsbRig, number: int, kind: type[Exception], remedy: str
) -> None:
    usb_rig.printer.state()
    usb_rig.bus.refuses = number
    with pytest.raises(kind, match=remedy):
        usb_rig.printer.state()


def test_without_libusb_it_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libusb1, "get_backend", lambda *_args, **_more: None)
    for other in ("openusb", "libusb0"):
        monkeypatch.setattr(f"usb.backend.{other}.get_backend", lambda *_args, **_more: None)
    with pytest.raises(DeviceMissing, match="install libusb"):
        EscposPrinter("printer", UsbLine("printer", VENDOR, PRODUCT)).state()
