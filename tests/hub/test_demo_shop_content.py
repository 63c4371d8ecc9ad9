"""The demo shop is a shop one could open: valid codes, names that fit the screen, pictures, offers worth taking."""

import tomllib
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from hub.catalogue import Catalogue, CatalogueItem
from hub.cli.lists import DEMO_SHOP
from hub.shop_folder import read_shop_folder
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter
from retail.gtin import has_valid_check_digit
from retail.labels import LabelReading, LabelTemplate
from retail.product import Unit
from retail.promotions.campaign import Campaign, Kind
from retail.router import RefusedScan, Why, resolve

LANGUAGES = {"en", "zh-CN", "zh-TW"}
# GS1's prefix for examples; a case carries an indicator digit before it, and UPC-A has no such prefix of its own.
PREFIXES = {8: "952", 12: "4952", 13: "952", 14: "1952"}
LONGEST = {"en": 34, "zh-CN": 16, "zh-TW": 16}


@cache
def shop() -> tuple[Catalogue, list[CatalogueItem]]:
    return read_shop_folder(DEMO_SHOP)


@cache
def counter() -> list[dict[str, Any]]:
    with (DEMO_SHOP / "shop.toml").open("rb") as file:
        return list(tomllib.load(file)["counter"])


def items() -> list[CatalogueItem]:
    return shop()[1]


def campaigns() -> list[Campaign]:
    return [found.campaign for found in shop()[0].campaigns]


def on_the_counter(kind: str) -> list[str]:
    return [entry["code"] for entry in counter() if entry["kind"] == kind]


def list_minor(item: CatalogueItem) -> int:
    return next(price.minor for price in item.prices if price.kind == "list")


@pytest.fixture(scope="module")
def prices(tmp_path_factory):
    path: Path = tmp_path_factory.mktemp("demo") / "price-list.sqlite"
    catalogue, goods = shop()
    with PriceListWriter(path, Meta("demo", 1, catalogue.currency, datetime.now(UTC))) as writer:
        for item in goods:
            writer.add_product(item.product, codes=item.codes, prices=item.prices, terms=item.terms)
        for recall in catalogue.recalls:
            writer.add_recall(recall)
    with_list = PriceList(path)
    yield with_list
    with_list.close()


def test_it_has_about_three_hundred_products() -> None:
    assert 280 <= len(items()) <= 320


def test_every_code_has_a_valid_check_digit_and_an_example_prefix() -> None:
    codes = [code for item in items() for code in item.codes]
    assert [code for code in codes if not has_valid_check_digit(code)] == []
    assert [code for code in codes if not code.startswith(PREFIXES[len(code)])] == []


@pytest.mark.parametrize("of", ["codes", "sku", "plu", "names"])
def test_nothing_stands_for_two_products(of: str) -> None:
    seen: Counter[str] = Counter()
    for item in items():
        product = item.product
        keys = {"codes": tuple(item.codes), "sku": (product.sku,), "plu": (product.plu,)}
        seen.update(keys.get(of) or tuple(f"{language} {name}" for language, name in product.names.items()))
    assert [key for key, count in seen.items() if key and count > 1] == []


def test_several_products_have_more_than_one_code_and_one_is_a_case() -> None:
    assert any(len(item.codes) > 1 for item in items())
    assert any(pieces > 1 for item in items() for pieces in item.codes.values())


def test_every_name_is_there_in_three_languages_and_fits_its_line() -> None:
    for item in items():
        assert set(item.product.names) == LANGUAGES, item.product.sku
        for language, name in item.product.names.items():
            assert 0 < len(name) <= LONGEST[language], (item.product.sku, language, name)


def test_shop_categories_and_offers_are_named_in_three_languages() -> None:
    catalogue, _ = shop()
    assert set(catalogue.names) == LANGUAGES
    named = [one.names for one in campaigns() if one.names]  # the others are told by what they do
    for names in (*(one.names for one in catalogue.categories), *named):
        assert set(names) == LANGUAGES, names
        assert all(names.values()), names


def test_every_category_has_goods_and_a_picture() -> None:
    catalogue, goods = shop()
    assert {category.id for category in catalogue.categories} == {item.product.category for item in goods}
    assert all(category.picture in catalogue.pictures for category in catalogue.categories)


def test_every_picture_exists_and_is_a_drawing() -> None:
    catalogue, goods = shop()
    shown = {item.product.picture for item in goods} | {category.picture for category in catalogue.categories}
    assert "" not in shown
    assert shown == set(catalogue.pictures)
    for name, (media_type, content) in catalogue.pictures.items():
        assert media_type == "image/svg+xml", name
        root = ET.fromstring(content)  # noqa: S314 - our own file
        assert root.tag == "{http://www.w3.org/2000/svg}svg", name
        assert root.get("viewBox"), name
        assert len(root), name


def test_no_drawing_lies_about_unused() -> None:
    drawn = {path.stem for path in (DEMO_SHOP / "pictures").iterdir()}
    assert drawn == set(shop()[0].pictures)


def test_an_offer_is_never_dearer_than_the_list() -> None:
    catalogue, goods = shop()
    by_sku = {item.product.sku: item for item in goods}
    for found in catalogue.campaigns:
        terms = found.campaign.terms
        if terms.kind is Kind.N_FOR_X:
            cheapest = min(list_minor(by_sku[sku]) for sku in found.groups[0].skus)
            assert terms.price is not None
            assert terms.price < terms.quantity * cheapest, found.campaign.id


def test_a_special_price_is_below_the_list_price() -> None:
    for item in items():
        specials = [price.minor for price in item.prices if price.kind == "special"]
        assert all(special < list_minor(item) for special in specials), item.product.sku


def test_no_product_takes_part_in_two_offers() -> None:
    skus = [sku for found in shop()[0].campaigns for named in found.groups for sku in named.skus]
    assert len(skus) == len(set(skus))


def test_it_shows_a_campaign_of_every_kind_and_of_the_usual_conditions() -> None:
    assert {one.terms.kind for one in campaigns()} == set(Kind)
    for condition in ("clubs", "coupon", "ways", "per_receipt"):
        assert any(getattr(one, condition) for one in campaigns()), condition
    assert any(one.when.weekdays and one.when.hours for one in campaigns())
    assert any(one.terms.grams for one in campaigns())


def test_the_coupon_on_the_counter_is_good_for_something() -> None:
    assert set(on_the_counter("coupon")) == {one.coupon for one in campaigns() if one.coupon}


def test_the_name_of_a_campaign_is_short_enough_to_stand_before_what_it_gives() -> None:
    for name in (name for one in campaigns() for name in one.names.values()):
        assert not any(sign.isdigit() for sign in name), name
        assert len(name) <= (24 if name.isascii() else 12), name


def test_offers_hold_today() -> None:
    now = datetime.now(UTC).timestamp()
    for one in campaigns():
        assert (one.when.valid_from or 0) <= now < (one.when.valid_until or now + 1), one.id


def test_the_kinds_that_a_visit_needs_are_there() -> None:
    products = [item.product for item in items()]
    assert sum(product.loose for product in products) >= 20
    assert any(product.loose and product.unit is Unit.PIECE for product in products)
    assert any(product.unit is Unit.KG and product.plu for product in products)
    assert any(product.min_age == 18 for product in products)
    assert all(product.plu for product in products if product.loose)
    assert set(shop()[0].bag_skus) <= {product.sku for product in products}


def test_alcohol_is_for_adults() -> None:
    assert all(item.product.min_age == 18 for item in items() if item.product.category == "alcohol")


def test_every_product_on_the_counter_is_in_the_list(prices: PriceList) -> None:
    now = datetime.now(UTC)
    codes = on_the_counter("product")
    assert len(codes) >= 20
    assert [code for code in codes if prices.find(code, now) is None] == []
    assert any(listing.pieces > 1 for code in codes if (listing := prices.find(code, now)))


def test_every_label_on_the_counter_is_read_and_its_goods_found(prices: PriceList) -> None:
    templates = [LabelTemplate.parse(pattern) for pattern, _ in shop()[0].label_templates]
    kinds = set()
    for code in on_the_counter("label"):
        readings = [reading for template in templates if (reading := template.read(code))]
        assert len(readings) == 1, code
        listing = prices.find_item(readings[0].item, datetime.now(UTC))
        assert listing is not None, code
        assert listing.product.unit is Unit.KG, code
        kinds.add(_carried(readings[0]))
    assert kinds == {"price", "weight", "price and weight"}


def _carried(reading: LabelReading) -> str:
    return " and ".join(
        name for name, value in (("price", reading.price_minor), ("weight", reading.grams)) if value is not None
    )


def test_the_wallets_have_every_ending_of_the_simulated_payment() -> None:
    wallets = on_the_counter("wallet")
    assert sorted(code[-2:] for code in wallets) == ["00", "01", "02", "03", "04"]
    assert all(len(code) == 18 and code.isdigit() for code in wallets)


def test_the_unknown_code_is_valid_and_really_unknown(prices: PriceList) -> None:
    (code,) = on_the_counter("unknown")
    assert has_valid_check_digit(code)
    assert prices.find(code, datetime.now(UTC)) is None


def test_member_and_badge_begin_as_a_lane_expects() -> None:
    assert on_the_counter("member")[0].startswith("SGM-")
    assert on_the_counter("badge")[0].startswith("SGB-")


def test_things_on_the_counter_have_names_of_their_own() -> None:
    ids = [entry["id"] for entry in counter()]
    assert len(ids) == len(set(ids))
    assert all(set(entry["label"]) == LANGUAGES for entry in counter())


def test_the_special_codes_on_the_counter_are_what_they_say(prices: PriceList) -> None:
    codes = {entry["id"]: entry["code"] for entry in counter() if entry["kind"] in {"gs1", "coupon", "guide"}}
    found = {key: resolve(code, at=datetime.now(UTC), lookup=prices) for key, code in codes.items()}
    said = {key: one.why if isinstance(one, RefusedScan) else type(one).__name__ for key, one in found.items()}
    assert said == {
        "serial": "ProductScan",
        "expired": Why.EXPIRED,
        "recalled": Why.RECALLED,
        "other-lot": "ProductScan",
        "no-lot": "ProductScan",
        "link": "ProductScan",
        "coupon": "CouponScan",
        "guide": "GuideScan",
    }
