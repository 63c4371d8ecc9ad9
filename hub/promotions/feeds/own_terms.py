"""What a campaign of our own gives: the figures of its kind, each of them there and none besides."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from hub.imports.errors import RowRefused
from hub.promotions.feeds.own_cells import Cells, unknown_word
from hub.promotions.feeds.own_goods import MOST_PIECES, NAMES, Chosen, named
from hub.promotions.found import Named
from retail.promotions.campaign import Kind, Terms, Tier

FIGURES: Final = (
    "quantity", "from_weight", "price", "off", "percent", "free", "dearest", "tiers", "over", "repeat", "gift",
)  # fmt: skip
_ALSO: Final = {"special": Kind.SPECIAL_PRICE}
_KINDS: Final[Mapping[str, Kind]] = {kind.value: kind for kind in Kind} | _ALSO
_TIER_KEYS: Final = ("quantity", "percent", "price")
_GIFT_KEYS: Final = (*NAMES, "quantity", "price", "percent")
_ALL_BP: Final = 10_000

# Of each kind: figures that it needs, of which it needs one and one only, and that it may have.
_NEEDED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SPECIAL_PRICE: ("price",),
    Kind.N_FOR_X: ("quantity", "price"),
    Kind.N_SAVE_X: ("quantity", "off"),
    Kind.PERCENT: ("percent",),
    Kind.TIERS: ("tiers",),
    Kind.N_PLUS_M: ("quantity", "free"),
    Kind.NTH_ITEM: ("quantity",),
    Kind.BASKET: ("over",),
}
_ONE_OF: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.NTH_ITEM: ("percent", "price"),
    Kind.MIX_AND_MATCH: ("price", "off", "percent"),
    Kind.BUY_A_GET_B: ("percent", "price"),
    Kind.BASKET: ("off", "percent", "gift"),
}
_MAY: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SPECIAL_PRICE: ("quantity", "from_weight"),
    Kind.PERCENT: ("quantity", "from_weight"),
    Kind.N_PLUS_M: ("dearest", "percent"),
    Kind.NTH_ITEM: ("dearest",),
    Kind.BASKET: ("repeat",),
}
_LEAST: Final = {Kind.N_FOR_X: 2, Kind.NTH_ITEM: 2}  # one for X is a special price, each item no nth


def kind_of(cells: Cells) -> Kind:
    """The kind; n_for_x if none is said, as in files from before there were others."""
    word = cells.text("kind").lower() or Kind.N_FOR_X.value
    if word not in _KINDS:
        raise unknown_word("kind", word, tuple(_KINDS))
    return _KINDS[word]


def terms_of(cells: Cells, kind: Kind, goods: Chosen) -> tuple[Terms, Named | None]:
    """The terms, and the goods of a gift if that is what it gives."""
    _check_figures(cells, kind)
    values: dict[str, Any] = {}
    if cells.has("quantity"):
        values["quantity"] = cells.whole("quantity", least=_LEAST.get(kind, 1), most=MOST_PIECES)
    for key, name, read in (
        ("from_weight", "grams", cells.grams),
        ("price", "price", cells.money),
        ("off", "off", cells.money),
        ("percent", "percent_bp", cells.percent),
        ("over", "amount_from", cells.money),
    ):
        if cells.has(key):
            values[name] = read(key)
    if cells.has("free"):
        values["free"] = cells.whole("free", least=1, most=MOST_PIECES)
    values |= {"dearest": cells.flag("dearest"), "repeat": cells.flag("repeat")}
    if cells.has("tiers"):
        values["tiers"] = _tiers(cells)
    gift, figures = _gift(cells) if cells.has("gift") else (None, {})
    values |= {"counts": _counts(kind, goods)} | figures
    terms = Terms(kind, **values)
    _check_sense(cells, terms)
    return terms, gift


def _check_figures(cells: Cells, kind: Kind) -> None:
    needed, one_of = _NEEDED.get(kind, ()), _ONE_OF.get(kind, ())
    known = (*needed, *one_of, *_MAY.get(kind, ()))
    for key in FIGURES:
        if cells.has(key) and key not in known:
            raise RowRefused("bad_figures", f"a {kind} has no {key}; it has {', '.join(known)}")
    missing = [key for key in needed if not cells.has(key)]
    if missing:
        raise RowRefused("bad_figures", f"a {kind} needs {' and '.join(missing)}; add it")
    said = [key for key in one_of if cells.has(key)]
    if one_of and len(said) != 1:
        has = f"has {' and '.join(said)}" if said else "has none of them"
        raise RowRefused("bad_figures", f"a {kind} needs one of {', '.join(one_of)}; it {has}")


def _check_sense(cells: Cells, terms: Terms) -> None:
    if cells.has("quantity") and terms.grams:
        raise RowRefused("bad_figures", "it has quantity and from_weight; it can count pieces or weight, not both")
    if terms.repeat and terms.off is None:
        raise RowRefused("bad_figures", "its repeat goes with off: so much less for each full amount of over")
    if terms.kind is Kind.BASKET and (terms.off or 0) > terms.amount_from:
        raise RowRefused("bad_figures", f"its off {cells.text('off')} is more than its over {cells.text('over')}")


def _counts(kind: Kind, goods: Chosen) -> tuple[int, ...]:
    said = [place for place, count in enumerate(goods.counts, start=1) if count is not None]
    if kind not in (Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B):
        if said:
            raise RowRefused("bad_groups", f"a {kind} has its quantity beside its kind, not in a group; move it there")
        return ()
    return tuple(1 if count is None else count for count in goods.counts)


def _gift(cells: Cells) -> tuple[Named, dict[str, Any]]:
    """The goods of a gift, and how many pieces of them at what price; free if it does not say."""
    gift = cells.table("gift", _GIFT_KEYS)
    if gift.has("price") and gift.has("percent"):
        raise RowRefused("bad_figures", "its gift has price and percent; keep one, or none if it is free")
    count = gift.whole("quantity", least=1, most=MOST_PIECES) if gift.has("quantity") else 1
    figures: dict[str, Any] = {"counts": (0, count)}
    if gift.has("price"):
        return named(gift, "its gift"), figures | {"price": gift.money("price")}
    return named(gift, "its gift"), figures | {
        "percent_bp": gift.percent("percent") if gift.has("percent") else _ALL_BP
    }


def _tiers(cells: Cells) -> tuple[Tier, ...]:
    """Tiers of a list of tables, or of a cell as '2=10% 3=20%' or '2=9.00 3=8.50'; each better than the last."""
    tiers = [_tier(one) for one in _tier_tables(cells)]
    if not tiers:
        raise RowRefused("bad_tiers", "its tiers are empty; write tiers = [{ quantity = 2, percent = 10 }, …]")
    if len({tier.price is None for tier in tiers}) > 1:
        raise RowRefused("bad_tiers", "its tiers have percent and price mixed; write all of them in one of the two")
    for place, (low, high) in enumerate(pairwise(tiers), start=2):
        better = (high.percent_bp or 0) > (low.percent_bp or 0) or (high.price or 0) < (low.price or 0)
        if high.quantity <= low.quantity or not better:
            raise RowRefused(
                "bad_tiers", f"its tiers do not rise: tier {place} must be from more pieces on than the one before it, "
                "and better for the shopper"
            )  # fmt: skip
    return tuple(tiers)


def _tier_tables(cells: Cells) -> list[Cells]:
    try:
        pairs = [part.partition("=") for part in cells.text("tiers").split()]
    except RowRefused:  # no text: a list, as TOML has it
        return cells.tables("tiers", _TIER_KEYS)
    found = []
    for quantity, _, value in pairs:
        found.append(Cells({"quantity": quantity, "percent" if "%" in value else "price": value}, cells.amounts))
    return found


def _tier(cells: Cells) -> Tier:
    if cells.has("percent") == cells.has("price"):
        raise RowRefused("bad_tiers", "each of its tiers needs percent or price, and one of them only")
    try:
        return Tier(
            cells.whole("quantity", least=1, most=MOST_PIECES),
            cells.percent("percent") if cells.has("percent") else None,
            cells.money("price") if cells.has("price") else None,
        )
    except RowRefused as exc:
        raise RowRefused("bad_tiers", f"in one of its tiers {exc}") from exc
