"""What the bodies of a lane's events must have before the hub folds them: amounts a till can mean, texts to store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retail.events import Event, EventKind

_KINDS: Final = frozenset(EventKind)

_Minor = Annotated[int, Field(ge=-(2**53), le=2**53)]
_Text = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]  # PostgreSQL takes any sign but that


_Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
_Share = Annotated[int, Field(ge=0, le=10_000)]


class _Body(BaseModel):
    """Amounts must be integers of a size that a till can mean; further fields are the lane's affair."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Offer(_Body):
    id: _Text
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    price_minor: _Minor


class _Tier(_Body):
    quantity: _Minor
    percent_bp: _Share | None = None
    price: _Minor | None = None


class _Terms(_Body):
    kind: _Text
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    grams: _Minor = 0
    amount_from: _Minor = 0
    price: _Minor | None = None
    off: _Minor | None = None
    percent_bp: _Share | None = None
    free: Annotated[int, Field(ge=0, le=10_000)] = 0
    counts: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(max_length=100)] | None = None
    tiers: Annotated[list[_Tier], Field(max_length=100)] | None = None


class _Campaign(_Body):
    """The figures that the engine reckons with."""

    id: _Text
    terms: _Terms
    names: dict[str, _Text] | None = None
    coupon: _Text = ""
    group: _Text = ""
    per_receipt: _Count | None = None
    per_member: _Count | None = None
    layer: Annotated[int, Field(ge=-1000, le=1000)] = 0
    points: _Minor = 0


_Taking = Annotated[list[_Text | _Minor], Field(min_length=1, max_length=3)]


class _Campaigns(_Body):
    """What lines of this version have of campaigns, and those of earlier ones of offers."""

    offers: Annotated[list[_Offer], Field(max_length=1000)] | None = None
    takings: Annotated[list[_Taking], Field(max_length=1000)] | None = None
    campaigns: Annotated[list[_Campaign], Field(max_length=1000)] | None = None


class _LineAdded(_Campaigns):
    line: Annotated[int, Field(ge=1, le=1_000_000)]
    code: _Text
    sku: _Text
    names: dict[str, _Text]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    grams: Annotated[int, Field(ge=0, le=10_000_000)] | None
    unit_minor: _Minor
    list_minor: _Minor | None
    label_minor: _Minor | None
    tax_rate_bp: Annotated[int, Field(ge=0, le=1_000_000)]
    min_age: Annotated[int, Field(ge=0, le=200)]
    lowest_minor: _Minor | None = None
    brand: _Text = ""
    serial: _Text = ""
    lot: _Text = ""
    gtin: _Text = ""


class _LineUnknown(_Body):
    line: Annotated[int, Field(ge=1, le=1_000_000)]
    code: _Text
    reason: _Text
    sku: _Text = ""
    names: dict[str, _Text] | None = None


class _LineStopped(_Body):
    line: int
    reason: _Text


class _LineCleared(_Body):
    line: int
    by: _Text
    recalls: list[_Text]


class _Guide(_Body):
    code: Annotated[_Text, Field(min_length=1)]


class _Coupon(_Body):
    code: Annotated[_Text, Field(min_length=1)]
    own: bool = False
    campaigns: Annotated[list[_Campaign], Field(max_length=1000)] | None = None


_Claim = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]


class _Member(_Body):
    clubs: Annotated[list[_Text], Field(max_length=100)]
    claim: _Claim = ""
    by: _Text = ""
    used: Annotated[dict[_Text, _Count], Field(max_length=10_000)] | None = None


class _Consent(_Body):
    club: _Text
    purpose: _Text
    version: _Text
    language: _Text
    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Joining(_Body):
    clubs: Annotated[list[_Text], Field(min_length=1, max_length=100)]
    claim: _Claim
    by: _Text
    consents: Annotated[list[_Consent], Field(max_length=1000)]


class _QuantityChanged(_Body):
    line: int
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class _LineRepriced(_Campaigns):
    line: int
    unit_minor: _Minor
    list_minor: _Minor | None
    lowest_minor: _Minor | None = None


class _Started(_Body):
    store: _Text
    lane: _Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _Intended(_Body):
    key: _Text
    way: _Text
    gateway: _Text
    amount_minor: _Minor
    points: _Count | None = None


class _RefundResolved(_Body):
    refund_key: Annotated[_Text, Field(min_length=1)]
    sale: _Text
    outcome: _Text
    amount_minor: _Minor
    currency: _Text
    reference: _Text = ""


class _Forwarded(_Body):
    key: _Text
    outcome: Literal["approved", "declined"]
    reason: _Text = ""
    reference: _Text = ""


class _HandedOver(_Body):
    number: _Text
    total_minor: _Minor
    lines: Annotated[int, Field(ge=0, le=1_000_000)]


class _Fetched(_Body):
    sale: _Text
    lane: _Text
    number: _Text


class _Tax(_Body):
    rate_bp: int
    gross_minor: _Minor
    tax_minor: _Minor


class _Discount(_Body):
    campaign: _Text
    saving_minor: _Minor
    pieces: _Count


class _PricedLine(_Body):
    line: int
    net_minor: _Minor
    tax_minor: _Minor
    discounts: list[_Discount] | None = None


class _Use(_Body):
    campaign: _Text
    times: _Count
    saving_minor: _Minor
    points: _Minor = 0
    coupons: list[_Text] | None = None


class _Completed(_Body):
    total_minor: _Minor
    saved_minor: _Minor
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[int, Field(ge=0, le=1_000_000)]
    tax: list[_Tax]
    receipt_number: _Text | int = ""
    priced: list[_PricedLine] | None = None
    uses: list[_Use] | None = None
    points: _Count = 0


_BODIES: Final[Mapping[str, type[_Body]]] = {
    EventKind.BASKET_STARTED: _Started,
    EventKind.LINE_ADDED: _LineAdded,
    EventKind.LINE_UNKNOWN: _LineUnknown,
    EventKind.LINE_QUANTITY_CHANGED: _QuantityChanged,
    EventKind.LINE_REPRICED: _LineRepriced,
    EventKind.LINE_STOPPED: _LineStopped,
    EventKind.LINE_CLEARED: _LineCleared,
    EventKind.GUIDE_IDENTIFIED: _Guide,
    EventKind.COUPON_PRESENTED: _Coupon,
    EventKind.COUPON_WITHDRAWN: _Coupon,
    EventKind.MEMBER_IDENTIFIED: _Member,
    EventKind.MEMBER_JOINING: _Joining,
    EventKind.PAYMENT_INTENDED: _Intended,
    EventKind.PAYMENT_FORWARDED: _Forwarded,
    EventKind.BASKET_HANDED_OVER: _HandedOver,
    EventKind.BASKET_FETCHED: _Fetched,
    EventKind.SALE_COMPLETED: _Completed,
    EventKind.REFUND_RESOLVED: _RefundResolved,
}


def unusable(event: Event) -> str:
    """Why the hub cannot read an event by itself, or an empty text."""
    if event.kind not in _KINDS:
        return f"this hub does not know events of kind {event.kind!r}"
    if not _is_time(event.at):
        return f"{event.kind}: at: is no ISO 8601 time with an offset"
    model = _BODIES.get(event.kind)
    if model is None:
        return ""
    try:
        model.model_validate(event.body)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{event.kind}: {place}: {first['msg']}"
    return ""


def _is_time(at: str) -> bool:
    """Whether it is a moment in any time zone; a lane's clock may be wrong by decades."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return False
    return found.tzinfo is not None and MINYEAR < found.year < MAXYEAR
