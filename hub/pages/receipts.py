"""A receipt as its member reads it: folded from the sale's own events, so that goods have names in their language."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from hub.lane_rows import events_of_sales
from hub.pages.shown import Place
from hub.refund_tables import SALE_REFUND
from hub.sales import fold_usable
from hub.tables import LANE, SALE
from payments.gateway import Outcome
from retail.figures import MINUS, money_text, weight_text
from retail.line import Line
from retail.pricing import PricedLine
from retail.promotions.sentences import offer_label
from retail.sale import Sale
from retail.sale_pricing import price_sale


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line: its name, how much of it, what was taken off, what was paid."""

    name: str
    count: str
    offers: tuple[str, ...]
    amount: str


@dataclass(frozen=True, slots=True)
class TaxShown:
    """Tax of one rate that is within the total."""

    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """All in words; `saved` and `refunded` empty for nothing."""

    number: str
    lane: str
    at: str
    lines: tuple[LineShown, ...]
    total: str
    saved: str
    tax: tuple[TaxShown, ...]
    refunded: str
    points: int


def read_receipt(connection: Connection, sale_id: str, place: Place) -> ReceiptShown | None:
    """The receipt of a completed sale; None for no such sale."""
    query = select(SALE, LANE.c.name.label("lane_name")).join(LANE, LANE.c.id == SALE.c.lane_id)
    row = connection.execute(query.where(SALE.c.id == sale_id)).one_or_none()
    if row is None:
        return None
    sale = fold_usable(events_of_sales(connection, row.lane_id, row.life, [sale_id]).get(sale_id, []))
    if sale is None or not sale.completion:
        return None
    priced, place = price_sale(sale), replace(place, currency=row.currency)
    return ReceiptShown(
        number=row.receipt_number or sale_id,
        lane=row.lane_name,
        at=place.minute(row.completed_at),
        lines=_lines(sale, {line.number: line for line in priced.lines}, place),
        total=money_text(row.total_minor, row.currency),
        saved=money_text(row.saved_minor, row.currency) if row.saved_minor else "",
        tax=tuple(
            TaxShown(_rate(one.rate_bp), money_text(one.tax_minor, row.currency)) for one in priced.tax if one.tax_minor
        ),
        refunded=_refunded(connection, sale_id, row.currency),
        points=row.points,
    )


def _lines(sale: Sale, priced: dict[int, PricedLine], place: Place) -> tuple[LineShown, ...]:
    return tuple(_line(line, priced[line.number], place) for line in sale.lines if line.number in priced)


def _line(line: Line, money: PricedLine, place: Place) -> LineShown:
    speech = place.speech()
    offers = [
        f"{offer_label(one.campaign, speech, place.language)} {MINUS}{money_text(one.saving_minor, place.currency)}"
        for one in money.applied
    ]
    count = f"× {line.quantity}" if line.grams is None else weight_text(line.grams)
    return LineShown(line.name(place.language), count, tuple(offers), money_text(money.net_minor, place.currency))


def _refunded(connection: Connection, sale_id: str, currency: str) -> str:
    given = (SALE_REFUND.c.sale_id == sale_id) & (SALE_REFUND.c.outcome == Outcome.APPROVED.value)
    query = select(func.coalesce(func.sum(SALE_REFUND.c.amount_minor), 0)).where(given)
    amount = int(connection.execute(query).scalar_one())
    return money_text(amount, currency) if amount else ""


def _rate(rate_bp: int) -> str:
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"
