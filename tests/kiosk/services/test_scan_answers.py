"""Every kind of scan on every screen: an answer or silence, never a lost basket, never a fault."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.services.lane_view import LaneView, Screen
from offline_cache.journal import JournalReader
from retail.events import EventKind
from tests.kiosk.lane_rig import APPROVED, BADGE, BREAD, LABEL, MILK, UNKNOWN, WALLET, LaneRig, write_list

GTIN = f"01{MILK.zfill(14)}"
GOODS = {
    "product": BREAD,
    "label": LABEL,
    "serial": f"{GTIN}21S9",
    "lot": f"{GTIN}10L9",
    "unknown": "6900000000001",
    "expired": f"{GTIN}17200101",
    "label unknown": "2199999010008",
    "link": f"https://id.gs1.org/01/{MILK.zfill(14)}/21/S8",
}
WORDS = {
    "member": "SGM-1",
    "coupon": "SGC-1",
    "printed coupon": "9912345678909",
    "guide": "SGG-1",
    "other basket": "SGP-1",
    "url": "https://example.com/",
    "strange badge": "SGB-NOBODY",
}
OTHERS = {"badge": BADGE, "wallet": WALLET, "nothing": "", "hostile": "\x1d\x00'; DROP TABLE event;--" * 50}


def idle(lane: LaneRig) -> None:
    lane.wait(1)


def basket(lane: LaneRig) -> None:
    lane.scan(MILK)


def pay(lane: LaneRig) -> None:
    lane.pay_screen(MILK)


def paying(lane: LaneRig) -> None:
    lane.runner.held = True
    lane.pay_screen(MILK)
    lane.till.choose_way("card")


def doubt(lane: LaneRig) -> None:
    lane.pay_screen(MILK)
    lane.terminal.answers.append(UNKNOWN)
    lane.till.choose_way("card")
    lane.wait(200)


def done(lane: LaneRig) -> None:
    lane.pay_screen(MILK)
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")


def to_till(lane: LaneRig) -> None:
    pay(lane)
    lane.scan(BADGE)
    lane.till.staff_act("hand_over")


def no_way(lane: LaneRig) -> None:
    write_list(lane.folder / "price-list.sqlite", revision=2, payments={"pay_at_till": False})
    lane.agent.online = False
    lane.restart()
    lane.wait(1)


def closed(lane: LaneRig) -> None:
    lane.scan(BADGE)
    lane.till.staff_act("close_lane")


def too_old(lane: LaneRig) -> None:
    lane.later(timedelta(days=8))


def broken(lane: LaneRig) -> None:
    (lane.folder / "price-list.sqlite").unlink()
    lane.restart()


SCREENS: dict[Screen, Callable[[LaneRig], None]] = {
    Screen.IDLE: idle,
    Screen.BASKET: basket,
    Screen.PAY: pay,
    Screen.PAYING: paying,
    Screen.PAYMENT_UNKNOWN: doubt,
    Screen.DONE: done,
    Screen.TO_TILL: to_till,
    Screen.CLOSED: closed,
    Screen.LIST_TOO_OLD: too_old,
    Screen.NO_WAY: no_way,
    Screen.OUT_OF_SERVICE: broken,
}
TAKES_GOODS = {Screen.IDLE, Screen.BASKET, Screen.PAY, Screen.DONE}


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    return LaneRig(tmp_path)


def goods(view: LaneView) -> list[tuple[int, str, int]]:
    """What lies in the basket: its price may fall when more is bought."""
    return [(line.number, line.code, line.quantity) for line in view.lines]


def said(lane: LaneRig) -> str:
    return lane.view.notice.code if lane.view.notice else ""


def test_every_screen_is_among_those_tried() -> None:
    assert set(SCREENS) == set(Screen)


@pytest.mark.parametrize("screen", SCREENS)
def test_no_kind_of_scan_loses_the_basket_or_the_lane(lane: LaneRig, screen: Screen) -> None:
    SCREENS[screen](lane)
    assert lane.view.screen is screen
    lines, fault, before = lane.view.lines, lane.view.fault, goods(lane.view)
    for kind, text in {**WORDS, **GOODS, **OTHERS}.items():
        view = lane.scan(text)
        assert view.fault == fault, kind
        if screen in {Screen.BASKET, Screen.PAY}:
            assert goods(view)[: len(lines)] == before, kind
        if screen not in TAKES_GOODS:
            assert (view.screen, view.lines) == (screen, lines), kind
    assert lane.verify().ok


@pytest.mark.parametrize("screen", [Screen.IDLE, Screen.BASKET, Screen.PAY, Screen.DONE])
@pytest.mark.parametrize("kind", GOODS)
def test_goods_are_a_line_whether_they_can_be_sold_or_not(lane: LaneRig, screen: Screen, kind: str) -> None:
    SCREENS[screen](lane)
    before = len(lane.view.lines) if screen in {Screen.BASKET, Screen.PAY} else 0
    view = lane.scan(GOODS[kind])
    assert (view.screen, len(view.lines)) == (Screen.BASKET, before + 1)


@pytest.mark.parametrize("screen", [Screen.IDLE, Screen.BASKET, Screen.PAY, Screen.DONE])
@pytest.mark.parametrize("kind", WORDS)
def test_what_is_no_goods_is_a_word_and_the_screen_stays(lane: LaneRig, screen: Screen, kind: str) -> None:
    SCREENS[screen](lane)
    lines = lane.view.lines
    view = lane.scan(WORDS[kind])
    begun = kind == "guide" and screen is Screen.IDLE  # the guide comes first, then the goods
    assert view.screen is (Screen.BASKET if begun else screen)
    assert view.lines == lines
    assert (
        said(lane)
        == {
            "member": "member_no_programme",
            "coupon": "coupon_noted",
            "printed coupon": "coupon_noted",
            "guide": "guide_too_late" if screen is Screen.DONE else "guide_noted",
            "other basket": "basket_damaged",
            "url": "url_ignored",
            "strange badge": "badge_unknown",
        }[kind]
    )


def test_a_coupon_changes_no_price(lane: LaneRig) -> None:
    before = lane.scan(MILK).total_minor
    assert (lane.scan("SGC-1", "9912345678909").total_minor, lane.view.lines[0].problem) == (before, "")


def test_the_last_guide_counts_and_is_on_the_sale(lane: LaneRig) -> None:
    lane.scan("SGG-1", MILK, "SGG-1", "SGG-2")
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        codes = [event.body["code"] for event in journal.events() if event.kind == EventKind.GUIDE_IDENTIFIED]
        assert {event.sale_id for event in journal.events()} == {journal.events()[-1].sale_id}
    assert codes == ["SGG-1", "SGG-2"]
    lane.till.pay()
    assert lane.scan("SGG-3").screen is Screen.PAY


def test_a_guides_code_of_a_whole_page_is_kept_short(lane: LaneRig) -> None:
    lane.scan("SGG-" + "\x07x" * 500)
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        code = journal.events()[-1].body["code"]
    assert len(code) <= 64
    assert code.isprintable()


def test_a_guide_who_is_late_does_not_end_the_screen_that_says_paid(lane: LaneRig) -> None:
    done(lane)
    assert lane.scan("SGG-1").screen is Screen.DONE
    assert EventKind.GUIDE_IDENTIFIED not in lane.kinds()


def test_a_list_in_another_currency_leaves_what_the_guide_began(lane: LaneRig) -> None:
    lane.scan("SGG-1", MILK)
    write_list(lane.folder / "price-list.sqlite", revision=2, currency="EUR")
    lane.wait(1)
    view = lane.scan(BREAD)
    assert (len(view.lines), said(lane)) == (1, "cannot_now")


def test_what_the_scanner_says_of_the_symbol_counts(lane: LaneRig) -> None:
    with closing(sqlite3.connect(lane.folder / "price-list.sqlite")) as db, db:
        db.execute("INSERT INTO code VALUES ('042100005264', 3, 1), ('04252614', 7, 1)")
    lane.restart()
    lane.till.scan("04252614", "UPCE")  # short for 042100005264
    lane.till.scan("04252614", "EAN8")  # the shop's own code of as many digits
    assert [line.names.get("en") for line in lane.view.lines] == ["Bread", "Bag"]


@pytest.mark.parametrize("code", [f"{BADGE}\x01", BADGE + "9" * 70, BADGE + "9" * 2000, "SGM-4711\x1f"])
def test_a_secret_that_came_mangled_is_neither_shown_nor_written(lane: LaneRig, code: str) -> None:
    view = lane.scan(MILK, code)
    assert [line.code for line in view.lines] == [MILK]
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        assert not any("SG" in str(event.body) for event in journal.events())
