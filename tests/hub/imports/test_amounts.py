from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.imports.amounts import Amounts
from hub.imports.errors import RowRefused

MINOR = st.integers(1, 10**9)


@given(MINOR)
def test_every_price_comes_back_exactly_whatever_its_signs(minor):
    whole, fen = divmod(minor, 100)
    grouped = f"{whole:,}"
    assert Amounts("CNY").price(f"{whole}.{fen:02}") == minor
    assert Amounts("CNY").price(f"{whole},{fen:02}") == minor
    assert Amounts("CNY", ",", ".").price(f"{grouped.replace(',', '.')},{fen:02}") == minor
    assert Amounts("CNY", ".", ",").price(f" ¥{grouped}.{fen:02} ") == minor
    assert Amounts("EUR", ",", "\u202f").price(f"{grouped.replace(',', chr(0x202F))},{fen:02} €") == minor


@given(MINOR)
def test_a_currency_without_decimals_takes_none(minor):
    assert Amounts("JPY").price(str(minor)) == minor
    with pytest.raises(RowRefused, match="finer than 0 decimals"):
        Amounts("JPY").price(f"{minor}.5")


@given(st.text(max_size=12))
def test_no_text_is_read_as_an_amount_that_a_decimal_would_not_be(text):
    try:
        minor = Amounts("CNY", ".").minor(text)
    except RowRefused:
        return
    plain = text.strip().removeprefix("CNY").removeprefix("cny").strip("¥￥元RMBCNYcny \u00a0\u202f")
    assert Decimal(plain) * 100 == minor


@given(st.decimals(0, 10**6, places=5).filter(lambda value: value * 100 != int(value * 100)))
def test_a_price_finer_than_the_currency_is_refused_not_rounded(value):
    with pytest.raises(RowRefused) as refused:
        Amounts("CNY").price(f"{value:f}")
    assert refused.value.reason == "price_too_fine"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "price_empty"),
        ("  ", "price_empty"),
        ("€", "price_empty"),
        ("0", "price_zero"),
        ("0.00", "price_zero"),
        ("-1.20", "price_negative"),
        ("0.001", "price_too_fine"),
        ("1,234", "price_ambiguous"),
        ("1,234.50", "price_ambiguous"),
        ("1e3", "price_not_a_number"),
        ("1.2.3", "price_not_a_number"),
        ("NaN", "price_not_a_number"),
        ("Infinity", "price_not_a_number"),
        ("free", "price_not_a_number"),
        ("٤٫٥", "price_not_a_number"),
        ("1_000", "price_not_a_number"),
        ("7290000551678", "price_too_large"),
        ("9" * 400, "price_too_large"),
    ],
)
def test_what_is_no_price_is_refused_with_its_reason(text, reason):
    with pytest.raises(RowRefused) as refused:
        Amounts("EUR").price(text)
    assert refused.value.reason == reason


def test_a_thousands_sign_counts_only_where_it_groups_by_three():
    with pytest.raises(RowRefused, match="not a number"):
        Amounts("EUR", ",", ".").price("12.50")
    assert Amounts("EUR", ",", ".").price("1.250") == 125_000
