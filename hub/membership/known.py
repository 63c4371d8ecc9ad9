"""What the members' books say of a member, of a code on its way, of consents and of steps that did not work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member as a lane may hear of them. `proved` false: somebody typed their number, so that no personal coupon is
    told or taken; `used`: how often they have used campaigns with a cap, by campaign id."""

    member_id: int
    claim: str
    clubs: tuple[str, ...]
    masked: str = field(repr=False)
    language: str = ""
    points: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    proved: bool = True


@dataclass(frozen=True, slots=True)
class CodeTicket:
    """A code is on its way: for how long it can be typed, and after how long another may be asked for."""

    valid_s: int
    again_s: int


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The latest word of a member on one purpose of a club, and the very text that it is about."""

    club: str
    purpose: str
    granted: bool
    version: str
    language: str
    text: str
    at: int
    origin: str
    store: str
    lane: str
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class StepProblem:
    """A step of joining that failed, or that nobody here knows; it is tried again."""

    claim: str
    club: str
    step: str
    outcome: str
    detail: str
    at: int
