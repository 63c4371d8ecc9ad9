"""Drafts of a whole sale, as a lane writes them, and how somebody would falsify them afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retail.events import Draft, EventKind
from retail.product import Listing, Price, Product
from retail.sale import line_body

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    return AT


def started(sale: str) -> Draft:
    return Draft(EventKind.BASKET_STARTED, sale, {"store": "demo", "lane": "lane-1", "currency": "CNY"})


def line(sale: str, number: int = 1) -> Draft:
    listing = Listing("6901234567892", Product("tea", {"zh-CN": "绿茶", "en": "Green tea"}), Price(450))
    return Draft(EventKind.LINE_ADDED, sale, line_body(listing, number=number))


def intended(sale: str, key: str, **body: Any) -> Draft:
    body = {"key": key, "way": "wallet", "gateway": "simulated", "amount_minor": 450, "currency": "CNY"} | body
    return Draft(EventKind.PAYMENT_INTENDED, sale, body)


def resolved(sale: str, key: str, outcome: str, **body: Any) -> Draft:
    body = {"key": key, "outcome": outcome, "reason": "", "reference": "r"} | body
    return Draft(EventKind.PAYMENT_RESOLVED, sale, body)


def completed(sale: str, **body: Any) -> Draft:
    return Draft(EventKind.SALE_COMPLETED, sale, {"total_minor": 450, **body})


def whole_sale(sale: str) -> tuple[Draft, ...]:
    return (
        started(sale),
        line(sale),
        intended(sale, f"k-{sale}"),
        resolved(sale, f"k-{sale}", "approved"),
        completed(sale),
    )


def help_called(number: int) -> Draft:
    return Draft(EventKind.HELP_CALLED, None, {"n": number})


def tamper(path: Path, statement: str) -> None:
    """Change the file as somebody would who knows SQLite: triggers off, and back again."""
    db = sqlite3.connect(path)
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.execute(statement)
    for _, sql in triggers:
        db.execute(sql)
    db.commit()
    db.close()


def as_version_3(path: Path) -> None:
    """The file as the release before wrote it."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE stored_payment; PRAGMA user_version = 3;")


def as_version_2(path: Path) -> None:
    """The file as the release before that wrote it."""
    as_version_3(path)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE sold_serial; PRAGMA user_version = 2;")


def as_version_1(path: Path) -> None:
    """The file as the first release wrote it."""
    as_version_2(path)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("""
            DROP TABLE pruned; DROP TABLE pruned_latest;
            DROP TRIGGER event_never_goes; DROP TRIGGER event_follows;
            CREATE TRIGGER event_never_goes BEFORE DELETE ON event
              BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
            CREATE TRIGGER event_follows BEFORE INSERT ON event
              WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM event)
                OR NEW.previous_hash <> coalesce((SELECT hash FROM event ORDER BY number DESC LIMIT 1), '')
              BEGIN SELECT RAISE(ABORT, 'does not follow the last event'); END;
            PRAGMA user_version = 1;""")
