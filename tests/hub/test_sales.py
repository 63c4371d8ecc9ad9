"""The record of a sale from its events, also when events are missing, odd or hostile."""

import json
from typing import Any

import pytest

from hub.sales import SaleRecord, build, unusable
from retail.events import GENESIS, Draft, EventKind, chained
from retail.sale import line_body
from tests.hub.lane_journal import APPLES, MILK, SAVED, LaneJournal


@pytest.fixture
def journal() -> LaneJournal:
    return LaneJournal()


def record_of(journal: LaneJournal) -> SaleRecord:
    record = build(journal.events).record
    assert record is not None
    return record


def test_the_record_is_what_the_lane_reckoned(journal):
    journal.sell("s1")
    result = build(journal.events)
    record = record_of(journal)
    assert result.refused == {}
    assert (record.status, record.total_minor, record.saved_minor) == ("completed", 3000 + 1676, 840)
    assert (record.currency, record.lines, record.receipt_number, record.discrepancy) == ("CNY", 2, "1-s1", "")
    assert record.tax == [
        {"rate_bp": 900, "gross_minor": 3000, "tax_minor": 248},
        {"rate_bp": 0, "gross_minor": 1676, "tax_minor": 0},
    ]
    assert record.items == [
        {
            "line": 1,
            "code": "6901234567892",
            "sku": "milk",
            "name": "Milk",
            "quantity": 3,
            "grams": None,
            "net_minor": 3000,
            "saved_minor": 840,
            "discounts": [{"campaign": "milk3", "saving_minor": 840, "pieces": 3}],
        },
        {
            "line": 2,
            "code": "0000000041",
            "sku": "apples",
            "name": "苹果",
            "quantity": 1,
            "grams": 842,
            "net_minor": 1676,
            "saved_minor": 0,
        },
    ]


def test_an_open_and_a_cancelled_sale_have_a_record_too(journal):
    journal.shop("s1")
    assert record_of(journal).status == "open"
    assert record_of(journal).total_minor == 4676
    journal.write(EventKind.BASKET_CANCELLED, "s1")
    assert record_of(journal).status == "cancelled"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"total_minor": 4677}, "total_minor: the lane has 4677, the hub 4676"),
        ({"saved_minor": 1}, "saved_minor: the lane has 1, the hub 840"),
        ({"currency": "EUR"}, "currency: the lane has EUR, the hub CNY"),
    ],
)
def test_where_lane_and_hub_differ_the_lanes_figures_stand_with_a_note(journal, change, said):
    journal.shop("s1")
    journal.pay("s1", **change)
    completed = journal.events[-1].number
    result, record = build(journal.events), record_of(journal)
    assert record.status == "completed"
    assert said in record.discrepancy
    assert result.refused == {completed: record.discrepancy}
    assert {name: getattr(record, name) for name in change} == change


def test_a_payment_of_another_amount_is_noted(journal):
    journal.shop("s1")
    key = "key-s1"
    journal.write(EventKind.PAYMENT_INTENDED, "s1", key=key, way="w", gateway="g", amount_minor=1)
    journal.write(EventKind.PAYMENT_SUBMITTED, "s1", key=key)
    journal.write(EventKind.PAYMENT_RESOLVED, "s1", key=key, outcome="approved")
    body: dict[str, Any] = {"total_minor": 4676, "saved_minor": 840, "currency": "CNY", "lines": 2, "tax": []}
    journal.write(EventKind.SALE_COMPLETED, "s1", **body)
    assert "payment: the lane has 1, the hub 4676" in record_of(journal).discrepancy


def test_an_event_that_does_not_fit_is_left_out_and_the_sale_goes_on(journal):
    journal.shop("s1")
    odd = journal.write(EventKind.LINE_VOIDED, "s1", line=77)
    journal.pay("s1")
    result = build(journal.events)
    assert list(result.refused) == [odd.number]
    assert "no line 77" in result.refused[odd.number]
    assert record_of(journal).status == "completed"
    assert record_of(journal).total_minor == 4676


def earlier_version(journal: LaneJournal, *, total_minor: int) -> None:
    """A sale as a lane of before campaigns wrote it: four and three, which take a three-for and two two-for at best."""
    offers = [
        {"id": "two", "kind": "n_for_x", "quantity": 2, "price_minor": 100, "names": {}},
        {"id": "three", "kind": "n_for_x", "quantity": 3, "price_minor": 190, "names": {}},
    ]
    body = {name: value for name, value in ADDED.items() if name not in {"takings", "campaigns"}}
    journal.start("s1")
    journal.write(EventKind.LINE_ADDED, "s1", **{**body, "quantity": 4, "unit_minor": 100, "offers": offers})
    journal.write(EventKind.PAYMENT_INTENDED, "s1", key="k", way="w", gateway="g", amount_minor=total_minor)
    journal.write(EventKind.PAYMENT_SUBMITTED, "s1", key="k")
    journal.write(EventKind.PAYMENT_RESOLVED, "s1", key="k", outcome="approved")
    figures = {"total_minor": total_minor, "saved_minor": 5120 - total_minor, "currency": "CNY", "lines": 1, "tax": []}
    journal.write(EventKind.SALE_COMPLETED, "s1", **figures)


def test_a_sale_of_an_earlier_version_that_took_its_offers_another_way_is_no_difference(journal):
    earlier_version(journal, total_minor=290)
    result, record = build(journal.events), record_of(journal)
    assert (record.status, record.total_minor, record.discrepancy, result.refused) == ("completed", 290, "", {})


def test_a_sale_of_an_earlier_version_that_is_too_cheap_is_one(journal):
    earlier_version(journal, total_minor=150)
    assert "total_minor: the lane has 150, the hub 200" in record_of(journal).discrepancy


def test_what_the_lane_took_off_a_line_stands_in_the_record_though_the_hub_reckons_otherwise(journal):
    journal.shop("s1")
    more = {**SAVED, "saving_minor": 940}
    priced = [
        {"line": 1, "net_minor": 2900, "tax_minor": 239, "discounts": [more]},
        {"line": 2, "net_minor": 1676, "tax_minor": 0},
    ]
    journal.pay("s1", total_minor=4576, saved_minor=940, priced=priced)
    record = record_of(journal)
    assert "the lane has 4576, the hub 4676" in record.discrepancy
    assert [(one["net_minor"], one["saved_minor"]) for one in record.items] == [(2900, 940), (1676, 0)]


def test_the_uses_of_campaigns_are_kept_with_the_sale(journal):
    journal.sell("s1")
    assert record_of(journal).uses == [
        {"campaign": "milk3", "times": 1, "saving_minor": 840, "points": 0, "coupons": []}
    ]


ADDED = line_body(MILK, number=9)
CAMPAIGN = ADDED["campaigns"][0]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("line.added", {}),
        ("line.added", {**ADDED, "quantity": 10**9}),
        ("line.added", {**ADDED, "quantity": True}),
        ("line.added", {**ADDED, "quantity": "3"}),
        ("line.added", {**ADDED, "unit_minor": 12.8}),
        ("line.added", {**ADDED, "unit_minor": 10**30}),
        ("line.added", {**ADDED, "names": []}),
        ("line.added", {**ADDED, "offers": [{"id": "x", "quantity": 0, "price_minor": 1}]}),
        ("line.added", {**ADDED, "offers": [{"id": "x", "quantity": 2, "price_minor": 1, "odd": 1}]}),
        ("line.added", {**ADDED, "unit": "furlong"}),
        ("line.added", {**ADDED, "price_kind": None}),
        ("line.added", {**ADDED, "picture": None, "line": 0}),
        ("line.unknown", {"line": "9"}),
        ("line.quantity_changed", {"line": 1, "quantity": 10**12}),
        ("line.repriced", {"line": 1, "unit_minor": "1", "list_minor": None, "price_kind": "list", "offers": []}),
        ("line.added", {**ADDED, "serial": 7}),
        ("line.added", {**ADDED, "campaigns": [{**CAMPAIGN, "terms": {"kind": "n_for_x", "quantity": 0}}]}),
        ("line.added", {**ADDED, "campaigns": [{**CAMPAIGN, "terms": {"kind": "n_for_x", "price": 1.5}}]}),
        ("line.added", {**ADDED, "campaigns": [{**CAMPAIGN, "terms": {"kind": "lottery"}}]}),
        ("line.added", {**ADDED, "campaigns": [{**CAMPAIGN, "odd": 1}]}),
        ("line.added", {**ADDED, "campaigns": [{**CAMPAIGN, "terms": {"kind": "n_for_x", "quantity": 3}}]}),
        ("line.added", {**ADDED, "takings": [[CAMPAIGN["id"], "x"]]}),
        ("line.added", {**ADDED, "takings": [[7]]}),
        ("line.added", {**ADDED, "takings": [["nobody#1"]]}),
        ("coupon.presented", {"code": ""}),
        ("coupon.withdrawn", {"code": "SAVE"}),
        ("member.identified", {"clubs": "member"}),
        ("line.stopped", {"line": 1}),
        ("line.stopped", {"line": 9, "reason": "recalled"}),
        ("line.cleared", {"line": 1, "by": "Li", "recalls": ["lot L1"]}),
        ("guide.identified", {"code": ""}),
        ("guide.identified", {"code": ["x"]}),
        ("line.voided", {"line": {}}),
        ("line.voided", {}),
        ("payment.intended", {"key": 1}),
        ("payment.resolved", {"key": "x", "outcome": "approved"}),
        ("sale.completed", {}),
        ("sale.completed", {"total_minor": 0, "saved_minor": 0, "currency": "CNY", "lines": 0, "tax": []}),
        ("staff.act", {"act": "approve_age", "age": []}),
        ("staff.act", {"act": "approve_age"}),
        ("basket.started", {"store": "demo", "lane": "1", "currency": "CNY"}),
        ("coffee.made", {}),
    ],
)
def test_a_hostile_body_is_refused_with_a_reason_and_harms_nothing(journal, kind, body):
    journal.shop("s1")
    before = record_of(journal)
    odd = journal.write(kind, "s1", **body)
    result = build(journal.events)
    assert list(result.refused) == [odd.number]
    assert len(result.refused[odd.number]) < 400
    assert result.record == before


def test_a_sale_whose_start_cannot_be_used_has_no_record_and_every_event_a_reason(journal):
    journal.write(EventKind.BASKET_STARTED, "s1")
    journal.write(EventKind.LINE_ADDED, "s1", **line_body(APPLES, number=1, grams=5))
    result = build(journal.events)
    assert result.record is None
    assert sorted(result.refused) == [1, 2]


def test_help_and_device_events_leave_a_sale_as_it_is(journal):
    journal.shop("s1")
    before = record_of(journal)
    for kind in (EventKind.HELP_CALLED, EventKind.HELP_CLEARED, EventKind.DEVICE_FAULT, EventKind.RECEIPT_ISSUED):
        journal.write(kind, "s1", anything=json.loads('{"goes": [1, null]}'))
    assert build(journal.events).refused == {}
    assert record_of(journal) == before


@pytest.mark.parametrize("at", ["", "nonsense", "2026-11-22T09:00:00", "9999-12-31T23:59:59-14:00"])
def test_an_event_of_no_moment_is_told_and_not_used(at: str) -> None:
    body = {"total_minor": 0, "saved_minor": 0, "currency": "CNY", "lines": 0, "tax": []}
    draft = Draft(EventKind.SALE_COMPLETED, "sale-1", body)

    assert unusable(chained(draft, number=1, at=at, previous_hash=GENESIS)).startswith("sale.completed: at: ")
