"""A whole price list in words of its own, product by product: to compare two lists, or a list with its source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from offline_cache.price_list.reader import PriceList

# What there are several of comes as one JSON text a product: parsing, not SQLite, is what takes the time.
_PRODUCTS: Final = """SELECT sku, unit, category, tax_rate_bp, min_age, loose, plu, tare_grams, json_array(json(names),
    json(coalesce(c.codes, '{}')),
    (SELECT json_group_array(json_array(kind, valid_from, valid_until, minor)) FROM price r WHERE r.product_id = p.id),
    (SELECT json_group_array(offer_id) FROM offer_product o WHERE o.product_id = p.id))
    FROM product p LEFT JOIN
    (SELECT product_id, json_group_object(code, pieces) AS codes FROM code GROUP BY product_id) c ON c.product_id = p.id
    ORDER BY sku"""
_PriceRow = tuple[str, int, int | None, int]


def dump(prices: PriceList, at: datetime) -> Iterator[dict[str, Any]]:
    """All products in the order of their SKUs, one at a time: as many as there are, memory stays the same.

    `price_minor` is what one unit costs at that moment, None if nothing does. Times are epoch seconds; None: without a
    beginning or an end. Nothing in it depends on how the list came here. Raises PriceListUnreadable.
    """
    moment, currency = int(at.timestamp()), prices.meta.currency
    for sku, unit, category, tax, age, loose, plu, tare, several in prices.each(_PRODUCTS):
        names, codes, rows, offers = json.loads(several)
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
            "prices": [
                {"kind": kind, "minor": minor, "valid_from": begins or None, "valid_until": ends}
                for kind, begins, ends, minor in rows
            ],
            "price_minor": _now(rows, moment),
            "currency": currency,
            "offers": sorted(offers),
        }


def _now(rows: Iterable[_PriceRow], moment: int) -> int | None:
    """The lowest of list and special price that holds: what a lane asks of a shopper who is no member."""
    holding = [
        minor
        for kind, begins, ends, minor in rows
        if kind in {"list", "special"} and begins <= moment and (ends is None or ends > moment)
    ]
    return min(holding, default=None)
