"""Price rules and what they come to for one store and channel. Pure: no database, no clock; times are epoch seconds."""

from hub.pricing.explain import Verdict, explain
from hub.pricing.parity import Gap, parity
from hub.pricing.resolve import effective, resolve
from hub.pricing.rule import ANY_CHANNEL, CHANNELS, KINDS, Rule, applies, precedence

__all__ = [
    "ANY_CHANNEL",
    "CHANNELS",
    "KINDS",
    "Gap",
    "Rule",
    "Verdict",
    "applies",
    "effective",
    "explain",
    "parity",
    "precedence",
    "resolve",
]
