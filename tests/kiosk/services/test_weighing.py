"""Goods on the lane's own scale: nothing is sold that was not weighed for certain, and nobody is stuck."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.receipt import ReceiptHeader, receipt_text
from kiosk.services.texts import Texts
from kiosk.services.weighing import Pan, ScaleReading, WeighingView, Weighs
from offline_cache.journal import JournalReader
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow
from retail.events import Event, EventKind
from retail.pricing import price_basket
from retail.product import Product
from retail.sale import Sale, fold
from tests.kiosk.lane_rig import APPROVED, BADGE, BREAD, CHEESE, LABEL, MILK, START, WALLET, LaneRig, write_list


class BenchScale:
    """Shows what the test lays on it; each time it shows nothing it was emptied."""

    min_grams = 20

    def __init__(self) -> None:
        self.fault = ""
        self.watched = False
        self.shown: ScaleReading | None = ScaleReading(0, stable=True, age_s=0.1, emptied=1)

    def reading(self) -> ScaleReading | None:
        return self.shown

    def watch(self, *, watched: bool) -> None:
        self.watched = watched


class WeighingRig(LaneRig):
    """A lane with a scale."""

    def __init__(self, folder: Path) -> None:
        self.scale = self.pan = BenchScale()
        super().__init__(folder)

    def lay(self, grams: int, **how) -> LaneView:
        """Change what lies on the scale, and let the till look."""
        old = self.pan.shown
        emptied = (old.emptied if old else 0) + (grams == 0)
        self.pan.shown = replace(ScaleReading(grams, stable=True, age_s=0.1, emptied=emptied), **how)
        self.till.weight_seen()
        return self.view

    @property
    def weighing(self) -> WeighingView:
        assert self.view.weighing is not None
        return self.view.weighing

    @property
    def state(self) -> Weighs:
        return self.weighing.state

    def take(self) -> LaneView:
        """Touch the button, at what is shown."""
        shown = self.weighing
        self.till.take_weight(shown.sku, shown.grams or 0, shown.unit_minor)
        return self.view

    def events(self) -> list[Event]:
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return list(journal.events())


@pytest.fixture
def lane(tmp_path: Path) -> WeighingRig:
    return WeighingRig(tmp_path)


def sold(lane: WeighingRig) -> Sale:
    sale = fold(lane.events())
    assert sale is not None
    return sale


def state_of(lane: WeighingRig) -> Weighs:
    """The state of now: a type checker holds a property to be what it was when last asked."""
    return lane.state


def said(lane: LaneRig) -> str:
    return lane.view.notice.code if lane.view.notice else ""


def test_apples_picked_by_picture_are_weighed_and_taken_by_one_touch(lane: WeighingRig) -> None:
    lane.till.begin()
    lane.till.add_loose("APPLE", 1)
    assert (lane.state, lane.weighing.grams, lane.weighing.price_minor) == (Weighs.EMPTY, 0, None)
    assert lane.pan.watched
    lane.lay(431, stable=False)
    assert (lane.state, lane.weighing.grams) == (Weighs.SETTLING, 431)
    lane.lay(842)
    assert (lane.state, lane.weighing.grams, lane.weighing.price_minor) == (Weighs.READY, 842, 1002)
    view = lane.take()
    assert [(line.names["en"], line.grams, line.net_minor) for line in view.lines] == [("Apple", 842, 1002)]
    assert view.weighing is None
    assert not lane.pan.watched
    assert said(lane) == "added"
    body = lane.events()[-1].body
    assert (body["grams"], body["tare_grams"], body["weighed"]) == (842, 0, "scale")


def test_a_typed_number_and_a_code_without_a_weight_open_the_scale_too(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    assert (lane.view.screen, lane.weighing.sku) == (Screen.BASKET, "APPLE")
    lane.till.stop_weighing()
    assert lane.view.weighing is None
    lane.scan(CHEESE)
    assert lane.weighing.sku == "CHEESE"
    lane.lay(250)
    assert lane.take().lines[0].net_minor == 2000
    assert lane.events()[-1].body["code"] == CHEESE


def test_without_a_scale_goods_are_weighed_at_the_counter(tmp_path: Path) -> None:
    lane = LaneRig(tmp_path)
    lane.till.enter_code("4017")
    assert (lane.view.weighing, said(lane), lane.view.screen) == (None, "weigh_at_counter", Screen.BASKET)


def test_a_piece_whose_code_lacks_its_price_is_not_weighed_by_the_price_of_a_piece(lane: WeighingRig) -> None:
    meta = Meta("s", 2, "CNY", START, "Asia/Shanghai")
    with PriceListWriter(lane.folder / "price-list.sqlite", meta) as writer:
        writer.add_product(Product("HAM", {}), codes={"99521234543216": 1}, prices=[PriceRow("list", 5000)])
    lane.wait(1)
    lane.scan("(01)99521234543216")
    assert (lane.view.weighing, said(lane), lane.view.lines) == (None, "weigh_at_counter", ())


def test_bag_and_tray_are_taken_off_and_told(lane: WeighingRig) -> None:
    write_list(lane.folder / "price-list.sqlite", revision=2, apple_tare=5)
    lane.wait(1)
    lane.till.enter_code("4017")
    lane.lay(842)
    assert (lane.weighing.grams, lane.weighing.tare_grams, lane.weighing.price_minor) == (837, 5, 996)
    line = lane.take().lines[0]
    assert (line.grams, line.net_minor) == (837, 996)
    sale = sold(lane)
    assert (sale.lines[0].tare_grams, sale.lines[0].weighed) == (5, "scale")
    lane.bank.answers.append(APPROVED)
    lane.till.pay()
    lane.scan(WALLET)
    sale = sold(lane)
    printed = receipt_text(sale, price_basket(sale.lines), ReceiptHeader("Shop"), Texts.load(), "en")
    assert "Net 0.837 kg × ¥11.90/kg" in printed
    assert "Tare 0.005 kg" in printed


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        (None, Weighs.LOST),
        (ScaleReading(842, True, 1.2, 1), Weighs.SETTLING),
        (ScaleReading(842, False, 0.1, 1), Weighs.SETTLING),
        (ScaleReading(0, False, 0.1, 1, Pan.MOVING), Weighs.SETTLING),
        (ScaleReading(0, False, 0.1, 1, Pan.OVER), Weighs.OVER),
        (ScaleReading(0, False, 0.1, 1, Pan.UNDER), Weighs.UNDER),
        (ScaleReading(0, False, 0.1, 1, Pan.UNREADY), Weighs.UNREADY),
        (ScaleReading(-40, True, 0.1, 1), Weighs.UNDER),
        (ScaleReading(-3, True, 0.1, 1), Weighs.EMPTY),
        (ScaleReading(5, False, 0.1, 1), Weighs.EMPTY),
        (ScaleReading(6, True, 0.1, 1), Weighs.LIGHT),
        (ScaleReading(19, True, 0.1, 1), Weighs.LIGHT),
        (ScaleReading(20, True, 0.1, 1), Weighs.READY),
    ],
)
def test_only_a_weight_at_rest_young_and_large_enough_is_taken(lane: WeighingRig, reading, state) -> None:
    lane.till.enter_code("4017")
    lane.pan.shown = reading
    lane.till.weight_seen()
    assert state_of(lane) is state
    view = lane.take()
    assert len(view.lines) == (state is Weighs.READY)


def test_goods_lighter_than_their_own_bag_are_not_sold(lane: WeighingRig) -> None:
    write_list(lane.folder / "price-list.sqlite", revision=2, apple_tare=120)
    lane.wait(1)
    lane.till.enter_code("4017")
    lane.lay(120)
    assert state_of(lane) is Weighs.LIGHT
    assert lane.take().lines == ()


def test_a_touch_counts_for_what_was_shown_and_not_for_what_lies_there_since(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    shown = lane.weighing
    lane.pan.shown = ScaleReading(900, stable=True, age_s=0.1, emptied=1)
    lane.till.take_weight(shown.sku, shown.grams or 0, shown.unit_minor)
    assert (lane.view.lines, said(lane)) == ((), "weigh_again")
    assert lane.weighing.grams == 900
    assert lane.take().lines[0].grams == 900


def test_two_touches_in_a_hurry_are_one_line(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    shown = lane.weighing
    for _ in range(3):
        lane.till.take_weight(shown.sku, shown.grams or 0, shown.unit_minor)
    assert len(lane.view.lines) == 1


def test_what_was_taken_must_leave_the_scale_before_the_next(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.till.enter_code("4017")
    assert state_of(lane) is Weighs.LEFT
    assert len(lane.take().lines) == 1
    lane.lay(1300)
    assert state_of(lane) is Weighs.LEFT  # the next were laid beside what is in the basket
    lane.lay(0)
    assert state_of(lane) is Weighs.EMPTY
    lane.lay(842)
    assert state_of(lane) is Weighs.READY
    assert len(lane.take().lines) == 2


def test_much_less_than_what_was_taken_is_something_else(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.till.enter_code("4017")
    lane.lay(300)
    assert state_of(lane) is Weighs.READY


def test_what_was_taken_is_known_by_its_weight_with_bag_and_tray(lane: WeighingRig) -> None:
    write_list(lane.folder / "price-list.sqlite", revision=2, apple_tare=300)
    lane.wait(1)
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.till.enter_code("4017")
    lane.lay(800)
    assert state_of(lane) is Weighs.READY
    lane.pan.shown = ScaleReading(830, stable=True, age_s=0.1, emptied=0)
    lane.restart()
    lane.till.enter_code("4017")
    assert state_of(lane) is Weighs.LEFT
    lane.lay(800)
    assert state_of(lane) is Weighs.READY


def test_a_scale_that_never_shows_empty_stops_nobody(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.till.enter_code("4017")
    lane.lay(900)
    assert state_of(lane) is Weighs.LEFT
    lane.till.weigh_all_new()
    assert state_of(lane) is Weighs.READY
    lane.till.stop_weighing()
    lane.till.enter_code("4017")
    assert state_of(lane) is Weighs.READY
    assert len(lane.take().lines) == 2


def test_a_wrong_pick_is_removed_and_weighed_again_without_lifting_the_goods(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.till.remove_line(1)
    lane.till.enter_code("4017")
    assert state_of(lane) is Weighs.READY


def test_goods_left_by_the_shopper_before_are_not_weighed_for_the_next(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.bank.answers.append(APPROVED)
    lane.till.pay()
    lane.scan(WALLET)
    lane.till.finish()
    lane.till.enter_code("4017")
    assert state_of(lane) is Weighs.LEFT


def test_after_a_restart_nothing_is_half_sold_and_the_same_goods_are_known(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.take()
    lane.till.enter_code("4017")
    lane.pan.shown = ScaleReading(842, stable=True, age_s=0.1, emptied=0)  # it counts anew too
    lane.restart()
    assert (lane.view.screen, lane.view.weighing, len(lane.view.lines)) == (Screen.BASKET, None, 1)
    lane.till.enter_code("4017")
    assert state_of(lane) is Weighs.LEFT


def test_the_next_scan_puts_the_weighing_away_with_a_word(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    view = lane.scan(MILK)
    assert ([line.names["en"] for line in view.lines], view.weighing) == (["Milk"], None)
    assert (said(lane), view.notice and view.notice.names) == ("not_weighed", {"en": "Apple"})


def test_what_is_wrong_with_the_next_scan_is_said_before_that(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    view = lane.scan("9529990000018")
    assert (view.weighing, said(lane), view.lines[0].problem) == (None, "unknown_code", "unknown")


def test_a_code_that_is_no_goods_leaves_the_weighing_alone(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.scan(WALLET)
    assert (lane.state, said(lane)) == (Weighs.READY, "wallet_too_early")
    lane.scan(BADGE)
    assert lane.view.staff is not None
    assert state_of(lane) is Weighs.READY


def test_other_goods_to_weigh_take_the_place_of_the_first(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.scan(CHEESE)
    assert (lane.weighing.sku, said(lane)) == ("CHEESE", "not_weighed")


def test_a_price_that_changes_while_the_goods_lie_there_is_shown_before_it_is_charged(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    shown = lane.weighing
    dearer = {"APPLE": [PriceRow("list", 1590)]}
    write_list(lane.folder / "price-list.sqlite", revision=2, dated=dearer)
    lane.till._ports.prices.renew()
    lane.till.take_weight(shown.sku, shown.grams or 0, shown.unit_minor)
    assert (lane.view.lines, said(lane)) == ((), "weigh_again")
    assert (lane.weighing.unit_minor, lane.weighing.price_minor) == (1590, 1339)
    assert lane.take().lines[0].net_minor == 1339


def test_goods_that_leave_the_list_are_not_weighed_any_more(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    write_list(lane.folder / "price-list.sqlite", revision=2, without=["APPLE"])
    lane.wait(2)
    assert (lane.view.weighing, said(lane)) == (None, "not_sold_here")


def test_a_lost_scale_says_so_and_works_again_by_itself(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.pan.shown, lane.pan.fault = None, "hardware.lost"
    lane.till.device_fault("scale", "hardware.lost")
    assert (lane.state, lane.view.scale_fault) == (Weighs.LOST, "hardware.lost")
    lane.till.call_help()
    assert lane.view.help_called
    lane.lay(842)
    lane.pan.fault = ""
    lane.till.device_fault("scale", "")
    assert state_of(lane) is Weighs.READY
    faults = [event.body for event in lane.events() if event.kind == EventKind.DEVICE_FAULT]
    assert faults == [{"device": "scale", "fault": "hardware.lost"}, {"device": "scale", "fault": ""}]


def test_going_to_pay_ends_it_and_coming_back_does_not_begin_it_again(lane: WeighingRig) -> None:
    lane.scan(BREAD)
    lane.till.enter_code("4017")
    lane.till.pay()
    assert (lane.view.screen, lane.view.weighing) == (Screen.PAY, None)
    lane.till.back_to_basket()
    assert lane.view.weighing is None


def test_a_weighed_code_on_the_pay_screen_leads_back_to_the_basket(lane: WeighingRig) -> None:
    lane.pay_screen(BREAD)
    lane.scan(CHEESE)
    assert (lane.view.screen, lane.weighing.sku) == (Screen.BASKET, "CHEESE")


def test_a_language_is_changed_without_losing_the_weighing(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.lay(842)
    lane.till.set_language("zh-CN")
    assert (lane.view.language, lane.state) == ("zh-CN", Weighs.READY)


def test_goods_laid_on_the_scale_show_that_somebody_is_there_and_swinging_does_not(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.wait(100)
    assert lane.view.idle_warning_s
    lane.lay(842)
    assert not lane.view.idle_warning_s
    for _ in range(100):
        lane.lay(843, stable=False)
        lane.lay(844)
        lane.wait(1)
    assert lane.view.idle_warning_s


def test_an_abandoned_basket_ends_the_weighing(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.later(timedelta(seconds=200))
    assert (lane.view.screen, lane.view.weighing) == (Screen.IDLE, None)
    lane.lay(842)
    assert not lane.pan.watched


def test_an_attendant_cancels_the_basket_under_a_weighing(lane: WeighingRig) -> None:
    lane.till.enter_code("4017")
    lane.scan(BADGE)
    lane.till.staff_act("cancel_basket")
    assert (lane.view.screen, lane.view.weighing) == (Screen.IDLE, None)


def test_a_label_of_the_counter_is_still_a_line_and_says_who_weighed_it(lane: WeighingRig) -> None:
    lane.scan(LABEL)
    body = lane.events()[-1].body
    assert (body["sku"], body["weighed"]) == ("CHEESE", "label")
    assert lane.view.weighing is None
