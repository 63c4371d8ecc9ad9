"""The root view-model: each touch reaches the till as what it means, and sheets know when to close."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.services.lane_view import LaneActions, LooseGoodsView, LooseView, Notice, PaymentView, Screen, StaffView
from kiosk.services.texts import Texts
from kiosk.viewmodels.lane import LaneViewModel
from payments.gateway import Presents
from retail.product import Unit
from tests.kiosk.qml.lane_window import Asked
from tests.kiosk.qml.pay_views import BASE, LINES
from tests.kiosk.viewmodels.shown import as_qml, changes, rows

pytestmark = pytest.mark.usefixtures("qapp")
TEXTS = Texts.load()
BASKET = replace(BASE, screen=Screen.BASKET)
# Touched in test_membership.py: each needs something that is shown.
MEMBERSHIP = {
    "use_coupon",
    "join",
    "refuse_joining",
    "forget_member",
    "open_phone",
    "enter_phone",
    "enter_phone_code",
    "close_phone",
    "park",
}


class Bench:
    def __init__(self) -> None:
        self.asked = Asked()
        self.model = LaneViewModel(self.asked, TEXTS)
        self.model.show(BASKET)

    def value(self, name: str) -> object:
        return self.model.property(name)


@pytest.fixture
def bench() -> Bench:
    return Bench()


FORWARDED: list[tuple[Callable[[LaneViewModel], None], tuple[object, ...]]] = [
    (lambda model: model.start(), ("start",)),
    (lambda model: model.chooseLanguage("zh-TW"), ("set_language", "zh-TW")),
    (lambda model: model.chooseCategory("fruit"), ("browse", "fruit", "")),
    (lambda model: model.addLoose("LEMON", 3), ("add_loose", "LEMON", 3)),
    (lambda model: as_qml(model.weigh).allNew(), ("weigh_all_new",)),
    (lambda model: as_qml(model.weigh).stop(), ("stop_weighing",)),
    (lambda model: model.setQuantity(4, 2), ("set_quantity", 4, 2)),
    (lambda model: model.removeLine(4), ("remove_line", 4)),
    (lambda model: model.withdrawCoupon("SGC-5"), ("withdraw_coupon", "SGC-5")),
    (lambda model: model.cancelBasket(), ("cancel_basket",)),
    (lambda model: model.keepBasket(), ("keep_basket",)),
    (lambda model: model.toPay(), ("pay",)),
    (lambda model: model.backToBasket(), ("back_to_basket",)),
    (lambda model: model.payAtTill(), ("pay_at_till",)),
    (lambda model: model.chooseWay("card"), ("choose_way", "card")),
    (lambda model: model.cancelPayment(), ("cancel_payment",)),
    (lambda model: model.chooseReceipt("print"), ("choose_receipt", "print")),
    (lambda model: model.finish(), ("finish",)),
    (lambda model: model.callHelp(), ("call_help",)),
    (lambda model: model.cancelHelp(), ("cancel_help",)),
    (lambda model: model.staffAct("approve_age"), ("staff_act", "approve_age")),
    (lambda model: as_qml(model.refund).confirm(), ("refund", "confirm", "", 0)),
    (lambda model: model.closeStaff(), ("close_staff",)),
    (lambda model: model.touched(), ("touched",)),
]


@pytest.mark.parametrize(("touch", "act"), FORWARDED, ids=[str(act[0]) for _, act in FORWARDED])
def test_a_touch_asks_for_one_act(
    bench: Bench, touch: Callable[[LaneViewModel], None], act: tuple[object, ...]
) -> None:
    touch(bench.model)
    assert bench.asked.acts == [act]


def test_no_act_is_left_without_a_touch() -> None:
    asked = {str(act[0]) for _, act in FORWARDED} | {"enter_code", "take_weight"} | MEMBERSHIP
    assert asked == {name for name in vars(LaneActions) if not name.startswith("_")}


def test_a_sheet_opens_fresh_and_counts_as_a_touch(bench: Bench) -> None:
    bench.model.openSheet("keypad")
    bench.model.typed("7")
    bench.model.openSheet("loose")
    assert (bench.value("sheet"), bench.value("typedCode"), bench.value("search")) == ("loose", "", "")
    assert bench.asked.acts == [("touched",), ("browse", "", ""), ("touched",)]


@pytest.mark.parametrize(
    "next_view",
    [
        replace(BASKET, notice=Notice("added", 5, {"name": "Milk"}, good=True)),
        replace(BASKET, screen=Screen.PAY),
        replace(BASKET, screen=Screen.IDLE, lines=()),
    ],
    ids=["a scan", "another screen", "idle"],
)
def test_a_sheet_closes_when_something_else_must_be_seen(bench: Bench, next_view: object) -> None:
    bench.model.openSheet("keypad")
    bench.model.typed("1")
    bench.model.show(next_view)  # type: ignore[arg-type]
    assert (bench.value("sheet"), bench.value("typedCode")) == ("", "")


def test_a_sheet_stays_while_nothing_happens(bench: Bench) -> None:
    said = replace(BASKET, notice=Notice("added", 5, {"name": "Milk"}))
    bench.model.show(said)
    bench.model.openSheet("bags")
    bench.model.show(replace(said, language="zh-CN", idle_warning_s=0))
    assert bench.value("sheet") == "bags"


def test_letters_reach_the_search_of_loose_goods(bench: Bench) -> None:
    bench.model.openSheet("loose")
    bench.asked.acts.clear()
    for key in ("l", "M", "\b", "e"):
        bench.model.typed(key)
    assert bench.value("search") == "LE"
    assert bench.asked.acts == [("browse", "", found) for found in ("L", "LM", "L", "LE")]


def test_only_digits_reach_the_keypad(bench: Bench) -> None:
    bench.model.openSheet("keypad")
    for key in ("4", "x", "0", "9", "\b", "1", "7"):
        bench.model.typed(key)
    assert bench.value("typedCode") == "4017"


def test_keys_without_a_sheet_go_nowhere(bench: Bench) -> None:
    for sheet in ("", "bags", "cancel"):
        bench.model.put(sheet=sheet)
        bench.model.typed("7")
    assert (bench.value("typedCode"), bench.value("search"), bench.asked.acts) == ("", "", [])


def test_a_code_has_an_end_and_a_search_too(bench: Bench) -> None:
    bench.model.openSheet("keypad")
    for _ in range(30):
        bench.model.typed("9")
    assert bench.value("typedCode") == "9" * 18
    bench.model.openSheet("loose")
    for _ in range(30):
        bench.model.typed("q")
    assert bench.value("search") == "Q" * 12


def test_a_backspace_on_nothing_is_nothing(bench: Bench) -> None:
    bench.model.openSheet("keypad")
    bench.model.typed("\b")
    assert bench.value("typedCode") == ""


def test_enter_hands_the_code_over_and_closes(bench: Bench) -> None:
    bench.model.openSheet("keypad")
    bench.model.typed("4")
    bench.model.typed("2")
    bench.model.enterTyped()
    assert bench.asked.acts[-1] == ("enter_code", "42")
    assert bench.value("sheet") == ""


def test_enter_without_digits_asks_for_nothing(bench: Bench) -> None:
    bench.model.openSheet("keypad")
    bench.asked.acts.clear()
    bench.model.enterTyped()
    assert bench.asked.acts == []


def test_clearing_the_search_browses_all_again(bench: Bench) -> None:
    bench.model.openSheet("loose")
    bench.model.typed("q")
    bench.model.clearTyped()
    assert (bench.value("search"), bench.asked.acts[-1]) == ("", ("browse", "", ""))


@pytest.mark.parametrize("touch", ["addLoose", "cancelBasket"])
def test_an_act_from_a_sheet_closes_it(bench: Bench, touch: str) -> None:
    bench.model.openSheet("loose" if touch == "addLoose" else "cancel")
    getattr(bench.model, touch)(*(("LEMON", 1) if touch == "addLoose" else ()))
    assert bench.value("sheet") == ""


def test_the_words_are_there_before_the_screen_changes(bench: Bench) -> None:
    seen: list[object] = []
    bench.model.screenChanged.connect(lambda: seen.append(bench.value("faultText")))
    bench.model.show(replace(BASE, screen=Screen.OUT_OF_SERVICE, fault="journal_full"))
    assert seen == [TEXTS.text("en", "fault.journal_full")]


def test_a_lane_that_breaks_with_a_payment_open_sends_nobody_to_pay_at_the_next_till(bench: Bench) -> None:
    broken = replace(BASE, screen=Screen.OUT_OF_SERVICE, fault="journal_full")
    bench.model.show(broken)
    assert "next till" in str(bench.value("outText"))
    payment = PaymentView("wallet", Presents.SHOPPER_CODE, 1280)
    bench.model.show(replace(broken, payment=payment))
    assert "Please do not pay again" in str(bench.value("outText"))
    assert "next till" not in str(bench.value("outText"))


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_text_follows_the_language(bench: Bench, language: str) -> None:
    staff = StaffView("Lin", ("approve_age", "close_lane"), 20)
    view = replace(BASKET, language=language, staff=staff, notice=Notice("removed", 1, names=LINES[0].names))
    view = replace(view, price_list=replace(view.price_list, old=True))
    bench.model.show(view)
    assert bench.value("shopName") == BASE.shop_names[language]
    assert bench.value("noticeText") == TEXTS.text(language, "notice.removed", name=LINES[0].names[language])
    shown = as_qml(bench.model.staff)
    assert shown.property("who") == TEXTS.text(language, "staff.who", who="Lin")
    assert bench.value("listText") == TEXTS.text(language, "common.prices_as_of", time="14:05")
    assert "2026" in str(bench.value("listTime"))
    assert shown.property("acts") == [
        {"act": act, "text": TEXTS.text(language, f"staff_act.{act}")} for act in staff.acts
    ]


@pytest.mark.parametrize("code", ["added", "quantity"])
def test_what_the_list_shows_is_not_said_again(bench: Bench, code: str) -> None:
    bench.model.show(replace(BASKET, notice=Notice(code, 3, {"n": "2"}, good=True, names={"en": "Milk"})))
    assert (bench.value("noticeText"), bench.value("noticeSerial")) == ("", 3)


def test_goods_are_looked_at_closely_until_the_sheet_closes(bench: Bench) -> None:
    lemon = LooseView("LEMON", {"en": "Lemon"}, Unit.PIECE, 200, "", "4053")
    bench.model.show(replace(BASKET, loose=LooseGoodsView(goods=(lemon,))))
    bench.model.openSheet("loose")
    bench.model.pickLoose("LEMON")
    loose = as_qml(bench.model.loose)
    assert (loose.property("pickedSku"), loose.property("pickedName"), loose.property("pickedPrice")) == (
        "LEMON",
        "Lemon",
        "¥2.00",
    )
    bench.model.closeSheet()
    assert loose.property("pickedSku") == ""


def test_a_language_switch_keeps_the_lines_where_they_are(bench: Bench) -> None:
    moved: list[object] = []
    lines = as_qml(as_qml(bench.model.basket).lines)
    for signal in (lines.rowsInserted, lines.rowsRemoved):
        signal.connect(lambda *_: moved.append(1))
    lines.modelReset.connect(lambda: moved.append(1))
    before = [row["number"] for row in rows(lines)]
    bench.model.show(replace(BASKET, language="zh-CN"))
    assert ([row["number"] for row in rows(lines)], moved, bench.value("language")) == (before, [], "zh-CN")


def test_all_languages_are_offered_by_their_own_names(bench: Bench) -> None:
    offered = bench.model.property("languages")
    assert [(one["tag"], one["name"]) for one in offered] == [(tag, TEXTS.name(tag)) for tag in TEXTS.languages]
    assert all(one["short"] for one in offered)


def test_the_same_snapshot_says_nothing(bench: Bench) -> None:
    with changes(bench.model) as said:
        bench.model.show(BASKET)
    assert said == []


def test_a_fresh_list_says_nothing_in_the_header(bench: Bench) -> None:
    assert bench.value("listText") == ""
    bench.model.show(replace(BASKET, price_list=replace(BASKET.price_list, published_at="")))
    assert bench.value("listTime") == TEXTS.text("en", "stale.never")
