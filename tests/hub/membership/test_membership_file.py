"""The membership file: what it comes to, and a sentence with place and remedy for whatever is wrong in it."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.errors import MembershipRefused
from hub.membership.benefit import Give, On
from hub.membership.membership_file import STEPS, membership_from, read_membership_file
from retail.membership.programme import Joins, Purpose
from retail.promotions.soundness import sound

DOCS = Path(__file__).parents[3] / "docs" / "membership-file.md"
SHANGHAI = ZoneInfo("Asia/Shanghai")
ASKS = {"purpose": "membership", "version": "1", "texts": {"en": "I join."}}
LEAST: dict[str, Any] = {"shop": {"names": {"en": "Shop"}, "asks": [ASKS]}}
BRAND = {"id": "north", "names": {"en": "North"}, "asks": [ASKS]}
COUPON: dict[str, Any] = {
    "id": "hello",
    "on": "joined",
    "give": "coupon",
    "coupon": {"names": {"en": "Hi"}, "off_minor": 500},
}
POOL = {
    "id": "p",
    "budget_minor": 900,
    "least_minor": 1,
    "most_minor": 9,
    "opens": "2026-01-01",
    "closes": "2026-01-02",
}
PARK = {"car_park": {"name": "simulated"}}


def example() -> str:
    found = re.search(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_file_of_the_manual_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "member.toml"
    path.write_text(example(), encoding="utf-8")
    file = read_membership_file(path, SHANGHAI)
    assert [club.id for club in file.programme.clubs] == ["member", "dairyland"]
    assert file.programme.joins == (Joins.WALLET, Joins.PHONE)
    assert file.steps == {"member": STEPS, "dairyland": ("identify", "consent", "join")}
    assert [(one.id, one.on, one.give) for one in file.benefits] == [
        ("welcome", On.JOINED, Give.COUPON),
        ("big-basket", On.SALE, Give.POINTS),
        ("lucky", On.SALE, Give.RED_PACKET),
        ("see-you", On.LEFT, Give.COUPON),
    ]
    (pool,) = file.pools
    assert datetime.fromtimestamp(pool.opens_at, SHANGHAI) == datetime(2026, 11, 20, tzinfo=SHANGHAI)
    assert datetime.fromtimestamp(pool.closes_at, SHANGHAI) == datetime(2027, 1, 1, tzinfo=SHANGHAI)
    assert file.sms is not None
    assert file.sms.name == "simulated"
    assert file.missing_texts() == []


def test_what_is_kept_of_a_file_reads_as_the_file() -> None:
    file = membership_from(tomllib.loads(example()), SHANGHAI)
    assert membership_from(file.said, SHANGHAI) == file


def test_the_least_file_offers_joining_by_wallet_alone() -> None:
    file = membership_from(LEAST, UTC)
    assert file.programme.joins == (Joins.WALLET,)
    assert file.steps == {"member": STEPS}


def test_the_membership_text_comes_first_wherever_it_was_written() -> None:
    asks = [{**ASKS, "purpose": "marketing"}, ASKS]
    (first, second) = membership_from({"shop": {**LEAST["shop"], "asks": asks}}, UTC).programme.club.asks
    assert (first.purpose, second.purpose) == (Purpose.MEMBERSHIP, Purpose.MARKETING)


def test_texts_that_a_screen_lacks_are_told() -> None:
    assert membership_from(LEAST, UTC).missing_texts() == [
        "club member: its membership text is not there in zh-CN; shoppers read it in en",
        "club member: its membership text is not there in zh-TW; shoppers read it in en",
    ]


def with_benefit(**changes: object) -> dict[str, Any]:
    return {**LEAST, "benefit": [{**COUPON, **changes}]}


def with_pool(**changes: object) -> dict[str, Any]:
    return {**LEAST, "red_packet": [{**POOL, **changes}]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "shop is missing; add it"),
        ({**LEAST, "point": {}}, "point is no key that is known here; do you mean points?"),
        ({**LEAST, "xyz": 1}, "xyz is no key that is known here; there are: benefit, brand, car_park, joins"),
        ({"shop": {"asks": [ASKS]}}, "shop.names is missing; add it"),
        (
            {"shop": {**LEAST["shop"], "asks": [{**ASKS, "purpose": "spam"}]}},
            "shop.asks 1 (spam): purpose is 'spam'; it",
        ),
        ({"shop": {**LEAST["shop"], "asks": []}}, 'shop.asks has none of purpose = "membership"'),
        ({"shop": {**LEAST["shop"], "asks": [ASKS, ASKS]}}, "shop.asks asks for membership twice"),
        ({"shop": {**LEAST["shop"], "names": {}}}, "shop.names has no text; write one for each language"),
        (
            {"shop": {**LEAST["shop"], "names": {"english": "S"}}},
            "shop.names has a text in 'english', which is no lang",
        ),
        ({**LEAST, "brand": [{**BRAND, "id": "a b"}]}, "brand 1 (a b): id 'a b' is no id; take 1 to 64 letters"),
        ({**LEAST, "brand": [{**BRAND, "id": "member"}]}, "brand 'member' has the id of the shop's own club"),
        ({**LEAST, "brand": [BRAND, BRAND]}, "brand 'north' stands twice; give each its own id"),
        (
            {**LEAST, "brand": [{**BRAND, "id": str(n) * 60} for n in range(1, 6)]},
            "the ids of all brands have over 255 letters together; shorten them",
        ),
        ({**LEAST, "brand": [{**BRAND, "steps": ["join"]}]}, "steps of north: 'join' needs 'consent' before it"),
        ({**LEAST, "steps": ["join", "consent"]}, "steps of member: 'join' needs 'consent' before it"),
        ({**LEAST, "steps": ["consent", "consent"]}, "steps of member: 'consent' stands twice"),
        ({**LEAST, "joins": ["phone"]}, "joins has 'phone', which needs a [messages] sender"),
        ({**LEAST, "joins": ["letter"]}, "joins 1 is 'letter'; it should be 'wallet' or 'phone'"),
        ({**LEAST, "points": {"per_minor": 0}}, "points.per_minor is 0; it should be greater than or equal to 1"),
        ({**LEAST, "points": {"points": 1.5}}, "points.points is 1.5; it should be a valid integer"),
        ({**LEAST, "parking": {"minutes": 30}}, "parking.minutes needs a [car_park] name"),
        (with_benefit(id="a:b"), "benefit 1 (a:b): id 'a:b' is no id"),
        ({**LEAST, "benefit": [COUPON, COUPON]}, "benefit 2 (hello): its id stands twice"),
        (with_benefit(club="north"), "benefit 1 (hello): names the club 'north'; there are: member"),
        (with_benefit(over_minor=5), 'benefit 1 (hello): over_minor goes with on = "sale" alone'),
        (with_benefit(members_only=False), 'benefit 1 (hello): members_only = false goes with on = "sale" alone'),
        (with_benefit(on="left"), 'benefit 1 (hello): on = "left" needs a [car_park] name'),
        (with_benefit(coupon=None), 'benefit 1 (hello): give = "coupon" needs a coupon with names'),
        (with_benefit(coupon={"names": {"en": "x"}}), "coupon needs off_minor or percent_bp, and not both"),
        (
            with_benefit(coupon={"of_minor": 1}),
            "benefit 1 (hello): coupon.of_minor is no key that is known here; do you",
        ),
        (
            with_benefit(coupon={"off_minor": True}),
            "benefit 1 (hello): coupon.off_minor is True; it should be a valid in",
        ),
        (with_benefit(points=3), 'points goes with give = "points" alone'),
        (with_benefit(pool="p"), 'pool goes with give = "red_packet" alone'),
        (with_benefit(give="points", coupon=None), 'give = "points" needs points, how many'),
        (with_benefit(give="points", points=5), 'coupon goes with give = "coupon" or "red_packet" alone'),
        (
            with_benefit(on="sale", give="points", points=5, coupon=None, members_only=False),
            "points can be given to members alone",
        ),
        (with_benefit(give="red_packet", coupon=None), 'a red packet is drawn for a sale; write on = "sale"'),
        (with_benefit(on="sale", give="red_packet", coupon=None), "pool is '', which is no red_packet of the file"),
        (
            {**with_benefit(on="sale", give="red_packet", pool="p"), "red_packet": [POOL]},
            "the amount of a red packet is drawn; take off_minor and percent_bp away",
        ),
        (
            with_pool(least_minor=10),
            "red_packet 1 (p): least_minor 10, most_minor 9 and budget_minor 900 must be in this",
        ),
        (with_pool(closes="2025-12-31"), "red_packet 1 (p): closes at 2025-12-31, which is not after 2026-01-01"),
        (with_pool(opens="soon"), "red_packet 1 (p): opens is 'soon'; write it such as 2026-01-31"),
        ({**LEAST, "red_packet": [POOL, POOL]}, "red_packet 2 (p): its id stands twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_a_remedy(content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(MembershipRefused, match=re.escape(sentence)):
        membership_from(content, UTC)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"[shop", "is not TOML"), (b"\xff", "is not UTF-8; save it as UTF-8"), (None, "cannot be read (no such file")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "member.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MembershipRefused, match=re.escape(f"{path}: {sentence}")):
        read_membership_file(path)


def test_a_coupon_comes_off_the_basket_until_it_expires() -> None:
    (benefit,) = membership_from(with_benefit(coupon={**COUPON["coupon"], "days": 2, "from_minor": 900}), UTC).benefits
    assert benefit.coupon is not None
    campaign = sound(benefit.coupon.campaign("hello", "C1", given_at=1000, personal=True))
    assert (campaign.coupon, campaign.coupon_single, campaign.personal) == ("C1", True, True)
    assert campaign.when.valid_until == benefit.coupon.expires_at(1000) == 1000 + 2 * 86_400


def test_a_red_packet_is_a_coupon_over_what_was_drawn_and_for_ever_unless_days_are_said() -> None:
    content = {**with_benefit(on="sale", give="red_packet", pool="p", coupon=None), "red_packet": [POOL]}
    (benefit,) = membership_from(content, UTC).benefits
    assert benefit.coupon is not None
    campaign = sound(benefit.coupon.of_amount(88).campaign("p", "R1", given_at=1, personal=False, on_top=True))
    assert campaign.terms.off == 88
    assert campaign.layer > benefit.coupon.of_amount(88).campaign("p", "R1", given_at=1, personal=False).layer
    assert campaign.when.valid_until is None
    assert campaign.names["zh-CN"] == "红包"
