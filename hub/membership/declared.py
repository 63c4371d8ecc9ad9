"""The tables of a membership file as TOML writes them, each value checked by itself; see docs/membership-file.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hub.membership.benefit import Give, On
from retail.membership.programme import OWN_CLUB, Joins, Purpose

_MOST_MINOR: Final = 999_999_999
_MOST_POINTS: Final = 1_000_000_000
_MOST_DAYS: Final = 3660
_MOST_MINUTES: Final = 10_080
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, as far as screens go


def _an_id(value: str) -> str:
    if _ID.fullmatch(value) is None:
        raise ValueError(f"{value!r} is no id; take 1 to 64 letters (A-Z), digits, '.', '_' or '-'")
    return value


def _texts(value: dict[str, str]) -> dict[str, str]:
    if not value or not all(tag and text.strip() for tag, text in value.items()):
        raise ValueError('has no text; write one for each language, such as en = "…"')
    if strange := [tag for tag in value if _LANGUAGE.fullmatch(tag) is None]:
        raise ValueError(f"has a text in {strange[0]!r}, which is no language; write en, zh-CN, zh-TW or the like")
    return value


def _as_text(value: object) -> object:
    """A version may be written as a number or a day."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, AfterValidator(_an_id)]
Texts = Annotated[dict[str, str], AfterValidator(_texts)]
Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=64)]
Amount = Annotated[int, Field(strict=True, ge=0, le=_MOST_MINOR)]
SomeAmount = Annotated[int, Field(strict=True, ge=1, le=_MOST_MINOR)]
SomePoints = Annotated[int, Field(strict=True, ge=0, le=_MOST_POINTS)]
Flag = Annotated[bool, Field(strict=True)]
Steps = Annotated[list[Id], Field(min_length=1, max_length=32)]


class Table(BaseModel):
    """A table without any other keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Ask(Table):
    """A consent that a club asks for."""

    purpose: Purpose
    version: Text
    texts: Texts


def _asks(value: list[Ask]) -> list[Ask]:
    purposes = [one.purpose for one in value]
    for purpose in purposes:
        if purposes.count(purpose) > 1:
            raise ValueError(f"asks for {purpose} twice; each purpose is one consent")
    if Purpose.MEMBERSHIP not in purposes:
        raise ValueError('has none of purpose = "membership", which says what joining means; add it')
    # It comes first, wherever it was written.
    return sorted(value, key=lambda one: one.purpose is not Purpose.MEMBERSHIP)


class ClubTable(Table):
    """The shop's club."""

    names: Texts
    asks: Annotated[list[Ask], AfterValidator(_asks)]


class BrandTable(ClubTable):
    """A brand's club, under the id that its goods name."""

    id: Id
    steps: Steps | None = None


class PointsTable(Table):
    """What sales earn."""

    per_minor: SomeAmount = 100
    points: SomePoints = 0


class ParkingTable(Table):
    """Free minutes."""

    over_minor: Amount = 0
    minutes: Annotated[int, Field(strict=True, ge=0, le=_MOST_MINUTES)] = 0


class OfflineTable(Table):
    """What holds while the hub is away."""

    cards: Flag = True
    coupons: Flag = False


class CouponTable(Table):
    """A coupon; that of a red packet has no amount of its own."""

    names: Texts | None = None
    off_minor: SomeAmount | None = None
    percent_bp: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    from_minor: Amount = 0
    days: Annotated[int, Field(strict=True, ge=0, le=_MOST_DAYS)] = 0


class BenefitTable(Table):
    """What is given for what; which keys go together is checked in hub.membership.membership_file."""

    id: Id
    on: On
    give: Give
    club: Id = OWN_CLUB
    over_minor: Amount = 0
    members_only: Flag = True
    points: SomePoints = 0
    pool: str = ""
    coupon: CouponTable | None = None


class PoolTable(Table):
    """A budget of red packets. A `closes` without a time of day includes that day."""

    id: Id
    budget_minor: SomeAmount
    least_minor: SomeAmount
    most_minor: SomeAmount
    opens: Text
    closes: Text
    over_minor: Amount = 0


class PlugInTable(Table):
    """A plug-in by its name, with what it wants to know."""

    settings: dict[str, Any] = {}


class MessagesTable(PlugInTable):
    """Who sends messages."""

    sender: Id


class CarParkTable(PlugInTable):
    """The car park."""

    name: Id


class File(Table):
    """The whole file."""

    shop: ClubTable
    brand: list[BrandTable] = []
    steps: Steps | None = None
    joins: list[Joins] | None = None
    points: PointsTable = PointsTable()
    parking: ParkingTable = ParkingTable()
    offline: OfflineTable = OfflineTable()
    benefit: list[BenefitTable] = []
    red_packet: list[PoolTable] = []
    messages: MessagesTable | None = None
    car_park: CarParkTable | None = None


# By the keys that lead to it: for what may stand there.
TABLES: Final[Mapping[tuple[str, ...], type[Table]]] = MappingProxyType(
    {
        (): File,
        ("shop",): ClubTable,
        ("shop", "asks"): Ask,
        ("brand",): BrandTable,
        ("brand", "asks"): Ask,
        ("points",): PointsTable,
        ("parking",): ParkingTable,
        ("offline",): OfflineTable,
        ("benefit",): BenefitTable,
        ("benefit", "coupon"): CouponTable,
        ("red_packet",): PoolTable,
        ("messages",): MessagesTable,
        ("car_park",): CarParkTable,
    }
)
