"""A campaign that no basket can be priced with is told when it is read, and whatever is sound can be reckoned."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail.promotions.body import campaign_body, campaign_of, reference
from retail.promotions.campaign import Campaign, Hours, Kind, Taking, Terms, Tier, When
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods
from retail.promotions.soundness import sound, sound_taking

GOOD = Campaign("a", Terms(Kind.N_FOR_X, 3, price=1000), {"en": "3 for 10"}, When(weekdays=(6,), hours=(Hours(0, 60),)))


def test_one_that_is_sound_is_itself() -> None:
    assert sound(GOOD) is GOOD
    assert sound(Campaign("a", Terms(Kind.SPECIAL_PRICE))).terms.price is None  # its goods have prices of their own


@pytest.mark.parametrize(
    "terms",
    [
        Terms(Kind.N_FOR_X, 3),
        Terms(Kind.N_FOR_X, 0, price=1),
        Terms(Kind.N_FOR_X, 3, price=-1),
        Terms(Kind.N_FOR_X, True, price=1),
        Terms(Kind.N_FOR_X, 3, price=1.5),  # type: ignore[arg-type]
        Terms(Kind.N_SAVE_X, 2),
        Terms(Kind.PERCENT, percent_bp=10_001),
        Terms(Kind.PERCENT),
        Terms(Kind.TIERS),
        Terms(Kind.TIERS, tiers=(Tier(2),)),
        Terms(Kind.TIERS, tiers=(Tier(-2, 1000),)),
        Terms(Kind.N_PLUS_M, 2),
        Terms(Kind.NTH_ITEM, 2),
        Terms(Kind.MIX_AND_MATCH, price=5),
        Terms(Kind.MIX_AND_MATCH, counts=(1, 1)),
        Terms(Kind.BUY_A_GET_B, counts=(1,), percent_bp=5000),
        Terms(Kind.BASKET, amount_from=100),
        Terms(Kind.BASKET, amount_from=-100, off=10),
        Terms(Kind.BASKET, amount_from=100, counts=(0,), percent_bp=5000),
    ],
)
def test_terms_that_lack_a_figure_or_have_an_impossible_one_are_refused(terms: Terms) -> None:
    with pytest.raises(ValueError, match=r"lacks|is no|no whole number"):
        sound(Campaign("a", terms))


@pytest.mark.parametrize(
    "change",
    [
        {"layer": 5000},
        {"coupon": 7},
        {"names": {"en": 3}},
        {"per_receipt": "2"},
        {"points": -1},
        {"when": When(valid_from="now")},  # type: ignore[arg-type]
        {"when": When(weekdays=(7,))},
        {"when": When(hours=(Hours(0, 1441),))},
    ],
)
def test_conditions_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no text|no whole number"):
        sound(replace(GOOD, **change))


@pytest.mark.parametrize("taking", [Taking("a", -2), Taking("a", "0"), Taking("a", 0, -1), Taking(7)])  # type: ignore[arg-type]
def test_a_taking_that_is_none_is_refused(taking: Taking) -> None:
    with pytest.raises(ValueError, match=r"no campaign|no whole number"):
        sound_taking(taking)


_FIGURES = st.sampled_from([None, -5, 0, 1, 30, 500, 20_000])
_TERMS = st.builds(
    Terms,
    st.sampled_from(Kind),
    quantity=st.integers(-1, 4),
    grams=st.sampled_from([0, 400, -1]),
    amount_from=st.sampled_from([0, 300, -5]),
    price=_FIGURES,
    off=_FIGURES,
    percent_bp=_FIGURES,
    free=st.integers(-1, 2),
    counts=st.lists(st.integers(-1, 2), max_size=3).map(tuple),
    tiers=st.lists(st.builds(Tier, st.integers(-1, 3), _FIGURES, _FIGURES), max_size=2).map(tuple),
    repeat=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(_TERMS, st.integers(0, 2))
def test_whatever_is_sound_is_reckoned_and_never_makes_anything_dearer_or_negative(terms: Terms, group: int) -> None:
    try:
        campaign = sound(campaign_of(campaign_body(Campaign("a", terms))))
    except ValueError:
        return
    own, other = (Taking(reference(campaign), group),), (Taking(reference(campaign), 1),)
    goods = [
        Goods(1, "a", 100, 3, takings=own),
        Goods(2, "b", 90, 2, takings=other),
        Goods(3, "c", 80, 1, 500, None, own),
    ]
    found = Engine().price(goods, {reference(campaign): campaign})
    saved = {line: sum(one.saving_minor for one in some) for line, some in found.discounts.items()}
    assert all(0 <= saved.get(line, 0) <= asked for line, asked in ((1, 300), (2, 180), (3, 40)))
