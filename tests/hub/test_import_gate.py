"""Lists unlike the one before them: refused with their numbers, let through by a person by name, on record."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from hub.catalogue import CatalogueItem
from hub.errors import ImplausibleImport
from hub.list_import import Imported
from hub.list_source import newest_approval, resolved_items, touched
from hub.scopes import ALL, Scope
from hub.services import Hub
from hub.tables import IMPORT_LOG, STORE
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from tests.hub.conftest import GOODS, SHOP

MANY = tuple(
    CatalogueItem(Product(f"p{number}", {"en": f"P {number}"}), {f"c{number}": 1}, (PriceRow("list", 1000),))
    for number in range(100)
)
FEWER = MANY[:80]


def take(hub: Hub, items, scope: Scope | str = "big", **options) -> Imported:
    return hub.catalogues.replace_goods(scope, items, currency="CNY", source="list.csv", **options)


def priced(count: int, minor: int) -> tuple[CatalogueItem, ...]:
    """All hundred, the first `count` at another price."""
    return (*(replace(one, prices=(PriceRow("list", minor),)) for one in MANY[:count]), *MANY[count:])


def goods(hub: Hub) -> list[CatalogueItem]:
    with hub.database.read() as connection:
        return [one for _, one in resolved_items(connection, "big", "lane", at=hub.clock(), only=None)]


@pytest.fixture
def big(hub: Hub) -> Hub:
    """A hub with a store of a hundred products, of one store of a feed."""
    take(hub, MANY, feed_store="729:001")
    return hub


@pytest.mark.parametrize(
    ("items", "numbers"),
    [
        (FEWER, "20 of 100 products would go"),
        (priced(30, 1100), "30 of 100 prices would move"),
        (priced(5, 2001), "5 of 100 prices would more than double or fall under half"),
        (priced(5, 499), "5 of 100 prices would more than double or fall under half"),
    ],
)
def test_a_list_beyond_the_limits_is_refused_and_the_old_one_stays(big, items, numbers):
    with pytest.raises(ImplausibleImport, match=rf"list\.csv: .*store big.*{numbers}.*limit.*--dry-run.*--override"):
        take(big, items)
    assert goods(big) == list(MANY)
    with big.database.read() as connection:
        assert touched(connection, "big", after=1) == set(range(5, 105)), "what the first list touched, and no more"


def test_a_price_that_is_to_come_is_judged_on_the_day_it_is_written(big, clock):
    tomorrow = int(clock().timestamp()) + 86_400
    items = [replace(one, prices=(PriceRow("list", 1000), PriceRow("special", 10, tomorrow))) for one in MANY[:10]]
    with pytest.raises(ImplausibleImport, match="10 of 100 prices would more than double or fall under half"):
        take(big, (*items, *MANY[10:]))


@pytest.mark.parametrize("scope", ["big", ALL])
def test_the_same_numbers_in_another_currency_are_refused(big, scope):
    take(big, MANY, scope)
    with pytest.raises(ImplausibleImport, match="it is in EUR, the prices before it are in CNY"):
        big.catalogues.replace_goods(scope, MANY, currency="EUR", source="list.csv")
    done = big.catalogues.replace_goods(scope, MANY, currency="EUR", source="list.csv", approved_by="Ann")
    assert len(done.objections) == 1


def test_an_ended_special_price_is_no_alarm(big, clock):
    now = int(clock().timestamp())
    items = [replace(one, prices=(PriceRow("list", 1000), PriceRow("special", 400, now - 9, now))) for one in MANY]
    take(big, items)
    take(big, MANY)


@pytest.mark.parametrize("items", [MANY[:91], priced(20, 1100), priced(2, 5000), priced(100, 1000)])
def test_an_ordinary_day_passes(big, items):
    take(big, items)
    assert goods(big) == list(items)


def test_a_list_of_another_store_of_the_feed_is_refused_even_if_it_is_alike(big):
    with pytest.raises(ImplausibleImport, match="it is of store 729:003, the list before it was of 729:001"):
        take(big, MANY, feed_store="729:003")


@pytest.mark.parametrize("feed_store", ["729:1", "729:001", ""])
def test_zeros_do_not_make_another_store_and_a_list_need_not_say_its_own(big, feed_store):
    take(big, MANY, feed_store=feed_store)
    with big.database.read() as connection:
        assert connection.execute(select(STORE.c.feed_store).where(STORE.c.id == "big")).scalar() == "729:001"


def test_the_feeds_store_is_asked_for_when_the_list_has_been_read(big):
    seen: list[str] = []

    def items() -> Iterator[CatalogueItem]:
        yield from MANY
        seen.append("729:003")

    with pytest.raises(ImplausibleImport, match="729:003"):
        take(big, items(), feed_store=lambda: seen[0])


def test_a_person_lets_a_list_through_and_is_on_record(big):
    done = take(big, FEWER, feed_store="729:003", approved_by="Ann")
    assert goods(big) == list(FEWER)
    with big.database.read() as connection:
        assert newest_approval(connection, "big") == (done.change, "Ann")
        assert newest_approval(connection, "demo") is None
        row = connection.execute(select(IMPORT_LOG).where(IMPORT_LOG.c.change == done.change)).one()
    assert (row.source, row.feed_store, row.approved_by) == ("list.csv", "729:003", "Ann")
    assert json.loads(row.objections) == list(done.objections)
    assert len(done.objections) == 2
    assert json.loads(row.difference)["gone"] == 20


def test_who_has_nothing_to_let_through_is_no_approver(big):
    take(big, MANY, approved_by="Ann")
    with big.database.read() as connection:
        assert newest_approval(connection, "big") is None


def test_after_an_override_the_other_store_of_the_feed_is_the_right_one(big):
    take(big, MANY, feed_store="729:003", approved_by="Ann")
    take(big, MANY, feed_store="729:003")
    with pytest.raises(ImplausibleImport, match="729:001"):
        take(big, MANY, feed_store="729:001")


def test_a_dry_run_says_what_speaks_against_a_list_and_refuses_nothing(big):
    done = take(big, FEWER, dry_run=True)
    assert [text.split(" (")[0] for text in done.objections] == ["20 of 100 products would go"]
    assert goods(big) == list(MANY)


def test_a_store_may_have_limits_of_its_own(big):
    with big.database.write() as connection:
        connection.execute(STORE.update().where(STORE.c.id == "big").values(limits='{"gone_percent": 20}'))
    take(big, FEWER)
    assert len(goods(big)) == 80


def test_a_chains_list_is_held_up_as_well(hub):
    take(hub, MANY, ALL, feed_store="729:1")
    with pytest.raises(ImplausibleImport, match=r"list of all stores .*20 of 100 products would go"):
        take(hub, FEWER, ALL)
    with pytest.raises(ImplausibleImport, match="it is of store 729:2"):
        take(hub, MANY, ALL, feed_store="729:2")
    take(hub, FEWER, Scope("region", "north"))  # its first


@pytest.fixture(params=["all", "region:north"])
def chain(hub: Hub, request: pytest.FixtureRequest) -> Hub:
    """A hub with a store that lives on a chain's list, or on its region's, of a hundred products."""
    hub.catalogues.add_store("big", currency="CNY", region="north")
    take(hub, MANY, Scope.parse(request.param))
    return hub


@pytest.mark.parametrize(
    ("items", "numbers"),
    [
        (priced(100, 10), "100 of 100 prices would more than double or fall under half"),
        (priced(5, 10)[:5], "5 of 100 prices would more than double or fall under half"),
        (priced(30, 1100)[:30], "30 of 100 prices would move"),
    ],
)
def test_a_stores_first_list_is_held_against_what_the_chain_sells_there(chain, items, numbers):
    with pytest.raises(ImplausibleImport, match=rf"store big .*{numbers}"):
        take(chain, items)
    assert goods(chain) == list(MANY)
    take(chain, items, approved_by="Ann")
    assert {one.product.sku: one for one in goods(chain)}["p0"] == items[0]


def test_an_ordinary_first_list_of_a_store_in_a_chain_passes(chain):
    own = CatalogueItem(Product("own", {"en": "Own"}), {"own": 1}, (PriceRow("list", 5),))
    done = take(chain, (*priced(20, 1100)[:40], own))
    found = done.difference
    assert (found.before, found.after, found.added, found.gone, found.moved, found.moved_far) == (100, 101, 1, 0, 20, 0)
    assert ([one["sku"] for one in found.examples["added"]], len(found.examples["moved"])) == (["own"], 10)
    assert found.examples["moved"][0] == {
        "sku": "p0",
        "code": "c0",
        "name": "P 0",
        "from_minor": 1000,
        "to_minor": 1100,
    }
    assert (done.products, len(goods(chain))) == (41, 101)


def test_what_a_later_list_takes_over_from_the_chain_is_judged_too(chain):
    take(chain, MANY[50:])
    with pytest.raises(ImplausibleImport, match="50 of 100 prices would more than double or fall under half"):
        take(chain, priced(50, 10))


def test_a_short_list_does_not_drown_in_the_chains(chain):
    take(chain, MANY[:10])
    with pytest.raises(ImplausibleImport, match="5 of 10 products would go"):
        take(chain, MANY[:5])
    with pytest.raises(ImplausibleImport, match="5 of 10 prices would move"):
        take(chain, priced(5, 1100)[:10])


def test_a_regions_first_list_is_held_against_the_chains(hub):
    take(hub, MANY, ALL)
    north = Scope("region", "north")
    with pytest.raises(ImplausibleImport, match=r"region north .*100 of 100 prices would more than double"):
        take(hub, priced(100, 10), north)
    take(hub, priced(20, 1100), north)


def test_a_first_list_is_held_against_the_narrowest_price_that_shoppers_pay(chain):
    take(chain, priced(100, 10), ALL, approved_by="Ann")
    take(chain, priced(100, 10), Scope("region", "north"), approved_by="Ann")
    take(chain, priced(100, 10))
    assert goods(chain) == list(priced(100, 10))


def test_where_a_rule_of_the_shops_own_wins_before_and_after_nothing_moves(chain, tmp_path):
    file = tmp_path / "rules.csv"
    rows = "".join(f"p{number},all,list,990,1\n" for number in range(100))
    file.write_text(f"sku,scope,kind,price,priority\n{rows}", "utf-8")
    chain.rules.take(file, source="ours", approved_by="Ann")
    done = take(chain, priced(100, 10))
    assert (done.difference.before, done.difference.moved, done.difference.moved_far) == (100, 0, 0)


def test_a_first_list_that_no_wider_list_covers_is_not_judged(hub):
    take(hub, MANY, Scope("region", "south"))
    done = take(hub, priced(100, 10))
    assert (done.difference.before, done.difference.added, done.difference.moved) == (0, 100, 0)


def test_a_whole_shop_is_held_up_as_well(hub):
    shop = replace(SHOP, store="big", bag_skus=(), campaigns=())
    hub.catalogues.replace_all(shop, MANY, source="folder")
    with pytest.raises(ImplausibleImport, match="20 of 100 products would go"):
        hub.catalogues.replace_all(replace(shop, names={"en": "New"}), FEWER, source="folder")
    assert goods(hub) == list(MANY)
    hub.catalogues.replace_all(shop, FEWER, source="folder", approved_by="Ann")
    assert goods(hub) == list(FEWER)


def test_in_a_small_shop_one_product_is_no_alarm(hub):
    take(hub, GOODS[:1], "demo")
    assert [one.products for one in hub.catalogues.stores()] == [1]
