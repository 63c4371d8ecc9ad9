"""Rules of the shop's own, from a file to the list that lanes get: whole or not at all, and through the gate."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.catalogue import CatalogueItem
from hub.errors import CodeUnknown, ImplausibleImport, NameRefused, RulesRefused, StoreUnknown
from hub.imports import ImportRefused
from hub.list_source import head_change, newest_approval, resolved_items, touched
from hub.rule_store import RuleStore
from hub.scopes import ALL
from hub.services import Hub
from offline_cache.price_list.writer import PriceRow
from retail.product import Product

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEADER = "sku,code,scope,channel,kind,price,currency,valid_from,valid_until,priority,label\n"


@pytest.fixture
def rules(hub: Hub) -> RuleStore:
    return hub.rules


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "rules.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
        return path

    return write


def prices(hub: Hub, sku: str, *, store: str = "demo", channel: str = "lane", at: datetime = NOW) -> set[PriceRow]:
    with hub.database.read() as connection:
        items = resolved_items(connection, store, channel, at=at, only=None)
        return {row for _, item in items if item.product.sku == sku for row in item.prices}


def many(hub: Hub, count: int, store: str = "big", minor: int = 1000) -> None:
    goods = [CatalogueItem(Product(f"p{n}", {"en": f"P{n}"}), {f"90{n}": 1}, (PriceRow("list", minor),))
             for n in range(count)]  # fmt: skip
    hub.catalogues.replace_goods(store, goods, currency="CNY", source="test")


def test_a_rule_reaches_the_list_and_leaves_it_when_its_source_is_removed(hub, rules, file):
    before = prices(hub, "bag")
    report = rules.take(file("bag,,store:demo,,list,0.60,,,,1,dearer"), source="autumn")
    assert (report.rules, report.added, report.removed, report.products) == (1, 1, 0, 1)
    assert prices(hub, "bag") == {PriceRow("list", 60)}
    assert report.differences["demo"].moved == 1
    assert report.differences["demo"].examples["moved"] == [
        {"sku": "bag", "code": "42", "name": "Bag", "from_minor": 50, "to_minor": 60}
    ]
    removed = rules.remove("autumn")
    assert (removed.rules, removed.removed) == (0, 1)
    assert prices(hub, "bag") == before == {PriceRow("list", 50)}


def test_a_source_replaces_its_own_rules_and_no_others(hub, rules, file):
    rules.take(file("bag,,store:demo,,list,0.60,,,,1,"), source="one")
    rules.take(file("gone-soon,,store:demo,,special,80,,,,,"), source="two")
    report = rules.take(file("milk,,store:demo,,list,13,,,,1,"), source="one")
    assert (report.added, report.removed) == (1, 1)
    _, found = rules.of_store("demo")
    assert [(one.sku, one.rule.source) for one in found] == [("gone-soon", "two"), ("milk", "one")]
    assert prices(hub, "bag") == {PriceRow("list", 50)}


def test_of_two_sources_that_say_the_same_product_the_later_written_holds_and_its_difference_says_so(hub, rules, file):
    rules.take(file("bag,,store:demo,,list,0.60,,,,1,"), source="one")
    report = rules.take(file("bag,,store:demo,,list,0.55,,,,1,"), source="two")
    (moved,) = report.differences["demo"].examples["moved"]
    assert (moved["from_minor"], moved["to_minor"]) == (60, 55)
    assert prices(hub, "bag") == {PriceRow("list", 55)}


def test_a_file_that_is_taken_again_changes_nothing_and_its_rules_keep_their_age(hub, rules, file):
    path = file("bag,,store:demo,,list,0.60,,,,1,", "milk,,all,,special,9,CNY,,,1,")
    rules.take(path, source="one")
    _, first = rules.of_store("demo")
    with hub.database.read() as connection:
        change = head_change(connection)
    again = rules.take(path, source="one")
    assert (again.added, again.removed, again.products, again.differences) == (0, 0, 0, {})
    assert rules.of_store("demo")[1] == first
    with hub.database.read() as connection:
        assert touched(connection, "demo", after=change) == set()


def test_the_publisher_learns_which_products_a_rule_touched(hub, rules, file):
    with hub.database.read() as connection:
        change = head_change(connection)
        numbers = {
            item.product.sku: number for number, item in resolved_items(connection, "demo", "lane", at=NOW, only=None)
        }
    rules.take(file("bag,,all,,special,0.40,CNY,,,,"), source="one")
    with hub.database.read() as connection:
        assert touched(connection, "demo", after=change) == {numbers["bag"]}


def test_a_dry_run_tells_the_difference_and_changes_nothing(hub, rules, file):
    with hub.database.read() as connection:
        change = head_change(connection)
    report = rules.take(file("bag,,store:demo,,list,0.60,,,,1,"), source="one", dry_run=True)
    assert report.dry_run
    assert report.differences["demo"].moved == 1
    assert rules.of_store("demo")[1] == []
    assert prices(hub, "bag") == {PriceRow("list", 50)}
    with hub.database.read() as connection:
        assert head_change(connection) == change


def test_codes_are_found_as_a_lane_finds_them(hub, rules, file):
    rules.take(file(",06901234567892,store:demo,,special,9.99,,,,1,", ",42,store:demo,,list,0.60,,,,1,"), source="one")
    assert {one.sku for one in rules.of_store("demo")[1]} == {"milk", "bag"}


def test_a_region_has_its_own_price_and_a_store_leaves_with_its_region(hub, rules, file):
    many(hub, 3, "a")
    many(hub, 3, "b")
    hub.catalogues.set_region("a", "north")
    rules.take(file("p1,,region:north,,list,9,,,,1,"), source="one")
    assert prices(hub, "p1", store="a") == {PriceRow("list", 900)}
    assert prices(hub, "p1", store="b") == {PriceRow("list", 1000)}
    hub.catalogues.set_region("a", "")
    assert prices(hub, "p1", store="a") == {PriceRow("list", 1000)}


def test_a_rule_in_another_currency_does_not_reach_a_store(hub, rules, file):
    hub.catalogues.replace_goods(
        "euro", [CatalogueItem(Product("bag", {"en": "Bag"}), {"42": 1}, (PriceRow("list", 10),))],
        currency="EUR", source="test",
    )  # fmt: skip
    rules.take(file("bag,,all,,list,0.20,EUR,,,1,"), source="one")
    assert prices(hub, "bag", store="euro") == {PriceRow("list", 20)}
    assert prices(hub, "bag") == {PriceRow("list", 50)}


def test_days_are_the_stores_own_and_the_last_one_counts_to_its_end(hub, rules, file):
    rules.take(file("bag,,store:demo,,special,0.40,,2026-12-01,2026-12-02,,"), source="one")
    begins = int(datetime(2026, 11, 30, 16, 0, tzinfo=UTC).timestamp())  # midnight in Shanghai
    assert PriceRow("special", 40, begins, begins + 2 * 86_400) in prices(hub, "bag")


def test_a_price_for_one_channel_has_to_be_asked_for(hub, rules, file):
    path = file("bag,,store:demo,web,list,0.60,,,,1,", "milk,,store:demo,,special,9,,,,,")
    with pytest.raises(RulesRefused, match=r"line 2 is for channel web alone \(1 of 2 rules.*--channel-prices"):
        rules.take(path, source="one")
    assert rules.of_store("demo")[1] == []
    rules.take(path, source="one", channel_prices=True)
    assert prices(hub, "bag", channel="web") == {PriceRow("list", 60)}
    assert prices(hub, "bag", channel="lane") == {PriceRow("list", 50)}


def test_toml_says_the_same_with_common_values_once(hub, rules, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(
        'scope = "store:demo"\nkind = "special"\nvalid_until = 2026-11-30\n'
        '[[rules]]\nsku = "bag"\nprice = "0.40"\n[[rules]]\nsku = "milk"\nprice = 9.5\npriority = 3\n',
        "utf-8",
    )
    rules.take(path, source="one")
    assert [(one.sku, one.rule.minor, one.rule.priority) for one in rules.of_store("demo")[1]] == [
        ("bag", 40, 0),
        ("milk", 950, 3),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("sugar,,all,,list,1,,,,,", "line 2: no store has a product 'sugar'"),
        (",999,store:demo,,list,1,,,,,", "line 2: no product of its scope has the code 999"),
        ("bag,,all,,list,1,,,,,\n,42,all,,list,2,,,,,", "line 3: says the same product, scope, kind"),
    ],
)
def test_a_mistake_refuses_the_whole_file_with_its_line_and_a_remedy(rules, file, row, words):
    path = file(row, "milk,,store:demo,,list,13,,,,1,")
    with pytest.raises(ImportRefused) as told:
        rules.take(path, source="one")
    assert words in str(told.value)
    assert str(told.value).startswith(str(path))
    assert rules.of_store("demo")[1] == []


def test_a_code_of_two_products_needs_the_sku(hub, rules, file):
    goods = [CatalogueItem(Product("sack", {"en": "Sack"}), {"42": 1}, (PriceRow("list", 10),))]
    hub.catalogues.replace_goods("other", goods, currency="CNY", source="test")
    with pytest.raises(ImportRefused, match="code 42 is of 2 products"):
        rules.take(file(",42,all,,special,0.05,,,,,"), source="one")
    assert rules.take(file(",42,store:demo,,special,0.05,,,,,"), source="one").products == 1


def test_a_change_beyond_the_limits_is_held_up_until_somebody_answers_for_it(hub, rules, file):
    many(hub, 100)
    far = file(*(f"p{n},,store:big,,special,1,,,,," for n in range(5)))
    with pytest.raises(ImplausibleImport, match=r"store big: 5 of 100 prices would more than double.*--override"):
        rules.take(far, source="one")
    assert rules.of_store("big")[1] == []
    with hub.database.read() as connection:
        assert newest_approval(connection, "big") is None
    report = rules.take(far, source="one", approved_by="Mei")
    assert report.approved_by == "Mei"
    assert len(report.objections) == 1
    assert prices(hub, "p0", store="big") == {PriceRow("list", 1000), PriceRow("special", 100)}
    with hub.database.read() as connection:
        approval = newest_approval(connection, "big")
        assert approval is not None
        assert approval[1] == "Mei"
        assert newest_approval(connection, "demo") is None


def test_an_ordinary_change_needs_nobodys_name_and_leaves_none(hub, rules, file):
    many(hub, 100)
    report = rules.take(file("p1,,store:big,,special,9,,,,,"), source="one", approved_by="Mei")
    assert (report.objections, report.approved_by) == ([], "")
    with hub.database.read() as connection:
        assert newest_approval(connection, "big") is None


def test_a_price_to_come_is_judged_today(hub, rules, file):
    many(hub, 100)
    coming = file(*(f"p{n},,store:big,,list,0.10,,2027-01-01,,1," for n in range(5)))
    with pytest.raises(ImplausibleImport):
        rules.take(coming, source="one")


def test_a_price_by_channel_is_judged_too(hub, rules, file):
    many(hub, 100)
    web = file(*(f"p{n},,store:big,web,list,0.10,,,,1," for n in range(5)))
    with pytest.raises(ImplausibleImport):
        rules.take(web, source="one", channel_prices=True)


def test_limits_are_the_shops_own(hub, rules, file):
    many(hub, 100)
    limits = hub.limits
    assert limits.of("big").moved_far_percent == 2
    assert limits.set("big", {"moved_far_percent": 50}).moved_far_percent == 50
    assert limits.of("big").gone_percent == 10
    rules.take(file(*(f"p{n},,store:big,,special,1,,,,," for n in range(5))), source="one")
    assert limits.of("demo").moved_far_percent == 2
    with pytest.raises(StoreUnknown):
        limits.of("nowhere")
    with pytest.raises(StoreUnknown):
        limits.set("nowhere", {"at_least": 1})


def test_removing_rules_that_alone_gave_a_price_is_judged(hub, rules, file):
    goods = [CatalogueItem(Product(f"p{n}", {"en": f"P{n}"}), {f"90{n}": 1}, ()) for n in range(6)]
    hub.catalogues.replace_goods("bare", goods, currency="CNY", source="test")
    report = rules.take(file(*(f"p{n},,store:bare,,list,1,,,,," for n in range(6))), source="one")
    assert report.differences["bare"].added == 6
    with pytest.raises(ImplausibleImport, match="none of the 6 products"):
        rules.remove("one")
    rules.remove("one", approved_by="Mei")
    assert rules.of_store("bare")[1] == []


@pytest.mark.parametrize("source", ["feed", "campaigns"])
def test_the_hubs_own_sources_are_not_for_files(rules, file, source):
    with pytest.raises(RulesRefused, match="--source"):
        rules.take(file("bag,,all,,list,1,,,,,"), source=source)
    with pytest.raises(RulesRefused):
        rules.remove(source)


def test_names_and_stores_that_are_not_there_are_told(rules, file):
    with pytest.raises(NameRefused):
        rules.take(file("bag,,all,,list,1,,,,,"), source="秋")
    with pytest.raises(RulesRefused, match="no rules of source 'spring' \\(sources there are: none\\)"):
        rules.remove("spring")
    with pytest.raises(StoreUnknown):
        rules.of_store("nowhere")


def test_explain_names_rules_of_other_stores_as_such(hub, rules, file):
    many(hub, 2, "a")
    many(hub, 2, "b")
    rules.take(file("p1,,store:b,,special,9,,,,,"), source="one")
    found = hub.price_questions.explain("a", "901", channel="lane")
    assert found.product.sku == "p1"
    assert found.price == PriceRow("list", 1000)
    assert {one.reason for one in found.verdicts if not one.won} == {"other store: it is for b"}
    assert found.at == NOW


def test_a_code_of_the_stores_own_list_comes_before_the_chains(hub):
    goods = [CatalogueItem(Product("sack", {"en": "Sack"}), {"42": 1, "77": 6}, (PriceRow("list", 10),))]
    hub.catalogues.replace_goods(ALL, goods, currency="CNY", source="chain")
    questions = hub.price_questions
    assert questions.explain("demo", "42", channel="lane").product.sku == "bag"
    found = questions.explain("demo", "77", channel="lane")
    assert (found.product.sku, found.pieces) == ("sack", 6)


def test_of_a_product_that_the_store_lists_itself_the_chains_codes_do_not_count(hub):
    goods = [CatalogueItem(Product("bag", {"en": "Bag"}), {"4242": 1}, (PriceRow("list", 10),))]
    hub.catalogues.replace_goods(ALL, goods, currency="CNY", source="chain")
    with pytest.raises(CodeUnknown):
        hub.price_questions.explain("demo", "4242", channel="lane")


@pytest.mark.parametrize(
    ("code", "sku"), [("6901234567892", "milk"), ("06901234567892", "milk"), ("41", "apples"), ("041", "apples"),
                      ("gone-soon", "gone-soon")]
)  # fmt: skip
def test_products_are_found_by_code_number_and_sku(hub, code, sku):
    assert hub.price_questions.explain("demo", code, channel="web").product.sku == sku


def test_parity_is_empty_by_default_and_names_the_rule_that_parts_channels(hub, rules, file):
    questions = hub.price_questions
    assert questions.parity("demo")[1] == []
    path = file("bag,,store:demo,web,list,0.60,,2026-12-01T00:00:00Z,,,")
    rules.take(path, source="one", channel_prices=True)
    _, (parting,) = questions.parity("demo")
    assert parting.product.sku == "bag"
    assert parting.gap.begins == int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    assert parting.gap.prices == {"any": 50, "lane": 50, "phone": 50, "web": 60, "live": 50}
    assert [one.source for one in parting.gap.rules] == ["one"]
