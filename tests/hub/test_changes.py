"""Imports at the same time: numbers in the order of commits, nothing missed by who reads along, nobody kept waiting."""

import threading
from collections import defaultdict

import pytest

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import goods_rows
from hub.changes import head_change
from hub.list_source import touched
from hub.services import Hub, open_hub
from hub.staging import stage, unstage
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from tests.hub.conftest import BAG, MILK

STORES = ("s1", "s2", "s3")
ROUNDS = 6


def item(sku: str, minor: int) -> CatalogueItem:
    return CatalogueItem(Product(sku, {"en": sku}), {f"c-{sku}": 1}, (PriceRow("list", minor),))


class Importer(threading.Thread):
    """Another hub that imports into a store again and again: each time a new product, shared ones and other prices."""

    def __init__(self, folder, address, store: str) -> None:
        super().__init__()
        self.failure: BaseException | None = None
        self._folder, self._address, self._store = folder, address, store

    def run(self) -> None:
        try:
            with open_hub(self._folder, address=self._address) as hub:
                for turn in range(1, ROUNDS + 1):
                    own = [item(f"{self._store}-{number}", turn) for number in range(turn)]
                    shared = [item(f"shared-{number}", turn) for number in range(turn)]
                    hub.catalogues.replace_goods(
                        self._store, [*own, *shared], currency="CNY", source="x", approved_by="Ann"
                    )
        except BaseException as exc:  # noqa: BLE001 - carried to the test
            self.failure = exc


@pytest.fixture
def reading(hub: Hub) -> Hub:
    for store in STORES:
        hub.catalogues.replace_goods(store, [MILK], currency="CNY", source="x")
    return hub


def test_who_reads_along_misses_no_change_of_hubs_that_import_at_once(reading, databases, data):
    with reading.database.read() as connection:
        first = head_change(connection)
    importers = [Importer(reading.folder, databases.address(data), store) for store in STORES]
    for importer in importers:
        importer.start()
    seen = dict.fromkeys(STORES, first)
    found: dict[str, set[int]] = defaultdict(set)
    busy = True
    while busy:
        busy = any(importer.is_alive() for importer in importers)
        for store in STORES:
            with reading.database.read() as connection:
                found[store] |= touched(connection, store, after=seen[store])
                seen[store] = head_change(connection)
    assert [importer.failure for importer in importers] == [None, None, None]
    with reading.database.read() as connection:
        assert head_change(connection) == first + len(STORES) * ROUNDS
        assert found == {store: touched(connection, store, after=first) for store in STORES}
        assert {store: len(one) for store, one in found.items()} == dict.fromkeys(STORES, 2 * ROUNDS + 1)


def test_others_may_write_while_a_list_is_staged(hub):
    def first(connection) -> None:
        stage(connection, [goods_rows([MILK, BAG], 0)])
        hub.catalogues.set_region("demo", "north")

    with hub.database.write(first=first) as connection:
        unstage(connection)
    assert [one.region for one in hub.catalogues.stores()] == ["north"]


def test_what_a_failed_import_staged_is_not_in_the_next(hub):
    def broken(connection) -> None:
        stage(connection, [goods_rows([MILK], 0)])

    with pytest.raises(RuntimeError), hub.database.write(first=broken):
        raise RuntimeError
    done = hub.catalogues.replace_goods("second", [BAG], currency="CNY", source="x")
    assert done.products == 1
