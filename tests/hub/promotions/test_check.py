"""What a check says of campaigns before any of them is taken."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from hub.promotions.check import check
from hub.promotions.found import Found, Named, NotUnderstood
from hub.promotions.store_goods import Good, StoreGoods
from retail.product import Unit
from retail.promotions.campaign import Campaign, Kind, Terms, Tier, When

AT = datetime(2026, 8, 22, 12, tzinfo=UTC)
NOW = int(AT.timestamp())


def goods() -> StoreGoods:
    found = StoreGoods()
    found.add(Good("milk", "Milk", Unit.PIECE, 690), iter(["7290009990102"]), "dairy")
    found.add(Good("cream", "Cream", Unit.PIECE, 990), iter(["7290009990208"]), "dairy")
    found.add(Good("fish", "Fish", Unit.KG, 4990), iter(["41"]), "")
    found.add(Good("gift", "Gift", Unit.PIECE, None), iter(["42"]), "")
    return found


def offer(
    terms: Terms,
    *codes: str,
    id: str = "1",  # noqa: A002 - as campaigns call it
    until: int | None = None,
    skus: Sequence[str] = (),
    prices: Mapping[str, int] = {},
) -> Found:
    named = Named(skus=tuple(skus), codes=codes, prices=prices)
    return Found(7, "line 7", Campaign(id, terms, when=When(valid_until=until)), (named,), text="words")


SPECIAL = Terms(Kind.SPECIAL_PRICE, price=590)


def test_what_is_not_understood_is_counted_by_reason_with_its_first_rows():
    report = check([NotUnderstood(n, f"line {n}", str(n), "words", "no_figures", "why") for n in range(2, 7)], at=AT)
    assert (report.offers, report.understood) == (5, 0)
    assert report.not_understood["no_figures"].count == 5
    assert report.not_understood["no_figures"].examples[0] == {"row": 2, "code": "2", "text": "words: why"}
    assert not report.clean


def test_an_offer_that_became_several_campaigns_is_one():
    report = check([offer(SPECIAL, "1", id="9#1"), offer(SPECIAL, "2", id="9#2")], at=AT)
    assert (report.offers, report.understood, report.campaigns) == (1, 1, 2)


def test_what_has_ended_is_not_looked_at_further():
    report = check([offer(SPECIAL, "1", until=NOW), offer(SPECIAL, "1", id="2", until=NOW + 1)], at=AT)
    assert (report.ended.count, report.live, report.rows) == (1, 1, 1)


def test_without_a_store_nothing_is_said_of_its_products():
    report = check([offer(Terms(Kind.SPECIAL_PRICE, price=10**6), "nobody")], at=AT)
    assert report.clean
    assert "unknown_products" not in report.as_dict()


def test_products_that_the_store_has_not_are_named():
    report = check([offer(SPECIAL, "7290009990102", "nobody"), offer(SPECIAL, "none", id="2")], at=AT, goods=goods())
    assert [one["code"] for one in report.unknown.examples] == ["nobody", "none"]
    assert [one["code"] for one in report.of_nothing.examples] == ["2"]


@pytest.mark.parametrize(
    ("terms", "code", "raises", "saves"),
    [
        (SPECIAL, "7290009990102", False, True),
        (Terms(Kind.SPECIAL_PRICE, price=690), "7290009990102", False, False),
        (Terms(Kind.SPECIAL_PRICE, price=750), "7290009990102", True, False),
        (Terms(Kind.N_FOR_X, quantity=2, price=1300), "7290009990102", False, True),
        (Terms(Kind.N_FOR_X, quantity=2, price=1400), "7290009990102", True, False),
        (Terms(Kind.N_FOR_X, quantity=2, price=100), "41", False, False),  # weighed goods are in no bundle
        (Terms(Kind.SPECIAL_PRICE, grams=1900, price=3990), "41", False, True),
        (Terms(Kind.PERCENT, percent_bp=1000), "41", False, True),
        (Terms(Kind.N_SAVE_X, quantity=2, off=100), "7290009990102", False, True),
        (Terms(Kind.NTH_ITEM, quantity=2, price=900), "7290009990102", True, False),
        (Terms(Kind.TIERS, tiers=(Tier(2, price=700), Tier(5, price=600))), "7290009990102", False, True),
        (Terms(Kind.TIERS, tiers=(Tier(2, price=700),)), "7290009990102", True, False),
        (Terms(Kind.SPECIAL_PRICE, price=10**6), "42", False, True),  # it has no price: nobody knows
    ],
)
def test_what_would_raise_a_price_or_save_nobody_anything_is_found(terms, code, raises, saves):
    report = check([offer(terms, code)], at=AT, goods=goods(), currency="ILS")
    assert (report.raises.count == 1, report.saves_nothing.count == 0) == (raises, saves)


def test_a_price_of_its_own_is_held_against_what_the_product_costs():
    one = offer(
        Terms(Kind.SPECIAL_PRICE), "7290009990102", "7290009990208", prices={"7290009990102": 700, "7290009990208": 900}
    )
    report = check([one], at=AT, goods=goods(), currency="ILS")
    (example,) = report.raises.examples
    assert example["code"] == "milk"
    assert "0.10" in example["text"]
    assert report.saves_nothing.count == 0


def test_a_code_is_found_in_whatever_length_it_is_written():
    report = check([offer(SPECIAL, "07290009990102", "0000000000041")], at=AT, goods=goods())
    assert [one["code"] for one in report.unknown.examples] == ["0000000000041"]


def test_products_in_several_campaigns_are_counted_and_the_worst_named():
    found = [
        offer(SPECIAL, "7290009990102", id="a"),
        offer(SPECIAL, "7290009990102", "7290009990208", id="b"),
        offer(SPECIAL, id="c", skus=("milk",)),
        offer(SPECIAL, "41", id="d"),
        offer(SPECIAL, "41", id="over", until=NOW),
    ]
    report = check(found, at=AT, goods=goods())
    assert report.overlaps == {3: 1}
    assert [(one.product, one.name, one.campaigns) for one in report.worst] == [("milk", "Milk", ("a", "b", "c"))]


def test_a_category_is_all_of_its_products():
    one = Found(3, "line 3", Campaign("1", SPECIAL), (Named(categories=("dairy", "tools")),))
    report = check([one], at=AT, goods=goods())
    assert report.rows == 3
    assert [one["code"] for one in report.unknown.examples] == ["tools"]


def test_a_campaign_for_everything_names_nothing_and_that_is_right():
    one = Found(3, "line 3", Campaign("1", Terms(Kind.PERCENT, percent_bp=500), everything=True))
    assert check([one], at=AT, goods=goods()).clean
