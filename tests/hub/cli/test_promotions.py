"""The command promotions: check, import, list."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.__main__ import main
from kiosk.commands.opened_list import opened_list
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods
from tests.hub.cli.command_line import Run
from tests.hub.databases import only_sqlite
from tests.hub.promotions.il_rows import GOODS, OSHER_AD, RAMI_LEVY, SHUFERSAL, feed, rows

OWN = """\
currency = "CNY"

[[campaigns]]
id = "milk"
kind = "n_for_x"
skus = ["milk"]
quantity = 3
price = "30.00"
"""
PRICE_HEADS = "רשת,מזהה רשת,מזהה חנות,ברקוד,שם מוצר,יחידת כמות,מחיר (₪),שקיל"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "spring.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture
def two_stores(tmp_path: Path) -> Path:
    milk = rows(RAMI_LEVY, 1, ("2", "10", ""), ("2", "10", ""), id="milk", until="2099-12-31")
    fish = rows(OSHER_AD, 3, ("1.900", "95.00", ""), id="fish", codes=("41",), until="2099-12-31")
    nothing = rows(OSHER_AD, 0, ("1", "5.00", ""), id="nothing")
    return feed(tmp_path, milk, fish, nothing)


@pytest.fixture
def price_list(tmp_path: Path) -> Path:
    """Of a store that sells two of the goods by the piece, and fish under a short number by the kilogram."""
    lines = [PRICE_HEADS, *(f"רשת,{OSHER_AD},001,{code},חלב,יחידה,6.90,0" for code in GOODS[:2])]
    path = tmp_path / "il_prices.csv"
    path.write_text("\n".join([*lines, f'רשת,{OSHER_AD},001,41,דג,"ק""ג",59.90,1', ""]), encoding="utf-8-sig")
    return path


@pytest.fixture
def tel_aviv(run: Run, price_list: Path) -> str:
    assert run("import", price_list, "--format", "il", "--store", "tlv").status == 0
    return "tlv"


def check(*args: object) -> int:
    """Without a data folder."""
    return main(["promotions", "check", *map(str, args)])


def test_a_check_without_a_store_needs_no_data_folder_and_says_that_all_is_well(own, capsys, monkeypatch):
    monkeypatch.delenv("KIOSK_HUB_DATA", raising=False)
    assert check(own) == 0
    said = capsys.readouterr().out
    assert "(campaigns)" in said
    assert "without a store's prices" in said
    assert "1 of 1 promotions understood" in said


def test_each_store_of_a_feed_is_reported_by_itself_as_one_object_a_line(two_stores, capsys):
    assert check(two_stores, "--json") == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["feed_store"], first["format"], first["understood"]) == (f"{RAMI_LEVY}:001", "il-promos", 1)
    assert second["not_understood"][0]["reason"] == "no_figures"
    assert check(two_stores, "--json", "--feed-store", f"{RAMI_LEVY}:1") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_check_is_of_the_time_that_is_asked_for(tmp_path, capsys):
    path = feed(tmp_path, rows(RAMI_LEVY, 1, ("2", "10", ""), until="2026-08-31"))
    assert check(path, "--at", "2026-08-31T23:59") == 0
    assert check(path, "--at", "2026-09-01T00:00") == 1
    assert "1  campaigns have ended" in capsys.readouterr().out
    assert check(path, "--at", "2026-08-31T21:00:00+00:00") == 1  # midnight where the shop is


def test_a_check_against_a_price_list_needs_no_data_folder_either(two_stores, price_list, capsys):
    assert check(two_stores, "--json", "--prices", price_list) == 1
    said = capsys.readouterr()
    without, against = map(json.loads, said.out.splitlines())
    assert "its promotions are looked at without prices" in said.err
    assert "would_raise" not in without
    assert against["would_raise"]["count"] == 0
    assert against["understood"] == 1
    check(two_stores, "--feed-store", f"{OSHER_AD}:1", "--prices", price_list)
    assert f"against the prices of {price_list}" in capsys.readouterr().out


def test_a_file_that_is_no_feed_is_refused_with_the_formats_that_there_are(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("code,price\n1,2\n", encoding="utf-8")
    assert check(path) == 2
    assert "say its --format: campaigns, hk-promos, il-promos" in capsys.readouterr().err
    assert check(tmp_path / "nowhere.csv") == 2
    assert "there is no such file" in capsys.readouterr().err


def test_against_a_store_a_check_names_what_its_products_and_prices_show(run: Run, tmp_path: Path):
    path = tmp_path / "spring.toml"
    dear = '[[campaigns]]\nid = "dear"\nkind = "special_price"\nskus = ["milk", "nobody"]\nprice = "13.80"\n'
    path.write_text(OWN + dear, encoding="utf-8")
    said = run("promotions", "check", path, "--store", "demo")
    assert said.status == 1
    assert "dear: nobody is no product of the store" in said.out
    assert "dear: milk Milk would cost ¥1.90 more by it" in said.out
    assert "1 in 2" in said.out
    assert "milk Milk: milk, dear" in said.out
    assert run("promotions", "check", path, "--store", "nowhere").status == 2


def test_a_feed_is_taken_in_and_listed_with_what_it_does(run: Run, own: Path):
    said = run("promotions", "import", own, "--store", "demo")
    assert said.status == 0, said.err
    listed = run("promotions", "list", "--store", "demo").out
    assert "Any 3 for 30.00 CNY" in listed
    objects = [json.loads(line) for line in run("promotions", "list", "--store", "demo", "--json").out.splitlines()]
    (milk,) = [one for one in objects if one["source"] == "campaigns"]
    assert milk["campaign"] == {"id": "milk", "terms": {"kind": "n_for_x", "quantity": 3, "price": 3000}}
    assert milk["goods"] == {"0": [["sku", "milk"]]}


@only_sqlite  # what is written, the tests before it write on both databases
def test_import_and_promotions_import_do_the_same(run: Run, own: Path):
    by_import = run("import", own, "--format", "campaigns", "--store", "demo", "--json")
    assert by_import.status == 0, by_import.err
    again = json.loads(run("promotions", "import", own, "--store", "demo", "--json").out)
    assert (again["campaigns"], again["campaigns_added"], again["difference"]) == (1, 0, None)


@only_sqlite
def test_a_dry_run_changes_nothing(run: Run, own: Path):
    before = run("promotions", "list", "--store", "demo").out
    assert "a dry run" in run("promotions", "import", own, "--store", "demo", "--dry-run").out
    assert run("promotions", "list", "--store", "demo").out == before


@only_sqlite
def test_an_israeli_feed_is_held_against_goods_that_are_weighed(run: Run, tmp_path: Path, tel_aviv: str):
    fish = rows(SHUFERSAL, 1, ("2", "100.00", ""), id="fish", codes=("41",), until="2099-12-31", club="1")
    milk = rows(SHUFERSAL, 10, ("2.00", "12.00", ""), ("2.00", "12.00", ""), id="milk", until="2099-12-31")
    path = feed(tmp_path, fish, milk, rows(SHUFERSAL, 1, ("2", "10", ""), id="over", until="2020-01-01"))
    done = run("promotions", "import", path, "--store", tel_aviv)
    assert done.status == 0, done.err
    assert "2 taken" in done.out
    assert "1  refused: is over" in done.out
    found = {}
    for line in run("promotions", "list", "--store", tel_aviv, "--json").out.splitlines():
        one = json.loads(line)
        found[one["campaign"]["id"]] = one["campaign"]
    assert found["fish"]["terms"] == {"kind": "special_price", "grams": 2000, "price": 5000}
    assert found["fish"]["clubs"] == ["member"]
    assert found["milk"]["terms"] == {"kind": "n_for_x", "quantity": 2, "price": 1200}


@only_sqlite
def test_a_feed_that_was_taken_in_is_what_the_lane_finds(run: Run, data: Path, tmp_path: Path, tel_aviv: str):
    milk = rows(OSHER_AD, 10, ("2", "12.00", ""), ("2", "12.00", ""), id="milk", until="2099-12-31")
    fish = rows(
        OSHER_AD, 3, ("0.010", "49.90", ""), id="fish", codes=("41",), text="דג 49.90 מוג 2", until="2099-12-31"
    )
    assert run("promotions", "import", feed(tmp_path, milk, fish), "--store", tel_aviv).status == 0
    published = run("publish", "--store", tel_aviv)
    assert published.status == 0, published.err
    (file,) = (data / "price-lists" / "files").glob("*.sqlite.zst")
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with opened_list(file) as prices:
        found = {code: prices.find(code, at) for code in (*GOODS[:2], "41")}
    goods: list[Goods] = []
    campaigns: dict[str, Campaign] = {}
    for number, (code, pieces, grams) in enumerate([(GOODS[0], 1, None), (GOODS[1], 2, None), ("41", 1, 800)]):
        listing = found[code]
        assert listing is not None
        goods.append(
            Goods(number, listing.product.sku, listing.price.unit_minor, pieces, grams, takings=listing.takings)
        )
        campaigns |= {reference(one): one for one in listing.campaigns}
    uses = {use.campaign.id: use.saving_minor for use in Engine().price(goods, campaigns).uses}
    assert uses == {"milk": 180, "fish": 800}


@only_sqlite
def test_a_feed_of_several_stores_is_not_taken_without_naming_one(run: Run, two_stores: Path, tel_aviv: str):
    refused = run("import", two_stores, "--format", "il-promos", "--store", tel_aviv)
    assert refused.status == 2
    assert "name one with --feed-store" in refused.err
    taken = run("import", two_stores, "--format", "il-promos", "--store", tel_aviv, "--feed-store", f"{OSHER_AD}:001")
    assert taken.status == 0, taken.err
    assert "fish" in run("promotions", "list", "--store", tel_aviv).out


@only_sqlite
def test_a_feed_in_another_currency_is_refused(run: Run, two_stores: Path):
    refused = run("promotions", "import", two_stores, "--store", "demo", "--feed-store", f"{RAMI_LEVY}:001")
    assert refused.status == 2
    assert "in ILS, the store's in CNY" in refused.err
