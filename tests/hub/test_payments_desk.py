from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from hub.errors import PaymentConflict, PaymentUnknown
from hub.lanes import Lane
from hub.payment_store import Payment, PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.services import Hub
from hub.tables import METADATA, PAYMENT
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason
from retail.money import Money
from tests.hub.scripted_gateway import ScriptedGateway, only

APPROVED = PaymentResult(Outcome.APPROVED, Reason.NONE, "R-late")
DECLINED = PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
UNKNOWN = PaymentResult(Outcome.UNKNOWN)
SECRET = "134567890123456789"


@pytest.fixture
def bank() -> ScriptedGateway:
    return ScriptedGateway()


@pytest.fixture
def open_desk(hub: Hub, bank: ScriptedGateway) -> Iterator[Callable[[], PaymentsDesk]]:
    """Opens desks over one database: the second is the hub after a restart."""
    desks: list[PaymentsDesk] = []

    def opened() -> PaymentsDesk:
        desks.append(PaymentsDesk(PaymentStore(hub.database, hub.clock), only(lambda _lane: bank, traits=bank.traits)))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[[], PaymentsDesk]) -> PaymentsDesk:
    return open_desk()


@pytest.fixture
def lane(hub: Hub) -> Lane:
    return enrolled(hub, "1")


def enrolled(hub: Hub, name: str) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", name))
    assert lane is not None
    return lane


def order(key: str = "key-001", minor: int = 500, **changes: Any) -> PaymentRequest:
    fields = {"amount": Money(minor, "CNY"), "sale_id": "s1", "way": "wallet", "instrument": SECRET, **changes}
    return PaymentRequest(key, **fields)


def outcome(payment: Payment | None) -> Outcome:
    assert payment is not None
    return payment.result.outcome


def test_a_key_is_charged_once_however_often_it_comes(desk, bank, lane):
    answers = [desk.start(lane, order()) for _ in range(5)]
    assert {answer.result(10).result for answer in answers} == {
        PaymentResult(Outcome.APPROVED, Reason.NONE, "R-key-001", Money(500, "CNY"))
    }
    assert len(bank.started) == 1


def test_a_key_is_charged_once_also_after_a_restart(open_desk, bank, lane):
    assert outcome(open_desk().start(lane, order()).result(10)) is Outcome.APPROVED
    assert outcome(open_desk().start(lane, order()).result(10)) is Outcome.APPROVED
    assert len(bank.started) == 1


def test_a_declined_key_stays_declined(desk, bank, lane):
    bank.answer = lambda _request: PaymentResult(Outcome.DECLINED, Reason.FUNDS)
    desk.start(lane, order()).result(10)
    again = desk.start(lane, order()).result(10)
    assert (outcome(again), again.result.reason) == (Outcome.DECLINED, Reason.FUNDS)
    assert len(bank.started) == 1


@pytest.mark.parametrize("change", [{"minor": 501}, {"sale_id": "s2"}, {"amount": Money(500, "EUR")}])
def test_the_same_key_for_something_else_is_a_conflict(desk, bank, lane, change):
    desk.start(lane, order()).result(10)
    with pytest.raises(PaymentConflict, match="take a new key"):
        desk.start(lane, order(**change)).result(10)
    assert len(bank.started) == 1


def test_another_lane_neither_sees_nor_uses_a_key(hub, desk, bank, lane):
    desk.start(lane, order()).result(10)
    other = enrolled(hub, "2")
    with pytest.raises(PaymentUnknown):
        desk.find(other, "key-001")
    for call in (desk.look_up, desk.cancel):
        with pytest.raises(PaymentUnknown):
            call(other, "key-001").result(10)
    with pytest.raises(PaymentUnknown):
        desk.refund(other, "key-001", "refund-1", 1).result(10)
    with pytest.raises(PaymentConflict):
        desk.start(other, order()).result(10)
    assert (len(bank.started), bank.cancelled, bank.refunded) == (1, [], [])


def test_the_order_is_on_disk_before_the_bank_is_asked_and_pending_meanwhile(hub, desk, bank, lane):
    with bank.held():
        waiting = desk.start(lane, order())
        assert bank.called.wait(10)
        with hub.database.read() as connection:
            assert connection.execute(select(PAYMENT.c.outcome)).scalar_one() == "unknown"
        assert outcome(desk.find(lane, "key-001")) is Outcome.PENDING
    assert outcome(waiting.result(10)) is Outcome.APPROVED
    assert outcome(desk.find(lane, "key-001")) is Outcome.APPROVED


def test_lanes_do_not_wait_for_each_other(hub, desk, bank, lane):
    other = enrolled(hub, "2")
    fast = ScriptedGateway()
    both = PaymentsDesk(PaymentStore(hub.database, hub.clock), only(lambda asked: bank if asked.name == "1" else fast))
    with bank.held():
        slow = both.start(lane, order())
        assert bank.called.wait(10)
        assert outcome(both.start(other, order("key-002")).result(10)) is Outcome.APPROVED
        assert not slow.done()
    both.close()


def test_what_a_killed_hub_left_open_is_settled_by_asking_the_bank(hub, desk, bank, lane):
    account = only(bank).named("scripted")
    assert account is not None
    PaymentStore(hub.database, hub.clock).intend(lane, order(), account)  # and then the hub was killed
    assert desk.find(lane, "key-001") is None
    bank.truth = UNKNOWN
    assert outcome(desk.look_up(lane, "key-001").result(10)) is Outcome.UNKNOWN
    bank.truth = APPROVED
    settled = desk.start(lane, order()).result(10)
    assert (outcome(settled), settled.result.reference) == (Outcome.APPROVED, "R-late")
    assert bank.started == []
    assert outcome(desk.find(lane, "key-001")) is Outcome.APPROVED


def test_a_gateway_that_raises_leaves_the_outcome_unknown_and_the_instrument_out_of_the_log(desk, bank, lane, caplog):
    def broken(request: PaymentRequest) -> PaymentResult:
        raise ValueError(f"bad code {request.instrument}")

    bank.answer = broken
    assert outcome(desk.start(lane, order()).result(10)) is Outcome.UNKNOWN
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_the_instrument_reaches_the_bank_and_never_the_disk(hub, desk, bank, lane):
    desk.start(lane, order()).result(10)
    assert bank.started[0].instrument == SECRET
    desk.close()
    content = b"".join(path.read_bytes() for path in hub.folder.path.glob("hub.sqlite*"))
    with hub.database.read() as connection:
        content += repr([connection.execute(select(table)).all() for table in METADATA.sorted_tables]).encode()
    assert b"key-001" in content
    assert SECRET.encode() not in content


def test_a_cancelled_key_that_never_came_can_never_be_charged(open_desk, bank, lane):
    assert open_desk().cancel(lane, "key-001").result(10).result == DECLINED
    late = open_desk().start(lane, order()).result(10)
    assert late.result == DECLINED
    assert (bank.started, bank.cancelled) == ([], [])


def open_payment(desk: PaymentsDesk, bank: ScriptedGateway, lane: Lane) -> None:
    """One whose start brought no answer."""
    bank.answer = lambda _request: UNKNOWN
    desk.start(lane, order()).result(10)


def test_a_payment_known_to_be_paid_is_not_cancelled_any_more(desk, bank, lane):
    desk.start(lane, order()).result(10)
    assert outcome(desk.cancel(lane, "key-001").result(10)) is Outcome.APPROVED
    assert (bank.looked_up, bank.cancelled) == ([], [])


@pytest.mark.parametrize("truth", [APPROVED, DECLINED])
def test_right_before_a_cancel_the_bank_is_asked_once_more_and_its_word_settles_it(desk, bank, lane, truth):
    open_payment(desk, bank, lane)
    bank.truth = truth
    assert desk.cancel(lane, "key-001").result(10).result == truth
    assert (bank.looked_up, bank.cancelled) == (["key-001"], [])


def test_a_cancel_is_sent_when_that_brings_nothing_and_its_answer_counts(desk, bank, lane):
    open_payment(desk, bank, lane)
    bank.end = DECLINED
    assert desk.cancel(lane, "key-001").result(10).result == DECLINED
    assert (bank.looked_up, bank.cancelled) == (["key-001"], ["key-001"])


def test_once_a_cancel_was_sent_only_a_cancels_answer_counts_also_after_a_restart(open_desk, bank, lane):
    desk = open_desk()
    open_payment(desk, bank, lane)
    assert outcome(desk.cancel(lane, "key-001").result(10)) is Outcome.UNKNOWN
    bank.truth, bank.end = APPROVED, UNKNOWN
    for again in (desk, open_desk()):
        assert outcome(again.look_up(lane, "key-001").result(10)) is Outcome.UNKNOWN
        assert outcome(again.start(lane, order()).result(10)) is Outcome.UNKNOWN
    assert (bank.looked_up, bank.cancelled) == (["key-001"], ["key-001"] * 5)
    bank.end = DECLINED
    assert outcome(open_desk().look_up(lane, "key-001").result(10)) is Outcome.DECLINED


def test_a_refund_key_counts_once(desk, bank, lane):
    desk.start(lane, order()).result(10)
    answers = [desk.refund(lane, "key-001", "refund-1", 200).result(10) for _ in range(3)]
    assert {answer.result.reference for answer in answers} == {"R-refund-1"}
    assert [(one.refund_key, one.amount) for one in bank.refunded] == [("refund-1", Money(200, "CNY"))]
    with pytest.raises(PaymentConflict):
        desk.refund(lane, "key-001", "refund-1", 300).result(10)


def test_a_barred_key_has_nothing_to_give_back(desk, bank, lane):
    desk.cancel(lane, "key-001").result(10)
    refund = desk.refund(lane, "key-001", "refund-1", 200).result(10)
    assert refund.result.outcome is Outcome.DECLINED
    assert bank.refunded == []


@pytest.mark.parametrize("odd", [None, "approved", PaymentResult("approved"), PaymentResult(Outcome.APPROVED, paid=5)])  # type: ignore[arg-type]
def test_an_odd_answer_leaves_the_outcome_unknown_until_the_bank_tells(desk, bank, lane, odd):
    bank.answer = lambda _request: odd
    assert outcome(desk.start(lane, order()).result(10)) is Outcome.UNKNOWN
    bank.truth = APPROVED
    assert outcome(desk.look_up(lane, "key-001").result(10)) is Outcome.APPROVED


def test_a_gateway_that_wants_to_end_the_program_ends_neither_hub_nor_lane(desk, bank, lane):
    def leaving(_request: PaymentRequest) -> PaymentResult:
        raise SystemExit(3)

    bank.answer = leaving
    assert outcome(desk.start(lane, order()).result(10)) is Outcome.UNKNOWN
    bank.answer = lambda _request: APPROVED
    assert outcome(desk.start(lane, order("key-002")).result(10)) is Outcome.APPROVED


@pytest.mark.parametrize("paid", [Money(499, "CNY"), Money(500, "EUR")])
def test_an_approval_of_other_money_than_was_asked_for_settles_nothing(desk, bank, lane, paid):
    bank.answer = lambda _request: PaymentResult(Outcome.APPROVED, Reason.NONE, "R-1", paid)
    assert outcome(desk.start(lane, order()).result(10)) is Outcome.UNKNOWN
    assert desk.find(lane, "key-001") is None
    bank.truth = PaymentResult(Outcome.APPROVED, Reason.NONE, "R-2", Money(500, "CNY"))
    assert outcome(desk.look_up(lane, "key-001").result(10)) is Outcome.APPROVED


def test_a_gateway_that_ends_itself_when_opened_declines_the_order_as_nothing_was_sent(hub, lane, caplog):
    def opened(_lane: Lane) -> ScriptedGateway:
        raise SystemExit(3)

    desk = PaymentsDesk(PaymentStore(hub.database, hub.clock), only(opened))
    result = desk.start(lane, order()).result(10).result
    assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.UNAVAILABLE)
    assert "ended itself" in caplog.text
    desk.close()


def test_a_gateway_that_does_not_close_keeps_no_other_open(hub, lane):
    closed: list[str] = []

    class Stubborn(ScriptedGateway):
        def close(self) -> None:
            closed.append("once")
            raise SystemExit(3)

    desk = PaymentsDesk(PaymentStore(hub.database, hub.clock), only(lambda _lane: Stubborn()))
    desk.start(lane, order()).result(10)
    desk.start(enrolled(hub, "2"), order("key-002")).result(10)
    desk.close()
    assert closed == ["once", "once"]
