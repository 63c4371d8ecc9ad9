"""What a sale costs: by the engine while it is open, and for ever what was written when it was completed.

So that refunds, receipts and records of a sale do not depend on the version of the engine that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retail.line import Line
from retail.pricing import PricedBasket, Pricer, basket_of, price_basket
from retail.promotions.body import reference
from retail.promotions.goods import Discount, Priced, Use
from retail.sale import Sale, shopper_of


def price_sale(sale: Sale, engine: Pricer | None = None) -> PricedBasket:
    """A sale as it was completed; one that is not, or that an earlier version completed, as the engine reckons."""
    return as_completed(sale) or reckoned(sale, engine)


def reckoned(sale: Sale, engine: Pricer | None = None, *, hints: bool = True) -> PricedBasket:
    """A sale as the engine reckons it."""
    return price_basket(sale.lines, sale.campaigns, shopper_of(sale), engine, hints=hints)


def priced_bodies(priced: PricedBasket) -> dict[str, Any]:
    """What sale.completed keeps of the money: net and tax of each line, what campaigns took off it, and their uses."""
    lines = [
        {"line": line.number, "net_minor": line.net_minor, "tax_minor": line.tax_minor}
        | ({"discounts": [_discount_body(one) for one in line.applied]} if line.applied else {})
        for line in priced.lines
    ]
    return {"priced": lines} | ({"uses": [_use_body(use) for use in priced.uses]} if priced.uses else {})


def as_completed(sale: Sale) -> PricedBasket | None:
    """The money of a completed sale as it was written; None for one that says nothing of it, or nothing that fits."""
    wrote = sale.completion.get("priced")
    if wrote is None:
        return None
    sold = [line for line in sale.lines if not line.problem]
    try:
        figures = [_Figures.of(one, sale) for one in wrote]
        uses = tuple(_use(one, sale) for one in sale.completion.get("uses") or ())
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return _basket(sold, figures, uses)


@dataclass(frozen=True, slots=True)
class _Figures:
    line: int
    net_minor: int
    tax_minor: int
    discounts: tuple[Discount, ...]

    @classmethod
    def of(cls, body: Mapping[str, Any], sale: Sale) -> _Figures:
        found = tuple(
            Discount(sale.campaigns[one["campaign"]], int(one["saving_minor"]), int(one["pieces"]))
            for one in body.get("discounts") or ()
        )
        return cls(int(body["line"]), int(body["net_minor"]), int(body["tax_minor"]), found)


def _basket(sold: Sequence[Line], figures: Sequence[_Figures], uses: tuple[Use, ...]) -> PricedBasket | None:
    """The basket of those discounts, if it comes to what was written: else somebody wrote what cannot be."""
    basket = basket_of(sold, Priced({one.line: one.discounts for one in figures}, uses))
    wrote = [(one.line, one.net_minor, one.tax_minor) for one in figures]
    return basket if wrote == [(line.number, line.net_minor, line.tax_minor) for line in basket.lines] else None


def _discount_body(discount: Discount) -> dict[str, Any]:
    return {
        "campaign": reference(discount.campaign),
        "saving_minor": discount.saving_minor,
        "pieces": discount.pieces,
    }


def _use_body(use: Use) -> dict[str, Any]:
    body: dict[str, Any] = {
        "campaign": reference(use.campaign),
        "times": use.times,
        "saving_minor": use.saving_minor,
    }
    return body | ({"points": use.points} if use.points else {}) | ({"coupons": [*use.coupons]} if use.coupons else {})


def _use(body: Mapping[str, Any], sale: Sale) -> Use:
    return Use(
        sale.campaigns[body["campaign"]],
        int(body["times"]),
        int(body["saving_minor"]),
        int(body.get("points") or 0),
        tuple(str(code) for code in body.get("coupons") or ()),
    )
