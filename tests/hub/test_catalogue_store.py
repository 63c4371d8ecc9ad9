from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import read_catalogue, read_items
from hub.errors import CatalogueRefused, NameRefused
from hub.services import Hub
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from tests.hub.conftest import GOODS, MILK, SHOP


def goods(hub: Hub, store: str = "demo") -> list[CatalogueItem]:
    with hub.database.read() as connection:
        return list(read_items(connection, store))


def shop(hub: Hub, store: str = "demo"):
    with hub.database.read() as connection:
        return read_catalogue(connection, store)


def item(sku: str, *codes: str) -> CatalogueItem:
    return CatalogueItem(Product(sku, {"en": sku}), dict.fromkeys(codes, 1), (PriceRow("list", 100),))


def test_a_shop_comes_back_as_it_was_given(hub):
    assert goods(hub) == list(GOODS)
    assert shop(hub) == SHOP


def test_a_shop_given_again_replaces_all_of_the_old_one(hub):
    again = replace(SHOP, offers=(), pictures={}, names={"en": "New"})
    hub.catalogues.replace_all(again, [MILK], source="again")
    assert (shop(hub), goods(hub)) == (again, [MILK])


def test_a_list_replaces_the_products_and_leaves_the_rest_of_the_shop(hub):
    hub.catalogues.replace_goods("demo", [item("new", "1"), MILK], currency="CNY", source="list.csv")
    assert [one.product.sku for one in goods(hub)] == ["new", "milk"]
    assert shop(hub) == SHOP


def test_a_list_makes_a_store_that_is_new_and_touches_no_other(hub):
    hub.catalogues.replace_goods("second", [item("a", "1")], currency="EUR", source="list.csv")
    assert [(one.id, one.currency, one.products) for one in hub.catalogues.stores()] == [
        ("demo", "CNY", 4),
        ("second", "EUR", 1),
    ]
    assert goods(hub) == list(GOODS)


def test_a_list_that_breaks_off_leaves_the_old_one(hub):
    def broken() -> Iterator[CatalogueItem]:
        yield item("new", "1")
        raise RuntimeError("row 2")

    with pytest.raises(RuntimeError):
        hub.catalogues.replace_goods("demo", broken(), currency="CNY", source="list.csv")
    assert goods(hub) == list(GOODS)


@pytest.mark.parametrize("items", [[item("a", "1"), item("b", "1")], [item("a", "1"), item("a", "2")]])
def test_products_that_contradict_each_other_leave_the_old_list(hub, items):
    with pytest.raises(CatalogueRefused, match="same"):
        hub.catalogues.replace_goods("demo", items, currency="CNY", source="list.csv")
    assert goods(hub) == list(GOODS)


def test_an_empty_list_leaves_the_old_one(hub):
    with pytest.raises(CatalogueRefused, match="nothing was changed"):
        hub.catalogues.replace_goods("demo", [], currency="CNY", source="list.csv")
    assert goods(hub) == list(GOODS)


def test_offers_do_not_survive_a_change_of_currency(hub):
    hub.catalogues.replace_goods("demo", [MILK], currency="EUR", source="list.csv")
    found = shop(hub)
    assert found.currency == "EUR"
    assert found.offers == ()
    assert found.label_templates == SHOP.label_templates


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "x" * 65, "店", "a b"])
def test_a_store_name_that_is_no_folder_name_is_refused(hub, name):
    with pytest.raises(NameRefused, match="letters"):
        hub.catalogues.replace_goods(name, [MILK], currency="CNY", source="list.csv")


def test_more_products_than_fit_into_one_batch_keep_their_order(hub):
    many = [item(f"sku-{number}", f"code-{number}") for number in range(2500, 0, -1)]
    assert hub.catalogues.replace_goods("demo", many, currency="CNY", source="list.csv") == 2500
    assert goods(hub) == many
