"""The pages' words: one catalogue a language, alike in keys and placeholders; and whose language it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import hub.pages
from hub.pages.words import LANGUAGES, chosen_language

FOLDER = Path(hub.pages.__file__).parent


def entries(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping) and "other" not in value:
            yield from entries(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value["other"] if isinstance(value, Mapping) else value


def catalogue(language: str) -> dict[str, str]:
    return dict(entries(tomllib.loads((FOLDER / "locales" / f"{language}.toml").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english, found = catalogue("en"), catalogue(language)
    assert list(found) == list(english)
    for key, text in found.items():
        assert text.strip()
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


def test_every_text_that_a_template_names_is_there_and_every_one_is_used() -> None:
    sources = [*FOLDER.glob("templates/*.html"), *FOLDER.glob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    known = catalogue("en")
    assert set(re.findall(r"say\(\"([a-z]+\.[a-z_]+)\"[,)]", code)) <= set(known)
    groups = {name.partition(".")[0] for name in known}
    spoken = {group for group in groups if f'"{group}.' in code or f"'{group}." in code}
    assert spoken == groups


@pytest.mark.parametrize(
    ("kept", "accepts", "chosen"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "zh-HK,zh;q=0.9", "zh-TW"),
        ("", "zh-Hant-TW", "zh-TW"),
        ("", "fr-FR, de;q=0.9, zh-TW;q=0.5", "zh-TW"),
        ("", "en;q=0.2, zh;q=0.7", "zh-CN"),
        ("", "fr", "en"),
        ("", "zh;q=nonsense", "en"),
        ("", "", "en"),
        ("zh-TW", "en", "zh-TW"),
        ("xx", "zh", "zh-CN"),
    ],
)
def test_the_language_is_the_one_chosen_else_the_browsers(kept: str, accepts: str, chosen: str) -> None:
    assert chosen_language(kept, accepts) == chosen
    assert chosen in LANGUAGES
