"""Channels part only where a rule names one, and that rule is told; property: exactly where the lists differ."""

from hypothesis import given, settings

from hub.pricing import CHANNELS, Gap, Rule, effective, parity, resolve
from tests.hub.pricing.rules import REGION, RULES, STORE, moments, numbered, rule


def gaps(*rules: Rule, since: int = 0) -> list[Gap]:
    return parity(rules, store=STORE, region=REGION, since=since)


def prices(common: int | None, **named: int | None) -> dict[str, int | None]:
    return dict.fromkeys(CHANNELS, common) | named


def test_rules_for_any_channel_never_part_the_channels():
    assert gaps(rule(1, 500), rule(2, 400, kind="special", valid_from=9), rule(3, 300, scope_kind="store")) == []
    assert gaps() == []


def test_a_dearer_price_in_one_channel_is_told_with_its_rule():
    web = rule(2, 550, channel="web")
    assert gaps(rule(1, 500), web) == [Gap(0, None, prices(500, web=550), (web,))]


def test_a_difference_that_is_known_to_come_is_told_with_its_time():
    live = rule(2, 400, kind="special", channel="live", valid_from=20, valid_until=30)
    assert gaps(rule(1, 500), live, since=10) == [Gap(20, 30, prices(500, live=400), (live,))]
    assert gaps(rule(1, 500), live, since=25) == [Gap(25, 30, prices(500, live=400), (live,))]
    assert gaps(rule(1, 500), live, since=30) == []


def test_a_channels_special_that_stands_in_the_way_of_a_lower_one_is_told():
    common = rule(2, 400, kind="special")
    dear = rule(3, 490, kind="special", channel="web")
    assert gaps(rule(1, 500), common, dear) == [Gap(0, None, prices(400, web=490), (dear,))]


def test_a_channel_that_alone_has_a_price_is_told():
    phone = rule(1, 500, channel="phone")
    assert gaps(phone) == [Gap(0, None, prices(None, phone=500), (phone,))]


def test_a_rule_of_a_channel_that_changes_nothing_there_is_no_difference():
    elsewhere = rule(3, 100, channel="web", scope_kind="store", scope_id="other")
    member = rule(4, 100, channel="web", kind="member")
    assert gaps(rule(1, 500), rule(2, 500, channel="web"), elsewhere, member) == []


def test_a_stretch_with_the_same_prices_is_one_gap_whatever_begins_meanwhile():
    web = rule(2, 550, channel="web")
    assert gaps(rule(1, 500), web, rule(3, 500, valid_from=50)) == [Gap(0, None, prices(500, web=550), (web,))]


def test_a_rule_that_keeps_its_channel_at_the_common_price_is_not_to_blame():
    web = rule(2, 550, channel="web")
    same = rule(3, 500, channel="phone")
    assert gaps(rule(1, 500), web, same) == [Gap(0, None, prices(500, web=550), (web,))]


@settings(deadline=None)
@given(RULES)
def test_there_is_a_gap_exactly_while_the_lists_differ(found):
    rules = numbered(found)
    lists = {channel: resolve(rules, store=STORE, region=REGION, channel=channel, since=0) for channel in CHANNELS}
    said = gaps(*rules)
    for at in (at for at in moments(rules, 0) if at >= 0):
        expected = {channel: getattr(effective(rows, at), "minor", None) for channel, rows in lists.items()}
        here = [gap for gap in said if gap.begins <= at and (gap.ends is None or at < gap.ends)]
        if len(set(expected.values())) == 1:
            assert here == []
        else:
            (gap,) = here
            assert gap.prices == expected
            assert gap.rules
            assert all(one.channel != "any" for one in gap.rules)
