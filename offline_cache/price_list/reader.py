"""Reads price-list.sqlite: the look-up that every scan waits for, and what the loose-goods screen shows."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from offline_cache.price_list.campaigns import OFFERS, TAKINGS, Campaigns, TakingRow
from offline_cache.price_list.check import check_schema, read_only, unsound
from offline_cache.price_list.earlier import BRANDS_SINCE, CAMPAIGNS_SINCE, EARLIER, RECALLS_SINCE
from offline_cache.price_list.errors import PriceListError, PriceListFormat, PriceListMissing, PriceListUnreadable
from offline_cache.price_list.in_use import hold
from offline_cache.price_list.schema import LIST
from offline_cache.price_list.writer import Meta
from retail.gtin import written_ways
from retail.labels import LabelTemplate, LabelTemplateError
from retail.product import Listing, Price, PriceKind, Product, Unit
from retail.promotions.campaign import Campaign
from retail.recall import Recall, why_recalled

_PRODUCT = "p.id, p.sku, p.names, p.unit, p.category, p.tax_rate_bp, p.min_age, p.loose, p.plu, p.picture, p.tare_grams"
_PRICE: Final = "SELECT kind, valid_from, valid_until, minor"
_ProductRow = tuple[int, str, str, str, str, int, int, int, str, str, int, int, str]
_PriceRow = tuple[str, int, int | None, int, int | None]
_TRIES: Final = 50
_BETWEEN_TRIES_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Category:
    """A category that has loose goods."""

    id: str
    names: dict[str, str]
    picture: str


class PriceList:
    """One opened price list; bound to the thread that opened it. Times given are aware.

    While it is open nobody writes to its file, even when a newer list has taken the name.

    Raises PriceListMissing, PriceListUnreadable or PriceListFormat on opening, PriceListUnreadable later.
    """

    def __init__(self, path: Path) -> None:
        self._db, self.version, self._held = _open(path)
        self.path = path
        self._is_old = self.version < CAMPAIGNS_SINCE
        brand = "p.brand" if self.version >= BRANDS_SINCE else "''"
        self._product = f"{_PRODUCT}, {'1' if self._is_old else 'p.discountable'}, {brand}"
        lowest, takings = ("NULL", OFFERS) if self._is_old else ("lowest_minor", TAKINGS)
        self._terms = f"{_PRICE}, {lowest} FROM price WHERE product_id = ?1 UNION ALL {takings}"
        try:
            self.meta = _meta(self._db, path)
            patterns = self._rows("SELECT pattern FROM label_template ORDER BY sort")
            self.templates = tuple(LabelTemplate.parse(pattern) for (pattern,) in patterns)
            # Most lists have none, and every scan asks: 8 µs of 70 that need not be.
            self._has_recalls = self.version >= RECALLS_SINCE and bool(self._rows("SELECT 1 FROM recall LIMIT 1"))
            self._campaigns = Campaigns(self._rows, self.version, ZoneInfo(self.meta.time_zone))
        except LabelTemplateError as exc:
            self.close()
            raise PriceListFormat(f"{path}: {exc}; correct it at the hub and publish again") from exc
        except sqlite3.DatabaseError as exc:
            self.close()
            raise unsound(path, exc) from exc
        except PriceListError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; idempotent."""
        self._db.close()
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    def next_change(self, after: datetime) -> datetime | None:
        """The first moment after one at which any price or campaign begins or ends; None if all stays as it is."""
        moment = int(after.timestamp())
        dated = [
            datetime.fromtimestamp(found, UTC)
            for table in ("price", "offer" if self._is_old else "campaign")
            for column, there in (("valid_from", "valid_from > 0"), ("valid_until", "valid_until IS NOT NULL"))
            for (found,) in self._rows(f"SELECT min({column}) FROM {table} WHERE {there} AND {column} > ?", moment)
            if found is not None
        ]
        return min([*dated, *self._campaigns.next_change(after)], default=None)

    def find(self, code: str, at: datetime) -> Listing | None:
        """The product of a code with its price at a moment: the code as it is first, then its GTIN-14.

        None if no product has the code, or none of its prices holds then.
        """
        for ways in written_ways(code):
            row = self._code_row(ways)
            if row is not None:
                return self._listing(code, row[0], row[1:], at)
        return None

    def find_item(self, number: str, at: datetime) -> Listing | None:
        """The product of a PLU or item number, as typed or as a shop label carries it (leading zeros or not)."""
        for plu in dict.fromkeys((number, number.lstrip("0"))):
            row = self._first(f"SELECT {self._product} FROM product p WHERE p.plu = ? AND p.plu <> ''", plu)
            if row is not None:
                return self._listing(number, 1, row, at)
        return None

    def find_sku(self, sku: str, at: datetime) -> Listing | None:
        """The product of a SKU; its code is the SKU itself."""
        row = self._first(f"SELECT {self._product} FROM product p WHERE p.sku = ?", sku)
        return None if row is None else self._listing(sku, 1, row, at)

    def campaigns_for(self, code: str, at: datetime) -> tuple[Campaign, ...]:
        """The campaigns that hold and ask for this coupon."""
        return self._campaigns.asking(code, at)

    def takes_coupon(self, code: str, at: datetime) -> bool:
        """Whether there are some."""
        return bool(self.campaigns_for(code, at))

    def recalls(self, sku: str, at: datetime | None = None) -> tuple[Recall, ...]:
        """What was called back of a product, for whatever reason; without a moment also what ended."""
        if not self._has_recalls:
            return ()
        rows = self._rows("SELECT reason, lot, serial, valid_until FROM recall WHERE sku = ?", sku)
        moment = None if at is None else int(at.timestamp())
        return tuple(
            Recall(reason, lot, serial)
            for reason, lot, serial, ends in rows
            if ends is None or moment is None or ends > moment
        )

    def recall(self, sku: str, lot: str, serial: str, at: datetime | None = None) -> str | None:
        """Why these goods were called back, '' if nobody said; None if they were not. Empty: lot, serial not known."""
        return why_recalled(self.recalls(sku, at), lot, serial)

    def loose_categories(self) -> list[Category]:
        """Categories that have loose goods, in the shop's order."""
        rows = self._rows(
            """SELECT c.id, c.names, c.picture FROM category c
               WHERE EXISTS (SELECT 1 FROM product p WHERE p.category = c.id AND p.loose = 1) ORDER BY c.sort, c.id"""
        )
        return [Category(key, json.loads(names), picture) for key, names, picture in rows]

    def loose_goods(self, at: datetime, *, category: str = "", search: str = "", limit: int = 60) -> list[Listing]:
        """Loose goods of a category (empty: all), or whose name, pinyin initials or number contains `search`."""
        pattern = f"%{search.lower().replace('%', '').replace('_', '')}%"
        rows = self._rows(
            f"""SELECT {self._product} FROM product p
                WHERE p.loose = 1 AND (? = '' OR p.category = ?) AND (? = '%%' OR EXISTS
                    (SELECT 1 FROM search_term t WHERE t.product_id = p.id AND t.term LIKE ?))
                ORDER BY p.id LIMIT ?""",
            category,
            category,
            pattern,
            pattern,
            limit,
        )
        listings = (self._listing(row[8] or row[1], 1, row, at) for row in rows)
        return [listing for listing in listings if listing is not None]

    def picture(self, name: str) -> tuple[str, bytes] | None:
        """Media type and content of a picture."""
        row = self._first("SELECT media_type, bytes FROM picture WHERE name = ?", name)
        return None if row is None else (row[0], row[1])

    def pictures(self) -> list[tuple[str, bytes]]:
        """Name and content of every picture."""
        return [(name, content) for name, content in self._rows("SELECT name, bytes FROM picture ORDER BY name")]

    def count(self) -> int:
        """How many products the list has."""
        ((number,),) = self._rows("SELECT count(*) FROM product")
        return int(number)

    def each(self, query: str) -> Iterator[Any]:
        """Rows of a query one by one: for what reads more than fits into memory."""
        try:
            yield from self._db.execute(query)
        except sqlite3.DatabaseError as exc:
            raise unsound(self.path, exc) from exc

    def _code_row(self, ways: tuple[str, ...]) -> tuple[int, *_ProductRow] | None:
        row: tuple[int, *_ProductRow] | None = self._first(
            f"""SELECT c.pieces, {self._product} FROM code c JOIN product p ON p.id = c.product_id
                WHERE c.code IN ({", ".join("?" * len(ways))}) LIMIT 1""",
            *ways,
        )
        return row

    def _listing(self, code: str, pieces: int, row: _ProductRow, at: datetime) -> Listing | None:
        moment = int(at.timestamp())
        now: dict[str, _PriceRow] = {}
        takings: list[TakingRow] = []
        for one in self._rows(self._terms, row[0]):
            if one[0] is None:
                takings.append(one)
            elif one[1] <= moment and (one[2] is None or one[2] > moment):
                now[one[0]] = one
        price = _price(now)
        if price is None:
            return None
        member = now["member"][3] if "member" in now else None
        product = _product(row)
        lower = member if member is not None and member < price.unit_minor else None
        found = self._campaigns.of(takings, at, moment, lower, discountable=product.discountable)
        return Listing(code, product, price, pieces, *found)

    def _first(self, query: str, *values: object) -> Any:
        rows = self._rows(query, *values)
        return rows[0] if rows else None

    def _rows(self, query: str, *values: object) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise unsound(self.path, exc) from exc


def _product(row: _ProductRow) -> Product:
    _, sku, names, unit, category, tax, age, loose, plu, picture, tare, discountable, brand = row
    known = (sku, json.loads(names), Unit(unit), category, tax, age, bool(loose), plu, picture, tare)
    return Product(*known, bool(discountable), brand)


def _price(now: Mapping[str, _PriceRow]) -> Price | None:
    """Of the prices that hold, by kind."""
    listed, special = now.get("list"), now.get("special")
    if special is not None and (listed is None or special[3] < listed[3]):
        return Price(special[3], PriceKind.SPECIAL, None if listed is None else listed[3], special[4])
    return None if listed is None else Price(listed[3], PriceKind.LIST, listed[3])


def _open(path: Path) -> tuple[sqlite3.Connection, int, int]:
    """The database, its version and the descriptor that holds it, of one and the same file."""
    if not path.is_file():
        raise PriceListMissing(f"{path}: there is no price list yet; run `kiosk-sync once` first")
    for _ in range(_TRIES):
        try:
            held = hold(path)
        except BlockingIOError:
            time.sleep(_BETWEEN_TRIES_S)  # the name still stands for a file that is being given up
            continue
        except OSError as exc:
            raise PriceListUnreadable(f"{path}: cannot be opened ({exc.strerror}); check its permissions") from exc
        db = None
        try:
            db, version = _database(path)
            if _is_held(path, held):
                return db, version, held
        except BaseException:
            os.close(held)
            raise
        db.close()
        os.close(held)
    raise PriceListUnreadable(f"{path}: is being replaced again and again; stop the program that does so")


def _database(path: Path) -> tuple[sqlite3.Connection, int]:
    try:
        db = read_only(path)
    except sqlite3.Error as exc:
        raise PriceListUnreadable(f"{path}: cannot be opened ({exc}); check its permissions") from exc
    try:
        version = check_schema(db, path, LIST, EARLIER)
    except sqlite3.DatabaseError as exc:
        db.close()
        raise unsound(path, exc) from exc
    except PriceListFormat:
        db.close()
        raise
    return db, version


def _is_held(path: Path, held: int) -> bool:
    """Whether the name still stands for the held file: then SQLite, which opened it by name, has that one too."""
    with contextlib.suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(held))
    return False


def _meta(db: sqlite3.Connection, path: Path) -> Meta:
    values = dict(db.execute("SELECT key, value FROM meta"))
    try:
        return Meta(
            store=values["store"],
            revision=int(values["revision"]),
            currency=values["currency"],
            published_at=datetime.fromisoformat(values["published_at"]),
            time_zone=ZoneInfo(values["time_zone"]).key,  # a lane that does not know it could sell nothing
            names=json.loads(values["names"]),
            receipt=json.loads(values["receipt"]),
            bag_skus=tuple(json.loads(values["bag_skus"])),
            channel=values["channel"],
            state=values["state"],
            limits=json.loads(values["limits"]),
            imports=int(values["imports"]),
            payments=json.loads(values.get("payments", "{}")),  # lists of hubs before it do not say
            membership=json.loads(values.get("membership", "{}")),
        )
    except (KeyError, ValueError, TypeError, OSError) as exc:  # OSError: a zone named as a folder of zones is
        raise PriceListFormat(f"{path}: its own description is incomplete ({exc})") from exc
