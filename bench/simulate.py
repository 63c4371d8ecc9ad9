"""simulate: a shop in virtual time, from one seed, with all that goes wrong; its money is counted at each step.

See docs/simulation.md. A broken promise ends the run; the seed and the last steps are printed.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.figure import Figure
from bench.simulation.counter import Counter
from bench.simulation.fittings import SimTill
from bench.simulation.shop import Parts, Report, Shop

SALES: Final = 100_000
SETTLED_WITHIN_S: Final = 60


def measure(
    _folder: Path, *, seed: int = 1, sales: int = SALES, whole: bool = False, trace: bool = False
) -> Iterator[Figure]:
    """Sales a minute, by the wall and by the processor; what happened; that nothing was broken."""
    wall, processor = time.perf_counter(), time.process_time()
    report = simulate(seed, sales, whole=whole, trace=trace)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    _tell(report)
    what = f"seed {seed}, {'whole tills' if whole else 'tills without their screens'}"
    minute, floor = f"a minute of one core, {what}", None if whole else 100_000
    yield Figure("simulate", minute, report.sales / processor * 60, "sales", floor=floor, more_is_better=True)
    yield Figure("simulate, wall", f"a minute by the clock, {what}", report.sales / wall * 60, "sales")
    yield Figure("simulate, slowest", "unknown settled, virtual time", report.slowest_s, "s", floor=SETTLED_WITHIN_S)
    broken = 1 if report.violation else 0
    yield Figure("simulate, violations", f"{report.sales:,} sales, {what}", broken, "", floor=1, is_a_must=True)


def simulate(seed: int, sales: int, *, whole: bool = False, trace: bool = False) -> Report:
    """One run. `trace`: every step is printed."""
    gc.collect()
    gc.freeze()  # what is there already need not be looked through a thousand times
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        return Shop(seed, sales, parts=Parts(till=SimTill if whole else Counter), tell=print if trace else None).run()
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _tell(report: Report) -> None:
    counts = {**asdict(report.counts), **asdict(report.network)}
    print(f"seed {report.seed}: {report.sales:,} sales in {report.virtual_s / 3600:,.1f} virtual hours")
    print("  " + ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items()))
    print(f"  unknown {report.unknowns:,}, set aside {report.set_aside:,}, slowest settled in {report.slowest_s} s")
    print(f"  digest {report.digest}", flush=True)
    if report.violation:
        steps = "\n".join(report.last_steps)
        print(f"simulate: seed {report.seed}: BROKEN after {report.sales} sales: {report.violation}", file=sys.stderr)
        print(f"the last steps (all of them with --trace):\n{steps}", file=sys.stderr)
