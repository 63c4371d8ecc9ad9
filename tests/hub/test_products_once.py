"""Tables 0002: what a hub of the first version had is there afterwards, products once."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text

import hub.database
from hub.catalogue import CatalogueItem
from hub.catalogue_store import CatalogueStore
from hub.changes import head_change
from hub.database import open_database, sqlite_url
from hub.list_source import resolved_items, touched
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from retail.promotions.body import campaign_of

OLD_STORE = "INSERT INTO store VALUES (:id, :currency, 'UTC', '{}', '{}', '[\"bag\"]', 'old.csv', 1700000000)"
OLD_PRODUCT = """INSERT INTO product
(store, number, sku, names, unit, category, tax_rate_bp, min_age, loose, plu, picture,
tare_grams, terms) VALUES (:store, :number, :sku, :names, 'piece', 'dairy', 900, 0, :loose, '', '', 0, '[]')"""
OLD_CODE = "INSERT INTO product_code (store, code, number, pieces) VALUES (:store, :code, :number, :pieces)"
OLD_PRICE = "INSERT INTO price VALUES (:store, :number, :place, :kind, :minor, :valid_from, :valid_until)"
OLD_OFFER = "INSERT INTO offer VALUES ('a', 'o1', 'n_for_x', 3, 300, '{}', '[\"milk\"]', NULL, NULL)"
OLD_PICTURE = "INSERT INTO picture VALUES ('a', 'milk.svg', 'image/svg+xml', :content)"


def old_tables(engine: Engine) -> None:
    """A database as the first version left it: two stores that sell the same milk, described alike, priced apart."""
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(hub.database.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        fill_old_tables(connection)


def fill_old_tables(connection: Connection) -> None:
    for store, currency in (("a", "CNY"), ("b", "EUR")):
        connection.execute(text(OLD_STORE), {"id": store, "currency": currency})
        for number, sku in ((1, "milk"), (2, f"only-{store}")):
            row = {"store": store, "number": number, "sku": sku, "names": '{"en":"Milk"}', "loose": number == 2}
            connection.execute(text(OLD_PRODUCT), row)
            for code, pieces in ((f"9{number}", 1), (f"1{number}", 6)):
                row = {"store": store, "number": number, "code": code, "pieces": pieces}
                connection.execute(text(OLD_CODE), row)
        for place, kind, minor, valid_from in ((0, "list", 1280, None), (1, "special", 990, 1_700_000_000)):
            row = {"store": store, "number": 1, "place": place, "kind": kind, "minor": minor}
            connection.execute(text(OLD_PRICE), row | {"valid_from": valid_from, "valid_until": None})
    connection.execute(text(OLD_OFFER))
    connection.execute(text(OLD_PICTURE), {"content": b"<svg/>"})


@pytest.fixture
def address(tmp_path, databases):
    found = databases.address(tmp_path) or sqlite_url(tmp_path / "hub.sqlite")
    engine = create_engine(found)
    old_tables(engine)
    engine.dispose()
    return found


def rows(address: str, query: str) -> list[tuple[Any, ...]]:
    database = open_database(address)
    with database.read() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    database.close()
    return found


def test_products_of_several_stores_become_one(address):
    assert rows(address, "SELECT sku FROM product ORDER BY id") == [("milk",), ("only-a",), ("only-b",)]


LISTED = """SELECT l.scope_kind, l.scope_id, p.sku, l.codes, l.description_id FROM listing l
JOIN product p ON p.id = l.product_id ORDER BY l.scope_id, p.id"""
PRICED = """SELECT r.scope_id, p.sku, r.channel, r.kind, r.minor, r.currency, r.valid_from, r.source FROM price_rule r
JOIN product p ON p.id = r.product_id ORDER BY r.id"""


def test_each_store_lists_what_it_listed_and_they_share_what_they_say(address):
    found = rows(address, LISTED)
    assert [row[:4] for row in found] == [
        ("store", "a", "milk", '{"11":6,"91":1}'),
        ("store", "a", "only-a", '{"12":6,"92":1}'),
        ("store", "b", "milk", '{"11":6,"91":1}'),
        ("store", "b", "only-b", '{"12":6,"92":1}'),
    ]
    assert found[0][4] == found[2][4]
    assert len({row[4] for row in found}) == 3


def test_prices_become_rules_of_the_feed_in_each_store(address):
    assert rows(address, PRICED) == [
        ("a", "milk", "any", "list", 1280, "CNY", None, "feed"),
        ("a", "milk", "any", "special", 990, "CNY", 1_700_000_000, "feed"),
        ("b", "milk", "any", "list", 1280, "EUR", None, "feed"),
        ("b", "milk", "any", "special", 990, "EUR", 1_700_000_000, "feed"),
    ]


def test_the_rest_of_a_store_stays(address):
    (campaign,) = rows(address, "SELECT source, id, terms, valid_from FROM campaign")
    assert (campaign[0], campaign[1], campaign_of(json.loads(campaign[2])).terms.kind) == ("campaigns", "o1", "n_for_x")
    assert rows(address, "SELECT store, kind, name, group_no FROM campaign_goods") == [("a", "sku", "milk", 0)]
    assert [bytes(row[0]) for row in rows(address, "SELECT content FROM picture")] == [b"<svg/>"]
    found = rows(address, "SELECT id, currency, region, feed_store, limits FROM store ORDER BY id")
    assert found == [("a", "CNY", "", "", "{}"), ("b", "EUR", "", "", "{}")]


def test_all_counts_as_touched_once(address):
    database = open_database(address)
    with database.read() as connection:
        assert head_change(connection) == 1
        assert len(touched(connection, "a", after=0)) == 2
        assert touched(connection, "a", after=1) == set()
    database.close()


def test_a_list_that_says_what_it_said_before_touches_nothing(address, tmp_path, clock):
    milk = CatalogueItem(
        Product("milk", {"en": "Milk"}, category="dairy", tax_rate_bp=900),
        {"91": 1, "11": 6},
        (PriceRow("list", 1280), PriceRow("special", 990, 1_700_000_000)),
    )
    other = CatalogueItem(replace(milk.product, sku="only-a", loose=True), {"92": 1, "12": 6}, ())
    database = open_database(address)
    CatalogueStore(database, clock, tmp_path).replace_goods("a", [milk, other], currency="CNY", source="x")
    with database.read() as connection:
        assert touched(connection, "a", after=1) == set()
        found = [item for _, item in resolved_items(connection, "a", "lane", at=clock(), only=None)]
    database.close()
    assert found == [milk, other]


def test_a_new_hub_has_no_change_yet(tmp_path, databases):
    database = open_database(databases.address(tmp_path) or sqlite_url(tmp_path / "new.sqlite"))
    with database.read() as connection:
        assert head_change(connection) == 0
    database.close()
