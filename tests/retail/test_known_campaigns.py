"""Goods bring their campaigns into a basket once, and a sale of an earlier version has its offers as campaigns."""

from dataclasses import replace
from typing import Any

import pytest

from retail.events import EventKind, canonical_json
from retail.known_campaigns import brought
from retail.line import line_body
from retail.promotions.body import campaign_of, reference
from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Taking, Terms, When
from retail.sale import SaleError
from tests.retail.lists import known, listing, multi_buy, takings
from tests.retail.test_sale import sale

MILK3 = multi_buy("milk3", 3, 2000)
TENTH_OFF = Campaign("tenth", Terms(Kind.PERCENT, percent_bp=1000), everything=True)
MILK = listing("111", campaigns=(MILK3, TENTH_OFF))
ADDED = line_body(MILK, number=1)
# As a lane of the version before campaigns wrote it.
OLD: dict[str, Any] = {
    "line": 1,
    "code": "111",
    "sku": "111",
    "names": {"en": "product 111"},
    "unit": "piece",
    "quantity": 3,
    "grams": None,
    "unit_minor": 1000,
    "list_minor": 1000,
    "price_kind": "list",
    "label_minor": None,
    "tax_rate_bp": 1300,
    "min_age": 0,
    "picture": "",
    "offers": [{"id": "milk3", "kind": "n_for_x", "quantity": 3, "price_minor": 2000, "names": {"en": "any 3"}}],
}


def test_a_campaign_is_written_with_the_first_line_that_takes_part_and_not_again() -> None:
    first = sale((EventKind.LINE_ADDED, ADDED))
    assert first.campaigns == known(MILK3, TENTH_OFF)
    assert first.lines[0].takings == takings(MILK3)
    again = line_body(replace(MILK, code="222"), number=2, known=first.campaigns)
    assert "campaigns" not in again
    both = sale((EventKind.LINE_ADDED, ADDED), (EventKind.LINE_ADDED, again))
    assert both.lines[1].takings == both.lines[0].takings


def test_goods_without_campaigns_write_nothing_of_them() -> None:
    assert not line_body(listing("333"), number=1).keys() & {
        "takings",
        "campaigns",
        "discountable",
        "lowest_minor",
        "brand",
    }


def test_a_line_keeps_whose_goods_they_are() -> None:
    branded = replace(MILK, product=replace(MILK.product, brand="north"))
    assert sale((EventKind.LINE_ADDED, line_body(branded, number=1))).lines[0].brand == "north"


def test_the_same_promise_under_another_reference_is_the_one_that_the_basket_knows() -> None:
    renamed = replace(MILK3, names={"en": "3 for 20!"}, when=When(valid_until=2**31))
    assert reference(renamed) != reference(MILK3)
    found = brought(listing("222", campaigns=(renamed,)), known(MILK3))
    assert (found.takings, found.campaigns) == (takings(MILK3), ())


def test_another_promise_under_the_same_id_is_known_beside_the_old_one() -> None:
    other = multi_buy("milk3", 3, 2100)
    found = brought(listing("222", campaigns=(other,)), known(MILK3))
    assert (found.takings, found.campaigns) == (takings(other), (other,))


def test_a_campaign_for_everything_is_never_there_twice() -> None:
    changed = replace(TENTH_OFF, terms=Terms(Kind.PERCENT, percent_bp=2000))
    left_out = replace(listing("222"), takings=(Taking(reference(changed), EXCLUDED),), campaigns=(changed,))
    found = brought(left_out, known(TENTH_OFF))
    assert (found.takings, found.campaigns) == ((Taking(reference(TENTH_OFF), EXCLUDED),), ())


def test_goods_that_no_discount_is_for_say_so() -> None:
    exempt = replace(listing("222"), product=replace(listing("222").product, discountable=False))
    assert not sale((EventKind.LINE_ADDED, line_body(exempt, number=1))).lines[0].discountable


def test_an_offer_of_an_earlier_version_is_a_campaign() -> None:
    found = sale((EventKind.LINE_ADDED, OLD))
    (campaign,) = found.campaigns.values()
    assert (campaign.id, campaign.terms) == ("milk3", Terms(Kind.N_FOR_X, 3, price=2000))
    assert found.lines[0].takings == (Taking(reference(campaign)),)
    # The list of today has the same offer: a line from before the update and one after it share a bundle.
    assert brought(MILK, found.campaigns).takings == found.lines[0].takings


@pytest.mark.parametrize(
    "offers",
    [
        [{"id": "x", "quantity": 2, "price_minor": 1, "odd": 1}],
        [{"id": "x", "quantity": 2, "price_minor": 1, "kind": "m_for_n"}],
        [{"id": "x", "price_minor": 1}],
        ["x"],
    ],
)
def test_an_offer_with_terms_that_are_not_known_is_no_guess(offers: list[Any]) -> None:
    with pytest.raises(SaleError):
        sale((EventKind.LINE_ADDED, {**OLD, "offers": offers}))


@pytest.mark.parametrize(
    "body",
    [
        {**ADDED, "campaigns": []},
        {**ADDED, "takings": [["nobody#1"]]},
        {**ADDED, "takings": ["x"]},
        {**ADDED, "takings": [[]]},
        {**ADDED, "campaigns": [{"id": "milk3", "terms": {"kind": "lottery"}}]},
        {**ADDED, "campaigns": [{"id": "milk3", "terms": {"kind": "n_for_x", "odd": 1}}]},
        {**ADDED, "campaigns": ["x"]},
    ],
)
def test_terms_that_are_not_known_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(SaleError):
        sale((EventKind.LINE_ADDED, body))


def test_a_campaign_in_the_journal_is_read_as_it_was_written() -> None:
    written = ADDED["campaigns"]
    assert {reference(campaign_of(one)) for one in written} == set(known(MILK3, TENTH_OFF))
    assert canonical_json(written)
