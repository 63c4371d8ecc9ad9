"""Money, weights and times as people of each language read them; integers in, text out, no float on the way.

The three languages of the catalogue write amounts alike, so they are formatted here by hand: importing Babel takes
40 ms and a locale 10 to 30 ms more, which the first frame and the first scan cannot spare. Others go through Babel.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from retail.figures import MINUS, currency_sign, money_figures
from retail.figures import weight_text as plain_weight
from retail.money import currency_exponent

_OWN_LANGUAGES: Final = frozenset({"en", "zh-CN", "zh-TW"})


def money_text(minor: int, currency: str, language: str) -> str:
    """An amount with its currency sign: 2560 CNY is "¥25.60", -360 CNY "−¥3.60"."""
    if language not in _OWN_LANGUAGES:
        return _babel_money(minor, currency, language)
    sign, figures = money_parts(minor, currency, language)
    return sign + figures


def money_parts(minor: int, currency: str, language: str) -> tuple[str, str]:
    """Currency sign (with the minus before it) and figures, for screens that set them in two sizes."""
    sign = currency_sign(currency)
    if language in _OWN_LANGUAGES:
        figures = money_figures(minor, currency)
    else:
        figures = _babel_figures(abs(minor), currency_exponent(currency), language)
    return (MINUS + sign if minor < 0 else sign), figures


def weight_text(grams: int, language: str) -> str:
    """A weight in kilograms to the gram: 842 is "0.842 kg"."""
    if language in _OWN_LANGUAGES:
        return plain_weight(grams)
    return f"{MINUS if grams < 0 else ''}{_babel_figures(abs(grams), 3, language)} kg"


def percent_text(rate_bp: int) -> str:
    """A rate in hundredths of a per cent: 1300 is "13%", 550 is "5.5%"."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


def clock_text(iso: str, time_zone: str, language: str) -> str:
    """The time of day in a time zone ("14:05"); "" for no time."""
    if not iso:
        return ""
    moment = _local(iso, time_zone)
    if language in _OWN_LANGUAGES:
        return f"{moment:%H:%M}"
    from babel.dates import format_time  # noqa: PLC0415

    return format_time(moment, "short", tzinfo=moment.tzinfo, locale=_babel_locale(language))


def date_text(iso: str, time_zone: str, language: str) -> str:
    """The day in a time zone ("2026-03-04"); "" for no time."""
    if not iso:
        return ""
    moment = _local(iso, time_zone)
    if language in _OWN_LANGUAGES:
        return f"{moment:%Y-%m-%d}"
    from babel.dates import format_date  # noqa: PLC0415

    return format_date(moment, "medium", locale=_babel_locale(language))


def date_time_text(iso: str, time_zone: str, language: str) -> str:
    """Day and time in a time zone ("2026-03-04 14:05"): year first, as 3/4 means two days; "" for no time."""
    if not iso:
        return ""
    moment = _local(iso, time_zone)
    if language in _OWN_LANGUAGES:
        return f"{moment:%Y-%m-%d %H:%M}"
    from babel.dates import format_datetime  # noqa: PLC0415

    return format_datetime(moment, "medium", tzinfo=moment.tzinfo, locale=_babel_locale(language))


def duration_text(seconds: int) -> str:
    """Minutes and seconds that went by: 75 is "1:15"."""
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes}:{rest:02d}"


def _local(iso: str, time_zone: str) -> datetime:
    return datetime.fromisoformat(iso).astimezone(ZoneInfo(time_zone))


def _babel_locale(language: str) -> str:
    return language.replace("-", "_")


def _babel_money(minor: int, currency: str, language: str) -> str:
    from babel.numbers import format_currency  # noqa: PLC0415

    amount = Decimal(abs(minor)).scaleb(-currency_exponent(currency))
    text: str = format_currency(amount, currency, locale=_babel_locale(language))
    return MINUS + text if minor < 0 else text


def _babel_figures(amount: int, exponent: int, language: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415

    pattern = "#,##0" + ("." + "0" * exponent if exponent else "")
    text: str = format_decimal(Decimal(amount).scaleb(-exponent), pattern, locale=_babel_locale(language))
    return text
