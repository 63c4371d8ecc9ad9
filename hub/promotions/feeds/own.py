"""Campaigns that the shop writes itself, as TOML or CSV: docs/promotion-feeds.md. A mistake refuses the whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hub.imports.amounts import Amounts
from hub.imports.errors import ImportRefused, RowRefused
from hub.promotions.feeds.own_cells import Cells, unknown_word
from hub.promotions.feeds.own_conditions import CONDITIONS, SHARED, conditions_of
from hub.promotions.feeds.own_goods import chosen_goods
from hub.promotions.feeds.own_terms import FIGURES, kind_of, terms_of
from hub.promotions.feeds.reader import FeedOptions
from hub.promotions.found import Found, Named
from hub.rows_file import Columns, Mistakes, read_rows, read_toml
from hub.rules_file import currency_of
from hub.shops import Shop
from retail.promotions.campaign import Campaign

ARRAY: Final = "campaigns"
_HEADS: Final = ("store", "kind", "currency", *SHARED)
_IN_TOML: Final = ("groups", "except", "gift")  # what has tables within
_KEYS: Final = (
    "id", "kind", "store", "currency", "name", "skus", "codes", "categories", "everything", "groups", "except",
    *FIGURES, *CONDITIONS,
)  # fmt: skip
_COLUMNS: Final = Columns(ARRAY, tuple(key for key in _KEYS if key not in _IN_TOML), ("id",), named=True)
_NAME_IN: Final = re.compile("name(?:_[a-z]{2,3}(?:_[A-Za-z]{2,4})?)?")
_LANGUAGE: Final = re.compile("[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_LONGEST_ID: Final = 64

Row = tuple[int, str, Mapping[str, Any]]  # number, place, values


def read_own(path: Path, shop: Shop, _options: FeedOptions | None = None) -> list[Found]:
    """All campaigns of a file. ImportRefused names each mistake with its place and remedy.

    A `valid_until` without a time of day includes that day; times without an offset are the shop's own.
    """
    rows = list(_toml_rows(path) if path.suffix.lower() == ".toml" else _csv_rows(path))
    if not rows:
        raise ImportRefused(f"{path}: has no campaigns; nothing was changed")
    return _campaigns(path, rows, shop)


def own_campaigns(path: Path, tables: Sequence[Mapping[str, Any]], shop: Shop, *, array: str = ARRAY) -> list[Found]:
    """Campaigns of tables that stand in another file, such as a shop folder's shop.toml; ImportRefused as `read_own`.

    Decimal numbers must have been read as text (tomllib with parse_float=str).
    """
    return _campaigns(path, [_placed(number, one, array) for number, one in enumerate(tables, start=1)], shop)


def _placed(number: int, table: Mapping[str, Any], array: str) -> Row:
    name = f" ({table['id']!r})" if isinstance(table.get("id"), str) else ""
    return number, f"[[{array}]] number {number}{name}", table


def _campaigns(path: Path, rows: Iterable[Row], shop: Shop) -> list[Found]:
    mistakes, seen, found = Mistakes(path), dict[str, str](), list[Found]()
    for number, place, values in rows:
        try:
            one = _found(number, place, values, shop)
        except RowRefused as exc:
            mistakes.add(place, str(exc))
            continue
        first = seen.setdefault(one.campaign.id, place)
        if first != place:
            mistakes.add(place, f"its id {one.campaign.id!r} stands in {first} already; give each its own")
        found.append(one)
    mistakes.refuse()
    return found


def _found(number: int, place: str, values: Mapping[str, Any], shop: Shop) -> Found:
    cells = Cells(values, Amounts(shop.currency, "."))
    for key in cells.keys():  # noqa: SIM118 - Cells is no mapping
        if key not in _KEYS and _NAME_IN.fullmatch(key) is None:
            raise unknown_word("key", key, _KEYS)
    _check_shop(cells, shop)
    kind = kind_of(cells)
    goods = chosen_goods(cells, kind)
    terms, gift = terms_of(cells, kind, goods)
    names = _names(cells, values)
    campaign = Campaign(
        id=_id(cells.text("id")), terms=terms, names=names, everything=goods.everything, **conditions_of(cells, shop)
    )
    groups = goods.groups if gift is None else (goods.groups[0] if goods.groups else Named(), gift)
    return Found(number, place, campaign, groups, goods.excluded, text=names.get("en", next(iter(names.values()), "")))


def _check_shop(cells: Cells, shop: Shop) -> None:
    store, currency = cells.text("store"), currency_of(cells.text("currency")) or shop.currency
    if store and store != shop.id:
        raise RowRefused("other_store", f"it is of store {store!r}, not of {shop.id!r}; import it into that one")
    if currency != shop.currency:
        raise RowRefused("other_currency", f"its price is in {currency}, the store sells in {shop.currency}")


def _id(text: str) -> str:
    if not text or len(text) > _LONGEST_ID or not text.isprintable():
        raise RowRefused("bad_id", f"its id {text!r} is none; write a name of your own, up to {_LONGEST_ID} signs")
    return text


def _names(cells: Cells, values: Mapping[str, Any]) -> dict[str, str]:
    """Texts by language: name_zh_CN is zh-CN, a plain name English; in TOML also name = { en = …, zh-CN = … }."""
    if isinstance(values.get("name"), Mapping):
        found = dict(cells.pairs("name"))
        for tag in found:
            if _LANGUAGE.fullmatch(tag) is None:
                raise RowRefused("bad_name", f"its name has the language {tag!r}; write one such as en or zh-CN")
    else:
        found = {_language(key): cells.text(key) for key in cells.keys() if _NAME_IN.fullmatch(key)}  # noqa: SIM118
    return {tag: " ".join(text.split()) for tag, text in found.items() if text}


def _language(key: str) -> str:
    return key.removeprefix("name").removeprefix("_").replace("_", "-") or "en"


def _csv_rows(path: Path) -> Iterable[Row]:
    for row in read_rows(path, _COLUMNS):
        yield row.number, row.place, row.cells


def _toml_rows(path: Path) -> Iterable[Row]:
    content = read_toml(path)
    tables = content.pop(ARRAY, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ImportRefused(f"{path}: {ARRAY} is no list of tables; write [[{ARRAY}]] above each; nothing was changed")
    for key in content:
        if key not in _HEADS:
            raise ImportRefused(
                f"{path}: above the first table: {unknown_word('key', key, _HEADS)}; nothing was changed"
            )
    for number, one in enumerate(tables, start=1):
        yield _placed(number, {**content, **one}, ARRAY)
