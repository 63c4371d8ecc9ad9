"""Wordings of Hong Kong's supermarkets: what each says in each of its languages, and what is never guessed at."""

import pytest

from hub.promotions.feeds.hk_words import Reading, offers_in, read_offer
from retail.promotions.campaign import Kind, Terms

TWO_FOR_16 = Terms(Kind.N_FOR_X, 2, price=1600)
TWO_SAVE_4 = Terms(Kind.N_SAVE_X, 2, off=400)
TEN_OFF = Terms(Kind.PERCENT, percent_bp=1000)
TWO_TEN_OFF = Terms(Kind.PERCENT, 2, percent_bp=1000)
TWO_QUARTER_OFF = Terms(Kind.PERCENT, 2, percent_bp=2500)
SECOND_HALF = Terms(Kind.NTH_ITEM, 2, percent_bp=5000)
SECOND_FOR_1 = Terms(Kind.NTH_ITEM, 2, price=100)
TWO_AND_ONE = Terms(Kind.N_PLUS_M, 2, free=1)
ONE_AND_ONE = Terms(Kind.N_PLUS_M, 1, free=1)
DEAREST_OF_3 = Terms(Kind.N_PLUS_M, 2, free=1, dearest=True)
TEN_EACH_FROM_3 = Terms(Kind.SPECIAL_PRICE, 3, price=1000)


@pytest.mark.parametrize(
    ("terms", "wordings"),
    [
        (TWO_FOR_16, ["$16任揀2件", "$16任拣2件", "$16.00任選兩件", "買2件$16.00", "買2件只需$16.0", "$16/2件"]),
        (TWO_FOR_16, ["Buy 2 item(s) for $16.00", "Buy 2 at $16.00", "2 For $16.00", "Buy 2 For HK$16"]),
        (TWO_FOR_16, ["＄１６任揀２件", "2件$16"]),
        (Terms(Kind.N_FOR_X, 2, price=255600), ["買2件只需$2556", "2 For $2,556.00"]),
        (
            Terms(Kind.SPECIAL_PRICE, price=1600),
            ["特價$16", "优惠价$16.00", "買1件$16", "Special price $16", "Buy 1 at $16"],
        ),
        (TWO_FOR_16, ["任何2件$16", "Any 2 for $16", "2pcs for $16"]),
        (Terms(Kind.N_SAVE_X, off=500), ["減$5", "慳$5.00", "$5 off", "Save $5"]),
        (Terms(Kind.PERCENT, percent_bp=2000), ["save 20%", "8折"]),
        (Terms(Kind.PERCENT, 2, percent_bp=2000), ["Buy 2 save 20%", "Buy 2 or more and save 20%"]),
        (TEN_EACH_FROM_3, ["買3件每件$10", "买3件或以上每件只需$10.0", "Buy 3 for $10 each"]),
        (TWO_SAVE_4, ["買2件慳$4.00", "买2件悭$4", "買兩件減$4", "Buy 2 to save $4.00", "Buy 2 and save $4"]),
        (TEN_OFF, ["9折", "9.00折", "90折", "九折", "9 折優惠", "10%折扣", "10.00% OFF", "10% off"]),
        (Terms(Kind.PERCENT, percent_bp=1500), ["85折", "8.5折", "八五折", "15% Off"]),
        (Terms(Kind.PERCENT, percent_bp=5000), ["半價", "5折", "50% OFF", "Half price"]),
        (TWO_TEN_OFF, ["買2件享10%折扣", "买2件享10%折扣", "Buy 2 to get 10% off", "Buy 2 10% off", "買2件9折"]),
        (TWO_QUARTER_OFF, ["買2件或以上75折", "2件或以上即享75折", "買2件或以上25%Off"]),
        (TWO_QUARTER_OFF, ["2 Or More 25%Off", "2 For 25%Off"]),
        (SECOND_HALF, ["第二件半價", "第2件半价", "第二件50%折扣", "買第二件享50%折扣", "第二件5折"]),
        (SECOND_HALF, ["2nd Item For 50% off", "2nd pc 50% Off", "50% for 2nd", "2nd item half price"]),
        (
            SECOND_HALF,
            ["買一件第二件半價", "買2件,第2件5折", "Buy 1 get 1 50% off", "Buy 1 get 2nd item at half price"],
        ),
        (SECOND_FOR_1, ["買第2件$1", "加$1多1件", "+$1多一件", "Buy Second for $1.00"]),
        (TWO_AND_ONE, ["買2送1", "買二送一", "買兩件送一件", "买2件送1件", "Buy 2 get 1 free", "Buy 2 Get 1 Free"]),
        (ONE_AND_ONE, ["買1送1 (請輸入2件) (送價低者)", "买1送1 (请输入2件)", "Buy 1 get 1 free"]),
        (DEAREST_OF_3, ["任揀3件，其中1件免費(優先送最高價錢)", "任拣3件，其中1件免费(优先送最高价钱)"]),
        (DEAREST_OF_3, ["Add 3 item(s) to cart and get 1 free(free the most expensive one)"]),
        (TWO_AND_ONE, ["任揀3件，其中1件免費", "Add 3 items to cart and get 1 free (free the cheapest one)"]),
    ],
)
def test_a_wording_means_the_same_in_every_language(terms, wordings):
    assert {wording: read_offer(wording) for wording in wordings} == dict.fromkeys(wordings, Reading(terms))


@pytest.mark.parametrize(
    ("wording", "reading"),
    [
        ("精選護膚產品買2件75折", Reading(TWO_QUARTER_OFF, "精選護膚產品")),
        ("精选好奇天然透气学习裤2件75折", Reading(TWO_QUARTER_OFF, "精選好奇天然透气学习裤")),
        ("2件75折 Barrier Repair 精選產品", Reading(TWO_QUARTER_OFF, "barrier repair 精選產品")),
        ("Sel Skincare Productsx2,25%off", Reading(TWO_QUARTER_OFF, "sel skincare products")),
        ("Selected Baby Products Buy 1 get 1 free", Reading(ONE_AND_ONE, "selected baby products")),
        ("Purchase 2 pcs of Any Drink, enjoy 10% off.", Reading(TWO_TEN_OFF, "any drink")),
        ("全線能量飲品買2 件, 可享9折優惠。", Reading(TWO_TEN_OFF, "全線能量飲品")),
    ],
)
def test_words_for_the_goods_are_kept_beside_the_terms(wording, reading):
    assert read_offer(wording) == reading


@pytest.mark.parametrize(
    "wording",
    [
        "", "優惠", "買", "10折", "0折", "100.5% off", "0% off", "買0件$10", "$0任揀2件", "買2件", "Buy 2", "第1件$1",
        "滿$9", "任揀2件，其中2件免費", "Every 3rd item", "Buy 2 save a lot", "買十二三件$10", "A12件$10", "第12件$10",
        "x2" * 200,
    ],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(wording):
    assert read_offer(wording) is None


def test_offers_are_parted_by_a_slash_with_space_and_an_empty_one_is_none():
    two = ["Buy 2 item(s) for $12.00", "Buy 4 to get 10% off"]
    assert offers_in(" / ".join(two)) == two
    assert offers_in(f"{two[0]} /") == two[:1]
    assert offers_in("$10/2件") == ["$10/2件"]
    assert offers_in("2件$20/ 3件$28／ 9折") == ["2件$20", "3件$28", "9折"]
