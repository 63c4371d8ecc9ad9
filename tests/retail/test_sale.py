"""A sale is the fold of its events, and refuses what does not fit."""

from typing import Any

import pytest

from retail.events import Draft, Event, EventKind, chained, first_break
from retail.sale import AttemptState, Sale, SaleError, SaleStatus, fold, line_body
from tests.retail.lists import listing

START = (EventKind.BASKET_STARTED, {"store": "s", "lane": "l", "currency": "CNY", "language": "en", "revision": 1})
MILK = (EventKind.LINE_ADDED, line_body(listing("111"), number=1))
WINE = (EventKind.LINE_ADDED, line_body(listing("222", age=18), number=2))
INTENDED = (
    EventKind.PAYMENT_INTENDED,
    {"key": "k1", "way": "wallet", "gateway": "g", "amount_minor": 1000, "currency": "CNY"},
)
SUBMITTED = (EventKind.PAYMENT_SUBMITTED, {"key": "k1"})
CANCEL_SENT = (EventKind.PAYMENT_CANCEL_SENT, {"key": "k1"})
COMPLETED = (EventKind.SALE_COMPLETED, {"total_minor": 1000})
Step = tuple[EventKind, dict[str, Any]]


def resolved(outcome: str, key: str = "k1") -> Step:
    return EventKind.PAYMENT_RESOLVED, {"key": key, "outcome": outcome, "reason": "", "reference": "r"}


def events(*steps: Step) -> list[Event]:
    chain: list[Event] = []
    for number, (kind, body) in enumerate(steps, start=1):
        previous = chain[-1].hash if chain else ""
        chain.append(
            chained(Draft(kind, "sale", body), number=number, at="2026-11-22T12:00:00+00:00", previous_hash=previous)
        )
    return chain


def sale(*steps: Step) -> Sale:
    found = fold(events(START, *steps))
    assert found is not None
    return found


def test_lines_are_added_changed_and_voided() -> None:
    two = sale(MILK, WINE, (EventKind.LINE_QUANTITY_CHANGED, {"line": 1, "quantity": 3, "why": "shopper"}))
    assert [(found.number, found.quantity) for found in two.lines] == [(1, 3), (2, 1)]
    one = sale(MILK, WINE, (EventKind.LINE_VOIDED, {"line": 1, "by": "shopper"}))
    assert [found.number for found in one.lines] == [2]
    assert one.last_line == 2


def test_an_unknown_code_stays_as_a_problem() -> None:
    found = sale((EventKind.LINE_UNKNOWN, {"line": 1, "code": "999", "reason": "unknown"}))
    assert found.lines[0].problem == "unknown"
    assert not found.lines[0].countable


def test_age_is_asked_for_until_staff_approved_it() -> None:
    assert sale(MILK, WINE).needs_age == 18
    assert sale(MILK, WINE, (EventKind.STAFF_ACT, {"act": "approve_age", "age": 18, "by": "Li"})).needs_age == 0


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ((INTENDED,), SaleStatus.PAYING),
        ((INTENDED, SUBMITTED), SaleStatus.PAYING),
        ((INTENDED, SUBMITTED, resolved("unknown")), SaleStatus.UNKNOWN),
        ((INTENDED, SUBMITTED, resolved("unknown"), resolved("declined")), SaleStatus.OPEN),
        ((INTENDED, SUBMITTED, resolved("approved")), SaleStatus.PAID),
        ((INTENDED, SUBMITTED, CANCEL_SENT, resolved("declined")), SaleStatus.OPEN),
        ((INTENDED, SUBMITTED, resolved("approved"), COMPLETED), SaleStatus.COMPLETED),
        (((EventKind.BASKET_CANCELLED, {"reason": "idle"}),), SaleStatus.CANCELLED),
    ],
)
def test_a_payment_moves_the_sale(steps: tuple[Step, ...], status: SaleStatus) -> None:
    assert sale(MILK, *steps).status is status


@pytest.mark.parametrize(
    "steps",
    [
        (START,),
        (MILK, MILK),
        (MILK, INTENDED, INTENDED),
        (MILK, INTENDED, SUBMITTED, resolved("unknown"), INTENDED),
        (MILK, INTENDED, WINE),
        (MILK, INTENDED, (EventKind.BASKET_CANCELLED, {"reason": "idle"})),
        (MILK, INTENDED, SUBMITTED, resolved("approved", key="k2")),
        (MILK, COMPLETED),
        (MILK, resolved("approved")),
        (MILK, INTENDED, SUBMITTED, resolved("maybe")),
        ((EventKind.LINE_VOIDED, {"line": 1, "by": "x"}),),
        ((EventKind.LINE_ADDED, {"line": 1}),),
        (MILK, (EventKind.LINE_QUANTITY_CHANGED, {"line": 1, "quantity": 0, "why": "x"})),
    ],
)
def test_what_does_not_fit_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(SaleError):
        sale(*steps)


def test_an_event_of_a_sale_that_never_started_is_refused() -> None:
    with pytest.raises(SaleError, match="not started"):
        fold(events(MILK))


def test_other_events_leave_a_sale_as_it_is() -> None:
    assert sale(MILK, (EventKind.HELP_CALLED, {"reason": "shopper"})).lines == sale(MILK).lines


def test_a_refused_attempt_stays_in_the_record() -> None:
    found = sale(MILK, INTENDED, SUBMITTED, resolved("declined"))
    assert found.attempt is not None
    assert (found.attempt.state, found.attempt.reference) == (AttemptState.DECLINED, "r")


def test_a_whole_chain_has_no_break() -> None:
    assert first_break(events(START, MILK, WINE)) is None


@pytest.mark.parametrize("field", ["body", "at", "kind", "sale_id"])
def test_a_changed_event_is_found(field: str) -> None:
    chain = events(START, MILK, WINE)
    changed = {name: getattr(chain[1], name) for name in Event.__slots__} | {field: "other"}
    assert first_break([chain[0], Event(**changed), chain[2]]) == (2, "was changed after it was written")


def test_a_missing_or_swapped_event_is_found() -> None:
    chain = events(START, MILK, WINE)
    assert first_break([chain[0], chain[2]]) == (3, "number 2 is missing")
    other = events(START, WINE, MILK)
    broken = first_break([chain[0], chain[1], other[2]])
    assert broken == (3, "does not follow the event before it")
