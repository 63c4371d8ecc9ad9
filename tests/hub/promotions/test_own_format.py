"""The shop's own campaigns, as TOML and CSV: every kind in a manager's words, and every mistake named."""

import re
from pathlib import Path

import pytest

from hub.imports import ImportRefused
from hub.promotions.feeds import FEEDS, FeedOptions
from hub.promotions.feeds.own import own_campaigns, read_own
from hub.promotions.feeds.own_conditions import CONDITIONS
from hub.promotions.feeds.own_terms import FIGURES
from hub.promotions.found import Found, Named
from hub.shops import Shop
from retail.promotions.body import campaign_body, campaign_of
from retail.promotions.campaign import Campaign, Hours, Kind, Share, Terms, Tier, When

SHOP = Shop("demo", "CNY", "Asia/Shanghai", "north")
HEADER = "id,kind,skus,codes,quantity,price,valid_from,valid_until,name_en,name_zh_CN\n"
NEW_YEAR = 1_798_732_800  # 2027-01-01 in Shanghai


def read(tmp_path: Path, text: str, name: str = "campaigns.toml") -> list[Found]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    found = read_own(path, SHOP)
    assert [campaign_of(campaign_body(one.campaign)) for one in found] == [one.campaign for one in found]
    return found


def one(tmp_path: Path, text: str) -> Campaign:
    (found,) = read(tmp_path, f'[[campaigns]]\nid = "a"\n{text}')
    return found.campaign


def refusal(tmp_path: Path, text: str, name: str = "campaigns.toml") -> str:
    with pytest.raises(ImportRefused) as caught:
        read(tmp_path, text, name)
    assert str(caught.value).startswith(str(tmp_path / name))
    return str(caught.value)


GROUPS = 'groups = [{ skus = ["a"], quantity = 2 }, { skus = ["b"] }]'


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ('kind = "special_price"\nskus = ["P1"]\nprice = 9.90', Terms(Kind.SPECIAL_PRICE, price=990)),
        ('kind = "special"\nskus = "P1 P2"\nprice = 9', Terms(Kind.SPECIAL_PRICE, price=900)),
        (
            'kind = "special_price"\nskus = ["P1"]\nprice = "19.90"\nfrom_weight = "1.9 kg"',
            Terms(Kind.SPECIAL_PRICE, grams=1900, price=1990),
        ),
        ('kind = "n_for_x"\nskus = ["P1"]\nquantity = 3\nprice = "10.00"', Terms(Kind.N_FOR_X, 3, price=1000)),
        ('kind = "n_save_x"\nskus = ["P1"]\nquantity = 2\noff = 4', Terms(Kind.N_SAVE_X, 2, off=400)),
        ('kind = "percent"\nskus = ["P1"]\npercent = 20', Terms(Kind.PERCENT, percent_bp=2000)),
        ('kind = "percent"\nskus = ["P1"]\npercent = "12.5 %"\nquantity = 2', Terms(Kind.PERCENT, 2, percent_bp=1250)),
        (
            'kind = "tiers"\nskus = ["P1"]\ntiers = [{ quantity = 2, percent = 10 }, { quantity = 3, percent = 20 }]',
            Terms(Kind.TIERS, tiers=(Tier(2, 1000), Tier(3, 2000))),
        ),
        (
            'kind = "tiers"\nskus = ["P1"]\ntiers = "2=9.00 3=8.50"',
            Terms(Kind.TIERS, tiers=(Tier(2, price=900), Tier(3, price=850))),
        ),
        ('kind = "n_plus_m"\nskus = ["P1"]\nquantity = 2\nfree = 1', Terms(Kind.N_PLUS_M, 2, free=1)),
        (
            'kind = "n_plus_m"\nskus = ["P1"]\nquantity = 2\nfree = 1\ndearest = true\npercent = 50',
            Terms(Kind.N_PLUS_M, 2, free=1, percent_bp=5000, dearest=True),
        ),
        ('kind = "nth_item"\nskus = ["P1"]\nquantity = 2\npercent = 50', Terms(Kind.NTH_ITEM, 2, percent_bp=5000)),
        ('kind = "nth_item"\nskus = ["P1"]\nquantity = 2\nprice = 1', Terms(Kind.NTH_ITEM, 2, price=100)),
        (f'kind = "mix_and_match"\n{GROUPS}\nprice = 12', Terms(Kind.MIX_AND_MATCH, counts=(2, 1), price=1200)),
        (f'kind = "mix_and_match"\n{GROUPS}\noff = 3', Terms(Kind.MIX_AND_MATCH, counts=(2, 1), off=300)),
        (f'kind = "buy_a_get_b"\n{GROUPS}\npercent = 100', Terms(Kind.BUY_A_GET_B, counts=(2, 1), percent_bp=10000)),
        (
            'kind = "basket"\nover = 200\noff = 20\nrepeat = true',
            Terms(Kind.BASKET, amount_from=20000, off=2000, repeat=True),
        ),
        ('kind = "basket"\nover = 200\npercent = 5', Terms(Kind.BASKET, amount_from=20000, percent_bp=500)),
        (
            'kind = "basket"\nover = 200\ngift = { skus = ["cup"] }',
            Terms(Kind.BASKET, amount_from=20000, percent_bp=10000, counts=(0, 1)),
        ),
        (
            'kind = "basket"\nover = 200\ngift = { skus = ["cup"], quantity = 2, price = 1 }',
            Terms(Kind.BASKET, amount_from=20000, price=100, counts=(0, 2)),
        ),
    ],
)
def test_each_kind_is_said_in_a_managers_words(tmp_path, text, terms):
    assert one(tmp_path, text).terms == terms


def test_all_conditions_and_who_pays_for_it(tmp_path):
    campaign = one(
        tmp_path,
        """kind = "percent"
percent = 10
everything = true
except = { categories = ["tobacco"] }
valid_until = 2026-12-31
weekdays = ["fri", "Monday"]
hours = ["17:00-19:00", "22:00-02:00"]
clubs = ["wine"]
member = true
coupon = "SPRING*"
personal = true
ways = ["Card", "wechat"]
channels = ["lane", "web"]
stores = ["demo"]
per_receipt = 2
per_member = 5
stack = true
alone = true
exclusive_group = "weekend"
funding = { "Brand A" = 50, "Brand B" = 12.5 }
points = 100
name = { en = "Ten", zh-CN = "九折" }
""",
    )
    assert campaign == Campaign(
        id="a",
        terms=Terms(Kind.PERCENT, percent_bp=1000),
        names={"en": "Ten", "zh-CN": "九折"},
        when=When(None, NEW_YEAR, (0, 4), (Hours(1020, 1140), Hours(1320, 120))),
        clubs=("wine", "member"),
        coupon="SPRING*",
        personal=True,
        ways=("card", "wechat"),
        channels=("lane", "web"),
        stores=("demo",),
        per_receipt=2,
        per_member=5,
        layer=1,
        alone=True,
        group="weekend",
        everything=True,
        funding=(Share("Brand A", 5000), Share("Brand B", 1250)),
        points=100,
    )


def test_goods_come_by_sku_code_or_category_in_groups(tmp_path):
    (found,) = read(
        tmp_path,
        '[[campaigns]]\nid = "a"\nkind = "mix_and_match"\nprice = 9\n'
        'groups = [{ codes = ["=\\"042\\""] }, { skus = ["P1", "P1"], categories = ["soft drinks"], quantity = 2 }]\n',
    )
    assert found.groups == (Named(codes=("042",)), Named(skus=("P1",), categories=("soft drinks",)))
    (found,) = read(
        tmp_path,
        '[[campaigns]]\nid = "a"\nkind = "basket"\nover = 9\ngift = { skus = ["cup"] }\nexcept = { skus = ["P9"] }\n',
    )
    assert (found.groups, found.excluded) == ((Named(), Named(skus=("cup",))), Named(skus=("P9",)))
    assert found.campaign.everything


def test_a_csv_has_a_row_for_each_and_the_columns_of_before(tmp_path):
    text = HEADER + "bags,,P0001 P0002,,3,0.80,,2026-12-31,3 bags,3个袋子\nmilk,special,,6901234567892,,9.90,,,,\n"
    bags, milk = read(tmp_path, text, "campaigns.csv")
    assert bags.campaign == Campaign(
        "bags", Terms(Kind.N_FOR_X, 3, price=80), {"en": "3 bags", "zh-CN": "3个袋子"}, When(None, NEW_YEAR)
    )
    assert (bags.number, bags.place, bags.groups) == (2, "line 2", (Named(skus=("P0001", "P0002")),))
    assert (milk.campaign.terms, milk.groups) == (
        Terms(Kind.SPECIAL_PRICE, price=990),
        (Named(codes=("6901234567892",)),),
    )


def test_a_csv_may_have_the_conditions_as_columns(tmp_path):
    header = "id,kind,categories,tiers,percent,weekdays,hours,member,funding,coupon,single,everything\n"
    rows = (
        "t,tiers,soft drinks;wine,2=10% 3=20%,,sat sun,09:00-12:00 15:00-24:00,yes,Brand A=50; B=25,,,\n"
        "e,percent,,,5,,,,,X1,1,true\n"
    )
    tiers, coupon = read(tmp_path, header + rows, "campaigns.csv")
    assert tiers.campaign.terms == Terms(Kind.TIERS, tiers=(Tier(2, 1000), Tier(3, 2000)))
    assert tiers.groups == (Named(categories=("soft drinks", "wine")),)
    assert tiers.campaign.when == When(None, None, (5, 6), (Hours(540, 720), Hours(900, 1440)))
    assert (tiers.campaign.clubs, tiers.campaign.funding) == (("member",), (Share("Brand A", 5000), Share("B", 2500)))
    assert (coupon.campaign.coupon, coupon.campaign.coupon_single, coupon.campaign.everything) == ("X1", True, True)


def test_what_all_campaigns_share_stands_once_above_them(tmp_path):
    found = read(
        tmp_path,
        'store = "demo"\nmember = true\nvalid_until = 2026-12-31\nkind = "percent"\n'
        '[[campaigns]]\nid = "a"\nskus = ["P1"]\npercent = 10\n'
        '[[campaigns]]\nid = "b"\nskus = ["P2"]\npercent = 10\nvalid_until = 2027-06-30\nmember = false\n',
    )
    assert [one.campaign.clubs for one in found] == [("member",), ()]
    first, second = (one.campaign.when.valid_until or 0 for one in found)
    assert first == NEW_YEAR < second


BARE = '[[campaigns]]\nid = "a"\n'
PLAIN = BARE + 'skus = ["P1"]\n'
FIVE = PLAIN + 'kind = "percent"\npercent = 5\n'
TIERS = PLAIN + 'kind = "tiers"\ntiers'
BASKET = BARE + 'kind = "basket"\nover = 10\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{PLAIN}kind = "percent"\npercent = 120', "percent '120' is not above 0 and up to 100"),
        (f'{PLAIN}kind = "percent"\npercent = 0', "not above 0"),
        (f'{PLAIN}kind = "percent"\npercent = "nan"', "not above 0"),
        (f'{PLAIN}kind = "percent"\npercent = "a fifth"', "is no number of percent"),
        (f'{PLAIN}kind = "percent"\npercent = 12.345', "finer than two decimals"),
        (f'{PLAIN}kind = "special_price"\nprice = 9.905', "its price '9.905' is finer than 2 decimals of CNY"),
        (f'{PLAIN}kind = "n_save_x"\nquantity = 2\noff = "4,00"', "its off '4,00' is not a number with '.'"),
        (f'{PLAIN}kind = "n_save_x"\nquantity = 2\noff = 0', "its off is zero"),
        (f'{PLAIN}kind = "n_for_x"\nquantity = 1\nprice = 3', "its quantity '1' is no whole number from 2 to 1000"),
        (f'{PLAIN}kind = "n_for_x"\nprice = 3', "a n_for_x needs quantity; add it"),
        (f'{PLAIN}kind = "n_for_x"\nquantity = 2\nprice = 3\npercent = 5', "a n_for_x has no percent; it has quantity"),
        (f'{PLAIN}kind = "nth_item"\nquantity = 2', "needs one of percent, price; it has none of them"),
        (f'{PLAIN}kind = "nth_item"\nquantity = 2\nprice = 1\npercent = 1', "it has percent and price"),
        (f'{PLAIN}kind = "n_for_y"\nquantity = 2\nprice = 3', "kind 'n_for_y' is not known; did you mean 'n_for_x'?"),
        (f"{FIVE}valid_untill = 2026-12-31", "did you mean 'valid_until'?"),
        (f'{FIVE}weekdays = ["mo"]', "the weekday 'mo' is not known; did you mean 'mon'?"),
        (f'{FIVE}hours = ["17-19"]', "hours '17-19' are none; write them as '17:00-19:00'"),
        (f'{FIVE}hours = ["17:00-25:00"]', "are none"),
        (f'{FIVE}hours = ["17:00-17:00"]', "are none"),
        (f'{FIVE}channels = ["lanes"]', "the channel 'lanes' is not known; did you mean 'lane'?"),
        (f"{FIVE}single = true", "its single goes with a coupon"),
        (f'{FIVE}coupon = "A*B"', "may have a * at its end only"),
        (f'{FIVE}alone = "maybe"', "neither yes nor no"),
        (f"{FIVE}stack = true\nlayer = 0", "it stacks and is of layer 0"),
        (f"{FIVE}per_receipt = 0", "its per_receipt '0' is no whole number from 1"),
        (f"{FIVE}funding = {{ A = 60, B = 50 }}", "more than 100 % together"),
        (f'{FIVE}quantity = 2\nfrom_weight = "1 kg"', "pieces or weight, not both"),
        (f'{FIVE}from_weight = "2 斤"', "is no weight; write one as '1.9 kg'"),
        (f"{FIVE}valid_from = 2026-12-01\nvalid_until = 2026-11-01", "swap them"),
        (f'{FIVE}currency = "EUR"', "its price is in EUR, the store sells in CNY"),
        (f'{FIVE}store = "other"', "it is of store 'other'"),
        (f"{TIERS} = [{{ quantity = 3, percent = 20 }}, {{ quantity = 2, percent = 30 }}]", "do not rise"),
        (f"{TIERS} = [{{ quantity = 2, price = 3 }}, {{ quantity = 3, price = 4 }}]", "do not rise"),
        (f"{TIERS} = [{{ quantity = 2, price = 3 }}, {{ quantity = 3, percent = 4 }}]", "mixed"),
        (f"{TIERS} = [{{ quantity = 2 }}]", "needs percent or price"),
        (f"{TIERS} = [{{ quantity = 2, percnt = 5 }}]", "did you mean 'percent'?"),
        (f"{TIERS} = []", "its tiers are empty"),
        (f'{PLAIN}kind = "mix_and_match"\nprice = 5\ngroups = [{{ skus = ["b"] }}]', "it has groups and skus, too"),
        (f'{PLAIN}kind = "buy_a_get_b"\npercent = 100', "has two groups, what is bought and what is given; it has 1"),
        (f"{FIVE}everything = true", "everything and names goods, too"),
        (f'{FIVE}except = {{ skus = ["b"] }}', "its except goes with everything"),
        (BARE + 'kind = "percent"\npercent = 5', "it names no goods"),
        (f'{BARE}kind = "percent"\npercent = 5\n{GROUPS}', "has one group of goods, and it has 2"),
        (BARE + 'kind = "percent"\npercent = 5\ngroups = [{ skus = ["b"], quantity = 2 }]', "move it there"),
        (BARE + 'kind = "percent"\npercent = 5\ngroups = [{ sku = ["b"] }]', "did you mean 'skus'?"),
        (BASKET + "off = 20", "its off 20 is more than its over 10"),
        (BASKET + "percent = 20\nrepeat = true", "its repeat goes with off"),
        (BASKET + "gift = { quantity = 1 }", "its gift names no goods"),
        ('[[campaigns]]\nskus = ["a"]\nkind = "percent"\npercent = 5', "its id '' is none"),
        ('[[campaigns]]\nid = "a"\nskus = ["a"]\nkind = "percent"\npercent = [5]', "its percent is a list"),
        ('[[campaign]]\nid = "a"', "the key 'campaign' is not known"),
        ('campaigns = "all"', "is no list of tables"),
        (f'{FIVE}name = {{ english = "Tea" }}', "its name has the language 'english'; write one such as en or zh-CN"),
        ("a = " + "9" * 5000, "is not TOML"),
        ("", "has no campaigns"),
    ],
)  # fmt: skip
def test_a_mistake_refuses_the_file_and_names_place_and_remedy(tmp_path, text, said):
    assert said in refusal(tmp_path, text)


def test_mistakes_are_named_together_with_their_campaign_and_line(tmp_path):
    text = refusal(tmp_path, f'{PLAIN}kind = "percent"\npercent = 101\n\n{PLAIN}quantity = 2\nprice = 1\n')
    assert "[[campaigns]] number 1 ('a'): its percent '101'" in text
    assert text.endswith("nothing was changed")
    text = refusal(tmp_path, f"{HEADER}a,,P1,,2,3,,,,\na,,P1,,2,3,,,,\n", "campaigns.csv")
    assert "line 3: its id 'a' stands in line 2 already" in text
    assert "'prize': is not known; did you mean 'price'?" in refusal(tmp_path, "id,prize\na,1\n", "campaigns.csv")


@pytest.mark.parametrize("name", ["campaigns.csv", "campaigns.toml"])
def test_a_file_in_another_encoding_is_refused_and_no_name_becomes_rubbish(tmp_path, name):
    path = tmp_path / name
    path.write_bytes("id,skus,quantity,price,name_zh_CN\na,P1,2,3,茶\n".encode("gbk"))
    with pytest.raises(ImportRefused, match="is not UTF-8; save it as UTF-8"):
        read_own(path, SHOP)


def test_campaigns_of_a_shop_folder_are_read_from_their_tables(tmp_path):
    tables = [{"id": "a", "skus": ["P1"], "quantity": 2, "price": "9.90", "name": {"zh-CN": "两件"}}]
    (found,) = own_campaigns(tmp_path / "shop.toml", tables, SHOP)
    assert (found.campaign.terms, found.campaign.names) == (Terms(Kind.N_FOR_X, 2, price=990), {"zh-CN": "两件"})
    with pytest.raises(ImportRefused, match=re.escape("shop.toml: [[offers]] number 1 ('a'): its price")):
        own_campaigns(tmp_path / "shop.toml", [tables[0] | {"price": "0"}], SHOP, array="offers")


def test_the_reader_is_known_as_campaigns(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(f'{PLAIN}kind = "percent"\npercent = 5', "utf-8")
    assert list(FEEDS["campaigns"](path, SHOP, FeedOptions())) == read_own(path, SHOP)


def section() -> str:
    manual = (Path(__file__).resolve().parents[3] / "docs" / "promotion-feeds.md").read_text("utf-8")
    return manual.split("## Our own format\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(("language", "campaigns"), [("toml", 4), ("csv", 3)])
def test_the_examples_of_the_manual_are_right_ones(tmp_path, language, campaigns):
    (text,) = re.findall(rf"```{language}\n(.*?)```", section(), re.DOTALL)
    assert len(read(tmp_path, text, f"campaigns.{language}")) == campaigns


def test_the_manual_explains_every_word_of_a_campaign():
    words = {*FIGURES, *CONDITIONS, *Kind, "except", "groups", "everything", "skus", "codes", "categories"}
    assert sorted(word for word in words if not re.search(rf"`{word}\b", section())) == []
