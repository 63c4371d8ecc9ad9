"""Which rule holds at a moment, and of every other why not, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from hub.pricing.rule import ANY_CHANNEL, KINDS, Rule, in_scope, precedence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule; `reason` says why it won or lost, as the end of a sentence."""

    rule: Rule
    won: bool
    reason: str


def explain(
    rules: Sequence[Rule],
    *,
    store: str,
    region: str,
    channel: str,
    at: int,
    currency: str = "",
    zone: tzinfo = UTC,
) -> list[Verdict]:
    """A verdict on each rule of a product, kind by kind: the winner, those that gave way, those that do not apply.

    A special that is not lower than the list price wins nothing. `zone` is for the times in the reasons.
    """
    aside: dict[int, str] = {}
    for rule in rules:
        reason = _not_for(rule, store, region, channel, currency) or _not_now(rule, at, zone)
        if reason is not None:
            aside[rule.id] = reason
    best = {
        kind: max((rule for rule in rules if rule.kind == kind and rule.id not in aside), key=precedence, default=None)
        for kind in KINDS
    }
    # Within a kind: those that count before those that do not, the strongest first.
    ordered = sorted(rules, key=precedence, reverse=True)
    ordered.sort(key=lambda rule: (KINDS.index(rule.kind), rule.id in aside))
    return [_verdict(rule, best, aside.get(rule.id)) for rule in ordered]


def _verdict(rule: Rule, best: Mapping[str, Rule | None], aside: str | None) -> Verdict:
    winner = best[rule.kind]
    if aside is not None:
        return Verdict(rule, won=False, reason=aside)
    if winner is not None and rule is not winner:
        return Verdict(rule, won=False, reason=_gave_way(rule, winner))
    listed = best["list"]
    if rule.kind == "special" and listed is not None and rule.minor >= listed.minor:
        return Verdict(rule, won=False, reason="not lower than the list price")
    return Verdict(rule, won=True, reason=_why_it_won(rule, best))


def _why_it_won(rule: Rule, best: Mapping[str, Rule | None]) -> str:
    listed, special = best["list"], best["special"]
    if rule.kind == "member":
        return "holds for members"
    if rule.kind == "special":
        return "holds: a special price, and there is no list price" if listed is None else "holds: the special price"
    if special is not None and special.minor < rule.minor:
        return "holds as list price; the special price is lower"
    return "holds: the list price"


def _not_for(rule: Rule, store: str, region: str, channel: str, currency: str) -> str | None:
    """Why a rule is not for this store and channel, if it is not."""
    if not in_scope(rule, store=store, region=region):
        return f"other {rule.scope_kind}: it is for {rule.scope_id}"
    if rule.channel not in {ANY_CHANNEL, channel}:
        return f"other channel: it is for {rule.channel}"
    if currency and rule.currency and rule.currency != currency:
        return f"other currency: it is in {rule.currency}, the store sells in {currency}"
    return None


def _not_now(rule: Rule, at: int, zone: tzinfo) -> str | None:
    """Why a rule does not hold at a moment, if it does not."""
    if rule.ends <= rule.begins:
        return "it ends before it begins"
    if rule.valid_from is not None and at < rule.valid_from:
        return f"not yet valid: it begins {_moment(rule.valid_from, zone)}"
    if rule.valid_until is not None and at >= rule.valid_until:
        return f"ended {_moment(rule.valid_until, zone)}"
    return None


def _gave_way(rule: Rule, winner: Rule) -> str:
    """The first step of the written order at which the winner was ahead."""
    if rule.priority != winner.priority:
        return f"lower priority: {rule.priority}, rule {winner.id} has {winner.priority}"
    if rule.scope_kind != winner.scope_kind:
        return f"wider scope: {rule.scope_kind}, rule {winner.id} is of {winner.scope}"
    if rule.channel != winner.channel:
        return f"for any channel: rule {winner.id} names channel {winner.channel}"
    if rule.begins != winner.begins:
        return f"superseded: rule {winner.id} begins later"
    return f"superseded: rule {winner.id} was written later"


def _moment(at: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat(sep=" ")
