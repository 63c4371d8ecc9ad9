"""A lane before one of the banks, to be killed and judged: what the payment fault tests have in common."""

from __future__ import annotations

import os
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.faults.payment_banks import Bank
from tests.faults.payment_lane import Life
from tests.faults.payment_ledger import Account, judge
from tests.faults.payment_nursery import Nursery, RunningLife
from tests.faults.payment_records import read_journal
from tests.kiosk.lane_rig import write_list

NIGHTLY: Final = bool(os.environ.get("KIOSK_NIGHTLY"))
SEED: Final = int(os.environ.get("FAULTS_SEED", "20261122"))
_START_S: Final = 0.03  # a start takes about so long
USABLE_WITHIN_S: Final = 10.0  # the floor: from a kill to a lane that shows how things stand


class Bench:
    """One lane of a bank, over all its lives."""

    def __init__(self, folder: Path, bank: Bank, nursery: Nursery, *, disk: Path | None = None) -> None:
        self.bank = bank
        self.folder = disk or folder / "lane"
        self.folder.mkdir(exist_ok=True)
        self._nursery = nursery
        prices = folder / "price-list.sqlite"
        write_list(prices, store=bank.store)
        self._life = Life(
            folder=str(self.folder),
            prices=str(prices),
            notes=str(bank.gateway_folder or self.folder),
            gateway=bank.gateway,
            settings=bank.settings,
            store=bank.store,
            hub_url=bank.hub_url,
            hub_token=bank.hub_token,
            way=bank.way,
            prefix=bank.prefix,
            endings=bank.stories,
            born_at=bank.born_at,
        )
        self.agent = bank.agent(self.folder)
        self.lives = 0
        self.acknowledged: dict[str, int] = {}
        self.paying = 0
        self.unknown = 0
        self.usable_after_s: list[float] = []

    @property
    def journal(self) -> Path:
        """The lane's journal."""
        return self.folder / "journal.sqlite"

    def begin(self, **changes: Any) -> RunningLife:
        """The lane starts, as `changes` of Life say."""
        self.lives += 1
        chance = random.Random(SEED + self.lives)  # noqa: S311 - repeatable
        stories = list(self._life.endings)
        chance.shuffle(stories)
        life = replace(self._life, **{"seed": chance.randrange(1 << 30), "endings": stories, **changes})
        return self._nursery.begin(life)

    def over(self, life: RunningLife) -> None:
        """Kill it if it lives; keep what was seen of it."""
        life.kill()
        for word in life.heard:
            if "done" in word:
                assert self.acknowledged.setdefault(word["done"], word["total"]) == word["total"]
        self.paying += len(life.said("paying"))
        self.unknown += sum("answered unknown" in step for step in life.said("step"))

    def pace(self) -> float:
        """Sell a little undisturbed; how long a sale takes on this machine as it is now."""
        began = time.monotonic()
        self.settle(len(self._life.endings))
        return (time.monotonic() - began) / len(self._life.endings)

    def live_and_be_killed(self, chance: random.Random, pace_s: float) -> None:
        """One life: one in four is killed while it starts, one while it may still settle what the one before it left,
        the others anywhere in the two sales after that."""
        began = time.monotonic()
        life = self.begin()
        at = began + chance.uniform(0.0, _START_S)
        if (kind := chance.randrange(4)) > 0:
            life.until("usable")
            self.usable_after_s.append(time.monotonic() - began)
            if kind > 1 and not life.said("settled"):
                life.until("settled")
            at = time.monotonic() + chance.uniform(0.0, pace_s * kind / 2)
        time.sleep(max(0.0, at - time.monotonic()))  # the moment of the kill is what this is about
        self.over(life)

    def settle(self, sales: int = 0, *, impatient: bool = False) -> None:
        """The lane starts once more and settles what is open, sells, and is let be."""
        began = time.monotonic()
        visit = {"sales": sales} if sales else {"sales": 1, "endings": ("00",)}
        life = self.begin(impatient=impatient, **visit)
        life.until("usable")
        self.usable_after_s.append(time.monotonic() - began)
        assert "enough" in life.until("enough"), life.heard[-5:]
        self.over(life)

    def sync(self) -> None:
        """Let the hub have all, where there is one."""
        if self.agent is not None:
            self.agent.kill()
            self.agent.start()
            self.agent.finish()
            self.agent.kill()

    def account(self) -> Account:
        """What the judge says of all of it."""
        return judge([self.journal], self.bank.books(), self.bank.hub_database())

    def must_be_right(self) -> Account:
        """No violation, and all that a shopper saw as paid is there."""
        self.sync()
        account = self.account()
        assert account.violations == (), "\n".join(map(str, account.violations[:10]))
        missing = self.acknowledged.items() - sold(self.journal).items()
        assert not missing, f"seen as paid, and not in the journal: {missing}"
        assert max(self.usable_after_s) < USABLE_WITHIN_S
        return account

    def told(self, account: Account, kills: int) -> str:
        """The figures of a run, in a line."""
        return (
            f"{self.bank.name}: {kills} kills, {account.sales} sales, {account.attempts} attempts, "
            f"{self.unknown} answers unknown, {len(self.acknowledged)} seen as paid, 0 violations, "
            f"slowest start to usable {max(self.usable_after_s):.2f} s"
        )


def sold(journal: Path) -> dict[str, int]:
    """Total of each sale that a journal has as completed."""
    return {sale: total for sale, (total, _) in read_journal(journal).sales.items()}
