"""Items with serial numbers in completed sales: each should be there once, and a second sale of one is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from hub.catalogue_store import unknown_store
from hub.database import Database
from hub.lane_rows import in_parts
from hub.tables import LANE, SALE, SOLD_ITEM, STORE


@dataclass(frozen=True, slots=True)
class SoldItem:
    """One item in one completed sale; `item` is its GTIN, or the SKU of what has none."""

    item: str
    serial: str
    sku: str
    store: str
    lane: str
    sale_id: str
    receipt_number: str
    completed_at: str


class SoldItems:
    """Reads what lanes sold; they refuse only what they sold themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, *, store: str = "", serial: str = "", doubled: bool = False) -> list[SoldItem]:
        """By item, serial number and time; of a store, of a serial number, or only those that were sold several times,
        in whichever store. StoreUnknown."""
        columns = (SOLD_ITEM.c.item, SOLD_ITEM.c.serial, SOLD_ITEM.c.sku, SALE.c.store, LANE.c.name)
        query = (
            select(*columns, SALE.c.id, SALE.c.receipt_number, SALE.c.completed_at)
            .join(SALE, SALE.c.id == SOLD_ITEM.c.sale_id)
            .join(LANE, LANE.c.id == SALE.c.lane_id)
            .order_by(SOLD_ITEM.c.item, SOLD_ITEM.c.serial, SALE.c.completed_at, SALE.c.id)
        )
        if doubled:
            twice = (
                select(SOLD_ITEM.c.item, SOLD_ITEM.c.serial)
                .group_by(SOLD_ITEM.c.item, SOLD_ITEM.c.serial)
                .having(func.count() > 1)
                .subquery()
            )
            same = (twice.c.item == SOLD_ITEM.c.item) & (twice.c.serial == SOLD_ITEM.c.serial)
            query = query.join(twice, same)
        if serial:
            query = query.where(SOLD_ITEM.c.serial == serial)
        with self._database.read() as connection:
            if store and connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
            found = [SoldItem(*row) for row in connection.execute(query)]
        here = {(one.item, one.serial) for one in found if one.store == store}
        return [one for one in found if not store or (one.item, one.serial) in here]


def keep_sold_items(
    connection: Connection, sales: Mapping[str, Iterable[Mapping[str, Any]]], *, before: Collection[str]
) -> None:
    """Make these the items of completed sales, by the sales' ids: as their records have them; `before`: the sales of
    which there may be some already."""
    rows = [
        {
            "sale_id": sale_id,
            "line": one["line"],
            "item": one.get("gtin") or one["sku"],
            "serial": one["serial"],
            "sku": one["sku"],
        }
        for sale_id, items in sales.items()
        for one in items
        if one.get("serial")
    ]
    _forget(connection, before)
    if rows:
        connection.execute(insert(SOLD_ITEM), rows)


def _forget(connection: Connection, sales: Collection[str]) -> None:
    for some in in_parts(sales):
        connection.execute(delete(SOLD_ITEM).where(SOLD_ITEM.c.sale_id.in_(some)))
