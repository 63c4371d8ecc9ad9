"""AIM identifiers say what kind a code is, and are no part of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.aim_ids import Identified, identify
from hardware.scan import SYMBOLOGIES

GTIN = "0106901234567892"


@pytest.mark.parametrize(
    ("sent", "text", "symbology", "gs1"),
    [
        ("]E06901234567892", "6901234567892", "EAN13", False),
        ("]E00012345678905", "012345678905", "UPCA", False),
        ("]E0012345678905", "012345678905", "UPCA", False),
        ("]E004252614", "04252614", "UPCE", False),
        ("]E496385074", "96385074", "EAN8", False),
        ("]E3977123456700312", "977123456700312", "EAN13", False),
        ("]E3978020137962451499", "978020137962451499", "EAN13", False),
        ("]E3001234567890512", "01234567890512", "UPCA", False),
        ("]E30425261412345", "0425261412345", "UPCE", False),
        ("]E09771234567003]E112", "977123456700312", "EAN13", False),
        ("]E09780201379624]E251499", "978020137962451499", "EAN13", False),
        ("]E112", "12", "UNKNOWN", False),
        ("]C0SGB-1234", "SGB-1234", "CODE128", False),
        (f"]C1{GTIN}10AB\x1d21X", f"{GTIN}10AB\x1d21X", "CODE128", True),
        ("]C2A1234", "A1234", "CODE128", False),
        (f"]e0{GTIN}", GTIN, "DATABAR", True),
        (f"]e0{GTIN}3103000123", f"{GTIN}3103000123", "DATABAREXP", True),
        ("]d1https://id.gs1.org/01/06901234567892", "https://id.gs1.org/01/06901234567892", "DATAMATRIX", False),
        (f"]d2{GTIN}17261231", f"{GTIN}17261231", "DATAMATRIX", True),
        ("]Q1https://example.org", "https://example.org", "QR", False),
        (f"]Q3{GTIN}", GTIN, "QR", True),
        ("]Q2\\000026牛奶\\\\x", "牛奶\\x", "QR", False),
        ("]I100614141999996", "00614141999996", "ITF", False),
        ("]A0ABC-1", "ABC-1", "CODE39", False),
        ("]G0ABC", "ABC", "CODE93", False),
        ("]F0A123B", "A123B", "CODABAR", False),
        ("]L0text", "text", "PDF417", False),
        ("]z0text", "text", "AZTEC", False),
        ("]X09780201379624", "9780201379624", "UNKNOWN", None),
        ("6901234567892", "6901234567892", "UNKNOWN", None),
    ],
)
def test_an_identifier_is_read_and_taken_off(sent: str, text: str, symbology: str, gs1: bool | None) -> None:
    assert identify(sent) == Identified(text, symbology, gs1)


@pytest.mark.parametrize(
    "text", ["]", "]C", "]C1", "]C1AB12", "]E0SGB-1", "]Y9what", "]C9x", "] not one", "x]E0123", "]e0AB"]
)
def test_what_only_looks_like_an_identifier_stays(text: str) -> None:
    assert identify(text) == Identified(text)


def test_an_identifier_is_taken_off_once() -> None:
    assert identify("]C0]C0AB").text == "]C0AB"


@pytest.mark.parametrize("sent", ["", "]d2"])
def test_fnc1_before_the_first_element_says_gs1_and_goes(sent: str) -> None:
    found = identify(f"{sent}\x1d{GTIN}10A\x1d21B")
    assert (found.text, found.gs1) == (f"{GTIN}10A\x1d21B", True)


def test_a_bare_ean_behind_a_stray_separator_is_no_gs1_message() -> None:
    assert identify("\x1d6901234567892") == Identified("6901234567892")


def test_a_configured_substitute_becomes_the_separator() -> None:
    assert identify(f"]C1{GTIN}10AB|21X", group_separator="|").text == f"{GTIN}10AB\x1d21X"
    assert identify(f"|{GTIN}10AB|21X", group_separator="|") == Identified(f"{GTIN}10AB\x1d21X", "UNKNOWN", gs1=True)


@pytest.mark.parametrize("sent", ["]C0A|B", "]Q1https://x/~a|b", "https://example.org/~a|b", "AB|CD"])
def test_the_substitute_stays_where_no_gs1_message_is(sent: str) -> None:
    assert "|" in identify(sent, group_separator="|").text


@pytest.mark.parametrize(
    ("identifier", "symbology"), [("]E0", "EAN13"), ("E0", "EAN13"), ("\0\0\0", "UNKNOWN"), ("", "UNKNOWN")]
)
def test_an_identifier_may_come_apart_from_the_text(identifier: str, symbology: str) -> None:
    found = identify("6901234567892", identifier=identifier)
    assert (found.text, found.symbology) == ("6901234567892", symbology)


def test_an_identifier_that_comes_both_ways_is_one() -> None:
    assert identify("]Q1]C1x", identifier="]Q1") == Identified("]C1x", "QR", gs1=False)


@given(st.text(st.sampled_from("]EC0123QdezIAX\x1d\\|~ A牛"), max_size=30), st.sampled_from(["", "|", "~"]))
def test_whatever_is_sent_the_answer_is_of_a_known_kind_and_invents_nothing(sent: str, separator: str) -> None:
    found = identify(sent, group_separator=separator)
    assert found.symbology in SYMBOLOGIES
    assert not found.text.startswith("\x1d")
    assert len(found.text) <= len(sent)
