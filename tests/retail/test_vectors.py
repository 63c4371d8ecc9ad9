"""Test vectors of GS1's syntax engine and of biip: what is valid is read right, what is not is never believed."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from retail.gs1 import read_elements
from retail.reading import Kind, Reading, read
from tests.shared_data import shared_file

TODAY = date(2026, 11, 22)
# Where the engine has no vector but a name of its own test program.
PLACEHOLDERS = {"buf", "inbuf"}
# Valid for the engine only if told to be lax about identifiers that do not exist: of them nothing is believed.
NO_IDENTIFIER = "89="


def vectors(name: str) -> list[list[Any]]:
    found = json.loads(shared_file("vectors", "vectors_gs1_syntax_engine.json").read_text("utf-8"))["vectors"][name]
    return [row for row in found if row[1] not in PLACEHOLDERS]


def what(text: str) -> Reading:
    return read(text, today=TODAY)


def elements(text: str) -> dict[str, str]:
    """By an expected `^01...^10...`."""
    pairs = read_elements(text.lstrip("^").replace("^", "\x1d"))
    assert pairs is not None
    return dict(pairs)


def texts() -> Iterator[tuple[bool, str, str]]:
    """Whether valid, text as scanned, elements expected ('' for none)."""
    for ok, text, expected in vectors("ai.test_parseAIdata") + vectors("dl.test_parseDLuri"):
        yield ok, text, expected
    for ok, text in vectors("ai.test_processAIdata"):
        yield ok, text, text
    for ok, text, _, expected in vectors("scandata.test_testProcessScanData"):
        yield ok, text, expected if expected.startswith("^") else ""


def test_what_the_engine_reads_is_read_just_so() -> None:
    valid = [(text, expected) for ok, text, expected in texts() if ok and expected and NO_IDENTIFIER not in text]
    assert len(valid) > 120
    for text, expected in valid:
        assert dict(what(text).elements) == elements(expected), text


def test_what_the_engine_refuses_names_no_product_without_a_warning() -> None:
    valid = {text for ok, text, _ in texts() if ok}
    wrong = [text for ok, text, _ in texts() if not ok and text not in valid]
    assert len(wrong) > 90
    for text in wrong:
        found = what(text)
        assert found.gtin is None or found.warnings, text


def test_contradictions_are_found_and_only_they() -> None:
    for ok, rule, text in vectors("ai.test_validateAIs"):
        found = what(text)
        if found.kind is Kind.UNKNOWN:  # of identifiers that do not exist
            assert "89" in text or "3338" in text
            continue
        warned = (
            "incomplete" if rule in {"validateAIrequisites", "validateDigSigRequiresSerialisedKey"} else "contradiction"
        )
        assert (warned in found.warnings) is not ok, text


@pytest.mark.parametrize("name", ["ai.test_validateAIs"])
def test_what_contradicts_itself_is_not_sound(name: str) -> None:
    for _, _, text in vectors(name):
        found = what(text)
        assert found.sound is ("contradiction" not in found.warnings), text


def test_scan_data_of_every_symbol_is_read() -> None:
    for symbology, composed, sent in vectors("scandata.test_testGenerateScanData"):
        if sent is None or not sent.startswith("]") or (symbology in {"QR", "DM", "DotCode"} and composed[:3] != "^01"):
            continue
        found = what(sent)
        assert (found.kind, found.gtin is not None) == (Kind.PRODUCT, True), sent
        main = composed.lstrip("^").partition("|")[0]
        assert found.gtin == (main[2:16] if main.startswith("01") and len(main) > 14 else found.gtin), sent


def biip(name: str) -> list[Any]:
    cases: dict[str, dict[str, list[Any]]] = json.loads(shared_file("vectors", "vectors_biip.json").read_text("utf-8"))[
        "cases"
    ]
    return cases[name]["rows"]


def test_gtins_of_all_lengths_are_padded_as_biip_does() -> None:
    for code, expected in biip("gtin/test_encode.test_as_gtin_14"):
        assert what(code).gtin == expected


def test_what_biip_finds_in_a_text_is_found() -> None:
    for text, expected in biip("test_parse.test_parse"):
        if text == "425261":  # six digits are a shop's own number, unless the device says that the symbol was a UPC-E
            assert read(text, today=TODAY, symbology="UPCE").gtin == "00042100005264"
            continue
        gtin = expected.get("gtin")
        assert what(text).gtin == (gtin["value"].zfill(14) if gtin else None), text


def test_short_upcs_expand_as_biips() -> None:
    for code, expected in biip("upc/test_encode.test_as_gtin_14"):
        assert read(code, today=TODAY, symbology="UPCE").gtin == expected
