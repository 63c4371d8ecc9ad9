from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail.line import added_line, line_body
from retail.pricing import price_basket
from retail.product import Listing, Price, Product, Unit
from retail.promotions.campaign import Campaign
from retail.refunding import (
    Given,
    Part,
    RefundImpossible,
    SoldLine,
    left_of,
    price_parts,
    receipt_named,
    sold_lines,
    worth,
)
from retail.sale import Line, Sale
from tests.retail.lists import known, multi_buy, takings

OFFER = multi_buy("three", 3, 1000)
KNOWN = known(OFFER)


def goods(number: int, minor: int, quantity: int = 1, *, offers: tuple[Campaign, ...] = ()) -> Line:
    listing = Listing(
        f"{number}", Product(f"sku{number}", {"en": f"Goods {number}"}), Price(minor), 1, takings(*offers), offers
    )
    return replace(added_line(line_body(listing, number=number)), quantity=quantity)


def weighed(number: int, minor: int, grams: int) -> Line:
    listing = Listing(f"{number}", Product(f"sku{number}", {"en": "Apples"}, Unit.KG), Price(minor))
    return added_line(line_body(listing, number=number, grams=grams))


def sale(*lines: Line) -> Sale:
    return Sale("s1", "demo", "1", "CNY", "2026-11-22T09:00:00+00:00", lines, campaigns=KNOWN)


def paid(*lines: Line) -> tuple[SoldLine, ...]:
    return sold_lines(sale(*lines), price_basket(lines, KNOWN).total_minor)


def refusal(*args: object) -> str:
    with pytest.raises(RefundImpossible) as refused:
        price_parts(*args)  # type: ignore[arg-type]
    return refused.value.code


def test_a_piece_is_worth_what_it_really_cost_after_the_offer():
    (line,) = paid(goods(1, 400, 3, offers=(OFFER,)))
    amounts, before = [], Given()
    for _ in range(3):
        (part,) = price_parts([line], {1: before}, [Part(1, 1)])
        amounts.append(part.amount_minor)
        before = Given(before.pieces + 1, before.amount_minor + part.amount_minor)
    assert amounts == [333, 334, 333]
    assert refusal([line], {1: before}, [Part(1, 1)]) == "too_many"


def test_a_weighed_line_comes_back_whole():
    lines = paid(weighed(1, 1990, 842))
    assert price_parts(lines, {}, [Part(1, 1)])[0].amount_minor == 1676
    assert refusal(lines, {}, [Part(1, 842)]) == "too_many"


def test_the_whole_is_what_is_left():
    lines = paid(goods(1, 250, 4), goods(2, 99), weighed(3, 1990, 842))
    parts = price_parts(lines, {1: Given(1, 250), 2: Given(1, 99)}, None)
    assert [(part.line, part.quantity, part.amount_minor) for part in parts] == [(1, 3, 750), (3, 1, 1676)]
    assert refusal(lines, {line.number: Given(line.pieces, line.paid_minor) for line in lines}, None) == "nothing_left"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([], "nothing_chosen"),
        ([Part(9, 1)], "no_line"),
        ([Part(1, 0)], "too_many"),
        ([Part(1, -1)], "too_many"),
        ([Part(1, 5)], "too_many"),
        ([Part(1, 1), Part(1, 1)], "twice"),
        ([Part(2, 1)], "nothing_paid"),
    ],
)
def test_what_cannot_be_given_back_is_refused_by_name(asked, code):
    assert refusal(paid(goods(1, 250, 4), goods(2, 0)), {}, asked) == code


def test_where_the_lane_took_another_sum_the_lines_add_up_to_that():
    lines = sold_lines(sale(goods(1, 100), goods(2, 200)), 299)
    assert [line.paid_minor for line in lines] == [100, 199]
    assert sold_lines(sale(goods(1, 0)), 0)[0].paid_minor == 0


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_however_parts_come_back_and_are_declined_they_add_up_to_what_was_paid(data: st.DataObject):
    line = SoldLine(1, data.draw(st.integers(1, 12)), data.draw(st.integers(0, 5000)))
    held: list[tuple[int, int]] = []
    for _ in range(data.draw(st.integers(0, 20))):
        before = Given(sum(q for q, _ in held), sum(a for _, a in held))
        left = left_of(line, before)
        if held and (not left.pieces or data.draw(st.booleans())):
            held.pop(data.draw(st.integers(0, len(held) - 1)))  # the bank declined this one: it is free again
        elif left.pieces:
            quantity = data.draw(st.integers(1, left.pieces))
            held.append((quantity, worth(line, before, quantity)))
        assert sum(a for _, a in held) <= line.paid_minor
    before = Given(sum(q for q, _ in held), sum(a for _, a in held))
    assert before.amount_minor + worth(line, before, line.pieces - before.pieces) == line.paid_minor


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 6), st.booleans()), min_size=1, max_size=6),
    st.integers(-50, 50),
)
def test_the_parts_of_a_basket_add_up_to_the_whole(wanted, difference):
    lines = [goods(n, minor, q, offers=(OFFER,) if o else ()) for n, (minor, q, o) in enumerate(wanted, 1)]
    total = max(0, price_basket(lines, KNOWN).total_minor + difference)
    sold = sold_lines(sale(*lines), total)
    assert sum(line.paid_minor for line in sold) == total
    assert all(line.paid_minor >= 0 for line in sold)
    if not difference:
        assert [line.paid_minor for line in sold] == [line.net_minor for line in price_basket(lines, KNOWN).lines]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://shop.example/r/0123456789abcdef0123456789abcdef?x=1", "0123456789abcdef0123456789abcdef"),
        ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        (" 3-AB12CD34EF ", "3-AB12CD34EF"),
        ("lane-1-AB12CD34EF", "lane-1-AB12CD34EF"),
        ("Demo shop\nReceipt 3-AB12CD34EF\nMilk 12.80", "3-AB12CD34EF"),
        ("单号：lane-1-AB12CD34EF\n牛奶", "lane-1-AB12CD34EF"),
        ("Demo shop\nMilk 12.80", ""),
        ("https://shop.example/nothing", ""),
        ("", ""),
        ("x" * 81, ""),
    ],
)
def test_a_receipt_is_told_by_what_its_code_holds(text, named):
    assert receipt_named(text) == named
