"""F3, F4: the power goes while a lane sells: all that the disk was told to keep is there, and the money is right."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.disk_model import Fate
from tests.faults.mounted_disk import MountedDisk
from tests.faults.payment_banks import BANKS, SLOW_S
from tests.faults.payment_bench import NIGHTLY, SEED, Bench
from tests.faults.payment_controls import NORMAL
from tests.faults.payment_nursery import Nursery

STEPPED = tuple(BANKS) if NIGHTLY else ("simulated", "wechat")
CUTS = 500 if NIGHTLY else 8
ONE_STEP_IN = 1 if NIGHTLY else 6  # of those that a sale takes; which of them differs from bank to bank
STORIES = ("00", "03", "01", "00")
FATES = tuple(Fate)


def cut_power(bench: Bench, disk: MountedDisk, number: int) -> None:
    """What was not fsynced goes, each time in another way."""
    disk.cut(FATES[number % len(FATES)], seed=SEED + number)


def every_step(bench: Bench) -> list[str]:
    """The steps that some sales take."""
    life = bench.begin(endings=STORIES, sales=2)
    life.until("enough")
    bench.over(life)
    return list(dict.fromkeys(step for step in life.said("step") if not step.startswith("recovering")))


@pytest.mark.parametrize("name", BANKS)
def test_no_power_cut_at_any_moment_loses_or_doubles_money(
    name: str, quick: Path, disk: MountedDisk, nursery: Nursery
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable moments
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery, disk=disk.path / "lane")
        disk.settle()
        pace_s = bench.pace()
        for number in range(CUTS):
            bench.live_and_be_killed(chance, pace_s)
            cut_power(bench, disk, number)
        bench.settle()
        account = bench.must_be_right()
    print("power:", bench.told(account, CUTS))
    assert bench.acknowledged


@pytest.mark.parametrize("name", STEPPED)
def test_no_power_cut_at_a_step_of_a_payment_loses_or_doubles_money(
    name: str, quick: Path, disk: MountedDisk, nursery: Nursery
) -> None:
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery, disk=disk.path / "lane")
        disk.settle()
        found = every_step(bench)
        assert len(found) > 20
        for number, step in enumerate(found[list(BANKS).index(name) % ONE_STEP_IN :: ONE_STEP_IN]):
            life = bench.begin(kill_at=step, endings=STORIES, sales=2)
            life.until("ended", "enough")
            bench.over(life)
            cut_power(bench, disk, number)
            bench.settle()
        bench.must_be_right()


def test_the_same_cuts_lose_sales_where_the_disk_is_not_waited_for(
    quick: Path, disk: MountedDisk, nursery: Nursery
) -> None:
    with BANKS["simulated"](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery, disk=disk.path / "lane")
        disk.settle()
        for _ in range(3):
            life = bench.begin(spoil=NORMAL, endings=("00",), sales=3)
            life.until("enough")
            bench.over(life)
            disk.cut()
        bench.settle()
        account = bench.account()
    assert "charge without sale" in account.kinds
    assert len(bench.acknowledged) > account.sales
