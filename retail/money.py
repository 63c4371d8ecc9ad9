"""Money as integer minor units, and the way in from decimal text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

# ISO 4217 exponents that are not 2, of money that people pay with.
_BY_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_EXPONENTS: Final = {currency: decimals for decimals, names in _BY_DECIMALS.items() for currency in names.split()}


class MoneyError(ValueError):
    """An amount that cannot be money: not a number, too fine, or of two currencies."""


def currency_exponent(currency: str) -> int:
    """Decimals of a currency (ISO 4217): 2 for CNY, 0 for JPY."""
    return _EXPONENTS.get(currency, 2)


def minor_from_decimal(text: str, currency: str) -> int:
    """Minor units of a decimal text with a point, exactly: "25.6" CNY is 2560.

    Raises MoneyError for anything that is not a finite decimal or is finer than the currency allows.
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation as exc:
        raise MoneyError(f"{text!r} is not an amount") from exc
    if not value.is_finite():
        raise MoneyError(f"{text!r} is not an amount")
    scaled = value.scaleb(currency_exponent(currency))
    if scaled != scaled.to_integral_value():
        raise MoneyError(f"{text!r} is finer than {currency} allows")
    return int(scaled)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Integer division rounded half away from zero, as tills round."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weight into whole minor units that add up exactly (cumulative rounding, half away from zero).

    Weights that add up to the amount are their own shares; with no weight at all nobody gets anything.
    """
    total, passed, given, shares = sum(weights), 0, 0, []
    for weight in weights:
        passed += weight
        share = divide_half_up(amount * passed, total) - given if total else 0
        given += share
        shares.append(share)
    return shares


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (fen, cents) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """Sum of two amounts of one currency."""
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Difference of two amounts of one currency."""
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not add up")
