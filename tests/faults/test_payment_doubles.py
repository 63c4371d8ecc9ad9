"""F13, F16, F17: clocks that jump, two programs for one lane, one name for two lanes, a code scanned many times."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hub.data_folder import DataFolder
from hub.errors import LaneTaken
from hub.services import open_hub
from tests.faults.mounted_disk import ROOT
from tests.faults.payment_banks import BANKS, HUB_STORE, SLOW_S
from tests.faults.payment_bench import NIGHTLY, Bench
from tests.faults.payment_nursery import Nursery

TESTED = tuple(BANKS) if NIGHTLY else ("simulated", "wechat")
SCANS = 30
HOUR, YEAR = 3600.0, 400 * 86400.0
JUMPS = (0.0, 1.0, -1.0, HOUR, -HOUR, YEAR, -YEAR)
LANE_FILE = """
[lane]
store = "s"
name = "lane-1"
[data]
dir = "{folder}"
[[payment]]
id = "wallet"
gateway = "simulated"
"""


@pytest.mark.parametrize("name", [name for name in TESTED if name != "wechat native"])
def test_a_payment_code_scanned_again_and_again_is_one_payment(name: str, quick: Path, nursery: Nursery) -> None:
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        life = bench.begin(sales=4, endings=("00", "02", "03"), scans=SCANS)
        assert "enough" in life.until("enough")
        bench.over(life)
        bench.usable_after_s.append(0.0)
        account = bench.must_be_right()
    assert account.attempts == account.charges == account.sales == 4


def test_the_second_program_for_one_lane_says_that_another_has_it(quick: Path, nursery: Nursery) -> None:
    with BANKS["simulated"](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        first = bench.begin()
        first.until("done")
        second = bench.begin()
        assert second.until("fault")["fault"] == "journal"
        config = quick / "lane.toml"
        config.write_text(LANE_FILE.format(folder=bench.folder), encoding="utf-8")
        command = [sys.executable, "-m", "kiosk", "run", "--config", str(config)]
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        first.until("done")
        bench.over(second)
        bench.over(first)
        bench.settle()
        bench.must_be_right()
    assert refused.returncode == 2
    assert str(bench.journal) in refused.stderr
    assert "another program" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not second.said("paying")


def test_a_lane_whose_name_was_given_to_another_machine_takes_no_more_money(quick: Path, nursery: Nursery) -> None:
    with BANKS["hub"](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        bench.settle()
        bench.sync()
        with open_hub(DataFolder(quick / "hub")) as hub:
            with pytest.raises(LaneTaken, match="lane-1"):
                hub.lanes.enrol(HUB_STORE, "lane-1")
            token = hub.lanes.enrol(HUB_STORE, "lane-1", rotate=True)
        before = bench.account()
        old = bench.begin(endings=("00",))
        old.until_step("declined")
        bench.over(old)
        after = bench.account()
        assert (after.charges, after.sales) == (before.charges, before.sales)
        again = Bench(quick, replace(bank, hub_token=token), nursery)
        again.settle()
        again.must_be_right()


@pytest.mark.parametrize("name", TESTED)
def test_no_jump_of_the_lanes_clock_loses_a_payment_or_uses_a_number_twice(
    name: str, quick: Path, nursery: Nursery
) -> None:
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        bench.settle()
        for jump in JUMPS:
            life = bench.begin(clock_jumps=(jump,), endings=("00",))
            life.until_step("start: answered")
            bench.over(life)
            bench.settle()
        account = bench.must_be_right()
    print(f"{name}: {account.attempts} attempts, {account.sales} sales while the clock jumped")
    assert account.attempts > len(JUMPS)  # no two of them under one number: the ledger would say so
