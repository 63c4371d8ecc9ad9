"""Goods that were called back: who said so, where and until when, and who ended it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, select, update

from hub.changes import next_change
from hub.code_lookup import find_by_number, products_by_code
from hub.database import Database
from hub.errors import CodeUnknown, RecallRefused
from hub.imports.errors import RowRefused
from hub.list_source import product_ids
from hub.recall_rows import PERSON, Goods, insert_recall
from hub.rules_file import moment_of
from hub.scopes import Scope, covering, in_any
from hub.shops import Shops, known_shop, read_shops
from hub.tables import PRODUCT, RECALL, RECALL_GOODS

_LONGEST: Final = 64  # GS1 has 20 characters for a lot or serial number; makers' own may be longer
_LONGEST_REASON: Final = 500

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Recalled:
    """A recall as it is on record. Without lots and serials it is about all of its products; `until` and `ended_at`
    are None while nobody said. `holds`: now."""

    id: int
    scope: Scope
    code: str
    skus: tuple[str, ...]
    lots: tuple[str, ...]
    serials: tuple[str, ...]
    reason: str
    until: datetime | None
    added_at: datetime
    added_by: str
    ended_at: datetime | None
    ended_by: str
    holds: bool


class RecallStore:
    """All recalls. Lanes have them with the next publication. Raises HubError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, scope: Scope, goods: Goods, *, reason: str, by: str, until: str = "") -> Recalled:
        """Call goods back in a scope; `until` is a day or moment, in the time zone of its stores if it names none."""
        said = _checked(goods.code, goods.lots, goods.serials, reason)
        _check_person(by)
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            next_change(connection)  # lists that carry them are to be published again
            shops = read_shops(connection)
            if scope.kind == "store":
                known_shop(connection, scope.id)
            ends = _end(until, lambda: shops.time_zone(scope), now)
            products = _meant(connection, shops, scope, goods.code)
            row = {"source": PERSON, "code": goods.code, "reason": said, "valid_until": ends}
            number = insert_recall(connection, scope, row, products, goods, by=by, at=now)
            return _read(connection, RECALL.c.id == number, now)[0]

    def end(self, number: int, *, by: str) -> Recalled:
        """Let the goods be sold again."""
        _check_person(by)
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            next_change(connection)
            found = _read(connection, RECALL.c.id == number, now)
            if not found:
                raise RecallRefused(f"there is no recall {number}; `kiosk-hub recalls list` shows them")
            if found[0].ended_at is not None:
                raise RecallRefused(f"recall {number} was ended before, by {found[0].ended_by}")
            connection.execute(update(RECALL).where(RECALL.c.id == number).values(ended_at=now, ended_by=by))
            return _read(connection, RECALL.c.id == number, now)[0]

    def all(self, store: str = "", *, ended: bool = False) -> list[Recalled]:
        """Those that hold, and with `ended` those that held; of all scopes, or of those that cover a store."""
        now = int(self._clock().timestamp())
        with self._database.read() as connection:
            condition: ColumnElement[bool] = RECALL.c.id > 0
            if store:
                condition = in_any(RECALL, known_shop(connection, store).scopes)
            return [one for one in _read(connection, condition, now) if ended or one.holds]

    def stores_in(self, scope: Scope) -> list[str]:
        """The stores that a recall of a scope is for."""
        with self._database.read() as connection:
            return [shop.id for shop in read_shops(connection).covered(scope)]


def _checked(code: str, lots: Iterable[str], serials: Iterable[str], reason: str) -> str:
    for text in (code, *lots, *serials):
        if not text.strip() or text != text.strip() or len(text) > _LONGEST or not text.isprintable():
            raise RecallRefused(f"{text!r} is no code, lot or serial number; take 1 to {_LONGEST} printable characters")
    said = " ".join(reason.split())
    if not said or len(said) > _LONGEST_REASON or not said.isprintable():
        raise RecallRefused(f"say why in 1 to {_LONGEST_REASON} printable characters: --reason TEXT")
    return said


def _check_person(by: str) -> None:
    if len(by) > _LONGEST or not by.isprintable():
        raise RecallRefused(f"--by: {by!r} is no name; take up to {_LONGEST} printable characters")


def _end(until: str, zone: Callable[[], tzinfo], now: int) -> int | None:
    try:
        ends = moment_of(until, zone, end=True)
    except RowRefused as exc:
        raise RecallRefused(f"--until: {exc}") from exc
    if ends is not None and ends <= now:
        raise RecallRefused(f"--until: {until!r} is over already")
    return ends


def _meant(connection: Connection, shops: Shops, scope: Scope, code: str) -> Collection[int]:
    """All products that a text means in a scope: stores may know the same goods by different numbers.

    One's SKU may stand on the packs of another: what nobody can tell apart is stopped, both.
    """
    if not shops.covered(scope):
        raise RecallRefused(f"the hub has no store in {scope.words}; `kiosk-hub stores` lists them")
    by_sku = set(product_ids(connection, {code}).values())
    found = set(by_sku)
    for shop in shops.covered(scope):
        scopes = covering(shop.id, shop.region)
        found |= products_by_code(connection, {code}, scopes).get(code, set())
        by_number = None if by_sku else find_by_number(connection, scopes, code)
        found |= {by_number.product} if by_number else set()
    if not found:
        raise CodeUnknown(f"no product of {scope.words} has the code, number or SKU {code!r}; nothing was called back")
    return found


def _read(connection: Connection, condition: ColumnElement[bool], now: int) -> list[Recalled]:
    columns = (RECALL_GOODS.c.recall_id, PRODUCT.c.sku, RECALL_GOODS.c.lot, RECALL_GOODS.c.serial)
    query = select(*columns).join(PRODUCT, PRODUCT.c.id == RECALL_GOODS.c.product_id)
    query = query.join(RECALL, RECALL.c.id == RECALL_GOODS.c.recall_id).where(condition)
    goods: dict[int, list[tuple[str, str, str]]] = {}
    for number, sku, lot, serial in connection.execute(query.order_by(*columns)):
        goods.setdefault(number, []).append((sku, lot, serial))
    rows = connection.execute(select(RECALL).where(condition).order_by(RECALL.c.id))
    return [_recalled(row, goods.get(row.id, ()), now) for row in rows]


def _recalled(row: Row[Any], goods: Sequence[tuple[str, str, str]], now: int) -> Recalled:
    skus, lots, serials = (tuple(dict.fromkeys(part for part in column if part)) for column in zip(*goods, strict=True))
    return Recalled(
        id=row.id,
        scope=Scope(row.scope_kind, row.scope_id),
        code=row.code,
        skus=skus,
        lots=lots,
        serials=serials,
        reason=row.reason,
        until=_moment(row.valid_until),
        added_at=datetime.fromtimestamp(row.added_at, UTC),
        added_by=row.added_by,
        ended_at=_moment(row.ended_at),
        ended_by=row.ended_by,
        holds=row.ended_at is None and (row.valid_until is None or row.valid_until > now),
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
