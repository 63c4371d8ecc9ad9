"""A price list that remembers what it was asked: between two changes of its prices a code has one answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from retail.labels import LabelTemplate
from retail.product import Listing
from retail.promotions.asked_goods import AskedList

_MOST: Final = 20_000  # answers to a span of time: some 2 KB each
_SPANS: Final = 4

_Find = Callable[[str, datetime], Listing | None]


class ChangingList(AskedList, Protocol):
    """A list that can tell when its next price or campaign begins or ends."""

    def next_change(self, after: datetime) -> datetime | None: ...


@dataclass(slots=True)
class _Span:
    """From a moment until before another (None: for ever) nothing changes."""

    since: datetime
    until: datetime | None
    answers: dict[tuple[str, str], Listing | None] = field(default_factory=dict)

    def has(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class RememberedList:
    """The same answers as the list's own, most of them without it. Recalls are asked each time: they just end."""

    def __init__(self, prices: ChangingList) -> None:
        self._prices = prices
        self._spans: list[_Span] = []
        self.templates: tuple[LabelTemplate, ...] = prices.templates

    def find(self, code: str, at: datetime) -> Listing | None:
        """The product of a code."""
        return self._answer("code", code, at, self._prices.find)

    def find_item(self, number: str, at: datetime) -> Listing | None:
        """The product of a number of loose goods."""
        return self._answer("item", number, at, self._prices.find_item)

    def find_sku(self, sku: str, at: datetime) -> Listing | None:
        """The product of a SKU."""
        return self._answer("sku", sku, at, self._prices.find_sku)

    def recall(self, sku: str, lot: str, serial: str, at: datetime | None = None) -> str | None:
        """Why these goods were called back."""
        return self._prices.recall(sku, lot, serial, at)

    def _answer(self, kind: str, asked: str, at: datetime, find: _Find) -> Listing | None:
        answers, key = self._span(at).answers, (kind, asked)
        if key not in answers:
            if len(answers) >= _MOST:
                answers.clear()
            answers[key] = find(asked, at)
        return answers[key]

    def _span(self, at: datetime) -> _Span:
        """The span of a moment, which is then the first to be looked at."""
        for place, span in enumerate(self._spans):
            if span.has(at):
                if place:
                    self._spans.insert(0, self._spans.pop(place))
                return span
        self._spans.insert(0, _Span(at, self._prices.next_change(at)))
        del self._spans[_SPANS:]
        return self._spans[0]
