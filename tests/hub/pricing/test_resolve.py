"""The flat list of a product against the written order of rules, asked at every moment where anything changes."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.pricing import CHANNELS, KINDS, Rule, effective, resolve
from offline_cache.price_list.writer import PriceRow
from tests.hub.pricing.rules import REGION, RULES, STORE, moments, numbered, rule

DAY = 86_400


def flat(*rules: Rule, channel: str = "lane", since: int = 0, **other) -> tuple[PriceRow, ...]:
    return resolve(rules, store=STORE, region=REGION, channel=channel, since=since, **other)


def test_one_rule_is_one_row():
    assert flat(rule(1, 500)) == (PriceRow("list", 500),)
    assert flat(rule(1, 500, valid_from=DAY, valid_until=2 * DAY)) == (PriceRow("list", 500, DAY, 2 * DAY),)
    assert flat() == ()


def test_a_higher_priority_wins_over_a_narrower_scope():
    assert flat(rule(1, 500, priority=1), rule(2, 400, scope_kind="store", scope_id=STORE)) == (PriceRow("list", 500),)


def test_a_narrower_scope_wins_over_a_named_channel():
    region = rule(2, 450, scope_kind="region", scope_id=REGION)
    store = rule(3, 400, scope_kind="store", scope_id=STORE)
    assert flat(rule(1, 500, channel="lane"), region) == (PriceRow("list", 450),)
    assert flat(region, store, rule(1, 500)) == (PriceRow("list", 400),)


def test_a_named_channel_wins_over_a_later_beginning():
    web = rule(1, 450, channel="web", valid_from=DAY)
    common = rule(2, 500, valid_from=2 * DAY)
    assert flat(web, common, channel="web") == (PriceRow("list", 450, DAY),)
    assert flat(web, common, channel="lane") == (PriceRow("list", 500, 2 * DAY),)


def test_a_later_beginning_supersedes_and_gives_the_price_back_when_it_ends():
    assert flat(rule(9, 500), rule(1, 400, valid_from=10, valid_until=20), rule(2, 300, valid_from=15)) == (
        PriceRow("list", 500, None, 10),
        PriceRow("list", 400, 10, 15),
        PriceRow("list", 300, 15),
    )
    assert flat(rule(1, 500), rule(2, 400, valid_from=10, valid_until=20)) == (
        PriceRow("list", 500, None, 10),
        PriceRow("list", 400, 10, 20),
        PriceRow("list", 500, 20),
    )


def test_the_later_written_of_two_equals_wins():
    assert flat(rule(1, 500), rule(2, 400)) == flat(rule(2, 400), rule(1, 500)) == (PriceRow("list", 400),)


def test_kinds_do_not_compete():
    special = rule(2, 400, kind="special", priority=9, valid_from=10, valid_until=20)
    assert flat(rule(1, 500), special, rule(3, 450, kind="member")) == (
        PriceRow("list", 500),
        PriceRow("special", 400, 10, 20),
        PriceRow("member", 450),
    )


def test_rules_of_other_stores_regions_and_channels_do_not_count():
    others = (
        rule(1, 1, scope_kind="store", scope_id="other"),
        rule(2, 2, scope_kind="region", scope_id="south"),
        rule(3, 3, channel="web"),
    )
    assert flat(*others) == ()
    assert flat(*others, rule(4, 4)) == (PriceRow("list", 4),)
    nowhere = resolve([rule(5, 5, scope_kind="region")], store=STORE, region="", channel="lane", since=0)
    assert nowhere == (), "a store without a region is in none, not in the one without a name"


def test_another_currency_does_not_count_where_that_is_asked():
    assert flat(rule(1, 500, currency="EUR"), rule(2, 900, currency="CNY"), currency="CNY") == (PriceRow("list", 900),)
    assert flat(rule(1, 500, currency="EUR"), currency="CNY") == ()


def test_neighbours_of_the_same_amount_are_one_row():
    same = rule(2, 500, valid_from=10, valid_until=20, priority=3)
    assert flat(rule(1, 500), same) == (PriceRow("list", 500),)
    # Not neighbours: between them there is no price.
    assert flat(rule(1, 500, valid_until=10), rule(2, 500, valid_from=11)) == (
        PriceRow("list", 500, None, 10),
        PriceRow("list", 500, 11),
    )


def test_what_has_ended_is_left_out():
    ended = rule(1, 400, valid_from=10, valid_until=20)
    assert flat(ended, since=20) == ()
    assert flat(ended, since=19) == (PriceRow("list", 400, 10, 20),)
    assert flat(ended, rule(2, 300, valid_from=15), since=15) == (PriceRow("list", 300, 15),)


def test_a_rule_that_ends_before_it_begins_never_holds():
    backwards = rule(1, 400, valid_from=20, valid_until=10)
    assert flat(backwards) == ()
    assert flat(backwards, rule(2, 500)) == (PriceRow("list", 500),)


def wins(rules: list[Rule], kind: str, channel: str, at: int) -> int | None:
    """The written order, word for word: one step after another, each keeping the best."""
    best = [
        one
        for one in rules
        if one.kind == kind
        and one.channel in {"any", channel}
        and one.currency in {"", "CNY"}
        and (
            one.scope_kind == "all"
            or (one.scope_kind == "region" and one.scope_id == REGION)
            or (one.scope_kind == "store" and one.scope_id == STORE)
        )
        and (one.valid_from is None or at >= one.valid_from)
        and (one.valid_until is None or at < one.valid_until)
    ]
    steps: tuple[Callable[[Rule], int], ...] = (
        lambda one: one.priority,
        lambda one: ["all", "region", "store"].index(one.scope_kind),
        lambda one: int(one.channel != "any"),
        lambda one: -1 if one.valid_from is None else one.valid_from,
        lambda one: one.id,
    )
    for better in steps:
        top = max(map(better, best), default=None)
        best = [one for one in best if better(one) == top]
    return best[0].minor if best else None


@settings(deadline=None)
@given(RULES, st.sampled_from(CHANNELS), st.integers(0, 45))
def test_every_moment_has_the_price_of_the_rule_that_wins_by_the_written_order(found, channel, since):
    rules = numbered(found)
    rows = flat(*reversed(rules), channel=channel, since=since, currency="CNY")
    for at in (at for at in moments(rules, since, 100) if at >= since):
        for kind in KINDS:
            holding = [
                row.minor
                for row in rows
                if row.kind == kind
                and (row.valid_from is None or row.valid_from <= at)
                and (row.valid_until is None or at < row.valid_until)
            ]
            expected = wins(rules, kind, channel, at)
            assert holding == ([] if expected is None else [expected]), (kind, at)
    for row, after in pairwise(rows):
        if row.kind == after.kind:
            assert row.valid_until is not None
            assert after.valid_from is not None
            assert row.valid_until <= after.valid_from, "in time, and no two at once"
            assert (row.valid_until, row.minor) != (after.valid_from, after.minor), "neighbours that could be one"
    assert [KINDS.index(row.kind) for row in rows] == sorted(KINDS.index(row.kind) for row in rows)
    assert all(row.valid_until is None or row.valid_until > since for row in rows)


def test_the_lower_of_list_and_special_is_paid():
    rows = (PriceRow("list", 500), PriceRow("special", 400, 10, 20), PriceRow("member", 1))
    assert [getattr(effective(rows, at), "minor", None) for at in (9, 10, 19, 20)] == [500, 400, 400, 500]
    assert effective((PriceRow("list", 400), PriceRow("special", 400)), 0) == PriceRow("list", 400)
    assert effective((PriceRow("special", 900),), 0) == PriceRow("special", 900)
    assert effective((PriceRow("member", 1), PriceRow("list", 5, 10)), 9) is None
