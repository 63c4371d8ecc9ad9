"""A basket's money: never dearer than without campaigns, spread to the minor unit, tax contained in it."""

from hypothesis import given
from hypothesis import strategies as st

from retail.pricing import PricedBasket, price_basket
from retail.product import Unit
from retail.promotions.campaign import Campaign, Kind, Shopper, Terms
from retail.promotions.engine import Engine
from retail.sale import Line
from tests.retail.lists import known, multi_buy, takings

TWO_FOR_22 = multi_buy("two", 2, 2200)
PAIR = takings(TWO_FOR_22)
KNOWN = known(TWO_FOR_22)


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
    priced = price_basket([line(1, 1280, takings=PAIR), line(2, 1180, takings=PAIR)], KNOWN)
    assert priced.total_minor == 2200
    assert [part.applied[0].campaign.id for part in priced.lines] == ["two", "two"]
    assert sum(part.saved_minor for part in priced.lines) == 260


def test_the_dearest_pieces_go_into_the_multi_buy() -> None:
    lines = [line(1, 1100, takings=PAIR), line(2, 1500, takings=PAIR, quantity=2)]
    assert price_basket(lines, KNOWN).total_minor == 2200 + 1100


def test_an_offer_that_would_raise_the_price_is_not_taken() -> None:
    assert price_basket([line(1, 900, takings=PAIR, quantity=4)], KNOWN).total_minor == 3600


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


def everything(name: str, terms: Terms, **more: object) -> Campaign:
    return Campaign(name, terms, everything=True, **more)  # type: ignore[arg-type]


TENTH_OFF = everything("tenth", Terms(Kind.PERCENT, percent_bp=1000))


def test_a_campaign_for_everything_leaves_out_what_no_discount_is_for() -> None:
    lines = [line(1, 1000), line(2, 1000, discountable=False), line(3, 900, unit=Unit.KG, grams=500)]
    assert [part.net_minor for part in price_basket(lines, known(TENTH_OFF)).lines] == [900, 1000, 405]


def test_a_label_counts_for_what_the_basket_comes_to_and_is_not_lowered_by_other_campaigns() -> None:
    lines = [line(1, 1000), line(2, 8000, unit=Unit.KG, grams=125, label_minor=999)]
    assert price_basket(lines, known(TENTH_OFF)).total_minor == 900 + 999
    from_19 = everything("basket", Terms(Kind.BASKET, amount_from=1900, off=100))
    assert price_basket(lines, known(from_19)).total_minor == 1999 - 100


def test_what_a_campaign_asks_of_the_visit_is_looked_at() -> None:
    coupon = everything("coupon", Terms(Kind.BASKET, amount_from=1, off=50), coupon="SAVE")
    wallet = everything("wallet", Terms(Kind.BASKET, amount_from=1, off=30), ways=("wechat",), layer=1)
    club = everything("club", Terms(Kind.BASKET, amount_from=1, off=20), clubs=("member",), layer=2)
    campaigns, lines = known(coupon, wallet, club), [line(1, 1000)]

    def total(shopper: Shopper) -> int:
        return price_basket(lines, campaigns, shopper).total_minor

    assert total(Shopper()) == 1000
    assert total(Shopper(coupons=("SAVE",))) == 950
    assert total(Shopper(way="pay", brand="wechat", clubs=frozenset({"member"}))) == 950
    assert total(Shopper(coupons=("SAVE",), brand="wechat", clubs=frozenset({"member"}))) == 900


def test_the_uses_say_how_often_what_it_saved_and_which_points_it_brings() -> None:
    points = Campaign("two", Terms(Kind.N_FOR_X, 2, price=2200), points=5)
    priced = price_basket([line(1, 1280, quantity=4, takings=takings(points))], known(points))
    assert [(use.campaign.id, use.times, use.saving_minor) for use in priced.uses] == [("two", 2, 720)]
    assert (priced.points, priced.bounded, priced.line(1).applied[0].pieces) == (10, False, 4)


def test_an_engine_that_remembers_answers_like_a_new_one() -> None:
    engine = Engine()
    lines: list[Line] = []
    for number in range(1, 8):
        lines.append(line(number, 900 + 70 * number, takings=PAIR))
        assert price_basket(lines, KNOWN, engine=engine) == price_basket(lines, KNOWN)


CAMPAIGNS = (multi_buy("a", 2, 700), multi_buy("b", 3, 900), multi_buy("c", 2, 5000), TENTH_OFF)
_ROW = st.tuples(st.integers(1, 2000), st.integers(1, 6), st.sets(st.integers(0, 2)), st.sampled_from([0, 900, 1300]))


@given(st.lists(_ROW, max_size=8))
def test_campaigns_never_make_a_basket_dearer_and_all_parts_add_up(rows: list[tuple[int, int, set[int], int]]) -> None:
    lines = [
        line(number, minor, quantity=quantity, takings=takings(*(CAMPAIGNS[one] for one in some)), tax_rate_bp=rate)
        for number, (minor, quantity, some, rate) in enumerate(rows, start=1)
    ]
    plain = sum(minor * quantity for minor, quantity, _, _ in rows)
    priced = price_basket(lines, known(*CAMPAIGNS))
    assert priced.total_minor + priced.saved_minor == plain
    assert 0 <= priced.total_minor <= plain
    assert all(0 <= part.saved_minor <= part.list_minor for part in priced.lines)
    assert sum(use.saving_minor for use in priced.uses) == priced.saved_minor
    rates = {one.number: one.tax_rate_bp for one in lines}
    for tax in priced.tax:
        own = [part for part in priced.lines if rates[part.number] == tax.rate_bp]
        assert sum(part.net_minor for part in own) == tax.gross_minor
        assert sum(part.tax_minor for part in own) == tax.tax_minor
        assert all(0 <= part.tax_minor <= part.net_minor for part in own)
