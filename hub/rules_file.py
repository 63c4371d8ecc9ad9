"""A file of price rules, CSV or TOML, as rules of products by number or code. The database is not asked here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, Protocol

from hub.errors import NameRefused
from hub.imports.amounts import Amounts
from hub.imports.codes import clean_code
from hub.imports.errors import RowRefused
from hub.imports.fields import moment
from hub.pricing import CHANNELS, KINDS
from hub.rows_file import Columns, FileRow, Mistakes, read_rows
from hub.scopes import Scope

_SHARED: Final = ("scope", "channel", "kind", "currency", "valid_from", "valid_until", "priority", "label")
_COLUMNS: Final = Columns("rules", ("sku", "code", "price", *_SHARED), needed=("price",), heads=_SHARED)
_HIGHEST_PRIORITY: Final = 1000
_LONGEST_LABEL: Final = 200
_EARLIEST: Final = 946_684_800  # 2000-01-01
_LATEST: Final = 4_102_444_800  # 2100-01-01: later is a slip of the pen, and no calendar of a lane needs it
_CURRENCY: Final = re.compile("[A-Z]{3}")
_WHOLE: Final = re.compile(r"-?\d{1,6}", re.ASCII)


class Shops(Protocol):
    """What a rule's amounts and dates need to know of the stores that its scope covers.

    Both raise RowRefused where there is none, or not one: the row has to say it then.
    """

    def currency(self, scope: Scope, said: str) -> str:
        """The currency that the row says, if one of these stores sells in it; if it says none, that of all of them."""

    def time_zone(self, scope: Scope) -> tzinfo:
        """The time zone of all these stores."""


@dataclass(frozen=True, slots=True)
class FileRule:
    """A rule as a file has it: its product is named by `sku`, or by `code` if that is empty."""

    place: str
    sku: str
    code: str
    scope: Scope
    channel: str
    kind: str
    minor: int
    currency: str
    valid_from: int | None
    valid_until: int | None
    priority: int
    label: str


def read_rules(path: Path, shops: Shops) -> list[FileRule]:
    """The rules of a file. ImportRefused names each mistake with its line and remedy.

    A `valid_until` without a time of day includes that day; times without an offset are the stores' own.
    """
    mistakes = Mistakes(path)
    rows = read_rows(path, _COLUMNS)
    rules = [rule for row in rows if (rule := mistakes.read(row, lambda one: _rule(one, shops))) is not None]
    mistakes.refuse()
    return rules


def validity(row: FileRow, zone: Callable[[], tzinfo]) -> tuple[int | None, int | None]:
    """Begin and end (exclusive) of a row, in epoch seconds; `zone` is asked only if a date needs it."""
    begins = moment_of(row.text("valid_from"), zone, end=False)
    ends = moment_of(row.text("valid_until"), zone, end=True)
    if begins is not None and ends is not None and ends <= begins:
        raise RowRefused("bad_validity", "its valid_until is not after its valid_from; swap them")
    return begins, ends


def _rule(row: FileRow, shops: Shops) -> FileRule:
    scope = _scope(row.text("scope"))
    currency = shops.currency(scope, currency_of(row.text("currency")))
    begins, ends = validity(row, lambda: shops.time_zone(scope))
    sku, code = row.text("sku"), row.text("code")
    if not sku and not code:
        raise RowRefused("no_code", "it has neither sku nor code; write one of them")
    return FileRule(
        place=row.place,
        sku=sku,
        code=clean_code(code)[0] if code else "",
        scope=scope,
        channel=row.choice("channel", CHANNELS, "any"),
        kind=row.choice("kind", KINDS, "list"),
        minor=Amounts(currency, ".").price(row.text("price")),
        currency=currency,
        valid_from=begins,
        valid_until=ends,
        priority=_priority(row.text("priority")),
        label=_label(row.text("label")),
    )


def _scope(text: str) -> Scope:
    try:
        return Scope.parse(text)
    except NameRefused as exc:
        raise RowRefused("bad_scope", f"its {exc}") from exc


def moment_of(text: str, zone: Callable[[], tzinfo], *, end: bool) -> int | None:
    """A moment between 2000 and 2100, or None for an empty text; `zone` is asked only if the text has no offset."""
    if not text:
        return None
    at = moment(text, UTC if _has_offset(text) else zone(), end=end)
    if at is None or not _EARLIEST <= at < _LATEST:
        raise RowRefused("bad_date", f"its date {text!r} is not between the years 2000 and 2100")
    return at


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return True  # it is no moment at all, whatever the zone


def currency_of(text: str) -> str:
    """A currency's code, or empty; RowRefused if it cannot be one."""
    if text and _CURRENCY.fullmatch(text.upper()) is None:
        raise RowRefused("bad_currency", f"its currency {text!r} is none; write three letters such as CNY")
    return text.upper()


def _priority(text: str) -> int:
    if not text:
        return 0
    if _WHOLE.fullmatch(text) is None or abs(int(text)) > _HIGHEST_PRIORITY:
        raise RowRefused(
            "bad_priority", f"its priority {text!r} is no whole number from -{_HIGHEST_PRIORITY} to {_HIGHEST_PRIORITY}"
        )
    return int(text)


def _label(text: str) -> str:
    if len(text) > _LONGEST_LABEL or not text.isprintable():
        raise RowRefused("bad_label", f"its label is longer than {_LONGEST_LABEL} signs or cannot be printed")
    return text
