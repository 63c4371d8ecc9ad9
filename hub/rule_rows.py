"""Price rules between table and value: one place that knows the columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from hub.pricing import Rule
from hub.scopes import Scope, in_any
from hub.tables import PRICE_RULE

CHUNK: Final = 500  # of values bound in one query: SQLite takes 32,766, PostgreSQL plans better with fewer
_SCOPES: Final = 50
_COLUMNS: Final = tuple(PRICE_RULE.c[name] for name in Rule.__slots__)


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists of up to CHUNK."""
    ordered = list(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def rules_of(connection: Connection, products: Collection[int], scopes: Sequence[Scope]) -> dict[int, list[Rule]]:
    """The rules of these products in these scopes, by product; products without any are left out."""
    found: dict[int, list[Rule]] = {}
    for start in range(0, len(scopes), _SCOPES):
        here = in_any(PRICE_RULE, scopes[start : start + _SCOPES])
        for chunk in chunks(products):
            for product, rule in _read(connection, _rules().where(here, PRICE_RULE.c.product_id.in_(chunk))):
                found.setdefault(product, []).append(rule)
    return found


def rules_from(connection: Connection, source: str) -> list[tuple[int, Rule]]:
    """All rules of a source, each with its product."""
    return list(_read(connection, _rules().where(PRICE_RULE.c.source == source).order_by(PRICE_RULE.c.id)))


def rule_values(product: int, rule: Rule, change: int) -> dict[str, Any]:
    """The row of a rule that is new; the database gives it its id."""
    values = {name: getattr(rule, name) for name in Rule.__slots__ if name != "id"}
    return {"product_id": product, "change": change, **values}


def _rules() -> Select[Any]:
    return select(PRICE_RULE.c.product_id, *_COLUMNS)


def _read(connection: Connection, query: Select[Any]) -> Iterator[tuple[int, Rule]]:
    for product, *values in connection.execute(query):
        yield product, Rule(*values)
