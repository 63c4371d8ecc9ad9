"""Whether a list may follow the one before it: how far an ordinary day goes, and what is no ordinary day.

The defaults come from real feeds: on ordinary days at most 3 % of a store's products went, 5.4 % of the prices moved
and 1.1 % more than doubled or fell under half; a feed that was another store's lost 13 % and moved 3.3 % far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What a shop lets pass without asking a person. Percent of the products that the store had.

    `moved_far_percent` counts prices that more than doubled or fell under half. Fewer than `at_least` products that
    went or moved are never held up: in a small shop one product is many percent.
    """

    gone_percent: int = 10
    moved_percent: int = 20
    moved_far_percent: int = 2
    at_least: int = 5

    def as_dict(self) -> dict[str, int]:
        """By the names of the fields, as they are stored and published."""
        return asdict(self)


DEFAULT_LIMITS: Final = Limits()


def limits_from(values: Mapping[str, Any]) -> Limits:
    """The limits that `Limits.as_dict` wrote; what is missing or unknown (another version's) takes the default."""
    known = {one.name: values[one.name] for one in fields(Limits) if isinstance(values.get(one.name), int)}
    return Limits(**known)


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would change in a store. `moved` compares effective prices of products that stay.

    `before` and `after` are all that is sold, also by the wider lists that cover a list; of these, `wider_before` were
    sold by wider lists alone, and `wider_moved` and `wider_moved_far` had their prices from there.
    `examples` has up to ten of each: 'gone' and 'added' [{"sku", "code", "name"}], 'moved' the same and "from_minor",
    "to_minor", the farthest first.
    """

    before: int = 0
    after: int = 0
    added: int = 0
    gone: int = 0
    moved: int = 0
    moved_far: int = 0
    wider_before: int = 0
    wider_moved: int = 0
    wider_moved_far: int = 0
    offers_before: int = 0
    offers_gone: int = 0
    offers_added: int = 0
    offers_changed: int = 0
    examples: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def changes_nothing(self) -> bool:
        """Whether goods, prices and offers stay as they are. A special price that moves is among the examples only."""
        counts = (self.added, self.gone, self.moved, self.offers_gone, self.offers_added, self.offers_changed)
        return not any(counts) and not any(self.examples.values())

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def moved_far(before_minor: int, after_minor: int) -> bool:
    """Whether a price more than doubled or fell under half."""
    return after_minor > 2 * before_minor or 2 * after_minor < before_minor


def objections(
    difference: Difference, limits: Limits, *, expected_feed_store: str = "", feed_store: str = ""
) -> list[str]:
    """Why a person should look first, a sentence each; empty: plausible. A store's first list is always plausible."""
    found = []
    own = difference.before - difference.wider_before
    if expected_feed_store and feed_store and feed_store != expected_feed_store:
        found.append(f"it is of store {feed_store}, the list before it was of {expected_feed_store}")
    if difference.before and not difference.after:
        found.append(f"it would leave none of the {difference.before:,} products")
    else:
        found += _beyond("products would go", difference.gone, own, limits.gone_percent, limits)
    # A short list on a long wider one is held against itself first: among all that is sold it would drown.
    for what, moved, taken, percent in (
        ("prices would move", difference.moved, difference.wider_moved, limits.moved_percent),
        (
            "prices would more than double or fall under half",
            difference.moved_far,
            difference.wider_moved_far,
            limits.moved_far_percent,
        ),
    ):
        found += _beyond(what, moved - taken, own, percent, limits) or _beyond(
            what, moved, difference.before, percent, limits
        )
    found += _beyond("offers would go", difference.offers_gone, difference.offers_before, limits.gone_percent, limits)
    return found


def _beyond(what: str, count: int, whole: int, percent: int, limits: Limits) -> list[str]:
    if count < limits.at_least or count * _PERCENT <= percent * whole:
        return []
    # Tenths, cut and not rounded: 10.04 % is shown as 10.0 %, and the counts beside it say the rest.
    tenths = count * _PERCENT * 10 // max(whole, 1)
    share = f"{tenths // 10}.{tenths % 10} %"
    return [f"{count:,} of {whole:,} {what} ({share}; this store's limit is {percent} %)"]
