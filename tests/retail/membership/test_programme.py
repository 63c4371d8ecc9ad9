"""The programme as the list carries it, consents by the very text, sealed words, points after refunds."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from retail.membership.consent import given_body, given_by, given_of
from retail.membership.points import points_for, points_left
from retail.membership.programme import (
    Club,
    ConsentText,
    Joins,
    ParkingRule,
    PointsRule,
    Programme,
    ProgrammeError,
    Purpose,
    programme_body,
    programme_from,
    text_digest,
)
from retail.membership.sealing import SealBroken, seal, unseal

MALL = Club(
    "member",
    {"en": "The Mall", "zh-CN": "商场"},
    (
        ConsentText(Purpose.MEMBERSHIP, "3", {"en": "I join the mall.", "zh-CN": "我加入商场会员。"}),
        ConsentText(Purpose.MARKETING, "2", {"en": "Write to me."}),
    ),
)
TEA = Club("tea", {"en": "Tea"}, (ConsentText(Purpose.MEMBERSHIP, "1", {"en": "I join Tea."}),))
HAT = Club("hat", {"en": "Hat"}, (ConsentText(Purpose.MEMBERSHIP, "1", {"en": "I join Hat."}),))
PROGRAMME = Programme(
    MALL,
    (TEA, HAT),
    joins=(Joins.PHONE,),
    points=PointsRule(100, 2),
    parking=ParkingRule(5000, 120),
    code_keys=(bytes(32), bytes(range(32))),
    seal_key=bytes(range(32)),
    cards_offline=False,
    coupons_offline=True,
)


def test_a_programme_comes_back_from_the_list_as_it_was() -> None:
    assert programme_from(programme_body(PROGRAMME)) == PROGRAMME
    assert programme_from({}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"club": {"id": "member", "names": {}, "asks": []}},
        {"brands": [{"id": "x"}]},
        {"joins": ["letter"]},
        {"points": {"per_minor": 0}},
        {"points": {"points": -1}},
        {"seal_key": "AAAA"},
        {"code_keys": ["not base64"]},
        {"parking": {"minutes": True}},
        {"club": None},
    ],
    ids=repr,
)
def test_a_programme_that_is_not_whole_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(ProgrammeError):
        programme_from(programme_body(PROGRAMME) | change)


def test_only_the_brands_of_the_basket_are_asked_for() -> None:
    assert PROGRAMME.of_basket({"hat", "unheard of", ""}) == (MALL, HAT)
    assert PROGRAMME.of_basket(()) == (MALL,)


def test_joining_consents_to_membership_alone_unless_more_was_ticked() -> None:
    alone = given_by((MALL, TEA), (), "zh-CN")
    assert [(one.club, one.purpose, one.language) for one in alone] == [
        ("member", Purpose.MEMBERSHIP, "zh-CN"),
        ("tea", Purpose.MEMBERSHIP, "en"),
    ]
    assert alone[0].text_sha256 == text_digest("我加入商场会员。")
    ticked = given_by((MALL, TEA), {("member", Purpose.MARKETING), ("hat", Purpose.MARKETING)}, "en")
    assert [(one.club, one.purpose, one.version) for one in ticked] == [
        ("member", Purpose.MEMBERSHIP, "3"),
        ("member", Purpose.MARKETING, "2"),
        ("tea", Purpose.MEMBERSHIP, "1"),
    ]
    assert tuple(given_of(given_body(one)) for one in ticked) == ticked


def test_a_relative_of_the_language_is_named_as_what_it_is() -> None:
    (given,) = given_by((Club("member", {}, MALL.asks[:1]),), (), "zh-TW")
    assert (given.language, given.text_sha256) == ("zh-CN", text_digest("我加入商场会员。"))


def test_only_the_hub_opens_a_seal_and_only_in_its_place() -> None:
    hub, words = X25519PrivateKey.generate(), {"kind": "phone", "value": "+8613800001234"}
    public = hub.public_key().public_bytes_raw()
    sealed = seal(public, words, "claim 1")
    assert unseal(hub, sealed, "claim 1") == words
    assert b"1380" not in sealed
    assert seal(public, words, "claim 1") != sealed
    for key, content, info in (
        (hub, sealed, "claim 2"),
        (X25519PrivateKey.generate(), sealed, "claim 1"),
        (hub, sealed[:-1], "claim 1"),
        (hub, b"", "claim 1"),
    ):
        with pytest.raises(SealBroken):
            unseal(key, content, info)


def test_points_are_for_what_was_paid_and_for_campaigns() -> None:
    assert points_for(PointsRule(100, 2), 1999, 5) == 38 + 5
    assert points_for(PointsRule(), 1999, 0) == 0


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_refunds_take_points_step_by_step_and_all_in_the_end(earned: int, parts: list[int]) -> None:
    paid, given_back, left = sum(parts), 0, [earned]
    for part in parts:
        given_back += part
        left.append(points_left(earned, paid, given_back))
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    assert points_left(earned, paid, 0) == earned
