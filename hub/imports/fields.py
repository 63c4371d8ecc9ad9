"""Fields that price lists write in their own ways: tax rates, whole numbers, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from hub.imports.errors import RowRefused

_MAX_TAX_BP: Final = 10_000
_DATE_LENGTH: Final = len("2026-01-31")


def tax_bp(text: str) -> int:
    """Hundredths of a percent of a tax rate written in percent, with or without the sign."""
    try:
        basis_points = Decimal(text.removesuffix("%").strip().replace(",", ".")) * 100
    except InvalidOperation as exc:
        raise RowRefused("bad_tax", f"its tax rate {text!r} is not a number of percent") from exc
    if not 0 <= basis_points <= _MAX_TAX_BP or basis_points != basis_points.to_integral_value():
        raise RowRefused("bad_tax", f"its tax rate {text!r} is not between 0 and 100 % in hundredths")
    return int(basis_points)


def whole_number(text: str, what: str, most: int) -> int:
    """A whole number from 0 to `most`; empty is 0."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        raise RowRefused(f"bad_{what}", f"its {what} {text!r} is not a whole number up to {most}")
    return int(text)


def moment(text: str, zone: tzinfo, *, end: bool, date_format: str = "") -> int | None:
    """Epoch seconds of a date or moment in the shop's time zone. As an end, a day without a time counts as a whole:
    the moment is then the midnight after it. ISO 8601 is always read, `date_format` (of strptime) besides."""
    if not text:
        return None
    found, whole_day = _parse(text, date_format)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    if end and whole_day:
        found = datetime.combine(date.fromordinal(found.toordinal() + 1), found.time(), found.tzinfo)
    return int(found.astimezone(UTC).timestamp())


def _parse(text: str, date_format: str) -> tuple[datetime, bool]:
    try:
        return datetime.fromisoformat(text), len(text) <= _DATE_LENGTH
    except ValueError:
        pass
    try:
        # Naive on purpose: the caller gives it the shop's zone, unless the format has one.
        return datetime.strptime(text, date_format), "%H" not in date_format  # noqa: DTZ007
    except ValueError as exc:
        form = f"{date_format} or " if date_format else ""
        raise RowRefused("bad_date", f"its date {text!r} is not of the form {form}2026-01-31") from exc
