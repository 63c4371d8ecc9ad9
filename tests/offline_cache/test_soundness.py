"""A damaged page anywhere in a list, or an index that lacks rows, is found."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from offline_cache.price_list.check import check_list
from offline_cache.price_list.errors import PriceListError
from offline_cache.soundness import check_list_pages
from tests.offline_cache.lists import write_list

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
    file = write_list(tmp_path / "list.sqlite", products=400)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        index = db.execute("SELECT * FROM sqlite_schema WHERE name = 'code_product'").fetchone()
        db.execute("DELETE FROM sqlite_schema WHERE name = 'code_product'")
        db.execute("PRAGMA writable_schema = RESET")
        db.execute("DELETE FROM code WHERE code = 'c7'")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)
    with pytest.raises(sqlite3.Error, match="code_product has 400 entries, code 399 rows"):
        check_list_pages(file)
