"""kill -9 of lane, agent and hub while a shopper buys: nothing seen as paid is lost, nothing is there twice."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.demo.stage import run
from offline_cache.journal import JournalReader, verify
from offline_cache.status import read_status
from retail.events import Event, EventKind
from tests.e2e.shop import PATIENCE_S, STORE, Program, Shop, until

SEED = 20261122
MOMENTS = ("pay", "paying", "paying", "payment_unknown", "done")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("shop"))
    try:
        made.open()
        yield made
    finally:
        made.close()


class Seen:
    """What the shopper saw, over all lives of the lane."""

    def __init__(self, shopper: Program) -> None:
        self._shopper = shopper
        self.paid: dict[str, int] = {}

    def line(self) -> str:
        """The next thing that the shopper says; the first word of it."""
        return self._note(self._shopper.lines.get(timeout=PATIENCE_S))

    def until(self, *words: str) -> str:
        """Listen until one of these is said."""
        while (word := self.line()) not in words:
            pass
        return word

    def rest(self) -> None:
        """What was said before the end and not yet heard."""
        while not self._shopper.lines.empty():
            self._note(self._shopper.lines.get())

    def _note(self, line: str) -> str:
        word, *figures = line.split()
        if figures:
            number, total = figures
            assert self.paid.setdefault(number, int(total)) == int(total), f"sale {number} changed its total"
        return word


def kill_after(program: Program, delay_s: float) -> None:
    """At a moment that nothing in the program knows of."""
    timer = threading.Timer(delay_s, program.kill)
    timer.start()
    timer.join()


def test_no_kill_loses_or_doubles_a_sale(shop: Shop) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable moments
    victims = [shop.shopper] * 5 + [shop.agent] * 2 + [shop.hub] * 2
    chance.shuffle(victims)
    seen = Seen(shop.shopper)
    shop.shopper.start()
    for victim in victims:
        moment = chance.choice(MOMENTS)
        seen.until(moment, "done")  # no sale goes through all screens; each goes through the last one
        kill_after(victim, chance.uniform(0.0, 0.3))
        victim.start()
    seen.until("done")
    shop.enough.touch()
    assert shop.shopper.wait() == 0, shop.shopper.said()
    seen.rest()
    events = whole_journal(shop)
    print(f"{len(victims)} kills, {len(events)} events, {len(seen.paid)} sales seen as paid")
    completed = [event for event in events if event.kind == EventKind.SALE_COMPLETED]
    by_number = {event.body["receipt_number"]: event.body["total_minor"] for event in completed}
    assert len(by_number) == len(completed), "a sale was completed twice"
    assert seen.paid.items() <= by_number.items(), "a sale that was seen as paid is not in the journal"
    assert len(seen.paid) >= 3
    until(lambda: read_status(shop.data).uploaded == len(events), "the last event at the hub")
    assert read_status(shop.data).refused == ()
    the_hub_has_the_same(shop, completed)


def whole_journal(shop: Shop) -> list[Event]:
    report = verify(shop.data / "journal.sqlite")
    assert report.ok, report.problem
    assert report.unresolved_payments == ()
    assert json.loads(run("-m", "kiosk", "journal", "verify", "--dir", str(shop.data), "--json"))["ok"] is True
    with JournalReader(shop.data / "journal.sqlite") as journal:
        return journal.events()


def the_hub_has_the_same(shop: Shop, completed: list[Event]) -> None:
    ours = {event.sale_id: event.body["total_minor"] for event in completed}
    listed = json.loads(run("-m", "hub", "--data", str(shop.hub_data), "sales", "--store", STORE, "--json"))
    theirs = [sale for sale in listed["sales"] if sale["status"] == "completed"]
    assert len(theirs) == len(ours)
    assert {sale["id"]: sale["total_minor"] for sale in theirs} == ours
    assert {sale["discrepancy"] for sale in theirs} == {""}
    hub_took = rows(shop.hub_data / "hub.sqlite", "SELECT sale_id, paid_minor FROM payment WHERE outcome = 'approved'")
    assert Counter(dict(hub_took)) == Counter(ours)
    assert len(hub_took) == len(ours), "a sale was paid twice"
    books = shop.hub_data.rglob("simulated-payments.sqlite")
    bank_took = [
        row for path in books for row in rows(path, "SELECT amount_minor FROM payments WHERE state='approved'")
    ]
    assert sorted(amount for (amount,) in bank_took) == sorted(ours.values()), "the bank took something else"


def rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def test_the_kiosk_itself_takes_an_open_basket_up_again_after_every_kill(shop: Shop) -> None:
    for count, code in enumerate(list(shop.codes("product"))[:3], start=1):
        shop.kiosk.start()
        shop.scan(code)
        until(lambda count=count: lines(shop) == count, f"line {count} of the one basket")  # type: ignore[misc]
        shop.kiosk.kill()
    shop.kiosk.start()
    shop.scan(list(shop.codes("product"))[3])
    until(lambda: lines(shop) == 4, "the next line of the one basket")
    shop.scan(next(shop.codes("member")))
    assert shop.kiosk.end() == 0, shop.kiosk.said()
    assert verify(shop.data / "journal.sqlite").ok
    assert "Traceback" not in shop.kiosk.said()


def lines(shop: Shop) -> int:
    path = shop.data / "journal.sqlite"
    if not path.exists():
        return 0
    with JournalReader(path) as journal:
        return sum(event.kind == EventKind.LINE_ADDED for event in journal.last_sale())
