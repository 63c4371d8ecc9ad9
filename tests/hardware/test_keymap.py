"""Key codes mean what a US keyboard prints, whatever layout the lane has."""

import pytest

from hardware.keymap import TERMINATORS, X11_OFFSET, character


def test_the_digit_row_and_the_keypad_give_digits() -> None:
    assert "".join(character(code, shift=False) or "?" for code in [*range(2, 12)]) == "1234567890"
    assert "".join(character(code, shift=False) or "?" for code in [82, 79, 80, 81, 75, 76, 77, 71, 72, 73]) == (
        "0123456789"
    )


def test_the_keypad_gives_digits_with_shift_too() -> None:
    assert character(79, shift=True) == "1"


@pytest.mark.parametrize(
    ("code", "plain", "shifted"),
    [(30, "a", "A"), (16, "q", "Q"), (44, "z", "Z"), (53, "/", "?"), (26, "[", "{"), (12, "-", "_"), (41, "`", "~")],
)
def test_letters_and_punctuation_follow_shift(code: int, plain: str, shifted: str) -> None:
    assert (character(code, shift=False), character(code, shift=True)) == (plain, shifted)


def test_all_printable_ascii_can_be_typed() -> None:
    typed = {character(code, shift) for code in range(128) for shift in (False, True)} - {None}
    assert typed == {chr(code) for code in range(0x20, 0x7F)}


def test_control_and_right_bracket_is_the_gs1_separator() -> None:
    assert character(27, shift=False, control=True) == "\x1d"


def test_other_control_combinations_type_nothing() -> None:
    assert character(46, shift=False, control=True) is None


def test_keys_that_end_a_scan_type_nothing() -> None:
    assert {character(code, shift=False) for code in TERMINATORS} == {None}


def test_x11_codes_are_eight_higher() -> None:
    assert character(10 - X11_OFFSET, shift=False) == "1"
