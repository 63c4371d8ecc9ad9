"""A gateway that never answers holds up nobody for long, and what it says too late does no harm."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from hub.gateway_threads import Seat, Worker
from hub.lanes import Lane
from hub.payment_store import PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.services import Hub
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Reason, Trouble
from retail.money import Money
from tests.hub.databases import only_sqlite
from tests.hub.scripted_gateway import ScriptedGateway, only

APPROVED = PaymentResult(Outcome.APPROVED, Reason.NONE, "R-late")
DECLINED = PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
DEADLINE_S = 0.3


def order(key: str = "key-001") -> PaymentRequest:
    return PaymentRequest(key, Money(500, "CNY"), "s1", "wallet", "134567890123456789")


class HangingBank:
    """Hands out gateways; the first one's start hangs until it is let go. Counts what it opened and closed."""

    def __init__(self) -> None:
        self.freed, self.hangs = threading.Event(), threading.Event()
        self.opened: list[ScriptedGateway] = []
        self.closed: list[ScriptedGateway] = []
        self.charged: list[str] = []

    def gateway(self, _lane: Lane) -> Gateway:
        bank, first = self, not self.opened

        class Opened(ScriptedGateway):
            def close(self) -> None:
                bank.closed.append(self)

        def start(request: PaymentRequest) -> PaymentResult:
            if first:
                bank.hangs.set()
                assert bank.freed.wait(20)
            bank.charged.append(request.key)
            return APPROVED

        self.opened.append(Opened(answer=start))
        return self.opened[-1]


@pytest.fixture
def bank() -> Iterator[HangingBank]:
    bank = HangingBank()
    yield bank
    bank.freed.set()


@pytest.fixture
def open_desk(hub: Hub) -> Iterator[Callable[[HangingBank], PaymentsDesk]]:
    desks: list[PaymentsDesk] = []

    def opened(bank: HangingBank) -> PaymentsDesk:
        gateways = only(bank.gateway, deadline_s=DEADLINE_S)
        desks.append(PaymentsDesk(PaymentStore(hub.database, hub.clock), gateways))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


def lane_of(hub: Hub, name: str) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", name))
    assert lane is not None
    return lane


@only_sqlite
def test_a_call_that_hangs_is_unknown_after_its_deadline_and_the_lane_goes_on(hub, bank, open_desk, caplog):
    desk, lane = open_desk(bank), lane_of(hub, "1")
    result = desk.start(lane, order()).result(10).result
    assert (result.outcome, result.trouble) == (Outcome.UNKNOWN, Trouble.NO_ANSWER)
    assert desk.start(lane, order("key-002")).result(10).result.outcome is Outcome.APPROVED
    assert len(bank.opened) == 2
    assert "hangs for 0.3 s" in caplog.text


@only_sqlite
def test_other_lanes_do_not_notice(hub, bank, open_desk):
    desk, lane, other = open_desk(bank), lane_of(hub, "1"), lane_of(hub, "2")
    hanging = desk.start(lane, order())
    assert bank.hangs.wait(10)
    began = monotonic()
    assert desk.start(other, order("key-002")).result(10).result.outcome is Outcome.APPROVED
    assert monotonic() - began < DEADLINE_S or hanging.done() is False
    hanging.result(10)


@only_sqlite
def test_what_it_says_too_late_is_dropped_and_asked_for_again(hub, bank, open_desk, caplog):
    desk, lane = open_desk(bank), lane_of(hub, "1")
    desk.start(lane, order()).result(10)
    bank.freed.set()
    while "dropped" not in caplog.text:
        assert desk.look_up(lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    bank.opened[-1].truth = APPROVED
    assert desk.look_up(lane, "key-001").result(10).result.outcome is Outcome.APPROVED
    assert bank.charged == ["key-001"]


@only_sqlite
def test_a_late_approval_after_a_cancel_was_sent_releases_nothing(hub, bank, open_desk, caplog):
    desk, lane = open_desk(bank), lane_of(hub, "1")
    desk.start(lane, order()).result(10)
    desk.cancel(lane, "key-001").result(10)
    bank.freed.set()
    while "dropped" not in caplog.text:
        assert desk.look_up(lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    bank.opened[-1].end = DECLINED
    assert desk.look_up(lane, "key-001").result(10).result == DECLINED


@only_sqlite
def test_the_gateway_that_was_given_up_is_closed_so_that_it_sends_nothing_any_more(hub, bank, open_desk):
    desk, lane = open_desk(bank), lane_of(hub, "1")
    desk.start(lane, order()).result(10)
    left = bank.opened[0]
    while left not in bank.closed:
        desk.look_up(lane, "key-001").result(10)


@only_sqlite
def test_the_same_question_from_a_lane_that_asks_on_and_on_is_asked_once(hub, bank, open_desk):
    desk, lane = open_desk(bank), lane_of(hub, "1")
    hanging = desk.start(lane, order())
    assert bank.hangs.wait(10)
    asked = [desk.look_up(lane, "key-001") for _ in range(50)] + [desk.cancel(lane, "key-001") for _ in range(50)]
    hanging.result(10)
    assert {one.result(10).result.outcome for one in asked} == {Outcome.UNKNOWN}
    assert (len(bank.opened[-1].looked_up), len(bank.opened[-1].cancelled)) <= (2, 1)


@only_sqlite
def test_a_gateway_that_hangs_when_opened_is_told_and_the_order_declined_as_nothing_was_sent(hub, open_desk, caplog):
    freed = threading.Event()

    class Slow(HangingBank):
        def gateway(self, lane: Lane) -> Gateway:
            assert freed.wait(20)
            return super().gateway(lane)

    desk, lane = open_desk(Slow()), lane_of(hub, "1")
    result = desk.start(lane, order()).result(10).result
    freed.set()
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.UNAVAILABLE)
    assert "does not open within" in caplog.text


@only_sqlite
def test_the_hub_ends_although_a_gateway_hangs(hub, bank, open_desk, monkeypatch):
    monkeypatch.setattr("hub.payments_desk._GRACE_S", 0.05)
    desk, lane = open_desk(bank), lane_of(hub, "1")
    desk.start(lane, order())
    assert bank.hangs.wait(10)
    desk.close()


def test_a_thread_ends_when_nothing_comes_and_another_takes_what_comes_then():
    left = threading.Event()
    worker = Worker("idle", leaving=left.set, idle_s=0.01)
    first = worker.submit(threading.get_ident).result(10)
    assert left.wait(10)
    assert worker.submit(threading.get_ident).result(10)
    assert first
    assert worker.close(10)
    assert worker.submit(lambda: 1).cancelled()


def test_what_waits_behind_a_call_that_hangs_is_asked_of_its_successor():
    bank = HangingBank()
    seat = Seat("bank", lambda: bank.gateway(Lane(0, "_", "_")), DEADLINE_S)
    answers: list[PaymentResult] = []

    def ask(key: str) -> None:
        answers.append(seat.ask(lambda gateway: gateway.start(order(key)), key))

    threads = [threading.Thread(target=ask, args=("key-001",))]
    threads[0].start()
    assert bank.hangs.wait(10)
    threads.append(threading.Thread(target=ask, args=("key-002",)))
    threads[1].start()
    for thread in threads:
        thread.join(10)
    bank.freed.set()
    assert sorted(answer.outcome for answer in answers) == ["approved", "unknown"]
    seat.close(10)
