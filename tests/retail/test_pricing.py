"""A basket's money: never dearer than without offers, spread to the minor unit, tax contained in it."""

from hypothesis import given
from hypothesis import strategies as st

from retail.pricing import PricedBasket, price_basket
from retail.product import Offer, Unit
from retail.sale import Line

TWO_FOR_22 = Offer("two", 2, 2200)


def line(number: int, minor: int, **more: object) -> Line:
    values: dict[str, object] = {"list_minor": minor, "tax_rate_bp": 1300}
    return Line(number, f"code{number}", f"sku{number}", unit_minor=minor, **(values | more))  # type: ignore[arg-type]


def test_pieces_multiply_and_weights_round_half_up() -> None:
    priced = price_basket([line(1, 250, quantity=3), line(2, 1190, unit=Unit.KG, grams=842)])
    assert [part.net_minor for part in priced.lines] == [750, 1002]
    assert priced.total_minor == 1752
    assert priced.pieces == 4


def test_a_label_price_is_paid_as_it_stands() -> None:
    priced = price_basket([line(1, 8000, unit=Unit.KG, grams=125, label_minor=999)])
    assert (priced.total_minor, priced.saved_minor) == (999, 0)


def test_a_special_price_saves_against_the_list_price() -> None:
    priced = price_basket([line(1, 800, list_minor=1000, quantity=2)])
    assert (priced.total_minor, priced.saved_minor, priced.line(1).special_saving_minor) == (1600, 400, 400)


def test_an_unknown_list_price_invents_no_saving() -> None:
    assert price_basket([line(1, 800, list_minor=None)]).saved_minor == 0


def test_a_multi_buy_mixes_products_and_names_what_each_line_saves() -> None:
    priced = price_basket([line(1, 1280, offers=(TWO_FOR_22,)), line(2, 1180, offers=(TWO_FOR_22,))])
    assert priced.total_minor == 2200
    assert [part.applied[0].offer.id for part in priced.lines] == ["two", "two"]
    assert sum(part.saved_minor for part in priced.lines) == 260


def test_the_dearest_pieces_go_into_the_multi_buy() -> None:
    lines = [line(1, 1100, offers=(TWO_FOR_22,)), line(2, 1500, offers=(TWO_FOR_22,), quantity=2)]
    assert price_basket(lines).total_minor == 2200 + 1100


def test_an_offer_that_would_raise_the_price_is_not_taken() -> None:
    assert price_basket([line(1, 900, offers=(TWO_FOR_22,), quantity=4)]).total_minor == 3600


def test_problem_lines_cost_nothing_and_are_not_counted() -> None:
    priced = price_basket([line(1, 500), Line(2, "999", problem="unknown")])
    assert (priced.total_minor, priced.pieces, len(priced.lines)) == (500, 1, 1)


def test_tax_is_contained_in_the_price_by_rate() -> None:
    priced = price_basket([line(1, 1130), line(2, 1090, tax_rate_bp=900), line(3, 500, tax_rate_bp=0)])
    assert [(part.rate_bp, part.gross_minor, part.tax_minor) for part in priced.tax] == [
        (1300, 1130, 130),
        (900, 1090, 90),
        (0, 500, 0),
    ]


def test_an_empty_basket_costs_nothing() -> None:
    assert price_basket([]) == PricedBasket()


OFFERS = (Offer("a", 2, 700), Offer("b", 3, 900), Offer("c", 2, 5000))


@given(
    st.lists(
        st.tuples(st.integers(1, 2000), st.integers(1, 6), st.sets(st.integers(0, 2))),
        max_size=8,
    )
)
def test_offers_never_make_a_basket_dearer_and_their_parts_add_up(rows: list[tuple[int, int, set[int]]]) -> None:
    lines = [
        line(number, minor, quantity=quantity, offers=tuple(OFFERS[place] for place in sorted(offers)))
        for number, (minor, quantity, offers) in enumerate(rows, start=1)
    ]
    plain = sum(minor * quantity for minor, quantity, _ in rows)
    priced = price_basket(lines)
    assert priced.total_minor + priced.saved_minor == plain
    assert 0 <= priced.total_minor <= plain
    assert all(0 <= part.saved_minor <= part.list_minor for part in priced.lines)
    assert sum(part.gross_minor for part in priced.tax) == priced.total_minor
    assert price_basket(lines) == priced
