"""Money: exact, or an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.money import Money, MoneyError, divide_half_up, minor_from_decimal


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("25.6", "CNY", 2560),
        ("0.01", "CNY", 1),
        ("-3", "EUR", -300),
        ("120", "JPY", 120),
        (" 1.250 ", "KWD", 1250),
        ("12.5", "OMR", 12500),
        ("500", "UGX", 500),
        ("500", "XOF", 500),
    ],
)
def test_decimal_text_becomes_minor_units_exactly(text: str, currency: str, minor: int) -> None:
    assert minor_from_decimal(text, currency) == minor


@pytest.mark.parametrize("text", ["", "abc", "1,20", "NaN", "inf", "0.001"])
def test_what_is_no_amount_of_the_currency_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        minor_from_decimal(text, "CNY")


@given(st.integers(-(10**12), 10**12))
def test_any_amount_survives_being_written_as_decimal(minor: int) -> None:
    sign = "-" if minor < 0 else ""
    assert minor_from_decimal(f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}", "CNY") == minor


@pytest.mark.parametrize(("numerator", "denominator", "rounded"), [(5, 10, 1), (4, 10, 0), (-5, 10, -1), (25, 10, 3)])
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert divide_half_up(numerator, denominator) == rounded


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(MoneyError):
        Money(1, "CNY") + Money(1, "EUR")


def test_amounts_of_one_currency_add_and_subtract() -> None:
    assert Money(5, "CNY") + Money(3, "CNY") - Money(2, "CNY") == Money(6, "CNY")
