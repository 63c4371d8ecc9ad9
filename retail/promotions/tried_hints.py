"""Hints tried out: with what is missing on the basket it is priced anew, so that nothing is said that would not come.

What keeps a hint from coming true is not seen where it is made: another campaign of its group, a limit, a better use of
the same pieces. Only goods that have to do with the hint's are priced anew: a hint is not worth a whole basket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from retail.promotions.campaign import EXCLUDED, Campaign, Taking
from retail.promotions.goods import Hint
from retail.promotions.parts import Part

_MOST_TRIED: Final = 5
_MOST: Final = 3  # that come true: more are not read
_ADDED: Final = -1  # the line of what is not there yet

Saved = tuple[int, Mapping[str, int]]  # what is saved in all, and how often each campaign is used
Price = Callable[[Sequence[Part], Iterable[str]], Saved]  # parts, by those campaigns alone


def tried(
    hints: Iterable[Hint],
    parts: Sequence[Part],
    answer: tuple[Iterable[Part], Mapping[str, int]],
    campaigns: Mapping[str, Campaign],
    price: Price,
) -> Iterator[Hint]:
    """Of the first few hints those that come true, with what is saved then. `parts`: the basket before campaigns;
    `answer`: after them, and how often each was used; `campaigns` by reference, those that are for this shopper."""
    basket = _Basket(parts, answer, campaigns, price)
    come_true = (then for hint in islice(hints, _MOST_TRIED) if (then := basket.tried(hint)) is not None)
    return islice(come_true, _MOST)


class _Basket:
    def __init__(
        self,
        parts: Sequence[Part],
        answer: tuple[Iterable[Part], Mapping[str, int]],
        campaigns: Mapping[str, Campaign],
        price: Price,
    ) -> None:
        self._parts, self._campaigns, self._price = parts, campaigns, price
        self._named = {id(one): named for named, one in campaigns.items()}
        self._of_part = [{one.campaign for one in part.takings if one.campaign in campaigns} for part in parts]
        self._has_all = any(one.everything for one in campaigns.values())
        after, self._uses = answer
        self._saved: dict[int, int] = {}  # by line
        for part in after:
            for saving, _ in part.given:
                self._saved[part.line] = self._saved.get(part.line, 0) + saving * part.pieces

    def tried(self, hint: Hint) -> Hint | None:
        """As it would come, or None."""
        named = self._named[id(hint.campaign)]
        added, is_known = _missing(hint, named, self._parts)
        near, own = self._near(added)
        saved = sum(self._saved.get(part.line, 0) for part in near)
        saved_then, uses = self._price([*near, added], own)
        gained = saved_then - saved
        if gained <= 0 or uses.get(named, 0) <= self._uses.get(named, 0):
            return None
        return replace(hint, saving_minor=gained if is_known else min(gained, hint.saving_minor))

    def _near(self, added: Part) -> tuple[Sequence[Part], Sequence[str]]:
        """The parts that share campaigns with it, directly or by others, or whose campaigns are of one group; and
        those campaigns."""
        if self._has_all:
            return self._parts, [*self._campaigns]
        found = {one.campaign for one in added.takings if one.campaign in self._campaigns}
        size = 0
        while size < len(found):
            size = len(found)
            for own in self._of_part:
                if not found.isdisjoint(own):
                    found |= own
            groups = {self._campaigns[one].group for one in found} - {""}
            if groups:
                found.update(named for named, one in self._campaigns.items() if one.group in groups)
        own_parts = zip(self._parts, self._of_part, strict=True)
        return [part for part, own in own_parts if not found.isdisjoint(own)], sorted(found)


def _missing(hint: Hint, named: str, parts: Sequence[Part]) -> tuple[Part, bool]:
    """What the hint asks for, as goods; and whether it is one more of goods whose price is known."""
    own = (Taking(named, hint.group),) if hint.group or not hint.campaign.everything else ()
    if hint.amount_minor:
        return Part(_ADDED, "", 1, hint.amount_minor, None, fixed=False, takings=own), True
    alike = [part for part in parts if part.sku in hint.skus and _is_in(part, named, hint)]
    if hint.grams:
        like = min(alike, key=lambda part: part.amount)
        amount = -(-like.amount * hint.grams // (like.grams or hint.grams))
        return like._replace(line=_ADDED, pieces=1, amount=amount, grams=hint.grams), False
    if not alike:  # of a group that nothing on the basket is in: it may cost as much as the dearest there
        most = max(part.amount for part in parts)
        return Part(_ADDED, "", hint.pieces, most, None, fixed=False, takings=own), False
    return min(alike, key=lambda part: part.amount)._replace(line=_ADDED, pieces=hint.pieces), True


def _is_in(part: Part, named: str, hint: Hint) -> bool:
    groups = {taking.group for taking in part.takings if taking.campaign == named}
    if EXCLUDED in groups or (part.grams is not None) != bool(hint.grams):
        return False
    return hint.group in groups or (hint.campaign.everything and not hint.group)
