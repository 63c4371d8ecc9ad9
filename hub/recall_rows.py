"""Recalls in the hub's tables: how they are written, and those that a shop folder brings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from hub.scopes import Scope
from hub.tables import PRODUCT, RECALL, RECALL_GOODS
from offline_cache.price_list.writer import RecallRow

PERSON: Final = "person"
FOLDER: Final = "folder"


@dataclass(frozen=True, slots=True)
class Goods:
    """What somebody wants called back: a product by SKU, code or number; lots or single items of it, or all."""

    code: str
    lots: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()


def insert_recall(
    connection: Connection,
    scope: Scope,
    row: dict[str, Any],
    products: Collection[int],
    goods: Goods,
    *,
    by: str,
    at: int,
) -> int:
    """Put a recall on record: its number. `row` has what is not where, who and when."""
    head = {"scope_kind": scope.kind, "scope_id": scope.id, "added_at": at, "added_by": by, "ended_by": "", **row}
    number = int(connection.execute(insert(RECALL).values(**head).returning(RECALL.c.id)).scalar_one())
    parts = [*((lot, "") for lot in goods.lots), *(("", serial) for serial in goods.serials)] or [("", "")]
    rows = [
        {"recall_id": number, "product_id": product, "lot": lot, "serial": serial}
        for product in sorted(products)
        for lot, serial in dict.fromkeys(parts)
    ]
    connection.execute(insert(RECALL_GOODS), rows)
    return number


def replace_folder_recalls(connection: Connection, store: str, rows: Sequence[RecallRow], *, at: int) -> None:
    """Make these what the store's own folder calls back: what stands there no more has ended, what is new is added."""
    scope = Scope("store", store)
    query = select(RECALL).where(scope.of(RECALL), RECALL.c.source == FOLDER, RECALL.c.ended_at.is_(None))
    there = {(*_goods(connection, row.id), row.reason, row.valid_until): row.id for row in connection.execute(query)}
    wanted = {(row.sku, row.recall.lot, row.recall.serial, row.recall.reason, row.valid_until): row for row in rows}
    for key in there.keys() - wanted.keys():
        connection.execute(update(RECALL).where(RECALL.c.id == there[key]).values(ended_at=at, ended_by=FOLDER))
    numbers = _numbers(connection, {row.sku for row in rows})
    for key, row in wanted.items():
        if key not in there:
            one = row.recall
            goods = Goods(row.sku, (one.lot,) if one.lot else (), (one.serial,) if one.serial else ())
            values = {"source": FOLDER, "code": row.sku, "reason": one.reason, "valid_until": row.valid_until}
            insert_recall(connection, scope, values, [numbers[row.sku]], goods, by=FOLDER, at=at)


def _goods(connection: Connection, number: int) -> tuple[str, str, str]:
    """SKU, lot and serial number of a recall of a folder, which has one of each."""
    columns = (PRODUCT.c.sku, RECALL_GOODS.c.lot, RECALL_GOODS.c.serial)
    query = select(*columns).join(PRODUCT, PRODUCT.c.id == RECALL_GOODS.c.product_id)
    sku, lot, serial = connection.execute(query.where(RECALL_GOODS.c.recall_id == number)).one()
    return sku, lot, serial


def _numbers(connection: Connection, skus: Collection[str]) -> dict[str, int]:
    rows = connection.execute(select(PRODUCT.c.sku, PRODUCT.c.id).where(PRODUCT.c.sku.in_(skus)))
    return {str(sku): int(number) for sku, number in rows}
