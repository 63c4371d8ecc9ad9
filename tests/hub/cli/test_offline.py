"""kiosk-hub payment-policy and debts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.cli.command_line import Run

TEXT = """
restricted_categories = ["tobacco"]
[offline_card]
per_sale_minor = 20000
sum_minor = 100000
count = 20
oldest_hours = 24
"""
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


def test_a_store_without_debts_says_so(run: Run) -> None:
    assert run("debts", "--store", "demo").out == "the bank has refused no stored payment\n"
    assert run("debts", "--store", "demo", "--json").out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("payment-policy", "--store", "domo"), "no store 'domo' (there are: demo)"),
        (("payment-policy", "--store", "demo", "--file", "none.toml"), "none.toml: cannot be read"),
        (("debts", "--store", "domo"), "no store 'domo'"),
    ],
)
def test_a_mistake_ends_with_a_sentence(run: Run, arguments: tuple[str, ...], words: str) -> None:
    said = run(*arguments)
    assert (said.status, said.out) == (2, "")
    assert words in said.err
