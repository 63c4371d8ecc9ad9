"""A scanner's code is told from what the lane's layout makes of it, and the other way round."""

import pytest

from hardware.two_readings import likelier

FRENCH = dict(zip("1234567890-QAWZ:/", "&é\"'(-è_çà)AQZWM!", strict=True))
GERMAN = {"=": "\ufffd", "-": "ß", "/": "-", ":": "Ö", "Y": "Z", "Z": "Y"}


DVORAK = dict(zip("/?:&-=DVORAK", "zZS&[]EKRPAT", strict=True))


def on(layout: dict[str, str], text: str) -> str:
    return "".join(layout.get(sign, sign) for sign in text)


@pytest.mark.parametrize("layout", [FRENCH, GERMAN, DVORAK, {}])
@pytest.mark.parametrize(
    "text",
    [
        "6901234567892",
        "SGB-0A1B2C3D",
        "https://example.org/01/06901234567892",
        "0106901234567892\x1d10AB",
        "DVORAK/1?b=C&d=5",
    ],
)
def test_a_us_scanner_is_understood_on_any_layout(layout: dict[str, str], text: str) -> None:
    assert likelier(text, on(layout, text)) == text


@pytest.mark.parametrize(
    ("by_place", "text"),
    [("^(!@#$%^&*(@", "690123456789"), ("SGB6)A!B@C#", "SGB-0A1B2C3"), ("SGB/0A1B2C3D", "SGB-0A1B2C3D")],
)
def test_a_scanner_that_is_set_to_the_lanes_layout_is_understood_too(by_place: str, text: str) -> None:
    assert likelier(by_place, text) == text


def test_where_both_look_like_codes_the_places_count() -> None:
    assert likelier("QAZWX", "AQWZX") == "QAZWX"
