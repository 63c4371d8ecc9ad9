"""Car parks that take free minutes for a car: the contract, the one that pretends, and how one is loaded by name."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from hub.errors import HubError
from hub.membership.plug_ins import load_plug_in

GROUP: Final = "kiosk.car_parks"
PLATE: Final = "plate"
TICKET: Final = "ticket"


class CarParkMissing(HubError):
    """There is no such car park, or it cannot work with its settings."""


class CarParkSilent(HubError):
    """It was not reached, or did not say: nobody knows whether the minutes count. Its words name no car."""


@dataclass(frozen=True, slots=True)
class FreeMinutes:
    """What a car is to be given. `key`: what for; the same key again must not give twice. `kind`: PLATE or TICKET."""

    key: str
    kind: str
    car: str = field(repr=False)
    minutes: int = 0


class CarPark(Protocol):
    """Safe to call from several threads; made from its settings and a folder that it may keep files in."""

    def grant(self, free: FreeMinutes) -> bool:
        """Give a car its minutes, within a few seconds: False if it is not known there. CarParkSilent, and then the
        same may be asked again."""
        ...


class SimulatedCarPark:
    """Knows every car but those whose plate or ticket ends in 0000, in memory: for demo and tests."""

    def __init__(self, settings: Mapping[str, Any], folder: Path) -> None:
        del folder
        if settings:
            raise CarParkMissing(f"car park 'simulated' has no setting {min(settings)!r}; take it out")
        self._guard = threading.Lock()
        self._given: dict[str, int] = {}

    def grant(self, free: FreeMinutes) -> bool:
        """Once for a key."""
        if free.car.endswith("0000"):
            return False
        with self._guard:
            self._given.setdefault(free.key, free.minutes)
        return True

    @property
    def given(self) -> Mapping[str, int]:
        """The minutes, by key."""
        with self._guard:
            return dict(self._given)


def load_car_park(name: str, settings: Mapping[str, Any], folder: Path) -> CarPark:
    """The car park of that name, with its own settings. CarParkMissing."""
    car_park: CarPark = load_plug_in(GROUP, "car park", name, settings, folder, CarParkMissing)
    return car_park
