"""A shopper's visit at the till: what is shown is on disk, and nobody is ever stuck."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.adapters.lane_files import NewestPriceList
from kiosk.services.lane_view import PayBlock, Screen
from retail.events import EventKind
from retail.gtin import check_digit
from retail.labels import LabelTemplate
from retail.router import ProductScan, resolve
from tests.kiosk.lane_rig import BADGE, BREAD, DECLINED, LABEL, MILK, START, WALLET, WINE, LaneRig, write_list


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    return LaneRig(tmp_path)


def said(lane: LaneRig) -> str:
    assert lane.view.notice is not None
    return lane.view.notice.code


def screen_of(lane: LaneRig) -> Screen:
    """The screen of now: a type checker holds `lane.view.screen` to be what it was when last asked."""
    return lane.view.screen


def test_a_lane_starts_idle_with_the_shops_name(lane: LaneRig) -> None:
    assert lane.view.screen is Screen.IDLE
    assert lane.view.shop_names == {"en": "Shop"}
    assert [way.id for way in lane.view.ways] == ["wallet", "card"]


def test_a_shop_without_a_name_is_called_by_its_number(tmp_path: Path) -> None:
    lane = LaneRig(tmp_path)
    write_list(tmp_path / "price-list.sqlite", revision=2, shop_names={})
    lane.wait(1)
    assert lane.view.shop_names == {"": "s"}


def test_the_first_scan_begins_a_basket(lane: LaneRig) -> None:
    view = lane.scan(MILK)
    assert view.screen is Screen.BASKET
    assert [(line.names["en"], line.net_minor) for line in view.lines] == [("Milk", 1280)]
    assert (view.total_minor, view.changed_line, said(lane)) == (1280, 1, "added")


def test_the_same_product_counts_up_and_its_offer_is_taken(lane: LaneRig) -> None:
    view = lane.scan(MILK, MILK)
    assert [(line.quantity, line.net_minor) for line in view.lines] == [(2, 2200)]
    assert (view.saved_minor, view.lines[0].offers[0].saving_minor) == (360, 360)


def test_a_scan_with_a_new_price_is_a_line_of_its_own_and_the_old_one_keeps_what_was_shown(lane: LaneRig) -> None:
    lane.scan(MILK)
    write_list(lane.folder / "price-list.sqlite", revision=2, milk_minor=1500)
    lane.wait(1)
    view = lane.scan(MILK)
    assert [(line.quantity, line.unit_minor) for line in view.lines] == [(1, 1280), (1, 1500)]
    assert view.price_list.revision == 2


def test_an_unknown_code_stays_in_sight_and_blocks_paying_until_put_back(lane: LaneRig) -> None:
    view = lane.scan(MILK, "6900000000001")
    assert (view.lines[1].problem, view.pay_block, said(lane)) == ("unknown", PayBlock.PROBLEM, "unknown_code")
    lane.till.pay()
    assert lane.view.screen is Screen.BASKET
    lane.till.remove_line(2)
    assert lane.view.pay_block is PayBlock.NONE


def test_the_same_unknown_code_is_one_problem(lane: LaneRig) -> None:
    assert len(lane.scan("6900000000001", "6900000000001").lines) == 1


def test_a_price_label_is_paid_as_printed_and_cannot_be_counted(lane: LaneRig) -> None:
    view = lane.scan(LABEL)
    assert (view.lines[0].net_minor, view.lines[0].grams, view.lines[0].countable) == (1000, 125, False)
    lane.till.set_quantity(1, 5)
    assert (lane.view.lines[0].quantity, said(lane)) == (1, "cannot_now")


def test_quantities_have_limits(lane: LaneRig) -> None:
    lane.scan(BREAD)
    lane.till.set_quantity(1, 99)
    assert lane.view.total_minor == 99 * 650
    lane.till.set_quantity(1, 100)
    assert (lane.view.lines[0].quantity, said(lane)) == (99, "limit_reached")
    lane.till.set_quantity(1, 0)
    assert lane.view.lines[0].quantity == 99


def test_a_touch_on_a_line_that_is_gone_is_answered_kindly(lane: LaneRig) -> None:
    lane.scan(BREAD)
    lane.till.remove_line(1)
    lane.till.remove_line(1)
    assert (lane.view.lines, said(lane), lane.view.screen) == ((), "cannot_now", Screen.BASKET)


def test_loose_goods_are_picked_by_picture_or_number(lane: LaneRig) -> None:
    lane.till.browse("", "lem")
    assert [good.sku for good in lane.view.loose.goods] == ["LEMON"]
    lane.till.add_loose("LEMON", 3)
    lane.till.enter_code("4053")
    assert [(line.quantity, line.net_minor) for line in lane.view.lines] == [(4, 800)]


def test_weighed_loose_goods_are_sent_to_the_counter(lane: LaneRig) -> None:
    lane.scan(MILK)
    lane.till.add_loose("APPLE", 1)
    assert (len(lane.view.lines), said(lane)) == (1, "weigh_at_counter")


def test_only_loose_goods_and_bags_can_be_picked_without_a_scan(lane: LaneRig) -> None:
    lane.till.add_loose("WINE", 1)
    assert lane.view.lines == ()
    lane.till.add_loose("BAG", 1)
    assert lane.view.total_minor == 30


def test_a_wallet_code_before_paying_is_a_word_and_no_problem_line(lane: LaneRig) -> None:
    view = lane.scan(WALLET)
    assert (view.screen, said(lane)) == (Screen.IDLE, "wallet_too_early")
    assert lane.scan(MILK, WALLET).lines[-1].problem == ""


def test_a_product_scanned_on_the_pay_screen_goes_on_the_basket(lane: LaneRig) -> None:
    lane.pay_screen()
    view = lane.scan(BREAD)
    assert (view.screen, len(view.lines)) == (Screen.BASKET, 2)


def test_age_is_confirmed_by_a_badge_once_and_the_shopper_can_pay(lane: LaneRig) -> None:
    lane.pay_screen(WINE)
    assert (lane.view.pay_block, lane.view.help_called) == (PayBlock.AGE, True)
    lane.scan(BADGE)
    assert lane.view.staff is not None
    assert lane.view.staff.acts[:2] == ("approve_age", "refuse_age")
    lane.till.staff_act("approve_age")
    lane.till.pay()
    assert (lane.view.screen, lane.view.help_called) == (Screen.PAY, False)


def test_refused_age_takes_the_goods_off_and_the_rest_can_be_paid(lane: LaneRig) -> None:
    lane.scan(WINE, MILK, BADGE)
    lane.till.staff_act("refuse_age")
    assert [line.names["en"] for line in lane.view.lines] == ["Milk"]
    assert lane.view.pay_block is PayBlock.NONE


def test_an_act_without_a_badge_or_not_offered_does_nothing(lane: LaneRig) -> None:
    lane.scan(WINE)
    lane.till.staff_act("approve_age")
    lane.scan(BADGE)
    lane.till.staff_act("open_lane")
    assert lane.view.needs_age == 18


def test_a_strange_badge_opens_nothing(lane: LaneRig) -> None:
    lane.scan("SGB-OTHER")
    assert (lane.view.staff, said(lane)) == (None, "badge_unknown")


def test_the_staff_panel_closes_by_itself(lane: LaneRig) -> None:
    lane.scan(BADGE)
    assert lane.wait(29).staff is not None
    assert lane.wait(2).staff is None


def test_a_closed_lane_stays_closed_over_a_restart_until_opened(lane: LaneRig) -> None:
    lane.scan(BADGE)
    lane.till.staff_act("close_lane")
    lane.restart()
    assert screen_of(lane) is Screen.CLOSED
    lane.scan(MILK)
    assert screen_of(lane) is Screen.CLOSED
    lane.scan(BADGE)
    lane.till.staff_act("open_lane")
    assert screen_of(lane) is Screen.IDLE


def test_an_untouched_basket_warns_then_is_put_away(lane: LaneRig) -> None:
    lane.scan(MILK)
    assert lane.wait(89).idle_warning_s == 0
    assert lane.wait(1).idle_warning_s == 30
    lane.till.touched()
    assert lane.view.idle_warning_s == 0
    assert lane.wait(121).screen is Screen.IDLE
    assert lane.kinds()[-1] == EventKind.BASKET_CANCELLED


def test_help_is_called_and_cleared_on_record(lane: LaneRig) -> None:
    lane.scan(MILK)
    lane.till.call_help()
    lane.till.call_help()
    assert lane.view.help_called
    lane.till.cancel_help()
    assert not lane.view.help_called
    assert [kind for kind in lane.kinds() if kind.startswith("help")] == ["help.called", "help.cleared"]


def test_the_language_can_change_at_any_time_and_the_basket_stays(lane: LaneRig) -> None:
    lane.scan(MILK)
    lane.till.set_language("zh-CN")
    assert (lane.view.language, len(lane.view.lines)) == ("zh-CN", 1)
    lane.till.set_language("xx")
    assert lane.view.language == "zh-CN"
    lane.till.cancel_basket()
    assert lane.view.language == "en"


def test_an_open_basket_comes_back_after_a_power_cut(lane: LaneRig) -> None:
    before = lane.scan(MILK, MILK, LABEL, "6900000000001")
    lane.restart()
    assert lane.view.screen is Screen.BASKET
    assert lane.view.lines == before.lines
    assert (lane.view.total_minor, said(lane)) == (before.total_minor, "basket_restored")


def test_a_list_that_is_too_old_stops_new_baskets_but_not_the_open_one(lane: LaneRig) -> None:
    lane.scan(MILK)
    lane.now += timedelta(days=8)
    lane.up += timedelta(days=8).total_seconds()
    lane.till.touched()
    lane.till.tick()
    assert (lane.view.screen, lane.view.price_list.old) == (Screen.BASKET, True)
    lane.till.cancel_basket()
    assert lane.wait(1).screen is Screen.LIST_TOO_OLD
    assert lane.scan(MILK).screen is Screen.LIST_TOO_OLD
    write_list(lane.folder / "price-list.sqlite", revision=2, published_at=lane.now)
    assert lane.wait(1).screen is Screen.IDLE


def test_a_lane_without_a_list_waits_for_it(lane: LaneRig) -> None:
    (lane.folder / "price-list.sqlite").unlink()
    lane.restart()
    assert (lane.view.screen, lane.view.fault) == (Screen.OUT_OF_SERVICE, "no_price_list")
    write_list(lane.folder / "price-list.sqlite")
    assert lane.wait(6).screen is Screen.IDLE


def test_a_damaged_new_list_leaves_the_old_one_in_use(lane: LaneRig) -> None:
    lane.scan(MILK)
    (lane.folder / "other").write_bytes(b"not a database")
    (lane.folder / "other").replace(lane.folder / "price-list.sqlite")
    assert lane.scan(BREAD).total_minor == 1280 + 650


def test_what_cannot_be_written_did_not_happen_and_the_lane_comes_back(lane: LaneRig) -> None:
    lane.scan(MILK)
    other = sqlite3.connect(lane.folder / "journal.sqlite")
    other.execute("PRAGMA busy_timeout = 0")
    (lane.folder / "journal.sqlite").chmod(0o600)
    other.execute("BEGIN EXCLUSIVE")
    try:
        view = lane.scan(BREAD)
        assert view.screen is Screen.OUT_OF_SERVICE
    finally:
        other.rollback()
        other.close()
    view = lane.wait(6)
    assert view.screen is Screen.BASKET
    assert [line.names["en"] for line in view.lines] == ["Milk"]


def test_offline_ways_are_shown_as_closed(lane: LaneRig) -> None:
    lane.bank.traits = lane.terminal.traits.__class__(
        lane.bank.traits.presents, resend_start_is_safe=True, cancel_refunds=True
    )
    lane.gateway_names = ("hub", "terminal")
    lane.restart()
    lane.agent.online = False
    lane.pay_screen()
    assert [(way.id, way.available, way.why) for way in lane.view.ways] == [
        ("wallet", False, "offline"),
        ("card", False, "offline"),
    ]
    lane.scan(WALLET)
    assert (lane.view.screen, lane.bank.asked) == (Screen.PAY, [])


def test_a_declined_card_leads_back_to_paying_with_the_reason(lane: LaneRig) -> None:
    lane.pay_screen()
    lane.terminal.answers.append(DECLINED)
    lane.till.choose_way("card")
    assert (lane.view.screen, lane.view.decline) == (Screen.PAY, "funds")


def test_prices_are_compared_in_the_shops_own_day(lane: LaneRig) -> None:
    # 23:30 in Shanghai is still the 22nd; goods good until the 22nd are sold.
    lane.later(timedelta(hours=11, minutes=30))
    assert lane.scan(f"01{MILK.zfill(14)}17261122").lines[0].problem == ""
    lane.now += timedelta(hours=1)
    lane.up += 3600
    assert lane.scan(f"01{MILK.zfill(14)}17261122").lines[-1].problem == "expired"


def test_a_lanes_own_label_templates_are_read_after_the_lists(tmp_path: Path) -> None:
    write_list(tmp_path / "price-list.sqlite")
    own = LabelTemplate.parse("29{item:4}{price:6}{check}")
    prices = NewestPriceList(tmp_path / "price-list.sqlite", templates=(own,)).current()
    body = "291234001000"
    found = resolve(body + check_digit(body), at=START, lookup=prices)
    assert isinstance(found, ProductScan)
    assert (found.listing.product.sku, found.label_minor) == ("CHEESE", 1000)
