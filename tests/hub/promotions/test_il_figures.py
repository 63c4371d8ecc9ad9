"""What the columns of an Israeli promotion mean, by reward type and chain."""

from datetime import UTC, datetime

import pytest

from retail.promotions.campaign import Kind, Terms
from tests.hub.promotions.il_rows import (
    BITAN,
    FISH,
    GOODS,
    HAZI_HINAM,
    OSHER_AD,
    RAMI_LEVY,
    SHUFERSAL,
    STRANGER,
    VICTORY,
    WHOLE_BASKET,
    YOHANANOF,
    all_found,
    campaign,
    found,
    refusal,
    rows,
)


@pytest.mark.parametrize("kind", [1, 10])
@pytest.mark.parametrize("quantity", ["2", "2.00"])
def test_so_many_for_an_amount_are_a_bundle_of_any_of_the_goods(tmp_path, kind, quantity):
    one = found(tmp_path, rows(RAMI_LEVY, kind, (quantity, "14.00", "0.00"), (quantity, "14.00", "21.35")))
    assert one.campaign.terms == Terms(Kind.N_FOR_X, quantity=2, price=1400)
    assert one.groups[0].codes == GOODS[:2]
    assert one.campaign.names == {"he": "מבצע"}


@pytest.mark.parametrize(("chain", "kind"), [(RAMI_LEVY, 1), (SHUFERSAL, 3), (VICTORY, 3), (BITAN, 3), (OSHER_AD, 3)])
def test_one_for_an_amount_is_a_special_price_and_a_rate_beside_it_is_information(tmp_path, chain, kind):
    one = campaign(tmp_path, rows(chain, kind, ("1", "4.90", "-49400")))
    assert one.terms == Terms(Kind.SPECIAL_PRICE, price=490)


def test_goods_with_prices_of_their_own_stay_one_campaign(tmp_path):
    one = found(tmp_path, rows(OSHER_AD, 3, ("1", "0.10", ""), ("1", "0.60", ""), ("1", "0.60", "")))
    assert one.campaign.terms == Terms(Kind.SPECIAL_PRICE)
    assert dict(one.groups[0].prices) == {GOODS[0]: 10, GOODS[1]: 60, GOODS[2]: 60}


def test_bundles_of_several_prices_become_a_campaign_each(tmp_path):
    first, second = all_found(tmp_path, rows(SHUFERSAL, 10, ("2.00", "90.00", ""), ("2.00", "89.40", ""), id="7"))
    assert (first.campaign.id, first.campaign.terms.price) == ("7#1", 9000)
    assert (second.campaign.id, second.campaign.terms.price) == ("7#2", 8940)
    assert "split" in dict(first.remarks)


@pytest.mark.parametrize(
    ("chain", "rate", "percent_bp"),
    [
        (SHUFERSAL, "20", 2000),
        (BITAN, "20.00", 2000),
        (HAZI_HINAM, "2000", 2000),
        (YOHANANOF, "333", 333),
        (YOHANANOF, "100", 100),
        (STRANGER, "20", 2000),
        (STRANGER, "2000", 2000),
    ],
)
def test_a_rate_is_percent_or_basis_points_as_the_chain_counts(tmp_path, chain, rate, percent_bp):
    one = found(tmp_path, rows(chain, 2, ("1", "", rate)))
    assert one.campaign.terms == Terms(Kind.PERCENT, percent_bp=percent_bp)
    assert ("rate_in_basis_points" in dict(one.remarks)) == (rate not in {"20", "20.00"})


@pytest.mark.parametrize("rate", ["", "0", "385", "*", "-13"])
def test_a_rate_that_is_no_discount_is_not_understood(tmp_path, rate):
    assert refusal(tmp_path, rows(SHUFERSAL, 2, ("1.00", "4.00", rate))).reason == "rate_unclear"


def test_a_percentage_from_a_quantity_on_is_for_each_piece(tmp_path):
    one = campaign(tmp_path, rows(HAZI_HINAM, 1, ("2", "", "2000"), text="בקניית 2 פריטים ומעלה 20% הנחה"))
    assert one.terms == Terms(Kind.PERCENT, quantity=2, percent_bp=2000)


def test_where_a_chain_rounds_its_rate_the_prices_count(tmp_path):
    text = 'ללא מע"מ'
    one = found(tmp_path, rows(SHUFERSAL, 2, ("1.00", "83.90", "15"), ("1.00", "109.33", "15"), text=text))
    assert one.campaign.terms == Terms(Kind.SPECIAL_PRICE)
    assert dict(one.groups[0].prices) == {GOODS[0]: 8390, GOODS[1]: 10933}


@pytest.mark.parametrize("quantity", ["0", "0.01", "0.010", "1", "1.00"])
def test_any_weight_has_a_price_by_the_kilogram(tmp_path, quantity):
    one = campaign(tmp_path, rows(BITAN, 3, (quantity, "74.90", "5.07"), codes=(FISH,)))
    assert one.terms == Terms(Kind.SPECIAL_PRICE, price=7490)


@pytest.mark.parametrize(
    ("chain", "kind", "quantity", "price", "grams", "kilogram"),
    [
        (OSHER_AD, 3, "1.900", "95.00", 1900, 5000),  # '2 for 100', for this weight
        (OSHER_AD, 10, "1.850", "111.00", 1850, 6000),
        (SHUFERSAL, 10, "1.50", "97.50", 1500, 6500),
        (BITAN, 3, "2", "70.00", 2000, 3500),
        (VICTORY, 1, "0.25", "12", 250, 4800),
        (HAZI_HINAM, 1, "2", "90.00", 2000, 4500),
        (YOHANANOF, 1, "1.90", "55.00", 1900, 5500),  # '2 kg for 110', by the kilogram
        (YOHANANOF, 1, "0.30", "50.00", 300, 5000),
        (STRANGER, 1, "0.5", "20", 500, 4000),
    ],
)
def test_a_weight_for_an_amount_is_a_price_by_the_kilogram_from_that_weight_on(
    tmp_path, chain, kind, quantity, price, grams, kilogram
):
    one = campaign(tmp_path, rows(chain, kind, (quantity, price, ""), codes=(FISH,)))
    assert one.terms == Terms(Kind.SPECIAL_PRICE, grams=grams, price=kilogram)


@pytest.mark.parametrize(
    ("price", "exact", "kilogram"), [("70.83", "28.332", 2833), ("70.84", "28.336", 2834), ("0.05", "0.02", 2)]
)
def test_a_price_by_the_kilogram_that_is_no_whole_agora_is_rounded_and_said(tmp_path, price, exact, kilogram):
    one = found(tmp_path, rows(SHUFERSAL, 1, ("2.50", price, "19"), codes=(FISH,)))
    assert one.campaign.terms == Terms(Kind.SPECIAL_PRICE, grams=2500, price=kilogram)
    assert (exact in dict(one.remarks).get("rounded_kilogram", "")) == (kilogram > 2)


def test_the_same_figures_of_pieces_and_of_weighed_goods_are_two_campaigns(tmp_path):
    first, second = all_found(tmp_path, rows(HAZI_HINAM, 1, ("2", "40", ""), ("2", "40", ""), codes=(GOODS[0], FISH)))
    assert first.campaign.terms == Terms(Kind.N_FOR_X, quantity=2, price=4000)
    assert second.campaign.terms == Terms(Kind.SPECIAL_PRICE, grams=2000, price=2000)


def test_two_units_of_goods_that_are_weighed_are_not_taken_for_two_kilograms(tmp_path):
    promotion = rows(RAMI_LEVY, 1, ("2", "12", "0.00"), codes=(FISH,), text="דלעת ארוזה 2 יח' ב-12")
    assert refusal(tmp_path, promotion).reason == "pieces_of_weighed"


def test_a_part_of_a_piece_is_not_understood(tmp_path):
    assert refusal(tmp_path, rows(BITAN, 1, ("1.500", "10", ""))).reason == "part_of_a_piece"


def test_of_a_promotion_what_can_be_read_is_taken_and_the_rest_is_said(tmp_path):
    one = found(tmp_path, rows(BITAN, 1, ("0.500", "10", ""), ("0.500", "10", ""), codes=(FISH, GOODS[0])))
    assert one.groups[0].codes == (FISH,)
    assert dict(one.remarks)["goods_left_out"].startswith("1 of its goods")


def test_a_chain_that_is_not_declared_is_read_by_the_official_meaning_and_that_is_said(tmp_path):
    one = found(tmp_path, rows(STRANGER, 1, ("3", "10", "")))
    assert one.campaign.terms == Terms(Kind.N_FOR_X, quantity=3, price=1000)
    assert STRANGER in dict(one.remarks)["unknown_chain"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ('5 ש"ח הנחה', Terms(Kind.N_SAVE_X, off=500)),
        ("מקלות גבינה 5.00", Terms(Kind.SPECIAL_PRICE, price=500)),
    ],
)
def test_an_amount_of_a_chain_that_is_not_declared_is_off_or_a_price_as_its_text_says(tmp_path, text, terms):
    assert campaign(tmp_path, rows(STRANGER, 3, ("1", "5.00", ""), text=text)).terms == terms


def test_an_amount_that_may_be_off_or_a_price_is_not_guessed(tmp_path):
    assert refusal(tmp_path, rows(STRANGER, 3, ("1", "5.00", ""))).reason == "amount_or_price"


@pytest.mark.parametrize(
    ("kind", "figures", "reason"),
    [
        (0, ("1", "21.50", ""), "no_figures"),
        (1, ("1", "", ""), "no_figures"),
        (1, ("1", "0.00", "100"), "free_for_nothing"),
        (2, ("1", "0.00", "100"), "free_for_nothing"),
        (6, ("1", "0.00", "100"), "gift_unknown"),
        (4, ("1", "5.00", ""), "reward_type_unknown"),
        (1, ("two", "5.00", ""), "bad_number"),
        (1, ("2", "five", ""), "price_not_a_number"),
    ],
)
def test_what_gives_no_clear_figures_is_listed_with_its_reason(tmp_path, kind, figures, reason):
    assert refusal(tmp_path, rows(SHUFERSAL, kind, figures)).reason == reason


def test_the_whole_basket_alone_is_a_campaign_for_everything(tmp_path):
    one = found(tmp_path, rows(SHUFERSAL, 2, ("1", "", "5"), codes=(WHOLE_BASKET,), club="1"))
    assert one.campaign.everything
    assert one.campaign.terms == Terms(Kind.PERCENT, percent_bp=500)
    assert one.groups == ()


def test_the_whole_basket_beside_goods_is_a_condition_that_the_feed_does_not_tell(tmp_path):
    promotion = rows(BITAN, 10, ("2", "100", ""), ("1", "100", ""), codes=(GOODS[0], WHOLE_BASKET))
    assert refusal(tmp_path, promotion).reason == "basket_condition"


def test_a_promotion_ends_with_its_last_day_where_the_shop_is(tmp_path):
    one = campaign(tmp_path, rows(RAMI_LEVY, 1, ("2", "10", "")))
    assert one.when.valid_until == datetime(2026, 8, 31, 21, tzinfo=UTC).timestamp()


def test_a_club_and_a_coupon_are_conditions(tmp_path):
    one = campaign(tmp_path, rows(YOHANANOF, 1, ("1.00", "5.90", ""), id="1340019", club="1", coupon="1"))
    assert (one.clubs, one.coupon, one.coupon_single) == (("member",), "1340019", False)


@pytest.mark.parametrize(
    ("quantity", "terms"),
    [("1.00", Terms(Kind.PERCENT, percent_bp=10000)), ("3.00", Terms(Kind.N_FOR_X, quantity=3, price=0))],
)
def test_goods_that_a_coupon_makes_free_are_free_once_for_each_coupon(tmp_path, quantity, terms):
    one = campaign(tmp_path, rows(SHUFERSAL, 2, (quantity, "0.00", "100"), text="קופון דבש מתנה", coupon="1"))
    assert one.terms == terms
    assert one.coupon_single


def test_a_coupon_for_an_amount_that_only_its_text_has_makes_nothing_free(tmp_path):
    promotion = rows(BITAN, 3, ("1", "0.00", "100.00"), text="קופון הנחה 3 שח", coupon="1")
    assert refusal(tmp_path, promotion).reason == "free_unclear"
