"""The commands about rules and prices, as a person types them and as a machine reads them."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def autumn(tmp_path: Path) -> Path:
    path = tmp_path / "autumn.csv"
    path.write_text("sku,scope,kind,price,valid_from,valid_until,label\n"
                    "bag,store:demo,special,0.40,2027-01-01,2027-01-31,Winter\n", "utf-8")  # fmt: skip
    return path


def test_rules_go_in_are_listed_and_go_away(run, autumn):
    said = run("rules", "--file", autumn)
    assert (said.status, said.err) == (0, "")
    assert "source autumn: 1 rules (1 new, 0 gone), 1 products concerned" in said.out
    assert "moved 42  Bag: 0.50 CNY -> 0.40 CNY" in said.out
    listed = json.loads(run("rules", "--list", "--store", "demo", "--json").out)
    (rule,) = listed["rules"]
    assert listed["store"] == "demo"
    assert {key: rule[key] for key in ("sku", "kind", "minor", "scope", "channel", "source", "label")} == {
        "sku": "bag", "kind": "special", "minor": 40, "scope": "store:demo", "channel": "any", "source": "autumn",
        "label": "Winter",
    }  # fmt: skip
    assert (rule["valid_from"], rule["valid_until"]) == ("2027-01-01T00:00:00+08:00", "2027-02-01T00:00:00+08:00")
    assert "Winter" in run("rules", "--list", "--store", "demo").out
    assert "0 rules (0 new, 1 gone)" in run("rules", "--remove", "autumn").out
    assert json.loads(run("rules", "--list", "--store", "demo", "--json").out)["rules"] == []


def test_a_dry_run_says_so_and_changes_nothing(run, autumn):
    said = run("rules", "--file", autumn, "--dry-run")
    assert "a dry run: nothing was changed" in said.out
    assert json.loads(run("rules", "--file", autumn, "--dry-run", "--source", "x", "--json").out)["dry_run"] is True
    assert json.loads(run("rules", "--list", "--store", "demo", "--json").out)["rules"] == []


def test_explain_says_which_rule_won_and_why_the_others_lost(run, autumn):
    run("rules", "--file", autumn)
    then = run("explain", "--store", "demo", "--code", "42", "--at", "2027-01-31T23:59:59", "--json")
    found = json.loads(then.out)
    assert list(found) == ["store", "channel", "at", "code", "product", "price_minor", "currency", "rules"]
    assert (found["at"], found["price_minor"], found["currency"]) == ("2027-01-31T23:59:59+08:00", 40, "CNY")
    assert (found["channel"], found["product"]) == ("lane", {"sku": "bag", "name": "Bag"})
    assert [(one["kind"], one["minor"], one["won"]) for one in found["rules"]] == [
        ("list", 50, True),
        ("special", 40, True),
    ]
    after = json.loads(run("explain", "--store", "demo", "--code", "42", "--at", "2027-02-01", "--json").out)
    assert after["price_minor"] == 50
    assert after["rules"][1]["reason"] == "ended 2027-02-01 00:00:00+08:00"
    abroad = run("explain", "--store", "demo", "--code", "42", "--at", "2027-01-31T16:00:00Z", "--json")
    assert json.loads(abroad.out)["price_minor"] == 50
    text = run("explain", "--store", "demo", "--code", "42", "--at", "2027-01-31", "--channel", "web").out
    assert "store demo, channel web, 2027-01-31 00:00:00+08:00" in text
    assert "42, Bag (sku bag), costs 0.40 CNY a piece" in text
    assert "holds: the special price" in text
    now = run("explain", "--store", "demo", "--code", "16901234567899").out
    assert "a piece (the code stands for 6)" in now


def test_parity_says_that_all_channels_have_the_same_prices_or_which_do_not(run, tmp_path):
    assert run("parity", "--store", "demo").out == "store demo: all channels have the same prices\n"
    assert json.loads(run("parity", "--store", "demo", "--json").out) == {"store": "demo", "differences": []}
    path = tmp_path / "web.csv"
    path.write_text("sku,scope,channel,price\nbag,store:demo,web,0.60\n", "utf-8")
    refused = run("rules", "--file", path)
    assert refused.status == 2
    assert "--channel-prices" in refused.err
    assert run("rules", "--file", path, "--channel-prices").status == 0
    (found,) = json.loads(run("parity", "--store", "demo", "--json").out)["differences"]
    assert (found["sku"], found["until"], found["currency"]) == ("bag", None, "CNY")
    assert found["prices"] == {"any": 50, "lane": 50, "phone": 50, "web": 60, "live": 50}
    assert [one["source"] for one in found["rules"]] == ["web"]
    text = run("parity", "--store", "demo").out
    assert "bag  Bag: any 0.50 CNY, lane 0.50 CNY, phone 0.50 CNY, web 0.60 CNY, live 0.50 CNY" in text
    assert "source web" in text


def test_limits_are_shown_and_set(run):
    assert json.loads(run("limits", "--store", "demo", "--json").out) == {
        "store": "demo", "gone_percent": 10, "moved_percent": 20, "moved_far_percent": 2, "at_least": 5,
    }  # fmt: skip
    said = run("limits", "--store", "demo", "--gone", "0", "--moved-far", "5", "--at-least", "1")
    assert "over 0 % of the products go, over 20 % of the list prices move, or over 5 % of the prices" in said.out
    found = json.loads(run("limits", "--store", "demo", "--json").out)
    assert (found["gone_percent"], found["moved_far_percent"], found["at_least"]) == (0, 5, 1)


def test_what_goes_beyond_the_limits_needs_a_name(run, tmp_path):
    run("limits", "--store", "demo", "--moved-far", "1", "--at-least", "1")
    path = tmp_path / "cheap.csv"
    path.write_text("sku,scope,kind,price\nbag,store:demo,special,0.01\n", "utf-8")
    refused = run("rules", "--file", path)
    assert refused.status == 2
    assert "store demo: 1 of 4 prices would more than double or fall under half" in refused.err
    assert "--override" in refused.err
    said = run("rules", "--file", path, "--override", "Mei")
    assert said.status == 0
    assert "beyond the limits: store demo: 1 of 4" in said.out
    assert "let through by Mei" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "--store", "demo", "--code", "nix"), "store demo has no product with the code 'nix'"),
        (("explain", "--store", "domo", "--code", "42"), "no store 'domo' (there are: demo)"),
        (("explain", "--store", "demo", "--code", "42", "--at", "noon"), "'noon' is no time"),
        (("explain", "--store", "demo", "--code", "42", "--channel", "shop"), "'shop'"),
        (("parity", "--store", "domo"), "no store 'domo'"),
        (("limits", "--store", "domo"), "no store 'domo'"),
        (("limits", "--store", "demo", "--gone", "ten"), "'ten' is no whole number"),
        (("rules",), "--file"),
        (("rules", "--list"), "--list needs --store"),
        (("rules", "--list", "--store", "domo"), "no store 'domo'"),
        (("rules", "--remove", "spring"), "no rules of source 'spring'"),
        (("rules", "--remove", "spring", "--store", "demo"), "--store goes with --list"),
        (("rules", "--file", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("rules", "--file", "my rules.csv"), "source 'my rules'"),
    ],
)
def test_a_mistake_ends_with_a_sentence(run, arguments, words):
    said = run(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert words in said.err
    assert "Traceback" not in said.err
