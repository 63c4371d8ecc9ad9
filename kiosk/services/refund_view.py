"""What the refund sheet shows: one immutable picture of it, as part of the lane's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RefundStage(StrEnum):
    """Where the sheet stands."""

    ASK = "ask"  # which receipt: scan its code, or type its number
    LOOKING = "looking"  # the hub is asked for it
    CHOOSE = "choose"  # lines, pieces, reason, confirm
    WORKING = "working"  # the hub, or a gateway, is asked to give it back
    GIVEN = "given"  # the bank has given it back
    UNANSWERED = "unanswered"  # the bank has not answered yet: the lane goes on asking
    REFUSED = "refused"  # nothing was given back, and `problem` says why


@dataclass(frozen=True, slots=True)
class RefundLineView:
    """A line of the receipt: how many pieces of it can still come back, how many were chosen, what they are worth."""

    line: int
    names: Mapping[str, str]
    code: str
    pieces: int
    grams: int | None
    paid_minor: int
    left: int
    chosen: int
    worth_minor: int


@dataclass(frozen=True, slots=True)
class OpenRefundView:
    """A refund that the bank has not answered for."""

    number: str
    receipt_number: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundView:
    """The sheet. `problem`: `refund.problem.<code>` with `params`; `number` the refund's own, that staff can name."""

    stage: RefundStage = RefundStage.ASK
    problem: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    receipt_number: str = ""
    lane: str = ""
    completed_at: str = ""
    currency: str = "CNY"
    way: str = ""
    brand: str = ""
    paid_minor: int = 0
    left_minor: int = 0
    lines: tuple[RefundLineView, ...] = ()
    whole: bool = False
    why: str = ""
    amount_minor: int = 0
    can_confirm: bool = False
    number: str = ""
    by: str = ""
    at: str = ""
    can_print: bool = False
    printed: bool = False
