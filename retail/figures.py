"""Money and weights as a shelf's label writes them, alike in all languages of ours; integers in, text out."""

from __future__ import annotations

from typing import Final

from retail.money import currency_exponent

MINUS: Final = "−"
_NO_BREAK: Final = "\u00a0"
_GRAMS_PER_KG: Final = 1000
# The sign that the shop's own people use: a shop has one currency, so ¥ needs no country before it.
_SIGNS: Final = {
    "CNY": "¥",
    "JPY": "¥",
    "TWD": "NT$",
    "HKD": "HK$",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "ILS": "₪",
    "KRW": "₩",
    "SGD": "S$",
    "MOP": "MOP$",
}
# Before and after the figures of an offer written in Chinese.
_TAG_SIGNS: Final = {"CNY": ("", "元"), "TWD": ("", "元"), "HKD": ("$", ""), "MOP": ("$", "")}


def money_text(minor: int, currency: str) -> str:
    """An amount with its currency sign: 2560 CNY is "¥25.60", -360 CNY "−¥3.60"."""
    figures = money_figures(minor, currency)
    return (MINUS if minor < 0 else "") + currency_sign(currency) + figures


def money_figures(minor: int, currency: str) -> str:
    """The figures of an amount, without sign or currency."""
    exponent = currency_exponent(currency)
    whole, part = divmod(abs(minor), 10**exponent)
    return f"{whole:,}.{part:0{exponent}d}" if exponent else f"{whole:,}"


def currency_sign(currency: str) -> str:
    """What stands before the figures."""
    return _SIGNS.get(currency, currency + _NO_BREAK)


def tag_money_text(minor: int, currency: str, language: str) -> str:
    """An amount as offers write it: "¥10.00" in English, in Chinese "10元", in Hong Kong "$16"."""
    if not language.startswith("zh") or currency not in _TAG_SIGNS:
        return money_text(minor, currency)
    before, after = _TAG_SIGNS[currency]
    figures = money_figures(minor, currency)
    return before + (figures.rstrip("0").rstrip(".") if "." in figures else figures) + after


def tag_weight_text(grams: int, language: str) -> str:
    """A weight as offers write it: "1.9 kg", "2公斤"."""
    whole, part = divmod(grams, _GRAMS_PER_KG)
    figures = f"{whole}.{part:03d}".rstrip("0").rstrip(".")
    return f"{figures}公斤" if language.startswith("zh") else f"{figures}{_NO_BREAK}kg"


def weight_text(grams: int) -> str:
    """A weight in kilograms to the gram: 842 is "0.842 kg"."""
    whole, part = divmod(abs(grams), _GRAMS_PER_KG)
    return f"{MINUS if grams < 0 else ''}{whole}.{part:03d} kg"
