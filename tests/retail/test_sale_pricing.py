"""What a sale was completed with stays, whatever an engine of another day would say."""

from dataclasses import replace
from typing import Any

import pytest

from retail.events import EventKind
from retail.line import line_body
from retail.promotions.campaign import Campaign, Kind, Shopper, Terms
from retail.refunding import sold_lines
from retail.sale import Sale, SaleError, shopper_of, shopper_paying
from retail.sale_pricing import as_completed, price_sale, priced_bodies, reckoned
from tests.retail.lists import listing, multi_buy
from tests.retail.test_sale import COMPLETED, INTENDED, MILK, SUBMITTED, Step, resolved, sale

PAIR = multi_buy("pair", 2, 1500)
WALLET = Campaign("wallet", Terms(Kind.BASKET, amount_from=1, off=100), ways=("wallet",), everything=True, points=3)
COUPON = Campaign("coupon", Terms(Kind.BASKET, amount_from=1, off=300), coupon="SAVE", everything=True, layer=1)
GOODS = (EventKind.LINE_ADDED, line_body(listing("111", campaigns=(PAIR, WALLET, COUPON)), number=1))
TWO = (EventKind.LINE_QUANTITY_CHANGED, {"line": 1, "quantity": 2, "why": "shopper"})
SHOWN = (EventKind.COUPON_PRESENTED, {"code": "SAVE"})


def paid(*steps: Step) -> Sale:
    return sale(*steps, INTENDED, SUBMITTED, resolved("approved"))


def completed(found: Sale, **changes: Any) -> Sale:
    body = {"total_minor": reckoned(found).total_minor, **priced_bodies(reckoned(found)), **changes}
    return replace(found, completion=body)


def test_a_completed_sale_costs_what_was_written_then() -> None:
    found = completed(paid(GOODS, TWO, SHOWN))
    assert price_sale(found) == replace(reckoned(found), hints=())
    # Its campaigns mean something else to the engine of tomorrow; its money does not.
    other = replace(found, campaigns={named: replace(one, terms=PAIR.terms) for named, one in found.campaigns.items()})
    money = price_sale(other)
    assert money.total_minor == price_sale(found).total_minor
    assert [line.paid_minor for line in sold_lines(other, money.total_minor)] == [money.total_minor]


def test_uses_with_their_points_and_coupons_are_kept() -> None:
    money = as_completed(completed(paid(GOODS, SHOWN)))
    assert money is not None
    assert {use.campaign.id: (use.saving_minor, use.points, use.coupons) for use in money.uses} == {
        "wallet": (100, 3, ()),
        "coupon": (300, 0, ("SAVE",)),
    }


@pytest.mark.parametrize(
    "wrote",
    [
        {"priced": None},
        {"priced": []},
        {"priced": [{"line": 1}]},
        {"priced": [{"line": 1, "net_minor": 1, "tax_minor": 0}]},
        {"priced": [{"line": 1, "net_minor": 1, "tax_minor": 0, "discounts": [{"campaign": "gone#1"}]}]},
        {"priced": "x"},
    ],
)
def test_figures_that_are_missing_or_do_not_fit_are_reckoned(wrote: dict[str, Any]) -> None:
    found = completed(paid(GOODS, TWO), **wrote)
    assert as_completed(found) is None
    assert price_sale(found) == reckoned(found)


def test_the_way_counts_from_its_intent_until_it_is_refused() -> None:
    assert shopper_of(sale(GOODS)) == Shopper(channel="lane", store="s")
    assert shopper_of(sale(GOODS, INTENDED)).way == "wallet"
    assert shopper_of(sale(GOODS, INTENDED, SUBMITTED, resolved("unknown"))).way == "wallet"
    assert shopper_of(sale(GOODS, INTENDED, SUBMITTED, resolved("declined"))).way == ""
    done = sale(GOODS, INTENDED, SUBMITTED, resolved("approved"), COMPLETED)
    assert shopper_of(done) == shopper_paying(sale(GOODS), "wallet")
    assert reckoned(sale(GOODS)).total_minor - reckoned(done).total_minor == 100


def test_coupons_count_once_and_can_be_taken_back() -> None:
    assert sale(SHOWN).coupons == ("SAVE",)
    assert sale(SHOWN, (EventKind.COUPON_WITHDRAWN, {"code": "SAVE"}), SHOWN, MILK).coupons == ("SAVE",)
    early, late = sale(SHOWN, GOODS), sale(GOODS, SHOWN)
    assert reckoned(early).total_minor == reckoned(late).total_minor == 700


def test_clubs_are_known_without_the_member() -> None:
    found = sale((EventKind.MEMBER_IDENTIFIED, {"clubs": ["staff", "member", "member"]}))
    assert shopper_of(found).clubs == {"member", "staff"}


@pytest.mark.parametrize(
    "steps",
    [
        (SHOWN, SHOWN),
        ((EventKind.COUPON_PRESENTED, {"code": ""}),),
        ((EventKind.COUPON_PRESENTED, {}),),
        ((EventKind.COUPON_WITHDRAWN, {"code": "SAVE"}),),
        (GOODS, INTENDED, SHOWN),
        (SHOWN, GOODS, INTENDED, (EventKind.COUPON_WITHDRAWN, {"code": "SAVE"})),
        (GOODS, INTENDED, (EventKind.MEMBER_IDENTIFIED, {"clubs": ["member"]})),
        ((EventKind.MEMBER_IDENTIFIED, {"clubs": 7}),),
    ],
)
def test_what_a_shopper_shows_at_the_wrong_time_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(SaleError):
        sale(*steps)
