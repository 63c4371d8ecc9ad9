"""Rules to the flat list of prices of one product in one store and channel."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from hub.pricing.rule import EVER, KINDS, OPEN, Rule, applies, precedence
from offline_cache.price_list.writer import PriceRow

_Said = tuple[int, int | None]  # minor, the lowest of 30 days
_Segment = tuple[int, int, _Said]  # begins, ends


def resolve(
    rules: Sequence[Rule], *, store: str, region: str, channel: str, since: int, currency: str = ""
) -> tuple[PriceRow, ...]:
    """Prices of one product: kind by kind, in time, disjoint; what ended by `since` is left out.

    `rules` are all of one product; those of other stores, channels or currencies (empty: not asked) do not count.
    """
    chosen = [rule for rule in rules if applies(rule, store=store, region=region, channel=channel, currency=currency)]
    if len(chosen) == 1:  # most products
        return _alone(chosen[0], since)
    rows: list[PriceRow] = []
    for kind in KINDS:
        of_kind = [rule for rule in chosen if rule.kind == kind]
        if of_kind:
            rows += _alone(of_kind[0], since) if len(of_kind) == 1 else _flat(kind, of_kind, since)
    return tuple(rows)


def effective(rows: Iterable[PriceRow], at: int) -> PriceRow | None:
    """The price that a shopper pays at a moment: a special that is lower than the list price, else the list price."""
    holding = {
        row.kind: row
        for row in rows
        if (row.valid_from is None or row.valid_from <= at) and (row.valid_until is None or at < row.valid_until)
    }
    listed, special = holding.get("list"), holding.get("special")
    if special is not None and (listed is None or special.minor < listed.minor):
        return special
    return listed


def _alone(rule: Rule, since: int) -> tuple[PriceRow, ...]:
    if rule.ends <= since or rule.ends <= rule.begins:
        return ()
    return (PriceRow(rule.kind, rule.minor, rule.valid_from, rule.valid_until, rule.lowest_minor),)


def _flat(kind: str, rules: Sequence[Rule], since: int) -> Iterator[PriceRow]:
    for begins, ends, (minor, lowest) in _merged(_sweep(rules)):
        if ends > since:
            yield PriceRow(kind, minor, None if begins == EVER else begins, None if ends == OPEN else ends, lowest)


def _sweep(rules: Sequence[Rule]) -> Iterator[_Segment]:
    """Who holds between any two moments where a rule begins or ends; gaps are left out."""
    coming = sorted(rules, key=lambda rule: rule.begins, reverse=True)
    # The strongest first; one that has ended is taken off when it comes to the top.
    holding: list[tuple[tuple[int, ...], Rule]] = []
    moments = sorted({moment for rule in rules for moment in (rule.begins, rule.ends)})
    for begins, ends in pairwise(moments):
        while coming and coming[-1].begins <= begins:
            rule = coming.pop()
            heapq.heappush(holding, (tuple(-part for part in precedence(rule)), rule))
        while holding and holding[0][1].ends <= begins:
            heapq.heappop(holding)
        if holding:
            yield begins, ends, (holding[0][1].minor, holding[0][1].lowest_minor)


def _merged(segments: Iterable[_Segment]) -> Iterator[_Segment]:
    """Neighbours of the same price as one: a rule that changes nothing is no row on a lane."""
    last: _Segment | None = None
    for segment in segments:
        if last is not None and last[1] == segment[0] and last[2] == segment[2]:
            last = (last[0], segment[1], last[2])
            continue
        if last is not None:
            yield last
        last = segment
    if last is not None:
        yield last
