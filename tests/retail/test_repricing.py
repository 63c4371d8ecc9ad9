"""An open basket when prices change under it: what was shown is kept, what is better is taken, nothing gets dearer."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail.events import EventKind
from retail.pricing import price_basket
from retail.product import Listing, Price, PriceKind, Product, Unit
from retail.promotions.body import reference
from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Taking, Terms, When
from retail.repricing import Basket, Repriced, lower_prices
from retail.sale import Line, SaleError, line_body, repriced_body
from tests.retail.lists import known, listing, multi_buy, takings
from tests.retail.test_pricing import line
from tests.retail.test_sale import INTENDED, MILK, SUBMITTED, Step, resolved, sale

TWO_FOR_22 = multi_buy("two", 2, 2200)
TENTH_OFF = Campaign("tenth", Terms(Kind.PERCENT, percent_bp=1000), everything=True)


def selling(
    prices: Mapping[str, int], *campaigns: Campaign, unit: Unit = Unit.PIECE
) -> Callable[[str], Listing | None]:
    """A list by SKU."""

    def find(sku: str) -> Listing | None:
        if sku not in prices:
            return None
        return Listing(
            sku, Product(sku, {}, unit), Price(prices[sku], list_minor=prices[sku]), 1, takings(*campaigns), campaigns
        )

    return find


def lowered(lines: Sequence[Line], find: Callable[[str], Listing | None], *campaigns: Campaign) -> Repriced:
    return lower_prices(Basket(lines, known(*campaigns)), find)


def total_after(lines: Sequence[Line], found: Repriced, *campaigns: Campaign) -> int:
    changed = {new.number: new for new in found.lines}
    after = [changed.get(old.number, old) for old in lines]
    return price_basket(after, known(*campaigns, *found.campaigns)).total_minor


def test_a_price_that_fell_is_taken_and_one_that_rose_is_not() -> None:
    found = lowered((line(1, 1000), line(2, 1000)), selling({"sku1": 900, "sku2": 1100}))
    assert [(new.number, new.unit_minor, new.list_minor) for new in found.lines] == [(1, 900, 900)]


def test_a_special_price_that_begins_is_shown_as_one() -> None:
    special = Listing("x", Product("sku1", {}), Price(800, PriceKind.SPECIAL, 1000, 850))
    (new,) = lowered([line(1, 1000)], lambda _sku: special).lines
    assert (new.price_kind, new.unit_minor, new.list_minor, new.lowest_minor) == (PriceKind.SPECIAL, 800, 1000, 850)


def test_goods_that_are_gone_or_sold_by_another_unit_keep_their_price() -> None:
    assert lowered([line(1, 1000)], selling({})) == Repriced()
    assert lowered([line(1, 1000)], selling({"sku1": 900}, unit=Unit.KG)) == Repriced()


def test_a_label_keeps_its_price_and_a_weight_takes_the_lower_one() -> None:
    label = line(1, 8000, unit=Unit.KG, grams=125, label_minor=1000)
    weighed = line(2, 8000, unit=Unit.KG, grams=125)
    problem = Line(3, "999", problem="unknown")
    found = lowered([label, weighed, problem], selling({"sku1": 100, "sku2": 4000}, unit=Unit.KG))
    assert [(new.number, new.unit_minor) for new in found.lines] == [(2, 4000)]
    assert price_basket([label, *found.lines]).total_minor == 1500


def test_a_multi_buy_that_was_shown_stays_and_a_new_one_is_taken() -> None:
    shown = line(1, 1280, quantity=2, takings=takings(TWO_FOR_22))
    assert lowered([shown], selling({"sku1": 1280}), TWO_FOR_22) == Repriced()
    cheaper = multi_buy("two", 2, 2000)
    found = lowered([shown], selling({"sku1": 1280}, cheaper), TWO_FOR_22)
    assert found.campaigns == (cheaper,)
    assert total_after([shown], found, TWO_FOR_22) == 2000
    plain = line(1, 1280, quantity=2)
    assert total_after([plain], lowered([plain], selling({"sku1": 1500}, TWO_FOR_22))) == 2200


def test_a_dearer_multi_buy_takes_nothing_away() -> None:
    shown = line(1, 1280, quantity=2, takings=takings(TWO_FOR_22))
    found = lowered([shown], selling({"sku1": 1280}, multi_buy("two", 2, 2400)), TWO_FOR_22)
    assert total_after([shown], found, TWO_FOR_22) == 2200


def test_a_campaign_that_has_only_another_name_now_or_lasts_longer_changes_nothing() -> None:
    shown = line(1, 1280, quantity=2, takings=takings(TWO_FOR_22))
    renamed = replace(TWO_FOR_22, names={"en": "any two"}, when=When(valid_until=2**31))
    assert lowered([shown], selling({"sku1": 1280}, renamed), TWO_FOR_22) == Repriced()


def test_a_price_shown_with_a_campaign_that_both_improve_is_one_change() -> None:
    found = lowered([line(1, 1280)], selling({"sku1": 1180}, TWO_FOR_22))
    (new,) = found.lines
    assert (new.unit_minor, new.takings, found.campaigns) == (1180, takings(TWO_FOR_22), (TWO_FOR_22,))


def test_a_price_of_ones_own_in_a_campaign_gets_better_only() -> None:
    campaign = Campaign("flyer", Terms(Kind.SPECIAL_PRICE))
    named = reference(campaign)
    shown = line(1, 1280, takings=(Taking(named, price=1100),))

    def now(price: int) -> Callable[[str], Listing | None]:
        listed = Listing("x", Product("sku1", {}), Price(1280), 1, (Taking(named, price=price),), (campaign,))
        return lambda _sku: listed

    assert lowered([shown], now(1150), campaign) == Repriced()
    (new,) = lowered([shown], now(1050), campaign).lines
    assert new.takings == (Taking(named, price=1050),)


def test_a_campaign_for_everything_that_begins_comes_with_a_line_though_no_line_changes() -> None:
    lines = [line(1, 1000), line(2, 2000)]
    found = lowered(lines, selling({"sku1": 1000, "sku2": 2000}, TENTH_OFF))
    assert (len(found.lines), found.campaigns) == (1, (TENTH_OFF,))
    assert total_after(lines, found) == 2700
    assert lowered(lines, selling({"sku1": 1000, "sku2": 2000}, TENTH_OFF), TENTH_OFF) == Repriced()


def test_goods_that_a_new_campaign_for_everything_leaves_out_stay_out_of_it() -> None:
    lines = [line(1, 1000), line(2, 2000)]
    out = Taking(reference(TENTH_OFF), EXCLUDED)

    def find(sku: str) -> Listing:
        own = (out,) if sku == "sku2" else ()
        return Listing(sku, Product(sku, {}), Price(3000), 1, own, (TENTH_OFF,))

    assert total_after(lines, lowered(lines, find)) == 900 + 2000
    # One that was shown for the goods is not taken away from them.
    assert lowered(lines, find, TENTH_OFF) == Repriced()


def test_goods_that_get_cheaper_stay_in_what_they_were_in_though_it_leaves_them_out_now() -> None:
    cheaper = Listing("x", Product("sku1", {}), Price(900), 1, (Taking(reference(TENTH_OFF), EXCLUDED),), (TENTH_OFF,))
    (new,) = lowered([line(1, 1000)], lambda _sku: cheaper, TENTH_OFF).lines
    assert (new.unit_minor, new.takings) == (900, ())


_CAMPAIGNS = st.builds(multi_buy, st.sampled_from("abcd"), st.integers(2, 4), st.integers(50, 900))
_TERMS = st.tuples(st.integers(100, 400), st.lists(_CAMPAIGNS, max_size=3, unique_by=lambda one: one.id))
_GOODS = st.lists(st.tuples(st.integers(1, 4), _TERMS, _TERMS), min_size=1, max_size=4)
_BASKET_OFF = Campaign("basket", Terms(Kind.BASKET, amount_from=700, off=200), everything=True)


@settings(max_examples=60, deadline=None)
@given(_GOODS)
def test_a_basket_never_gets_dearer_by_a_new_list(goods: list[tuple[int, Any, Any]]) -> None:
    lines = [
        line(number, minor, quantity=quantity, takings=takings(*shown))
        for number, (quantity, (minor, shown), _) in enumerate(goods, start=1)
    ]
    before = [*(one for _, (_, shown), _ in goods for one in shown), _BASKET_OFF]
    now = {f"sku{number}": terms for number, (_, _, terms) in enumerate(goods, start=1)}

    def find(sku: str) -> Listing:
        minor, campaigns = now[sku]
        return Listing(sku, Product(sku, {}), Price(minor, list_minor=minor), 1, takings(*campaigns), tuple(campaigns))

    found = lowered(lines, find, *before)
    assert total_after(lines, found, *before) <= price_basket(lines, known(*before)).total_minor
    assert all(new.unit_minor <= lines[new.number - 1].unit_minor for new in found.lines)


def test_a_lower_price_that_would_miss_what_a_campaign_asks_for_is_not_taken() -> None:
    lines = [line(1, 700), line(2, 300)]
    found = lowered(
        lines,
        selling({"sku1": 690, "sku2": 290}),
        Campaign("b", Terms(Kind.BASKET, amount_from=990, off=200), everything=True),
    )
    assert [(new.number, new.unit_minor) for new in found.lines] in ([(1, 690)], [(2, 290)])


def test_many_new_campaigns_do_not_keep_the_till_busy() -> None:
    number = random.Random(1)  # noqa: S311 - no secret
    old = [multi_buy(f"old{at}", 3, number.randint(150, 250)) for at in range(10)]
    new = [multi_buy(f"new{at}", 2, number.randint(150, 199)) for at in range(10)]
    lines = [line(at, 100 + at % 7, quantity=3, takings=takings(old[at % 10])) for at in range(1, 101)]

    def find(sku: str) -> Listing:
        at = int(sku.removeprefix("sku"))
        price = Price(100 + at % 7 - (at % 3 == 0), list_minor=110)
        return Listing(sku, Product(sku, {}), price, 1, takings(new[at % 10]), (new[at % 10],))

    before = time.thread_time()
    found = lowered(lines, find, *old)
    assert time.thread_time() - before < 4
    assert [one.number for one in found.lines if one.unit_minor < lines[one.number - 1].unit_minor] == [
        *range(3, 101, 3)
    ]


# --- as events of a sale ----------------------------------------------------------------------------------------------


def repriced(minor: int, *campaigns: Campaign, number: int = 1) -> Step:
    new = replace(line(number, minor), takings=takings(*campaigns), price_kind=PriceKind.SPECIAL)
    return EventKind.LINE_REPRICED, repriced_body(new, revision=2, campaigns=campaigns)


def test_a_line_that_was_repriced_is_the_same_line_at_the_new_terms() -> None:
    now = sale(MILK, repriced(900, TWO_FOR_22))
    before, after = sale(MILK).lines[0], now.lines[0]
    assert (after.unit_minor, after.list_minor, after.price_kind) == (900, 900, PriceKind.SPECIAL)
    assert (after.takings, now.campaigns) == (takings(TWO_FOR_22), known(TWO_FOR_22))
    assert replace(after, unit_minor=1000, list_minor=1000, price_kind=PriceKind.LIST, takings=()) == before


LABEL = (EventKind.LINE_ADDED, line_body(listing("111"), number=1, label_minor=500))
UNKNOWN = (EventKind.LINE_UNKNOWN, {"line": 1, "code": "999", "reason": "unknown"})


@pytest.mark.parametrize(
    "steps",
    [
        (MILK, repriced(1001)),
        (MILK, repriced(0)),
        (MILK, repriced(900, number=2)),
        (LABEL, repriced(900)),
        (UNKNOWN, repriced(900)),
        (MILK, INTENDED, repriced(900)),
        (MILK, INTENDED, SUBMITTED, resolved("unknown"), repriced(900)),
        (MILK, (EventKind.LINE_REPRICED, {"line": 1, "unit_minor": "5"})),
    ],
)
def test_a_repricing_that_does_not_fit_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(SaleError):
        sale(*steps)


def test_after_a_refused_payment_a_line_may_get_cheaper() -> None:
    found = sale(MILK, INTENDED, SUBMITTED, resolved("declined"), repriced(900))
    assert found.lines[0].unit_minor == 900
