"""A HID device that the kernel plays through uhid: given its report descriptor, it is there as /dev/hidrawN.

Events as in linux/uhid.h.
"""

import os
import select
import struct
from pathlib import Path
from typing import Final

from hardware.hidraw import hid_devices

_DESTROY, _OPEN, _CREATE2, _INPUT2 = 1, 4, 11, 12
_BUS_USB: Final = 3
_LONGEST: Final = 4096
_EVENT_SIZE: Final = 4380
"""struct uhid_event, packed: the largest is CREATE2."""


class UhidDevice:
    def __init__(self, name: str, numbers: str, descriptor: bytes) -> None:
        self._numbers = numbers
        vendor, product = (int(number, 16) for number in numbers.split(":"))
        self._fd = os.open("/dev/uhid", os.O_RDWR | os.O_CLOEXEC)
        names = struct.pack("128s64s64s", name.encode(), b"", b"")
        facts = struct.pack("=HHIIII", len(descriptor), _BUS_USB, vendor, product, 0x100, 0)
        self._write(_CREATE2, names + facts + descriptor.ljust(_LONGEST, b"\0"))

    @property
    def path(self) -> Path | None:
        """As soon as it is there."""
        of_its_kind = (one for one in hid_devices() if f"{one.vendor}:{one.product}" == self._numbers)
        return next((one.path for one in of_its_kind if one.path.exists()), None)

    def wait_until_read(self, patience_s: float) -> None:
        """Until somebody opened it."""
        while True:
            ready, _, _ = select.select([self._fd], [], [], patience_s)
            assert ready, "nobody opened the device"
            if struct.unpack_from("I", os.read(self._fd, _EVENT_SIZE))[0] == _OPEN:
                return

    def report(self, *reports: bytes) -> None:
        for one in reports:
            self._write(_INPUT2, struct.pack("H", len(one)) + one)

    def unplug(self) -> None:
        if self._fd >= 0:
            self._write(_DESTROY, b"")
            os.close(self._fd)
            self._fd = -1

    def _write(self, kind: int, body: bytes) -> None:
        os.write(self._fd, struct.pack("I", kind) + body)
