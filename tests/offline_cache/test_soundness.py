"""A damaged page anywhere in a list, or an index that lacks rows, is found."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from offline_cache.price_list.check import check_list
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.writer import Meta, PriceListWriter
from offline_cache.soundness import check_list_pages
from retail.product import Product
from tests.offline_cache.lists import PUBLISHED, write_list

PAGE = 4096


def check(file: Path) -> None:
    check_list(file)
    check_list_pages(file)


@pytest.mark.parametrize("rubbish", [b"\xa5", b"\x00", b"\xff"])
def test_a_page_of_rubbish_is_found_wherever_it_is(tmp_path, rubbish):
    file = write_list(tmp_path / "list.sqlite", products=400)
    whole = file.read_bytes()
    check(file)
    for place in range(0, len(whole), PAGE):
        file.write_bytes(whole[:place] + rubbish * PAGE + whole[place + PAGE :])
        with pytest.raises((sqlite3.Error, PriceListError)):
            check(file)


def test_a_file_without_its_last_pages_is_found(tmp_path):
    file = write_list(tmp_path / "list.sqlite", products=400)
    file.write_bytes(file.read_bytes()[: -3 * PAGE])
    with pytest.raises(sqlite3.Error):
        check_list_pages(file)


def test_an_index_that_lacks_rows_is_found(tmp_path):
    file = tmp_path / "list.sqlite"
    with PriceListWriter(file, Meta("demo", 1, "CNY", PUBLISHED)) as writer:
        for number in range(400):
            writer.add_product(Product(f"s{number}", {"en": "x"}, plu=str(number)), codes={}, prices=[])
    check(file)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        index = db.execute("SELECT * FROM sqlite_schema WHERE name = 'product_plu'").fetchone()
        db.execute("DELETE FROM sqlite_schema WHERE name = 'product_plu'")
        db.execute("PRAGMA writable_schema = RESET")
        db.execute("DELETE FROM product WHERE sku = 's7'")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)
    with pytest.raises(sqlite3.Error, match="product_plu has 400 entries, product 399 rows"):
        check_list_pages(file)
