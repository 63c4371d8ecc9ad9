"""`kiosk dump` for people: a product a line, in columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kiosk.services.formats import money_text
from kiosk.services.receipt import columns
from offline_cache.price_list.writer import Meta
from retail.product import name_in

_SKU: Final = 18
_NAME: Final = 36
_PRICE: Final = 12


def heading(meta: Meta) -> str:
    """Which list it is, and what stands in which column."""
    published = f"{meta.published_at:%Y-%m-%d %H:%M %Z}"
    return (
        f"Store {meta.store}, revision {meta.revision}, published {published}\n"
        f"{_filled('SKU', _SKU)} {_filled('NAME', _NAME)} {'PRICE':>{_PRICE}}       CODES"
    )


def row(product: Mapping[str, Any], language: str) -> str:
    """One product: number, name, price now, codes, and how many prices and offers it has beside that one."""
    minor = product["price_minor"]
    price = "no price" if minor is None else money_text(minor, product["currency"], "en")
    unit = "/kg " if product["unit"] == "kg" else "each"
    codes = [code if pieces == 1 else f"{code} (x{pieces})" for code, pieces in product["codes"].items()]
    if product["plu"]:
        codes.append(f"PLU {product['plu']}")
    more = [f"{len(product['prices'])} prices"] if len(product["prices"]) > 1 else []
    more += [f"offers: {', '.join(product['offers'])}"] if product["offers"] else []
    note = f"  [{'; '.join(more)}]" if more else ""
    name = name_in(product["names"], language)
    return f"{_filled(product['sku'], _SKU)} {_filled(name, _NAME)} {price:>{_PRICE}} {unit}  {', '.join(codes)}{note}"


def _filled(text: str, width: int) -> str:
    """Cut or filled to a width in columns, where a Chinese character takes two."""
    while columns(text) > width:
        text = text[:-1]
    return text + " " * (width - columns(text))
