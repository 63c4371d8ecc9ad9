"""Invented goods of a supermarket, any number, the same each time: names, codes, weighed goods, prices by day."""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bench.big_list import ean13
from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter, PriceRow
from retail.product import Product, Unit

STORE: Final = "bench"
_SPAN: Final = timedelta(days=30)
_WEIGHED_EVERY: Final = 50
_SPECIAL_EVERY: Final = 8
_OFFER_EVERY: Final = 200
_OFFER_OF: Final = 4
_COLUMNS: Final = (
    "sku", "codes", "name_en", "name_zh_CN", "name_zh_TW", "category", "unit", "price", "special_price",
    "special_from", "special_until", "tax_percent", "min_age", "loose", "plu",
)  # fmt: skip
_BRANDS: Final = (
    ("Harvest Moon", "禾月", "禾月"),
    ("Blue River", "蓝河", "藍河"),
    ("Old Mill", "老磨坊", "老磨坊"),
    ("Sunny Side", "向阳", "向陽"),
    ("Golden Ear", "金穗", "金穗"),
    ("Green Hill", "青山", "青山"),
    ("Three Oaks", "三橡", "三橡"),
    ("Morning Dew", "晨露", "晨露"),
    ("Red Lantern", "红灯笼", "紅燈籠"),
    ("North Star", "北极星", "北極星"),
)
_GOODS: Final = (
    ("Oat Biscuits", "燕麦饼干", "燕麥餅乾"),
    ("Soy Sauce", "酱油", "醬油"),
    ("Instant Noodles", "方便面", "泡麵"),
    ("Drinking Yoghurt", "酸奶饮品", "優酪乳"),
    ("Green Tea", "绿茶", "綠茶"),
    ("Ground Coffee", "咖啡粉", "咖啡粉"),
    ("Toothpaste", "牙膏", "牙膏"),
    ("Laundry Gel", "洗衣液", "洗衣精"),
    ("Sesame Oil", "芝麻油", "麻油"),
    ("Frozen Dumplings", "速冻水饺", "冷凍水餃"),
    ("Dark Chocolate", "黑巧克力", "黑巧克力"),
    ("Orange Juice", "橙汁", "柳橙汁"),
    ("Cat Food", "猫粮", "貓糧"),
    ("Kitchen Paper", "厨房纸", "廚房紙巾"),
    ("Chilli Crisp", "油辣椒", "油辣椒"),
    ("Rice Crackers", "米饼", "米餅"),
)
_KINDS: Final = (
    ("Original", "原味", "原味"),
    ("Light", "清淡", "清淡"),
    ("Family Pack", "家庭装", "家庭號"),
    ("Organic", "有机", "有機"),
    ("Strawberry", "草莓味", "草莓味"),
    ("Honey", "蜂蜜味", "蜂蜜味"),
    ("Extra Strong", "特浓", "特濃"),
    ("No Sugar", "无糖", "無糖"),
)
_WEIGHED: Final = (
    ("Apples", "苹果", "蘋果", "pg"),
    ("Tomatoes", "番茄", "番茄", "fq"),
    ("Walnuts", "核桃", "核桃", "ht"),
    ("Salmon Fillet", "三文鱼柳", "鮭魚片", "swyl"),
)


def day_one() -> datetime:
    """A month ago: specials begin from then on, so that some hold now."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - _SPAN


def product(number: int) -> Product:
    """The product with a number from 1 on."""
    tax, category = (900, "fresh") if _is_weighed(number) else (1300, f"shelf-{number % 40}")
    return Product(
        sku(number),
        _names(number),
        unit=Unit.KG if _is_weighed(number) else Unit.PIECE,
        category=category,
        tax_rate_bp=tax,
        min_age=18 if number % 97 == 0 else 0,
        loose=_is_weighed(number),
        plu=str(number // _WEIGHED_EVERY) if _is_weighed(number) else "",
    )


def sku(number: int) -> str:
    """As a chain's own system numbers its goods."""
    return f"{40_000_000 + number}"


def code(number: int) -> str:
    """Its EAN-13; not in the order of the numbers, as real ones are not."""
    return ean13(f"69{number * 7_368_787 % 10**10:010d}")


def prices(number: int, changes: int = 0) -> list[PriceRow]:
    """Its prices after it was changed so many times."""
    listed = 190 + number * 7919 % 9800 + 10 * changes
    rows = [PriceRow("list", listed)]
    if number % _SPECIAL_EVERY == 0:
        begins = int(day_one().timestamp()) + 86_400 * (number % 60)
        rows.append(PriceRow("special", listed * 8 // 10, begins, begins + 14 * 86_400))
    return rows


def terms(number: int) -> tuple[str, ...]:
    """What a shopper may type to find it, if it is loose."""
    if not _is_weighed(number):
        return ()
    english, chinese, _, initials = _WEIGHED[number % len(_WEIGHED)]
    return (english.lower(), chinese, initials, str(number // _WEIGHED_EVERY))


def is_plain(number: int) -> bool:
    """Whether a scan of it asks for nothing: no age to check, nothing to weigh."""
    return not _is_weighed(number) and not product(number).min_age


def drawn(products: int, count: int, seed: int) -> list[int]:
    """So many numbers of different products, in order."""
    return sorted(random.Random(seed).sample(range(1, products + 1), count))


def write_list(
    path: Path,
    products: int,
    revision: int = 1,
    *,
    changes: Mapping[int, int] = MappingProxyType({}),
    only: Collection[int] | None = None,
) -> None:
    """A price list of the goods. `changes`: how often a product's prices were changed; `only`: a part for a delta."""
    offers = range(_OFFER_EVERY, products - _OFFER_OF, _OFFER_EVERY)
    ids = {sku(number): number for first in offers for number in range(first, first + _OFFER_OF)}
    with PriceListWriter(path, meta(products, revision), ids) as writer:
        for category in ("fresh", *(f"shelf-{number}" for number in range(40))):
            writer.add_category(category, {"en": category}, "", 1)
        _write_goods(writer, range(1, products + 1) if only is None else sorted(only), changes)
        for first in offers:
            skus = tuple(sku(number) for number in range(first, first + _OFFER_OF))
            writer.add_offer(OfferRow(f"o{first}", 3, 990, {"en": "Any three", "zh-CN": "任选三件"}, skus))
        writer.add_label_template("2{item:5}{price:5}{check}", "weighed", 1)


def write_shop_folder(folder: Path, products: int) -> None:
    """The same goods as `kiosk-hub import-folder` takes them."""
    folder.mkdir()
    with (folder / "products.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_COLUMNS)
        rows.writerows(_row(number) for number in range(1, products + 1))
    names = ["fresh", *(f"shelf-{number}" for number in range(40))]
    categories = "".join(f'[[categories]]\nid = "{name}"\nname = {{ en = "{name}" }}\n' for name in names)
    head = f'store = "{STORE}"\nname = {{ en = "Bench" }}\ncurrency = "CNY"\ntime_zone = "Asia/Shanghai"\n'
    (folder / "shop.toml").write_text(head + categories, encoding="utf-8")


def write_feed(folder: Path, products: int) -> tuple[Path, Path]:
    """The same goods as a chain's system sends them, and the mapping that `kiosk-hub import` reads them by."""
    write_shop_folder(folder, products)
    mapping = folder / "mapping.toml"
    plain = "".join(f'{name} = "{name}"\n' for name in (*_COLUMNS[:1], *_COLUMNS[5:-4], *_COLUMNS[-3:]))
    names = 'names = { en = "name_en", zh-CN = "name_zh_CN", zh-TW = "name_zh_TW" }\n'
    head = 'currency = "CNY"\ntime_zone = "Asia/Shanghai"\n[columns]\ncode = "codes"\ntax = "tax_percent"\n'
    mapping.write_text(head + plain + names, encoding="utf-8")
    return folder / "products.csv", mapping


def document(number: int) -> dict[str, object]:
    """The same product as a document database has it."""
    one = product(number)
    return {
        "_id": one.sku,
        "names": one.names,
        "codes": {code(number): 1},
        "unit": one.unit.value,
        "category": one.category,
        "tax_rate_bp": one.tax_rate_bp,
        "min_age": one.min_age,
        "plu": one.plu,
        "loose": one.loose,
        "prices": [[row.kind, row.minor, row.valid_from, row.valid_until] for row in prices(number)],
        "terms": terms(number),
    }


def meta(products: int, revision: int) -> Meta:
    """What such a list says of itself."""
    at = day_one() + _SPAN - timedelta(hours=1) + timedelta(minutes=revision)  # no lane must find it too old
    return Meta(STORE, revision, "CNY", at, "Asia/Shanghai", state=state(products, revision))


def state(products: int, revision: int) -> str:
    """The name of a list's exact content."""
    return hashlib.blake2b(f"{products} {revision}".encode(), digest_size=16).hexdigest()


def _write_goods(writer: PriceListWriter, numbers: Iterable[int], changes: Mapping[int, int]) -> None:
    for number in numbers:
        rows = prices(number, changes.get(number, 0))
        writer.add_product(product(number), codes={code(number): 1}, prices=rows, terms=terms(number), number=number)


def _row(number: int) -> tuple[object, ...]:
    one, (listed, *specials) = product(number), prices(number)
    offer: tuple[str, ...] = ("", "", "")
    for special in specials:
        offer = (_amount(special.minor), _time(special.valid_from), _time(special.valid_until))
    names = (one.names["en"], one.names["zh-CN"], one.names["zh-TW"])
    end = (one.tax_rate_bp // 100, one.min_age or "", "yes" if one.loose else "", one.plu)
    return (one.sku, code(number), *names, one.category, one.unit.value, _amount(listed.minor), *offer, *end)


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _time(moment: int | None) -> str:
    return "" if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()


def _is_weighed(number: int) -> bool:
    return number % _WEIGHED_EVERY == 0


def _names(number: int) -> dict[str, str]:
    if _is_weighed(number):
        english, simplified, traditional, _ = _WEIGHED[number % len(_WEIGHED)]
        return {"en": english, "zh-CN": simplified, "zh-TW": traditional}
    parts = (
        _BRANDS[number % len(_BRANDS)],
        _GOODS[number // 10 % len(_GOODS)],
        _KINDS[number // 160 % len(_KINDS)],
    )
    grams = 50 + number * 31 % 950
    in_english, in_simplified, in_traditional = (" ".join(words) for words in zip(*parts, strict=True))
    return {
        "en": f"{in_english} {grams} g",
        "zh-CN": f"{in_simplified} {grams}克",
        "zh-TW": f"{in_traditional} {grams}公克",
    }
