"""What lanes hold up though no import was stopped for it: a person lets it through as it is published."""

from __future__ import annotations

import shutil

from sqlalchemy import select

from hub.catalogue import CatalogueItem
from hub.list_source import newest_approval
from hub.scopes import Scope
from hub.services import Hub
from hub.tables import IMPORT_LOG
from offline_cache.plausibility import Limits, difference, objections
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from tests.hub.following_lane import lane_of


def items(count: int) -> list[CatalogueItem]:
    return [CatalogueItem(Product(f"n{n}", {"en": "N"}), {f"9{n}": 1}, (PriceRow("list", 100),)) for n in range(count)]


def test_a_store_that_leaves_its_region_gets_its_new_list_by_somebodys_name(hub: Hub, tmp_path, clock):
    hub.catalogues.replace_goods(Scope("region", "north"), items(20), currency="CNY", source="north")
    hub.catalogues.set_region("demo", "north")
    hub.publisher.publish("demo")
    lane = lane_of(hub, tmp_path / "lane")
    lane.follow()
    before = shutil.copyfile(lane.path, tmp_path / "before.sqlite")
    hub.catalogues.set_region("demo", "")
    hub.publisher.publish("demo")
    lane.follow()
    assert lane.manifest().approved is None
    assert objections(difference(before, lane.path, None, at=clock()), Limits()), "a lane refuses the list"
    done = hub.publisher.publish("demo", approved_by="Mei")
    approved = lane.manifest().approved
    assert approved is not None
    assert (approved.revision, approved.by) == (done.revision, "Mei")
    hub.publisher.publish("demo")
    assert lane.manifest().approved == approved
    with hub.database.read() as connection:
        row = connection.execute(select(IMPORT_LOG).where(IMPORT_LOG.c.source == "publish")).one()
    assert (row.scope_kind, row.scope_id, row.approved_by) == ("store", "demo", "Mei")


def test_rules_of_some_stores_that_somebody_let_through_say_nothing_of_another(hub: Hub, tmp_path):
    for store in ("a", "b", "c"):
        hub.catalogues.replace_goods(store, items(20), currency="CNY", source=store)
    rules = [f"n{n},store:{store},0.01,1\n" for n in range(20) for store in "ab"]
    path = tmp_path / "rules.csv"
    path.write_text("sku,scope,price,priority\n" + "".join(rules))
    change = hub.rules.take(path, source="slip", approved_by="Mei")
    assert change.objections
    with hub.database.read() as connection:
        found = {store: newest_approval(connection, store) for store in ("a", "b", "c", "demo")}
    assert {store for store, approval in found.items() if approval is not None} == {"a", "b"}
