"""Why a rule won and why the others did not, in words that name what is stronger."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from hub.pricing import CHANNELS, KINDS, Rule, Verdict, effective, explain, resolve
from tests.hub.pricing.rules import REGION, RULES, STORE, moments, numbered, rule

NOW = 1_000_000


def verdicts(*rules: Rule, channel: str = "lane", at: int = NOW, **other) -> list[Verdict]:
    return explain(rules, store=STORE, region=REGION, channel=channel, at=at, **other)


def reasons(*rules: Rule, **other) -> dict[int, tuple[bool, str]]:
    return {one.rule.id: (one.won, one.reason) for one in verdicts(*rules, **other)}


WINNER = rule(9, 500, scope_kind="store", scope_id=STORE, channel="lane", priority=5, valid_from=10)


@pytest.mark.parametrize(
    ("loser", "words"),
    [
        ({"priority": 4}, "lower priority: 4, rule 9 has 5"),
        ({"scope_kind": "region", "scope_id": REGION}, "wider scope: region, rule 9 is of store:corner"),
        ({"scope_kind": "all", "scope_id": ""}, "wider scope: all, rule 9 is of store:corner"),
        ({"channel": "any"}, "for any channel: rule 9 names channel lane"),
        ({"valid_from": 9}, "superseded: rule 9 begins later"),
        ({"valid_from": None}, "superseded: rule 9 begins later"),
        ({}, "superseded: rule 9 was written later"),
        ({"priority": 9, "channel": "web"}, "other channel: it is for web"),
        ({"priority": 9, "scope_id": "other"}, "other store: it is for other"),
        ({"priority": 9, "scope_kind": "region", "scope_id": "south"}, "other region: it is for south"),
        ({"priority": 9, "currency": "EUR"}, "other currency: it is in EUR, the store sells in CNY"),
        ({"priority": 9, "valid_from": NOW + 1}, "not yet valid: it begins 1970-01-12 21:46:41+08:00"),
        ({"priority": 9, "valid_until": NOW}, "ended 1970-01-12 21:46:40+08:00"),
        ({"priority": 9, "valid_from": 30, "valid_until": 20}, "it ends before it begins"),
    ],
)
def test_a_loser_is_told_the_step_at_which_it_lost(loser, words):
    same = {"scope_kind": "store", "scope_id": STORE, "channel": "lane", "priority": 5, "valid_from": 10}
    found = reasons(rule(1, 400, **(same | loser)), WINNER, currency="CNY", zone=ZoneInfo("Asia/Shanghai"))
    assert found[1] == (False, words)
    assert found[9] == (True, "holds: the list price")


def test_list_special_and_member_each_have_a_winner():
    found = reasons(rule(1, 500), rule(2, 400, kind="special"), rule(3, 300, kind="member"))
    assert found == {
        1: (True, "holds as list price; the special price is lower"),
        2: (True, "holds: the special price"),
        3: (True, "holds for members"),
    }


def test_a_special_that_is_not_lower_wins_nothing():
    found = reasons(rule(1, 500), rule(2, 500, kind="special"))
    assert found[2] == (False, "not lower than the list price")
    assert found[1] == (True, "holds: the list price")
    assert reasons(rule(2, 500, kind="special"))[2] == (True, "holds: a special price, and there is no list price")


def test_the_winner_stands_first_of_its_kind_and_what_does_not_apply_last():
    found = verdicts(
        rule(1, 1, priority=9, channel="web"), rule(2, 2), rule(3, 3, priority=1), rule(4, 4, kind="special")
    )
    assert [one.rule.id for one in found] == [3, 2, 1, 4]


def price(found: Sequence[Verdict]) -> int | None:
    won = {one.rule.kind: one.rule.minor for one in found if one.won}
    return won.get("special", won.get("list"))


@settings(deadline=None)
@given(RULES)
def test_explain_and_the_list_on_the_lane_never_disagree(found):
    rules = numbered(found)
    for channel in CHANNELS:
        rows = resolve(rules, store=STORE, region=REGION, channel=channel, since=0, currency="CNY")
        for at in moments(rules, 0):
            said = verdicts(*rules, channel=channel, at=at, currency="CNY")
            holds = effective(rows, at)
            assert price(said) == (None if holds is None else holds.minor)
            assert all(sum(one.won for one in said if one.rule.kind == kind) <= 1 for kind in KINDS)
            assert sorted(one.rule.id for one in said) == [one.id for one in rules], "every rule has its verdict"
