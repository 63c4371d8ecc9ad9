"""One way to write what identifies a person or a car, however it was typed, scanned or told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

# Numbers as people type them where this product is used, with and without country or its '+', and with the 0 that is
# for calls within the country alone: the mainland, Taiwan, Hong Kong.
_HOME: Final = (
    (re.compile(r"(?:\+?860?)?(1[3-9][0-9]{9})"), "+86"),
    (re.compile(r"(?:0|\+?8860?)(9[0-9]{8})"), "+886"),
    (re.compile(r"(?:\+?852)?([4-9][0-9]{7})"), "+852"),
)
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")  # E.164 has 15 digits at most


def normal_phone(number: str) -> str:
    """'+' and digits where the country is known, else the digits; '' for what is no phone number."""
    # Numbers that are copied bring dashes of all kinds, and marks of the direction of writing that nobody sees.
    told = unicodedata.normalize("NFKC", number)
    plain = "".join(one for one in told if not one.isspace() and unicodedata.category(one) not in {"Pd", "Cf"})
    plain = re.sub(r"[()./\u2212]", "", plain)
    plain = re.sub("^00", "+", plain)
    if _PHONE.fullmatch(plain) is None:
        return ""
    for pattern, country in _HOME:
        found = pattern.fullmatch(plain)
        if found is not None:
            return country + found[1]
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
