"""What a store's lanes get: narrowest listing, resolved prices, codes that one product has."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from hub.catalogue import CatalogueItem
from hub.changes import head_change, log_touched, next_change
from hub.errors import NameRefused, StoreUnknown
from hub.list_source import find_product, newest_approval, product_ids, resolved_items, rules_of, touched
from hub.scopes import ALL, Scope
from hub.services import Hub
from hub.tables import PRICE_RULE
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from tests.hub.conftest import APPLES, BAG, GOODS, MILK, WINE

NORTH = Scope("region", "north")
STORE = Scope("store", "demo")


def item(sku: str, *codes: str, name: str = "", minor: int = 100) -> CatalogueItem:
    return CatalogueItem(Product(sku, {"en": name or sku}), dict.fromkeys(codes, 1), (PriceRow("list", minor),))


def take(hub: Hub, scope: Scope, *items: CatalogueItem, currency: str = "CNY") -> None:
    hub.catalogues.replace_goods(scope, items, currency=currency, source="list.csv", approved_by="Ann")


def sold(hub: Hub, store: str = "demo", channel: str = "lane", **options) -> dict[str, CatalogueItem]:
    options = {"at": hub.clock(), "only": None} | options
    with hub.database.read() as connection:
        found = list(resolved_items(connection, store, channel, **options))
    assert [number for number, _ in found] == sorted(number for number, _ in found)
    return {one.product.sku: one for _, one in found}


def numbers(hub: Hub, *skus: str) -> dict[str, int]:
    with hub.database.read() as connection:
        return product_ids(connection, skus)


def touched_by(hub: Hub, act: Callable[[], None], store: str = "demo") -> set[str]:
    with hub.database.read() as connection:
        before = head_change(connection)
    act()
    with hub.database.read() as connection:
        found = touched(connection, store, after=before)
        known = product_ids(connection, [one.product.sku for one in GOODS] + ["only", "P", "Q", "R"])
    return {sku for sku, number in known.items() if number in found}


@pytest.fixture
def north(hub: Hub) -> Hub:
    """The shop lies in a region."""
    hub.catalogues.set_region("demo", "north")
    return hub


def test_a_store_sells_what_wider_lists_have_and_the_narrowest_says_what_it_is(north):
    take(north, ALL, item("only"), item("bag", "42", name="Everywhere"), item("R", name="Everywhere"))
    take(north, NORTH, item("R", name="North"), item("wine-2", name="North"))
    names = {sku: one.product.names["en"] for sku, one in sold(north).items() if sku != "apples"}
    assert names == {
        "milk": "Milk", "bag": "Bag", "gone-soon": "Wine", "only": "only", "R": "North", "wine-2": "North",
    }  # fmt: skip


def test_a_region_is_of_its_stores_alone(hub):
    take(hub, NORTH, item("only"))
    assert "only" not in sold(hub)
    hub.catalogues.set_region("demo", "north")
    assert "only" in sold(hub)
    hub.catalogues.set_region("demo", "")
    assert "only" not in sold(hub)


def test_products_are_counted_once_however_many_lists_have_them(north):
    take(north, ALL, MILK, item("only"))
    assert [one.products for one in north.catalogues.stores()] == [5]
    assert [one.region for one in north.catalogues.stores()] == ["north"]


def test_prices_of_wider_lists_give_way_to_the_stores(north):
    take(north, ALL, replace(BAG, prices=(PriceRow("list", 7),)), item("only", minor=9))
    take(north, NORTH, item("only", minor=8))
    found = sold(north)
    assert found["bag"].prices == BAG.prices
    assert found["only"].prices == (PriceRow("list", 8),)


def test_a_wider_list_in_another_currency_prices_nothing(hub):
    take(hub, ALL, item("only"), currency="EUR")
    assert sold(hub)["only"].prices == ()


def test_prices_that_have_ended_are_left_out_and_those_to_come_are_there(hub):
    now = int(hub.clock().timestamp())
    prices = (PriceRow("list", 90), PriceRow("special", 80, now - 9, now), PriceRow("special", 70, now + 9, now + 99))
    take(hub, STORE, MILK, APPLES, WINE, replace(BAG, prices=prices))
    assert sold(hub)["bag"].prices == (prices[0], prices[2])
    assert sold(hub, at=datetime.fromtimestamp(now - 1, UTC))["bag"].prices == prices


def test_a_rule_for_a_channel_prices_that_channel_alone(hub):
    write_rule(hub, "bag", minor=45, channel="web")
    assert sold(hub, channel="web")["bag"].prices == (PriceRow("list", 45),)
    assert sold(hub, channel="lane")["bag"].prices == BAG.prices


def write_rule(hub: Hub, sku: str, *, minor: int, channel: str = "any", source: str = "rules") -> None:
    row = {"scope_kind": "store", "scope_id": "demo", "kind": "list", "currency": "CNY", "priority": 1, "label": ""}
    number = numbers(hub, sku)[sku]
    with hub.database.write() as connection:
        change = next_change(connection)
        own = {"product_id": number, "minor": minor, "channel": channel, "source": source, "change": change}
        connection.execute(insert(PRICE_RULE).values(**row, **own))
        log_touched(connection, change, STORE, [number])


def test_an_import_leaves_the_rules_of_other_sources(hub):
    write_rule(hub, "bag", minor=45)
    take(hub, STORE, MILK, APPLES, replace(BAG, prices=(PriceRow("list", 60),)), WINE)
    with hub.database.read() as connection:
        number = product_ids(connection, ["bag"])["bag"]
        found = {(rule.source, rule.minor) for rule in rules_of(connection, "demo", [number])[number]}
    assert found == {("rules", 45), ("feed", 60)}


def test_only_the_products_asked_for_come_and_only_if_the_store_sells_them(hub):
    take(hub, Scope("store", "second"), item("only"))
    wanted = numbers(hub, "bag", "milk", "only", "never")
    assert set(wanted) == {"bag", "milk", "only"}
    assert sold(hub, only=wanted.values()) == {"milk": MILK, "bag": BAG}
    assert sold(hub, only=[]) == {}


def test_a_code_of_two_products_is_the_narrower_lists(north):
    take(north, ALL, item("P", "42", "900"), item("Q", "900-1"))
    take(north, NORTH, item("Q", "900", "901"))
    found = sold(north)
    assert (found["bag"].codes, found["P"].codes, found["Q"].codes) == ({"42": 1}, {}, {"900": 1, "901": 1})
    with north.database.read() as connection:
        known = {number: sku for sku, number in product_ids(connection, ["P", "Q", "bag"]).items()}
        owners = {code: known.get(find_product(connection, "demo", code) or 0) for code in ("42", "900", "900-1", "5")}
    assert owners == {"42": "bag", "900": "Q", "900-1": None, "5": None}


def test_a_code_that_a_hidden_listing_claims_stays_with_the_wider_list(north):
    take(north, ALL, item("R", "900"))
    take(north, NORTH, item("bag", "900"))
    assert sold(north)["R"].codes == {"900": 1}, "the store lists its bag itself, under another code"


def test_whose_code_was_taken_or_given_back_is_touched(north):
    take(north, ALL, item("P", "42", "900"))
    assert touched_by(north, lambda: take(north, NORTH, item("Q", "900"))) == {"P", "Q"}
    assert touched_by(north, lambda: take(north, NORTH, item("Q", "901"))) == {"P", "Q"}
    assert touched_by(north, lambda: take(north, STORE, MILK, APPLES, WINE)) == {"P", "bag"}
    assert sold(north)["P"].codes == {"42": 1, "900": 1}


def test_who_gets_a_code_back_as_its_taker_is_listed_anew_is_touched(north):
    take(north, ALL, item("R", "900"))
    take(north, NORTH, item("P", "900"))
    assert sold(north)["R"].codes == {}
    assert touched_by(north, lambda: take(north, STORE, *GOODS, item("P", "901"))) == {"P", "R"}
    assert sold(north)["R"].codes == {"900": 1}


def test_what_touches_a_scope_touches_its_stores_alone(north):
    take(north, Scope("store", "second"), item("only"))
    assert touched_by(north, lambda: take(north, NORTH, item("P"))) == {"P"}
    assert touched_by(north, lambda: take(north, NORTH, item("P"), item("Q")), "second") == set()
    assert touched_by(north, lambda: take(north, ALL, item("R")), "second") == {"R"}


def test_a_change_of_region_touches_what_both_regions_have(north):
    take(north, NORTH, item("P"))
    take(north, Scope("region", "south"), item("Q"))
    assert touched_by(north, lambda: north.catalogues.set_region("demo", "south")) == {"P", "Q"}
    assert touched_by(north, lambda: north.catalogues.set_region("demo", "south")) == set()


def test_who_loses_a_code_to_the_new_region_or_gets_it_back_is_touched(hub):
    take(hub, ALL, item("P", "900"), item("R", "901"))
    take(hub, NORTH, item("Q", "900"))
    assert touched_by(hub, lambda: hub.catalogues.set_region("demo", "north")) == {"P", "Q"}
    assert sold(hub)["P"].codes == {}
    assert touched_by(hub, lambda: hub.catalogues.set_region("demo", "")) == {"P", "Q"}
    assert sold(hub)["P"].codes == {"900": 1}


def test_what_the_old_region_took_away_before_the_store_left_it_is_touched(north):
    take(north, NORTH, item("P"), item("Q"))

    def lose_and_leave() -> None:
        take(north, NORTH, item("Q"))
        north.catalogues.set_region("demo", "south")

    assert touched_by(north, lose_and_leave) == {"P", "Q"}


def test_a_store_that_changes_its_currency_is_touched_in_all_that_wider_lists_price(north):
    take(north, ALL, item("P"))
    take(north, NORTH, item("Q"))
    assert touched_by(north, lambda: take(north, STORE, *GOODS, currency="EUR")) >= {"P", "Q"}
    assert sold(north)["P"].prices == (), "its price is in the other currency"


@pytest.mark.parametrize("name", [" ", " north", "x" * 65, "a\nb"])
def test_a_region_without_a_proper_name_is_refused(hub, name):
    with pytest.raises(NameRefused, match="region"):
        hub.catalogues.set_region("demo", name)


def test_a_store_that_is_not_there_has_no_list_and_no_region(hub):
    with pytest.raises(StoreUnknown, match="demo"):
        hub.catalogues.set_region("nowhere", "north")
    with pytest.raises(StoreUnknown, match="demo"):
        sold(hub, "nowhere")


@pytest.mark.parametrize("text", ["", "everywhere", "region:", "store:a b", "all:x", "region"])
def test_a_scope_that_is_none_is_refused(text):
    with pytest.raises(NameRefused):
        Scope.parse(text)


@pytest.mark.parametrize("text", ["all", "region:华北", "store:demo"])
def test_a_scope_reads_as_it_is_written(text):
    assert str(Scope.parse(text)) == text


def test_lists_longer_than_a_chunk_come_whole_from_several_scopes(hub):
    many = [item(f"sku-{number}", f"c-{number}") for number in range(2100)]
    take(hub, ALL, *many)
    take(hub, STORE, *many[1000:1500], *GOODS)
    assert sold(hub) == {one.product.sku: one for one in (*GOODS, *many)}
    assert len(sold(hub, only=numbers(hub, *(f"sku-{number}" for number in range(2100))).values())) == 2100


def test_nobody_has_let_anything_through_in_a_new_hub(hub):
    with hub.database.read() as connection:
        assert newest_approval(connection, "demo") is None
