"""kiosk-hub payment-policy and debts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hub.lanes import Lane
from hub.services import Hub
from retail.events import EventKind
from retail.handed_basket import HandedBasket, HandedLine, basket_code
from tests.hub.cli.command_line import Run
from tests.hub.lane_journal import LaneJournal

TEXT = """
restricted_categories = ["tobacco"]
[offline_card]
per_sale_minor = 20000
sum_minor = 100000
count = 20
oldest_hours = 24
"""
BASKET = HandedBasket(
    "5f" * 16, "3", "3-0417", 8640, "CNY", 4, (HandedLine("6901234567892", 3), HandedLine("4017", grams=500, lot="L1"))
)
LIMITS = {"per_sale_minor": 20000, "sum_minor": 100000, "count": 20, "oldest_hours": 24}


def test_a_policy_is_shown_and_set(run: Run, tmp_path: Path) -> None:
    said = run("payment-policy", "--store", "demo")
    assert said.out == (
        "store demo: terminals store nothing; where no way to pay is left, shoppers pay at a till with staff\n"
    )
    path = tmp_path / "policy.toml"
    path.write_text(TEXT, encoding="utf-8")
    said = run("payment-policy", "--store", "demo", "--file", path)
    assert (
        "at most 200.00 CNY a sale, 1000.00 CNY and 20 payments in all, none while one is older than 24 h" in said.out
    )
    assert "never for goods with an age limit or of category tobacco" in said.out
    found = run("payment-policy", "--store", "demo", "--show", "--json").out
    assert json.loads(found) == {
        "store": "demo",
        "currency": "CNY",
        "offline_card": LIMITS,
        "restricted_categories": ["tobacco"],
        "pay_at_till": True,
    }


def test_a_till_that_is_not_ours_prints_what_a_code_holds(run: Run) -> None:
    code = basket_code(BASKET, "SGP-")
    said = run("basket", code).out
    assert "basket 3-0417 of lane 3: 4 pieces, 86.40 CNY there" in said
    assert [line.split() for line in said.splitlines()[2:]] == [["6901234567892", "3"], ["4017", "1", "500", "L1"]]
    found = json.loads(run("basket", code, "--json").out)
    assert (found["number"], [line["code"] for line in found["lines"]]) == ("3-0417", ["6901234567892", "4017"])
    assert "3-0417" in run("basket", basket_code(BASKET, "XY"), "--prefix", "XY").out


def test_a_basket_too_large_for_its_code_is_in_the_lanes_record(run: Run, hub: Hub) -> None:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
    assert isinstance(lane, Lane)
    bare = basket_code(replace(BASKET, sale_id="sale-9", lines=(), whole=False), "SGP-")
    refused = run("basket", bare)
    assert (refused.status, "has not told the hub of it" in refused.err) == (2, True)
    journal = LaneJournal()
    journal.shop("sale-9")
    journal.write(EventKind.BASKET_HANDED_OVER, "sale-9", number="3-0417", total_minor=4676, lines=2)
    hub.events.take(lane, journal.events)
    assert "6901234567892" in run("basket", bare).out


def test_a_store_without_debts_says_so(run: Run) -> None:
    assert run("debts", "--store", "demo").out == "the bank has refused no stored payment\n"
    assert run("debts", "--store", "demo", "--json").out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("payment-policy", "--store", "domo"), "no store 'domo' (there are: demo)"),
        (("payment-policy", "--store", "demo", "--file", "none.toml"), "none.toml: cannot be read"),
        (("debts", "--store", "domo"), "no store 'domo'"),
        (("basket", "SGP-AAAA"), "SGP-AAAA…: the code was not read whole; scan it again"),
    ],
)
def test_a_mistake_ends_with_a_sentence(run: Run, arguments: tuple[str, ...], words: str) -> None:
    said = run(*arguments)
    assert (said.status, said.out) == (2, "")
    assert words in said.err
