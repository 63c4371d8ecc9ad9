"""Counted stock: each count replaces an older one, and what is not named keeps its own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.catalogue import CatalogueItem
from hub.errors import ImplausibleImport, StoreUnknown
from hub.imports import ImportRefused
from hub.services import Hub
from hub.stock import StockStore
from offline_cache.price_list.writer import PriceRow
from retail.product import Product

HEADER = "sku,code,quantity,counted_at\n"
MORNING, NOON = "2026-11-22T08:00", "2026-11-22T12:00"  # in Shanghai, where it is 20:00


@pytest.fixture
def stock(hub: Hub) -> StockStore:
    return hub.stock


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "stock.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
        return path

    return write


def there(stock: StockStore) -> dict[str, tuple[int, str]]:
    return {one.product.sku: (one.quantity, one.measure) for one in stock.of_store("demo")}


def test_counts_are_in_pieces_and_grams(stock, file):
    path = file(f"bag,,120,{MORNING}", f"apples,,12.5,{MORNING}", f",06901234567892,7,{MORNING}")
    taken = stock.take(path, "demo")
    assert (taken.rows.taken, taken.added, taken.changed) == (3, 3, 0)
    assert there(stock) == {"bag": (120, "pieces"), "apples": (12_500, "grams"), "milk": (7, "pieces")}
    assert stock.of_store("demo")[0].counted_at == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def test_what_a_later_file_does_not_name_keeps_its_count(stock, file):
    stock.take(file(f"bag,,120,{MORNING}", f"milk,,7,{MORNING}"), "demo")
    taken = stock.take(file(f"bag,,100,{NOON}"), "demo")
    assert (taken.added, taken.changed) == (0, 1)
    assert there(stock) == {"bag": (100, "pieces"), "milk": (7, "pieces")}


def test_another_store_keeps_its_own_count(hub, stock, file):
    bag = CatalogueItem(Product("bag", {"en": "Bag"}), {"42": 1}, (PriceRow("list", 50),))
    hub.catalogues.replace_goods("other", [bag], currency="CNY", source="test")
    stock.take(file(f"bag,,5,{MORNING}"), "other")
    stock.take(file(f"bag,,120,{MORNING}"), "demo")
    stock.take(file(f"bag,,110,{NOON}"), "demo")
    assert there(stock) == {"bag": (110, "pieces")}
    assert [one.quantity for one in stock.of_store("other")] == [5]


def test_an_older_count_does_not_replace_a_newer(stock, file):
    stock.take(file(f"bag,,100,{NOON}"), "demo")
    taken = stock.take(file(f"bag,,120,{MORNING}"), "demo")
    assert (taken.rows.taken, taken.rows.refused, taken.changed) == (0, 1, 0)
    assert list(taken.rows.refusals) == ["older_count"]
    assert there(stock) == {"bag": (100, "pieces")}


def test_less_than_nothing_is_taken_with_a_warning(stock, file):
    taken = stock.take(file(f"bag,,-2,{MORNING}"), "demo")
    assert (taken.rows.warned, list(taken.rows.warnings)) == (1, ["below_zero"])
    assert there(stock) == {"bag": (-2, "pieces")}


def test_a_dry_run_changes_nothing(stock, file):
    taken = stock.take(file(f"bag,,120,{MORNING}"), "demo", dry_run=True)
    assert (taken.added, taken.dry_run) == (1, True)
    assert there(stock) == {}


def test_a_file_of_another_store_is_refused(stock, file):
    path = file(f"bag,3,{MORNING},other", header="sku,quantity,counted_at,store\n")
    with pytest.raises(ImportRefused, match="line 2: it is of store 'other', not of 'demo'"):
        stock.take(path, "demo")


def test_goods_that_the_store_does_not_sell_are_told_and_many_of_them_hold_the_file_up(hub, stock, file):
    rows = [f"bag,,1,{MORNING}", *(f"x{n},,1,{MORNING}" for n in range(5))]
    with pytest.raises(ImplausibleImport, match="5 of its 6 rows name products that the store does not sell"):
        stock.take(file(*rows), "demo")
    assert there(stock) == {}
    taken = stock.take(file(*rows), "demo", approved_by="Mei")
    assert (taken.approved_by, taken.rows.refused) == ("Mei", 5)
    assert there(stock) == {"bag": (1, "pieces")}
    hub.limits.set("demo", {"gone_percent": 90})
    assert stock.take(file(*rows), "demo").objections == ()


def test_toml_says_the_time_once(stock, tmp_path):
    path = tmp_path / "stock.toml"
    path.write_text('store = "demo"\ncounted_at = 2026-11-22T08:00:00+08:00\n[[stock]]\nsku = "bag"\nquantity = 12\n')
    stock.take(path, "demo")
    assert there(stock) == {"bag": (12, "pieces")}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f",,1,{MORNING}", "line 2: it has neither sku nor code"),
        (f"bag,,many,{MORNING}", "its quantity 'many' is no number"),
        (f"bag,,1.2345,{MORNING}", "its quantity '1.2345'"),
        (f"bag,,1.5,{MORNING}", "bag is sold by the piece"),
        ("bag,,1,", "it does not say counted_at"),
        ("bag,,1,2026-11-22T21:00", "is still to come"),
        ("bag,,1,yesterday", "'yesterday'"),
        (f"bag,,1,{MORNING}\n,42,1,{MORNING}", "line 3: bag stands in line 2 already"),
    ],
)
def test_a_mistake_refuses_the_whole_file(stock, file, row, words):
    with pytest.raises(ImportRefused) as told:
        stock.take(file(row), "demo")
    assert words in str(told.value)
    assert there(stock) == {}


def test_a_store_that_is_not_there_is_told(stock, file):
    with pytest.raises(StoreUnknown):
        stock.take(file(f"bag,,1,{MORNING}"), "nowhere")
    with pytest.raises(StoreUnknown):
        stock.of_store("nowhere")
