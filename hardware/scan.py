"""What a scanner read, and the contract that every scanner keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from hardware.errors import HardwareError

SYMBOLOGIES: Final = frozenset(
    {
        "EAN13",
        "EAN8",
        "UPCA",
        "UPCE",
        "CODE128",
        "CODE39",
        "CODE93",
        "CODABAR",
        "ITF",
        "DATABAR",
        "DATABARLTD",
        "DATABAREXP",
        "QR",
        "DATAMATRIX",
        "PDF417",
        "AZTEC",
        "UNKNOWN",
    },
)
"""The names that `Scan.symbology` may have. A keyboard wedge does not tell: UNKNOWN."""

RETAIL: Final = frozenset(
    {"EAN13", "EAN8", "UPCA", "UPCE", "CODE128", "ITF", "DATABAR", "DATABARLTD", "DATABAREXP", "QR", "DATAMATRIX"}
)
"""What a shop's camera looks for; every other kind only adds chances to read a wrong one."""


@dataclass(frozen=True, slots=True)
class Scan:
    text: str
    """What the symbol holds, unjudged: raw `\\x1d` separators kept, no AIM identifier, check digit not looked at.

    UPC-A has 12 digits, UPC-E its 8 compressed ones, DataBar `01` and 14 digits. An add-on of a magazine's code stands
    behind it: `9771234567003` and `12` make 15 digits, with five 18.
    """
    symbology: str
    source: str
    """Name of the device."""
    at: float
    """`time.monotonic()` seconds at which the last character or the picture arrived."""
    gs1: bool | None = None
    """Whether the symbol says that it holds GS1 elements (FNC1 first); None where the device does not tell."""


OnScan: TypeAlias = Callable[[Scan], None]
OnFault: TypeAlias = Callable[[HardwareError | None], None]


class Scanner(Protocol):
    """Opens, reads and reopens its device by itself, on threads of its own.

    The lane must start without its scanner: what fails at the start is a fault like a later one.
    """

    @property
    def name(self) -> str: ...

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        """Return at once; may be called one time. Callbacks come one at a time, on the device's thread.

        `on_fault(error)` once for each outage, `on_fault(None)` when it is over. What a callback
        raises is logged and goes no further.
        """

    def check(self) -> str:
        """Open and close the device once, on the caller's thread: what was found, in a few words, for `kiosk doctor`.

        Not while started. Raises DeviceMissing, DeviceBusy or DeviceRefused, whose text says the remedy.
        """

    def close(self) -> None:
        """Idempotent and silent; no callback after it, but the one that it is called from."""
