"""The words of the pages, one catalogue a language, and which language somebody reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from offline_cache.price_list.offer_words import OfferWords

LANGUAGES: Final = ("zh-CN", "zh-TW", "en")  # in the order of the switch
_FOLDER: Final = Path(__file__).parent / "locales"
_TRADITIONAL: Final = frozenset({"zh-tw", "zh-hk", "zh-mo", "zh-hant", "zh-hant-tw", "zh-hant-hk", "zh-hant-mo"})
_LONGEST: Final = 200
_MOST: Final = 10


@cache
def words() -> OfferWords:
    """The catalogues, read once."""
    return OfferWords.load(_FOLDER)


def chosen_language(kept: str, accepts: str) -> str:
    """The language that was chosen before, else the first of an Accept-Language header that we speak, else English."""
    if kept in LANGUAGES:
        return kept
    ranked = sorted(_wanted(accepts[:_LONGEST]), key=lambda one: -one[1])
    return next((found for tag, _ in ranked if (found := _ours(tag))), "en")


def _wanted(accepts: str) -> list[tuple[str, float]]:
    found = []
    for part in accepts.split(",")[:_MOST]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((tag.strip().lower(), float(weight or 1)))
        except ValueError:
            continue
    return [one for one in found if one[1] > 0]


def _ours(tag: str) -> str:
    if tag in _TRADITIONAL:
        return "zh-TW"
    return {"zh": "zh-CN", "en": "en"}.get(tag.partition("-")[0], "")
