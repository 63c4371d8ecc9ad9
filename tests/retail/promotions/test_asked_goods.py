"""What entries are in a list: the goods that a lane would have scanned, or one sentence that names the entry."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow, RecallRow, TakingRow
from retail.gtin import check_digit
from retail.line import Line
from retail.product import Product, Unit
from retail.promotions.ask import AskRefused, basket_entries
from retail.promotions.asked_goods import AskedGoods, asked_goods
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.recall import Recall

AT = datetime(2026, 11, 22, 18, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MILK, CARTON, CHEESE, RECALLED, EIGHTEEN = (
    "9521234543213",
    "19521234543210",
    "9520000000031",
    "9520000000048",
    "9521234543220",
)
TWO = Campaign("two", Terms(Kind.N_FOR_X, 2, price=2000))
ALL = Campaign("all", Terms(Kind.BASKET, amount_from=5000, off=500), everything=True)


def label(text: str) -> str:
    return text + check_digit(text)


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PriceList]:
    path = tmp_path_factory.mktemp("list") / "price-list.sqlite"
    meta = Meta("s", 1, "CNY", datetime(2026, 11, 22, tzinfo=UTC), "Asia/Shanghai")
    cheese = Product("CHEESE", {"en": "Cheese"}, Unit.KG, plu="1234")
    goods: list[tuple[Product, dict[str, int], int]] = [
        (Product("MILK", {"en": "Milk"}, tax_rate_bp=900), {MILK: 1, CARTON: 6}, 1280),
        (cheese, {CHEESE: 1}, 8000),
        (Product("APPLE", {"en": "Apple"}, Unit.KG, loose=True, plu="4017"), {}, 1190),
        (Product("CAKE", {"en": "Cake"}, plu="777"), {}, 500),
        (Product("BAD", {"en": "Bad"}), {RECALLED: 1}, 100),
        (Product("STAMP", {"en": "Stamp"}, discountable=False), {EIGHTEEN: 1}, 100),
    ]
    with PriceListWriter(path, meta) as writer:
        for product, codes, minor in goods:
            takings = [TakingRow("two")] if product.sku == "MILK" else []
            writer.add_product(product, codes=codes, prices=[PriceRow("list", minor)], takings=takings)
        writer.add_campaign(TWO)
        writer.add_campaign(ALL)
        writer.add_recall(RecallRow("BAD", Recall("glass in it")))
        writer.add_label_template("21{item:5}{price:5}{check}", "price", 1)
        writer.add_label_template("22{item:5}{weight:5}{check}", "weight", 2)
    with closing(PriceList(path)) as opened:
        yield opened


def asked(prices: PriceList, *entries: dict[str, Any]) -> AskedGoods:
    return asked_goods(basket_entries(list(entries)), at=AT, lookup=prices, currency="CNY")


def line(prices: PriceList, **entry: Any) -> Line:
    return asked(prices, entry).lines[0]


def refused(prices: PriceList, *entries: dict[str, Any]) -> str:
    with pytest.raises(AskRefused) as why:
        asked(prices, *entries)
    return str(why.value)


def test_pieces_are_counted_by_what_the_code_stands_for(prices: PriceList) -> None:
    assert [
        (one.sku, one.quantity) for one in asked(prices, {"code": MILK, "quantity": 3}, {"code": CARTON}).lines
    ] == [
        ("MILK", 3),
        ("MILK", 6),
    ]
    assert line(prices, code=CARTON, quantity=2).quantity == 12


def test_the_same_code_twice_is_two_lines(prices: PriceList) -> None:
    found = asked(prices, {"code": MILK}, {"code": MILK})
    assert [one.number for one in found.lines] == [1, 2]


def test_another_way_to_write_the_code_is_the_same_product(prices: PriceList) -> None:
    assert line(prices, code="0" + MILK).sku == "MILK"
    assert line(prices, code=f"https://example.org/01/0{MILK}").sku == "MILK"


@pytest.mark.parametrize("code", [CHEESE, "1234", "CHEESE", "01234"])
def test_weighed_goods_are_asked_for_by_code_number_or_sku(prices: PriceList, code: str) -> None:
    found = line(prices, code=code, weight_g=1250)
    assert (found.sku, found.grams, found.unit_minor) == ("CHEESE", 1250, 8000)


def test_goods_without_a_barcode_are_asked_for_by_number_or_sku(prices: PriceList) -> None:
    assert line(prices, code="777", quantity=2).quantity == 2
    assert line(prices, code="CAKE").sku == "CAKE"


def test_a_label_says_weight_or_price_as_at_the_lane(prices: PriceList) -> None:
    by_weight, by_price = line(prices, code=label("220123400842")), line(prices, code=label("210123401000"))
    assert (by_weight.sku, by_weight.grams, by_weight.label_minor) == ("CHEESE", 842, None)
    assert (by_price.sku, by_price.grams, by_price.label_minor) == ("CHEESE", 125, 1000)


def test_lines_bring_their_campaigns_and_those_for_everything(prices: PriceList) -> None:
    found = asked(prices, {"code": MILK}, {"code": EIGHTEEN})
    assert found.campaigns == {reference(TWO): TWO, reference(ALL): ALL}
    assert found.lines[0].takings == (Taking(reference(TWO)),)


def test_goods_that_are_not_discountable_are_left_out_of_what_is_for_everything(prices: PriceList) -> None:
    assert not line(prices, code=EIGHTEEN).discountable
    assert line(prices, code=MILK).discountable


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"code": "9529999999990"}, "is not in this price list"),
        ({"code": "nothing"}, "is not in this price list"),
        ({"code": CHEESE, "quantity": 2}, "is weighed goods; give weight_g"),
        ({"code": CHEESE}, "is weighed goods; give weight_g"),
        ({"code": "APPLE", "quantity": 1}, "is weighed goods; give weight_g"),
        ({"code": MILK, "weight_g": 900}, "is sold by the piece; give a quantity"),
        ({"code": label("220123400842"), "quantity": 2}, "carries its own weight or price"),
        ({"code": label("220123400842"), "weight_g": 842}, "carries its own weight or price"),
        ({"code": label("220999900842")}, "is a label of goods that are not in this price list"),
        ({"code": RECALLED}, "was called back and must not be sold: glass in it"),
        ({"code": "BAD"}, "was called back and must not be sold: glass in it"),
        ({"code": f"010{MILK}17251101"}, "is past the last day to sell"),
        ({"code": "130000000000000000"}, "is no code of goods"),
        ({"code": "9912345678909"}, "is no code of goods"),
        ({"code": "https://example.org/a"}, "is no code of goods"),
        ({"code": CARTON, "quantity": 20_000}, "is more than 100000 pieces"),
    ],
)
def test_what_cannot_be_sold_so_is_named_and_nothing_is_priced(
    prices: PriceList, entry: dict[str, Any], said: str
) -> None:
    sentence = refused(prices, {"code": MILK}, entry)
    assert sentence.startswith("entry 2, ")
    assert said in sentence


def test_an_item_with_a_serial_number_is_sold_once(prices: PriceList) -> None:
    item = f"010{MILK}21ABC"
    assert line(prices, code=item).sku == "MILK"
    assert "sold once" in refused(prices, {"code": item}, {"code": item})
    assert "sold once" in refused(prices, {"code": item, "quantity": 2})
    assert len(asked(prices, {"code": item}, {"code": item + "D"}).lines) == 2
