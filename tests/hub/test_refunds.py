import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import PaymentConflict, PaymentUnknown, RefundRefused
from hub.lanes import Lane
from hub.refunds import RefundDesk
from hub.services import Hub
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason
from retail.events import EventKind
from retail.money import Money
from tests.hub.desks import desk_of
from tests.hub.lane_journal import LaneJournal
from tests.hub.refund_shop import (
    NUMBER,
    PAID,
    SALE,
    UNKNOWN,
    RefundingBank,
    enrolled,
    payment_key,
    sold,
    wanted,
)


@pytest.fixture
def bank() -> RefundingBank:
    return RefundingBank()


@pytest.fixture
def open_desk(hub: Hub, bank: RefundingBank) -> Iterator[Callable[[], RefundDesk]]:
    """Opens desks over one database: the second is the hub after a restart, or another hub beside it."""
    open_ = []

    def opened() -> RefundDesk:
        payments = desk_of(hub, bank)
        open_.append(payments)
        return RefundDesk(hub.refunds, payments)

    yield opened
    for payments in open_:
        payments.close()


@pytest.fixture
def lane(hub: Hub) -> Lane:
    return enrolled(hub, "1")


@pytest.fixture
def other(hub: Hub) -> Lane:
    return enrolled(hub, "2")


@pytest.fixture
def by_hub(hub: Hub, bank: RefundingBank, lane: Lane) -> LaneJournal:
    """The sale was paid through the hub's gateway."""
    payments = desk_of(hub, bank)
    payments.start(lane, PaymentRequest(payment_key(), Money(PAID, "CNY"), SALE, "wallet", "")).result(10)
    payments.close()
    return sold(hub, lane)


def refused(desk: RefundDesk, lane: Lane, *parts: tuple[int, int], **changes: object) -> str:
    with pytest.raises(RefundRefused) as caught:
        desk.order(lane, wanted("refund-refused", *parts, **changes))  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.usefixtures("by_hub")
def test_any_lane_gives_back_what_another_sold_to_the_same_payment(open_desk, bank, other):
    desk = open_desk()
    entry = desk.order(other, wanted("refund-1", (1, 1)))
    assert (entry.outcome, entry.amount_minor, entry.reference) == (Outcome.APPROVED, 1000, "back-refund-1")
    assert bank.back(payment_key()) == 1000
    rest = desk.order(other, wanted("refund-2"))
    assert (rest.amount_minor, bank.back(payment_key())) == (PAID - 1000, PAID)
    assert refused(desk, other) == "nothing_left"


@pytest.mark.usefixtures("by_hub")
def test_a_key_gives_back_once_however_often_it_comes_also_after_a_restart(open_desk, bank, lane):
    first = open_desk().order(lane, wanted("refund-1", (1, 2)))
    assert all(open_desk().order(lane, wanted("refund-1", (1, 2))) == first for _ in range(3))
    assert bank.back(payment_key()) == 2000
    assert len(bank.asked) == 1


@pytest.mark.usefixtures("by_hub")
def test_a_key_stands_for_one_order_of_one_lane(open_desk, lane, other):
    desk = open_desk()
    desk.order(lane, wanted("refund-1", (1, 1)))
    with pytest.raises(PaymentConflict):
        desk.order(lane, wanted("refund-1", (1, 2)))
    with pytest.raises(PaymentConflict):
        desk.order(other, wanted("refund-1", (1, 1)))


@pytest.mark.usefixtures("by_hub")
def test_two_lanes_at_once_give_a_line_back_once(open_desk, bank, lane, other):
    desks, gate = [open_desk(), open_desk()], threading.Barrier(6)

    def ask(number: int) -> bool:
        gate.wait(10)
        with suppress(RefundRefused):
            who = (lane, other)[number % 2]
            return desks[number % 2].order(who, wanted(f"refund-{number}", (2, 1))).outcome is Outcome.APPROVED
        return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(6))) == 1
    assert bank.back(payment_key()) == 1676


@pytest.mark.usefixtures("by_hub")
def test_a_lost_answer_is_asked_for_again_and_never_given_twice(open_desk, bank, lane, hub):
    bank.answers = lambda _result: UNKNOWN
    assert open_desk().order(lane, wanted("refund-1", (1, 1))).outcome is Outcome.UNKNOWN
    assert hub.refunds.receipt(lane, NUMBER).left_minor == PAID - 1000  # what may have gone is not left
    bank.answers = lambda result: result
    assert open_desk().order(lane, wanted("refund-1", (1, 1))).outcome is Outcome.APPROVED
    assert bank.back(payment_key()) == 1000


@pytest.mark.usefixtures("by_hub")
def test_pending_for_long_stays_promised(open_desk, bank, lane):
    bank.answers = lambda _result: PaymentResult(Outcome.PENDING)
    desk = open_desk()
    answers = {desk.order(lane, wanted("refund-1")).outcome for _ in range(3)}
    assert answers == {Outcome.PENDING}
    assert refused(desk, lane, (1, 1)) == "too_many"


@pytest.mark.usefixtures("by_hub")
def test_what_the_bank_declined_can_be_given_back_under_another_key(open_desk, bank, lane):
    bank.declines = True
    desk = open_desk()
    assert desk.order(lane, wanted("refund-1")).outcome is Outcome.DECLINED
    bank.declines = False
    assert desk.order(lane, wanted("refund-1")).outcome is Outcome.DECLINED
    assert desk.order(lane, wanted("refund-2")).outcome is Outcome.APPROVED
    assert bank.back(payment_key()) == PAID


@pytest.mark.usefixtures("by_hub")
def test_what_staff_saw_must_still_be_so(open_desk, lane, other):
    desk = open_desk()
    desk.order(other, wanted("refund-1", (1, 1)))
    assert refused(desk, lane, amount=PAID) == "changed"
    assert desk.order(lane, wanted("refund-2", amount=PAID - 1000)).outcome is Outcome.APPROVED


@pytest.mark.usefixtures("by_hub")
@pytest.mark.parametrize("named", [NUMBER, SALE, "0123456789", "1-0123456789".lower()])
def test_a_receipt_is_found_by_what_stands_on_it(hub, lane, named):
    assert hub.refunds.receipt(lane, named).sale_id == SALE


@pytest.mark.parametrize("named", ["1-FFFFFFFFFF", "nothing", "%", "0123456789abcdef"])
def test_a_receipt_that_was_not_uploaded_is_not_known_yet(hub, open_desk, lane, named):
    sold(hub, lane)
    assert refused(open_desk(), lane, receipt=named) == "not_known"


def test_a_receipt_of_another_store_is_not_known_here(hub, open_desk, lane):
    sold(hub, lane)
    hub.catalogues.add_store("branch", currency="CNY", time_zone="UTC")
    assert refused(open_desk(), replace(lane, store="branch")) == "not_known"


def test_a_sale_that_was_not_paid_is_not_given_back(hub, open_desk, lane):
    sold(hub, lane, paid=False)
    assert refused(open_desk(), lane, receipt=SALE) == "not_completed"


@pytest.mark.parametrize(("told", "code"), [(None, "stored"), ("declined", "not_paid"), ("approved", "")])
def test_a_stored_payment_is_given_back_only_after_the_bank_has_it(hub, open_desk, lane, told, code):
    journal = LaneJournal(lane="1")
    journal.shop(SALE)
    key = payment_key()
    journal.write(EventKind.PAYMENT_INTENDED, SALE, key=key, way="card", gateway="terminal", amount_minor=PAID)
    journal.write(EventKind.PAYMENT_SUBMITTED, SALE, key=key)
    journal.write(EventKind.PAYMENT_RESOLVED, SALE, key=key, outcome="approved", stored=True)
    done = {"total_minor": PAID, "saved_minor": 840, "currency": "CNY", "lines": 2, "tax": []}
    journal.write(EventKind.SALE_COMPLETED, SALE, **done, receipt_number=NUMBER)
    if told:
        journal.write(EventKind.PAYMENT_FORWARDED, SALE, key=key, outcome=told, reason="", reference="")
    hub.events.take(lane, journal.events)
    if code:
        assert refused(open_desk(), lane) == code
    else:
        assert open_desk().order(lane, wanted("refund-1")).route == "lane"


def test_what_a_lanes_own_gateway_took_only_the_lane_gives_back_and_says_so(hub, open_desk, bank, lane, other):
    sold(hub, lane)
    desk = open_desk()
    entry = desk.order(other, wanted("refund-1", (1, 1)))
    assert (entry.route, entry.outcome, entry.gateway, entry.paid_by_lane) == (
        "lane",
        Outcome.UNKNOWN,
        "simulated",
        "1",
    )
    assert not bank.asked
    with pytest.raises(PaymentUnknown):
        desk.made(lane, "refund-1", PaymentResult(Outcome.APPROVED))  # another lane asked for it
    assert desk.made(other, "refund-1", PaymentResult(Outcome.APPROVED, Reason.NONE, "T1")).outcome is Outcome.APPROVED
    assert desk.made(other, "refund-1", PaymentResult(Outcome.DECLINED)).outcome is Outcome.APPROVED
    assert desk.order(other, wanted("refund-1", (1, 1))).reference == "T1"


def told(journal: LaneJournal, refund_key: str, outcome: str, amount: int) -> None:
    body = {"refund_key": refund_key, "outcome": outcome, "amount_minor": amount, "currency": "CNY", "sale": SALE}
    journal.write(EventKind.REFUND_RESOLVED, None, **body, reference="T1")


def test_the_journal_settles_what_the_lane_could_not_say_itself(hub, open_desk, lane):
    journal = sold(hub, lane)
    desk = open_desk()
    desk.order(lane, wanted("refund-1", (1, 1)))
    told(journal, "refund-1", "approved", 1000)
    assert not hub.events.take(lane, journal.events).refused
    hub.events.take(lane, journal.events)
    assert desk.order(lane, wanted("refund-1", (1, 1))).outcome is Outcome.APPROVED
    assert hub.refunds_told.discrepancies("demo") == []
    (sale,) = hub.sales.of_store("demo")
    assert sale["refunded_minor"] == 1000


def test_books_that_differ_are_told(hub, open_desk, lane):
    journal = sold(hub, lane)
    desk = open_desk()
    desk.order(lane, wanted("refund-1", (1, 1)))
    desk.made(lane, "refund-1", PaymentResult(Outcome.DECLINED))
    told(journal, "refund-1", "approved", 1000)
    told(journal, "refund-x", "approved", 500)
    hub.events.take(lane, journal.events)
    sentences = {one.refund_key: one.sentence for one in hub.refunds_told.discrepancies("demo")}
    assert sentences == {
        "refund-1": "its journal says approved, the hub's book declined",
        "refund-x": f"gave back 500 CNY of sale {SALE}, which nobody promised",
    }


@pytest.mark.usefixtures("by_hub")
def test_what_went_back_without_a_receipt_is_not_left_either_and_is_told(hub, bank, open_desk, lane):
    payments = desk_of(hub, bank)
    payments.refund(lane, payment_key(), "outside-1", 4000).result(10)
    payments.close()
    desk = open_desk()
    assert refused(desk, lane, (1, 1)) == "nothing_left"
    assert desk.order(lane, wanted("refund-1")).amount_minor == 676
    assert bank.back(payment_key()) == PAID
    (one,) = hub.refunds_told.discrepancies("demo")
    assert (one.refund_key, "without naming a receipt" in one.sentence) == ("outside-1", True)


def test_a_part_that_was_taken_and_given_back_at_once_is_no_discrepancy(hub, bank, lane):
    short = PaymentResult(Outcome.APPROVED, Reason.NONE, "R1", Money(100, "CNY"))
    bank.start = lambda request: bank.charged.setdefault(request.key, 100) and short
    payments = desk_of(hub, bank)
    payments.start(lane, PaymentRequest("key-part", Money(PAID, "CNY"), SALE, "wallet", "")).result(10)
    assert payments.refund(lane, "key-part", "part-back", 100).result(10).result.outcome is Outcome.APPROVED
    payments.close()
    assert hub.refunds_told.discrepancies("demo") == []


@pytest.mark.usefixtures("by_hub")
def test_past_the_book_no_more_goes_back_than_the_book_has_left(hub, bank, open_desk, lane):
    open_desk().order(lane, wanted("refund-1", (1, 3)))
    hub.refunds.promise(lane, wanted("refund-2", (2, 1)))  # and the hub was killed before it asked
    payments = desk_of(hub, bank)
    assert payments.refund(lane, payment_key(), "outside-1", 1).result(10).result.outcome is Outcome.DECLINED
    payments.close()
    assert open_desk().order(lane, wanted("refund-2", (2, 1))).outcome is Outcome.APPROVED
    assert bank.back(payment_key()) == PAID


class Killed(BaseException):
    """The hub is killed here."""


@pytest.mark.parametrize("step", ["before the bank", "after the bank", "before the book"])
@pytest.mark.usefixtures("by_hub")
def test_a_hub_killed_between_two_steps_gives_back_once(hub, open_desk, bank, lane, monkeypatch, step):
    desk = open_desk()

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if step == "before the bank":
            patch.setattr(type(desk._payments), "refund", die)
        elif step == "after the bank":
            patch.setattr("hub.payment_store.PaymentStore.settle_refund", die)
        else:
            patch.setattr("hub.refund_store.RefundStore.settle", die)
        with pytest.raises((Killed, Exception)):
            desk.order(lane, wanted("refund-1", (1, 1)))
    assert open_desk().order(lane, wanted("refund-1", (1, 1))).outcome is Outcome.APPROVED
    assert bank.back(payment_key()) == 1000
    assert hub.refunds_told.discrepancies("demo") == []


@pytest.mark.usefixtures("by_hub")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from("alud")), max_size=8))
def test_never_more_than_was_paid_whoever_asks_however_it_ends(hub, open_desk, bank, lane, other, steps):
    desk, serial = open_desk(), len(bank.asked)
    for line, quantity, story in steps:
        serial += 1
        bank.declines = story == "d"
        bank.answers = (lambda _result: UNKNOWN) if story == "u" else (lambda result: result)
        parts = [(line, quantity)] if line else []
        with suppress(RefundRefused):
            desk.order((lane, other)[serial % 2], wanted(f"refund-{serial}-{len(bank.given)}", *parts))
    booked = [entry for entry in hub.refunds.of_store("demo") if entry.counts]
    assert bank.back(payment_key()) == sum(entry.amount_minor for entry in booked) <= PAID
