"""Which format a promotion feed has, and what can be said of its shop before any hub is asked."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.imports.errors import ImportRefused
from hub.imports.hk_file import read_watched
from hub.imports.source import inspect
from hub.imports.table import CsvTable
from hub.promotions.feeds import FEEDS
from hub.promotions.feeds.il_table import stores_of
from hub.rows_file import read_toml
from hub.shops import Shop

_START: Final = 1 << 16
_GZIP: Final = b"\x1f\x8b"
_IL_COLUMN: Final = "מזהה מבצע"
_KONZUM_COLUMN: Final = "SpecialPrice"
_OWN_COLUMN: Final = "id"
_DEFAULT_CURRENCY: Final = "CNY"


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a feed's stores are; `stores`: as --feed-store names them, if a file may hold several."""

    currency: str
    time_zone: str
    stores: Callable[[Path], list[str]] = lambda _path: []


def _il_stores(path: Path) -> list[str]:
    return [store.key for store in stores_of(path)]


def _hk_chains(path: Path) -> list[str]:
    return sorted({chain for product in read_watched(path) for chain, _ in product.prices})


_HOMES: Final[Mapping[str, _Home]] = {
    "hk-promos": _Home("HKD", "Asia/Hong_Kong", _hk_chains),
    "il-promos": _Home("ILS", "Asia/Jerusalem", _il_stores),
    "konzum-promos": _Home("EUR", "Europe/Zagreb"),
}


def recognised(path: Path) -> str:
    """The format of a file by its content; ImportRefused if it is of none that is known."""
    found = _recognised(path)
    if found not in FEEDS:
        known = ", ".join(sorted(FEEDS))
        raise ImportRefused(f"{path}: is not known as a promotion feed; if it is one, say its --format: {known}")
    return found


def stores_in(path: Path, format: str) -> list[str]:  # noqa: A002 - as the command line calls it
    """The stores that a file has promotions of, as --feed-store names them; none where the format has no such."""
    home = _HOMES.get(format)
    return home.stores(path) if home else []


def assumed_shop(path: Path, format: str) -> Shop:  # noqa: A002 - as the command line calls it
    """The shop that a feed is taken to be of while no store is named: where such feeds come from, or as it says."""
    home = _HOMES.get(format)
    if home is not None:
        return Shop("", home.currency, home.time_zone, "")
    said = _own_head(path)
    return Shop(_said(said, "store"), _said(said, "currency").upper() or _DEFAULT_CURRENCY, "UTC", "")


def _recognised(path: Path) -> str:
    if path.suffix.lower() == ".toml":
        return "campaigns"
    text = _start(path).lstrip()
    if text.startswith("["):
        return "hk-promos"
    header = text.split("\n", maxsplit=1)[0]
    if _IL_COLUMN in header:
        return "il-promos"
    if _KONZUM_COLUMN in header:
        return "konzum-promos"
    names = {name.strip().strip('"') for name in header.replace(";", ",").replace("\t", ",").split(",")}
    return "campaigns" if _OWN_COLUMN in names else ""


def _start(path: Path) -> str:
    try:
        with path.open("rb") as file:
            compressed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            content = (gzip.GzipFile(fileobj=file) if compressed else file).read(_START)
    except FileNotFoundError as exc:
        raise ImportRefused(f"{path}: there is no such file") from exc
    except (OSError, EOFError, zlib.error, ValueError) as exc:
        raise ImportRefused(f"{path}: cannot be read ({exc}); fetch it again") from exc
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
