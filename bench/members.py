"""members: a mall in virtual time with the hub's real books; then an auditor reckons every book again from the sales.

See docs/simulation.md. What is wrong is printed, with the seed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.figure import Figure
from bench.membership.world import Report, World

VISITS: Final = 100_000
_SHOWN: Final = 20


def measure(folder: Path, *, seed: int = 1, visits: int = VISITS) -> Iterator[Figure]:
    """Visits a minute; what happened; that every book agrees with the sales."""
    processor = time.process_time()
    report = simulate(folder, seed, visits)
    processor = time.process_time() - processor
    _tell(report)
    yield Figure(
        "members", f"a minute of one core, seed {seed}", visits / processor * 60, "visits", more_is_better=True
    )
    yield Figure("members, wrong", f"{visits:,} visits, seed {seed}", len(report.wrong), "", floor=1, is_a_must=True)


def simulate(folder: Path, seed: int, visits: int, *, coupons_offline: bool = False) -> Report:
    """One run; the hub's folder is made below `folder`."""
    place = folder / f"hub-{seed}-{coupons_offline}"
    world = World(place, seed, visits, coupons_offline=coupons_offline)
    try:
        return world.run()
    finally:
        world.close()


def _tell(report: Report) -> None:
    print(f"seed {report.seed}: {report.visits:,} visits in {report.days:,.1f} virtual days")
    for counts in (report.audit.counted, asdict(report.network)):
        print("  " + ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items()))
    for sentence in report.wrong[:_SHOWN]:
        print(f"members: seed {report.seed}: WRONG: {sentence}", file=sys.stderr)
    sys.stdout.flush()
