"""Builds the snapshot that the screens show from the lane's state; holds no rule of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.services.ladder_desk import Standing
from kiosk.services.lane_view import (
    CategoryView,
    DoneView,
    LineView,
    LooseView,
    OfflineView,
    PayBlock,
    WayView,
)
from kiosk.services.offers_view import basket_share, saving_views
from kiosk.services.payment_record import member_clubs
from kiosk.services.ports import PaymentWay, Ways
from offline_cache.price_list.reader import Category
from retail.payment_policy import Refusal
from retail.pricing import PricedBasket, PricedLine
from retail.product import Listing
from retail.sale import Line, Sale


def line_views(sale: Sale | None, priced: PricedBasket) -> tuple[LineView, ...]:
    """The basket's lines, oldest first."""
    if sale is None:
        return ()
    money = {line.number: line for line in priced.lines}
    return tuple(_line_view(sale, line, money.get(line.number)) for line in sale.lines)


def _line_view(sale: Sale, line: Line, money: PricedLine | None) -> LineView:
    if money is None:
        return LineView(line.number, line.code, line.names, countable=False, picture=line.picture, problem=line.problem)
    return LineView(
        number=line.number,
        code=line.code,
        names=line.names,
        unit=line.unit,
        quantity=line.quantity,
        grams=line.grams,
        unit_minor=line.unit_minor,
        list_minor=money.list_minor,
        net_minor=money.net_minor + basket_share(money),
        special_saving_minor=money.special_saving_minor,
        offers=saving_views(sale, line, money),
        min_age=line.min_age,
        picture=line.picture,
        countable=line.countable,
        lowest_minor=line.lowest_minor,
    )


def pay_block(sale: Sale | None, priced: PricedBasket) -> PayBlock:
    """Why this basket cannot be paid yet."""
    # Free by offers and coupons is free; what just has no price is a mistake of the list's.
    if sale is None or (priced.total_minor <= 0 and not priced.saved_minor):
        return PayBlock.PROBLEM if sale is not None and sale.lines else PayBlock.EMPTY
    if any(line.problem for line in sale.lines):
        return PayBlock.PROBLEM
    return PayBlock.AGE if sale.needs_age else PayBlock.NONE


def done_view(sale: Sale, *, receipt: str, receipt_text: str, receipt_url: str) -> DoneView:
    """The completed sale. The journal has its points whoever the shopper is; those of offers are for everybody."""
    body = sale.completion
    points = sum(int(use.get("points") or 0) for use in body.get("uses") or ())
    return DoneView(
        sale_id=sale.id,
        receipt_number=body["receipt_number"],
        total_minor=body["total_minor"],
        saved_minor=body["saved_minor"],
        completed_at=sale.completed_at,
        points=int(body.get("points", points)) if sale.visit.by or member_clubs(sale) else points,
        receipt=receipt,
        receipt_text=receipt_text,
        receipt_url=receipt_url,
    )


def loose_views(listings: Iterable[Listing]) -> tuple[LooseView, ...]:
    """Loose goods for the picture screen."""
    return tuple(
        LooseView(
            listing.product.sku,
            listing.product.names,
            listing.product.unit,
            listing.price.unit_minor,
            listing.product.picture,
            listing.product.plu,
        )
        for listing in listings
    )


def category_views(categories: Iterable[Category]) -> tuple[CategoryView, ...]:
    """Categories for the picture screen."""
    return tuple(CategoryView(category.id, category.names, category.picture) for category in categories)


def way_views(ways: Ways, refusals: Mapping[str, Refusal]) -> tuple[WayView, ...]:
    """The ways to pay; those that cannot be used now say why."""
    return tuple(_way_view(way, refusals.get(way.id, Refusal.NONE)) for way in ways)


def _way_view(way: PaymentWay, refusal: Refusal) -> WayView:
    traits = way.gateway.traits
    return WayView(way.id, traits.presents, not refusal, refusal.value, traits.brands)


def offline_view(standing: Standing) -> OfflineView:
    """How the lane stands while a line is away, for shopper and attendant."""
    stored, debts = standing.stored, standing.debts
    owed = sum(debt.amount_minor for debt in debts)
    return OfflineView(standing.ladder.rung, stored.count, stored.sum_minor, stored.oldest_s, len(debts), owed)
