"""A whole price list in words of its own, product by product: to compare two lists, or a list with its source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from offline_cache.price_list.earlier import BRANDS_SINCE, CAMPAIGNS_SINCE
from offline_cache.price_list.reader import PriceList

# What there are several of comes as one JSON text a product: parsing, not SQLite, is what takes the time.
_PRODUCTS: Final = """SELECT sku, unit, category, tax_rate_bp, min_age, loose, plu, tare_grams, {discountable}, {brand},
    json_array(json(names), json(coalesce(c.codes, '{{}}')),
    (SELECT json_group_array(json_array(kind, valid_from, valid_until, minor, {lowest}))
     FROM price r WHERE r.product_id = p.id),
    (SELECT json_group_array(json_array({taking})) FROM {takings} t WHERE t.product_id = p.id))
    FROM product p LEFT JOIN
    (SELECT product_id, json_group_object(code, pieces) AS codes FROM code GROUP BY product_id) c ON c.product_id = p.id
    ORDER BY sku"""
_TAKINGS: Final = {"taking": "campaign_id, group_no, price_minor", "takings": "taking"}
_NOW: Final = _PRODUCTS.format(discountable="discountable", brand="brand", lowest="lowest_minor", **_TAKINGS)
_BEFORE_BRANDS: Final = _PRODUCTS.format(discountable="discountable", brand="''", lowest="lowest_minor", **_TAKINGS)
_BEFORE_CAMPAIGNS: Final = _PRODUCTS.format(
    discountable="1", brand="''", lowest="NULL", taking="offer_id, 0, NULL", takings="offer_product"
)
_PriceRow = tuple[str, int, int | None, int, int | None]


def dump(prices: PriceList, at: datetime) -> Iterator[dict[str, Any]]:
    """All products in the order of their SKUs, one at a time: as many as there are, memory stays the same.

    `price_minor` is what one unit costs at that moment, None if nothing does. Times are epoch seconds; None: without a
    beginning or an end. `offers` names the campaigns that `takings` are of. Nothing in it depends on how the list came
    here. Raises PriceListUnreadable.
    """
    moment, currency = int(at.timestamp()), prices.meta.currency
    for sku, unit, category, tax, age, loose, plu, tare, discountable, brand, several in prices.each(
        _query(prices.version)
    ):
        names, codes, rows, takings = json.loads(several)
        rows.sort()  # by kind, then beginning: no two are alike in both
        yield {
            "sku": sku,
            "names": dict(sorted(names.items())),
            "unit": unit,
            "category": category,
            "tax_rate_bp": tax,
            "min_age": age,
            "loose": bool(loose),
            "plu": plu,
            "tare_grams": tare,
            "codes": dict(sorted(codes.items())),
            "prices": [_price(*row) for row in rows],
            "price_minor": _now(rows, moment),
            "currency": currency,
            "offers": sorted({key for key, _, _ in takings}),
            "takings": [_taking(*row) for row in sorted(takings, key=lambda row: row[:2])],
            "discountable": bool(discountable),
            **({"brand": brand} if brand else {}),
        }


def _query(version: int) -> str:
    if version >= BRANDS_SINCE:
        return _NOW
    return _BEFORE_BRANDS if version >= CAMPAIGNS_SINCE else _BEFORE_CAMPAIGNS


def _price(kind: str, begins: int, ends: int | None, minor: int, lowest: int | None) -> dict[str, Any]:
    """The lowest price before it only where it is known, as few lists say it."""
    said = {"kind": kind, "minor": minor, "valid_from": begins or None, "valid_until": ends}
    return said if lowest is None else {**said, "lowest_minor": lowest}


def _taking(campaign: str, group: int, price_minor: int | None) -> dict[str, Any]:
    return {"campaign": campaign, "group": group, "price_minor": price_minor}


def _now(rows: Iterable[_PriceRow], moment: int) -> int | None:
    """The lowest of list and special price that holds: what a lane asks of a shopper who is no member."""
    holding = [
        minor
        for kind, begins, ends, minor, _ in rows
        if kind in {"list", "special"} and begins <= moment and (ends is None or ends > moment)
    ]
    return min(holding, default=None)
