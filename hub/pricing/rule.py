"""One price rule: what it says, where it applies, and what it gives way to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("list", "special", "member")
ANY_CHANNEL: Final = "any"
CHANNELS: Final = (ANY_CHANNEL, "lane", "phone", "web", "live")
# Narrower wins.
SCOPES: Final = ("all", "region", "store")
EVER: Final = -(2**63)
OPEN: Final = 2**63


@dataclass(frozen=True, slots=True)
class Rule:
    """A price of one product; `scope_id` is empty for all, else a region's name or a store's id.

    Validity in epoch seconds: `valid_from` None since ever, `valid_until` the first second after, None until further
    notice. `currency` empty: that of the store. `id` grows with every change: the later rule has the greater one.
    `lowest_minor`: of a special price, the lowest price of the 30 days before it, where the list says so.
    """

    id: int
    scope_kind: str
    scope_id: str
    channel: str
    kind: str
    minor: int
    valid_from: int | None = None
    valid_until: int | None = None
    priority: int = 0
    source: str = ""
    label: str = ""
    currency: str = ""
    lowest_minor: int | None = None

    @property
    def scope(self) -> str:
        """As people write it: all, region:NAME, store:ID."""
        return f"{self.scope_kind}:{self.scope_id}" if self.scope_id else self.scope_kind

    @property
    def begins(self) -> int:
        """First second."""
        return EVER if self.valid_from is None else self.valid_from

    @property
    def ends(self) -> int:
        """First second after."""
        return OPEN if self.valid_until is None else self.valid_until


def in_scope(rule: Rule, *, store: str, region: str) -> bool:
    """Whether a rule's scope covers a store; a store without a region is in none."""
    if rule.scope_kind == "store":
        return rule.scope_id == store
    return rule.scope_kind == "all" or (bool(region) and rule.scope_id == region)


def applies(rule: Rule, *, store: str, region: str, channel: str, currency: str = "") -> bool:
    """Whether a rule is for this store and channel and in its currency (empty: not asked), whenever that may be."""
    return (
        (rule.channel == ANY_CHANNEL or rule.channel == channel)  # noqa: PLR1714 - a publication asks a million times
        and in_scope(rule, store=store, region=region)
        and not (currency and rule.currency and rule.currency != currency)
    )


def precedence(rule: Rule) -> tuple[int, int, bool, int, int]:
    """Of the rules of a kind that apply and hold at a moment, the one with the greatest precedence wins.

    Priority, then narrower scope, then named channel over any, then later beginning, then later change.
    """
    return (rule.priority, SCOPES.index(rule.scope_kind), rule.channel != ANY_CHANNEL, rule.begins, rule.id)
