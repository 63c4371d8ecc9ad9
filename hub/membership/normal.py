"""One way to write what identifies a person or a car, however it was typed, scanned or told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

# Numbers without a country, as people type them where this product is used: the mainland, Taiwan, Hong Kong.
_HOME: Final = (
    (re.compile(r"1[3-9][0-9]{9}"), "+86", 0),
    (re.compile(r"09[0-9]{8}"), "+886", 1),
    (re.compile(r"[4-9][0-9]{7}"), "+852", 0),
)
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")  # E.164 has 15 digits at most


def normal_phone(number: str) -> str:
    """'+' and digits where the country is known, else the digits; '' for what is no phone number."""
    plain = re.sub(r"[\s().\-/]", "", unicodedata.normalize("NFKC", number))
    plain = re.sub("^00", "+", plain)
    if _PHONE.fullmatch(plain) is None:
        return ""
    for pattern, country, cut in _HOME:
        if pattern.fullmatch(plain):
            return country + plain[cut:]
    return plain


def normal_plate(plate: str) -> str:
    """A number plate in capitals, without what only parts it."""
    return "".join(one for one in unicodedata.normalize("NFKC", plate).upper() if one.isalnum())


def normal_card(number: str) -> str:
    """The digits of a member's card."""
    return "".join(one for one in unicodedata.normalize("NFKC", number) if one.isascii() and one.isdigit())


_WAYS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"phone": normal_phone, "plate": normal_plate, "ticket": normal_plate, "card": normal_card}
)


def normalised(kind: str, value: str) -> str:
    """For a digest: a kind without a rule is taken as it is, and a value that its rule makes nothing of as well."""
    rule = _WAYS.get(kind, str.strip)
    return rule(value) or value.strip()
