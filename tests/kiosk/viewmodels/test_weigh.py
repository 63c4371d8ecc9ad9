"""Goods on the scale as the screen shows them: figures, price and advice in the shopper's language."""

from dataclasses import replace

import pytest

from kiosk.services.lane_view import LaneView, LooseGoodsView, LooseView, Screen
from kiosk.services.texts import Texts
from kiosk.services.weighing import WeighingView, Weighs
from kiosk.viewmodels.lane import LaneViewModel
from retail.product import Unit
from tests.kiosk.qml.lane_window import Asked

TEXTS = Texts.load()
APPLE = LooseView("APPLE", {"en": "Apple", "zh-CN": "苹果"}, Unit.KG, 1190, "", "4017")
LEMON = LooseView("LEMON", {"en": "Lemon"}, Unit.PIECE, 200, "", "4053")
LANE = LaneView(screen=Screen.BASKET, loose=LooseGoodsView(goods=(APPLE, LEMON)), has_scale=True)
READY = WeighingView(Weighs.READY, "APPLE", APPLE.names, "", 1190, 5, 837, 996)


class Bench:
    def __init__(self) -> None:
        self.asked = Asked()
        self.model = LaneViewModel(self.asked, TEXTS)

    def show(self, weighing: WeighingView | None, language: str = "en") -> None:
        self.model.show(replace(LANE, weighing=weighing, language=language))

    def value(self, name: str) -> object:
        return self.model._weigh.property(name)


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.show(READY)
    return bench


def test_weight_tare_and_price_are_text_in_the_shoppers_form(bench: Bench) -> None:
    shown = [bench.value(name) for name in ("name", "figures", "sign", "price", "unitPrice", "tareText", "ready")]
    assert shown == ["Apple", "0.837", "¥", "9.96", "¥11.90/kg", "Bag or tray: −5 g", True]


def test_a_language_changes_what_is_said(bench: Bench) -> None:
    bench.show(replace(READY, state=Weighs.EMPTY), "zh-CN")
    assert bench.value("advice") == "请把苹果放到秤上"


@pytest.mark.parametrize("state", Weighs)
@pytest.mark.parametrize("language", TEXTS.languages)
def test_each_state_says_what_to_do_in_each_language(bench: Bench, state: Weighs, language: str) -> None:
    bench.show(replace(READY, state=state), language)
    assert bench.value("advice") == TEXTS.text(language, f"weigh.{state}", name=bench.value("name"))
    assert TEXTS.entry(language, f"weigh.{state}")
    assert bench.value("ready") is (state is Weighs.READY)


def test_without_a_figure_dashes_stand_and_no_price(bench: Bench) -> None:
    bench.show(replace(READY, state=Weighs.SETTLING, grams=None, price_minor=None))
    assert (bench.value("figures"), bench.value("price"), bench.value("sign")) == ("– – –", "", "")


def test_a_weight_under_nothing_has_its_sign(bench: Bench) -> None:
    bench.show(replace(READY, state=Weighs.UNDER, grams=-45, price_minor=None))
    assert bench.value("figures") == "−0.045"


def test_a_touch_takes_what_is_shown(bench: Bench) -> None:
    bench.model._weigh.take()
    assert bench.asked.acts == [("take_weight", "APPLE", 837, 1190)]


def test_a_late_touch_after_the_end_takes_nothing(bench: Bench) -> None:
    bench.show(None)
    bench.model._weigh.take()
    assert (bench.asked.acts, bench.value("open")) == ([], False)


def test_what_changes_along_with_the_weight_is_shown_too(bench: Bench) -> None:
    bench.show(replace(READY, grams=900))
    assert bench.value("figures") == "0.900"
    later = replace(LANE, weighing=replace(READY, grams=901), total_minor=1234, language="zh-CN")
    bench.model.show(later)
    assert (bench.value("figures"), bench.model._basket.value("totalText")) == ("0.901", "12.34")
    assert bench.model.value("language") == "zh-CN"
    bench.model.show(replace(later, weighing=None))
    assert bench.value("open") is False


def test_a_weight_alone_lays_no_line_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.model._basket, "show", None)
    bench.show(replace(READY, grams=900))
    assert bench.value("figures") == "0.900"


def test_weighed_goods_go_to_the_scale_by_one_touch_on_their_picture(bench: Bench) -> None:
    bench.show(None)
    bench.model.openSheet("loose")
    bench.model.pickLoose("APPLE")
    assert bench.asked.acts[-1] == ("add_loose", "APPLE", 1)
    assert bench.model.value("sheet") == ""
    bench.model.openSheet("loose")
    bench.model.pickLoose("LEMON")
    assert bench.model._loose.value("pickedSku") == "LEMON"


def test_without_a_scale_they_are_looked_at_and_sent_to_the_counter(bench: Bench) -> None:
    bench.model.show(replace(LANE, has_scale=False))
    bench.model.pickLoose("APPLE")
    assert (bench.model._loose.value("pickedSku"), bench.asked.acts) == ("APPLE", [])


def test_another_sheet_makes_room_for_the_scale(bench: Bench) -> None:
    bench.show(None)
    bench.model.openSheet("keypad")
    bench.show(READY)
    assert (bench.model.value("sheet"), bench.value("open")) == ("", True)
