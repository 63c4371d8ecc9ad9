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
        "ITF",
        "DATABAR",
        "QR",
        "DATAMATRIX",
        "UNKNOWN",
    },
)
"""The names that `Scan.symbology` may have. A keyboard wedge does not tell: UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Scan:
    text: str
    """What the symbol holds, unjudged: raw `\\x1d` separators kept, check digit not looked at."""
    symbology: str
    source: str
    """Name of the device."""
    at: float
    """`time.monotonic()` seconds at which the last character or the picture arrived."""


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

    def close(self) -> None:
        """Idempotent and silent; no callback after it, but the one that it is called from."""
