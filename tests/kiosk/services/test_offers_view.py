"""Which hints a lane shows, which coupons lie on the basket, and what a line was lowered by."""

from typing import Any

import pytest

from kiosk.services.lane_view import CouponView, SavingView
from kiosk.services.offers_view import basket_share, basket_views, coupon_views, hint_views, saving_views, way_hints
from retail.line import Line
from retail.pricing import PricedBasket, PricedLine
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.promotions.goods import Discount, Hint, Use
from retail.sale import Sale

MILK, BREAD, TEA = ({"en": name} for name in ("Milk", "Bread", "Tea"))
LINES = (Line(1, "1", "MILK", MILK), Line(2, "2", "BREAD", BREAD), Line(3, "3", problem="unknown"))


def campaign(name: str, **conditions: Any) -> Campaign:
    return Campaign(name, Terms(Kind.N_FOR_X, quantity=2, price=100), **conditions)


def sale(*campaigns: Campaign, coupons: tuple[str, ...] = (), lines: tuple[Line, ...] = LINES) -> Sale:
    known = {reference(one): one for one in campaigns}
    return Sale("s", "demo", "1", "CNY", "2026-11-22T04:00:00Z", lines, campaigns=known, coupons=coupons)


def hinted(name: str, saving_minor: int, *skus: str, **missing: Any) -> Hint:
    return Hint(campaign(name), saving_minor, skus=skus, **(missing or {"pieces": 1}))


OFF_ALL = Campaign("all", Terms(Kind.BASKET, amount_from=2000, off=77), everything=True)
MILK_HINT, BREAD_HINT = hinted("milk", 300, "MILK"), hinted("bread", 200, "BREAD")
SUM_HINT, CLUB_HINT = hinted("sum", 900, amount_minor=500), hinted("club", 5000, club="member")
WAY_HINT = hinted("way", 9000, way="alipay")
ALL = (WAY_HINT, CLUB_HINT, SUM_HINT, MILK_HINT, BREAD_HINT)


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        (1, [("milk", MILK), ("sum", {})]),
        (2, [("bread", BREAD), ("sum", {})]),
        (3, [("sum", {}), ("milk", MILK)]),
        (0, [("sum", {}), ("milk", MILK)]),
    ],
)
def test_the_goods_scanned_last_come_first_then_what_saves_most(
    changed: int, shown: list[tuple[str, dict[str, str]]]
) -> None:
    for hints in (ALL, ALL[::-1]):  # in whatever order the engine has them
        views = hint_views(sale(), PricedBasket(hints=hints), changed)
        assert [(view.hint.campaign.id, view.names) for view in views] == shown


def test_a_club_is_named_where_nothing_else_is_to_be_had() -> None:
    (view,) = hint_views(sale(), PricedBasket(hints=(CLUB_HINT, WAY_HINT)), 1)
    assert view.hint is CLUB_HINT


def test_a_hint_that_saves_nothing_is_none() -> None:
    assert hint_views(sale(), PricedBasket(hints=(hinted("none", 0, "MILK"),)), 1) == ()
    assert hint_views(None, PricedBasket(hints=ALL), 1) == ()


def test_a_hint_names_the_goods_that_are_still_on_the_basket() -> None:
    both = hinted("both", 100, "TEA", "MILK", "BREAD")
    on_milk = hint_views(sale(), PricedBasket(hints=(both,)), 1)
    assert [view.names for view in on_milk] == [MILK]
    with_tea = sale(lines=(*LINES, Line(4, "4", "TEA", TEA)))
    assert [view.names for view in hint_views(with_tea, PricedBasket(hints=(both,)), 3)] == [TEA]


def test_of_each_way_of_paying_the_best_hint_counts() -> None:
    hints = (hinted("a", 100, way="card"), WAY_HINT, hinted("b", 300, way="card"), hinted("c", 0, way="wechat"))
    assert [(hint.way, hint.saving_minor) for hint in way_hints(PricedBasket(hints=hints))] == [
        ("card", 300),
        ("alipay", 9000),
    ]


def test_coupons_stand_in_their_order_with_what_they_saved() -> None:
    used, waiting = campaign("used", coupon="A"), campaign("waiting", coupon="W-*", personal=True)
    shown = sale(used, waiting, coupons=("W-17", "A", "NOBODY"))
    priced = PricedBasket(uses=(Use(used, 1, 500, coupons=("A",)),))
    assert coupon_views(shown, priced) == (
        CouponView("W-17", waiting),
        CouponView("A", used, 500),
        CouponView("NOBODY"),
    )
    assert coupon_views(None, priced) == ()


def test_coupons_of_one_campaign_share_what_it_saved_to_the_cent() -> None:
    single = campaign("single", coupon="A-*")
    priced = PricedBasket(uses=(Use(single, 3, 1000, coupons=("A-1", "A-2", "A-3")),))
    shares = [view.saving_minor for view in coupon_views(sale(single, coupons=("A-1", "A-2", "A-3")), priced)]
    assert (sum(shares), sorted(shares)) == (1000, [333, 333, 334])


def test_a_line_names_what_lowered_it_the_largest_first_and_at_which_price() -> None:
    pair, member = campaign("pair"), Campaign("member-price", Terms(Kind.SPECIAL_PRICE), clubs=("member",))
    line = Line(1, "1", "MILK", MILK, takings=(Taking(reference(pair)), Taking(reference(member), price=990)))
    money = PricedLine(1, 2560, 0, (Discount(pair, 100, 2), Discount(OFF_ALL, 77, 2), Discount(member, 290, 1)))
    assert basket_share(money) == 77
    assert saving_views(sale(pair, member, lines=(line,)), line, money) == (
        SavingView(member, 290, 990),
        SavingView(pair, 100),
    )


def test_what_is_off_the_whole_basket_is_said_once() -> None:
    gift = Campaign("gift", Terms(Kind.BASKET, amount_from=2000, counts=(0, 1), percent_bp=10_000), everything=True)
    uses = (Use(OFF_ALL, 1, 77), Use(gift, 1, 500), Use(campaign("pair"), 1, 100))
    assert basket_views(PricedBasket(uses=uses)) == (SavingView(OFF_ALL, 77),)
