"""`./dev bench [NAME...]`: measures side by side in one run, and prints a line for each figure, a table, and JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from bench import (
    baskets,
    camera,
    decode,
    drain,
    feed,
    fleet,
    journal,
    lane,
    lookup,
    manifests,
    member_wait,
    members,
    payment,
    price,
    pricing,
    router,
    simulate,
    sync,
)
from bench.figure import HEADINGS, Figure

BENCHES: Mapping[str, Callable[..., Iterable[Figure]]] = MappingProxyType(
    {
        "lookup": lookup.measure,
        "pricing": pricing.measure,
        "price": price.measure,
        "baskets": baskets.measure,
        "journal": journal.measure,
        "import": feed.measure,
        "drain": drain.measure,
        "manifests": manifests.measure,
        "fleet": fleet.measure,
        "scan": lane.measure_scan,
        "memory": lane.measure_memory,
        "start": lane.measure_start,
        "router": router.measure,
        "decode": decode.measure,
        "camera": camera.measure,
        "sync": sync.measure,
        "payment": payment.measure,
        "simulate": simulate.measure,
        "members": members.measure,
        "member-wait": member_wait.measure,
    }
)
LONG = ("decode", "router", "sync", "simulate", "members")  # minutes each: only when asked for
_SIMULATE = ("seed", "sales", "whole", "trace")
_MEMBERS = ("seed", "visits")
_OPTIONS = MappingProxyType({"simulate": _SIMULATE, "members": _MEMBERS})


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 if all was measured, whatever the figures; 1 if a promise was found broken that no machine excuses;
    2 for what a person must mend."""
    arguments = _arguments(argv)
    figures = list(_measured(arguments))
    print()
    print(_table(figures))
    try:
        if arguments.json:
            arguments.json.write_text(_as_json(figures), encoding="utf-8")
    except OSError as exc:
        print(f"bench: {arguments.json}: cannot be written ({exc.strerror}); give --json another file", file=sys.stderr)
        return 2
    return 1 if any(figure.is_broken for figure in figures) else 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"what to measure: {', '.join(BENCHES)}; default: all but {', '.join(LONG)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    of_simulate = parser.add_argument_group("simulate")
    for option, text in (("--seed", "which run; the same again to the last byte"), ("--sales", "how many")):
        of_simulate.add_argument(option, type=int, metavar="N", default=argparse.SUPPRESS, help=text)
    for option, text in (("--whole", "tills with all their screens: half as fast"), ("--trace", "print every step")):
        of_simulate.add_argument(option, action="store_true", default=argparse.SUPPRESS, help=text)
    of_members = parser.add_argument_group("members")
    of_members.add_argument("--visits", type=int, metavar="N", default=argparse.SUPPRESS, help="how many; and --seed")
    arguments = parser.parse_args(argv)
    for name in arguments.names:
        if name not in BENCHES:
            parser.error(f"there is no bench {name!r}; there are: {', '.join(BENCHES)}")
    given = {*_SIMULATE, *_MEMBERS} & set(vars(arguments))
    if not any(given <= set(options) and arguments.names == [name] for name, options in _OPTIONS.items()) and given:
        parser.error(
            "--seed, --sales, --whole and --trace are for './dev bench simulate' alone, --seed and --visits for "
            "'./dev bench members'"
        )
    return arguments


def _measured(arguments: argparse.Namespace) -> list[Figure]:
    figures: list[Figure] = []
    options = {name: value for name, value in vars(arguments).items() if name in {*_SIMULATE, *_MEMBERS}}
    for name in arguments.names or [name for name in BENCHES if name not in LONG]:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            for figure in BENCHES[name](Path(folder), **options):
                print("  ".join(cell for cell in figure.cells if cell), flush=True)
                figures.append(figure)
    return figures


def _table(figures: list[Figure]) -> str:
    """Markdown, so that it can go into docs/benchmarks.md as it is."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _as_json(figures: list[Figure]) -> str:
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    report = {"at": at, "machine": machine, "figures": [figure.as_dict() for figure in figures]}
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main())
