"""Which codes are one thing, marked or read twice."""

import pytest

from hardware.code import Box, Code
from hardware.same_article import article

ANYWHERE = Box(0, 0, 1, 1).corners
SERIALISED = "010061414112345221ABC"


def of(text: str, symbology: str, *, gs1: bool | None = None):
    return article(Code(text, symbology, ANYWHERE, gs1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("614141123452", "UPCA"), ("0614141123452", "EAN13")),
        (("01234565", "UPCE"), ("012345000065", "UPCA")),
        (("04252614", "UPCE"), ("042100005264", "UPCA")),
        (("01234133", "UPCE"), ("012300000413", "UPCA")),
        (("01234543", "UPCE"), ("012340000053", "UPCA")),
        (("9771234567003", "EAN13"), ("977123456700312", "EAN13")),
        (("9780201310054", "EAN13"), ("978020131005451999", "EAN13")),
        (("00614141123452", "ITF"), ("614141123452", "UPCA")),
        (("0100614141123452", "DATABAR"), ("614141123452", "UPCA")),
        (("614141123452", "UPCA"), ("https://id.gs1.org/01/00614141123452/21/ABC?x=1", "QR")),
        (("HELLO", "CODE128"), ("HELLO", "QR")),
    ],
)
def test_these_are_the_same(one, other) -> None:
    assert of(*one).is_same(of(*other))
    assert of(*other).is_same(of(*one))


def test_a_serial_is_found_in_a_message_and_compared() -> None:
    milk = of("614141123452", "UPCA")
    assert of(SERIALISED, "DATAMATRIX", gs1=True).is_same(milk)
    assert not of(SERIALISED, "DATAMATRIX", gs1=True).is_same(of(SERIALISED + "D", "DATAMATRIX", gs1=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("614141123452", "UPCA"), ("614141123469", "UPCA")),
        (("SGM-1", "QR"), ("SGM-2", "QR")),
        ((SERIALISED, "CODE128"), ("614141123452", "UPCA")),
        (("https://example.com/search?q=/01/00614141123452", "QR"), ("614141123452", "UPCA")),
        (("12345", "CODE128"), ("012345", "CODE128")),
    ],
)
def test_these_are_not(one, other) -> None:
    assert not of(*one).is_same(of(*other))


def test_only_what_holds_an_article_number_is_numbered() -> None:
    assert of("01234565", "UPCE").is_numbered
    assert not of("https://example.com/", "QR").is_numbered
    assert not of("abc", "UPCE").is_numbered
