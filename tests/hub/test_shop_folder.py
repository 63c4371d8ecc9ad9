from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.imports.errors import ImportRefused, ShopFolderError
from hub.promotions.found import Named
from hub.shop_folder import read_shop_folder
from offline_cache.price_list.writer import OfferRow, PriceRow
from retail.product import Unit
from retail.promotions.campaign import Kind, Terms

SHOP = """
store = "demo"
name = { en = "Corner Shop", zh-CN = "街角小店" }
currency = "CNY"
time_zone = "Asia/Shanghai"
bag_skus = ["BAG"]
[receipt]
header = { en = "Welcome" }
tax_id = "9131"
[[categories]]
id = "fruit"
name = { en = "Fruit" }
picture = "apple"
sort = 1
[[label_templates]]
pattern = "21{item:5}{price:5}{check}"
name = "price label"
[[offers]]
id = "two-teas"
kind = "n_for_x"
quantity = 2
price = 9.90
skus = ["TEA"]
name = { en = "2 for 9.90" }
valid_from = 2026-01-01
valid_until = 2026-12-31T18:00:00
[[counter]]
name = "anything"
"""
MORE = """[[campaigns]]
id = "half"
kind = "percent"
percent = 50
"""
HEADER = (
    "sku,codes,name_en,name_zh_CN,category,unit,price,special_price,special_from,special_until,"
    "tax_percent,min_age,loose,plu,picture,tare_grams,discountable,brand\n"
)
TEA = "TEA,4006381333931 4006381333948*6,Green  tea,绿茶,,piece,5.50,4.90,2026-03-01,2026-03-07,13,,,,,,,north\n"
APPLE = "APL,,Apple,苹果,fruit,kg,12.8,,,,9,,1,4131,apple.svg,2,yes,\n"
BAG = "BAG,96385074,Bag,购物袋,,,0.3,,,,13,,0,,,,no,\n"


def folder(path: Path, *, shop: str = SHOP, header: str = HEADER, rows: str = TEA + APPLE + BAG) -> Path:
    (path / "shop.toml").write_text(shop, encoding="utf-8")
    (path / "products.csv").write_text(header + rows, encoding="utf-8")
    (path / "pictures").mkdir()
    (path / "pictures" / "apple.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return path


def epoch(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())  # type: ignore[arg-type, misc]


def test_a_folder_becomes_a_shop_with_its_offers_and_pictures(tmp_path):
    shop, _ = read_shop_folder(folder(tmp_path))
    assert (shop.store, shop.currency, shop.time_zone, shop.bag_skus) == ("demo", "CNY", "Asia/Shanghai", ("BAG",))
    assert shop.names["zh-CN"] == "街角小店"
    assert shop.receipt["header"] == {"en": "Welcome"}
    assert shop.receipt["tax_id"] == {"en": "9131"}
    assert [(one.id, one.names, one.picture, one.sort) for one in shop.categories] == [
        ("fruit", {"en": "Fruit"}, "apple", 1)
    ]
    assert shop.label_templates == (("21{item:5}{price:5}{check}", "price label"),)
    begins, ends = epoch(2026, 1, 1), epoch(2026, 12, 31, 18)
    (two,) = shop.campaigns
    offer = OfferRow("two-teas", 2, 990, {"en": "2 for 9.90"}, ("TEA",), begins, ends)
    assert (two.campaign, two.groups) == (offer.campaign, (Named(skus=("TEA",)),))
    assert set(shop.pictures) == {"apple", "apple.svg"}
    assert shop.pictures["apple"][0] == "image/svg+xml"


def test_campaigns_of_all_kinds_stand_in_the_folder_beside_the_multi_buys(tmp_path):
    more = f"{MORE}codes = ['04006381333948']\n[[counter]]"
    shop, _ = read_shop_folder(folder(tmp_path, shop=SHOP.replace("[[counter]]", more)))
    assert [one.campaign.id for one in shop.campaigns] == ["two-teas", "half"]
    assert shop.campaigns[1].campaign.terms == Terms(Kind.PERCENT, percent_bp=5000)


def test_a_row_becomes_a_product_with_codes_dated_special_and_tax(tmp_path):
    _, (tea, apple, bag) = read_shop_folder(folder(tmp_path))
    assert tea.codes == {"4006381333931": 1, "4006381333948": 6}
    assert tea.product.names == {"en": "Green tea", "zh-CN": "绿茶"}
    assert tea.product.tax_rate_bp == 1300
    assert tea.prices == (PriceRow("list", 550), PriceRow("special", 490, epoch(2026, 3, 1), epoch(2026, 3, 8)))
    assert tea.terms == ()
    assert (apple.product.unit, apple.product.loose, apple.product.tare_grams) == (Unit.KG, True, 2)
    assert "pg" in apple.terms
    assert bag.prices == (PriceRow("list", 30),)
    assert [one.product.discountable for one in (tea, apple, bag)] == [True, True, False]
    assert [one.product.brand for one in (tea, apple, bag)] == ["north", "", ""]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (TEA + TEA.replace("4006381333931 4006381333948*6", "1"), "row 3, column sku: 'TEA' stands in row 2 already"),
        (TEA + BAG.replace("96385074", "4006381333931"), "row 3, column codes: 4006381333931 stands in row 2 already"),
        (BAG.replace("0.3", '"0,3"'), "row 2, column price: '0,3' will not do: its price '0,3' is not a number"),
        (BAG.replace("0.3", ""), "row 2, column price: '' will not do: it has no price"),
        (BAG.replace("0.3", "0.305"), "row 2, column price: .* finer than 2 decimals"),
        (BAG.replace("96385074", ""), "row 2, column codes: is empty, as plu is"),
        (BAG.replace("96385074", "1*0"), r"row 2, column codes: 1\*0 stands for no piece"),
        (BAG.replace("96385074", "0000000000000"), "row 2, column codes: its code 0000000000000 is a placeholder"),
        (BAG.replace("Bag,购物袋", ","), "row 2, column name_en: is empty, as all names are"),
        (BAG.replace("BAG", ""), "row 2, column sku: is empty"),
        (APPLE.replace("fruit", "fruits"), "row 2, column category: 'fruits' is not among .*did you mean 'fruit'"),
        (APPLE.replace("kg", "lb"), "row 2, column unit: 'lb' is not known; write one of 'piece', 'kg'"),
        (APPLE.replace(",1,4131", ",maybe,4131"), "row 2, column loose: 'maybe' is not known"),
        (APPLE.replace("apple.svg,2", "apple.svg,light"), "row 2, column tare_grams: "),
        (TEA.replace("4.90", "5.50"), "row 2, column special_price: is not below the price"),
        (TEA.replace("2026-03-07", "2026-02-07"), "row 2, column special_until: is before special_from"),
        (TEA.replace("2026-03-07", "7.3.2026"), "row 2, column special_until: .* not of the form 2026-01-31"),
        (TEA.replace(",13,", ",130,"), "row 2, column tax_percent: .* between 0 and 100"),
        (TEA.replace(",,,,,north\n", "\n"), "row 2: has 13 fields, the header 18"),
        (TEA.replace("Green", '"Green" x'), "row 2: .*check its quotes"),
        (APPLE.replace("apple.svg", "pear"), r"pear\.svg: cannot be read"),
        (APPLE.replace("apple.svg", "../apple"), r"a picture is an \.svg"),
        ("", "has no products"),
    ],
)
def test_a_mistake_in_a_row_is_told_with_its_place_and_remedy(tmp_path, rows, sentence):
    with pytest.raises(ShopFolderError, match=sentence):
        read_shop_folder(folder(tmp_path, rows=rows, shop=SHOP.replace('["BAG"]', "[]").split("[[offers]]")[0]))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('store = "demo"', "", "store: is missing; add it"),
        ('store = "demo"', 'store = "demo"\nshop = 1', "shop: is no key that is known"),
        ('"CNY"', '"yuan"', "currency: "),
        ("Asia/Shanghai", "Asia/Peking", "time_zone: 'Asia/Peking' is no time zone"),
        ("quantity = 2", "quantity = 1", r"\[\[offers\]\] number 1 \('two-teas'\): its quantity"),
        ("price = 9.90", "price = 9.905", r"\('two-teas'\): its price '9.905' is finer"),
        (
            'skus = ["TEA"]',
            'skus = ["TEE"]',
            r"\('two-teas'\): names 'TEE', which products.csv has not; did you mean 'TEA'",
        ),
        ('["BAG"]', '["SACK"]', "bag_skus names 'SACK'"),
        ("{price:5}", "{cost:5}", "label template .* cannot read"),
        ("[[counter]]", '[[categories]]\nid = "fruit"\n[[counter]]', "categories: 'fruit' stands twice"),
        ("[receipt]", "[receipt", "is not TOML"),
        ("[[counter]]", f"{MORE}codes = ['999']\n[[counter]]", "names the code 999, which products.csv has not"),
        (
            "[[counter]]",
            f"{MORE}categories = ['fruits']\n[[counter]]",
            "names 'fruits', which is none of the categories; did you mean 'fruit'",
        ),
        ("[[counter]]", MORE.replace("half", "two-teas") + "skus = ['TEA']\n[[counter]]", "its id stands in"),
        ("[[counter]]", f"{MORE}everything = 3\n[[counter]]", "'half'"),
    ],
)
def test_a_mistake_in_shop_toml_is_told_with_its_key(tmp_path, old, new, sentence):
    assert old in SHOP
    with pytest.raises(ShopFolderError, match=sentence):
        read_shop_folder(folder(tmp_path, shop=SHOP.replace(old, new)))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (HEADER.replace("price,spec", "prize,spec"), "row 1, column 'prize': is not known; did you mean 'price'"),
        (HEADER.replace("sku,", ""), "row 1: the header lacks sku"),
        (HEADER.replace("name_en,name_zh_CN,", ""), "row 1: the header lacks name_en"),
    ],
)
def test_a_mistake_in_the_header_is_told(tmp_path, header, sentence):
    with pytest.raises(ShopFolderError, match=sentence):
        read_shop_folder(folder(tmp_path, header=header))


def test_a_folder_that_is_not_there_or_not_whole_is_told(tmp_path):
    with pytest.raises(ImportRefused, match="there is no such folder"):
        read_shop_folder(tmp_path / "none")
    with pytest.raises(ShopFolderError, match=r"shop\.toml: cannot be read"):
        read_shop_folder(tmp_path)
    folder(tmp_path)
    (tmp_path / "products.csv").write_bytes(b"sku,codes\xff")
    with pytest.raises(ShopFolderError, match=r"products\.csv: is not UTF-8"):
        read_shop_folder(tmp_path)
    (tmp_path / "products.csv").unlink()
    with pytest.raises(ShopFolderError, match=r"products\.csv: cannot be read"):
        read_shop_folder(tmp_path)


def test_a_picture_that_is_none_is_told(tmp_path):
    folder(tmp_path)
    (tmp_path / "pictures" / "apple.svg").write_text("not found")
    with pytest.raises(ShopFolderError, match=r"apple\.svg: is no SVG drawing"):
        read_shop_folder(tmp_path)
    (tmp_path / "pictures" / "apple.svg").write_bytes(b"<svg/>" + b" " * (1 << 20))
    with pytest.raises(ShopFolderError, match=r"apple\.svg: is larger than 1 MiB"):
        read_shop_folder(tmp_path)
