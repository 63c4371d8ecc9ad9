"""Which format a promotion feed has, and what can be said of its shop before any hub is asked."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hub.imports.errors import ImportRefused
from hub.imports.hk_file import read_watched
from hub.imports.source import inspect
from hub.imports.table import CsvTable
from hub.promotions.feeds import FEEDS, FeedOptions, Understood
from hub.promotions.feeds.il import read_all_il
from hub.rows_file import read_toml
from hub.shops import Shop

_START: Final = 1 << 16
_GZIP: Final = b"\x1f\x8b"
_IL_COLUMN: Final = "מזהה מבצע"
_IL_PRICE_COLUMN: Final = "שקיל"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEBREW: Final = "cp1255"  # as inspect reads Israeli lists that are not UTF-8
_KONZUM_COLUMN: Final = "SpecialPrice"
_OWN_COLUMN: Final = "id"
_DEFAULT_CURRENCY: Final = "CNY"


_HOMES: Final[Mapping[str, tuple[str, str]]] = {
    "hk-promos": ("HKD", "Asia/Hong_Kong"),
    "il-promos": ("ILS", "Asia/Jerusalem"),
    "konzum-promos": ("EUR", "Europe/Zagreb"),
}


def recognised(path: Path) -> str:
    """The format of a file by its content; ImportRefused if it is of none that is known."""
    found = _recognised(path)
    if found not in FEEDS:
        inspect(path)  # an empty file, a PDF or a spreadsheet has its own sentence
        if _IL_PRICE_COLUMN in _header(path):
            raise ImportRefused(f"{path}: is a price list (kiosk-hub import --format il), not a promotion feed")
        known = ", ".join(sorted(FEEDS))
        raise ImportRefused(f"{path}: is not known as a promotion feed; if it is one, say its --format: {known}")
    return found


def by_store(
    path: Path,
    form: str,
    shop: Shop,
    options: FeedOptions,
) -> Iterator[tuple[str, Iterable[Understood]]]:
    """What a file holds, store by store as --feed-store names them; "" where its format knows no such."""
    if form == "il-promos":
        yield from read_all_il(path, shop, options)
    elif form == "hk-promos":
        for chain in sorted({chain for product in read_watched(path) for chain, _ in product.prices}):
            yield chain, FEEDS[form](path, shop, replace(options, feed_store=chain))
    else:
        yield "", FEEDS[form](path, shop, options)


def assumed_shop(path: Path, form: str) -> Shop:
    """The shop that a feed is taken to be of while no store is named: where such feeds come from, or as it says."""
    home = _HOMES.get(form)
    if home is not None:
        return Shop("", *home, "")
    said = _own_head(path)
    return Shop(_said(said, "store"), _said(said, "currency").upper() or _DEFAULT_CURRENCY, "UTC", "")


def _recognised(path: Path) -> str:
    if path.suffix.lower() == ".toml":
        return "campaigns"
    text = _start(path).lstrip()
    if text.startswith("["):
        return "hk-promos"
    header = _header(path)
    if _IL_COLUMN in header:
        return "il-promos"
    if _KONZUM_COLUMN in header:
        return "konzum-promos"
    names = {name.strip().strip('"') for name in header.replace(";", ",").replace("\t", ",").split(",")}
    return "campaigns" if _OWN_COLUMN in names else ""


def _header(path: Path) -> str:
    return _start(path).lstrip().split("\n", maxsplit=1)[0]


def _start(path: Path) -> str:
    if path.is_dir():
        raise ImportRefused(f"{path}: is a folder; name the feed's file")
    try:
        with path.open("rb") as file:
            compressed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            content = (gzip.GzipFile(fileobj=file) if compressed else file).read(_START)
    except FileNotFoundError as exc:
        raise ImportRefused(f"{path}: there is no such file") from exc
    except (OSError, EOFError, zlib.error, ValueError) as exc:
        raise ImportRefused(f"{path}: cannot be read ({exc}); fetch it again") from exc
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    try:
        content.split(b"\n", maxsplit=1)[0].decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(_HEBREW, errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def _own_head(path: Path) -> Mapping[str, Any]:
    """What the first campaign of our own format says, with what stands above all of them."""
    if path.suffix.lower() == ".toml":
        content = read_toml(path)
        tables = content.get("campaigns")
        first = tables[0] if isinstance(tables, list) and tables and isinstance(tables[0], dict) else {}
        return {**content, **first}
    table = CsvTable(inspect(path))
    try:
        return next((dict(zip(table.header, fields, strict=False)) for _, fields, _ in table.rows()), {})
    finally:
        table.close()


def _said(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""
