"""Campaigns and stock on the command line: by the same door as lists, with the same gate."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def campaigns(tmp_path: Path) -> Path:
    path = tmp_path / "campaigns.csv"
    path.write_text("id,kind,skus,quantity,price\nbags,,bag,3,1.20\nwine,special,gone-soon,,79.00\nno,,bag,3,1.60\n")
    return path


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    path = tmp_path / "stock.csv"
    path.write_text("sku,quantity,counted_at\nbag,1200,2026-01-01\napples,12.5,2026-01-01T08:00\nnix,1,2026-01-01\n")
    return path


def test_campaigns_change_what_a_code_costs(run, campaigns):
    said = run("import", campaigns, "--format", "campaigns", "--store", "demo")
    assert (said.status, said.err) == (0, "")
    assert "3 rows read" in said.out
    assert "would raise a price\n            row 4: no: 3 pieces cost no more" in said.out
    assert "2 offers before: 2 new, 2 gone, 0 changed" in said.out
    again = run("import", campaigns, "--format", "campaigns", "--store", "demo")
    assert (again.status, "nothing changes" in again.out) == (0, True)


def test_campaigns_for_machines(run, campaigns):
    said = run("import", campaigns, "--format", "campaigns", "--store", "demo", "--json", "--dry-run")
    report = json.loads(said.out)
    assert (report["rows_read"], report["rows_taken"], report["rows_refused"]) == (3, 2, 1)
    assert report["difference"]["offers_gone"] == 2
    assert (report["dry_run"], report["objections"], report["approved_by"]) == (True, [], "")
    text = run("import", campaigns, "--format", "campaigns", "--store", "demo", "--dry-run").out
    assert "a dry run: nothing was changed" in text
    assert "2 offers before: 2 new, 2 gone, 0 changed" in text


def test_a_gate_that_was_passed_by_name_says_so(run, campaigns):
    run("limits", "--store", "demo", "--at-least", "1")
    refused = run("import", campaigns, "--format", "campaigns", "--store", "demo")
    assert refused.status == 2
    assert "2 of 2 offers would go (100.0 %; this store's limit is 10 %)" in refused.err
    said = run("import", campaigns, "--format", "campaigns", "--store", "demo", "--override", "Mei")
    assert said.status == 0
    assert "let through by Mei" in said.out


def test_stock_goes_in_and_is_listed(run, counts):
    said = run("import", counts, "--format", "stock", "--store", "demo")
    assert (said.status, said.err) == (0, "")
    assert "2 products counted for the first time, 0 again" in said.out
    found = json.loads(run("stock", "--store", "demo", "--json").out)
    assert found == {
        "store": "demo",
        "stock": [
            {"sku": "apples", "name": "苹果", "quantity": 12_500, "measure": "grams",
             "counted_at": "2026-01-01T08:00:00+08:00"},
            {"sku": "bag", "name": "Bag", "quantity": 1200, "measure": "pieces",
             "counted_at": "2026-01-01T00:00:00+08:00"},
        ],
    }  # fmt: skip
    listed = run("stock", "--store", "demo").out
    assert "12.500 kg" in listed
    assert "1,200" in listed
    report = json.loads(run("import", counts, "--format", "stock", "--store", "demo", "--json").out)
    assert (report["added"], report["changed"], report["rows_refused"]) == (0, 2, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--store", "domo"), "no store 'domo'"),
        (("--scope", "all"), "is for one store"),
        (("--store", "demo", "--mapping", "m.toml"), "--mapping goes with price lists"),
        (("--store", "a b"), "store 'a b'"),
    ],
)
@pytest.mark.parametrize("form", ["campaigns", "stock"])
def test_a_mistake_ends_with_a_sentence(run, campaigns, counts, form, arguments, words):
    path = campaigns if form == "campaigns" else counts
    said = run("import", path, "--format", form, *arguments)
    assert said.status == 2
    assert said.out == ""
    assert words in said.err


def test_stock_is_of_no_feed_store(run, counts):
    said = run("import", counts, "--format", "stock", "--store", "demo", "--feed-store", "1:2")
    assert (said.status, "--feed-store goes with price lists" in said.err) == (2, True)


def test_a_store_that_is_not_there_has_no_stock(run):
    assert "no store 'domo'" in run("stock", "--store", "domo").err
