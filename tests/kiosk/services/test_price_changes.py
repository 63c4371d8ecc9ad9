"""Prices that change under an open basket: what was shown is kept, a lower price taken, a payment left alone."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hub.sales import build
from kiosk.services.lane_view import Screen
from offline_cache.journal import JournalReader
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import OfferRow, PriceRow
from retail.events import Event, EventKind
from retail.sale import SaleStatus, fold
from tests.kiosk.lane_rig import (
    APPROVED,
    BREAD,
    DECLINED,
    LABEL,
    MILK,
    PENDING,
    START,
    TWO_MILK,
    UNKNOWN,
    WALLET,
    WINE,
    LaneRig,
    write_list,
)
from tests.kiosk.services.hostile_rig import HostileRig

MIDNIGHT = datetime.fromisoformat("2026-11-23T00:00+08:00")
TO_MIDNIGHT = MIDNIGHT - START
BEFORE = TO_MIDNIGHT - timedelta(seconds=2)


def at(moment: datetime) -> int:
    return int(moment.timestamp())


def from_midnight(before: int, after: int) -> list[PriceRow]:
    return [PriceRow("list", before, None, at(MIDNIGHT)), PriceRow("list", after, at(MIDNIGHT))]


def lane_with(folder: Path, *, revision: int = 1, offers: Sequence[OfferRow] = (), **dated: list[PriceRow]) -> LaneRig:
    """A lane two seconds before midnight, in the shop's zone."""
    rig = LaneRig(folder)
    write_list(folder / "price-list.sqlite", revision=revision, dated=dated, offers=offers)
    rig.later(BEFORE)
    return rig


def repriced(lane: LaneRig) -> list[Event]:
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        return [event for event in journal.events() if event.kind == EventKind.LINE_REPRICED]


def said(lane: LaneRig) -> str:
    assert lane.view.notice is not None
    return lane.view.notice.code


def test_at_midnight_a_price_that_rises_stays_as_shown_and_new_goods_cost_more(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1400))
    lane.scan(MILK)
    assert lane.wait(5).total_minor == 1280
    view = lane.scan(MILK)
    assert [(line.quantity, line.unit_minor) for line in view.lines] == [(1, 1280), (1, 1400)]
    assert repriced(lane) == []


def test_at_midnight_a_price_that_falls_is_taken_written_down_and_said(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100), BREAD=from_midnight(650, 700))
    lane.scan(MILK, MILK, BREAD)
    assert lane.wait(1).total_minor == 2 * 1280 + 650
    assert lane.wait(2).total_minor == 2 * 1100 + 650
    assert (said(lane), dict(lane.view.notice.params), lane.view.notice.good) == ("prices_fell", {"n": "1"}, True)  # type: ignore[union-attr]
    (event,) = repriced(lane)
    assert (event.body["line"], event.body["unit_minor"], event.body["revision"]) == (1, 1100, 1)
    # New goods join the line, as both cost the same now.
    assert [line.quantity for line in lane.scan(MILK).lines] == [3, 1]


def test_a_scan_in_the_very_second_finds_the_basket_at_the_new_price(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.scan(MILK)
    lane.now += timedelta(seconds=3)
    lane.up += 3
    assert [(line.quantity, line.unit_minor) for line in lane.scan(MILK).lines] == [(2, 1100)]


def test_a_special_price_begins_and_ends_with_the_basket_open(tmp_path: Path) -> None:
    special = PriceRow("special", 999, at(MIDNIGHT), at(MIDNIGHT) + 60)
    lane = lane_with(tmp_path, MILK=[PriceRow("list", 1280), special])
    lane.scan(MILK)
    view = lane.wait(3)
    assert (view.total_minor, view.saved_minor) == (999, 281)
    lane.wait(60)
    assert lane.view.total_minor == 999
    assert [line.unit_minor for line in lane.scan(MILK).lines] == [999, 1280]


def test_going_to_pay_looks_once_more(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.scan(MILK)
    lane.now += timedelta(seconds=3)
    lane.up += 3
    lane.till.pay()
    assert (lane.view.screen, lane.view.total_minor) == (Screen.PAY, 1100)


def test_on_the_pay_screen_a_price_may_still_fall(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.pay_screen()
    view = lane.wait(3)
    assert (view.screen, view.total_minor) == (Screen.PAY, 1100)
    lane.bank.answers.append(APPROVED)
    assert lane.scan(WALLET).screen is Screen.DONE
    assert lane.bank.requests[0].amount.minor == 1100


@pytest.mark.parametrize("answer", [UNKNOWN, PENDING])
def test_a_payment_that_is_open_over_midnight_keeps_its_amount(tmp_path: Path, answer: object) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.pay_screen()
    lane.bank.answers.extend([answer] * 3)  # type: ignore[list-item]
    lane.scan(WALLET)
    view = lane.wait(3)
    assert view.payment is not None
    assert (view.total_minor, view.payment.amount_minor, repriced(lane)) == (1280, 1280, [])
    assert said(lane) == "added"
    lane.bank.answers.append(APPROVED)
    view = lane.wait(8)
    assert view.done is not None
    assert view.done.total_minor == 1280


def test_after_a_refused_payment_the_lower_price_is_asked(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.pay_screen()
    lane.bank.answers.extend([PENDING, PENDING, PENDING, DECLINED])
    lane.scan(WALLET)
    while lane.wait(1).screen is not Screen.PAY:
        assert lane.view.total_minor == 1280
    assert lane.wait(1).total_minor == 1100
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert [request.amount.minor for request in lane.bank.requests] == [1280, 1100]


def test_after_a_restart_that_lasted_over_midnight_the_lower_price_is_taken(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.scan(MILK, BREAD)
    lane.now += timedelta(minutes=5)
    lane.restart()
    assert [line.unit_minor for line in lane.wait(1).lines] == [1100, 650]
    lane.restart()
    assert lane.wait(1).total_minor == 1750
    assert len(repriced(lane)) == 1


def test_a_new_list_in_the_middle_of_a_basket_lowers_and_never_raises(tmp_path: Path) -> None:
    lane = LaneRig(tmp_path)
    lane.scan(MILK, BREAD, WINE)
    rows = {"BREAD": [PriceRow("list", 600)], "WINE": [PriceRow("list", 9900)]}
    write_list(tmp_path / "price-list.sqlite", revision=2, dated=rows, without={"MILK"}, offers=())
    view = lane.wait(1)
    assert [line.unit_minor for line in view.lines] == [1280, 3800 - 3200, 3800]
    assert view.price_list.revision == 2
    assert [event.body["revision"] for event in repriced(lane)] == [2]


def test_a_price_label_keeps_what_is_printed_on_it(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, CHEESE=from_midnight(8000, 4000))
    lane.scan(LABEL)
    assert lane.wait(3).total_minor == 1000
    assert repriced(lane) == []


def test_a_multi_buy_that_was_shown_stays_and_a_cheaper_one_is_taken(tmp_path: Path) -> None:
    ends = OfferRow("two-milk", 2, 2200, TWO_MILK.names, ("MILK",), None, at(MIDNIGHT))
    lane = lane_with(tmp_path, offers=(ends,))
    lane.scan(MILK, MILK)
    assert lane.wait(3).total_minor == 2200
    assert repriced(lane) == []
    begins = OfferRow("two-milk", 2, 2000, TWO_MILK.names, ("MILK",))
    write_list(tmp_path / "price-list.sqlite", revision=2, offers=(begins,))
    assert lane.wait(1).total_minor == 2000
    assert lane.view.lines[0].offers[0].saving_minor == 560


def test_a_new_multi_buy_is_for_goods_that_are_in_the_basket_already(tmp_path: Path) -> None:
    begins = OfferRow("two-milk", 2, 2200, TWO_MILK.names, ("MILK",), at(MIDNIGHT))
    lane = lane_with(tmp_path, offers=(begins,))
    lane.scan(MILK)
    assert lane.wait(3).total_minor == 1280
    assert said(lane) == "added"  # nothing is cheaper yet, so nothing is said
    assert lane.scan(MILK).total_minor == 2200


def test_a_list_in_another_currency_changes_nothing(tmp_path: Path) -> None:
    lane = LaneRig(tmp_path)
    lane.scan(MILK)
    write_list(tmp_path / "price-list.sqlite", revision=2, currency="JPY", milk_minor=5)
    assert lane.wait(1).total_minor == 1280


def test_loose_goods_laid_out_before_midnight_show_the_price_of_after(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, LEMON=from_midnight(200, 250), BAG=from_midnight(30, 20))
    lane.till.browse("fruit", "")
    assert [good.unit_minor for good in lane.view.loose.goods if good.sku == "LEMON"] == [200]
    view = lane.wait(3)
    assert [good.unit_minor for good in view.loose.goods if good.sku == "LEMON"] == [250]
    assert (view.loose.category, [bag.unit_minor for bag in view.bags]) == ("fruit", [20])
    lane.till.add_loose("LEMON", 1)
    assert lane.view.total_minor == 250


def test_loose_goods_laid_out_follow_a_new_list(tmp_path: Path) -> None:
    lane = LaneRig(tmp_path)
    lane.till.browse("", "lem")
    write_list(tmp_path / "price-list.sqlite", revision=2, dated={"LEMON": [PriceRow("list", 180)]})
    view = lane.wait(1)
    assert [(good.sku, good.unit_minor) for good in view.loose.goods] == [("LEMON", 180)]
    assert view.loose.search == "lem"


def test_a_clock_that_is_set_brings_no_other_prices(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.wait(4)
    lane.now -= timedelta(hours=3)
    assert lane.scan(MILK).total_minor == 1100
    lane.now += timedelta(days=400)
    lane.wait(1)
    assert (lane.view.screen, lane.view.total_minor) == (Screen.BASKET, 1100)


def test_a_lower_price_that_cannot_be_written_down_is_not_shown(tmp_path: Path) -> None:
    rig = HostileRig(tmp_path)
    rig.calm()
    write_list(tmp_path / "price-list.sqlite", revision=2, dated={"MILK": from_midnight(1280, 1100)}, offers=())
    rig.later(BEFORE)
    rig.scan(MILK)
    rig.journal.refused_kind = EventKind.LINE_REPRICED
    view = rig.wait(3)
    assert (view.screen, view.total_minor) == (Screen.OUT_OF_SERVICE, 1280)
    rig.journal.refused_kind, rig.journal.is_gone = "", False
    assert rig.wait(8).total_minor == 1100


def test_nothing_is_reckoned_while_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = LaneRig(tmp_path)
    lane.scan(MILK)
    lane.wait(1)
    asked: list[datetime] = []
    original = PriceList.next_change

    def counted(self: PriceList, after: datetime) -> datetime | None:
        asked.append(after)
        return original(self, after)

    monkeypatch.setattr(PriceList, "next_change", counted)
    lane.wait(20)
    lane.scan(*[BREAD] * 20)
    assert asked == []


@pytest.mark.parametrize("seed", range(12))
def test_a_total_never_rises_by_time_or_a_new_list_alone(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a walk that can be repeated
    lane = LaneRig(tmp_path)
    codes = (MILK, BREAD, WINE, LABEL)
    lane.scan(*rng.choices(codes, k=6))
    for revision in range(2, 14):
        dated = {sku: _some_prices(rng, lane.now) for sku in ("MILK", "BREAD", "WINE", "CHEESE")}
        offers = [
            OfferRow(key, rng.randint(2, 3), rng.randint(500, 4000), {"en": key}, tuple(rng.sample(list(dated), 2)))
            for key in rng.sample("abc", rng.randint(0, 3))
        ]
        write_list(
            tmp_path / "price-list.sqlite",
            revision=revision,
            dated=dated,
            offers=offers,
            published_at=START,
        )
        for _ in range(rng.randint(1, 6)):
            before = lane.view.total_minor
            lane.till.touched()
            lane.wait(rng.choice((1, 7, 30)))
            assert lane.view.total_minor <= before
        if rng.random() < 0.3:
            lane.restart()
        before = lane.view.total_minor
        if rng.random() < 0.5:
            lane.scan(rng.choice(codes))
            assert lane.view.total_minor >= 0
    with JournalReader(tmp_path / "journal.sqlite") as journal:
        sale = fold(journal.last_sale())
    assert sale is not None
    assert sale.status is SaleStatus.OPEN
    assert lane.verify().ok


def _some_prices(rng: random.Random, now: datetime) -> list[PriceRow]:
    """A price that changes within the minute or not, and now and then a special one."""
    cut = at(now) + rng.randint(1, 60)
    one, two = rng.randint(300, 4000), rng.randint(300, 4000)
    rows = rng.choice(
        (
            [PriceRow("list", one)],
            [PriceRow("list", one, None, cut), PriceRow("list", two, cut)],
        )
    )
    if rng.random() < 0.4:
        rows = [*rows, PriceRow("special", rng.randint(100, 4000), cut, cut + rng.randint(1, 60))]
    return rows


def test_the_hub_reckons_the_same_from_the_same_events(tmp_path: Path) -> None:
    lane = lane_with(tmp_path, MILK=from_midnight(1280, 1100))
    lane.pay_screen(MILK, BREAD)
    lane.wait(3)
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    with JournalReader(tmp_path / "journal.sqlite") as journal:
        found = build(journal.last_sale())
    assert found.refused == {}
    assert found.record is not None
    assert (found.record.status, found.record.total_minor, found.record.discrepancy) == ("completed", 1750, "")
