"""Campaigns come in by the door of the lists: whole, plausible, and never at a shopper's cost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.campaigns import CampaignStore
from hub.catalogue import CatalogueItem
from hub.catalogue_rows import read_catalogue
from hub.errors import ImplausibleImport, StoreUnknown
from hub.imports import ImportRefused
from hub.list_source import head_change, resolved_items, touched
from hub.services import Hub
from offline_cache.price_list.writer import OfferRow, PriceRow
from retail.product import Product

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNTIL = int(datetime(2026, 12, 31, 16, 0, tzinfo=UTC).timestamp())  # the end of the year in Shanghai
HEADER = "id,kind,skus,codes,quantity,price,valid_from,valid_until,name_en,name_zh_CN\n"


@pytest.fixture
def campaigns(hub: Hub) -> CampaignStore:
    hub.limits.set("demo", {"gone_percent": 100, "moved_far_percent": 100})
    return hub.campaigns


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "campaigns.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
        return path

    return write


def offers(hub: Hub) -> list[OfferRow]:
    with hub.database.read() as connection:
        catalogue = read_catalogue(connection, "demo")
        assert catalogue is not None
        return list(catalogue.offers)


def prices(hub: Hub, sku: str) -> set[PriceRow]:
    with hub.database.read() as connection:
        items = resolved_items(connection, "demo", "lane", at=NOW, only=None)
        return {row for _, item in items if item.product.sku == sku for row in item.prices}


def refused(report) -> dict[str, list[int]]:
    return {reason: [one["row"] for one in tally.examples] for reason, tally in report.refusals.items()}


def test_multi_buys_and_special_prices_become_the_stores(hub, campaigns, file):
    path = file(
        "bags,,bag,,3,1.20,,2026-12-31,3 bags,3个袋子",
        "wine,special,gone-soon,,,79.00,2026-12-01,2026-12-31,,",
    )
    taken = campaigns.take(path, "demo")
    assert (taken.rows.taken, taken.rows.refused, taken.effect.added) == (2, 0, 1)
    assert offers(hub) == [OfferRow("bags", 3, 120, {"en": "3 bags", "zh-CN": "3个袋子"}, ("bag",), None, UNTIL)]
    begins = int(datetime(2026, 11, 30, 16, 0, tzinfo=UTC).timestamp())
    assert prices(hub, "gone-soon") == {PriceRow("list", 8800), PriceRow("special", 7900, begins, UNTIL)}
    difference = taken.effect.differences["demo"]
    assert (difference.offers_before, difference.offers_gone, difference.offers_added) == (2, 2, 1)


def test_the_next_file_replaces_the_last_and_the_publisher_learns_of_it(hub, campaigns, file):
    campaigns.take(file("bags,,bag,,3,1.20,,,,", "wine,special,gone-soon,,,79.00,,,,"), "demo")
    with hub.database.read() as connection:
        change = head_change(connection)
    taken = campaigns.take(file("bags,,bag,,3,1.10,,,,"), "demo")
    assert taken.effect.removed == 1
    difference = taken.effect.differences["demo"]
    assert (difference.offers_changed, difference.offers_gone) == (1, 0)
    assert [one.price_minor for one in offers(hub)] == [110]
    assert prices(hub, "gone-soon") == {PriceRow("list", 8800)}
    with hub.database.read() as connection:
        items = dict(resolved_items(connection, "demo", "lane", at=NOW, only=None))
        found = {items[number].product.sku for number in touched(connection, "demo", after=change)}
    assert found == {"bag", "gone-soon"}


def test_a_file_that_is_taken_again_changes_nothing(hub, campaigns, file):
    path = file("bags,,bag,,3,1.10,,,,", "wine,special,gone-soon,,,79.00,,,,")
    campaigns.take(path, "demo")
    with hub.database.read() as connection:
        change = head_change(connection)
    again = campaigns.take(path, "demo")
    assert (again.rows.taken, again.rows.refused, again.effect.differences) == (2, 0, {})
    with hub.database.read() as connection:
        assert touched(connection, "demo", after=change) == set()


def test_another_store_keeps_its_campaigns_of_the_same_name(hub, campaigns, file):
    bag = CatalogueItem(Product("bag", {"en": "Bag"}), {"42": 1}, (PriceRow("list", 50),))
    hub.catalogues.replace_goods("other", [bag], currency="CNY", source="test")
    rows = ("bags,,bag,,3,1.10,,,,", "low,special,bag,,,0.45,,,,")
    campaigns.take(file(*rows), "other")
    campaigns.take(file(*rows), "demo")
    campaigns.take(file("wine,special,gone-soon,,,79.00,,,,"), "demo")
    assert offers(hub) == []
    again = campaigns.take(file(*rows), "other")
    assert (again.effect.added, again.effect.removed, again.effect.differences) == (0, 0, {})


def test_the_rules_of_others_stay(hub, campaigns, file, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("sku,scope,kind,price\nbag,store:demo,special,0.45\n", "utf-8")
    hub.rules.take(path, source="own")
    campaigns.take(file("wine,special,gone-soon,,,79.00,,,,"), "demo")
    assert {one.rule.source for one in hub.rules.of_store("demo")[1]} == {"own", "campaigns"}


def test_a_campaign_that_would_raise_a_price_is_refused_by_its_row_and_the_others_are_taken(hub, campaigns, file):
    path = file(
        "good,special,gone-soon,,,79.00,,,,",
        "same,special,bag,,,0.50,,,,",  # the list price
        "dear,special,bag,,,0.60,,,,",
        "milk,special,milk,,,12.00,,,,",  # the list's own special is 11.90
        "again,special,gone-soon,,,80.00,,,,",  # dearer than 'good'
        "three,,bag,,3,1.50,,,,",
        "three-good,,bag,,3,1.49,,,,",
        "mixed,,bag gone-soon,,2,157.99,,,,",
        "mixed-dear,,bag gone-soon,,2,158.00,,,,",  # two of the wine at the price of 'good'
    )
    taken = campaigns.take(path, "demo")
    assert refused(taken.rows) == {"would_raise_a_price": [3, 4, 5]}
    assert (taken.rows.taken, taken.rows.refused) == (3, 6)
    assert [one.id for one in offers(hub)] == ["mixed", "three-good"]
    assert prices(hub, "bag") == {PriceRow("list", 50)}
    assert PriceRow("special", 7900) in prices(hub, "gone-soon")


def test_a_price_that_rises_while_the_campaign_lasts_is_seen(hub, campaigns, file, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("sku,scope,kind,price,valid_from,valid_until\nbag,store:demo,special,0.30,2026-12-10,2026-12-11\n")
    hub.rules.take(path, source="own")
    with pytest.raises(ImportRefused, match="none of its 1 campaigns"):
        campaigns.take(file("x,special,bag,,,0.40,,2026-12-31,,"), "demo")
    assert campaigns.take(file("x,special,bag,,,0.40,,2026-12-09,,"), "demo").rows.taken == 1
    assert campaigns.take(file("x,special,bag,,,0.40,2026-12-12,2026-12-31,,"), "demo").rows.taken == 1


def test_a_price_that_rises_after_the_campaign_makes_no_saving_of_it(hub, campaigns, file, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("sku,scope,price,valid_from,priority\nbag,store:demo,0.60,2026-12-15,1\n")
    hub.rules.take(path, source="own")
    with pytest.raises(ImportRefused, match=r"none of its 1 campaigns could be taken \(row 2: three: 3 pieces cost no"):
        campaigns.take(file("three,,bag,,3,1.60,,2026-12-09,,"), "demo")
    assert campaigns.take(file("three,,bag,,3,1.60,,2026-12-19,,"), "demo").rows.taken == 1


def test_products_that_the_store_does_not_sell_are_left_out_and_told(hub, campaigns, file):
    taken = campaigns.take(
        file("a,,bag sugar,,3,1.20,,,,", "b,,sugar,,3,1.20,,,,", "c,,apples bag,,3,1.20,,,,", "d,,,42 999,3,1.20,,,,"),
        "demo",
    )
    assert refused(taken.rows) == {"no_product": [3]}
    assert (taken.rows.taken, taken.rows.warned) == (3, 3)
    texts = [one["text"] for one in taken.rows.warnings["product_left_out"].examples]
    assert texts == [
        "a: sugar is no product of the store",
        "c: apples is sold by the kilogram, and several of it are no multi-buy",
        "d: 999 is no product of the store",
    ]
    assert {one.skus for one in offers(hub)} == {("bag",)}


def test_a_campaign_that_is_over_is_told(campaigns, file):
    taken = campaigns.take(file("a,,bag,,3,1.20,,2026-11-21,,", "b,,bag,,3,1.20,,2026-11-22,,"), "demo")
    assert refused(taken.rows) == {"is_over": [2]}


def test_a_file_that_drops_more_offers_than_the_limit_is_held_up(hub, file):
    store = hub.campaigns
    hub.limits.set("demo", {"at_least": 1})
    before = offers(hub)
    path = file("bags,,bag,,3,1.20,,,,")
    with pytest.raises(ImplausibleImport, match="2 of 2 offers would go"):
        store.take(path, "demo")
    assert offers(hub) == before
    dry = store.take(path, "demo", dry_run=True)
    assert dry.effect.objections
    assert dry.effect.approved_by == ""
    assert offers(hub) == before
    assert store.take(path, "demo", approved_by="Mei").effect.approved_by == "Mei"
    assert len(offers(hub)) == 1


def test_special_prices_at_a_tenth_are_held_up(hub, file):
    goods = [CatalogueItem(Product(f"p{n}", {"en": f"P{n}"}), {f"90{n}": 1}, (PriceRow("list", 1000),))
             for n in range(20)]  # fmt: skip
    hub.catalogues.replace_goods("big", goods, currency="CNY", source="test")
    path = file("x,special,p0 p1 p2 p3 p4,,,1.00,,,,")
    with pytest.raises(ImplausibleImport, match="5 of 20 prices would more than double or fall under half"):
        hub.campaigns.take(path, "big")


def test_toml_has_common_values_once_and_lists_of_skus(hub, campaigns, tmp_path):
    path = tmp_path / "campaigns.toml"
    path.write_text(
        'store = "demo"\nvalid_until = 2026-12-31\n'
        '[[campaigns]]\nid = "bags"\nskus = ["bag", "gone-soon"]\nquantity = 3\nprice = "1.20"\n'
        'name_en = "3 for 1.20"\n',
        "utf-8",
    )
    campaigns.take(path, "demo")
    assert offers(hub) == [OfferRow("bags", 3, 120, {"en": "3 for 1.20"}, ("bag", "gone-soon"), None, UNTIL)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,,bag,,1,1,,,,", "line 2: its quantity '1' is not from 2 to 1000"),
        ("a,,bag,,,1,,,,", "its quantity ''"),
        ("a,special,bag,,3,1,,,,", "a special price is for one"),
        ("a,three,bag,,3,1,,,,", "its kind 'three' is not known; write one of n_for_x, special"),
        (",,bag,,3,1,,,,", "its id ''"),
        ("a,,,,3,1,,,,", "it names no product; write skus or codes"),
        ("a,,bag,,3,,,,,", "it has no price"),
        ("a,,bag,,3,1,2026-12-02,2026-12-01,,", "valid_until is not after"),
        ("a,,bag,,3,1,,,,\na,,bag,,4,1,,,,", "line 3: its id 'a' stands in line 2 already"),
    ],
)
def test_a_mistake_refuses_the_whole_file(campaigns, file, row, words):
    with pytest.raises(ImportRefused) as told:
        campaigns.take(file(row), "demo")
    assert words in str(told.value)


def test_a_file_of_another_store_or_currency_is_refused(hub, campaigns, file):
    before = offers(hub)
    for column, value, words in (("store", "other", "it is of store 'other'"), ("currency", "EUR", "in EUR")):
        path = file(f"a,bag,3,1,{value}", header=f"id,skus,quantity,price,{column}\n")
        with pytest.raises(ImportRefused, match=words):
            campaigns.take(path, "demo")
    assert offers(hub) == before
    with pytest.raises(StoreUnknown):
        campaigns.take(file("bags,,bag,,3,1.20,,,,"), "nowhere")
