"""A sale is the fold of its events, and refuses what does not fit."""

from typing import Any

import pytest

from retail.events import Draft, Event, EventKind, chained, first_break
from retail.line import Marks
from retail.pricing import price_basket
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


STOPPED = (EventKind.LINE_STOPPED, {"line": 1, "reason": "recall_check"})
RECALLED = (EventKind.LINE_STOPPED, {"line": 1, "reason": "recalled"})
CLEARED = (EventKind.LINE_CLEARED, {"line": 1, "by": "Li", "recalls": ["lot L1"]})
GUIDE = (EventKind.GUIDE_IDENTIFIED, {"code": "SGG-1"})
ITEM = (EventKind.LINE_ADDED, line_body(listing("111"), number=1, marks=Marks("S1", "L1", "00000000000111")))


def test_an_item_has_its_marks_and_is_not_counted() -> None:
    (line,) = sale(ITEM).lines
    assert (line.serial, line.lot, line.gtin, line.item) == ("S1", "L1", "00000000000111", "00000000000111")
    assert (line.countable, line.by_piece) == (False, True)
    assert price_basket([line]).total_minor == 1000


def test_events_of_before_and_after_this_version_fold(line_of_before: dict[str, Any]) -> None:
    (old,) = sale((EventKind.LINE_ADDED, line_of_before)).lines
    assert (old.serial, old.lot, old.gtin, old.cleared, old.countable) == ("", "", "", (), True)
    later = {**line_of_before, "colour": "red", "serial": None}
    (new,) = sale((EventKind.LINE_ADDED, later)).lines
    assert new == old


@pytest.fixture
def line_of_before() -> dict[str, Any]:
    """As journals of version 1 and 2 have it."""
    return {
        "line": 1,
        "code": "6901234567892",
        "sku": "milk",
        "names": {"en": "Milk"},
        "unit": "piece",
        "quantity": 2,
        "grams": None,
        "unit_minor": 1280,
        "list_minor": 1280,
        "price_kind": "list",
        "label_minor": None,
        "tax_rate_bp": 900,
        "min_age": 0,
        "picture": "",
        "offers": [{"id": "o", "kind": "n_for_x", "quantity": 2, "price_minor": 2200, "names": {}}],
    }


def test_a_stopped_line_costs_nothing_until_it_is_cleared() -> None:
    stopped = sale(MILK, STOPPED)
    assert (stopped.lines[0].problem, price_basket(stopped.lines).total_minor) == ("recall_check", 0)
    cleared = sale(MILK, STOPPED, CLEARED)
    assert (cleared.lines[0].problem, cleared.lines[0].cleared) == ("", ("lot L1",))
    assert (price_basket(cleared.lines).total_minor, cleared.lines[0].countable) == (1000, False)


def test_what_staff_were_to_look_at_may_turn_out_to_be_called_back() -> None:
    assert sale(MILK, STOPPED, RECALLED).lines[0].problem == "recalled"


def test_the_last_guide_counts() -> None:
    assert sale(GUIDE, MILK, (EventKind.GUIDE_IDENTIFIED, {"code": "SGG-2"})).guide == "SGG-2"


@pytest.mark.parametrize(
    "steps",
    [
        (MILK, STOPPED, STOPPED),
        (MILK, (EventKind.LINE_STOPPED, {"line": 1, "reason": ""})),
        (MILK, CLEARED),
        (MILK, RECALLED, CLEARED),
        (MILK, STOPPED, RECALLED, CLEARED),
        (MILK, RECALLED, STOPPED),
        (MILK, INTENDED, STOPPED),
        (MILK, INTENDED, GUIDE),
        (STOPPED,),
    ],
)
def test_goods_are_stopped_and_cleared_only_while_that_makes_sense(steps: tuple[Step, ...]) -> None:
    with pytest.raises(SaleError):
        sale(*steps)
