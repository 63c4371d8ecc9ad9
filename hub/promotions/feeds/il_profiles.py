"""What each Israeli chain means by the columns of its promotion feed, where that is not the official meaning.

Counted in the feeds of 10, 21 and 22 August 2026 against the price lists of the same days. A chain that is not here is
read by the official meaning of the reward types, and its campaigns say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Amount(StrEnum):
    """What the price column of reward type 3 is."""

    OFFICIAL = "official"  # an amount off
    PRICE = "price"  # the price itself


class Weighed(StrEnum):
    """What the price of a minimum weight such as 1.900 is for."""

    TOTAL = "total"  # for that weight
    KILOGRAM = "kilogram"


class Rate(StrEnum):
    """What a rate of discount counts in."""

    PERCENT = "percent"
    BASIS_POINTS = "basis_points"
    UNKNOWN = "unknown"  # above 100 it can only be basis points


class Unit(StrEnum):
    """What the number of a limit counts."""

    USES = "uses"
    PIECES = "pieces"
    KILOGRAMS = "kilograms"


@dataclass(frozen=True, slots=True)
class LimitWords:
    """How a chain writes a limit: the first group of `pattern` is the number. Text that `hint` finds and no pattern
    reads says a limit that is not understood."""

    pattern: re.Pattern[str]
    unit: Unit


@dataclass(frozen=True, slots=True)
class Profile:
    """What a chain means. `worded`: reward types whose bundle the text says ('2+1'); `paid_only`: those of them whose
    quantity leaves out the piece that is cheaper. `conditions`: the text asks for a purchase of an amount that no
    column says. `decimals_get`: of rows with quantities '1' and '1.00' the former are bought for the latter.
    `price_decides`: texts of percentages that are rounded in the rate and exact in the price."""

    name: str = ""
    amount: Amount = Amount.OFFICIAL
    weighed: Weighed = Weighed.TOTAL
    rate: Rate = Rate.UNKNOWN
    worded: frozenset[str] = frozenset({"7", "8", "9"})
    paid_only: frozenset[str] = frozenset()
    conditions: re.Pattern[str] | None = None
    limits: tuple[LimitWords, ...] = ()
    limit_hint: re.Pattern[str] | None = None
    decimals_get: bool = False
    price_decides: re.Pattern[str] | None = None
    percent_from_one: bool = False

    @property
    def known(self) -> bool:
        """Whether the chain is declared here."""
        return bool(self.name)


UNKNOWN: Final = Profile()

PROFILES: Final[Mapping[str, Profile]] = {
    "7290027600007": Profile(
        name="Shufersal",
        # '4.90 …' with 4.90: of 2,078 rows of type 3 with a list price 2,073 are below it, in 2,010 by the rate.
        amount=Amount.PRICE,
        # 1.50 at 97.50 for '2 ב 130': 65.00 a kilogram, list price 69.90; the rate says 7 for 97.50 of 104.85.
        weighed=Weighed.TOTAL,
        rate=Rate.PERCENT,  # 25 with '25% הנחה'; the price of all 6,200 rows with a list price is list × (1 - rate)
        worded=frozenset({"0", "7", "8", "9"}),  # 23 of 66 promos: '1+1', '2+1', 'שני ב50%'
        paid_only=frozenset({"0"}),  # '2+1' has 2.00 and rate 100, 'שני ב50%' has 1.00 and rate 50
        # '-מות-75': with a purchase of 75; each of the 15 also has a row for the whole basket.
        conditions=re.compile(r"מות-\d"),
        # 'קנה ארון הוסף 99 קבל סט 40 קולבים': wardrobes '1' at their list price, the hangers '1.00' at 99.00.
        decimals_get=True,
        # 'ללא מע"מ', without VAT, is 18/118 off: 228 rows say 15 and have the exact price, 83.90 of 99.00.
        price_decides=re.compile('ללא מע"מ'),
    ),
    "7290696200003": Profile(
        name="Victory",
        # '11.90…' with 11.90: of 2,032 rows with a list price 2,027 are below it, in 1,968 by the rate. 313 rows have
        # a rate such as -49400, of goods that the store does not sell.
        amount=Amount.PRICE,
        weighed=Weighed.TOTAL,  # 0.25 at 12 of 55.00 a kilogram
        rate=Rate.PERCENT,
        worded=frozenset({"0", "7", "8", "9"}),  # 10 of 11 promos of type 0: '1+1', '2+1', 'מוצר השני ב50%'
        paid_only=frozenset({"0"}),  # '2+1' has 2 and rate 100
        conditions=re.compile(r"מעל \d"),  # '3ב12… מעל 100 מוגבל ל2 מימושים': 20 promos, above a purchase of 100
        limits=(
            LimitWords(re.compile(r"מוגבל\s*ל?\s*(\d+)\s*מ"), Unit.USES),  # 'מוגבל 2 מימושים'; cut off at 50 signs
            LimitWords(re.compile(r"מוגבל\s*ל?\s*(\d+)\s*י"), Unit.PIECES),  # "מוגבל 3 יח'": 12 promos
            LimitWords(re.compile(r"מוגבל\s*ל?\s*(\d+)\s*ק"), Unit.KILOGRAMS),  # "מוגבל 3קג'": 8 promos
        ),
        limit_hint=re.compile("מוגבל"),
    ),
    "7290055700007": Profile(
        name="Yeinot Bitan, Carrefour",
        amount=Amount.PRICE,  # of 2,977 rows with a list price 2,968 are below it, 2,943 by the rate
        weighed=Weighed.TOTAL,  # 2 at 70.00 of 36.90 a kilogram, rate 5.15
        rate=Rate.PERCENT,  # 50.00
        # Type 0 is something like a bundle here too (2 with rate 100), but its text never says which.
        percent_from_one=True,
    ),
    "7290103152017": Profile(
        name="Osher Ad",
        amount=Amount.PRICE,  # '19.90 מוג 3' with 19.90: of 252 rows with a list price 238 are below it
        weighed=Weighed.TOTAL,  # 1.900 at 95.00 for '2 ב 100'
        rate=Rate.PERCENT,
        # 'מוג 4', 'מוג3', 'מו4', '99.90 מ 2', 'מוגבל 4': 113 promos. It counts uses, else '5 ב 10 מוג3' could never be.
        limits=(
            LimitWords(re.compile(r"(?:^|\s)(?:מוגבל|מוג)\s?(\d{1,2})(?!\d)"), Unit.USES),
            LimitWords(re.compile(r"\d-?\s+(?:מו|מ)\s?(\d{1,2})\s*$"), Unit.USES),
        ),
        limit_hint=re.compile(r"(?:^|\s)(?:מוגבל|מוג)(?!\w)|מוגבל"),
    ),
    "7290058140886": Profile(
        name="Rami Levy",
        rate=Rate.PERCENT,  # 50.00; 0.00 where there is none
        worded=frozenset({"2", "7", "8", "9"}),  # 'השני בחצי מחיר!' is of type 2 with quantity 0 and rate 50.00
    ),
    "7290700100008": Profile(
        name="Hazi Hinam",
        rate=Rate.BASIS_POINTS,  # 3000 with '30% הנחה'
    ),
    "7290803800003": Profile(
        name="Yohananof",
        weighed=Weighed.KILOGRAM,  # 1.90 at 55.00 for '2קג ב-110'; 0.30 at 50.00 for '300 גרם ב15'
        rate=Rate.BASIS_POINTS,  # 5000 with '50% הנחה', 333 for the 3.33 % that packing weighs
        conditions=re.compile(r"מעל ?\d|מעל$"),  # 'עד3ק מעל100': 19 promos; one is cut off behind the word
        limits=(
            LimitWords(re.compile(r"עד ?(\d+) ?יח"), Unit.PIECES),  # 'עד 4 יח': 14 promos
            LimitWords(re.compile(r"עד ?(\d+) ?ק"), Unit.KILOGRAMS),
        ),
        limit_hint=re.compile("מוגבל"),
    ),
}
