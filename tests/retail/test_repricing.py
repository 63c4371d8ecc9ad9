"""An open basket when prices change under it: what was shown is kept, what is better is taken, nothing gets dearer."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.events import EventKind
from retail.pricing import price_basket
from retail.product import Listing, Offer, Price, PriceKind, Product, Unit
from retail.repricing import lower_prices
from retail.sale import Line, SaleError, line_body, repriced_body
from tests.retail.lists import listing
from tests.retail.test_pricing import line
from tests.retail.test_sale import INTENDED, MILK, SUBMITTED, Step, resolved, sale

TWO_FOR_22 = Offer("two", 2, 2200, {"en": "any 2"})


def selling(prices: Mapping[str, int], *offers: Offer, unit: Unit = Unit.PIECE) -> Callable[[str], Listing | None]:
    """A list by SKU."""

    def find(sku: str) -> Listing | None:
        if sku not in prices:
            return None
        return Listing(sku, Product(sku, {}, unit), Price(prices[sku], list_minor=prices[sku]), offers=offers)

    return find


def test_a_price_that_fell_is_taken_and_one_that_rose_is_not() -> None:
    lines = (line(1, 1000), line(2, 1000))
    found = lower_prices(lines, selling({"sku1": 900, "sku2": 1100}))
    assert [(new.number, new.unit_minor, new.list_minor) for new in found] == [(1, 900, 900)]


def test_a_special_price_that_begins_is_shown_as_one() -> None:
    special = Listing("x", Product("sku1", {}), Price(800, PriceKind.SPECIAL, 1000))
    (new,) = lower_prices([line(1, 1000)], lambda _sku: special)
    assert (new.price_kind, new.unit_minor, new.list_minor) == (PriceKind.SPECIAL, 800, 1000)


def test_goods_that_are_gone_or_sold_by_another_unit_keep_their_price() -> None:
    assert lower_prices([line(1, 1000)], selling({})) == ()
    assert lower_prices([line(1, 1000)], selling({"sku1": 900}, unit=Unit.KG)) == ()


def test_a_label_keeps_its_price_and_a_weight_takes_the_lower_one() -> None:
    label = line(1, 8000, unit=Unit.KG, grams=125, label_minor=1000)
    weighed = line(2, 8000, unit=Unit.KG, grams=125)
    problem = Line(3, "999", problem="unknown")
    found = lower_prices([label, weighed, problem], selling({"sku1": 100, "sku2": 4000}, unit=Unit.KG))
    assert [(new.number, new.unit_minor) for new in found] == [(2, 4000)]
    assert price_basket([label, *found]).total_minor == 1500


def test_a_multi_buy_that_was_shown_stays_and_a_new_one_is_taken() -> None:
    shown = line(1, 1280, quantity=2, offers=(TWO_FOR_22,))
    assert lower_prices([shown], selling({"sku1": 1280})) == ()
    cheaper = Offer("two", 2, 2000)
    (new,) = lower_prices([shown], selling({"sku1": 1280}, cheaper))
    assert new.offers == (cheaper,)
    (new,) = lower_prices([line(1, 1280, quantity=2)], selling({"sku1": 1500}, TWO_FOR_22))
    assert (new.unit_minor, price_basket([new]).total_minor) == (1280, 2200)


def test_a_dearer_multi_buy_changes_nothing() -> None:
    shown = line(1, 1280, quantity=2, offers=(TWO_FOR_22,))
    assert lower_prices([shown], selling({"sku1": 1280}, replace(TWO_FOR_22, price_minor=2400))) == ()


def test_a_price_shown_with_an_offer_that_both_improve_is_one_change() -> None:
    (new,) = lower_prices([line(1, 1280)], selling({"sku1": 1180}, TWO_FOR_22))
    assert (new.unit_minor, new.offers) == (1180, (TWO_FOR_22,))


_OFFERS = st.builds(Offer, id=st.sampled_from("abcd"), quantity=st.integers(2, 4), price_minor=st.integers(50, 900))
_TERMS = st.tuples(st.integers(100, 400), st.lists(_OFFERS, max_size=3, unique_by=lambda offer: offer.id))
_GOODS = st.lists(st.tuples(st.integers(1, 4), _TERMS, _TERMS), min_size=1, max_size=4)


@given(_GOODS)
def test_a_basket_never_gets_dearer_by_a_new_list(goods: list[tuple[int, Any, Any]]) -> None:
    lines = [
        line(number, minor, quantity=quantity, offers=tuple(offers))
        for number, (quantity, (minor, offers), _) in enumerate(goods, start=1)
    ]
    now = {f"sku{number}": terms for number, (_, _, terms) in enumerate(goods, start=1)}

    def find(sku: str) -> Listing:
        minor, offers = now[sku]
        return Listing(sku, Product(sku, {}), Price(minor, list_minor=minor), offers=tuple(offers))

    changed = {new.number: new for new in lower_prices(lines, find)}
    after = [changed.get(old.number, old) for old in lines]
    assert price_basket(after).total_minor <= price_basket(lines).total_minor
    assert all(new.unit_minor <= old.unit_minor for old, new in zip(lines, after, strict=True))


def test_an_offer_that_is_in_anothers_way_is_left_out() -> None:
    # Three for 230 saves 70 and is taken first; it breaks both pairs, which save 120 together.
    first = line(1, 100, quantity=2, offers=(Offer("first", 2, 140),))
    second = line(2, 100, quantity=2, offers=(Offer("second", 2, 140),))
    both = selling({"sku1": 100, "sku2": 100}, Offer("three", 3, 230))
    changed = {new.number: new for new in lower_prices([first, second], both)}
    after = [changed.get(old.number, old) for old in (first, second)]
    assert price_basket(after).total_minor == 280


def test_a_lower_price_is_taken_though_the_offer_that_came_with_it_is_in_the_way() -> None:
    first = line(1, 100, quantity=2, offers=(Offer("first", 2, 140),))
    second = line(2, 100, quantity=2, offers=(Offer("second", 2, 140),))
    third = line(3, 100, quantity=2)
    now = selling({"sku1": 100, "sku2": 100, "sku3": 90}, Offer("three", 3, 230))
    changed = {new.number: new for new in lower_prices([first, second, third], now)}
    assert changed[3].unit_minor == 90


def test_offers_in_each_others_way_do_not_keep_the_till_busy() -> None:
    number = random.Random(1)  # noqa: S311 - no secret
    lines = [
        line(at, 100 + at % 7, quantity=3, offers=(Offer(f"old{at % 10}", 3, number.randint(150, 250)),))
        for at in range(1, 501)
    ]

    def find(sku: str) -> Listing:
        at = int(sku.removeprefix("sku"))
        offer = Offer(f"new{at % 10}", 2, number.randint(150, 199))
        return Listing(sku, Product(sku, {}), Price(100 + at % 7 - (at % 3 == 0), list_minor=110), offers=(offer,))

    before = time.thread_time()
    changed = {new.number: new for new in lower_prices(lines, find)}
    assert time.thread_time() - before < 4  # one line after the other it took three times as long, and more
    assert all(changed[at].unit_minor < lines[at - 1].unit_minor for at in range(3, 501, 3))


# --- as events of a sale ----------------------------------------------------------------------------------------------


def repriced(minor: int, *offers: Offer, number: int = 1) -> Step:
    new = replace(line(number, minor), offers=offers, price_kind=PriceKind.SPECIAL)
    return EventKind.LINE_REPRICED, repriced_body(new, revision=2)


def test_a_line_that_was_repriced_is_the_same_line_at_the_new_terms() -> None:
    before, after = sale(MILK).lines[0], sale(MILK, repriced(900, TWO_FOR_22)).lines[0]
    assert (after.unit_minor, after.list_minor, after.price_kind) == (900, 900, PriceKind.SPECIAL)
    assert after.offers == (TWO_FOR_22,)
    assert replace(after, unit_minor=1000, list_minor=1000, price_kind=PriceKind.LIST, offers=()) == before


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
