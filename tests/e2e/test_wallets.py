"""Real processes: two make-believe banks, a hub with both, a lane that pays through it, one that asks WeChat itself.

The banks' own books, the journals and the hub must tell the same: each charge is one sale, and each sale one charge.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

from hub.__main__ import main as kiosk_hub
from offline_cache.journal import JournalReader, verify
from payments.fakes.books import Books
from retail.events import Event, EventKind
from tests.e2e.shop import PATIENCE_S, STORE, Program, until

_LANE: Final = """
[lane]
store = "demo"
name = "{name}"
[data]
dir = "data"
[hub]
url = "{url}"
token_file = "token"
poll_s = 1
[screen]
languages = ["en", "zh-CN", "zh-TW"]
fullscreen = false
width = 540
height = 960
calm = true
[patience]
doubt_after_s = 5
cancel_after_s = 25
[[scanners]]
name = "rig"
kind = "socket"
source = "rig.socket"
{payment}
"""
_BY_HUB: Final = '[[payment]]\nid = "wallet"\ngateway = "hub"\nusual_s = 1\n'
_WECHAT, _ALIPAY = "1345678901234567", "28345678901234567"
# Paid, asked for the password, charged without a usable answer, declined: two of each wallet.
_BOTH: Final = (f"{_WECHAT}00", f"{_ALIPAY}02", f"{_ALIPAY}03", f"{_WECHAT}01")
_ONE: Final = (f"{_WECHAT}00", f"{_WECHAT}02", f"{_WECHAT}03", f"{_WECHAT}01")
_SALES: Final = {"one": 4, "two": 1}  # the fourth comes after one that was declined


class WalletShop:
    """All of it below one folder; nothing runs until it is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.hub_data, self.enough = folder, folder / "hub", folder / "enough"
        fakes = ("-m", "payments.fakes")
        self.banks = [
            Program(folder / f"{name}.log", *fakes, name, "--dir", str(folder / name), "--delay", "0.5")
            for name in ("wechat", "alipay")
        ]
        self.url = ""
        serve = ("serve", "--port", "0", "--payments", str(folder / "payments.toml"))
        self.hub = Program(folder / "hub.log", "-m", "hub", "--data", str(self.hub_data), *serve)
        self.agent = Program(folder / "agent.log", "-m", "offline_cache", "run", "--config", str(self._config("one")))
        self.shoppers: dict[str, Program] = {}

    def open(self) -> None:
        """Banks and hub run, and both lanes have their price list."""
        for bank in self.banks:
            bank.start()
            assert bank.lines.get(timeout=PATIENCE_S).startswith("serving on "), bank.said()
        files = [self.folder / name / "hub-payments.toml" for name in ("wechat", "alipay")]
        (self.folder / "payments.toml").write_text("\n".join(file.read_text("utf-8") for file in files), "utf-8")
        self._hub_said("demo-shop")
        self._hub_said("publish", "--store", STORE)
        self.hub.start()
        self.url = self.hub.lines.get(timeout=PATIENCE_S).split()[-1]
        self._lane("one", _BY_HUB, _BOTH)
        self._lane("two", (self.folder / "wechat" / "settings.toml").read_text("utf-8"), _ONE)
        self.agent.start()
        price_list = self.data("one") / "price-list.sqlite"
        until(price_list.exists, "the price list")
        shutil.copy(price_list, self.data("two"))

    def close(self) -> None:
        """Kill whatever still runs."""
        for program in (*self.shoppers.values(), self.agent, self.hub, *self.banks):
            program.kill()

    def data(self, name: str) -> Path:
        return self.folder / name / "data"

    def charges(self) -> dict[str, int]:
        """What the banks have, by order number, less what they gave back; only where that is something."""
        books = [Books(path) for path in self.folder.glob("*/*-books.sqlite")]
        assert len(books) == 2
        all_charges = [charge for book in books for charge in book.charges()]
        assert len({charge.number for charge in all_charges}) == len(all_charges)
        kept = {charge.number: charge.amount_minor - charge.refunded_minor for charge in all_charges}
        return {number: amount for number, amount in kept.items() if amount}

    def _lane(self, name: str, payment: str, codes: tuple[str, ...]) -> None:
        config = self._config(name)
        self.data(name).mkdir(parents=True)
        config.write_text(_LANE.format(name=name, url=self.url, payment=payment), "utf-8")
        token = self._hub_said("lane", "--store", STORE, "--lane", name).split()[-1]
        (config.parent / "token").write_text(token, "ascii")
        counter = [one for one in json.loads(self._hub_said("demo-counter")) if one["kind"] != "wallet"]
        things = config.parent / "counter.json"
        things.write_text(json.dumps(counter + [{"kind": "wallet", "code": code} for code in codes]), "utf-8")
        options = ("--config", str(config), "--things", str(things), "--enough", str(self.enough))
        self.shoppers[name] = Program(self.folder / f"{name}.log", "-m", "tests.e2e.shopper", *options)

    def _hub_said(self, *command: str) -> str:
        with redirect_stdout(StringIO()) as said:
            assert kiosk_hub(["--data", str(self.hub_data), *command]) == 0
        return said.getvalue()

    def _config(self, name: str) -> Path:
        return self.folder / name / "lane.toml"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalletShop]:
    made = WalletShop(tmp_path_factory.mktemp("wallets"))
    try:
        made.open()
        yield made
    finally:
        made.close()


def test_banks_journals_and_hub_tell_the_same(shop: WalletShop) -> None:
    for shopper in shop.shoppers.values():
        shopper.start()
    for name, sales in _SALES.items():
        for _ in range(sales):
            until_done(shop.shoppers[name])
    shop.enough.touch()
    for shopper in shop.shoppers.values():
        assert shopper.wait() == 0, shopper.said()
    journals = {name: journal(shop.data(name)) for name in shop.shoppers}
    approved = {key: amount for events in journals.values() for key, amount in paid(events).items()}
    assert shop.charges() == approved
    took, refused = (keys_by(journals["one"], outcome) for outcome in ("approved", "declined"))
    assert (set(took.values()), set(refused.values())) == ({"wechat", "alipay"}, {"wechat"})
    assert hub_has(shop) == took | refused
    secrets_are_nowhere(shop)


def until_done(shopper: Program) -> None:
    """A whole sale, seen as paid, with its number and total."""
    while not shopper.lines.get(timeout=PATIENCE_S).startswith("done "):
        pass


def journal(data: Path) -> list[Event]:
    report = verify(data / "journal.sqlite")
    assert report.ok, report.problem
    assert report.unresolved_payments == ()
    with JournalReader(data / "journal.sqlite") as reader:
        return reader.events()


def paid(events: list[Event]) -> dict[str, int]:
    """Amounts of completed sales, by the key of their payment; no key has two sales, no sale two keys."""
    completed = [event for event in events if event.kind == EventKind.SALE_COMPLETED]
    by_key = {event.body["payment_key"]: event.body["total_minor"] for event in completed}
    assert len(by_key) == len(completed) == len({event.sale_id for event in completed})
    return by_key


def keys_by(events: list[Event], outcome: str) -> dict[str, str]:
    """Keys that came out so, with the brand that the journal noted."""
    brands = {event.body["key"]: event.body["brand"] for event in events if event.kind == EventKind.PAYMENT_INTENDED}
    resolved = [event.body for event in events if event.kind == EventKind.PAYMENT_RESOLVED]
    return {body["key"]: brands[body["key"]] for body in resolved if body["outcome"] == outcome}


def hub_has(shop: WalletShop) -> dict[str, str]:
    """Settled keys, with the gateway that had each."""
    with closing(sqlite3.connect(shop.hub_data / "hub.sqlite")) as db:
        found: list[Any] = db.execute("SELECT key, gateway, outcome FROM payment").fetchall()
    assert {outcome for _, _, outcome in found} <= {"approved", "declined"}
    return {key: gateway for key, gateway, _ in found}


def secrets_are_nowhere(shop: WalletShop) -> None:
    """No payment code and no key in any log, journal or database; the keys' own files are not read."""
    codes = "|".join({*_BOTH, *_ONE}).encode()
    kept = [path for path in shop.folder.rglob("*") if path.is_file() and re.search(r"\.(log|sqlite\S*)$", path.name)]
    assert len(kept) >= 8
    for path in kept:
        content = path.read_bytes()
        assert not re.search(codes, content), path
        assert b"PRIVATE KEY" not in content, path
