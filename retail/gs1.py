"""GS1 element strings: application identifiers (AI) and their values, as GS1-128, DataBar and GS1 2D codes hold them.

Which AI has which form is biip's table. What biip lets pass and GS1's own syntax engine does not (wrong check digits
of keys, days that no calendar has) is found here; so is what breaks a rule between two AIs, in retail.gs1_rules.
"""

from __future__ import annotations

import calendar
import re
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from typing import Final

from retail.currency_numbers import currency_of_number
from retail.gtin import has_valid_check_digit, is_digits

Pairs = tuple[tuple[str, str], ...]
_Form = tuple[str, bool, re.Pattern[str]]

SEPARATOR: Final = "\x1d"
_ESCAPED: Final = re.compile(r"\\(\()")
_BRACKETED: Final = re.compile(r"\((\d{2,4})\)((?:[^(\\]|\\.)*)", re.ASCII | re.DOTALL)
_OFTEN_LAST: Final = {"10", "11", "13", "15", "16", "17", "21", "30", "31", "37", "39"}  # or begin what often is
_MOST_ELEMENTS: Final = 32
_CENTURY: Final = 100
# Where the digits with a GS1 check digit begin and end (GS1 General Specifications 3).
_KEYS: Final = {
    "00": (0, 18), "01": (0, 14), "02": (0, 14), "03": (0, 14), "253": (0, 13), "255": (0, 13), "402": (0, 17),
    "410": (0, 13), "411": (0, 13), "412": (0, 13), "413": (0, 13), "414": (0, 13), "415": (0, 13), "416": (0, 13),
    "417": (0, 13), "8003": (1, 14), "8006": (0, 14), "8017": (0, 18), "8018": (0, 18), "8026": (0, 14),
}  # fmt: skip
# Where dates begin.
_DATES: Final = {
    "11": (0,), "12": (0,), "13": (0,), "15": (0,), "16": (0,), "17": (0,), "7003": (0,), "7006": (0,), "7007": (0, 6),
    "7011": (0,),
}  # fmt: skip
_ANY_DAY: Final = date(2000, 1, 1)


def read_elements(text: str) -> Pairs | None:
    """AIs and values of the text of a code, parted by SEPARATOR where need be; None if any part of it is none.

    A separator too many says nothing, as biip has it; GS1's engine refuses two in a row.
    """
    pairs: list[tuple[str, str]] = []
    rest = text.rstrip(SEPARATOR)
    while rest and len(pairs) < _MOST_ELEMENTS:
        form = _form(rest[:4])
        if form is None:
            return None
        identifier, separated, pattern = form
        match = pattern.match(rest.partition(SEPARATOR)[0] if separated else rest)
        value = match[0][len(identifier) :] if match else ""
        if not value:
            return None
        pairs.append((identifier, value))
        rest = rest[len(identifier) + len(value) :]
        if rest and separated and not rest.startswith(SEPARATOR):
            return None
        rest = rest.lstrip(SEPARATOR)
    return None if rest else tuple(pairs) or None


def may_hide_more(pairs: Pairs) -> bool:
    """Whether the last value could end earlier, with lot, serial, a date or an amount behind it.

    Of a code whose separators a scanner swallowed, nobody can tell: only then this is to be asked.
    """
    identifier, value = pairs[-1]
    return any(
        value[place : place + 2] in _OFTEN_LAST
        and is_element(identifier, value[:place])
        and read_elements(value[place:]) is not None
        for place in range(1, len(value) - 2)
    )


def read_bracketed(text: str) -> Pairs | None:
    """AIs and values as people read them, `(01)...(10)...`; a bracket in a value has a backslash before it."""
    pairs: list[tuple[str, str]] = []
    text, place = text.replace(" ", ""), 0  # no element holds a space
    while place < len(text) and len(pairs) < _MOST_ELEMENTS:
        match = _BRACKETED.match(text, place)
        if match is None:
            return None
        identifier, value = match[1], _ESCAPED.sub(r"\1", match[2])
        if not is_element(identifier, value):
            return None
        pairs.append((identifier, value))
        place = match.end()
    return (tuple(pairs) or None) if place == len(text) else None


def is_identifier(text: str) -> bool:
    """Whether there is such an AI."""
    form = _form(text)
    return form is not None and form[0] == text


def is_element(identifier: str, value: str) -> bool:
    """Whether there is such an AI and the value has its form."""
    form = _form(identifier)
    return bool(form and value and form[0] == identifier and form[2].fullmatch(identifier + value))


def faults(pairs: Pairs) -> tuple[str, ...]:
    """AIs whose value has the right form and yet cannot be: a wrong check digit, no day of the calendar."""
    return tuple(identifier for identifier, value in pairs if not _is_possible(identifier, value))


def day(value: str, today: date) -> date | None:
    """The day of YYMMDD; 00 is the last of its month, and a year lies between 49 years ago and 50 to come (GS1 General
    Specifications 7.12). None for no day."""
    year, month, number = (int(value[place : place + 2]) for place in (0, 2, 4))
    year += today.year - today.year % _CENTURY
    year += (year - today.year < -49) * _CENTURY - (year - today.year > 50) * _CENTURY  # noqa: PLR2004 - the rule
    if not 1 <= month <= 12 or not MINYEAR <= year <= MAXYEAR:  # noqa: PLR2004 - months
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, number or last) if number <= last else None


def _is_possible(identifier: str, value: str) -> bool:
    if identifier in _KEYS:
        begin, end = _KEYS[identifier]
        return has_valid_check_digit(value[begin:end]) and not value[:begin].strip("0")
    if identifier in _DATES:
        return all(day(value[place : place + 6], _ANY_DAY) for place in _DATES[identifier] if value[place:])
    return identifier[:3] not in {"391", "393"} or currency_of_number(value[:3]) is not None


def _form(head: str) -> _Form | None:
    """AI at the front of the text, whether a separator has to end it, and the form of both."""
    return _known_form(head) if is_digits(head[:2]) else None


@lru_cache(maxsize=10_000)  # of 4 digits there are no more
def _known_form(head: str) -> _Form | None:
    from biip import ParseError  # noqa: PLC0415 - 0.1 s of tables that the first frame need not wait for; see warm_up
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier  # noqa: PLC0415 - as above

    try:
        found = GS1ApplicationIdentifier.extract(head)
    except ParseError:
        return None
    return found.ai, found.separator_required, re.compile(found.pattern.removesuffix("$"), re.ASCII)
