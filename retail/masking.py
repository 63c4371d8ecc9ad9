"""Hides what nobody may read: payment codes, card numbers and tracks, and keys, wherever they stand in a text.

A card number is told by its length (14 to 19 digits: cards of 13 are gone, and most goods have as many), its first
digit and its check digit (Luhn, ISO/IEC 7812); digits may stand in groups. One number in twenty of that length looks
like one by chance: a log loses nothing by it.
"""

from __future__ import annotations

import re
from typing import Final

from retail.gtin import has_valid_check_digit
from retail.wallet import wallet_brand

_DOT: Final = "·"
_LEFT, _RIGHT = 2, 4  # of a code, what staff may see to tell one from another
_GTIN_14: Final = 14
_SHORTEST_CARD, _LONGEST_CARD = 14, 19
_LONGEST: Final = 24  # of Alipay's payment codes
# Digits, perhaps in groups as on a card; a longer number of any kind (a bank's reference) is none of ours.
_NUMBER: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){13,31}(?![0-9])", re.ASCII)
_TRACKS: Final = re.compile(r"(?:%?[Bb])?[0-9]{12,19}[\^=Dd][^?\s]{0,80}\??", re.ASCII)
_KEYS: Final = re.compile(r"-----BEGIN [A-Z ]*KEY-----.*?(?:-----END [A-Z ]*KEY-----|\Z)", re.ASCII | re.DOTALL)
_BEARER: Final = re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}")


def masked(code: str) -> str:
    """The first two and the last four characters of a code; of a short one nothing."""
    if len(code) < 2 * (_LEFT + _RIGHT):
        return _DOT * len(code)
    return code[:_LEFT] + _DOT * (len(code) - _LEFT - _RIGHT) + code[-_RIGHT:]


def scrubbed(text: str) -> str:
    """The text with every secret in it masked; the same text if it has none."""
    text = _KEYS.sub(_DOT * 8, text)
    text = _BEARER.sub(rf"\1{_DOT * 8}", text)
    text = _TRACKS.sub(_track, text)
    return _NUMBER.sub(_number, text)


def is_card_number(digits: str) -> bool:
    """Whether 14 to 19 digits may be a payment card's; a sound GTIN is none."""
    if not _SHORTEST_CARD <= len(digits) <= _LONGEST_CARD or digits[0] not in "23456":
        return False
    return _luhn(digits) and not (len(digits) == _GTIN_14 and has_valid_check_digit(digits))


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) << (place & 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of a two-digit number's digits
    return total % 10 == 0


def _track(found: re.Match[str]) -> str:
    digits = re.split(r"[\^=Dd]", found[0].lstrip("%Bb"), maxsplit=1)[0]
    return masked(digits) if is_card_number(digits) else found[0]


def _number(found: re.Match[str]) -> str:
    digits = re.sub("[ -]", "", found[0])
    if len(digits) <= _LONGEST and (wallet_brand(digits) or is_card_number(digits)):
        return masked(digits)
    return found[0]
