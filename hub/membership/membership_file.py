"""Reads the file in which a shop declares its membership; what is wrong becomes a sentence with place and remedy."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hub.errors import MembershipRefused
from hub.membership.benefit import Benefit, PoolTerms
from hub.membership.benefit_tables import benefits_of, pools_of
from hub.membership.declared import TABLES, ClubTable, File, PlugInTable
from retail.membership.programme import OWN_CLUB, Club, ConsentText, Joins, ParkingRule, PointsRule, Programme

STEPS: Final = ("identify", "consent", "join", "follow", "welcome")
_LANGUAGES: Final = ("en", "zh-CN", "zh-TW")  # those of the screens
_LONGEST_CLUBS: Final = 255  # bytes that an e-member code has for them


@dataclass(frozen=True, slots=True)
class PlugIn:
    """A message sender or a car park by its name, and what it wants to know."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class MembershipFile:
    """A shop's membership as it was declared. `programme` without keys: these are the hub's own. `steps` of joining,
    by club; `sms`, `car_park` None: there is none. `said`: the file itself, as JSON takes it."""

    programme: Programme
    steps: Mapping[str, tuple[str, ...]]
    benefits: tuple[Benefit, ...] = ()
    pools: tuple[PoolTerms, ...] = ()
    sms: PlugIn | None = None
    car_park: PlugIn | None = None
    said: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def missing_texts(self) -> list[str]:
        """A sentence for each text that is not there in a language of the screens: shoppers then read another."""
        return [
            f"club {club.id}: its {asked.purpose} text is not there in {language}; "
            f"shoppers read it in {asked.language(language)}"
            for club in self.programme.clubs
            for asked in club.asks
            for language in _LANGUAGES
            if not asked.texts.get(language)
        ]


def read_membership_file(path: Path, zone: tzinfo = UTC) -> MembershipFile:
    """The file's content; `zone`: whose days and times without an offset are. MembershipRefused."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise MembershipRefused(f"{path}: cannot be read ({reason}); name a TOML file with the membership") from exc
    except UnicodeDecodeError as exc:
        raise MembershipRefused(f"{path}: is not UTF-8; save it as UTF-8") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise MembershipRefused(f"{path}: is not TOML: {exc}") from exc
    try:
        return membership_from(content, zone)
    except MembershipRefused as exc:
        raise MembershipRefused(f"{path}: {exc}") from exc


def membership_from(content: Mapping[str, Any], zone: tzinfo) -> MembershipFile:
    """The same from its content, or from `said`. MembershipRefused."""
    try:
        file = File.model_validate(content)
    except ValidationError as exc:
        raise MembershipRefused(_sentence(exc.errors()[0], content)) from exc
    programme = _programme(file)
    pools = pools_of(file.red_packet, zone)
    return MembershipFile(
        programme,
        _steps(file),
        benefits_of(file, [club.id for club in programme.clubs], [pool.id for pool in pools]),
        pools,
        _plug_in(file.messages, file.messages.sender if file.messages else ""),
        _plug_in(file.car_park, file.car_park.name if file.car_park else ""),
        file.model_dump(mode="json", exclude_unset=True),
    )


def _programme(file: File) -> Programme:
    brands = [one.id for one in file.brand]
    for brand in brands:
        if brand == OWN_CLUB:
            raise MembershipRefused(
                f"brand {brand!r} has the id of the shop's own club; take the one that its goods name"
            )
        if brands.count(brand) > 1:
            raise MembershipRefused(f"brand {brand!r} stands twice; give each its own id")
    if len(",".join((OWN_CLUB, *brands))) > _LONGEST_CLUBS:
        raise MembershipRefused(f"the ids of all brands have over {_LONGEST_CLUBS} letters together; shorten them")
    if Joins.PHONE in (file.joins or ()) and file.messages is None:
        raise MembershipRefused("joins has 'phone', which needs a [messages] sender; name one, or take 'phone' away")
    if file.parking.minutes and file.car_park is None:
        raise MembershipRefused("parking.minutes needs a [car_park] name: who is to be told of them; add it")
    told = (Joins.WALLET, Joins.PHONE) if file.messages else (Joins.WALLET,)
    return Programme(
        _club(OWN_CLUB, file.shop),
        tuple(_club(one.id, one) for one in file.brand),
        told if file.joins is None else tuple(dict.fromkeys(file.joins)),
        PointsRule(file.points.per_minor, file.points.points),
        ParkingRule(file.parking.over_minor, file.parking.minutes),
        cards_offline=file.offline.cards,
        coupons_offline=file.offline.coupons,
    )


def _club(club: str, table: ClubTable) -> Club:
    asks = tuple(ConsentText(one.purpose, one.version, MappingProxyType(one.texts)) for one in table.asks)
    return Club(club, MappingProxyType(table.names), asks)


def _steps(file: File) -> Mapping[str, tuple[str, ...]]:
    own = tuple(file.steps or STEPS)
    found = {OWN_CLUB: own} | {one.id: tuple(one.steps or own) for one in file.brand}
    for club, steps in found.items():
        for step in steps:
            if steps.count(step) > 1:
                raise MembershipRefused(f"steps of {club}: {step!r} stands twice; each is taken once")
        if "join" in steps and "consent" not in steps[: steps.index("join")]:
            raise MembershipRefused(f"steps of {club}: 'join' needs 'consent' before it: nobody joins without; add it")
    return MappingProxyType(found)


def _plug_in(table: PlugInTable | None, name: str) -> PlugIn | None:
    return PlugIn(name, MappingProxyType(table.settings)) if table else None


def _sentence(error: ErrorDetails, content: Mapping[str, Any]) -> str:
    """`benefit 2 (lunch): coupon.off_minor is 'x'; …`: entries are counted from one, and named if they have an id."""
    said: Any = content
    place = ""
    for part in error["loc"]:
        said = _inside(said, part)
        if isinstance(part, int):
            name = said.get("id", said.get("purpose")) if isinstance(said, Mapping) else None
            place += f" {part + 1}" + (f" ({name})" if name else "") + ":"
        elif place:
            place += f" {part}" if place.endswith(":") else f".{part}"
        else:
            place = str(part)
    return f"{place.removesuffix(':')} {_what(error)}"


def _inside(said: Any, part: int | str) -> Any:
    if isinstance(part, int):
        return said[part] if isinstance(said, list) and part < len(said) else None
    return said.get(part) if isinstance(said, Mapping) else None


def _what(error: ErrorDetails) -> str:
    kind, message = error["type"], error["msg"]
    if kind == "extra_forbidden":
        *path, key = (part for part in error["loc"] if isinstance(part, str))
        known = sorted(TABLES[tuple(path)].model_fields)
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
        return (
            f"is no key that is known here; {f'do you mean {near[0]}?' if near else 'there are: ' + ', '.join(known)}"
        )
    if kind == "missing":
        return "is missing; add it"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return f"is {error['input']!r}; it {message.removeprefix('Input ')}"
