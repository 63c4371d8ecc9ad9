"""Tables 0010: the multi-buys and special prices of a hub of before are campaigns afterwards, in force as they were."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

import hub.database
from hub.data_folder import DataFolder
from hub.database import sqlite_url
from hub.promotions.store import StoredCampaign
from hub.services import open_hub
from retail.promotions.campaign import Campaign, Kind, Terms, When
from tests.hub.databases import Databases
from tests.hub.following_lane import lane_of

STORE = "INSERT INTO store VALUES ('a', 'CNY', 'UTC', '{}', '{}', '[]', 'x', 0, '', '', '{}', '{}')"
PRODUCT = "INSERT INTO product (id, sku) VALUES (:id, :sku)"
DESCRIPTION = """INSERT INTO description VALUES
    (:id, :id, 'x', '{"en":"Milk"}', 'piece', '', 0, 0, false, '', '', 0, '[]')"""
LISTING = "INSERT INTO listing VALUES ('store', 'a', :id, :id, :codes)"
RULE = """INSERT INTO price_rule
    (product_id, scope_kind, scope_id, channel, kind, minor, currency, valid_until, priority, source, label, change)
    VALUES (:id, 'store', 'a', 'any', :kind, :minor, 'CNY', :ends, :priority, :source, :label, 1)"""
OFFER = "INSERT INTO offer VALUES ('a', :id, 'n_for_x', 3, 300, '{\"en\":\"3 for 3\"}', :skus, 5, NULL)"


def fill(connection: Connection) -> None:
    connection.execute(text(STORE))
    for number, sku in ((1, "milk"), (2, "tea")):
        connection.execute(text(PRODUCT), {"id": number, "sku": sku})
        connection.execute(text(DESCRIPTION), {"id": number})
        connection.execute(text(LISTING), {"id": number, "codes": f'{{"9{number}":1}}'})
        rule = {"id": number, "kind": "list", "minor": 200, "ends": None, "priority": 0, "source": "feed", "label": ""}
        connection.execute(text(RULE), rule)
        special = {"kind": "special", "minor": 90, "ends": 2**31, "priority": 1, "source": "campaigns", "label": "low"}
        connection.execute(text(RULE), rule | special)
    connection.execute(text(OFFER), {"id": "o1", "skus": '["milk","gone"]'})


@pytest.fixture
def before(tmp_path: Path, databases: Databases) -> tuple[DataFolder, str]:
    folder = DataFolder(tmp_path / "hub")
    folder.create()
    address = databases.address(folder.path) or sqlite_url(folder.database)
    engine = create_engine(address)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(hub.database.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        fill(connection)
    engine.dispose()
    return folder, address


def test_multi_buys_and_special_prices_are_campaigns_of_what_the_shop_writes_itself(before):
    folder, address = before
    with open_hub(folder, address=address) as opened:
        low, three = opened.promotions.of_store("a")
    ends = When(valid_until=2**31)
    assert low == StoredCampaign(
        Campaign("low", Terms(Kind.SPECIAL_PRICE, price=90), when=ends),
        "campaigns",
        "",
        {0: (("sku", "milk"), ("sku", "tea"))},
    )
    assert three.campaign == Campaign("o1", Terms(Kind.N_FOR_X, 3, price=300), {"en": "3 for 3"}, When(5))
    assert three.goods == {0: (("sku", "gone"), ("sku", "milk"))}


def test_a_lane_gets_them_with_the_next_list(before, tmp_path):
    folder, address = before
    with open_hub(folder, address=address) as opened:
        opened.publisher.publish("a")
        lane = lane_of(opened, tmp_path / "lane", "a")
        lane.follow()
    assert [(product, key) for product, key, _, _ in lane.rows()["taking"]] == [(1, "low"), (1, "o1"), (2, "low")]
    assert [(kind, minor) for _, kind, _, _, minor, _ in lane.rows()["price"]] == [("list", 200), ("list", 200)]
