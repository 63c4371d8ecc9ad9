"""What a shopper would gain by a little more: one more piece, some grams, a sum that is nearly reached.

Reckoned from what is on the basket and free: pieces to which nothing has been given. A missing piece is taken to cost
what the cheapest free one of its group costs. Nothing is promised: with the piece on the basket all is worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Terms, Tier
from retail.promotions.goods import Hint
from retail.promotions.parts import Part
from retail.promotions.piece import WHOLE, Piece, costs_less, off_percent, own_gain

_MOST: Final = 10
_NEARLY_PERCENT: Final = 70  # of a sum or a weight: who is farther off has no use for a hint


class _Free(NamedTuple):
    """A free piece: what it costs, of which line, in which group."""

    amount: int
    line: int
    sku: str
    group: int
    grams: int | None


def hints_for(campaigns: Mapping[str, Campaign], offered: Iterable[str], parts: Sequence[Part]) -> tuple[Hint, ...]:
    """The best first; `offered`: references of the campaigns that are for this shopper."""
    free = _free_pieces(campaigns, set(offered), parts)
    found = [hint for reference, pieces in sorted(free.items()) for hint in _hints_of(campaigns[reference], pieces)]
    return tuple(sorted(found, key=lambda hint: (-hint.saving_minor, hint.campaign.id))[:_MOST])


def _free_pieces(campaigns: Mapping[str, Campaign], offered: set[str], parts: Sequence[Part]) -> dict[str, list[_Free]]:
    everything = [reference for reference in sorted(offered) if campaigns[reference].everything]
    found: dict[str, list[_Free]] = {}
    for part in sorted(parts, key=lambda part: (part.line, -part.amount)):
        if part.given or part.alone:
            continue
        out = {one.campaign for one in part.takings if one.group == EXCLUDED}
        groups = [(one.campaign, one.group) for one in part.takings if one.campaign in offered and one.group >= 0]
        groups += [(reference, 0) for reference in everything if reference not in out]
        for reference, group in dict.fromkeys(groups):
            if part.fixed and campaigns[reference].terms.kind is not Kind.BASKET:
                continue
            one = _Free(part.amount, part.line, part.sku, group, part.grams)
            found.setdefault(reference, []).extend([one] * part.pieces)
    return found


def _hints_of(campaign: Campaign, free: list[_Free]) -> Iterator[Hint]:
    terms = campaign.terms
    if terms.kind is Kind.BASKET:
        yield from _of_basket(campaign, free)
    elif terms.kind in {Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B}:
        yield from _of_groups(campaign, [one for one in free if one.grams is None])
    elif terms.grams:
        yield from _of_weight(campaign, [one for one in free if one.grams is not None])
    elif terms.kind is Kind.TIERS:
        yield from _of_tiers(campaign, free)
    elif terms.kind in {Kind.PERCENT, Kind.SPECIAL_PRICE}:
        tier = Tier(terms.quantity, terms.percent_bp, terms.price)
        yield from _of_threshold(campaign, tier, free)
    else:
        yield from _of_bundle(campaign, [one for one in free if one.grams is None])


def _of_bundle(campaign: Campaign, free: list[_Free]) -> Iterator[Hint]:
    terms = campaign.terms
    size = terms.quantity + (terms.free if terms.kind is Kind.N_PLUS_M else 0)
    missing = size - len(free)
    if not 0 < missing <= size // 2:
        return
    amounts = sorted([one.amount for one in free] + [min(one.amount for one in free)] * missing, reverse=True)
    yield from _hint(campaign, _bundle_saving(terms, amounts), free, pieces=missing)


def _bundle_saving(terms: Terms, amounts: list[int]) -> int:
    """`amounts`: of a full bundle, the dearest first."""
    if terms.kind is Kind.N_FOR_X:
        return sum(amounts) - (terms.price or 0)
    if terms.kind is Kind.N_SAVE_X:
        return min(terms.off or 0, sum(amounts))
    favoured = terms.free if terms.kind is Kind.N_PLUS_M else 1
    own = amounts[:favoured] if terms.dearest else amounts[-favoured:]
    if terms.percent_bp is None and terms.price is None:
        return sum(own)
    return sum(own_gain(terms, Piece(amount)) for amount in own)


def _of_tiers(campaign: Campaign, free: list[_Free]) -> Iterator[Hint]:
    for tier in campaign.terms.tiers:
        if tier.quantity > len(free):
            yield from _of_threshold(campaign, tier, free)
            return


def _of_threshold(campaign: Campaign, tier: Tier, free: list[_Free]) -> Iterator[Hint]:
    terms = Terms(campaign.terms.kind, percent_bp=tier.percent_bp, price=tier.price)
    counted = [one for one in free if not costs_less(terms, Piece(one.amount, one.grams))]
    missing = tier.quantity - len(counted)
    if not counted or not 0 < missing <= max(1, tier.quantity // 2):
        return
    gains = [own_gain(terms, Piece(one.amount, one.grams)) for one in counted]
    yield from _hint(campaign, sum(gains) + missing * min(gains), counted, pieces=missing)


def _of_weight(campaign: Campaign, free: list[_Free]) -> Iterator[Hint]:
    grams = sum(one.grams or 0 for one in free)
    need = campaign.terms.grams
    if not _nearly(grams, need):
        return
    gained = sum(own_gain(campaign.terms, Piece(one.amount, one.grams)) for one in free)
    yield from _hint(campaign, gained, free, grams=need - grams)


def _of_groups(campaign: Campaign, free: list[_Free]) -> Iterator[Hint]:
    terms = campaign.terms
    groups = [[one for one in free if one.group == group] for group in range(len(terms.counts))]
    short = [group for group, need in enumerate(terms.counts) if len(groups[group]) < need]
    if len(short) != 1 or not any(len(groups[group]) for group in range(len(groups))):
        return
    group = short[0]
    missing = terms.counts[group] - len(groups[group])
    if missing > max(1, terms.counts[group] // 2) or sum(map(len, groups)) == 0:
        return
    saving = 0
    if groups[group]:
        saving = _groups_saving(terms, groups, group, missing)
    elif terms.off is not None:
        saving = terms.off  # what a piece costs that is not there nobody knows
    yield from _hint(campaign, saving, free, pieces=missing, group=group, unknown=not groups[group])


def _groups_saving(terms: Terms, groups: list[list[_Free]], short: int, missing: int) -> int:
    bundle = []
    for group, (own, need) in enumerate(zip(groups, terms.counts, strict=True)):
        amounts = sorted((one.amount for one in own), reverse=True)[:need]
        bundle.append(amounts + [amounts[-1]] * (missing if group == short else 0))
    if terms.kind is Kind.BUY_A_GET_B:
        return sum(own_gain(terms, Piece(amount)) for amount in bundle[1])
    worth = sum(map(sum, bundle))
    if terms.percent_bp is not None:
        return sum(off_percent(amount, terms.percent_bp) for own in bundle for amount in own)
    return worth - terms.price if terms.price is not None else min(terms.off or 0, worth)


def _of_basket(campaign: Campaign, free: list[_Free]) -> Iterator[Hint]:
    terms = campaign.terms
    have = sum(one.amount for one in free if not one.group)
    if not _nearly(have, terms.amount_from):
        return
    if terms.counts:
        gifts = [own_gain(terms, Piece(one.amount)) for one in free if one.group == 1][: terms.counts[1]]
        yield from _hint(campaign, sum(gifts), (), amount=terms.amount_from - have, unknown=True)
        return
    saving = terms.off if terms.off is not None else off_percent(terms.amount_from, terms.percent_bp or WHOLE)
    yield from _hint(campaign, saving, (), amount=terms.amount_from - have)


def _nearly(have: int, need: int) -> bool:
    return need * _NEARLY_PERCENT <= have * 100 < need * 100


def _hint(
    campaign: Campaign,
    saving: int,
    goods: Iterable[_Free],
    *,
    pieces: int = 0,
    grams: int = 0,
    amount: int = 0,
    group: int = 0,
    unknown: bool = False,
) -> Iterator[Hint]:
    """`unknown`: it saves something, but nobody can say how much."""
    if saving > 0 or unknown:
        skus = tuple(dict.fromkeys(one.sku for one in sorted(goods, key=lambda one: one.line)))
        yield Hint(campaign, max(0, saving), pieces, grams, amount, group, skus)
