"""Amounts as price lists write them, exactly to minor units: no float, no rounding, no guess."""

from __future__ import annotations

import re
from typing import Final

from hub.imports.errors import RowRefused
from retail.money import MoneyError, currency_exponent, minor_from_decimal

_LARGEST_MINOR: Final = 10**10  # a hundred million: above it, it is a code in the wrong column
_MARKS: Final = {
    "CNY": ("¥", "￥", "元", "RMB"),
    "JPY": ("¥", "￥", "円"),
    "HKD": ("HK$", "$"),
    "TWD": ("NT$", "$"),
    "USD": ("$",),
    "ILS": ("₪", "NIS"),
    "EUR": ("€",),
    "GBP": ("£",),
}
_AMBIGUOUS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_EITHER_SIGN: Final = re.compile(r"[+-]?(\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)


class Amounts:
    """Reads amounts of one list.

    `decimal_sign` "" means that the list has not said: a point or a comma is taken, but "1,234" is refused, since
    it is a thousand in one country and one in another. A `thousands_sign` is taken only where it groups by three.
    """

    def __init__(self, currency: str, decimal_sign: str = "", thousands_sign: str = "") -> None:
        self._currency = currency
        self._exponent = currency_exponent(currency)
        self._decimal_sign = decimal_sign
        self._thousands_sign = thousands_sign
        self._marks = (currency, currency.lower(), *_MARKS.get(currency, ()))
        self._form = _form(decimal_sign, thousands_sign) if decimal_sign else _EITHER_SIGN

    def price(self, text: str) -> int:
        """Minor units of a price above zero; RowRefused with the reason for anything else."""
        minor = self.minor(text)
        if minor == 0:
            raise RowRefused("price_zero", f"its price is zero ({text.strip()!r})")
        if minor < 0:
            raise RowRefused("price_negative", f"its price is negative ({text.strip()!r})")
        return minor

    def minor(self, text: str) -> int:
        """Minor units of an amount of any sign; RowRefused with the reason if it is none."""
        plain = text.strip()
        if self._form.fullmatch(plain) is None:
            plain = self._without_marks(plain)
        if not plain:
            raise RowRefused("price_empty", "it has no price")
        if not self._decimal_sign and _AMBIGUOUS.fullmatch(plain):
            raise RowRefused(
                "price_ambiguous",
                f"its price {text!r} may be thousands or decimals; say decimal_sign in a mapping file",
            )
        if self._form.fullmatch(plain) is None:
            raise RowRefused("price_not_a_number", f"its price {text!r} is not a number{self._expectation()}")
        return self._exact(text, plain)

    def _exact(self, text: str, plain: str) -> int:
        if self._thousands_sign:
            plain = plain.replace(self._thousands_sign, "")
        try:
            minor = minor_from_decimal(plain.replace(self._decimal_sign or ",", "."), self._currency)
        except MoneyError as exc:
            raise RowRefused(
                "price_too_fine",
                f"its price {text.strip()!r} is finer than {self._exponent} decimals of {self._currency}",
            ) from exc
        if abs(minor) > _LARGEST_MINOR:
            raise RowRefused("price_too_large", f"its price {text.strip()!r} is too large to be one")
        return minor

    def _without_marks(self, text: str) -> str:
        for mark in self._marks:
            text = text.removeprefix(mark).removesuffix(mark).strip()
        return text

    def _expectation(self) -> str:
        return f" with {self._decimal_sign!r} as decimal sign" if self._decimal_sign else ""


def _form(decimal_sign: str, thousands_sign: str) -> re.Pattern[str]:
    point, group = re.escape(decimal_sign), re.escape(thousands_sign)
    whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)" if thousands_sign else r"\d+"
    return re.compile(rf"[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)", re.ASCII)
