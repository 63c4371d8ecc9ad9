"""Column names that speak for themselves: how a CSV without a mapping file is understood."""

from __future__ import annotations

import re
from typing import Any, Final

from hub.imports.mapping import ColumnSection

# In order of preference; compared without case, spaces and signs. 'unitprice' comes last: in many lists it is the
# price of a kilogram or litre, beside the price that is paid.
_NAMES: Final = {
    "code": "barcode gtin ean ean13 eancode upc code codes barcodes productcode itemcode stockcode 条码 商品条码 條碼",
    "sku": "sku productid itemid articlenumber articleno itemnumber 货号 商品编码",
    "name": "productname name product itemname description title 品名 商品名称 名称",
    "price": "price retailprice sellingprice listprice regularprice grossprice 零售价 售价 价格 單價 单价 unitprice",
    "special_price": "specialprice promoprice promotionprice offerprice 促销价 特价",
    "special_from": "specialfrom promofrom specialstart",
    "special_until": "specialuntil promountil specialend specialto",
    "lowest_price": "lowestprice lowestprice30 lowestprice30days bestprice30",
    "unit": "unit uom unitofmeasure 单位 單位",
    "tax": "taxpercent taxrate vatrate vatpercent tax vat 税率",
    "category": "category department 类别 分类",
    "plu": "plu plucode",
    "min_age": "minage minimumage agelimit",
    "loose": "loose",
    "tare_grams": "taregrams",
    "discountable": "discountable allowdiscount",
    "brand": "brand 品牌",
    "currency": "currency currencycode 币种",
}
_NAME_IN: Final = re.compile(r"(?:product)?[ _-]?name[ _-]([a-z]{2})(?:[_-]([A-Za-z]{2}))?", re.IGNORECASE)


def recognise(header: list[str]) -> ColumnSection:
    """The columns of a header that are known by name; the rest of the section stays empty."""
    places: dict[str, str] = {}
    for name in header:
        places.setdefault(re.sub(r"[\W_]+", "", name.casefold()), name)
    found: dict[str, Any] = {}
    for key, candidates in _NAMES.items():
        match = next((places[candidate] for candidate in candidates.split() if candidate in places), "")
        if match:
            found[key] = [match] if key == "code" else match
    found["names"] = {_language(one): name for name in header if (one := _NAME_IN.fullmatch(name))}
    return ColumnSection.model_validate(found)


def _language(match: re.Match[str]) -> str:
    return f"{match[1].lower()}-{match[2].upper()}" if match[2] else match[1].lower()
