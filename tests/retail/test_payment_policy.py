"""The shop's rules for payments without a line: limits that nothing passes, and the rung that the facts lead to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.payment_policy import (
    Goods,
    OfflineCard,
    PaymentPolicy,
    PolicyError,
    Refusal,
    Rung,
    Stored,
    WayFacts,
    ladder,
    may_store,
    policy_from,
)

CARD = OfflineCard(per_sale_minor=20000, sum_minor=50000, count=4, oldest_hours=24)
POLICY = PaymentPolicy(CARD)
CARD_SAID = {"per_sale_minor": 20000, "sum_minor": 50000, "count": 4, "oldest_hours": 24}
MILK = (Goods(),)
HOUR = 3600

WALLET = WayFacts("wallet", terminal=False, stores=False, line=True)
TERMINAL = WayFacts("card", terminal=True, stores=True, line=True)
WALLET_CUT, TERMINAL_CUT = replace(WALLET, line=False), replace(TERMINAL, line=False)

limits = st.builds(
    OfflineCard,
    per_sale_minor=st.integers(1, 300),
    sum_minor=st.integers(300, 900),
    count=st.integers(1, 6),
    oldest_hours=st.integers(1, 48),
)
goods = st.builds(
    Goods, min_age=st.sampled_from([0, 0, 0, 18]), category=st.sampled_from(["", "fruit", "tobacco", None])
)


@given(limits, st.lists(st.tuples(st.integers(1, 400), st.integers(0, 30 * HOUR), goods), max_size=60))
def test_whatever_comes_no_limit_is_passed_by_one_cent(card: OfflineCard, sales: list[tuple[int, int, Goods]]) -> None:
    policy = PaymentPolicy(card, restricted_categories=("tobacco",))
    now, taken = 0, list[tuple[int, int]]()
    for minor, later, bought in sales:
        now += later
        oldest = now - taken[0][0] if taken else 0
        stored = Stored(len(taken), sum(amount for _, amount in taken), oldest)
        if not may_store(policy, minor, [bought], stored):
            assert (bought.min_age, minor <= card.per_sale_minor) == (0, True)
            assert bought.category not in {"tobacco", None}
            assert oldest <= card.oldest_hours * HOUR
            taken.append((now, minor))
        assert len(taken) <= card.count
        assert sum(amount for _, amount in taken) <= card.sum_minor


@given(limits, st.integers(0, 900), st.integers(0, 6), st.integers(0, 50 * HOUR), st.integers(1, 400))
def test_a_payment_is_refused_only_for_a_limit_that_it_would_pass(
    card: OfflineCard, there: int, count: int, oldest_s: int, minor: int
) -> None:
    passed = {
        Refusal.TOO_OLD: count > 0 and oldest_s > card.oldest_hours * HOUR,
        Refusal.SALE_LIMIT: minor > card.per_sale_minor,
        Refusal.FULL: count + 1 > card.count or there + minor > card.sum_minor,
    }
    refusal = may_store(PaymentPolicy(card), minor, MILK, Stored(count, there, oldest_s))
    assert passed[refusal] if refusal else not any(passed.values())


@pytest.mark.parametrize(
    ("minor", "stored", "refusal"),
    [
        (20000, Stored(), Refusal.NONE),
        (20001, Stored(), Refusal.SALE_LIMIT),
        (20000, Stored(2, 30000, 1), Refusal.NONE),
        (20000, Stored(2, 30001, 1), Refusal.FULL),
        (1, Stored(3, 3, 1), Refusal.NONE),
        (1, Stored(4, 4, 1), Refusal.FULL),
        (1, Stored(1, 1, 24 * HOUR), Refusal.NONE),
        (1, Stored(1, 1, 24 * HOUR + 1), Refusal.TOO_OLD),
    ],
)
def test_each_limit_may_be_reached_and_not_passed(minor: int, stored: Stored, refusal: Refusal) -> None:
    assert may_store(POLICY, minor, MILK, stored) is refusal


@pytest.mark.parametrize("bought", [Goods(1), Goods(18), Goods(0, "tobacco"), Goods(0, None)])
def test_one_restricted_line_is_enough_to_store_nothing(bought: Goods) -> None:
    policy = replace(POLICY, restricted_categories=("tobacco",))
    assert may_store(policy, 100, [*MILK, bought], Stored()) is Refusal.RESTRICTED
    assert may_store(policy, 100, MILK, Stored()) is Refusal.NONE


def test_where_no_category_is_restricted_it_need_not_be_known() -> None:
    assert may_store(POLICY, 100, [Goods(0, None)], Stored()) is Refusal.NONE


def test_a_shop_that_says_nothing_stores_nothing_and_sends_to_the_till() -> None:
    policy = policy_from({})
    assert may_store(policy, 1, MILK, Stored()) is Refusal.OFFLINE
    found = ladder(policy, [WALLET_CUT, TERMINAL_CUT], total_minor=1, goods=MILK, stored=Stored())
    assert (found.rung, set(found.refusals.values())) == (Rung.PAY_AT_TILL, {Refusal.OFFLINE})


@pytest.mark.parametrize(
    ("ways", "rung", "refusals"),
    [
        ([WALLET, TERMINAL], Rung.FULL, ["", ""]),
        ([WALLET_CUT, TERMINAL_CUT], Rung.TERMINAL_ONLY, ["offline", ""]),
        ([replace(WALLET, resting=True), TERMINAL], Rung.TERMINAL_ONLY, ["resting", ""]),
        ([WALLET_CUT, replace(WALLET, id="alipay"), TERMINAL], Rung.FULL, ["offline", "", ""]),
        ([WALLET_CUT], Rung.PAY_AT_TILL, ["offline"]),
        ([WALLET_CUT, replace(TERMINAL_CUT, stores=False)], Rung.PAY_AT_TILL, ["offline", "offline"]),
        ([WALLET_CUT, replace(TERMINAL, resting=True)], Rung.PAY_AT_TILL, ["offline", "resting"]),
        ([TERMINAL], Rung.FULL, [""]),
        ([TERMINAL_CUT], Rung.TERMINAL_ONLY, [""]),
    ],
)
def test_the_rung_follows_from_the_ways_that_are_left(ways: list[WayFacts], rung: Rung, refusals: list[str]) -> None:
    found = ladder(POLICY, ways, total_minor=100, goods=MILK, stored=Stored())
    assert (found.rung, [found.refusals[way.id] for way in ways]) == (rung, refusals)


def test_limits_close_the_terminal_without_a_line_and_not_the_one_that_has_one() -> None:
    cut = ladder(POLICY, [TERMINAL_CUT], total_minor=20001, goods=MILK, stored=Stored())
    assert (cut.rung, cut.refusals) == (Rung.PAY_AT_TILL, {"card": Refusal.SALE_LIMIT})
    assert ladder(POLICY, [TERMINAL], total_minor=20001, goods=MILK, stored=Stored()).rung is Rung.FULL


def test_without_a_till_to_pay_at_the_lane_is_closed() -> None:
    policy = replace(POLICY, pay_at_till=False)
    assert ladder(policy, [WALLET_CUT], total_minor=0, goods=(), stored=Stored()).rung is Rung.CLOSED


def test_before_there_is_a_basket_only_what_holds_for_any_counts() -> None:
    assert may_store(POLICY, 0, (), Stored()) is Refusal.NONE
    assert may_store(POLICY, 0, (), Stored(3, 50000, 1)) is Refusal.FULL


@given(
    st.builds(PaymentPolicy, limits, st.lists(st.text(min_size=1), unique=True, max_size=3).map(tuple), st.booleans())
)
def test_a_policy_is_read_back_as_it_was_written(policy: PaymentPolicy) -> None:
    assert policy_from(json.loads(json.dumps(policy.as_dict()))) == policy


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"pay_at_til": True}, "pay_at_til is no key that is known here; do you mean pay_at_till?"),
        ({"pay_at_till": "yes"}, "pay_at_till is 'yes'; it must be true or false"),
        ({"offline_card": 5}, "offline_card is no table of limits"),
        ({"offline_card": {"per_sale_minor": 1}}, "offline_card.sum_minor is missing"),
        ({"offline_card": CARD_SAID | {"count": 0}}, "offline_card.count is 0; it must be a whole number from 1"),
        ({"offline_card": CARD_SAID | {"count": True}}, "offline_card.count is True"),
        ({"offline_card": CARD_SAID | {"per_sale_minor": 1.5}}, "offline_card.per_sale_minor is 1.5"),
        ({"offline_card": CARD_SAID | {"oldest_hours": 169}}, "from 1 to 168"),
        ({"offline_card": CARD_SAID | {"sum_minor": 1}}, "sum_minor is under per_sale_minor"),
        ({"offline_card": CARD_SAID | {"percent": 1}}, "offline_card.percent is no key that is known here"),
        ({"restricted_categories": "tobacco"}, "must be a list of category ids"),
        ({"restricted_categories": [""]}, "must be a list of category ids"),
    ],
)
def test_what_is_no_policy_is_refused_in_words(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyError) as refused:
        policy_from(said)
    assert sentence in str(refused.value)
