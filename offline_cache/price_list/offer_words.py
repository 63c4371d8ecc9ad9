"""Reads the words of offers, one catalogue a language, for all who say an offer: lanes, hub and commands."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import retail.promotions
from retail.promotions.speech import Speech

FOLDER: Final = Path(retail.promotions.__file__).parent / "words"
FALLBACK: Final = "en"
_PLURAL_FORMS: Final = frozenset({"zero", "one", "two", "few", "many", "other"})

Entry = str | Mapping[str, str]  # a text, or its plural forms by CLDR category


class OfferWords:
    """The catalogues of every language. A language that there is not speaks as its nearest relative, else English."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, Entry]]) -> None:
        self._catalogues = catalogues

    @classmethod
    def load(cls, folder: Path = FOLDER) -> OfferWords:
        """Read every `<language>.toml` of a folder."""
        files = sorted(folder.glob("*.toml"))
        return cls({path.stem: dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), "")) for path in files})

    def speech(self, language: str, money: Callable[[int], str], weight: Callable[[int], str]) -> Speech:
        """How a language says an offer; `money` and `weight` write minor units and grams."""
        return Speech(partial(self.text, language), money, weight)

    def text(self, language: str, key: str, /, **values: object) -> str:
        """The text of a key, its {placeholders} filled in; `n` chooses the plural form. KeyError for no such key."""
        spoken = self._spoken(language)
        entry = self._catalogues[spoken].get(key) or self._catalogues[FALLBACK][key]
        if not isinstance(entry, str):
            entry = entry.get(_plural_form(spoken, values.get("n"))) or entry["other"]
        return entry.format_map(values)

    def _spoken(self, language: str) -> str:
        if language in self._catalogues:
            return language
        base = language.partition("-")[0]
        related = sorted(one for one in self._catalogues if one.partition("-")[0] == base)
        if language in {"zh-HK", "zh-MO", "zh-Hant"}:
            related.reverse()
        return related[0] if related else FALLBACK


def _plural_form(language: str, count: object) -> str:
    if not isinstance(count, int):
        return "other"
    if language in {"en", "zh-CN", "zh-TW"}:  # Babel takes 40 ms to import: not for the rules that everybody knows
        return "one" if count == 1 else "other"
    from babel.core import Locale  # noqa: PLC0415

    return Locale.parse(language, sep="-").plural_form(count)


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Entry]]:
    for name, value in table.items():
        key = prefix + name
        if isinstance(value, str) or ("other" in value and _PLURAL_FORMS.issuperset(value)):
            yield key, value
        else:
            yield from _flat(value, f"{key}.")
