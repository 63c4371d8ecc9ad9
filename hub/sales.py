"""The hub's record of a sale: the fold of its events, priced by the lane's own engine and compared with its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retail.events import Event, EventKind
from retail.pricing import PricedBasket, price_basket
from retail.sale import AttemptState, Sale, SaleError, apply

_KINDS: Final = frozenset(EventKind)

_Minor = Annotated[int, Field(ge=-(2**53), le=2**53)]
_Text = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]  # PostgreSQL takes any sign but that


class _Body(BaseModel):
    """Amounts must be integers of a size that a till can mean; further fields are the lane's affair."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Offer(_Body):
    id: _Text
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    price_minor: _Minor


class _LineAdded(_Body):
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
    offers: list[_Offer] = []
    serial: _Text = ""
    lot: _Text = ""
    gtin: _Text = ""


class _LineUnknown(_Body):
    line: Annotated[int, Field(ge=1, le=1_000_000)]
    code: _Text
    reason: _Text
    sku: _Text = ""
    names: dict[str, _Text] = {}


class _LineStopped(_Body):
    line: int
    reason: _Text


class _LineCleared(_Body):
    line: int
    by: _Text
    recalls: list[_Text]


class _Guide(_Body):
    code: Annotated[_Text, Field(min_length=1)]


class _QuantityChanged(_Body):
    line: int
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class _LineRepriced(_Body):
    line: int
    unit_minor: _Minor
    list_minor: _Minor | None
    offers: list[_Offer] = []


class _Started(_Body):
    store: _Text
    lane: _Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _Intended(_Body):
    key: _Text
    way: _Text
    gateway: _Text
    amount_minor: _Minor


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


class _Completed(_Body):
    total_minor: _Minor
    saved_minor: _Minor
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[int, Field(ge=0, le=1_000_000)]
    tax: list[_Tax]
    receipt_number: _Text | int = ""


_BODIES: Final[Mapping[str, type[_Body]]] = {
    EventKind.BASKET_STARTED: _Started,
    EventKind.LINE_ADDED: _LineAdded,
    EventKind.LINE_UNKNOWN: _LineUnknown,
    EventKind.LINE_QUANTITY_CHANGED: _QuantityChanged,
    EventKind.LINE_REPRICED: _LineRepriced,
    EventKind.LINE_STOPPED: _LineStopped,
    EventKind.LINE_CLEARED: _LineCleared,
    EventKind.GUIDE_IDENTIFIED: _Guide,
    EventKind.PAYMENT_INTENDED: _Intended,
    EventKind.PAYMENT_FORWARDED: _Forwarded,
    EventKind.BASKET_HANDED_OVER: _HandedOver,
    EventKind.BASKET_FETCHED: _Fetched,
    EventKind.SALE_COMPLETED: _Completed,
    EventKind.REFUND_RESOLVED: _RefundResolved,
}


@dataclass(frozen=True, slots=True)
class SaleRecord:
    """A sale as the hub keeps it. Where lane and hub differ the lane's figures stand, and `discrepancy` says how."""

    id: str
    status: str
    currency: str
    total_minor: int
    saved_minor: int
    lines: int
    tax: list[dict[str, int]]
    items: list[dict[str, Any]]
    started_at: str
    completed_at: str
    receipt_number: str
    discrepancy: str
    guide: str = ""


@dataclass(slots=True)
class SaleBuild:
    """The record, or None if no event could be used, and why events could not be, by their numbers."""

    record: SaleRecord | None = None
    refused: dict[int, str] = field(default_factory=dict)


def unusable(event: Event) -> str:
    """Why the hub cannot read an event by itself, or an empty text."""
    if event.kind not in _KINDS:
        return f"this hub does not know events of kind {event.kind!r}"
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


def build(events: Iterable[Event]) -> SaleBuild:
    """Fold one sale's events. One that does not fit is left out and reported: the rest of the sale still counts."""
    result, completed = SaleBuild(), 0
    sale = None
    for event, after, reason in _folded(events):
        sale = after
        if reason:
            result.refused[event.number] = reason.replace("\0", "\\0")  # it may repeat what the event says
        elif event.kind == EventKind.SALE_COMPLETED:
            completed = event.number
    if sale is not None:
        # Once, at the end: a completed sale takes no more lines.
        priced = price_basket(sale.lines, sale.campaigns)
        difference = _difference(sale, priced) if sale.completion else ""
        if difference:
            result.refused[completed] = difference
        result.record = _record(sale, priced, difference)
    return result


def fold_usable(events: Iterable[Event]) -> Sale | None:
    """The sale that the record is of: after all of its events that fit."""
    sale = None
    for _, after, _ in _folded(events):
        sale = after
    return sale


def _folded(events: Iterable[Event]) -> Iterator[tuple[Event, Sale | None, str]]:
    """Each event, the sale after it, and why it was left out of that, or an empty text."""
    sale: Sale | None = None
    for event in events:
        reason = unusable(event)
        if not reason:
            try:
                sale = apply(sale, event)
            except (SaleError, KeyError, TypeError, ValueError, AttributeError) as exc:
                reason = _reason(exc)
        yield event, sale, reason


def _reason(exc: Exception) -> str:
    return str(exc) if isinstance(exc, SaleError) else f"the event is not complete ({type(exc).__name__}: {exc})"


def _difference(sale: Sale, priced: PricedBasket) -> str:
    """How what the lane wrote on completion differs from what the hub reckons, or an empty text."""
    wrote = sale.completion
    paid = sum(attempt.amount_minor for attempt in sale.attempts if attempt.state is AttemptState.APPROVED)
    checks: tuple[tuple[str, object, object], ...] = (
        ("total_minor", wrote["total_minor"], priced.total_minor),
        ("saved_minor", wrote["saved_minor"], priced.saved_minor),
        ("currency", wrote["currency"], sale.currency),
        ("payment", paid, wrote["total_minor"]),
    )
    return "; ".join(f"{name}: the lane has {lane}, the hub {hub}" for name, lane, hub in checks if lane != hub)


def _record(sale: Sale, priced: PricedBasket, difference: str) -> SaleRecord:
    wrote = sale.completion
    figures = wrote if difference else {}
    tax = [{"rate_bp": t.rate_bp, "gross_minor": t.gross_minor, "tax_minor": t.tax_minor} for t in priced.tax]
    return SaleRecord(
        id=sale.id,
        status=sale.status.value,
        currency=figures.get("currency", sale.currency),
        total_minor=figures.get("total_minor", priced.total_minor),
        saved_minor=figures.get("saved_minor", priced.saved_minor),
        lines=figures.get("lines", len(sale.lines)),
        tax=list(figures.get("tax", tax)),
        items=_items(sale, priced),
        started_at=sale.started_at,
        completed_at=sale.completed_at,
        receipt_number=str(wrote.get("receipt_number", "")),
        discrepancy=difference,
        guide=sale.guide,
    )


def _items(sale: Sale, priced: PricedBasket) -> list[dict[str, Any]]:
    money = {line.number: line for line in priced.lines}
    return [
        {
            "line": line.number,
            "code": line.code,
            "sku": line.sku,
            "name": line.name("en"),
            "quantity": line.quantity,
            "grams": line.grams,
            "net_minor": money[line.number].net_minor if line.number in money else 0,
            "saved_minor": money[line.number].saved_minor if line.number in money else 0,
            **{name: value for name in ("serial", "lot", "gtin") if (value := getattr(line, name))},
        }
        for line in sale.lines
    ]
