"""Members' codes: true ones are known offline, pictures of them expire, nobody else can make one."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from retail.membership.member_code import (
    LIVES_S,
    SKEW_S,
    CardNumber,
    CodeFault,
    MemberCode,
    card_number,
    is_card_number,
    read_member_code,
    sign_member_code,
)

KEY = Ed25519PrivateKey.generate()
KEYS = (Ed25519PrivateKey.generate().public_key().public_bytes_raw(), KEY.public_key().public_bytes_raw())
NOW = 1_800_000_000
TICKET = bytes(range(36))
CODE = sign_member_code(KEY, key_number=1, clubs=("member", "brand"), ticket=TICKET, expires_at=NOW + LIVES_S)


def test_a_true_code_tells_clubs_and_a_ticket_that_says_nothing_here() -> None:
    assert read_member_code(CODE, KEYS, NOW) == MemberCode(("member", "brand"), NOW + LIVES_S, TICKET)


def test_a_code_is_letters_and_digits_that_every_keyboard_has_and_short_enough_to_scan() -> None:
    assert CODE.isascii()
    assert CODE.isalnum()
    assert CODE.upper() == CODE
    assert len(CODE) < 250


@pytest.mark.parametrize("late", [LIVES_S + SKEW_S + 1, 3600, 86400])
def test_a_picture_of_a_code_expires(late: int) -> None:
    assert read_member_code(CODE, KEYS, NOW + late) is CodeFault.EXPIRED


def test_clocks_may_differ_a_little() -> None:
    for now in (NOW - SKEW_S, NOW + LIVES_S + SKEW_S):
        assert isinstance(read_member_code(CODE, KEYS, now), MemberCode)
    assert read_member_code(CODE, KEYS, NOW - SKEW_S - 1) is CodeFault.EXPIRED


def test_a_code_of_another_hub_is_forged() -> None:
    other = sign_member_code(
        Ed25519PrivateKey.generate(), key_number=1, clubs=("member",), ticket=TICKET, expires_at=NOW + 1
    )
    assert read_member_code(other, KEYS, NOW) is CodeFault.FORGED
    assert read_member_code(CODE, KEYS[:1], NOW) is CodeFault.FORGED
    assert read_member_code(CODE, (), NOW) is CodeFault.FORGED


@settings(max_examples=150)
@given(st.integers(0, len(base64.b32decode(CODE + "=" * (-len(CODE) % 8))) - 1), st.integers(1, 255))
def test_no_bit_of_a_code_can_be_changed(place: int, change: int) -> None:
    content = bytearray(base64.b32decode(CODE + "=" * (-len(CODE) % 8)))
    content[place] ^= change
    changed = base64.b32encode(bytes(content)).decode().rstrip("=")
    assert read_member_code(changed, KEYS, NOW) in {CodeFault.FORGED, CodeFault.UNREADABLE}


@settings(max_examples=150)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    assert not isinstance(read_member_code(text, KEYS, NOW), MemberCode)


def test_a_card_has_a_check_digit() -> None:
    number = card_number("60100012345")
    assert read_member_code(number, KEYS, NOW) == CardNumber(number)
    wrong = [number[:-1] + digit for digit in "0123456789" if digit != number[-1]]
    assert not any(is_card_number(one) for one in (*wrong, "", "1", "0" * 30, "٣" * 10))
    assert read_member_code(wrong[0], KEYS, NOW) is CodeFault.UNREADABLE
    assert is_card_number("4539578763621486")  # the example that is printed everywhere


def test_what_does_not_fit_is_not_signed() -> None:
    with pytest.raises(ValueError, match="255"):
        sign_member_code(KEY, key_number=1, clubs=("x" * 300,), ticket=b"", expires_at=NOW)


def test_no_code_shows_itself_in_a_log() -> None:
    found = read_member_code(CODE, KEYS, NOW)
    assert repr(TICKET) not in repr(found)
    assert "6010" not in repr(CardNumber(card_number("60100012345")))
