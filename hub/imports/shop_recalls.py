"""recalls.csv of a shop folder: goods of its products that were called back; it need not be there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import tzinfo
from pathlib import Path
from typing import Final

from hub.imports.errors import RowRefused
from hub.imports.shop_products import nearest
from hub.rows_file import Columns, FileRow, Mistakes, read_rows
from hub.rules_file import moment_of
from offline_cache.price_list.writer import RecallRow
from retail.recall import Recall

_COLUMNS: Final = Columns("recalls", ("sku", "lot", "serial", "reason", "until"), ("sku", "reason"))


def read_shop_recalls(path: Path, zone: tzinfo, skus: Collection[str]) -> list[RecallRow]:
    """The rows; none without a file. An `until` without a time of day includes that day. Raises ImportRefused."""
    if not path.exists():
        return []
    mistakes, found = Mistakes(path), {}
    for row in read_rows(path, _COLUMNS):
        one = mistakes.read(row, _parser(zone, skus))
        if one is not None and (one.sku, one.recall.mark) in found:
            mistakes.add(row.place, f"{one.sku}, {one.recall.mark}, stands in the file already; write it once")
        elif one is not None:
            found[one.sku, one.recall.mark] = one
    mistakes.refuse()
    return list(found.values())


def _parser(zone: tzinfo, skus: Collection[str]) -> Callable[[FileRow], RecallRow]:
    def parse(row: FileRow) -> RecallRow:
        sku, lot, serial = row.text("sku"), row.text("lot"), row.text("serial")
        if sku not in skus:
            raise RowRefused("no_product", f"its sku {sku!r} is not in products.csv{nearest(sku, set(skus))}")
        if lot and serial:
            raise RowRefused("bad_value", "it has a lot and a serial number; write a row for each")
        if not row.text("reason"):
            raise RowRefused("bad_value", "it does not say its reason")
        until = moment_of(row.text("until"), lambda: zone, end=True)
        return RecallRow(sku, Recall(row.text("reason"), lot, serial), until)

    return parse
