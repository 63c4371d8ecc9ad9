"""What can go wrong with a device, split by who has to act.

HardwareError
├── DeviceMissing   not there, or what it needs is not installed   staff must act
├── DeviceBusy      another program holds it                       staff must act
├── DeviceRefused   there, but we may not or cannot use it         IT must act
├── DeviceLost      was working, is gone                           the driver reopens it by itself
└── DeviceTimeout   said nothing in time                           safe to ask again
"""

from typing import ClassVar


class HardwareError(Exception):
    """`code` picks the shopper's translated text; `str(error)` is English for the log."""

    code: ClassVar[str] = "hardware"

    def __init__(self, message: str, *, device: str) -> None:
        super().__init__(f"{device}: {message}")
        self.device = device


class DeviceMissing(HardwareError):
    code = "hardware.missing"


class DeviceBusy(HardwareError):
    code = "hardware.busy"


class DeviceRefused(HardwareError):
    code = "hardware.refused"


class DeviceLost(HardwareError):
    code = "hardware.lost"


class DeviceTimeout(HardwareError, TimeoutError):
    code = "hardware.timeout"
