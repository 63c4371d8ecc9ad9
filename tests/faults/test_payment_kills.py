"""F1: kill -9 of a lane, of its hub and of its bank at any moment: no money is lost, doubled or misreported."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.payment_banks import BANKS, SLOW_S
from tests.faults.payment_bench import NIGHTLY, SEED, Bench
from tests.faults.payment_controls import NEW_KEY
from tests.faults.payment_nursery import Nursery

KILLS = {name: 1000 if NIGHTLY else 100 if name == "simulated" else 12 for name in BANKS}
MANY = 100  # fewer may by chance all fall outside of a payment
BANK_KILLS = 50 if NIGHTLY else 3
WIRED = tuple(name for name in BANKS if name != "simulated") if NIGHTLY else ("wechat", "hub")


@pytest.mark.parametrize("name", BANKS)
def test_no_kill_at_any_moment_loses_or_doubles_money(name: str, quick: Path, nursery: Nursery) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable moments
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        pace_s = bench.pace()
        for _ in range(KILLS[name]):
            bench.live_and_be_killed(chance, pace_s)
        bench.settle()
        account = bench.must_be_right()
    print(bench.told(account, KILLS[name]))
    assert len(bench.acknowledged) > KILLS[name] // 10
    assert bench.unknown > KILLS[name] // 20 or KILLS[name] < MANY


@pytest.mark.parametrize("name", WIRED)
def test_no_kill_of_the_bank_the_hub_or_the_agent_loses_or_doubles_money(
    name: str, quick: Path, nursery: Nursery
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable moments
    with BANKS[name](quick, time.time(), SLOW_S) as bank:
        assert bank.process is not None
        bench = Bench(quick, bank, nursery)
        pace_s = bench.pace()
        life = bench.begin()
        for number in range(BANK_KILLS):
            if bench.agent is not None and number % 2 == 0:
                bench.agent.kill()
                bench.agent.start()
            life.until("paying")
            time.sleep(chance.uniform(0.0, pace_s))  # the moment of the kill is what this is about
            bank.process.kill()
            bank.process.start()
        bench.over(life)
        bench.settle()
        account = bench.must_be_right()
    print("the other side:", bench.told(account, BANK_KILLS))


def test_a_lane_that_answers_doubt_with_a_new_key_is_found_out(quick: Path, nursery: Nursery) -> None:
    with BANKS["simulated"](quick, time.time(), SLOW_S) as bank:
        bench = Bench(quick, bank, nursery)
        life = bench.begin(spoil=NEW_KEY, endings=("03",), sales=2)
        assert "enough" in life.until("enough")
        bench.over(life)
        account = bench.account()
    assert "charge without sale" in account.kinds
