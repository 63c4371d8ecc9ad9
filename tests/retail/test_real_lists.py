"""All codes of the real price lists: each is a product, and is found as its list writes it."""

import csv
import gzip
import io
from datetime import UTC, date, datetime
from functools import lru_cache

from retail.label_presets import LABEL_PRESETS
from retail.product import Listing, Unit
from retail.reading import Kind, read
from retail.router import ProductScan, RefusedScan, Why, resolve
from tests.retail.lists import MemoryList, listing
from tests.shared_data import SHARED, needs_shared_data

pytestmark = needs_shared_data
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLUMNS = ("ברקוד", "Barcode")


@lru_cache
def codes() -> list[str]:
    found: dict[str, None] = {}
    for path in [*SHARED.glob("prices/il_prices_2026-08-2*.csv.gz"), *SHARED.glob("prices/hr_konzum_0204*.csv.gz")]:
        with gzip.open(path) as packed:
            rows = csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8-sig"))
            column = next(name for name in COLUMNS if name in (rows.fieldnames or ()))
            found.update((row[column].strip(), None) for row in rows)
    found.pop("", None)
    assert len(found) > 40_000
    return list(found)


class AllCodes(MemoryList):
    """Every code is a product of its own: sold by the kilogram if `unit` says so."""

    def __init__(self, unit: Unit, *templates: str) -> None:
        super().__init__(templates=templates)
        self._unit = unit

    def find(self, code: str, at: datetime) -> Listing | None:
        return listing(code, unit=self._unit) if code in known() else None

    def find_item(self, number: str, at: datetime) -> Listing | None:
        return listing(f"item {number}", unit=Unit.KG, plu=number)  # whatever a label names, there is such an item


@lru_cache
def known() -> frozenset[str]:
    return frozenset(codes())


def test_every_code_is_a_product_or_of_the_range_for_coupons() -> None:
    for code in codes():
        found = read(code, today=NOW.date())
        assert found.kind is Kind.PRODUCT or (found.kind is Kind.COUPON and code.startswith(("98", "99", "5"))), code


def test_a_number_that_a_spreadsheet_rounded_is_none() -> None:
    assert read("8.50E+11", today=date(2026, 11, 22)).kind is Kind.UNKNOWN


def test_every_code_finds_its_own_product_whatever_the_labels_look_like() -> None:
    shop = AllCodes(Unit.PIECE, *LABEL_PRESETS)
    for code in codes()[::7]:
        for paying in (False, True):
            found = resolve(code, at=NOW, lookup=shop, paying=paying)
            assert isinstance(found, ProductScan)
            assert found.listing.product.sku == code


def test_weighed_goods_under_their_very_code_are_never_those_of_a_label_that_looks_alike() -> None:
    shop = AllCodes(Unit.KG, *LABEL_PRESETS)
    for code in codes()[::11]:
        found = resolve(code, at=NOW, lookup=shop)
        assert isinstance(found, RefusedScan)
        assert found.why is Why.NEEDS_WEIGHT
        assert found.listing is not None
        assert found.listing.product.sku == code
