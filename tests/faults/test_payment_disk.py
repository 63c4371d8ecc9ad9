"""F5, F6: the lane's disk is full, or an fsync fails, at any step of a payment: it says so, and the money is right."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.faults.disk_model import Fate
from tests.faults.mounted_disk import MountedDisk
from tests.faults.payment_banks import BANKS, SLOW_S
from tests.faults.payment_bench import NIGHTLY, Bench
from tests.faults.payment_nursery import Nursery
from tests.faults.payment_time import SPEED

TESTED = tuple(BANKS) if NIGHTLY else ("simulated", "wechat")
ONE_IN = 1 if NIGHTLY else 17
ONE_FSYNC_IN = 1 if NIGHTLY else 3
STORIES = ("00", "03", "01", "00")
LITTLE_ROOM = 6 << 20  # less than a lane wants to have free before it asks anybody for money
RETRIES_S = 15 / SPEED  # in which a lane that is out of service looks three times whether it can go on


@pytest.fixture(params=TESTED)
def bench(request: pytest.FixtureRequest, quick: Path, disk: MountedDisk, nursery: Nursery) -> Iterator[Bench]:
    with BANKS[request.param](quick, time.time(), SLOW_S) as bank:
        made = Bench(quick, bank, nursery, disk=disk.path / "lane")
        made.settle()
        disk.settle()
        yield made


def test_no_payment_is_begun_without_room_to_write_how_it_ends(bench: Bench, disk: MountedDisk) -> None:
    before = bench.account()
    life = bench.begin(sales=2)
    life.until("usable")
    disk.room(LITTLE_ROOM)
    known = len(life.said("done"))
    assert life.until("fault")["fault"] == "journal_full"
    asked = [step for step in life.said("step") if step.startswith("start")]
    assert len(asked) <= 2 * (len(life.said("done")) - known) + 2
    bench.over(life)
    account = bench.account()
    assert account.charges <= before.charges + 1
    refused = bench.begin(sales=1)
    assert refused.until("fault")["fault"] == "journal_full"
    disk.mend()
    assert "enough" in refused.until("enough"), "it goes on by itself once there is room"
    bench.over(refused)
    bench.must_be_right()


def test_a_disk_that_is_full_from_any_write_on_costs_no_money(bench: Bench, disk: MountedDisk) -> None:
    told = 0
    for nth in count(1, ONE_IN):
        life = bench.begin(sales=2, endings=STORIES)
        life.until("usable")
        disk.fail(nth, errno.ENOSPC, lasting=True, kinds=("write", "resize", "create"))
        word = life.until("fault", "enough")
        told += "fault" in word
        failed = disk.mend()
        if "fault" in word:
            assert word["fault"] in {"journal_full", "journal"}
            if word["fault"] == "journal_full":
                assert "enough" in life.until("enough"), "it goes on by itself once there is room"
        bench.over(life)
        bench.settle()
        if not failed:
            break
    print(f"{bench.bank.name}: full from {nth} writes on, {told} times told")
    bench.must_be_right()
    assert told > 1


def test_after_an_fsync_that_failed_nothing_is_written_until_somebody_restarts_the_lane(
    bench: Bench, disk: MountedDisk
) -> None:
    told = 0
    for nth in count(1, ONE_FSYNC_IN):
        life = bench.begin(sales=2, endings=STORIES)
        life.until("usable")
        disk.fail(nth, errno.EIO, kinds=("fsync",))
        word = life.until("fault", "enough")
        failed = disk.mend()
        if "fault" in word:
            told += 1
            changes = disk.count()
            time.sleep(RETRIES_S)  # nothing is to happen in this time: there is nothing to wait for
            assert disk.count() == changes, disk.changes()[changes:]
        bench.over(life)
        disk.cut(Fate.NOTHING_STAYS)
        bench.settle()
        if not failed:
            break
    print(f"{bench.bank.name}: EIO at {nth} fsyncs, {told} times told")
    bench.must_be_right()
    assert told > 1
