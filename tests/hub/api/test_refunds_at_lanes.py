"""Tills on real journals give back through a real hub: whoever asks, however answers are lost, the books agree."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.api.app import ApiParts
from hub.lanes import Lane
from kiosk.adapters.hub_refunds import HubRefunds
from kiosk.services.refund_book import RefundPorts
from kiosk.services.refund_view import RefundStage
from offline_cache.journal import JournalReader
from payments.gateway import Outcome, PaymentRequest, PaymentResult
from retail.money import Money
from tests.hub.databases import only_sqlite
from tests.hub.desks import desk_of
from tests.hub.refund_shop import NUMBER, PAID, SALE, RefundingBank, payment_key, sold
from tests.kiosk.lane_rig import BADGE, LaneRig

pytestmark = only_sqlite  # the book itself is tested on both: here it is the way to it


class LaneAtHub(LaneRig):
    """Its refund book is the hub's, over HTTP; what comes back waits until `hear` takes it to the till's thread."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.heard: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.book = HubRefunds(url, lambda: token, self.heard.put)
        super().__init__(folder)

    def refunds(self) -> RefundPorts:
        return RefundPorts(self.book, lambda: [] if self.journal is None else self.journal.open_refunds())

    def hear(self) -> None:
        self.till.guard(self.heard.get(timeout=20))

    def choose(self, *parts: tuple[int, int]) -> None:
        self.scan(BADGE)
        self.till.staff_act("refund")
        self.till.refund("find", NUMBER, 0)
        self.hear()
        for line, pieces in parts:
            self.till.refund("part", str(line), pieces)
        if not parts:
            self.till.refund("whole", "", 0)
        self.till.refund("why", "damaged", 0)

    def confirm(self, *parts: tuple[int, int]) -> None:
        self.choose(*parts)
        self.till.refund("confirm", "", 0)

    def stage(self) -> RefundStage | None:
        return None if self.view.refund is None else self.view.refund.stage

    def given(self) -> int:
        """By its own journal."""
        with JournalReader(self.folder / "journal.sqlite") as journal:
            bodies = [event.body for event in journal.events() if event.kind == "refund.resolved"]
        return sum(body["amount_minor"] for body in bodies if body["outcome"] == "approved")


@pytest.fixture
def bank(served, server) -> Iterator[RefundingBank]:
    """Behind the hub: it has taken the sale's money."""
    bank = RefundingBank()
    desk = desk_of(served.hub, bank)
    _, app = server
    app.state.parts = ApiParts.of(served.hub, desk)
    served.hub.lanes.enrol("demo", "1")
    paying = Lane(1, "demo", "1")
    desk.start(paying, PaymentRequest(payment_key(), Money(PAID, "CNY"), SALE, "wallet", "")).result(10)
    sold(served.hub, paying)
    yield bank
    desk.close()


@pytest.fixture
def lanes(served, bank, tmp_path: Path) -> Iterator[list[LaneAtHub]]:
    made = []
    for name in ("2", "3"):
        (tmp_path / name).mkdir()
        made.append(LaneAtHub(tmp_path / name, served.url, served.hub.lanes.enrol("demo", name)))
    yield made
    for lane in made:
        lane.book.close()


def agree(served, bank: RefundingBank, lanes: list[LaneAtHub], total: int) -> None:
    booked = [entry for entry in served.hub.refunds.of_store("demo") if entry.outcome is Outcome.APPROVED]
    assert sum(entry.amount_minor for entry in booked) == total
    assert bank.back(payment_key()) == total
    assert sum(lane.given() for lane in lanes) == total
    for number, lane in enumerate(lanes, start=2):
        with JournalReader(lane.folder / "journal.sqlite") as journal:
            served.hub.events.take(Lane(number, "demo", str(number)), journal.events())
    assert served.hub.refunds_told.discrepancies("demo") == []


def test_two_lanes_that_chose_the_same_goods_give_them_back_once(served, bank, lanes):
    for lane in lanes:
        lane.choose()
    for lane in lanes:
        lane.till.refund("confirm", "", 0)  # each asks on a thread of its own
    for lane in lanes:
        lane.hear()
    assert sorted(str(lane.stage()) for lane in lanes) == ["given", "refused"]
    agree(served, bank, lanes, PAID)


def test_a_lost_answer_and_a_restart_give_back_once(served, bank, lanes):
    lane = lanes[0]
    bank.answers = lambda _result: PaymentResult(Outcome.UNKNOWN)
    lane.confirm((1, 2))
    lane.hear()
    assert lane.stage() is RefundStage.UNANSWERED
    bank.answers = lambda result: result
    lane.restart()
    lane.wait(1)
    lane.hear()
    assert lane.view.open_refunds == ()
    lanes[1].confirm()
    lanes[1].hear()
    assert lanes[1].stage() is RefundStage.GIVEN
    agree(served, bank, lanes, PAID)


def test_a_hub_that_is_away_gave_nothing_back(served, bank, lanes, tmp_path):
    lane = lanes[0]
    lane.book.close()
    lane.book = HubRefunds("http://127.0.0.1:9", lambda: "token", lane.heard.put)
    lane.restart()
    lane.scan(BADGE)
    lane.till.staff_act("refund")
    lane.till.refund("find", NUMBER, 0)
    lane.hear()
    assert lane.view.refund is not None
    assert lane.view.refund.problem == "offline"
    agree(served, bank, lanes, 0)


def test_the_hubs_word_of_refusal_is_shown(served, bank, lanes):
    lane = lanes[0]
    lane.scan(BADGE)
    lane.till.staff_act("refund")
    lane.till.refund("find", "FFFFFFFFFF", 0)
    lane.hear()
    assert lane.view.refund is not None
    assert (lane.view.refund.stage, lane.view.refund.problem) == (RefundStage.REFUSED, "not_known")
