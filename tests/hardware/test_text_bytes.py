"""Bytes become text in the first character set that fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.text_bytes import text_of


@pytest.mark.parametrize(
    ("received", "text"),
    [
        (b"6901234567892", "6901234567892"),
        ("牛奶".encode(), "牛奶"),
        ("牛奶".encode("gb18030"), "牛奶"),
        (b"caf\xe9", "café"),
        (b"01\x1d10", "01\x1d10"),
    ],
)
def test_utf_8_then_gb_18030_then_a_character_a_byte(received: bytes, text: str) -> None:
    assert text_of(received) == text


@given(st.binary(max_size=40))
def test_any_bytes_are_some_text(received: bytes) -> None:
    assert isinstance(text_of(received), str)
