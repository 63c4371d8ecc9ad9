"""The goods of a campaign of our own: groups by SKU, code or category, and what one for everything leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.imports.codes import clean_code
from hub.imports.errors import RowRefused
from hub.promotions.feeds.own_cells import Cells
from hub.promotions.found import Named
from retail.promotions.campaign import Kind

NAMES: Final = ("skus", "codes", "categories")
GROUP_KEYS: Final = (*NAMES, "quantity")
MOST_PIECES: Final = 1000
_SEVERAL: Final = (Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B)
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Chosen:
    """Groups by number, how many pieces of each a bundle takes (None: not said), and the rest of the question."""

    groups: tuple[Named, ...]
    counts: tuple[int | None, ...]
    everything: bool
    excluded: Named


def chosen_goods(cells: Cells, kind: Kind) -> Chosen:
    """The goods; RowRefused where there are none, too many, or said twice."""
    everything = cells.flag("everything")
    excluded = named(cells.table("except", NAMES), "its except") if cells.has("except") else Named()
    groups, counts = _groups(cells)
    if everything and groups:
        raise RowRefused("bad_groups", "it is for everything and names goods, too; remove one of them, or use except")
    if not groups and not everything:
        if kind is not Kind.BASKET:
            raise RowRefused("no_goods", "it names no goods; write skus, codes, categories, groups or everything")
        everything = True  # a basket offer is for the whole basket unless it says otherwise
    if excluded != Named() and not everything:
        raise RowRefused("bad_except", "its except goes with everything; here leave those goods out of the groups")
    _check_number(kind, len(groups), everything=everything)
    return Chosen(groups, counts, everything, excluded)


def named(cells: Cells, what: str) -> Named:
    """Goods by their names; RowRefused if there are none."""
    codes = tuple(dict.fromkeys(clean_code(code)[0] for code in cells.texts("codes")))
    found = Named(cells.texts("skus"), codes, _categories(cells))
    if found == Named():
        raise RowRefused("no_goods", f"{what} names no goods; write skus, codes or categories")
    return found


def _categories(cells: Cells) -> tuple[str, ...]:
    """Categories may have spaces in a price list: in CSV a semicolon parts them."""
    return cells.texts("categories", ";")


def _groups(cells: Cells) -> tuple[tuple[Named, ...], tuple[int | None, ...]]:
    plain = [key for key in NAMES if cells.has(key)]
    if not cells.has("groups"):
        return ((named(cells, "it"),), (None,)) if plain else ((), ())
    if plain:
        raise RowRefused("bad_groups", f"it has groups and {plain[0]}, too; write {plain[0]} into one of the groups")
    tables = cells.tables("groups", GROUP_KEYS)
    if not tables:
        raise RowRefused("no_goods", "its groups are empty; write groups = [{ skus = […] }]")
    counts = [one.whole("quantity", least=1, most=MOST_PIECES) if one.has("quantity") else None for one in tables]
    return tuple(named(one, f"group {place}") for place, one in enumerate(tables, start=1)), tuple(counts)


def _check_number(kind: Kind, groups: int, *, everything: bool) -> None:
    if kind in _SEVERAL and everything:
        raise RowRefused("bad_groups", f"a {kind} is for goods of groups; name them instead of everything")
    if kind is Kind.BUY_A_GET_B and groups != _TWO:
        raise RowRefused("bad_groups", f"a {kind} has two groups, what is bought and what is given; it has {groups}")
    if kind not in _SEVERAL and groups > 1:
        raise RowRefused(
            "bad_groups", f"a {kind} has one group of goods, and it has {groups}; write them into one, or mix_and_match"
        )
