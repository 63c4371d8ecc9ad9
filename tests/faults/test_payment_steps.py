"""F2: kill -9 at every named step of a payment and of its recovery: journal and books agree each time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.payment_banks import BANKS, SLOW_S
from tests.faults.payment_bench import NIGHTLY, Bench
from tests.faults.payment_nursery import Nursery

# Steps that must be among those found: were one of them to vanish, this test would look at less than it says.
EVERYWHERE = {
    "after payment.intended",
    "after payment.submitted",
    "start: before it leaves",
    "start: answered approved",
    "lookup: before it leaves",
    "lookup: answered approved",
    "before payment.resolved approved + sale.completed",
    "after payment.resolved approved + sale.completed",
    "before payment.resolved declined",
    "after payment.resolved declined",
    "before payment.resolved unknown",
    "after payment.resolved unknown",
    "before payment.cancel_sent",
    "after payment.cancel_sent",
    "cancel: before it leaves",
    "cancel: answered declined",
    "recovering: before payment.resolved unknown",
    "recovering: lookup: before it leaves",
    "recovering: lookup: answered approved",
    "recovering: after payment.resolved approved + sale.completed",
    "recovering: after payment.cancel_sent",
    "recovering: cancel: before it leaves",
    "recovering: cancel: answered declined",
}
# No story of a code that we show has them; they come there only if the machine is slow.
NOT_OF_OUR_CODE = {
    "start: answered approved",
    *(
        f"{when} {what}"
        for when in ("before", "after")
        for what in ("payment.resolved unknown", "help.called", "help.cleared")
    ),
}
CALLS = ("start", "lookup", "cancel", "recovering: lookup", "recovering: cancel")
ON_A_WIRE = {f"{call}: {step}" for call in CALLS for step in ("sent", "answer began")}
NEVER_S = 1000.0  # a bank as slow as that: lane or shopper lose patience before
ATTEMPTS = 3
TESTED = tuple(BANKS) if NIGHTLY else ("wechat",)  # it has all the steps that the simulated bank has
# Left to the nights and to kills at random: they have no share in what becomes of the money.
ASIDE = () if NIGHTLY else ("basket.", "line.", "help.", "connected", "answer ended")


def counts(step: str) -> bool:
    """Whether it is one to die at."""
    return not any(part in step for part in ASIDE)


class Explorer:
    """Finds the steps of a lane by living through them, and dies at each."""

    def __init__(self, bench: Bench, died_at: set[str]) -> None:
        self.bench = bench
        self.died_at = died_at
        self.known: Counter[str] = Counter()  # in how many lives each step came
        self.kills = 0
        self._impatient = False

    def explore(self, story: str, *, impatient: bool = False) -> None:
        """All steps of a sale that the bank lets go by a story, and those of the lives that take it up."""
        self._impatient = impatient
        for step in self._steps((story, "00")):
            if step not in self.died_at:
                self._explore_recovery(story, step)

    def _explore_recovery(self, story: str, step: str) -> None:
        if not any(self._die_at(step, story) for _ in range(ATTEMPTS)):
            return  # it came by chance, as the bank was slow just then: another story is made of it
        for later in self._steps(("00",)):
            for _ in range(ATTEMPTS):
                if not later.startswith("recovering") or later in self.died_at:
                    break
                # A step of the second life: the first one must leave things the same way once more.
                if self._die_at(step, story):
                    self._die_at(later, "00")
                    self._steps(("00",))

    def _steps(self, stories: Sequence[str]) -> list[str]:
        """One life that sells and goes home: its steps, in order."""
        life = self.bench.begin(sales=1, endings=stories, impatient=self._impatient)
        assert "enough" in life.until("enough"), life.heard[-5:]
        self.bench.over(life)
        steps = [step for step in dict.fromkeys(life.said("step")) if counts(step)]
        self.known.update(steps)
        return steps

    def _die_at(self, step: str, story: str) -> bool:
        life = self.bench.begin(sales=1, endings=(story, "00"), kill_at=step, impatient=self._impatient)
        came = "ended" in life.until("enough", "ended")
        self.bench.over(life)
        self.known.update(set(filter(counts, life.said("step"))))
        if came:
            self.died_at.add(step)
            self.kills += 1
        return came


@pytest.mark.parametrize("name", TESTED)
def test_a_kill_at_each_step_leaves_the_journal_and_the_books_of_one_mind(
    name: str, quick: Path, nursery: Nursery
) -> None:
    known: Counter[str] = Counter()
    died_at: set[str] = set()
    for slow_s in (SLOW_S, NEVER_S):
        folder = quick / f"slow-{slow_s:.0f}"
        folder.mkdir()
        with BANKS[name](folder, time.time(), slow_s) as bank:
            explorer = Explorer(Bench(folder, bank, nursery), died_at)
            for story in sorted(set(bank.stories)) if slow_s == SLOW_S else ["02"]:
                explorer.explore(story, impatient=slow_s == NEVER_S)
            explorer.bench.settle(impatient=slow_s == NEVER_S)
            account = explorer.bench.must_be_right()
        known += explorer.known
        print(f"{len(died_at)} steps;", explorer.bench.told(account, explorer.kills))
    # What came in a single life came by chance: on a busy machine a lane doubts a bank that only had no turn.
    missing = {step for step, lives in known.items() if lives > 1} | EVERYWHERE | (ON_A_WIRE if bank.process else set())
    missing -= died_at | (NOT_OF_OUR_CODE if bank.shows_code else set())
    assert not missing
