"""What the text of an Israeli promotion adds to its columns."""

import pytest

from retail.promotions.campaign import Kind, Terms
from tests.hub.promotions.il_rows import (
    FISH,
    GOODS,
    HAZI_HINAM,
    OSHER_AD,
    RAMI_LEVY,
    SHUFERSAL,
    STRANGER,
    VICTORY,
    YOHANANOF,
    campaign,
    found,
    refusal,
    rows,
)

ONE_AND_ONE = Terms(Kind.N_PLUS_M, quantity=1, free=1)
TWO_AND_ONE = Terms(Kind.N_PLUS_M, quantity=2, free=1)
SECOND_AT_HALF = Terms(Kind.NTH_ITEM, quantity=2, percent_bp=5000)


@pytest.mark.parametrize(
    ("chain", "kind", "figures", "text", "terms"),
    [
        # The quantity is of what is paid.
        (SHUFERSAL, 0, ("1.00", "9.90", "100"), "1+1 מברשות", ONE_AND_ONE),
        (SHUFERSAL, 0, ("2.00", "35.90", "100"), "ב. 2+1 המבורגר", TWO_AND_ONE),
        (SHUFERSAL, 0, ("1.00", "38.90", "50"), "בי שני ב50% ניוואה", SECOND_AT_HALF),
        (VICTORY, 0, ("2", "9.9", "100"), "2+1 חטיפים 80 גר'", TWO_AND_ONE),
        (VICTORY, 0, ("1", "29.9", "50"), "מוצר השני ב50%סטייק", SECOND_AT_HALF),
        # Written from right to left: three are paid.
        (SHUFERSAL, 0, ("3.00", "6.50", "100"), "1+3 מחיות", Terms(Kind.N_PLUS_M, quantity=3, free=1)),
        # The quantity is of all pieces.
        (HAZI_HINAM, 8, ("2", "", "10000"), "חולצת פולו 1+1", ONE_AND_ONE),
        (HAZI_HINAM, 9, ("2", "", "5000"), "חומוס השני ב50%", SECOND_AT_HALF),
        (YOHANANOF, 9, ("3.00", "", "10000"), "גיוזה 2+1 מתנה", TWO_AND_ONE),
        (RAMI_LEVY, 9, ("3", "0", "0.00"), "חזרה לבית הספר 2+1 מתנה !", TWO_AND_ONE),
        (RAMI_LEVY, 2, ("0", "0", "50.00"), "גבינה השני בחצי מחיר!", SECOND_AT_HALF),
        (STRANGER, 7, ("3", "", ""), "2+1", TWO_AND_ONE),
        (STRANGER, 8, ("2", "10.00", ""), "השני ב-10", Terms(Kind.NTH_ITEM, quantity=2, price=1000)),
        # No words: the official meaning.
        (STRANGER, 7, ("3", "", ""), "מבצע", TWO_AND_ONE),
        (STRANGER, 9, ("2", "", "50"), "מבצע", SECOND_AT_HALF),
        # One piece, and a percentage that the text says too.
        (YOHANANOF, 9, ("1.00", "", "2000"), "מגוון 20% הנחה", Terms(Kind.PERCENT, percent_bp=2000)),
    ],
)
def test_a_bundle_is_told_by_its_words_its_quantity_and_its_rate(tmp_path, chain, kind, figures, text, terms):
    assert campaign(tmp_path, rows(chain, kind, figures, text=text)).terms == terms


def test_the_dearest_is_favoured_where_the_text_says_so(tmp_path):
    one = campaign(tmp_path, rows(STRANGER, 7, ("3", "", ""), text="2+1 היקר מביניהם"))
    assert one.terms == Terms(Kind.N_PLUS_M, quantity=2, free=1, dearest=True)


@pytest.mark.parametrize(
    ("chain", "kind", "figures", "text", "reason"),
    [
        (SHUFERSAL, 0, ("1.00", "9.90", "100"), "2+1 מברשות", "words_contradict"),
        (HAZI_HINAM, 9, ("2", "", "4000"), "השני ב50%", "words_contradict"),
        (HAZI_HINAM, 9, ("3", "", "5000"), "השני ב50%", "words_contradict"),
        (STRANGER, 8, ("2", "12.00", ""), "השני ב-10", "words_contradict"),
        (YOHANANOF, 9, ("3.00", "", "10000"), "1+2 חינם", "order_unclear"),
        (YOHANANOF, 9, ("1.00", "", "5000"), "מדבקות", "bundle_unclear"),
    ],
)
def test_words_and_figures_that_do_not_go_together_are_not_guessed_at(tmp_path, chain, kind, figures, text, reason):
    assert refusal(tmp_path, rows(chain, kind, figures, text=text)).reason == reason


@pytest.mark.parametrize(
    ("chain", "kind", "text"),
    [
        (VICTORY, 10, "3ב12מחיות מעל 100 מוגבל ל2 מימושים"),
        (SHUFERSAL, 10, "3ב12 חיתולי האגיס-מות-75ישיר"),
        (YOHANANOF, 1, "כבד עוף טרי עד3ק מעל100"),
        (STRANGER, 1, "3 ב-12 בקניה מעל 100"),
        (STRANGER, 1, '3 ב-12 מעל 100 ש"ח'),
    ],
)
def test_a_purchase_that_only_the_text_asks_for_is_not_forgotten(tmp_path, chain, kind, text):
    assert refusal(tmp_path, rows(chain, kind, ("3", "12", ""), text=text)).reason == "basket_condition"


def test_buy_this_get_that_is_no_special_price_of_what_is_bought(tmp_path):
    promotion = rows(RAMI_LEVY, 1, ("1", "10", "0.00"), text='קנה 2יח קולד בריז קבל 10 ש"ח הנחה במשלוח')
    assert refusal(tmp_path, promotion).reason == "gift_unknown"


@pytest.mark.parametrize(
    ("price", "rate", "terms"),
    [
        ("0.00", "100", Terms(Kind.BUY_A_GET_B, counts=(1, 1), percent_bp=10000)),
        ("99.00", "50", Terms(Kind.BUY_A_GET_B, counts=(1, 1), price=9900)),
    ],
)
def test_what_is_got_for_what_is_bought_is_known_where_a_chain_writes_it_so(tmp_path, price, rate, terms):
    figures = (("1", "849.00", rate), ("1", "679.00", rate), ("1.00", price, rate))
    one = found(tmp_path, rows(SHUFERSAL, 0, *figures, text="קנה ארון קבל סט 40 קולבים"))
    assert one.campaign.terms == terms
    assert [group.codes for group in one.groups] == [GOODS[:2], GOODS[2:]]


@pytest.mark.parametrize(
    ("chain", "kind", "quantity", "text", "uses"),
    [
        (OSHER_AD, 3, "1", "נייר טואלט 89.9 מוג 2", 2),
        (OSHER_AD, 3, "1", "ש. אשפה גולד 6.90 מוג3", 3),
        (OSHER_AD, 3, "1", "פילה אמנון 16.90 מו4", 4),
        (OSHER_AD, 3, "1", "וויסקי 99.90 מ 2", 2),
        (OSHER_AD, 3, "1", "סלטי אחלה 7.90 מוגבל 4", 4),
        (OSHER_AD, 10, "5", "משקה 5 ב 10 מוג3", 3),
        (OSHER_AD, 10, "2", "משקה מוגז שוופס 2 ב 9", None),
        (OSHER_AD, 1, "2", "רוטב 700 מ 2 ב 20", None),
        (VICTORY, 10, "3", "3ב30 ספיד סטיק מוגבל 2 מימושים", 2),
        (VICTORY, 3, "1", "3.90גרגירי חומוס מוגבל 3 יח'", 3),
        (VICTORY, 10, "2", "2ב20 חומוס מוגבל 5 יח'", 2),
        (YOHANANOF, 1, "2.00", "חיתולי בייביסיטר עד 4 יח", 2),
        (YOHANANOF, 1, "1.00", "שפע מעדנים", None),
        (RAMI_LEVY, 1, "9", "חטיפי אסם עד 80גרם 9 יח' ב-30", None),
    ],
)
def test_a_limit_in_the_text_is_so_many_uses_as_the_chain_means_it(tmp_path, chain, kind, quantity, text, uses):
    assert campaign(tmp_path, rows(chain, kind, (quantity, "20", ""), text=text)).per_receipt == uses


@pytest.mark.parametrize(
    ("chain", "codes", "quantity", "text", "reason"),
    [
        (VICTORY, GOODS, "1", "מוגבל מימוש", "limit_unclear"),
        (OSHER_AD, GOODS, "1", "מצלמה 3999 מוג (71ח", "limit_unclear"),
        (VICTORY, (FISH,), "1", "79.90 דג לברק מוגבל 3קג'", "limit_by_weight"),
        (OSHER_AD, GOODS, "1", "מצלמה 3999 מוג 0", "limit_unclear"),
        (OSHER_AD, (FISH,), "1.850", "פילה עוף 2 ב 80 מוג 4", "limit_by_weight"),
        (VICTORY, GOODS, "4", "4ב20 מוגבל 3 יח'", "words_contradict"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_not_left_out(tmp_path, chain, codes, quantity, text, reason):
    assert refusal(tmp_path, rows(chain, 1, (quantity, "20", ""), codes=codes, text=text)).reason == reason


def test_a_deposit_in_the_text_is_said_and_the_price_column_counts(tmp_path):
    one = found(tmp_path, rows(SHUFERSAL, 10, ("2.00", "10.00", ""), text="2ב9.40 פקדון ספרינג פחיות"))
    assert one.campaign.terms.price == 1000
    assert "deposit" in dict(one.remarks)
