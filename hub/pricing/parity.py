"""Where channels part: the stretches of time in which a product costs more in one channel than in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.pricing.rule import ANY_CHANNEL, CHANNELS, Rule, applies, precedence

_OF_THE_PRICE = ("list", "special")  # a member price is asked for with a card, in every channel alike


@dataclass(frozen=True, slots=True)
class Gap:
    """From `begins` until `ends` (None: open, exclusive) the channels differ; a price of None: none to sell at.

    `rules` are those that make it so: they name a channel and win, or stand in the way of a lower price, there.
    """

    begins: int
    ends: int | None
    prices: Mapping[str, int | None]
    rules: tuple[Rule, ...]


def parity(rules: Sequence[Rule], *, store: str, region: str, since: int, currency: str = "") -> list[Gap]:
    """The gaps of one product from `since` on, in time; empty if all channels have one price, now and later."""
    if all(rule.channel == ANY_CHANNEL for rule in rules):
        return []
    by_channel = {
        channel: [
            rule for rule in rules if applies(rule, store=store, region=region, channel=channel, currency=currency)
        ]
        for channel in CHANNELS
    }
    edges = {edge for own in by_channel.values() for rule in own for edge in (rule.valid_from, rule.valid_until)}
    moments = [since, *sorted(edge for edge in edges if edge is not None and edge > since)]
    gaps: list[Gap] = []
    for begins, ends in zip(moments, [*moments[1:], None], strict=True):
        gap = _gap(by_channel, begins, ends)
        last = gaps[-1] if gaps else None
        if gap is not None and last is not None and _continues(last, gap):
            gaps[-1] = Gap(last.begins, gap.ends, gap.prices, gap.rules)
        elif gap is not None:
            gaps.append(gap)
    return gaps


def _gap(by_channel: Mapping[str, Sequence[Rule]], begins: int, ends: int | None) -> Gap | None:
    winners = {channel: _winners(rules, begins) for channel, rules in by_channel.items()}
    prices = {channel: min((rule.minor for rule in found), default=None) for channel, found in winners.items()}
    if len(set(prices.values())) == 1:
        return None
    common = prices[ANY_CHANNEL]
    to_blame = {
        rule.id: rule
        for channel, found in winners.items()
        if prices[channel] != common
        for rule in found
        if rule.channel != ANY_CHANNEL
    }
    return Gap(begins, ends, prices, tuple(to_blame[key] for key in sorted(to_blame)))


def _winners(rules: Sequence[Rule], at: int) -> list[Rule]:
    """The list and the special price of a moment; the lower of the two is paid."""
    holding = [rule for rule in rules if rule.begins <= at < rule.ends]
    of_kinds = ([rule for rule in holding if rule.kind == kind] for kind in _OF_THE_PRICE)
    return [max(found, key=precedence) for found in of_kinds if found]


def _continues(last: Gap, gap: Gap) -> bool:
    return last.ends == gap.begins and last.prices == gap.prices and last.rules == gap.rules
