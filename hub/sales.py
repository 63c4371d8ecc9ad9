"""The hub's record of a sale: the fold of its events, priced by the lane's own engine and compared with its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.sale_bodies import unusable
from retail.events import Event, EventKind
from retail.pricing import PricedBasket, PricedLine
from retail.promotions.goods import Use
from retail.sale import AttemptState, Sale, SaleError, apply
from retail.sale_pricing import as_completed, reckoned

__all__ = ["SaleBuild", "SaleRecord", "build", "fold_usable", "unusable"]


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
    uses: list[dict[str, Any]] = field(default_factory=list)  # of campaigns, for points and for caps
    claim: str = ""  # under which the lane told the hub who the shopper is
    visit: dict[str, Any] = field(default_factory=dict)  # retail.membership.visit.Visit.body; empty for nobody
    coupons: list[str] = field(default_factory=list)  # all that count, whether a campaign used them or not
    points: int = 0  # what the lane says that it earns a member
    payment_key: str = ""  # of the attempt that took the money


@dataclass(slots=True)
class SaleBuild:
    """The record, or None if no event could be used, and why events could not be, by their numbers."""

    record: SaleRecord | None = None
    refused: dict[int, str] = field(default_factory=dict)


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
        priced = reckoned(sale, hints=False)
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
    if _greedy(sale, priced):
        checks = checks[2:]
    return "; ".join(f"{name}: the lane has {lane}, the hub {hub}" for name, lane, hub in checks if lane != hub)


def _greedy(sale: Sale, priced: PricedBasket) -> bool:
    """Whether an earlier version of the lane took its offers another way, which cost the shopper more."""
    wrote = sale.completion
    return bool("priced" not in wrote and sale.campaigns and wrote["total_minor"] > priced.total_minor)


def _record(sale: Sale, priced: PricedBasket, difference: str) -> SaleRecord:
    wrote = sale.completion
    figures = wrote if wrote and (difference or _greedy(sale, priced)) else {}
    priced = as_completed(sale) or priced
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
        uses=[_use(use) for use in priced.uses],
        claim=sale.visit.claim,
        visit=sale.visit.body() if sale.visit.clubs or sale.visit.joining else {},
        coupons=list(sale.coupons),
        points=int(wrote.get("points") or 0),
        payment_key=next((one.key for one in sale.attempts if one.state is AttemptState.APPROVED), ""),
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
            **_discounts(money.get(line.number)),
            **{name: value for name in ("serial", "lot", "gtin") if (value := getattr(line, name))},
        }
        for line in sale.lines
    ]


def _discounts(money: PricedLine | None) -> dict[str, Any]:
    """By campaign; most lines have none."""
    if money is None or not money.applied:
        return {}
    found = [
        {"campaign": one.campaign.id, "saving_minor": one.saving_minor, "pieces": one.pieces} for one in money.applied
    ]
    return {"discounts": found}


def _use(use: Use) -> dict[str, Any]:
    """`single`: its codes are good for one sale; `per_member`: the members' book counts it."""
    campaign = use.campaign
    single = campaign.coupon_single or campaign.coupon.endswith("*")
    return {
        "campaign": campaign.id,
        "times": use.times,
        "saving_minor": use.saving_minor,
        "points": use.points,
        "coupons": list(use.coupons),
        **({"single": True} if single and use.coupons else {}),
        **({"per_member": campaign.per_member} if campaign.per_member is not None else {}),
    }
