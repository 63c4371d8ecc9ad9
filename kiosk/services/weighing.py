"""Goods on the lane's own scale: what may be taken, and what is said where it may not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from retail.money import divide_half_up
from retail.product import Listing

_OLDEST_S: Final = 1.0
"""An older figure may be of goods that are gone by now."""
_GRAMS_PER_KG: Final = 1000
_EMPTY_SHARE: Final = 4


class Pan(StrEnum):
    """What a scale says of what lies on it, see hardware.scale.Load."""

    WEIGHED = "weighed"
    MOVING = "moving"
    OVER = "over"
    UNDER = "under"
    UNREADY = "unready"


class Weighs(StrEnum):
    """How far a weighing is; catalogue key `weigh.<value>`."""

    EMPTY = "empty"
    SETTLING = "settling"
    READY = "ready"
    LIGHT = "light"  # less than the scale may weigh, or than bag and tray alone
    LEFT = "left"  # it may hold what was taken already
    OVER = "over"
    UNDER = "under"
    UNREADY = "unready"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ScaleReading:
    """The newest reading. `emptied` grows each time that the scale was found empty; `grams` is as hardware.scale's."""

    grams: int
    stable: bool
    age_s: float
    emptied: int
    pan: Pan = Pan.WEIGHED


class LaneScale(Protocol):
    """The lane's scale; methods may be called from any thread, and return at once."""

    @property
    def min_grams(self) -> int:
        """Less than this is not weighed: the scale's smallest load."""
        ...

    @property
    def fault(self) -> str:
        """Why it does not weigh (`HardwareError.code`); "" while it does."""
        ...

    def reading(self) -> ScaleReading | None:
        """None while it is lost, or has told nothing yet."""
        ...

    def watch(self, *, watched: bool) -> None:
        """Whether changes are waited for: only then is the till told of them."""
        ...


@dataclass(frozen=True, slots=True)
class Spent:
    """A weight that is on a line already: the scale must be emptied before it weighs the next."""

    sale_id: str
    line: int
    grams: int
    emptied: int


@dataclass(frozen=True, slots=True)
class Weighing:
    """Goods that are to be weighed now."""

    listing: Listing
    spent: Spent | None = None

    @property
    def tare_grams(self) -> int:
        """What bag or tray weigh."""
        return max(0, self.listing.product.tare_grams)


@dataclass(frozen=True, slots=True)
class WeighingView:
    """A weighing as shown. `grams` is what lies there without bag and tray, None where the scale shows no figure;
    `price_minor` what that would cost."""

    state: Weighs
    sku: str
    names: Mapping[str, str]
    picture: str
    unit_minor: int
    tare_grams: int = 0
    grams: int | None = None
    price_minor: int | None = None


def weighing_view(weighing: Weighing, scale: LaneScale) -> WeighingView:
    """What to show of a weighing now."""
    reading = scale.reading()
    state = _state(weighing, reading, scale.min_grams)
    product, unit_minor = weighing.listing.product, weighing.listing.price.unit_minor
    grams = price = None
    if reading is not None and reading.pan is Pan.WEIGHED and reading.age_s <= _OLDEST_S:
        grams = 0 if is_empty(reading.grams, scale.min_grams) else reading.grams - weighing.tare_grams
        if grams > 0 and state in {Weighs.READY, Weighs.SETTLING}:
            price = divide_half_up(unit_minor * grams, _GRAMS_PER_KG)
    return WeighingView(
        state, product.sku, product.names, product.picture, unit_minor, weighing.tare_grams, grams, price
    )


def is_empty(grams: int, min_grams: int) -> bool:
    """Whether nothing but dust lies there."""
    return abs(grams) * _EMPTY_SHARE <= min_grams


def _state(weighing: Weighing, reading: ScaleReading | None, min_grams: int) -> Weighs:
    if reading is None:
        return Weighs.LOST
    if reading.age_s > _OLDEST_S or reading.pan is Pan.MOVING:
        return Weighs.SETTLING
    if reading.pan is not Pan.WEIGHED:
        return _NO_FIGURE[reading.pan]
    if is_empty(reading.grams, min_grams):
        return Weighs.EMPTY
    return _at_rest(weighing, reading, min_grams) if reading.stable else Weighs.SETTLING


def _at_rest(weighing: Weighing, reading: ScaleReading, min_grams: int) -> Weighs:
    if reading.grams < 0:
        return Weighs.UNDER
    if _is_left(weighing.spent, reading, min_grams):
        return Weighs.LEFT
    enough = reading.grams >= min_grams and reading.grams > weighing.tare_grams
    return Weighs.READY if enough else Weighs.LIGHT


def _is_left(spent: Spent | None, reading: ScaleReading, min_grams: int) -> bool:
    """Whether what was taken may still lie there, alone or under more; much less than it can only be something else."""
    return spent is not None and reading.emptied == spent.emptied and reading.grams > spent.grams - min_grams


_NO_FIGURE: Final = {Pan.OVER: Weighs.OVER, Pan.UNDER: Weighs.UNDER, Pan.UNREADY: Weighs.UNREADY}
