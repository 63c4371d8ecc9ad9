"""The basket in words: amounts, savings, problems, and why it cannot be paid, in each language."""

from dataclasses import replace

import pytest

from kiosk.services.basket import STAYS_AS_PROBLEM
from kiosk.services.lane_view import LineView, PayBlock
from kiosk.services.texts import Texts
from kiosk.viewmodels.basket import BasketViewModel
from retail.line import CLEARABLE
from tests.kiosk.qml.pay_views import BASE, LINES
from tests.kiosk.viewmodels.shown import as_qml, changes, rows

pytestmark = pytest.mark.usefixtures("qapp")
PROBLEM = LineView(9, "9529990000018", problem="unknown", countable=False)


@pytest.fixture
def basket() -> BasketViewModel:
    return BasketViewModel(Texts.load())


def test_a_line_says_what_it_is_and_costs(basket: BasketViewModel) -> None:
    basket.show(BASE)
    milk, apples, bread, wine, water = rows(basket.lines)
    assert milk["name"] == "Farm milk 1\u00a0L"  # a unit is never left alone on a line
    assert (milk["detail"], milk["price"], milk["listPrice"]) == ("¥12.80 each", "¥22.00", "¥25.60")
    assert milk["savings"] == [{"text": "Milk week: any 2 for ¥22.00", "amount": "−¥3.60"}]
    assert (apples["detail"], apples["countable"]) == ("0.842 kg × ¥11.90/kg", False)
    assert (bread["savings"], bread["listPrice"]) == ([{"text": "Special price", "amount": "−¥2.00"}], "¥16.80")
    assert wine["ageText"] == "Age check when you pay"
    assert (water["quantity"], water["listPrice"], water["savings"], water["ageText"]) == (6, "", [], "")


def test_special_price_and_offer_on_one_line_are_both_named(basket: BasketViewModel) -> None:
    basket.show(replace(BASE, lines=(replace(LINES[0], special_saving_minor=10),)))
    assert rows(basket.lines)[0]["savings"] == [
        {"text": "Special price", "amount": "−¥0.10"},
        {"text": "Milk week: any 2 for ¥22.00", "amount": "−¥3.60"},
    ]


def test_a_problem_line_shows_its_code_and_the_reason(basket: BasketViewModel) -> None:
    basket.show(replace(BASE, lines=(PROBLEM,), pay_block=PayBlock.PROBLEM))
    (line,) = rows(basket.lines)
    assert (line["problem"], line["problemText"]) == ("unknown", "This item is not in our list")
    assert line["name"] == line["detail"] == "9529990000018"


def test_a_problem_line_shows_what_it_is_where_that_is_known(basket: BasketViewModel) -> None:
    milk = replace(PROBLEM, names={"en": "Milk"}, problem="recalled")
    basket.show(replace(BASE, lines=(milk,), pay_block=PayBlock.PROBLEM))
    assert rows(basket.lines)[0]["detail"] == "Milk"


@pytest.mark.parametrize("problem", sorted({*STAYS_AS_PROBLEM.values(), *CLEARABLE}))
@pytest.mark.parametrize("language", Texts.load().languages)
def test_every_problem_has_words(basket: BasketViewModel, problem: str, language: str) -> None:
    basket.show(replace(BASE, language=language, lines=(replace(PROBLEM, problem=problem),)))
    assert rows(basket.lines)[0]["problemText"] not in {"", f"basket.problem_{problem}"}


@pytest.mark.parametrize(
    ("block", "can_pay", "payable"),
    [
        (PayBlock.NONE, True, True),
        (PayBlock.AGE, True, False),
        (PayBlock.PROBLEM, False, False),
        (PayBlock.EMPTY, False, False),
    ],
)
def test_what_stands_in_the_way_is_said(basket: BasketViewModel, block: PayBlock, can_pay: bool, payable: bool) -> None:
    basket.show(replace(BASE, pay_block=block, needs_age=18))
    assert (basket.property("canPay"), basket.property("payable")) == (can_pay, payable)
    assert bool(basket.property("blockText")) == (block is not PayBlock.NONE)
    assert ("18" in str(basket.property("blockText"))) == (block is PayBlock.AGE)


@pytest.mark.parametrize(
    ("language", "pieces", "saved", "name"),
    [
        ("en", "11 items", "You save ¥5.60", "Farm milk 1\u00a0L"),
        ("zh-CN", "共 11 件", "已省 ¥5.60", "农场鲜牛奶 1升"),
        ("zh-TW", "共 11 件", "已省 ¥5.60", "農場鮮牛奶 1\u00a0公升"),
    ],
)
def test_the_sums_are_in_the_shoppers_language(
    basket: BasketViewModel, language: str, pieces: str, saved: str, name: str
) -> None:
    basket.show(replace(BASE, language=language))
    assert (basket.property("piecesText"), basket.property("savedText")) == (pieces, saved)
    assert (basket.property("sign"), basket.property("totalText")) == ("¥", "99.82")
    assert rows(basket.lines)[0]["name"] == name


def test_nothing_saved_says_nothing(basket: BasketViewModel) -> None:
    basket.show(replace(BASE, saved_minor=0, lines=LINES[1:2]))
    assert basket.property("savedText") == ""


def test_the_line_to_bring_into_sight_is_known_by_its_place(basket: BasketViewModel) -> None:
    basket.show(replace(BASE, changed_line=4, change_serial=7))
    assert (basket.property("changedLine"), basket.property("changedRow")) == (4, 3)
    basket.show(replace(BASE, changed_line=99))
    assert basket.property("changedRow") == -1


def test_the_same_snapshot_says_nothing(basket: BasketViewModel) -> None:
    basket.show(BASE)
    with changes(basket) as said:
        basket.show(BASE)
    assert said == []


def test_only_what_changed_is_said(basket: BasketViewModel) -> None:
    basket.show(BASE)
    with changes(basket) as said:
        basket.show(replace(BASE, total_minor=BASE.total_minor + 1, change_serial=1))
    assert said == ["totalText", "changeSerial"]


def test_a_language_switch_changes_words_and_keeps_the_lines(basket: BasketViewModel) -> None:
    basket.show(BASE)
    inserted: list[object] = []
    as_qml(basket.lines).rowsInserted.connect(lambda *_: inserted.append(1))
    as_qml(basket.lines).rowsRemoved.connect(lambda *_: inserted.append(1))
    as_qml(basket.lines).modelReset.connect(lambda: inserted.append(1))
    basket.show(replace(BASE, language="zh-TW"))
    assert inserted == []
    assert rows(basket.lines)[3]["name"] == "青梅酒 750\u00a0毫升"


def test_a_picture_has_its_address_once_the_pictures_are_there(basket: BasketViewModel) -> None:
    pictured = replace(LINES[0], picture="milk")
    basket.show(replace(BASE, lines=(pictured,)))
    assert rows(basket.lines)[0]["picture"] == ""
    basket.show(replace(BASE, lines=(pictured,), picture_root="file:///p/s-1/"))
    assert rows(basket.lines)[0]["picture"] == "file:///p/s-1/milk"
    assert rows(basket.lines)[0]["initial"] == "F"


def test_a_product_without_any_name_is_shown_by_its_code(basket: BasketViewModel) -> None:
    basket.show(replace(BASE, lines=(replace(LINES[0], names={}),)))
    assert rows(basket.lines)[0]["name"] == "6901000000017"
