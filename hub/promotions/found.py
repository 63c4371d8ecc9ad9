"""What every promotion feed is read into: campaigns with the goods that they name, and what could not be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from retail.promotions.campaign import Campaign

# A campaign stays in the lists so long after its end: what a basket cost on a day before can be asked and proved, also
# what it cost on the same day a year ago. It holds for nothing that is sold now.
KEPT_S: Final = 400 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Named:
    """Goods of one group as the feed names them. `prices`: by code, of goods that have a price of their own in it."""

    skus: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A campaign of a feed. `groups`: by number; `excluded`: goods that one for everything leaves out.

    `number` and `place`: its first row, for messages; `text`: the feed's own words. `remarks`: (reason, text) of what
    was read otherwise than it is written, such as a rate of 2000 for 20 %.
    """

    number: int
    place: str
    campaign: Campaign
    groups: tuple[Named, ...] = ()
    excluded: Named = Named()
    text: str = ""
    remarks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """An offer that is not guessed at: its row, its id and words, and a reason in a word and in a sentence."""

    number: int
    place: str
    id: str
    text: str
    reason: str
    why: str
