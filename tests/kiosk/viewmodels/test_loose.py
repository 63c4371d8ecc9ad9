"""Loose goods and bags: names, prices and pictures as QML shows them."""

from dataclasses import replace

import pytest

from kiosk.services.lane_view import CategoryView, LooseGoodsView, LooseView
from kiosk.services.texts import Texts
from kiosk.viewmodels.loose import LooseViewModel
from retail.product import Unit
from tests.kiosk.qml.pay_views import BASE, names
from tests.kiosk.viewmodels.shown import changes, rows

pytestmark = pytest.mark.usefixtures("qapp")
LEMON = LooseView("LEMON", names("柠檬", "檸檬", "Lemon"), Unit.PIECE, 200, "lemon", "4053")
APPLE = LooseView("APPLE", names("苹果", "蘋果", "Apple"), Unit.KG, 1190, "apple", "4017")
BAG = LooseView("BAG", names("购物袋", "購物袋", "Bag"), Unit.PIECE, 30, "", "")
FRUIT = CategoryView("fruit", names("水果", "水果", "Fruit"), "apple")
VIEW = replace(
    BASE,
    loose=LooseGoodsView((FRUIT,), (LEMON, APPLE), "fruit", "L"),
    bags=(BAG,),
    picture_root="file:///p/",
)


@pytest.fixture
def loose() -> LooseViewModel:
    return LooseViewModel(Texts.load())


def test_goods_by_piece_and_by_weight(loose: LooseViewModel) -> None:
    loose.show(VIEW)
    lemon, apple = rows(loose.goods)
    assert lemon == {
        "sku": "LEMON",
        "name": "Lemon",
        "picture": "file:///p/lemon",
        "initial": "L",
        "price": "¥2.00",
        "weighed": False,
        "plu": "4053",
    }
    assert (apple["price"], apple["weighed"]) == ("¥11.90/kg", True)


def test_categories_and_bags(loose: LooseViewModel) -> None:
    loose.show(VIEW)
    assert rows(loose.categories) == [
        {"category": "fruit", "name": "Fruit", "picture": "file:///p/apple", "initial": "F"}
    ]
    assert [(bag["name"], bag["price"], bag["picture"]) for bag in rows(loose.bags)] == [("Bag", "¥0.30", "")]


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "柠檬"), ("zh-TW", "檸檬")])
def test_names_follow_the_language(loose: LooseViewModel, language: str, name: str) -> None:
    loose.show(replace(VIEW, language=language))
    assert (rows(loose.goods)[0]["name"], rows(loose.goods)[0]["initial"]) == (name, name[0])


def test_a_search_without_an_answer_says_so(loose: LooseViewModel) -> None:
    loose.show(VIEW)
    assert (loose.property("empty"), loose.property("category"), loose.property("search")) == (False, "fruit", "L")
    loose.show(replace(VIEW, loose=LooseGoodsView((FRUIT,), (), "", "XQ")))
    assert (loose.property("empty"), loose.property("search"), len(rows(loose.goods))) == (True, "XQ", 0)


def test_the_same_snapshot_says_nothing(loose: LooseViewModel) -> None:
    loose.show(VIEW)
    with changes(loose) as said:
        loose.show(VIEW)
    assert said == []


def test_the_goods_looked_at_follow_language_and_answer(loose: LooseViewModel) -> None:
    loose.show(VIEW)
    loose.pick("APPLE")
    assert (loose.property("pickedName"), loose.property("pickedWeighed")) == ("Apple", True)
    loose.show(replace(VIEW, language="zh-TW"))
    assert (loose.property("pickedSku"), loose.property("pickedName")) == ("APPLE", "蘋果")
    loose.show(replace(VIEW, loose=LooseGoodsView((FRUIT,), (LEMON,), "", "L")))
    assert (loose.property("pickedSku"), loose.property("pickedName")) == ("", "")


def test_goods_that_are_not_shown_cannot_be_looked_at(loose: LooseViewModel) -> None:
    loose.show(VIEW)
    loose.pick("BREAD")
    assert loose.property("pickedSku") == ""
