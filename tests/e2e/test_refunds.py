"""Money back through real processes: hub, bank and agent beside a till; in the end all books must agree."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from kiosk.adapters.hub_refunds import HubRefunds
from kiosk.adapters.lane_files import AgentStatus, NewestPriceList, RecoveringJournal
from kiosk.adapters.worker import GatewayLines, Worker
from kiosk.app import utc_now
from kiosk.config import load_config
from kiosk.demo.stage import run
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.refund_book import RefundPorts
from kiosk.services.refund_view import RefundStage
from kiosk.services.staff import Badge, StaffDesk
from kiosk.services.till import LaneRules, Till, TillPorts
from offline_cache.journal import JournalReader
from payments.gateway import Gateway
from payments.loader import GatewayContext, load_gateway
from payments.simulated import FILE_NAME
from tests.e2e.shop import STORE, Shop, until
from tests.kiosk.lane_rig import BADGE, PlainReceipts

WALLET = "130000000000000000"  # its last digits: approved at once


@dataclass(frozen=True)
class EndWay:
    id: str
    gateway_name: str
    gateway: Gateway
    usual_s: int = 5


class RefundingLane:
    """A till on real adapters, but for screen and paper. A wallet goes through the hub, cards by a terminal here."""

    def __init__(self, shop: Shop) -> None:
        self.data = shop.data
        self.views: list[LaneView] = []
        config = load_config(shop.config)
        assert config.hub is not None
        self.worker = Worker("till")
        self.gateways = GatewayLines(self.on_till)
        self.book = HubRefunds(config.hub.url, config.hub.read_token, self.on_till)
        self.journal = RecoveringJournal(self.data / "journal.sqlite", utc_now)
        self.prices = NewestPriceList(self.data / "price-list.sqlite")
        context = GatewayContext(STORE, "lane-1", self.data, config.hub.url, config.hub.read_token())
        ways = (
            EndWay("wallet", "hub", load_gateway("hub", {"read_timeout_s": 5.0}, context)),
            EndWay("card", "simulated", load_gateway("simulated", {"presents": "terminal"}, context)),
        )
        ports = TillPorts(
            journal=self.journal,
            prices=self.prices,
            runner=self.gateways,
            ways=ways,
            receipts=PlainReceipts(),
            clock=utc_now,
            agent=AgentStatus(self.data, utc_now, lambda: self.journal.head()[0]),
            publish=self.views.append,
            refunds=RefundPorts(self.book, self.journal.open_refunds),
        )
        badge = Badge("Li", hashlib.sha256(BADGE.encode()).hexdigest())
        self.till = Till(LaneRules(STORE, "lane-1", languages=("en",)), ports, StaffDesk([badge]))
        self.worker.post(self.till.start)
        self.seen(lambda view: view.screen is Screen.IDLE, "the lane is open")

    def on_till(self, work: Callable[[], None]) -> None:
        self.worker.post(lambda: self.till.guard(work))

    def seen(self, wanted: Callable[[LaneView], bool], what: str) -> LaneView:
        """Let seconds pass until the lane shows it."""

        def look() -> bool:
            self.worker.post(self.till.tick)
            return bool(self.views) and wanted(self.views[-1])

        until(look, what)
        return self.views[-1]

    def sell(self, codes: list[str], way: str) -> tuple[str, int]:
        """A whole sale: its receipt's number and what was paid."""
        for code in codes:
            self.worker.post(partial(self.till.scan, code))
        self.worker.post(self.till.pay)
        self.seen(lambda view: view.screen is Screen.PAY, "the pay screen")
        if way == "wallet":
            self.worker.post(lambda: self.till.scan(WALLET))
        else:
            self.worker.post(lambda: self.till.choose_way(way))
        done = self.seen(lambda view: view.done is not None, "the receipt").done
        assert done is not None
        self.worker.post(self.till.finish)
        self.seen(lambda view: view.screen is Screen.IDLE and view.price_list.queued == 0, "the hub knows the sale")
        return done.receipt_number, done.total_minor

    def touch(self, act: str, what: str = "", number: int = 0) -> None:
        self.worker.post(lambda: self.till.refund(act, what, number))

    def find(self, receipt: str) -> None:
        self.worker.post(lambda: self.till.scan(BADGE))
        self.worker.post(lambda: self.till.staff_act("refund"))
        self.touch("find", receipt)

    def stage(self, *stages: RefundStage) -> LaneView:
        return self.seen(lambda view: view.refund is not None and view.refund.stage in stages, f"the sheet at {stages}")

    def give(self, receipt: str, *parts: tuple[int, int]) -> None:
        """To the confirmation, of these pieces or of all that is left."""
        self.find(receipt)
        self.stage(RefundStage.CHOOSE)
        for line, pieces in parts:
            self.touch("part", str(line), pieces)
        if not parts:
            self.touch("whole")
        self.touch("why", "damaged")
        self.touch("confirm")

    def close(self) -> None:
        self.book.close()
        self.gateways.close(1.0)
        self.worker.post(self.journal.close)
        self.worker.post(self.prices.close)
        self.worker.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.open()
    yield shop
    shop.close()


@pytest.fixture
def lane(shop: Shop) -> Iterator[RefundingLane]:
    lane = RefundingLane(shop)
    yield lane
    lane.close()


def given_at_bank(folder: Path) -> int:
    """What the banks below a folder have given back."""
    total = 0
    for file in folder.rglob(FILE_NAME):
        with closing(sqlite3.connect(file)) as books:
            total += books.execute("SELECT coalesce(sum(amount_minor), 0) FROM refunds").fetchone()[0]
    return total


def given_by_journal(data: Path) -> int:
    with JournalReader(data / "journal.sqlite") as journal:
        events = [event for event in journal.events() if event.kind == "refund.resolved"]
    return sum(event.body["amount_minor"] for event in events if event.body["outcome"] == "approved")


@pytest.mark.skipif(not os.environ.get("KIOSK_NIGHTLY"), reason="whole processes: with KIOSK_NIGHTLY=1")
def test_refunds_survive_a_killed_hub_and_all_books_agree(shop: Shop, lane: RefundingLane) -> None:
    goods = [thing["code"] for thing in shop.counter if thing["kind"] == "product"][:2]
    by_hub, paid_by_hub = lane.sell([goods[0], goods[0], goods[1]], "wallet")
    by_card, paid_by_card = lane.sell([goods[1]], "card")

    lane.give(by_hub, (1, 1))
    part = lane.stage(RefundStage.GIVEN).refund
    assert part is not None
    assert 0 < part.amount_minor < paid_by_hub

    lane.give(by_card)
    lane.stage(RefundStage.GIVEN)

    lane.give(by_hub)
    shop.hub.kill()
    lane.stage(RefundStage.GIVEN, RefundStage.UNANSWERED, RefundStage.REFUSED)
    shop.hub.start()
    shop.hub.lines.get(timeout=20)
    lane.seen(lambda view: not view.open_refunds, "every refund is settled")
    lane.seen(lambda view: view.price_list.online, "the agent knows that the hub is back")
    if lane.views[-1].refund is None or lane.views[-1].refund.stage is not RefundStage.GIVEN:
        lane.give(by_hub)  # it had not left before the hub died: nothing was given
        lane.stage(RefundStage.GIVEN)

    lane.find(by_hub)
    nothing = lane.stage(RefundStage.REFUSED).refund
    assert nothing is not None
    assert nothing.problem == "nothing_left"
    hub = ("-m", "hub", "--data", str(shop.hub_data))
    lane.seen(lambda view: view.price_list.queued == 0, "all is sent")
    said = [json.loads(line) for line in run(*hub, "refunds", "--store", STORE, "--json").splitlines()]
    refunds = [one["refund"] for one in said if "refund" in one]
    booked = sum(one["amount_minor"] for one in refunds if one["outcome"] == "approved")
    assert booked == paid_by_hub + paid_by_card
    assert given_at_bank(shop.hub_data) == paid_by_hub
    assert given_at_bank(shop.data) == paid_by_card
    assert given_by_journal(shop.data) == booked
    assert len(refunds) == len(said)  # no discrepancy
    assert all(one["outcome"] in {"approved", "declined"} for one in refunds)
