"""Two hubs, one database, one bank: whichever is asked, a key is one payment with one outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

import pytest

from hub.data_folder import DataFolder
from hub.database import sqlite_url
from hub.lanes import Lane
from hub.payment_store import PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.payments_file import Declared
from hub.services import open_hub
from payments.fakes.wechat import FakeWechat
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Reason
from retail.money import Money
from tests.hub.databases import only_sqlite
from tests.hub.forgetful_bank import ForgetfulBank
from tests.hub.scripted_gateway import ScriptedGateway, only

SEED = 20261122
KEYS = [f"key-{number:03}" for number in range(12)]
APPROVED = PaymentResult(Outcome.APPROVED, Reason.NONE, "R")
DECLINED = PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
UNKNOWN = PaymentResult(Outcome.UNKNOWN)


def order(key: str = "key-001") -> PaymentRequest:
    return PaymentRequest(key, Money(500, "CNY"), "s1", "wallet", "134567890123456789")


class Steady:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Hubs:
    """Opens hubs over one database, each with its own connections and its own clock that nobody sets."""

    opened: Callable[[Gateway, Steady], PaymentsDesk]
    lane: Lane

    def two(self, bank: Gateway) -> tuple[PaymentsDesk, PaymentsDesk]:
        return self.opened(bank, Steady()), self.opened(bank, Steady())


@pytest.fixture
def hubs(hub, data, databases, clock) -> Iterator[Hubs]:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
    with ExitStack() as stack:

        def opened(bank: Gateway, steady: Steady) -> PaymentsDesk:
            one = stack.enter_context(open_hub(DataFolder(data), address=databases.address(data), clock=clock))
            desk = PaymentsDesk(PaymentStore(one.database, one.clock), only(bank), steady)
            stack.callback(desk.close)
            return desk

        yield Hubs(opened, lane)


def outcome(desk: PaymentsDesk, lane: Lane, key: str = "key-001") -> Outcome:
    return (desk.find(lane, key) or desk.look_up(lane, key).result(10)).result.outcome


def test_a_cancel_waits_while_the_other_hub_may_still_be_sending_the_order(hubs):
    bank = ScriptedGateway(answer=lambda _request: APPROVED, end=DECLINED)
    first, second = hubs.two(bank)
    with bank.held():
        starting = first.start(hubs.lane, order())
        assert bank.called.wait(10)
        assert second.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    assert starting.result(10).result.outcome is Outcome.APPROVED
    assert second.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.APPROVED
    assert bank.cancelled == []


def test_an_order_that_a_killed_hub_was_sending_can_be_cancelled_after_its_deadline(hubs, hub):
    bank, steady = ScriptedGateway(end=DECLINED), Steady()
    account = only(bank).named("scripted")
    assert account is not None
    PaymentStore(hub.database, hub.clock).intend(hubs.lane, order(), account)  # and then the hub was killed
    other = hubs.opened(bank, steady)
    assert other.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    assert (bank.looked_up, bank.cancelled) == ([], [])
    steady.now += account.deadline_s + 1
    assert other.cancel(hubs.lane, "key-001").result(10).result == DECLINED


@pytest.mark.parametrize("jump", [0, -400, 400])
def test_a_cancel_is_not_sent_before_the_gateways_time_whatever_the_wall_clock_does(hubs, clock, jump):
    bank = ScriptedGateway(answer=lambda _request: UNKNOWN, end=DECLINED)
    bank.traits = replace(bank.traits, cancel_earliest_s=15.0)
    steady = Steady()
    desk = hubs.opened(bank, steady)
    desk.start(hubs.lane, order()).result(10)
    clock.pass_time(days=jump)
    steady.now += 14.9
    assert desk.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    assert (bank.looked_up, bank.cancelled) == ([], [])
    steady.now += 0.1
    assert desk.cancel(hubs.lane, "key-001").result(10).result == DECLINED


def test_another_hub_counts_the_gateways_time_from_the_order_on_disk(hubs, clock):
    bank = ScriptedGateway(answer=lambda _request: UNKNOWN, end=DECLINED)
    bank.traits = replace(bank.traits, cancel_earliest_s=15.0)
    hubs.opened(bank, Steady()).start(hubs.lane, order()).result(10)
    clock.pass_time(seconds=15)
    second = hubs.opened(bank, Steady())
    assert second.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    assert bank.cancelled == []
    clock.pass_time(seconds=1)
    assert hubs.opened(bank, Steady()).cancel(hubs.lane, "key-001").result(10).result == DECLINED


def test_once_one_hub_sent_a_cancel_the_other_believes_only_a_cancel_too(hubs):
    bank = ScriptedGateway(answer=lambda _request: UNKNOWN)
    first, second = hubs.two(bank)
    first.start(hubs.lane, order()).result(10)
    first.cancel(hubs.lane, "key-001").result(10)
    bank.truth, bank.end = APPROVED, UNKNOWN
    assert second.look_up(hubs.lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN
    assert second.start(hubs.lane, order()).result(10).result.outcome is Outcome.UNKNOWN
    bank.end = DECLINED
    assert second.look_up(hubs.lane, "key-001").result(10).result.outcome is Outcome.DECLINED
    assert first.find(hubs.lane, "key-001") is not None


def test_an_answer_that_was_on_its_way_when_the_other_hub_cancelled_does_not_count(hubs, hub):
    """Without the wait that the first test shows: as if the hubs' clocks were far apart."""
    bank = ScriptedGateway(answer=lambda _request: APPROVED)
    first = hubs.opened(bank, Steady())
    with bank.held():
        starting = first.start(hubs.lane, order())
        assert bank.called.wait(10)
        PaymentStore(hub.database, hub.clock).begin_cancel("key-001")
    assert starting.result(10).result.outcome is Outcome.UNKNOWN
    bank.end = DECLINED
    assert first.look_up(hubs.lane, "key-001").result(10).result.outcome is Outcome.DECLINED


@pytest.mark.parametrize("loses", [0.0, 0.5])
def test_starts_cancels_and_questions_at_both_at_once_agree_with_the_banks_books(hubs, loses):
    bank = ForgetfulBank(SEED, loses=loses)
    desks = hubs.two(bank)
    gate = threading.Barrier(4)
    said: list[tuple[str, Outcome]] = []

    def start(desk: PaymentsDesk) -> None:
        gate.wait(10)
        said.extend((key, desk.start(hubs.lane, order(key)).result(20).result.outcome) for key in KEYS)

    def cancel(desk: PaymentsDesk, keys: list[str]) -> None:
        gate.wait(10)
        said.extend((key, desk.cancel(hubs.lane, key).result(20).result.outcome) for key in keys)

    threads = [threading.Thread(target=start, args=(desk,)) for desk in desks]
    threads += [threading.Thread(target=cancel, args=(desks[number], KEYS[6 + 3 * number :])) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    final = {key: settled(desks, hubs.lane, key) for key in KEYS}
    assert set(bank.starts.values()) <= {1}
    assert {key for key, known in final.items() if known is Outcome.APPROVED} == bank.kept()
    told = {(key, known) for key, known in said if known in {Outcome.APPROVED, Outcome.DECLINED}}
    assert told <= set(final.items())


def settled(desks: tuple[PaymentsDesk, PaymentsDesk], lane: Lane, key: str) -> Outcome:
    """Ask at both until it is known; the same at both."""
    while True:
        found = [outcome(desk, lane, key) for desk in desks]
        if set(found) <= {Outcome.APPROVED, Outcome.DECLINED}:
            assert found[0] is found[1]
            return found[0]


@only_sqlite
def test_what_a_killed_hub_was_sending_can_be_cancelled_by_the_next_one_at_once(hub, hubs, data, clock):
    bank = ScriptedGateway()
    account = only(bank, name="simulated", contract="simulated").named("simulated")
    assert account is not None
    declared = [Declared("simulated", "simulated", "tests")]
    PaymentStore(hub.database, hub.clock).intend(hubs.lane, order(), account)  # and then the hub was killed
    with closing(hub.payments(declared)) as desk:
        with open_hub(DataFolder(data), clock=clock) as beside:
            # This one serves on, and may be sending.
            PaymentStore(beside.database, clock).intend(hubs.lane, order("key-002"), account)
            beside.payments(declared).close()
        assert desk.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.DECLINED
        assert desk.cancel(hubs.lane, "key-002").result(10).result.outcome is Outcome.UNKNOWN


@only_sqlite
def test_a_hub_whose_database_lies_elsewhere_ends_nothing_that_another_may_be_sending(hub, hubs, data, tmp_path, clock):
    declared = [Declared("simulated", "simulated", "tests")]
    account = only(ScriptedGateway(), name="simulated", contract="simulated").named("simulated")
    assert account is not None
    PaymentStore(hub.database, hub.clock).intend(hubs.lane, order(), account)  # the first hub is sending it
    place = sqlite_url(DataFolder(data).database)
    with (
        open_hub(DataFolder(tmp_path / "b"), address=place, create=True, clock=clock) as second,
        closing(second.payments(declared)) as desk,
    ):
        assert desk.cancel(hubs.lane, "key-001").result(10).result.outcome is Outcome.UNKNOWN


@only_sqlite
@pytest.mark.parametrize(("folder", "outcome"), [("", Outcome.DECLINED), ("b", Outcome.UNKNOWN)])
def test_an_order_that_wechat_does_not_know_is_over_at_once_only_if_no_other_hub_can_have_sent_it(
    hubs, data, tmp_path, folder, outcome
):
    bank = FakeWechat(tmp_path / "bank")
    declared = [Declared("wechat", "wechat", "tests", frozenset({"wallet"}), bank.settings())]
    own = DataFolder(tmp_path / folder if folder else data)
    place = sqlite_url(DataFolder(data).database)
    with (
        closing(bank),
        open_hub(own, address=place, create=bool(folder)) as one,
        closing(one.payments(declared)) as desk,
    ):
        account = desk._gateways.named("wechat")
        assert account is not None
        gateway = desk._gateways.open(account, hubs.lane)
        assert gateway.cancel("key-001").outcome is outcome
