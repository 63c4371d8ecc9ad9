"""The daily file of Hong Kong's Online Price Watch (Consumer Council, on DATA.GOV.HK): products, what each supermarket
chain asks for them and what it offers, in three languages; JSON, plain or .gz."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub.imports.errors import FeedStoreNeeded, ImportRefused

LANGUAGES: Final[Mapping[str, str]] = {"en": "en", "zh-Hant": "zh-TW", "zh-Hans": "zh-CN"}  # the file's: ours
_LARGEST: Final = 64 << 20  # unpacked; a day has 2 MB
_GZIP: Final = b"\x1f\x8b"

Texts = Mapping[str, str]  # by our tag of the language


@dataclass(frozen=True, slots=True)
class ChainOffer:
    """An offer of a chain, as it words it."""

    chain: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class WatchedProduct:
    """One product; `number` is its place in the file, from 1. `prices`: chain and amount as it is written."""

    number: int
    code: str
    brand: Texts
    name: Texts
    category: str
    prices: tuple[tuple[str, str], ...]
    offers: tuple[ChainOffer, ...]


def read_watched(path: Path) -> list[WatchedProduct]:
    """All products of a file. Raises ImportRefused for what is not one, or not a whole one."""
    try:
        entries = json.loads(_content(path), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as exc:
        raise ImportRefused(f"{path}: is not JSON, or not all of it ({exc}); fetch it again") from exc
    if not isinstance(entries, list) or not entries:
        raise ImportRefused(f"{path}: is no list of products, as the price watch is; fetch it again")
    found = [_product(number, entry) for number, entry in enumerate(entries, start=1) if isinstance(entry, dict)]
    if not any(product.code and product.prices for product in found):
        raise ImportRefused(f"{path}: is not the price watch of Hong Kong: no entry has a code and prices")
    return found


def chosen_chain(path: Path, products: list[WatchedProduct], wish: str | None) -> str:
    """The chain that is meant; FeedStoreNeeded with those that the file has, if it is not said or not there."""
    chains = sorted({chain for product in products for chain, _ in product.prices})
    listed = ", ".join(chains)
    if wish is None:
        if len(chains) == 1:
            return chains[0]
        raise FeedStoreNeeded(f"{path}: holds {len(chains)} chains; name one with --feed-store: {listed}")
    if wish.upper() not in chains:
        raise FeedStoreNeeded(f"{path}: holds no chain {wish}; it holds {listed}")
    return wish.upper()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            compressed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            content = (gzip.GzipFile(fileobj=file) if compressed else file).read(_LARGEST + 1)
    except FileNotFoundError as exc:
        raise ImportRefused(f"{path}: there is no such file") from exc
    except (OSError, EOFError, zlib.error, ValueError) as exc:
        raise ImportRefused(f"{path}: cannot be read ({exc}); fetch it again") from exc
    if not content:
        raise ImportRefused(f"{path}: is empty; fetch it again")
    if len(content) > _LARGEST:
        raise ImportRefused(f"{path}: is larger than {_LARGEST >> 20} MiB, which the price watch never is")
    return content


def _product(number: int, entry: Mapping[str, Any]) -> WatchedProduct:
    return WatchedProduct(
        number=number,
        code=_text(entry.get("code")),
        brand=_texts(entry.get("brand")),
        name=_texts(entry.get("name")),
        category=_texts(entry.get("cat1Name")).get("en", ""),
        prices=tuple((_chain(one), _text(one.get("price"))) for one in _tables(entry.get("prices"))),
        offers=tuple(ChainOffer(_chain(one), _texts(one)) for one in _tables(entry.get("offers"))),
    )


def _chain(entry: Mapping[str, Any]) -> str:
    return _text(entry.get("supermarketCode")).upper()


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    found = {ours: _text(value.get(theirs)) for theirs, ours in LANGUAGES.items()}
    return {tag: text for tag, text in found.items() if text}


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
