"""What a sale knows of its shopper's membership, as its events tell."""

from __future__ import annotations

from typing import Any

import pytest

from retail.events import Event, EventKind
from retail.membership.programme import Purpose, text_digest
from retail.membership.visit import BY_CLAIM, BY_PHONE, BY_WALLET
from retail.sale import Sale, SaleError, fold, shopper_of, shopper_paying

CONSENT = {
    "club": "member",
    "purpose": "membership",
    "version": "1",
    "language": "en",
    "text_sha256": text_digest("I join."),
}
STARTED = (EventKind.BASKET_STARTED, {"store": "s", "lane": "1", "currency": "CNY"})
INTENDED = {"key": "k-1", "way": "wechat", "gateway": "hub", "amount_minor": 100}
Told = tuple[EventKind, dict[str, Any]]


def joining(by: str = BY_WALLET, claim: str = "c1", clubs: tuple[str, ...] = ("member",)) -> Told:
    return EventKind.MEMBER_JOINING, {"by": by, "claim": claim, "clubs": [*clubs], "consents": [CONSENT]}


def identified(*clubs: str, claim: str = "c1", by: str = "code", **more: Any) -> Told:
    return EventKind.MEMBER_IDENTIFIED, {"clubs": [*clubs], "claim": claim, "by": by, **more}


def sale(*told: Told) -> Sale:
    events = [Event(n, "", kind, "sale", body, "", "") for n, (kind, body) in enumerate((STARTED, *told), 1)]
    found = fold(events)
    assert found is not None
    return found


def test_a_member_counts_with_all_their_clubs_and_what_they_used_before() -> None:
    found = sale(identified("member", "brand", used={"cap": 2}))
    assert shopper_of(found).clubs == {"member", "brand"}
    assert shopper_of(found).used == {"cap": 2}
    assert (found.visit.claim, found.visit.by) == ("c1", "code")


def test_another_member_takes_the_place_of_the_one_before() -> None:
    found = sale(identified("member", "brand", used={"cap": 2}), identified("member", claim="c2", by="card"))
    assert shopper_of(found).clubs == {"member"}
    assert found.visit.used == {}
    assert found.visit.claim == "c2"


def test_a_shopper_who_is_forgotten_is_nobody() -> None:
    found = sale(identified("member"), identified(claim="", by=""))
    assert (shopper_of(found).clubs, found.visit.claim, found.visit.by) == (frozenset(), "", "")


def test_joining_by_wallet_counts_for_ways_that_tell_who_pays_alone() -> None:
    found = sale(joining())
    assert shopper_of(found).clubs == {"member"}
    assert shopper_paying(found, "wechat", tells_payer=True).clubs == {"member"}
    assert shopper_paying(found, "card", tells_payer=False).clubs == frozenset()
    telling = (EventKind.PAYMENT_INTENDED, {**INTENDED, "tells_payer": True})
    assert shopper_of(sale(joining(), telling)).clubs == {"member"}
    assert shopper_of(sale(joining(), (EventKind.PAYMENT_INTENDED, INTENDED))).clubs == frozenset()


def test_what_was_consented_to_is_kept_with_its_text() -> None:
    found = sale(joining()).visit.joining
    assert found is not None
    assert [(one.club, one.purpose, one.text_sha256) for one in found.given] == [
        ("member", Purpose.MEMBERSHIP, text_digest("I join."))
    ]
    assert found.body()["consents"] == [CONSENT]


def test_a_member_joins_a_brand_under_their_claim() -> None:
    found = sale(identified("member"), joining(BY_CLAIM, clubs=("brand",)))
    assert shopper_paying(found, "card", tells_payer=False).clubs == {"member", "brand"}


def test_what_the_hub_tells_later_of_the_same_claim_keeps_what_is_joined() -> None:
    found = sale(joining(BY_PHONE), identified("member", by="phone", used={"cap": 1}))
    assert found.visit.joining is not None
    assert shopper_of(found).used == {"cap": 1}


def test_joining_by_phone_takes_the_place_of_whoever_was_recognised() -> None:
    found = sale(identified("member", "brand"), joining(BY_PHONE, claim="c2"))
    assert (found.visit.claim, found.visit.by, found.visit.clubs) == ("c2", "phone", ())
    assert shopper_of(found).clubs == {"member"}


def test_a_code_that_is_shown_after_joining_by_wallet_was_touched_ends_that() -> None:
    found = sale(joining(claim="c1"), identified("member", claim="c2"))
    assert found.visit.joining is None
    assert found.visit.answered


def test_no_thanks_is_remembered_and_takes_back_what_was_begun() -> None:
    found = sale(joining(), (EventKind.MEMBER_REFUSED, {}))
    assert (found.visit.joining, found.visit.claim, found.visit.answered) == (None, "", True)
    kept = sale(identified("member"), joining(BY_CLAIM, clubs=("brand",)), (EventKind.MEMBER_REFUSED, {}))
    assert (kept.visit.claim, shopper_of(kept).clubs) == ("c1", frozenset({"member"}))


@pytest.mark.parametrize(
    "told",
    [
        [joining(by="letter")],
        [joining(claim="")],
        [joining(clubs=())],
        [joining(BY_CLAIM)],
        [identified("member"), joining(BY_CLAIM, claim="c2")],
        [identified("member"), joining(BY_WALLET, claim="c2")],
    ],
    ids=["letter", "no claim", "no club", "nobody", "another's claim", "known already"],
)
def test_joining_that_fits_no_visit_is_refused(told: list[Told]) -> None:
    with pytest.raises(SaleError):
        sale(*told)


def test_membership_is_settled_once_paying_has_begun() -> None:
    for told in (identified("member"), joining(), (EventKind.MEMBER_REFUSED, {})):
        with pytest.raises(SaleError):
            sale((EventKind.PAYMENT_INTENDED, INTENDED), told)


def test_a_coupon_of_the_members_brings_its_campaign_and_counts_as_their_own() -> None:
    gift = {
        "id": "gift",
        "terms": {"kind": "basket", "amount_from": 1, "off": 100},
        "coupon": "G-*",
        "personal": True,
        "everything": True,
    }
    shown = (EventKind.COUPON_PRESENTED, {"code": "G-1", "own": True, "campaigns": [gift]})
    found = sale(shown)
    assert [one.id for one in found.campaigns.values()] == ["gift"]
    assert shopper_of(found).own_coupons == {"G-1"}
    back = sale(shown, (EventKind.COUPON_WITHDRAWN, {"code": "G-1"}))
    assert shopper_of(back).own_coupons == frozenset()
