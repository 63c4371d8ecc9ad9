"""F21: whatever shoppers, lines and power do, stored payments stay within the limits, and each refused one is a debt.

Real till, journal, price list and simulated terminal; its books are the truth that the lane is held against.
"""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import Screen
from offline_cache.journal import JournalReader
from payments.loader import GatewayContext
from payments.simulated import FILE_NAME, SimulatedGateway
from retail.events import EventKind
from tests.kiosk.lane_rig import BADGE, BREAD, MILK, WINE, LaneRig, write_list

NIGHTLY = "KIOSK_NIGHTLY" in os.environ
SEEDS = range(500 if NIGHTLY else 8)
STEPS = 40
PER_SALE, SUM, COUNT, HOURS = 2600, 6000, 4, 24
POLICY = {
    "offline_card": {"per_sale_minor": PER_SALE, "sum_minor": SUM, "count": COUNT, "oldest_hours": HOURS},
    "restricted_categories": ["fruit"],
}


class Shop:
    """One lane with one terminal, and whoever comes."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable
        self.flag = folder / "line-down.flag"
        self.books = folder / FILE_NAME
        self.rig = LaneRig(folder)
        write_list(folder / "price-list.sqlite", revision=2, payments=POLICY)
        settings = {"presents": "terminal", "line": self.flag.name, "forwarded": "some"}
        terminal: Any = SimulatedGateway(settings, GatewayContext("s", "lane-1", folder), clock=lambda: self.rig.now)
        self.rig.bank = self.rig.terminal = terminal
        self.rig.gateway_names = ("terminal", "terminal")
        self.rig.restart()

    def step(self) -> None:
        act = self.chance.choices((self.shop, self.line, self.wait, self.restart, self.days), weights=(10, 3, 6, 2, 1))[
            0
        ]
        act()
        self.check()

    def shop(self) -> None:
        rig = self.rig
        goods = self.chance.choices((MILK, BREAD, WINE), weights=(5, 4, 1), k=self.chance.randint(1, 4))
        rig.scan(*goods)
        if self.chance.random() < 0.1:
            rig.till.add_loose("LEMON", 1)
        if rig.view.needs_age:
            rig.scan(BADGE)
            rig.till.staff_act("approve_age")
        rig.till.pay()
        restricted = any(line.min_age or line.names["en"] == "Lemon" for line in rig.view.lines)
        before = self.stored()
        rig.till.choose_way("card")
        if self.stored() != before:
            assert not restricted
            assert rig.view.screen is Screen.DONE
        if rig.view.screen is Screen.DONE:
            rig.till.finish()
        elif self.chance.random() < 0.5:
            rig.till.pay_at_till()
            rig.till.finish()
        else:
            rig.till.cancel_basket()
        rig.wait(1)

    def line(self) -> None:
        """The shop's line goes or comes, for terminal and hub together or for the terminal alone."""
        down = not self.flag.exists()
        self.flag.touch() if down else self.flag.unlink()
        self.rig.agent.online = not down or self.chance.random() < 0.5

    def wait(self) -> None:
        self.rig.wait(self.chance.randint(1, 70))

    def restart(self) -> None:
        self.rig.restart()
        self.rig.wait(1)

    def days(self) -> None:
        self.rig.later(timedelta(hours=self.chance.choice((1, 10, 26))))

    def stored(self) -> list[tuple[str, int]]:
        """What the terminal holds, by its own books."""
        with closing(sqlite3.connect(self.books)) as books:
            return books.execute(
                "SELECT key, amount_minor FROM payments WHERE state = 'stored' ORDER BY key"
            ).fetchall()

    def check(self) -> None:
        held = [amount for _, amount in self.stored()]
        assert len(held) <= COUNT
        assert sum(held) <= SUM
        assert all(amount <= PER_SALE for amount in held)
        offline = self.rig.view.offline
        assert offline.stored >= len(held)  # what was handed in is counted until the lane has heard of it
        assert offline.stored_minor >= sum(held)

    def settle(self) -> None:
        """The lines come back, and nobody shops for a while."""
        self.flag.unlink(missing_ok=True)
        self.rig.agent.online = True
        self.rig.restart()
        self.rig.wait(200)


@pytest.mark.parametrize("seed", SEEDS)
def test_limits_hold_and_no_refused_payment_is_forgotten(tmp_path: Path, seed: int) -> None:
    shop = Shop(tmp_path, seed)
    for _ in range(STEPS):
        shop.step()
    shop.settle()
    assert (shop.stored(), shop.rig.view.offline.stored) == ([], 0)
    with closing(sqlite3.connect(shop.books)) as books:
        refused = books.execute("SELECT key FROM payments WHERE state = 'declined' AND reason = 'funds'").fetchall()
    with JournalReader(tmp_path / "journal.sqlite") as journal:
        told = [event.body for event in journal.events() if event.kind == EventKind.PAYMENT_FORWARDED]
    debts = {body["key"] for body in told if body["outcome"] == "declined"}
    assert debts == {key for (key,) in refused}
    assert len(told) == len({body["key"] for body in told})
    assert shop.rig.view.offline.debts == len(debts)
    assert shop.rig.verify().ok
