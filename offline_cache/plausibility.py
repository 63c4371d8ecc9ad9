"""Whether the next list may follow the one in place: how many products go, how many prices move, how far.

The shop's limits travel in the list itself. The hub asks the same of each import, and counts alike: what it let through
passes here, and what never came through its gate does not.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from offline_cache.price_list.check import read_only

_MOST_PERCENT: Final = 90  # what no number of missed revisions makes plausible

# Prices that changed or ended. In the order of both keys, so that SQLite merges them; a join would look up each row.
_CHANGED: Final = """
    INSERT OR IGNORE INTO touched SELECT product_id FROM (
        SELECT product_id, kind, valid_from, valid_until, minor FROM main.price
        EXCEPT SELECT product_id, kind, valid_from, valid_until, minor FROM next.price ORDER BY 1, 2, 3, 4, 5)"""
# Special prices that begin: nothing that was there before differs, and yet shoppers pay another price.
_BEGUN: Final = """
    INSERT OR IGNORE INTO touched SELECT product_id FROM next.price AS new WHERE kind = 'special' AND NOT EXISTS (
        SELECT 1 FROM main.price AS old WHERE old.product_id = new.product_id AND old.kind = new.kind
        AND old.valid_from = new.valid_from)"""
_IN_DELTA: Final = """
    INSERT OR IGNORE INTO touched SELECT product_id FROM delta.price
    UNION ALL SELECT product_id FROM delta.gone_price"""
# The plus signs keep SQLite off the indexes on validity: a product has a few prices, a moment holds for all products.
_PRICES: Final = """
    CREATE TEMP TABLE {side} AS SELECT id, coalesce(min(CASE kind WHEN 'list' THEN minor END), min(minor)) AS listed,
    min(minor) AS paid FROM touched CROSS JOIN {file}.price ON product_id = id
    WHERE +kind <> 'member' AND +valid_from <= :at AND (+valid_until IS NULL OR +valid_until > :at) GROUP BY id"""
_COUNTS: Final = """
    SELECT coalesce(sum(new.id IS NULL), 0), coalesce(sum(new.listed <> old.listed), 0),
    coalesce(sum(new.paid > 2 * old.paid OR 2 * new.paid < old.paid), 0) FROM old LEFT JOIN new USING (id)"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Percent of the products that were there; fewer than `at_least` products are never held up."""

    gone_percent: float = 10
    moved_percent: float = 20
    moved_far_percent: float = 2
    at_least: float = 5

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Limits:
        """The limits that a list carries; what is missing or no number takes the default."""
        names = [one.name for one in fields(cls)]
        return cls(**{name: float(values[name]) for name in names if type(values.get(name)) in {int, float}})

    def or_looser(self, values: Mapping[str, Any]) -> Limits:
        """Where the next list states one that lets more pass, that one: the shop loosened it for what it publishes."""
        stated = {name: float(value) for name, value in values.items() if type(value) in {int, float}}
        return Limits(*(max(getattr(self, one.name), stated.get(one.name, 0)) for one in fields(self)))

    def over(self, times: int) -> Limits:
        """What may add up over so many revisions, or imports that were published as one."""
        gone, moved, far = (
            min(one * times, max(one, _MOST_PERCENT))
            for one in (self.gone_percent, self.moved_percent, self.moved_far_percent)
        )
        return Limits(gone, moved, far, self.at_least)


@dataclass(frozen=True, slots=True)
class Difference:
    """From the list in place to the next: products that were there; that go; whose list price (where there is none, the
    special price) is another one; whose price that shoppers pay is far from the one before.
    """

    before: int
    gone: int
    moved: int
    moved_far: int


def objections(difference: Difference, limits: Limits) -> list[str]:
    """Why the next list is not plausible, a clause each; empty if it is."""
    questions = (
        ("products would go", difference.gone, limits.gone_percent),
        ("prices would move", difference.moved, limits.moved_percent),
        ("prices would more than double or fall under half", difference.moved_far, limits.moved_far_percent),
    )
    return [
        f"{count:,} of {difference.before:,} {what} (the limit is {percent:g} %)"
        for what, count, percent in questions
        if count >= limits.at_least and count * 100 > percent * difference.before
    ]


def difference(old: Path, new: Path, deltas: Sequence[Path] | None, *, at: datetime) -> Difference:
    """What differs between two lists, in the prices of a moment; only what the deltas name, if they led there.

    Raises sqlite3.Error.
    """
    with contextlib.closing(read_only(old)) as db:
        _attach(db, new, "next")
        db.execute("PRAGMA temp_store = MEMORY")  # a lane's other disks may be read-only
        db.execute("CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY)")
        if deltas is None:
            db.execute(_CHANGED)
            db.execute(_BEGUN)
        for delta in deltas or ():
            _attach(db, delta, "delta")
            db.execute(_IN_DELTA)
            db.commit()
            db.execute("DETACH delta")
        for side, file in (("old", "main"), ("new", "next")):
            db.execute(_PRICES.format(side=side, file=file), {"at": int(at.timestamp())})
        (before,) = db.execute("SELECT count(*) FROM main.product").fetchone()
        return Difference(before, *db.execute(_COUNTS).fetchone())


def _attach(db: sqlite3.Connection, file: Path, name: str) -> None:
    db.execute(f"ATTACH ? AS {name}", (f"{file.resolve().as_uri()}?mode=ro&immutable=1",))
