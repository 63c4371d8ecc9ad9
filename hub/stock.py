"""What the stores have counted of their products: taken in, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from hub.catalogue import ImportReport
from hub.code_lookup import find_all_by_code
from hub.database import Database
from hub.described import Described, described
from hub.errors import ImplausibleImport
from hub.imports.errors import ImportRefused
from hub.limits_store import read_limits
from hub.list_source import product_ids
from hub.shops import Shop, known_shop
from hub.stock_file import Count, read_counts
from hub.tables import STOCK, STORE
from retail.product import Unit

FORMAT: Final = "stock"
_THOUSAND: Final = 1000
_PERCENT: Final = 100

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Stocked:
    """What a store has of a product: pieces, or grams of what is sold by the kilogram."""

    product: Described
    quantity: int
    counted_at: datetime

    @property
    def measure(self) -> str:
        """What `quantity` counts."""
        return "grams" if self.product.unit is Unit.KG else "pieces"


@dataclass(frozen=True, slots=True)
class StockTaken:
    """What became of a file's rows; how many products were counted for the first time, and how many anew."""

    rows: ImportReport
    added: int
    changed: int
    objections: tuple[str, ...]
    dry_run: bool
    approved_by: str

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            **self.rows.as_dict(),
            "added": self.added,
            "changed": self.changed,
            "objections": list(self.objections),
            "dry_run": self.dry_run,
            "approved_by": self.approved_by,
        }


class StockStore:
    """The counted stock of the stores."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, path: Path, store: str, *, dry_run: bool = False, approved_by: str = "") -> StockTaken:
        """Put a file's counts in place of older ones; what the file does not name keeps its count.

        Raises StoreUnknown, ImportRefused for a mistake or a file of another store, and ImplausibleImport if it names
        more products that the store does not sell than its limits let go: nothing has changed then.
        """
        with self._database.read() as connection:
            shop = known_shop(connection, store)
        counts = read_counts(path, shop, now=int(self._clock().timestamp()))
        report = ImportReport(str(path), FORMAT, shop.id, read=len(counts))
        with self._database.write() as connection:
            # PostgreSQL has many writers: two counts of one store wait for each other.
            connection.execute(select(STORE.c.id).where(STORE.c.id == shop.id).with_for_update())
            found = _found(connection, path, shop, counts, report)
            against = _against(connection, shop, report)
            if against and not approved_by and not dry_run:
                raise ImplausibleImport(
                    f"{path}: {'; '.join(against)}; nothing was changed: is it another store's? If not, let it through "
                    "with --override and the name of who answers for it"
                )
            added, changed = _write(connection, shop, found, report)
            transaction = connection.get_transaction()
            if dry_run and transaction is not None:
                transaction.rollback()
        let_through_by = approved_by if against and not dry_run else ""
        return StockTaken(report, added, changed, tuple(against), dry_run, let_through_by)

    def of_store(self, store: str) -> list[Stocked]:
        """What a store has, by SKU; products that it no longer sells are left out."""
        with self._database.read() as connection:
            shop = known_shop(connection, store)
            query = select(STOCK.c.product_id, STOCK.c.quantity, STOCK.c.counted_at).where(STOCK.c.store == shop.id)
            rows = {product: (quantity, at) for product, quantity, at in connection.execute(query)}
            products = described(connection, shop, list(rows))
        stocked = [
            Stocked(product, rows[number][0], datetime.fromtimestamp(rows[number][1], UTC).astimezone(shop.zone))
            for number, product in products.items()
        ]
        return sorted(stocked, key=lambda one: one.product.sku)


def _found(
    connection: Connection, path: Path, shop: Shop, counts: Sequence[Count], report: ImportReport
) -> dict[int, tuple[Count, int]]:
    """Counts by product, in its own measure; the report is told of those that the store does not sell."""
    by_sku = product_ids(connection, {count.sku for count in counts if count.sku})
    by_code = find_all_by_code(connection, shop.scopes, {count.code for count in counts if not count.sku})
    named = [(count, by_sku.get(count.sku) if count.sku else by_code.get(count.code)) for count in counts]
    products = described(connection, shop, {product for _, product in named if product is not None})
    found: dict[int, tuple[Count, int]] = {}
    for count, product in named:
        if product is None or product not in products:
            text = f"{count.sku or count.code} is no product of the store"
            report.refuse("no_product", row=count.number, code=count.code or count.sku, text=text)
            continue
        if product in found:
            first = found[product][0].place
            raise ImportRefused(
                f"{path}: {count.place}: {products[product].sku} stands in {first} already; write one count of all "
                "that is there; nothing was changed"
            )
        found[product] = (count, _quantity(path, count, products[product]))
    return found


def _quantity(path: Path, count: Count, product: Described) -> int:
    if product.unit is Unit.KG:
        return count.thousandths
    if count.thousandths % _THOUSAND:
        raise ImportRefused(
            f"{path}: {count.place}: {product.sku} is sold by the piece, and its quantity is not a whole number; "
            "nothing was changed"
        )
    return count.thousandths // _THOUSAND


def _against(connection: Connection, shop: Shop, report: ImportReport) -> list[str]:
    """A count of goods that the store does not sell is probably another store's."""
    limits = read_limits(connection, shop.id)
    if report.refused < limits.at_least or report.refused * _PERCENT <= limits.gone_percent * report.read:
        return []
    share = f"this store's limit is {limits.gone_percent} %"
    return [f"{report.refused:,} of its {report.read:,} rows name products that the store does not sell ({share})"]


def _write(
    connection: Connection, shop: Shop, found: dict[int, tuple[Count, int]], report: ImportReport
) -> tuple[int, int]:
    """Insert and update; how many of each. A count that is older than the one that is there is passed over."""
    rows = connection.execute(select(STOCK.c.product_id, STOCK.c.counted_at).where(STOCK.c.store == shop.id))
    known = {row.product_id: row.counted_at for row in rows}
    fresh: list[dict[str, int]] = []
    newer: list[dict[str, int]] = []
    for product, (count, quantity) in found.items():
        if known.get(product, 0) > count.counted_at:
            report.refuse("older_count", row=count.number, code=count.sku or count.code, text="a newer count is there")
            continue
        report.taken += 1
        if quantity < 0:
            report.warned += 1
            report.warn("below_zero", row=count.number, code=count.sku or count.code, text="more was sold than booked")
        (newer if product in known else fresh).append({"number": product, "amount": quantity, "at": count.counted_at})
    amount: BindParameter[int] = bindparam("amount")
    at: BindParameter[int] = bindparam("at")
    if fresh:
        same = {"store": shop.id, "product_id": bindparam("number")}
        connection.execute(insert(STOCK).values(**same, quantity=amount, counted_at=at), fresh)
    if newer:
        there = (STOCK.c.store == shop.id) & (STOCK.c.product_id == bindparam("number"))
        connection.execute(update(STOCK).where(there).values(quantity=amount, counted_at=at), newer)
    return len(fresh), len(newer)
