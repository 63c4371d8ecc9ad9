"""Key codes mean what a US keyboard prints, whatever layout the lane has."""

import pytest

from hardware.keymap import TERMINATORS, X11_OFFSET, alt_character, character, keypad_digit


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


def test_caps_lock_turns_letters_and_nothing_else() -> None:
    assert [character(30, shift, caps=True) for shift in (False, True)] == ["A", "a"]
    assert [character(2, shift, caps=True) for shift in (False, True)] == ["1", "!"]


def test_all_printable_ascii_can_be_typed() -> None:
    typed = {character(code, shift) for code in range(128) for shift in (False, True)} - {None}
    assert typed == {chr(code) for code in range(0x20, 0x7F)}


def test_all_control_characters_can_be_typed_with_control() -> None:
    typed = {character(code, shift=False, control=True) for code in range(256)} - {None}
    assert typed == {chr(code) for code in range(0x20)}


def test_control_and_right_bracket_is_the_gs1_separator() -> None:
    assert character(27, shift=False, control=True) == "\x1d"


def test_keys_that_end_a_scan_type_nothing() -> None:
    assert {character(code, shift=False) for code in TERMINATORS} == {None}


def test_x11_codes_are_eight_higher() -> None:
    assert character(10 - X11_OFFSET, shift=False) == "1"


def test_only_the_keypad_has_digits_for_alt() -> None:
    assert [keypad_digit(code) for code in (79, 82, 2, 55, 30)] == ["1", "0", "", "", ""]


@pytest.mark.parametrize(
    ("digits", "sign"),
    [
        ("029", "\x1d"),
        ("0029", "\x1d"),
        ("29", "\x1d"),
        ("54", "6"),
        ("0233", "é"),
        ("130", "é"),
        ("50595", "牛"),
        ("", ""),
        ("0", ""),
        ("99999", ""),
        ("65535", ""),
    ],
)
def test_a_number_with_alt_is_the_character_that_windows_types(digits: str, sign: str) -> None:
    assert alt_character(digits) == sign
