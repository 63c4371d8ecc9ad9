"""A receipt printer on a serial line."""

import contextlib
import errno
from typing import Any, Final

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, HardwareError
from hardware.escpos_library import escpos_printers
from hardware.printer_line import Descriptor

_WRITE_S: Final = 8.0


class SerialLine:
    """`flow`: how the printer says 'wait': 'rtscts' by wires, 'xonxoff' by signs, 'none' not at all."""

    def __init__(self, name: str, path: str, *, baud: int = 115200, flow: str = "none") -> None:
        self._name = name
        self._path = path
        self._baud = baud
        self._flow = flow
        self._printer: Any = None
        self._line: Descriptor | None = None

    @property
    def place(self) -> str:
        return f"{self._path} at {self._baud} baud"

    def open(self) -> None:
        if self._line is not None:
            return
        printers = escpos_printers()
        # dsrdtr: Linux knows no such flow control; the library's default of it would be a promise that nobody keeps.
        printer = printers.Serial(self._path, self._baud, xonxoff=self._flow == "xonxoff", dsrdtr=False)
        try:
            printer.open()
            printer.device.exclusive = True
            printer.device.rtscts = self._flow == "rtscts"
        except Exception as exc:
            _shut(printer)
            raise self._error(exc) from exc
        self._printer = printer
        self._line = Descriptor(printer.device.fileno(), self._name, ends=True, stalled_s=_WRITE_S)

    def write(self, content: bytes) -> None:
        self._opened().write(content)

    def read(self, timeout_s: float) -> bytes:
        return self._opened().read(timeout_s)

    def close(self) -> None:
        printer, self._printer, self._line = self._printer, None, None
        if printer is not None:
            _shut(printer)

    def _opened(self) -> Descriptor:
        if self._line is None:
            raise DeviceLost("is not open", device=self._name)
        return self._line

    def _error(self, exc: Exception) -> HardwareError:
        number = _errno(exc)
        if number == errno.EACCES:
            return DeviceRefused(f"may not open {self._path}; add the lane's user to group dialout", device=self._name)
        if number in {errno.EBUSY, errno.EWOULDBLOCK}:
            return DeviceBusy(f"another program holds {self._path}; end it", device=self._name)
        return DeviceMissing(f"no printer at {self._path} ({exc.__context__ or exc}); plug it in", device=self._name)


def _shut(printer: Any) -> None:
    """Not by the library's own `close`, which waits for every byte to leave: for ever, if the printer takes none."""
    device, printer.device = printer.device, False
    if not device:
        return
    with contextlib.suppress(Exception):  # unplugged: there is nothing left to drop
        device.reset_output_buffer()
    with contextlib.suppress(Exception):
        device.close()


def _errno(exc: BaseException | None) -> int | None:
    """The number of the first system error in a chain: pyserial and the library each wrap once."""
    while exc is not None:
        number = getattr(exc, "errno", None)
        if isinstance(number, int):
            return number
        exc = exc.__cause__ or exc.__context__
    return None
