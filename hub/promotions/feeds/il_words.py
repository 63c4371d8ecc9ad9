"""What the text of an Israeli promotion adds to its columns: bundles, limits, purchases that it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hub.promotions.feeds.il_profiles import LimitWords, Profile, Unit

_PLUS: Final = re.compile(r"(?<![\d.+])(\d{1,2})\s?\+\s?(\d{1,2})(?![\d+]|\.\d)")
_SECOND: Final = re.compile(r"(?:ה?שניי?ה?)\s+ב\s?-?\s?(\d{1,2})\s?%")
_SECOND_HALF: Final = re.compile(r"(?:ה?שניי?ה?)\s+ב\s?-?\s?חצי")
_SECOND_FOR: Final = re.compile(r"(?:ה?שניי?ה?)\s+ב\s?-?\s?(\d{1,4}(?:\.\d{1,2})?)(?![\d.%])(?!\s?%)")
_PERCENT: Final = re.compile(r"(\d{1,2})\s?%|(\d{1,2})\s+הנחה\s?%")
_DEAREST: Final = re.compile("היקר")
_BUY_AND_GET: Final = re.compile(r"(?:^|\s)קבלי?(?:\s|$)")
_PURCHASE: Final = re.compile(r"בקניי?ה (?:מעל|ב ?-?\d|של \d)|מותנ[הי]|מעל \d+ ?(?:ש\"?ח|₪)")
_DISCOUNT: Final = re.compile("הנחה")
_GIFT: Final = re.compile("מתנה|חינם|פיצוי")
_ONCE: Final = re.compile('ח"ע|חד ערכי')
_DEPOSIT: Final = re.compile("פקדון")
_COUNTED: Final = re.compile(r"\d\s?יח")
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)?")


class Unclear(Exception):
    """An offer is not understood: a word for the report, and a sentence."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason
        self.why = why


@dataclass(frozen=True, slots=True)
class BundleWords:
    """A bundle as the text has it. `paid` and `other` pieces, of which the others cost `percent_bp` less or `price`."""

    paid: int
    other: int
    percent_bp: int | None = None
    price: str = ""
    plus: bool = False


def bundle_words(text: str) -> BundleWords | None:
    """'2+1', or 'the second at 50 %', 'at half', 'at 10'; None if the text has none of them."""
    plus = _PLUS.search(text)
    if plus:
        return BundleWords(int(plus[1]), int(plus[2]), plus=True)
    second = _SECOND.search(text)
    if second:
        return BundleWords(1, 1, int(second[1]) * 100)
    if _SECOND_HALF.search(text):
        return BundleWords(1, 1, 5000)
    second = _SECOND_FOR.search(text)
    return BundleWords(1, 1, price=second[1]) if second else None


def percent_words(text: str) -> int | None:
    """The percentage that a text speaks of, in 1/100 %."""
    found = _PERCENT.search(text)
    return int(found[1] or found[2]) * 100 if found else None


def limit_of(profile: Profile, text: str) -> tuple[int, Unit] | None:
    """How often the text lets it be used; Unclear for one that the chain's patterns do not read."""
    for words in profile.limits:
        found = _found(words, text)
        if found:
            return found
    if profile.limit_hint and profile.limit_hint.search(text):
        raise Unclear("limit_unclear", "its text says a limit, but not how the chain's others do")
    return None


def _found(words: LimitWords, text: str) -> tuple[int, Unit] | None:
    match = words.pattern.search(text)
    return (int(match[1]), words.unit) if match and int(match[1]) else None


def asks_for_purchase(profile: Profile, text: str) -> bool:
    """Whether it holds only with a purchase of an amount, as anybody or this chain writes that."""
    if _PURCHASE.search(text):
        return True
    return profile.conditions is not None and profile.conditions.search(text) is not None


def buys_to_get(text: str) -> bool:
    """'Buy … get …'."""
    return _BUY_AND_GET.search(text) is not None


def favours_dearest(text: str) -> bool:
    """Whether the dearest piece is favoured instead of the cheapest."""
    return _DEAREST.search(text) is not None


def says_free(text: str) -> bool:
    """Whether it says that goods are a gift, free or a compensation, and does not speak of a discount."""
    return _GIFT.search(text) is not None and _DISCOUNT.search(text) is None


def says_discount(text: str) -> bool:
    """Whether it speaks of a discount."""
    return _DISCOUNT.search(text) is not None


def good_once(text: str) -> bool:
    """Whether each coupon is for one use."""
    return _ONCE.search(text) is not None


def says_deposit(text: str) -> bool:
    """Whether it speaks of a deposit."""
    return _DEPOSIT.search(text) is not None


def counts_pieces(text: str) -> bool:
    """Whether it counts units ("2 יח'"), not kilograms."""
    return _COUNTED.search(text) is not None


def numbers_of(text: str) -> list[str]:
    """The numbers in it."""
    return _NUMBERS.findall(text)
