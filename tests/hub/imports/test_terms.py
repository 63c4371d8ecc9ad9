from hub.imports.terms import search_terms
from retail.product import Product


def test_loose_goods_are_found_by_names_pinyin_initials_and_number():
    product = Product("P-9", {"en": "Fuji Apple", "zh-CN": "红富士苹果", "zh-TW": "紅富士蘋果"}, plu="4131")
    assert set(search_terms(product)) == {
        "fuji apple", "红富士苹果", "紅富士蘋果", "hongfushipingguo", "hfspg", "4131", "p-9"
    }  # fmt: skip
