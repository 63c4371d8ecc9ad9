"""Writes price lists for tests: the headers of the real feeds, and rows by column name."""

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.catalogue import CatalogueItem
from hub.imports import Import, open_import

IL_HEADER = [
    "רשת", "מזהה רשת", "מזהה חנות", "ברקוד", "שם מוצר", "יצרן", "ארץ ייצור", "כמות", "יחידת מידה", "יחידת כמות",
    "מחיר (₪)", "מחיר ליחידה (₪)", "שקיל", "כמות באריזה", "מותר הנחה", "סטטוס", "עודכן",
]  # fmt: skip
KONZUM_HEADER = [
    "Product", "ProductId", "Brand", "Quantity", "Unit", "Barcode", "Category", "Price", "UnitPrice", "SpecialPrice",
    "BestPrice30", "AnchorPrice",
]  # fmt: skip


def il_row(
    code: str = "7290000551678",
    price: str = "4.9",
    *,
    name: str = "חלב",
    store: str = "1",
    weighed: str = "0",
    unit: str = "יח'",
    chain: str = "729",
    discount: str = "1",
) -> list[str]:
    values = {
        "רשת": "רשת א", "מזהה רשת": chain, "מזהה חנות": store, "ברקוד": code, "שם מוצר": name, "יחידת כמות": unit,
        "מחיר (₪)": price, "שקיל": weighed, "מותר הנחה": discount,
    }  # fmt: skip
    return [values.get(column, "") for column in IL_HEADER]


def konzum_row(
    code: str = "3850334043641",
    price: str = "0.99",
    *,
    name: str = "Mlijeko",
    special: str = "",
    lowest: str = "",
    unit: str = "ko",
    product: str = "90725768",
) -> list[str]:
    values = {
        "Product": name, "ProductId": product, "Unit": unit, "Barcode": code, "Category": "HRANA", "Price": price,
        "SpecialPrice": special, "BestPrice30": lowest,
    }  # fmt: skip
    return [values.get(column, "") for column in KONZUM_HEADER]


def csv_text(*rows: Sequence[str], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def write_csv(path: Path, *rows: Sequence[str], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    content = csv_text(*rows, delimiter=delimiter).encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def take(path: Path, form: str, **options: Any) -> tuple[list[CatalogueItem], Import]:
    opened = open_import(path, format=form, **options)
    return list(opened), opened


def price_minor(item: CatalogueItem) -> int:
    """What the item costs when no price has dates."""
    return min(price.minor for price in item.prices)
