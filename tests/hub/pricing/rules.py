"""Rules for tests: short to write, and any that can be thought of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from hub.pricing import CHANNELS, KINDS, Rule

STORE, REGION = "corner", "north"


def rule(number: int, minor: int, **other: Any) -> Rule:
    common: dict[str, Any] = {"scope_kind": "all", "scope_id": "", "channel": "any", "kind": "list"}
    return Rule(id=number, minor=minor, **common | other)


RULES = st.lists(
    st.builds(
        Rule,
        id=st.just(0),
        scope_kind=st.sampled_from(("all", "region", "store")),
        scope_id=st.sampled_from(("", REGION, STORE, "other")),
        channel=st.sampled_from(CHANNELS),
        kind=st.sampled_from(KINDS),
        minor=st.integers(1, 4),
        valid_from=st.none() | st.integers(10, 40),
        valid_until=st.none() | st.integers(10, 40),
        priority=st.integers(-1, 1),
        currency=st.sampled_from(("", "CNY", "EUR")),
    ),
    max_size=9,
)


def numbered(rules: Iterable[Rule]) -> list[Rule]:
    """Each with an id of its own, as the hub gives them."""
    return [replace(one, id=number) for number, one in enumerate(rules, start=1)]


def moments(rules: Iterable[Rule], *others: int) -> list[int]:
    """Where anything may change, the second before and the second after."""
    edges = {edge for one in rules for edge in (one.valid_from, one.valid_until) if edge is not None}
    return sorted({edge + step for edge in edges | set(others) for step in (-1, 0, 1)})
