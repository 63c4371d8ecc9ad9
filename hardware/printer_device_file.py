"""A receipt printer behind a device file of the kernel, such as /dev/usb/lp0."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, HardwareError
from hardware.printer_line import Descriptor

_REMEDY: Final = {
    errno.EACCES: "add the lane's user to group lp",
    errno.EPERM: "add the lane's user to group lp",
}


class DeviceFileLine:
    """Not by python-escpos: its File printer only writes, and here the printer's answers come back the same way."""

    def __init__(self, name: str, path: Path | str) -> None:
        self._name = name
        self._path = str(path)
        self._number: int | None = None
        self._line: Descriptor | None = None

    @property
    def place(self) -> str:
        return self._path

    def open(self) -> None:
        if self._line is not None:
            return
        try:
            self._number = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as exc:
            raise self._error(exc) from exc
        if not stat.S_ISCHR(os.fstat(self._number).st_mode):  # a plain file takes every receipt, and nobody gets one
            self.close()
            raise DeviceRefused(f"{self._path} is no device; correct its place", device=self._name)
        # usblp answers a read without data with nothing at all on some kernels: that is silence, not an end.
        self._line = Descriptor(self._number, self._name, ends=False)

    def write(self, content: bytes) -> None:
        self._opened().write(content)

    def read(self, timeout_s: float) -> bytes:
        return self._opened().read(timeout_s)

    def close(self) -> None:
        number, self._number, self._line = self._number, None, None
        if number is not None:
            os.close(number)

    def _opened(self) -> Descriptor:
        if self._line is None:
            raise DeviceLost("is not open", device=self._name)
        return self._line

    def _error(self, exc: OSError) -> HardwareError:
        if exc.errno in _REMEDY:
            return DeviceRefused(f"may not open {self._path}; {_REMEDY[exc.errno]}", device=self._name)
        if exc.errno == errno.EBUSY:
            return DeviceBusy(f"another program holds {self._path}; end it", device=self._name)
        return DeviceMissing(f"no printer at {self._path} ({exc.strerror}); plug it in", device=self._name)
