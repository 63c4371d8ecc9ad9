from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import read_catalogue
from hub.changes import head_change
from hub.errors import CatalogueRefused, NameRefused
from hub.list_import import Imported
from hub.list_source import resolved_items, touched
from hub.services import Hub
from hub.tables import DESCRIPTION, PRODUCT
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from retail.promotions.campaign import Campaign
from tests.hub.conftest import APPLES, BAG, GOODS, MILK, SHOP, WINE

CAMPAIGNS = [one.campaign for one in SHOP.campaigns]
REST = replace(SHOP, campaigns=())  # what is kept in one place with the shop


def goods(hub: Hub, store: str = "demo") -> list[CatalogueItem]:
    with hub.database.read() as connection:
        return [found for _, found in resolved_items(connection, store, "lane", at=hub.clock(), only=None)]


def touched_by(hub: Hub, act, store: str = "demo") -> set[str]:
    """SKUs that an act touched."""
    with hub.database.read() as connection:
        before = head_change(connection)
    act()
    with hub.database.read() as connection:
        found = touched(connection, store, after=before)
        return {row.sku for row in connection.execute(select(PRODUCT).where(PRODUCT.c.id.in_(found)))}


def own(hub: Hub) -> list[Campaign]:
    return [one.campaign for one in hub.promotions.of_store("demo")]


def shop(hub: Hub, store: str = "demo"):
    with hub.database.read() as connection:
        return read_catalogue(connection, store)


def item(sku: str, *codes: str) -> CatalogueItem:
    return CatalogueItem(Product(sku, {"en": sku}), dict.fromkeys(codes, 1), (PriceRow("list", 100),))


def test_a_shop_comes_back_as_it_was_given(hub):
    assert goods(hub) == list(GOODS)
    assert (shop(hub), own(hub)) == (REST, CAMPAIGNS)


def test_a_shop_given_again_replaces_all_of_the_old_one(hub):
    again = replace(SHOP, campaigns=(), pictures={}, names={"en": "New"})
    hub.catalogues.replace_all(again, [MILK], source="again")
    assert (shop(hub), goods(hub), own(hub)) == (again, [MILK], [])


def test_a_list_replaces_the_products_and_leaves_the_rest_of_the_shop(hub):
    hub.catalogues.replace_goods("demo", [item("new", "1"), MILK], currency="CNY", source="list.csv")
    assert [one.product.sku for one in goods(hub)] == ["milk", "new"]
    assert (shop(hub), own(hub)) == (REST, CAMPAIGNS)


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
    hub.catalogues.replace_goods("demo", [MILK], currency="EUR", source="list.csv", approved_by="Ann")
    found = shop(hub)
    assert found.currency == "EUR"
    assert own(hub) == []
    assert found.label_templates == SHOP.label_templates


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "x" * 65, "店", "a b"])
def test_a_store_name_that_is_no_folder_name_is_refused(hub, name):
    with pytest.raises(NameRefused, match="letters"):
        hub.catalogues.replace_goods(name, [MILK], currency="CNY", source="list.csv")


def test_more_products_than_fit_into_one_batch_keep_their_order(hub):
    many = [item(f"sku-{number}", f"code-{number}") for number in range(2500, 0, -1)]
    done = hub.catalogues.replace_goods("demo", many, currency="CNY", source="list.csv")
    assert done.products == 2500
    assert goods(hub) == many


def test_a_list_that_is_imported_again_touches_nothing(hub):
    assert touched_by(hub, lambda: hub.catalogues.replace_all(SHOP, GOODS, source="again")) == set()
    assert touched_by(hub, lambda: take(hub, *reversed(GOODS))) == set()


def take(hub: Hub, *items: CatalogueItem, store: str = "demo", **options: Any) -> Imported:
    return hub.catalogues.replace_goods(store, items, currency="CNY", source="list.csv", **options)


@pytest.mark.parametrize(
    "other",
    [
        replace(MILK, product=replace(MILK.product, names={"en": "Whole milk"})),
        replace(MILK, product=replace(MILK.product, category="")),
        replace(MILK, codes={"6901234567892": 1}),
        replace(MILK, codes={**MILK.codes, "16901234567899": 12}),
        replace(MILK, prices=(PriceRow("list", 1281), MILK.prices[1])),
        replace(MILK, prices=(MILK.prices[0],)),
        replace(MILK, prices=(MILK.prices[0], replace(MILK.prices[1], valid_until=None))),
        replace(MILK, terms=("milk",)),
    ],
)
def test_just_the_product_that_differs_is_touched_and_comes_back_as_it_is_now(hub, other):
    assert touched_by(hub, lambda: take(hub, other, APPLES, BAG, WINE)) == {"milk"}
    assert goods(hub)[0] == other
    assert touched_by(hub, lambda: take(hub, *GOODS)) == {"milk"}
    assert goods(hub) == list(GOODS)


def test_products_that_come_and_go_are_touched(hub):
    assert touched_by(hub, lambda: take(hub, MILK, APPLES, BAG, item("new", "1"))) == {"gone-soon", "new"}
    assert touched_by(hub, lambda: take(hub, *GOODS)) == {"gone-soon", "new"}


def test_a_code_may_move_from_one_product_to_another(hub):
    bag, wine = replace(BAG, codes={"43": 1}), replace(WINE, codes={"42": 1})
    take(hub, MILK, APPLES, bag, wine)
    assert goods(hub)[2:] == [bag, wine]


def test_a_product_keeps_its_number_while_it_is_away(hub):
    def numbers() -> dict[str, int]:
        with hub.database.read() as connection:
            return {row.sku: row.id for row in connection.execute(select(PRODUCT))}

    before = numbers()
    take(hub, MILK)
    take(hub, item("other", "5"), *GOODS)
    assert numbers() == before | {"other": max(before.values()) + 1}


def test_stores_that_say_the_same_share_it_and_each_keeps_its_own(hub):
    other = replace(BAG, product=replace(BAG.product, names={"en": "Carrier bag"}))
    take(hub, MILK, other, store="second")
    assert goods(hub, "second") == [MILK, other]
    assert goods(hub) == list(GOODS)
    assert said_of(hub) == ["apples", "bag", "bag", "gone-soon", "milk"]
    take(hub, MILK, BAG, store="second")
    assert said_of(hub) == ["apples", "bag", "gone-soon", "milk"]


def said_of(hub: Hub) -> list[str]:
    query = select(PRODUCT.c.sku).join(DESCRIPTION, DESCRIPTION.c.product_id == PRODUCT.c.id)
    with hub.database.read() as connection:
        return sorted(connection.execute(query).scalars())


def test_a_dry_run_says_what_would_change_and_changes_nothing(hub):
    dearer = replace(BAG, prices=(PriceRow("list", 60),))
    done = take(hub, MILK, APPLES, dearer, item("new", "1"), dry_run=True)
    found = done.difference
    assert (found.before, found.after, found.added, found.gone, found.moved) == (4, 4, 1, 1, 1)
    assert found.examples == {
        "added": [{"sku": "new", "code": "1", "name": "new"}],
        "gone": [{"sku": "gone-soon", "code": "43", "name": "Wine"}],
        "moved": [{"sku": "bag", "code": "42", "name": "Bag", "from_minor": 50, "to_minor": 60}],
    }
    assert done.change == 0
    assert goods(hub) == list(GOODS)
    assert touched_by(hub, lambda: None) == set()


def test_a_dry_run_for_a_new_store_makes_none(hub):
    take(hub, MILK, store="second", dry_run=True)
    assert [one.id for one in hub.catalogues.stores()] == ["demo"]


def test_a_dry_run_of_a_shop_leaves_its_offers_and_says_which_would_go(hub):
    done = hub.catalogues.replace_all(replace(SHOP, campaigns=SHOP.campaigns[:1]), GOODS, source="again", dry_run=True)
    assert (done.difference.offers_before, done.difference.offers_gone) == (2, 1)
    assert (shop(hub), own(hub)) == (REST, CAMPAIGNS)


def test_the_farthest_moves_come_first_and_only_ten_are_shown(hub):
    many = [item(f"sku-{number}", f"code-{number}") for number in range(20)]
    take(hub, *many, store="second")
    moved = [replace(one, prices=(PriceRow("list", 101 + number),)) for number, one in enumerate(many)]
    done = take(hub, *moved, store="second", dry_run=True)
    assert done.difference.moved == 20
    assert [one["to_minor"] for one in done.difference.examples["moved"]] == list(range(120, 110, -1))


def test_the_beginning_of_a_promotion_moves_no_price_but_special_prices_at_a_tenth_move_far(hub):
    promoted = replace(BAG, prices=(PriceRow("list", 50), PriceRow("special", 40)))
    found = take(hub, MILK, APPLES, promoted, WINE, dry_run=True).difference
    assert (found.moved, found.moved_far) == (0, 0)
    broken = replace(BAG, prices=(PriceRow("list", 50), PriceRow("special", 4)))
    found = take(hub, MILK, APPLES, broken, WINE, dry_run=True).difference
    assert (found.moved, found.moved_far) == (0, 1)
