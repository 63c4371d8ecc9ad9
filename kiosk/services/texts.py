"""The words that people read: one catalogue a language, `kiosk/locales/*.toml`, with plurals and placeholders.

What offers are called is in catalogues of its own, as the hub says it, too.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from offline_cache.price_list import offer_words

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).resolve().parent.parent / "locales"
FALLBACK: Final = "en"
_SHOWN_FIRST: Final = ("zh-CN", "zh-TW", "en")

_PLURAL_FORMS: Final = frozenset({"zero", "one", "two", "few", "many", "other"})

Entry = str | Mapping[str, str]  # a text, or its plural forms by CLDR category


class CatalogueError(Exception):
    """A translation file that cannot be used; the message names file, place and remedy."""


class Texts:
    """All catalogues. Reading takes no lock: they never change after `load`.

    A key that a language lacks is shown in English, one that no language has as itself; each is logged once.
    """

    def __init__(self, catalogues: Mapping[str, Mapping[str, Entry]]) -> None:
        self._catalogues = catalogues
        self._reported: set[tuple[str, str]] = set()
        known = tuple(language for language in _SHOWN_FIRST if language in catalogues)
        self.languages: tuple[str, ...] = (*known, *sorted(set(catalogues) - set(known)))

    @classmethod
    def load(cls, folder: Path = FOLDER, offers: Path = offer_words.FOLDER) -> Texts:
        """Read every `<language>.toml` of a folder, and what its languages call offers. Raises CatalogueError."""
        catalogues = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
        words = {language: offers / f"{language}.toml" for language in catalogues}
        return cls(
            {
                language: {**own, **(_read(words[language]) if words[language].is_file() else {})}
                for language, own in catalogues.items()
            }
        )

    def text(self, language: str, key: str, /, **params: object) -> str:
        """The text of a key with its {placeholders} filled in; `n` chooses the plural form."""
        entry = self._entry(language, key)
        if not isinstance(entry, str):
            entry = entry.get(_plural_form(language, params.get("n"), entry)) or entry["other"]
        return entry.format_map(_Params(params)) if "{" in entry else entry

    def name(self, language: str) -> str:
        """A language's name in itself, as on its switch."""
        return self.text(language, "language.name")

    def keys(self, language: str) -> frozenset[str]:
        """Every key of a language's own catalogue."""
        return frozenset(self._catalogues[language])

    def entry(self, language: str, key: str) -> Entry:
        """The unfilled text or plural forms of a key; KeyError if the language has none of its own."""
        return self._catalogues[language][key]

    def _entry(self, language: str, key: str) -> Entry:
        for catalogue in (language, FALLBACK):
            entry = self._catalogues.get(catalogue, {}).get(key)
            if entry is not None:
                return entry
            if (catalogue, key) not in self._reported:
                self._reported.add((catalogue, key))
                log.warning("no text for %s in %s", key, catalogue)
        return key


class _Params(dict[str, object]):
    """Leaves a placeholder that nobody filled as it is: a screen with a brace beats a screen that is gone."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _plural_form(language: str, count: object, forms: Mapping[str, str]) -> str:
    try:
        number = int(str(count))
    except ValueError:
        return "other"
    if set(forms) == {"other"}:
        return "other"
    if language == "en":  # Babel takes 40 ms to import: not for the rule that everybody knows
        return "one" if number == 1 else "other"
    from babel.core import Locale  # noqa: PLC0415

    return Locale.parse(language, sep="-").plural_form(number)


def _read(path: Path) -> Mapping[str, Entry]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise CatalogueError(f"{path}: this translation file cannot be read ({exc}); mend or remove it") from exc
    return dict(_flat(tables, "", path))


def _flat(table: Mapping[str, Any], prefix: str, path: Path) -> Iterator[tuple[str, Entry]]:
    for name, value in table.items():
        key = prefix + name
        if isinstance(value, str):
            yield key, value
        elif not isinstance(value, dict):
            raise CatalogueError(f"{path}: {key} is {value!r}; write a text in quotes")
        elif _PLURAL_FORMS.issuperset(value) and "other" in value:
            yield key, value
        else:
            yield from _flat(value, f"{key}.", path)
