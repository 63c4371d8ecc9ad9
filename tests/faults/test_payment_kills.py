"""F1: kill -9 of a lane, of its hub and of its bank at any moment: no money is lost, doubled or misreported."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.payment_banks import BANKS, SLOW_S
from tests.faults.payment_bench import NIGHTLY, SEED, Bench
from tests.faults.payment_nursery import Nursery

KILLS = 1000 if NIGHTLY else 100


@pytest.mark.parametrize("name", BANKS)
def test_no_kill_at_any_moment_loses_or_doubles_money(name: str, quick: Path, nursery: Nursery) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable moments
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        pace_s = bench.pace()
        for _ in range(KILLS):
            bench.live_and_be_killed(chance, pace_s)
        bench.settle()
        account = bench.must_be_right()
    print(bench.told(account, KILLS))
    assert len(bench.acknowledged) > KILLS // 10
    assert bench.unknown > KILLS // 20
