"""A receipt printer on USB without a kernel driver: found by vendor and product number."""

import contextlib
import errno
from collections.abc import Callable
from typing import Any, Final, TypeVar

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, DeviceTimeout, HardwareError
from hardware.escpos_library import escpos_printers

_T = TypeVar("_T")
_PRINTER_CLASS: Final = 7
_IN: Final = 0x80
_WRITE_MS: Final = 8000
_READ_BYTES: Final = 64
_ACCESS: Final = frozenset({errno.EACCES, errno.EPERM})
_GONE: Final = frozenset({errno.ENODEV, errno.EIO, errno.EPIPE, errno.ESHUTDOWN})


class UsbLine:
    """`vendor` and `product` as `lsusb` prints them; the endpoints are those of its printer interface."""

    def __init__(self, name: str, vendor: int, product: int) -> None:
        self._name = name
        self._vendor = vendor
        self._product = product
        self._printer: Any = None

    @property
    def place(self) -> str:
        return f"USB {self._vendor:04x}:{self._product:04x}"

    def open(self) -> None:
        if self._printer is not None:
            return
        printers = escpos_printers()
        try:
            printer = printers.Usb(self._vendor, self._product, timeout=_WRITE_MS)
            printer.open()
            printer.out_ep, printer.in_ep = _endpoints(printer.device)
        except Exception as exc:
            raise self._error(exc) from exc
        self._printer = printer

    def write(self, content: bytes) -> None:
        self._call(lambda device, printer: device.write(printer.out_ep, content, _WRITE_MS))

    def read(self, timeout_s: float) -> bytes:
        import usb.core  # noqa: PLC0415 - loads libusb, which only such a printer needs

        def read(device: Any, printer: Any) -> bytes:
            if printer.in_ep is None:
                return b""
            try:
                return bytes(device.read(printer.in_ep, _READ_BYTES, max(1, int(timeout_s * 1000))))
            except usb.core.USBTimeoutError:
                return b""

        return self._call(read)

    def close(self) -> None:
        printer, self._printer = self._printer, None
        if printer is not None:
            with contextlib.suppress(Exception):  # unplugged: there is nothing left to close
                printer.close()

    def _call(self, work: Callable[[Any, Any], _T]) -> _T:
        if self._printer is None:
            raise DeviceLost("is not open", device=self._name)
        try:
            return work(self._printer.device, self._printer)
        except HardwareError:
            raise
        except Exception as exc:
            raise self._error(exc) from exc

    def _error(self, exc: Exception) -> HardwareError:
        if type(exc).__name__ == "NoBackendError":
            return DeviceMissing("libusb is not installed; install libusb-1.0-0", device=self._name)
        number = getattr(exc, "errno", None) or getattr(exc.__context__, "errno", None)
        if number in _ACCESS:
            return DeviceRefused(
                f"may not use {self.place}; give the lane's user access by a udev rule", device=self._name
            )
        if number == errno.EBUSY:
            return DeviceBusy(f"another program or driver holds {self.place}; end it", device=self._name)
        if number == errno.ETIMEDOUT:
            return DeviceTimeout("takes no more; look at its paper, cover and lamps", device=self._name)
        if number in _GONE:
            return DeviceLost(f"{self.place} was unplugged or switched off; it is opened again", device=self._name)
        return DeviceMissing(f"no printer at {self.place} ({exc}); plug it in, switch it on", device=self._name)


def _endpoints(device: Any) -> tuple[int, int | None]:
    """Where to write and read. The library's defaults (0x01, 0x82) are right for some printers only."""
    import usb.util  # noqa: PLC0415 - as above

    for interface in device.get_active_configuration():
        if interface.bInterfaceClass == _PRINTER_CLASS:
            bulk = [
                end.bEndpointAddress
                for end in interface
                if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
            ]
            out = next((end for end in bulk if not end & _IN), None)
            if out is not None:
                return out, next((end for end in bulk if end & _IN), None)
    raise OSError(errno.ENODEV, "has no printer interface")
