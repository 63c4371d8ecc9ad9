"""import: a day's price list of 75,202 rows into the hub, beside reading the same file with csv.DictReader alone."""

from __future__ import annotations

import csv
import gzip
import io
from contextlib import redirect_stderr, redirect_stdout
from itertools import count
from pathlib import Path

from bench.big_list import ean13
from bench.figure import Figure, side_by_side
from hub.__main__ import main

ROWS = 75_202
_REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "prices" / "il_prices_2026-08-10.csv.gz"


def measure(folder: Path, *, rows: int = ROWS, rounds: int = 2) -> list[Figure]:
    """Seconds for the whole command."""
    real = rows == ROWS and _REAL.exists()
    path = _REAL if real else _generated(folder / "feed.csv.gz", rows)
    options = ("--format", "il", "--feed-store", "7290700100008:103") if real else ("--format", "csv")
    runs = count()

    def ours() -> None:
        data = folder / f"hub{next(runs)}"
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            status = main(["--data", str(data), "import", *options, str(path), "--store", "bench"])
        assert status == 0, said.getvalue()

    def bare() -> None:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            assert sum(1 for _ in csv.DictReader(file)) == rows

    mine, least = side_by_side(ours, bare, rounds=rounds)
    what = f"import {rows:,} {'real' if real else 'invented'} rows"
    return [Figure("import", what, mine / 1000, "s", bare=least / 1000, floor=30)]


def _generated(path: Path, rows: int) -> Path:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "price"))
        writer.writerows((ean13(f"20{row:010d}"), f"Product {row}", f"{row % 90 + 1}.50") for row in range(rows))
    return path
