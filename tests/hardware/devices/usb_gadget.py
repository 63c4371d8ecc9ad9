"""A USB device that the Linux kernel plays (dummy_hcd with configfs): plugged in, used and pulled out like a real one.

The host's side is /dev/hidraw0, /dev/input/event4, /dev/ttyACM0 or /dev/usb/lp0, by the drivers that a lane has; the
device's side is a file that the test writes to.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from tests.hardware.listener import PATIENCE_S

_GADGETS: Final = Path("/sys/kernel/config/usb_gadget")
_CONTROLLERS: Final = Path("/sys/class/udc")
_SLOW: Final = 6  # times what a device may take elsewhere: the processor is emulated

T = TypeVar("T")


def controller() -> str:
    """The kernel's own USB controller; "" where there is none."""
    if not _GADGETS.is_dir() or not _CONTROLLERS.is_dir():
        return ""
    return next((one.name for one in _CONTROLLERS.iterdir() if one.name.startswith("dummy_udc")), "")


def waited_for(what: Callable[[], T | None]) -> T:
    """What turns up once udev and the drivers have done their work."""
    until = time.monotonic() + PATIENCE_S * _SLOW
    while (found := what()) is None:
        assert time.monotonic() < until, "the kernel did not bring it"
        time.sleep(0.02)
    return found


class UsbGadget:
    """One device of one function: `hid.0`, `acm.0` or `printer.0`, with the attributes that configfs has for it."""

    def __init__(self, function: str, attributes: dict[str, str | bytes], *, product: str, numbers: str) -> None:
        self._folder = _GADGETS / "lane"
        vendor, product_number = numbers.split(":")
        texts = self._folder / "strings/0x409"
        self._function = self._folder / "functions" / function
        self._linked = self._folder / "configs/c.1" / function
        for folder in (self._folder, texts, self._function, self._folder / "configs/c.1"):
            folder.mkdir()
        (self._folder / "idVendor").write_text(f"0x{vendor}")
        (self._folder / "idProduct").write_text(f"0x{product_number}")
        (texts / "product").write_text(product)
        (texts / "serialnumber").write_text("42")
        for name, value in attributes.items():
            (self._function / name).write_bytes(value if isinstance(value, bytes) else value.encode())
        self._linked.symlink_to(self._function)

    def plug_in(self) -> None:
        (self._folder / "UDC").write_text(controller())

    def unplug(self) -> None:
        with contextlib.suppress(OSError):  # it is unplugged already
            (self._folder / "UDC").write_text("\n")

    def remove(self) -> None:
        self.unplug()
        self._linked.unlink()
        for folder in ("configs/c.1", f"functions/{self._function.name}", "strings/0x409", "."):
            (self._folder / folder).rmdir()

    def send(self, path: Path, *reports: bytes) -> None:
        """Each is taken by the host before the next, as the bus is polled."""
        with path.open("wb", buffering=0) as device:
            for report in reports:
                device.write(report)


def opened(path: Path) -> int:
    """A second reader of a device file, that waits for nothing."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def is_silent(descriptor: int) -> bool:
    """Whether nothing has come for it."""
    try:
        return not os.read(descriptor, 4096)
    except BlockingIOError:
        return True
