"""What an open basket gains when prices change under it: what was shown is kept, what is better now is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from retail.pricing import price_basket
from retail.product import Listing, Offer
from retail.sale import Line

_FEWEST_TRIES: Final = 16
_LINES_REPRICED: Final = 6000  # in all tries: a basket is priced in a moment, but not five hundred times


def lower_prices(lines: Sequence[Line], find: Callable[[str], Listing | None]) -> tuple[Line, ...]:
    """The lines that get better terms, as they are then; `find` answers what a SKU costs now, None if it is gone.

    Together they never cost more than `lines` do.
    """
    better = [new for line in lines if (new := _better(line, find)) is not None]
    if not better:
        return ()
    total = price_basket(lines).total_minor
    if _total_with(lines, better) <= total:
        return tuple(better)
    # The engine takes the offer that saves most first, and a new one may be in another's way. First the lower prices by
    # themselves, then the offers: by halves, as the till waits, and only a few lines are the reason.
    shown = {line.number: line for line in lines}
    lower = [
        replace(new, offers=shown[new.number].offers) for new in better if new.unit_minor < shown[new.number].unit_minor
    ]
    taken: dict[int, Line] = {}
    for groups in (lower, better):
        total = _take(lines, groups, taken, total)
    return tuple(taken[number] for number in sorted(taken))


def _take(lines: Sequence[Line], better: Sequence[Line], taken: dict[int, Line], total: int) -> int:
    """Add to `taken` what makes the basket no dearer than `total`; the new total. What takes too long is left out."""
    tries = max(_FEWEST_TRIES, _LINES_REPRICED // len(lines))
    groups = deque([better] if better else [])
    while groups and tries:
        group, tries = groups.popleft(), tries - 1
        with_it = _total_with(lines, [*taken.values(), *group])
        if with_it <= total:
            taken.update((new.number, new) for new in group)
            total = with_it
        elif len(group) > 1:
            half = len(group) // 2
            groups.extend((group[:half], group[half:]))
    return total


def _better(line: Line, find: Callable[[str], Listing | None]) -> Line | None:
    if line.problem or line.label_minor is not None:  # a label's price is what is printed on the goods
        return None
    listing = find(line.sku)
    if listing is None or listing.product.unit is not line.unit:
        return None
    offers = _best_offers(line.offers, listing.offers) if line.by_piece else line.offers
    price = listing.price
    if price.unit_minor < line.unit_minor:
        return replace(
            line, unit_minor=price.unit_minor, list_minor=price.list_minor, price_kind=price.kind, offers=offers
        )
    return replace(line, offers=offers) if offers != line.offers else None


def _best_offers(shown: Iterable[Offer], now: Iterable[Offer]) -> tuple[Offer, ...]:
    """What was shown and what is new; of one that changed, the cheaper one."""
    best: dict[tuple[str, int], Offer] = {}
    for offer in (*shown, *now):
        key = (offer.id, offer.quantity)
        if key not in best or offer.price_minor < best[key].price_minor:
            best[key] = offer
    return tuple(best[key] for key in sorted(best))


def _total_with(lines: Sequence[Line], changed: Iterable[Line]) -> int:
    new = {line.number: line for line in changed}
    return price_basket([new.get(line.number, line) for line in lines]).total_minor
