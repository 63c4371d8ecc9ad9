"""Every offer is a sentence that a shopper understands, in each language, made from what it does."""

import re
import tomllib
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from offline_cache.price_list.offer_words import FOLDER, OfferWords
from retail.figures import tag_money_text, tag_weight_text
from retail.promotions.campaign import Campaign, Hours, Kind, Share, Terms, Tier, When
from retail.promotions.goods import Hint
from retail.promotions.sentences import hint_lead, hint_sentence, offer_label, offer_sentence
from retail.promotions.speech import Speech

WORDS = OfferWords.load()
LANGUAGES = ("en", "zh-CN", "zh-TW")
SIMPLIFIED_ONLY = "满减凭优专赠组贵积点选买购单员时价"
TRADITIONAL_ONLY = "滿減憑優專贈組貴積點選買購單員時價"


def speech(language: str, currency: str = "CNY") -> Speech:
    return WORDS.speech(
        language,
        lambda minor: tag_money_text(minor, currency, language),
        lambda grams: tag_weight_text(grams, language),
    )


SPOKEN = {language: speech(language) for language in LANGUAGES}
PRICE: dict[str, Any] = {"price": 1000}
OFF: dict[str, Any] = {"off": 400}
HALF: dict[str, Any] = {"percent_bp": 5000}
FREE: dict[str, Any] = {"percent_bp": 10_000}
TENTH: dict[str, Any] = {"percent_bp": 1000}
_STARTS: list[dict[str, Any]] = [{"quantity": 3}, {"grams": 2000}]
KINDS = [
    *(
        Terms(Kind.SPECIAL_PRICE, **figures)
        for figures in (PRICE, {}, {**PRICE, "quantity": 3}, {**PRICE, "grams": 1900})
    ),
    *(Terms(Kind.N_FOR_X, quantity=quantity, price=1000) for quantity in (1, 2, 12)),
    *(Terms(Kind.N_SAVE_X, quantity=quantity, off=400) for quantity in (1, 2)),
    *(Terms(Kind.PERCENT, **figures) for figures in (TENTH, FREE, HALF, {"percent_bp": 1250}, {"percent_bp": 9500})),
    *(Terms(Kind.PERCENT, **TENTH, **start) for start in _STARTS),
    Terms(Kind.TIERS, tiers=(Tier(3, price=450), Tier(1, percent_bp=500), Tier(2, percent_bp=1000))),
    *(
        Terms(Kind.N_PLUS_M, quantity=quantity, free=free, dearest=dearest, percent_bp=percent)
        for quantity, free, dearest, percent in product((1, 12), (1, 2), (False, True), (None, 10_000, 5000))
    ),
    *(
        Terms(Kind.NTH_ITEM, quantity=quantity, dearest=dearest, **what)
        for quantity, dearest, what in product((1, 2, 3, 11), (False, True), (PRICE, HALF, FREE, TENTH))
    ),
    *(Terms(Kind.MIX_AND_MATCH, counts=counts, **what) for counts in ((1, 1), (2,)) for what in (PRICE, OFF, TENTH)),
    *(Terms(Kind.BUY_A_GET_B, counts=(2, got), **what) for got in (1, 2) for what in (PRICE, HALF, FREE)),
    *(
        Terms(Kind.BASKET, amount_from=start, **what)
        for start in (0, 10_000)
        for what in (OFF, TENTH, HALF, {**OFF, "repeat": True})
    ),
    *(
        Terms(Kind.BASKET, amount_from=start, counts=(0, gifts), **what)
        for start in (0, 10_000)
        for gifts in (1, 2)
        for what in (PRICE, HALF, FREE)
    ),
]
_FRAYED = re.compile(
    r"[{}]|None|promotion\.|  |\b1 (items|points|gifts|cheapest|times)\b|\b[2-9] (item|point|gift|time)\b"
)
CONDITIONS: list[dict[str, Any]] = [
    {},
    {"clubs": ("member",)},
    {"clubs": ("gold", "staff")},
    {"coupon": "SGC-5"},
    {"coupon": "SGC-*", "personal": True},
    {"ways": ("wechat", "card")},
    {"ways": ("octopus",)},
    {"when": When(weekdays=(0, 1, 2, 3, 4), hours=(Hours(480, 720), Hours(1320, 360)))},
    {"when": When(weekdays=(5, 6), hours=(Hours(0, 1440),))},
    {"per_receipt": 1},
    {"per_receipt": 2, "per_member": 1},
    {"points": 1},
    {"points": 20, "funding": (Share("brand", 5000),)},
    {"everything": True},
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_with_every_condition_is_a_whole_sentence(language: str) -> None:
    seen = {
        offer_sentence(Campaign("c", terms, **conditions), SPOKEN[language])
        for terms, conditions in product(KINDS, CONDITIONS)
    }
    assert len(seen) > 600  # what differs for the shopper reads differently
    for sentence in seen:
        _is_whole(sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_makes_whole_labels_and_hints(language: str) -> None:
    for terms in KINDS:
        for sentence in _all_said_of(Campaign("c", terms), SPOKEN[language], language):
            _is_whole(sentence)


def _is_whole(sentence: str) -> None:
    assert sentence.strip() == sentence
    assert not _FRAYED.search(sentence), sentence
    assert not sentence[0].islower(), sentence


def _all_said_of(campaign: Campaign, spoken: Speech, language: str) -> Iterator[str]:
    yield offer_sentence(campaign, spoken, kg=True, price=990)
    yield offer_label(campaign, spoken, language)
    for missing in ({"pieces": 1}, {"pieces": 2, "group": 1}, {"grams": 400}, {"amount_minor": 1350}):
        yield hint_sentence(Hint(campaign, 360, **missing), spoken)  # type: ignore[arg-type] # counts alone
    yield hint_sentence(Hint(campaign, 360, way="wechat"), spoken)
    yield from (hint_sentence(Hint(campaign, 360, club=club), spoken) for club in ("member", "gold"))


K, T = Kind, Terms
GOLDEN = [
    (T(K.SPECIAL_PRICE, price=990), "Special price ¥9.90", "特价9.9元", "特價9.9元"),
    (
        T(K.SPECIAL_PRICE, price=5500, grams=2000),
        "From 2\u00a0kg: ¥55.00 per kg",
        "2公斤起每公斤55元",
        "2公斤起每公斤55元",
    ),
    (T(K.SPECIAL_PRICE, quantity=3, price=500), "From 3 items: ¥5.00 each", "3件起每件5元", "3件起每件5元"),
    (T(K.N_FOR_X, quantity=2, price=1000), "Any 2 for ¥10.00", "2件10元", "任選2件10元"),
    (T(K.N_SAVE_X, quantity=2, off=400), "Buy 2, save ¥4.00", "买2件减4元", "買2件減4元"),
    (T(K.PERCENT, percent_bp=1000), "10% off", "9折", "9折"),
    (T(K.PERCENT, percent_bp=1500, quantity=3), "From 3 items: 15% off", "3件起8.5折", "3件起85折"),
    (T(K.PERCENT, percent_bp=9500), "95% off", "减95%", "減95%"),
    (T(K.N_PLUS_M, quantity=2, free=1), "Buy 3, the cheapest is free", "买二送一", "買二送一"),
    (T(K.N_PLUS_M, quantity=3, free=2), "Buy 5, the 2 cheapest are free", "买三送二", "買三送二"),
    (
        T(K.N_PLUS_M, quantity=2, free=1, dearest=True),
        "Buy 3, the dearest is free",
        "买二送一，送最贵的",
        "買二送一，送最貴的",
    ),
    (T(K.NTH_ITEM, quantity=2, percent_bp=5000), "2nd item half price", "第二件半价", "第二件半價"),
    (T(K.NTH_ITEM, quantity=2, price=100), "2nd item for ¥1.00", "第二件只要1元", "第二件只要1元"),
    (T(K.MIX_AND_MATCH, counts=(1, 1), price=2000), "1 + 1 together for ¥20.00", "1+1件组合20元", "1+1件組合價20元"),
    (
        T(K.BUY_A_GET_B, counts=(2, 1), percent_bp=10_000),
        "Buy 2, get another item free",
        "买2件，送指定商品1件",
        "買2件，送指定商品1件",
    ),
    (T(K.BASKET, amount_from=10_000, off=2000), "Spend ¥100.00, save ¥20.00", "满100元减20元", "滿100元減20元"),
    (
        T(K.BASKET, amount_from=10_000, off=2000, repeat=True),
        "For every ¥100.00 you spend, save ¥20.00",
        "每满100元减20元",
        "每滿100元減20元",
    ),
    (T(K.BASKET, amount_from=10_000, percent_bp=1000), "Spend ¥100.00, get 10% off", "满100元享9折", "滿100元享9折"),
]


@pytest.mark.parametrize(("terms", "english", "simplified", "traditional"), GOLDEN)
def test_the_common_ones_read_as_shops_write_them(
    terms: Terms, english: str, simplified: str, traditional: str
) -> None:
    campaign = Campaign("c", terms, everything=True)
    said = {language: offer_sentence(campaign, SPOKEN[language]) for language in LANGUAGES}
    assert said == {"en": english, "zh-CN": simplified, "zh-TW": traditional}


def test_hong_kong_writes_its_own_sign() -> None:
    hong_kong = speech("zh-TW", "HKD")
    assert offer_sentence(Campaign("c", T(K.N_FOR_X, quantity=2, price=1600)), hong_kong) == "任選2件$16"
    assert offer_sentence(Campaign("c", T(K.N_SAVE_X, quantity=2, off=450)), hong_kong) == "買2件減$4.5"


def test_conditions_stand_behind_what_is_given() -> None:
    campaign = Campaign(
        "c",
        T(K.N_FOR_X, quantity=2, price=1000),
        when=When(weekdays=(0, 1, 2, 3, 6), hours=(Hours(480, 720),)),
        clubs=("member",),
        coupon="X",
        ways=("wechat",),
        per_receipt=2,
    )
    assert offer_sentence(campaign, SPOKEN["en"]) == (
        "Any 2 for ¥10.00 (members only, with coupon, when you pay with WeChat Pay, "
        "Mon–Thu, Sun, 8:00–12:00, at most 2 times per purchase)"
    )
    assert offer_sentence(campaign, SPOKEN["zh-CN"]) == (
        "2件10元（会员专享，凭优惠券，限微信支付，周一至周四、周日，8:00至12:00，每单限2次）"
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((4, 5, 6), "Fri–Sun"),
        ((5, 6), "Sat, Sun"),
        ((6, 0), "Mon, Sun"),
        ((0, 1, 2, 4, 5, 6), "Mon–Wed, Fri–Sun"),
        ((0, 2, 4), "Mon, Wed, Fri"),
        (tuple(range(7)), ""),
    ],
)
def test_days_in_a_row_are_said_from_the_first_to_the_last(days: tuple[int, ...], said: str) -> None:
    campaign = Campaign("c", T(K.PERCENT, percent_bp=1000), when=When(weekdays=days))
    assert offer_sentence(campaign, SPOKEN["en"]) == ("10% off" + (f" ({said})" if said else ""))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (T(K.N_FOR_X, quantity=2, price=1000), "at most 2 times per purchase"),
        (T(K.SPECIAL_PRICE, price=990), "at most 2 items per purchase"),
        (T(K.BASKET, amount_from=10_000, counts=(0, 1), percent_bp=10_000), "at most 2 items per purchase"),
        (T(K.BASKET, amount_from=10_000, off=2000, repeat=True), "at most 2 times per purchase"),
        (T(K.BASKET, amount_from=10_000, off=2000), ""),  # is used once anyway
    ],
)
def test_a_limit_counts_what_is_used(terms: Terms, said: str) -> None:
    sentence = offer_sentence(Campaign("c", terms, per_receipt=2, everything=True), SPOKEN["en"])
    assert sentence.partition(" (")[2].removesuffix(")") == said


def test_a_member_price_says_so_once() -> None:
    campaign = Campaign("c", T(K.SPECIAL_PRICE), clubs=("member",))
    assert offer_sentence(campaign, SPOKEN["en"], price=990, kg=True) == "Member price ¥9.90 per kg"
    assert offer_sentence(campaign, SPOKEN["zh-TW"]) == "會員價"


@pytest.mark.parametrize(
    ("names", "language", "label"),
    [
        ({"en": "Milk week"}, "en", "Milk week: any 2 for ¥10.00"),
        ({"en": "Milk week"}, "zh-CN", "2件10元"),  # a name that the shopper cannot read is none
        ({"zh-CN": "鲜奶周"}, "zh-CN", "鲜奶周：2件10元"),
        ({"zh-CN": "鲜奶周"}, "zh-TW", "任選2件10元"),
        ({"en": "2 for 10!!"}, "en", "Any 2 for ¥10.00"),
        ({"en": "any two of all our dairy products"}, "en", "Any 2 for ¥10.00"),
        ({"en-GB": "", "en": "Any 2"}, "en-GB", "Any 2 for ¥10.00"),
        ({}, "zh-HK", "任選2件10元"),
    ],
)
def test_the_shops_own_name_comes_first_where_it_says_more(names: dict[str, str], language: str, label: str) -> None:
    campaign = Campaign("c", T(K.N_FOR_X, quantity=2, price=1000), names)
    assert offer_label(campaign, speech(language), language) == label


def test_a_label_leaves_conditions_out_that_were_met() -> None:
    campaign = Campaign("c", T(K.N_FOR_X, quantity=2, price=1000), clubs=("member",), per_receipt=2)
    assert offer_label(campaign, SPOKEN["en"], "en") == "Any 2 for ¥10.00"


@pytest.mark.parametrize(
    ("missing", "english", "simplified"),
    [
        ({"pieces": 1}, "Add 1 more and save ¥3.60", "再买1件，可省3.6元"),
        ({"pieces": 2, "group": 1}, "Add 2 items that go with it and save ¥3.60", "再加2件搭配商品，可省3.6元"),
        ({"grams": 400}, "Add 0.4\u00a0kg more and save ¥3.60", "再买0.4公斤，可省3.6元"),
        ({"amount_minor": 1350}, "Spend ¥13.50 more and save ¥3.60", "再买13.5元，可省3.6元"),
        ({"way": "alipay"}, "Pay with Alipay and save ¥3.60", "用支付宝支付，可省3.6元"),
        ({"club": "member"}, "Members save ¥3.60", "会员可省3.6元"),
        ({"club": "gold"}, "Club members save ¥3.60", "指定会员可省3.6元"),
    ],
)
def test_a_hint_says_what_is_missing_and_what_it_saves(missing: dict[str, Any], english: str, simplified: str) -> None:
    hint = Hint(Campaign("c", T(K.N_FOR_X, quantity=2, price=2200)), 360, **missing)
    assert hint_lead(hint, SPOKEN["en"]) == english
    assert hint_lead(hint, SPOKEN["zh-CN"]) == simplified
    assert hint_sentence(hint, SPOKEN["en"]) == f"{english}: any 2 for ¥22.00"


def test_the_catalogues_say_the_same_things() -> None:
    keys = {path.stem: set(_keys(tomllib.loads(path.read_text(encoding="utf-8")))) for path in FOLDER.glob("*.toml")}
    assert set(LANGUAGES) <= set(keys)
    assert {language: found ^ keys["en"] for language, found in keys.items()} == {language: set() for language in keys}


def _keys(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        plural = isinstance(value, dict) and set(value) <= {"one", "few", "many", "other"}
        if isinstance(value, str) or plural:
            yield prefix + name
        else:
            yield from _keys(value, f"{prefix}{name}.")


@pytest.mark.parametrize(("language", "wrong"), [("zh-CN", TRADITIONAL_ONLY), ("zh-TW", SIMPLIFIED_ONLY)])
def test_chinese_scripts_are_not_mixed(language: str, wrong: str) -> None:
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    assert set(wrong) & set(text) == set()


@pytest.mark.parametrize(
    ("asked", "spoken"), [("zh-HK", "zh-TW"), ("zh-MO", "zh-TW"), ("zh-SG", "zh-CN"), ("en-GB", "en"), ("he", "en")]
)
def test_a_language_without_words_speaks_as_its_nearest_relative(asked: str, spoken: str) -> None:
    campaign = Campaign("c", T(K.NTH_ITEM, quantity=2, percent_bp=1500))
    other = WORDS.speech(asked, lambda minor: f"{minor}", lambda grams: f"{grams}")
    assert offer_sentence(campaign, other) == offer_sentence(campaign, SPOKEN[spoken])


def test_a_new_language_is_one_file_with_plurals_of_its_own(tmp_path: Any) -> None:
    (tmp_path / "en.toml").write_text((FOLDER / "en.toml").read_text(encoding="utf-8"), encoding="utf-8")
    forms = '{ one = "{n} sztuka: {what}", few = "{n} sztuki: {what}", many = "{n} sztuk: {what}", other = "{n}" }'
    (tmp_path / "pl.toml").write_text(f"[promotion]\nfrom_items = {forms}\n", encoding="utf-8")
    polish = OfferWords.load(tmp_path).speech("pl", lambda minor: f"{minor}", str)
    said = [offer_sentence(Campaign("c", T(K.PERCENT, quantity=n, percent_bp=1000)), polish) for n in (2, 5)]
    assert said == ["2 sztuki: 10% off", "5 sztuk: 10% off"]
