"""Offers of a Hong Kong chain: one reading of all languages or none, and every offer either a campaign or listed."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.imports import FeedStoreNeeded, ImportRefused
from hub.promotions.feeds import FEEDS, FeedOptions
from hub.promotions.feeds.hk import read_hk
from hub.promotions.found import Found, Named, NotUnderstood
from hub.shops import Shop
from retail.promotions.body import campaign_body, campaign_of
from retail.promotions.campaign import Kind, Terms
from tests.shared_data import shared_file

SHOP = Shop("hk", "HKD", "Asia/Hong_Kong", "")
LANGUAGES = ("en", "zh-Hant", "zh-Hans")


def product(*offers: tuple[str, ...], code: str = "P1", chain: str = "WELLCOME", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "brand": dict.fromkeys(LANGUAGES, "Garden"),
        "name": {"en": "Cake 75g", "zh-Hant": "蛋糕 75克", "zh-Hans": "蛋糕 75克"},
        "cat1Name": {"en": "Bakery"},
        "prices": [{"supermarketCode": chain, "price": "10.50"}],
        "offers": [{"supermarketCode": chain} | dict(zip(LANGUAGES, texts, strict=False)) for texts in offers],
    } | more


def read(tmp_path: Path, *products: Any, chain: str | None = "WELLCOME") -> list[Found | NotUnderstood]:
    path = tmp_path / "watch.json"
    path.write_text(json.dumps(products, ensure_ascii=False), "utf-8")
    return list(read_hk(path, SHOP, FeedOptions(feed_store=chain)))


def one(tmp_path: Path, *texts: str) -> Found | NotUnderstood:
    (found,) = read(tmp_path, product(texts))
    return found


def test_an_offer_becomes_a_campaign_of_its_product_with_its_words(tmp_path):
    found = one(tmp_path, "Buy 2 item(s) for $16.00", "$16任揀2件", "$16任拣2件")
    assert isinstance(found, Found)
    assert found.campaign.terms == Terms(Kind.N_FOR_X, 2, price=1600)
    assert found.campaign.names == {"en": "Buy 2 item(s) for $16.00", "zh-TW": "$16任揀2件", "zh-CN": "$16任拣2件"}
    assert (found.campaign.id, found.groups, found.place) == ("wellcome-P1", (Named(codes=("P1",)),), "product P1")
    assert campaign_of(campaign_body(found.campaign)) == found.campaign


def test_the_same_words_at_two_products_do_not_mix_them(tmp_path):
    texts = ("Buy 2 item(s) for $16.00", "$16任揀2件", "$16任拣2件")
    found = read(tmp_path, product(texts), product(texts, code="P2"))
    assert [one.campaign.id for one in found if isinstance(one, Found)] == ["wellcome-P1", "wellcome-P2"]


def test_two_offers_in_one_text_are_two_campaigns_and_one_may_fail_alone(tmp_path):
    first, second = read(
        tmp_path,
        product(("Buy 2 at $29.90 / 10.00% OFF", "買2件$29.90 / 9.00折", "买2件$29.90 / 9.00折")),
    )
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (first.campaign.terms.kind, second.campaign.terms.kind) == (Kind.N_FOR_X, Kind.PERCENT)
    assert (first.campaign.id, second.campaign.id) == ("wellcome-P1", "wellcome-P1#2")
    listed, taken = read(
        tmp_path,
        product(
            ("Purchase 4 pcs of Any Drink, enjoy 20% off. / Buy 2 to save $4", "全線飲品買4 件, 可享8折。 / 買2件慳$4")
        ),
    )
    assert isinstance(listed, NotUnderstood)
    assert isinstance(taken, Found)
    assert (listed.reason, taken.campaign.terms) == ("selection_not_listed", Terms(Kind.N_SAVE_X, 2, off=400))


def test_a_language_left_in_english_or_away_is_no_contradiction(tmp_path):
    for texts in (("Buy 2 to save $4.00",) * 3, ("Buy 2 to save $4.00", "買2件慳$4.00")):
        assert isinstance(one(tmp_path, *texts), Found)


@pytest.mark.parametrize(
    ("texts", "reason", "why"),
    [
        (
            ("Buy 2 to save $4.00", "買2件慳$5.00"),
            "languages_disagree",
            "en n_save_x 2 off 4.00; zh-TW n_save_x 2 off 5.00",
        ),
        (("Buy 2 to save $4 / 10% off", "買2件慳$4", "买2件悭$4"), "languages_disagree", "not equally many offers"),
        (("Buy lots", "買2件慳$4.00", "买2件悭$4.00"), "wording_unknown", "its wording in en is not known"),
        (("Members 10% off", "會員9折", "会员9折"), "wording_unknown", "its words 'members' are not known"),
        (("Sel Oral Care x2,15%off", "精選口腔護理產品買2件85折"), "selection_not_listed", "it is for 'sel oral care'"),
        (("2 For 25%Off", "精選產品買2件75折"), "selection_not_listed", "'精選產品'"),
        (
            ("Purchase 1 pc of X items (Exclude Y), enjoy 15% off.", "全線X產品(不包括Y)買1件85折"),
            "selection_not_listed",
            "X",
        ),
        (("全線X(不包括Y)產品買1件85折",), "selection_not_listed", "全線x(不包括y)產品"),
        (("Selected credit cards 10% off", "指定信用卡9折"), "selection_not_listed", "credit cards"),
        ((), "wording_unknown", "in all languages"),
        (("買1送1 (請輸入3件)",), "wording_unknown", "its words '(請輸入3件)' are not known"),
        (("買2件半價",), "wording_unknown", "its words '買2件' are not known"),
        (("Buy 2 item(s) for $16.005",), "wording_unknown", "not known"),
        (("每2件$10",), "wording_unknown", "not known"),
    ],
)
def test_what_is_not_sure_is_listed_with_its_words_and_the_reason(tmp_path, texts, reason, why):
    found = one(tmp_path, *texts)
    assert isinstance(found, NotUnderstood)
    assert (found.reason, found.text) == (reason, " | ".join(texts))
    assert why.casefold() in found.why.casefold()


def test_a_selection_of_which_one_piece_is_enough_holds_for_each_product(tmp_path):
    found = one(tmp_path, "Purchase 1 pc of Any Drinks products, enjoy 20% off.", "全線飲品產品買1件，可享8折優惠。")
    assert isinstance(found, Found)
    assert found.campaign.terms == Terms(Kind.PERCENT, percent_bp=2000)
    assert [reason for reason, _ in found.remarks] == ["selection"]


def test_words_that_are_the_products_own_name_are_no_selection(tmp_path):
    found = one(tmp_path, "Buy 1 get 1 free", "買1送1 (請輸入2件) (送價低者)Garden 蛋糕 75克")
    assert isinstance(found, Found)
    assert found.campaign.terms == Terms(Kind.N_PLUS_M, 1, free=1)


def test_the_same_offer_twice_is_one(tmp_path):
    assert len(read(tmp_path, product(("10% off", "9折"), ("10.00% OFF", "9.00折")))) == 1


def test_a_file_of_several_chains_needs_one_named(tmp_path):
    both = (product(("10% off",)), product(("20% off",), code="P2", chain="AEON"))
    (found,) = read(tmp_path, *both, chain="aeon")
    assert isinstance(found, Found)
    assert found.campaign.id == "aeon-P2"
    with pytest.raises(FeedStoreNeeded, match="name one with --feed-store: AEON, WELLCOME"):
        read(tmp_path, *both, chain=None)
    with pytest.raises(FeedStoreNeeded, match="holds no chain JASONS; it holds AEON, WELLCOME"):
        read(tmp_path, *both, chain="JASONS")


def test_a_store_of_another_currency_and_a_file_that_is_none_are_refused(tmp_path):
    path = tmp_path / "watch.json"
    path.write_text('{"error": "not found"}', "utf-8")
    with pytest.raises(ImportRefused, match="is no list of products"):
        read_hk(path, SHOP, FeedOptions())
    with pytest.raises(ImportRefused, match="in HKD, the store sells in EUR"):
        read_hk(path, Shop("hr", "EUR", "Europe/Zagreb", ""), FeedOptions())
    with pytest.raises(ImportRefused, match="there is no such file"):
        FEEDS["hk-promos"](tmp_path / "none.json", SHOP, FeedOptions())


REAL = {
    "WELLCOME": {"found": 632},
    "PARKNSHOP": {"found": 744, "selection_not_listed": 17},
    "JASONS": {"found": 583},
    "AEON": {"found": 94},
    "WATSONS": {"found": 80, "selection_not_listed": 6},
    "MANNINGS": {"found": 31, "selection_not_listed": 51, "wording_unknown": 2},
    "SASA": {"found": 1, "selection_not_listed": 1},
}


@pytest.mark.parametrize("chain", REAL)
def test_of_a_real_day_every_offer_is_taken_or_listed(chain):
    path = shared_file("promotions", "hk_pricewatch_2026-05-21.json.gz")
    found = list(read_hk(path, SHOP, FeedOptions(feed_store=chain)))
    counts = Counter("found" if isinstance(one, Found) else one.reason for one in found)
    assert counts == REAL[chain]
    with gzip.open(path, "rt", encoding="utf-8") as file:
        offers = sum(offer["supermarketCode"] == chain for entry in json.load(file) for offer in entry["offers"])
    assert len(found) >= offers
    ids = [one.campaign.id if isinstance(one, Found) else one.id for one in found]
    assert len(set(ids)) == len(ids)
