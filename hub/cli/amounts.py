"""Amounts for operators: plain decimal text with the currency's code."""

from __future__ import annotations

from retail.money import currency_exponent


def plain_amount(minor: int, currency: str) -> str:
    """1280 CNY is "12.80 CNY"; not for shoppers, who read amounts as their language writes them."""
    places = currency_exponent(currency)
    digits = str(abs(minor)).zfill(places + 1)
    sign = "-" if minor < 0 else ""
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"{sign}{text} {currency}"
