"""What an open basket gains when prices change under it: what was shown is kept, what is better now is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from retail.known_campaigns import Known, brought
from retail.pricing import Pricer, price_basket
from retail.product import Listing
from retail.promotions.body import reference
from retail.promotions.campaign import EXCLUDED, NOBODY, Campaign, Shopper, Taking
from retail.replacing import replace
from retail.sale import Line

_FEWEST_TRIES: Final = 16
_LINES_REPRICED: Final = 2000  # in all tries: a basket is priced in a moment, but not five hundred times


@dataclass(frozen=True, slots=True)
class Basket:
    """An open basket as it is priced; `otherwise`: to a shopper who pays in a way that does not say who they are, and
    so does not join, or who takes their yes back."""

    lines: Sequence[Line]
    campaigns: Known = field(default_factory=dict)
    shopper: Shopper = NOBODY
    engine: Pricer | None = None
    otherwise: Shopper | None = None

    def totals_minor(self, changed: Iterable[Line] = (), fresh: Known = MappingProxyType({})) -> tuple[int, ...]:
        """What is to be paid, with some lines as they would be then: as it stands, and by each way of paying that the
        shopper was told of."""
        new = {line.number: line for line in changed}
        lines = [new.get(line.number, line) for line in self.lines]
        campaigns = {**self.campaigns, **fresh}
        ways = sorted({way for campaign in self.campaigns.values() for way in campaign.ways})
        known = [self.shopper] if self.otherwise in (None, self.shopper) else [self.shopper, self.otherwise]
        shoppers = [replace(one, way=way) for one in known for way in (one.way, *ways)]
        return tuple(price_basket(lines, campaigns, one, self.engine, hints=False).total_minor for one in shoppers)


@dataclass(frozen=True, slots=True)
class Repriced:
    """The lines that get better terms, as they are then, and the campaigns that are new to the basket with them."""

    lines: tuple[Line, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


@dataclass(slots=True)
class _Found:
    """What the list says now: lines with better terms, all those it still has, and campaigns that are new."""

    better: list[Line] = field(default_factory=list)
    listed: list[Line] = field(default_factory=list)
    fresh: dict[str, Campaign] = field(default_factory=dict)

    @property
    def general(self) -> dict[str, Campaign]:
        return {named: campaign for named, campaign in self.fresh.items() if campaign.everything}


def lower_prices(basket: Basket, find: Callable[[str], Listing | None]) -> Repriced:
    """What gets better; `find` answers what a SKU costs now, None if it is gone. The basket never costs more than it
    did."""
    found = _look(basket, find)
    if not found.better and not found.general:
        return Repriced()
    totals = basket.totals_minor()
    if _no_dearer(basket.totals_minor(found.better, found.fresh), totals):
        # A campaign for everything may be new though no line's own terms are: some line has to bring it.
        return _repriced(found.better or found.listed[:1], found.fresh)
    # A lower price may miss what a campaign asks for, and a search that is cut short may find less. First the lower
    # prices by themselves, then the campaigns: by halves, as the till waits, and only a few lines are the reason.
    shown = {line.number: line for line in basket.lines}
    own = {named: campaign for named, campaign in found.fresh.items() if not campaign.everything}
    better = [_without(line, found.general) for line in found.better]
    lower = [
        replace(new, takings=shown[new.number].takings)
        for new in better
        if new.unit_minor < shown[new.number].unit_minor
    ]
    taken: dict[int, Line] = {}
    for group in (lower, [line for line in better if line != shown[line.number]]):
        totals = _take(basket, group, taken, own, totals)
    return _repriced([taken[number] for number in sorted(taken)], own)


def _repriced(lines: Sequence[Line], fresh: Known) -> Repriced:
    named = {taking.campaign for line in lines for taking in line.takings}
    brings = [key for key in sorted(fresh) if lines and (key in named or fresh[key].everything)]
    return Repriced(tuple(lines), tuple(fresh[key] for key in brings))


def _no_dearer(new: tuple[int, ...], old: tuple[int, ...]) -> bool:
    return all(then <= now for then, now in zip(new, old, strict=True))


def _take(
    basket: Basket, better: Sequence[Line], taken: dict[int, Line], fresh: Known, totals: tuple[int, ...]
) -> tuple[int, ...]:
    """Add to `taken` what makes the basket no dearer than `totals`; the new ones. What takes too long is left out."""
    tries = max(_FEWEST_TRIES, _LINES_REPRICED // len(basket.lines))
    groups = deque([better] if better else [])
    while groups and tries:
        group, tries = groups.popleft(), tries - 1
        with_it = basket.totals_minor([*taken.values(), *group], fresh)
        if _no_dearer(with_it, totals):
            taken.update((new.number, new) for new in group)
            totals = with_it
        elif len(group) > 1:
            half = len(group) // 2
            groups.extend((group[:half], group[half:]))
    return totals


def _look(basket: Basket, find: Callable[[str], Listing | None]) -> _Found:
    found = _Found()
    for line in basket.lines:
        if line.problem or line.label_minor is not None:  # a label's price is what is printed on the goods
            continue
        listing = find(line.sku)
        if listing is None or listing.product.unit is not line.unit:
            continue
        news = brought(listing, basket.campaigns)
        found.fresh.update((reference(campaign), campaign) for campaign in news.campaigns)
        found.listed.append(line)
        new = _better(line, listing, _merged(line.takings, news.takings, basket.campaigns))
        if new != line:
            found.better.append(new)
    return found


def _better(line: Line, listing: Listing, takings: tuple[Taking, ...]) -> Line:
    price = listing.price
    if price.unit_minor >= line.unit_minor:
        return replace(line, takings=takings)
    return replace(
        line,
        unit_minor=price.unit_minor,
        list_minor=price.list_minor,
        price_kind=price.kind,
        lowest_minor=price.lowest_minor,
        takings=takings,
    )


def _merged(shown: Iterable[Taking], now: Iterable[Taking], known: Known) -> tuple[Taking, ...]:
    """What was shown and what is new; of one with a price of its own the cheaper. Goods are not left out of what they
    were in when they were added; what was over then and holds again no longer leaves them out."""
    now = tuple(now)
    best = {(one.campaign, one.group): one for one in shown if one.group != EXCLUDED or one in now}
    for one in now:
        key = (one.campaign, one.group)
        there = best.get(key)
        if there is None:
            if one.group != EXCLUDED or one.campaign not in known:
                best[key] = one
        elif one.price is not None and there.price is not None and one.price < there.price:
            best[key] = one
    return tuple(best[key] for key in sorted(best))


def _without(line: Line, campaigns: Mapping[str, Campaign]) -> Line:
    return replace(line, takings=tuple(one for one in line.takings if one.campaign not in campaigns))
