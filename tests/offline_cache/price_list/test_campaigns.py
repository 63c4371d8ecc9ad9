"""Campaigns in a price list: which hold for a product at a moment, on the shop's own clock, and for everything."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta, build_delta
from offline_cache.price_list.errors import PriceListFormat
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow, TakingRow
from retail.product import Listing, Product
from retail.promotions.body import reference
from retail.promotions.campaign import EXCLUDED, Campaign, Hours, Kind, Taking, Terms, When

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
OLD = Path(__file__).with_name("price-list-3.sql")

HALF = Campaign("half", Terms(Kind.PERCENT, percent_bp=5000), {"en": "Half price"})
EVENING = Campaign(
    "evening", Terms(Kind.N_FOR_X, 2, price=500), when=When(weekdays=(0, 4), hours=(Hours(18 * 60, 20 * 60),))
)
COUPON = Campaign("coupon", Terms(Kind.BASKET, amount_from=1000, off=100), coupon="TEN", everything=True)
WEEKEND = Campaign("weekend", Terms(Kind.BASKET, percent_bp=300), when=When(weekdays=(5, 6)), everything=True)
OPENING = Campaign(
    "opening",
    Terms(Kind.BASKET, percent_bp=500),
    when=When(int(MONDAY_NOON.timestamp()) + 30, int(MONDAY_NOON.timestamp()) + 45),
    everything=True,
)

Takings = Mapping[str, Sequence[TakingRow]]
Opened = Callable[..., PriceList]


def write(path: Path, takings: Takings, *campaigns: Campaign, revision: int = 1, **prices: list[PriceRow]) -> Path:
    with PriceListWriter(
        path, Meta("s", revision, "CNY", MONDAY_NOON, "Asia/Shanghai", state=f"{revision:032x}")
    ) as out:
        for sku, rows in takings.items():
            product = Product(sku, {"en": sku}, discountable=sku != "tobacco")
            rows_of = prices.get(sku, [PriceRow("list", 400)])
            out.add_product(product, codes={sku: 1}, prices=rows_of, takings=rows)
        for campaign in campaigns:
            out.add_campaign(campaign)
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    lists: list[PriceList] = []

    def open_list(takings: Takings, *campaigns: Campaign, **prices: list[PriceRow]) -> PriceList:
        path = write(tmp_path / f"{len(lists)}.sqlite", takings, *campaigns, revision=1, **prices)
        lists.append(PriceList(path))
        return lists[-1]

    yield open_list
    for one in lists:
        one.close()


def found(prices: PriceList, sku: str, at: datetime = MONDAY_NOON) -> Listing:
    listing = prices.find(sku, at)
    assert listing is not None
    return listing


def ids(listing: Listing) -> list[str]:
    return [one.id for one in listing.campaigns]


def test_a_product_says_what_it_takes_part_in_with_group_and_own_price(opened):
    box = Campaign("box", Terms(Kind.MIX_AND_MATCH, counts=(1, 2), price=900))
    special = Campaign("special", Terms(Kind.SPECIAL_PRICE))
    prices = opened(
        {"tea": [TakingRow("box", 1), TakingRow("special", 0, 350), TakingRow("half")], "rice": []}, box, special, HALF
    )
    tea = found(prices, "tea")
    assert tea.takings == (
        Taking(reference(box), 1),
        Taking(reference(HALF)),
        Taking(reference(special), 0, 350),
    )
    assert sorted(ids(tea)) == ["box", "half", "special"]
    assert tea.campaigns[0] == box
    assert (found(prices, "rice").takings, found(prices, "rice").campaigns) == ((), ())


@pytest.mark.parametrize(
    ("day", "hour", "minute", "holds"),
    [(0, 17, 59, False), (0, 18, 0, True), (0, 19, 59, True), (0, 20, 0, False), (1, 18, 0, False), (4, 19, 0, True)],
)
def test_weekdays_and_hours_are_those_of_the_shop_wherever_the_clock_is(opened, day, hour, minute, holds):
    prices = opened({"tea": [TakingRow("evening")]}, EVENING)
    at = (MONDAY_NOON + timedelta(days=day)).replace(hour=hour, minute=minute)
    assert ids(found(prices, "tea", at.astimezone(UTC))) == (["evening"] if holds else [])


def test_every_look_up_is_at_its_own_moment_in_whatever_order(opened):
    prices = opened({"tea": [TakingRow("evening"), TakingRow("half")], "rice": []}, EVENING, HALF, WEEKEND, OPENING)
    evening = MONDAY_NOON.replace(hour=18)
    saturday = MONDAY_NOON + timedelta(days=5)
    wanted = {
        MONDAY_NOON: ["half"],
        MONDAY_NOON + timedelta(seconds=29): ["half"],
        MONDAY_NOON + timedelta(seconds=30): ["half", "opening"],
        MONDAY_NOON + timedelta(seconds=44): ["half", "opening"],
        MONDAY_NOON + timedelta(seconds=45): ["half"],
        evening - timedelta(seconds=1): ["half"],
        evening: ["evening", "half"],
        saturday: ["half", "weekend"],
    }
    for at in (*wanted, *reversed(wanted), *sorted(wanted, key=str)):
        assert ids(found(prices, "tea", at)) == wanted[at], at


def test_what_is_for_everything_comes_with_each_product_but_as_no_taking(opened):
    prices = opened({"tea": [TakingRow("half")], "rice": []}, HALF, COUPON, WEEKEND)
    assert ids(found(prices, "tea")) == ["half", "coupon"]
    assert (found(prices, "rice").takings, ids(found(prices, "rice"))) == ((), ["coupon"])
    assert ids(found(prices, "rice", MONDAY_NOON + timedelta(days=5))) == ["coupon", "weekend"]


def test_goods_that_no_discount_is_for_are_left_out_of_what_is_for_everything(opened):
    takings = {"tobacco": [TakingRow("half")], "tea": [TakingRow("coupon", EXCLUDED)], "gift": [TakingRow("coupon", 1)]}
    prices = opened(takings, HALF, COUPON)
    assert found(prices, "tobacco").takings == (Taking(reference(HALF)), Taking(reference(COUPON), EXCLUDED))
    assert found(prices, "tea").takings == (Taking(reference(COUPON), EXCLUDED),)
    assert found(prices, "gift").takings == (Taking(reference(COUPON), 1),)
    assert ids(found(prices, "gift")) == ["coupon"]
    assert not found(prices, "tobacco").product.discountable


def test_a_price_for_members_is_a_campaign_for_members_if_it_is_lower(opened):
    now, until = int(MONDAY_NOON.timestamp()), int(MONDAY_NOON.timestamp()) + 60
    prices = opened(
        {"tea": [], "rice": [], "soup": []},
        tea=[PriceRow("list", 400), PriceRow("member", 350, now, until)],
        rice=[PriceRow("list", 400), PriceRow("special", 300), PriceRow("member", 300)],
        soup=[PriceRow("list", 400), PriceRow("member", 450)],
    )
    tea = found(prices, "tea")
    (campaign,) = tea.campaigns
    assert (campaign.id, campaign.terms.kind, campaign.clubs) == ("member-price", Kind.SPECIAL_PRICE, ("member",))
    assert tea.takings == (Taking(reference(campaign), 0, 350),)
    assert (tea.price.unit_minor, found(prices, "tea", MONDAY_NOON + timedelta(minutes=1)).takings) == (400, ())
    assert found(prices, "rice").takings == found(prices, "soup").takings == ()


def test_a_special_price_carries_the_lowest_before_it(opened):
    prices = opened({"tea": []}, tea=[PriceRow("list", 400), PriceRow("special", 300, lowest_minor=380)])
    assert found(prices, "tea").price.lowest_minor == 380


def test_the_next_change_is_also_when_hours_and_weekdays_turn(opened):
    now = int(MONDAY_NOON.timestamp())
    later = Campaign("later", EVENING.terms, when=When(now + 86_400 * 7, now + 86_400 * 8, hours=(Hours(60, 120),)))
    prices = opened({"tea": [TakingRow("evening")]}, EVENING, HALF, later)
    turns: list[str] = []
    at = MONDAY_NOON
    while len(turns) < 6 and (following := prices.next_change(at)) is not None:
        turns.append(following.astimezone(SHANGHAI).strftime("%d %H:%M"))
        at = following
    assert turns == ["02 18:00", "02 20:00", "06 18:00", "06 20:00", "09 12:00", "09 18:00"]


def test_a_campaign_that_this_version_does_not_understand_is_left_out_and_logged_once(opened, tmp_path, caplog):
    path = write(tmp_path / "odd.sqlite", {"tea": [TakingRow("half"), TakingRow("odd"), TakingRow("lost")]}, HALF)
    with sqlite3.connect(path) as db:
        db.execute('INSERT INTO campaign VALUES (\'odd\', \'{"id":"odd","terms":{"kind":"free"}}\', NULL, NULL, 0)')
    db.close()
    prices = PriceList(path)
    with caplog.at_level(logging.WARNING):
        assert [ids(found(prices, "tea")) for _ in range(2)] == [["half"], ["half"]]
    prices.close()
    assert [record.args[0] for record in caplog.records if record.args] == ["lost", "odd"]


@pytest.mark.parametrize(
    "terms",
    [
        "not even JSON",
        '{"id":"half","terms":{"kind":"percent","percent_bp":5000},"when":{"hours":[{"begins":1,"ends":2,"moon":3}]}}',
        '{"id":"half","terms":{"kind":"percent","percent_bp":5000},"when":{"hours":[{"begins":1,"ends":"late"}]}}',
        '{"id":"half","terms":{"kind":"percent","percent_bp":5000},"when":{"weekdays":"workdays"}}',
    ],
)
def test_times_that_this_version_does_not_understand_stop_nobody(opened, tmp_path, terms):
    opened({"a": [TakingRow("half")]}, HALF, EVENING)
    with sqlite3.connect(tmp_path / "0.sqlite") as raw:
        raw.execute("UPDATE campaign SET terms = ? WHERE id = 'half'", (terms,))
    raw.close()
    prices = PriceList(tmp_path / "0.sqlite")
    assert prices.next_change(MONDAY_NOON) == datetime(2026, 3, 2, 10, tzinfo=UTC)  # of the other one
    assert not prices.takes_coupon("TEN", MONDAY_NOON)
    found = prices.find("a", MONDAY_NOON)
    assert found is not None
    assert found.takings == ()
    prices.close()


def test_a_delta_brings_campaigns_and_takings_and_takes_them_away(tmp_path):
    before = write(tmp_path / "1", {"tea": [TakingRow("half")], "rice": [TakingRow("half")]}, HALF)
    cheaper = Campaign("half", Terms(Kind.PERCENT, percent_bp=6000))
    after = write(tmp_path / "2", {"tea": [TakingRow("half", 1)], "rice": []}, cheaper, COUPON, revision=2)
    size = build_delta(before, after, tmp_path / "delta", touched=None)
    apply_delta(tmp_path / "delta", before, private=False)
    prices = PriceList(before)
    assert found(prices, "tea").takings == (Taking(reference(cheaper), 1),)
    assert ids(found(prices, "rice")) == ["coupon"]
    prices.close()
    assert (size.changed, size.gone) == (3, 2)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "price-list.sqlite"
    db = sqlite3.connect(path)
    db.executescript(OLD.read_text("utf-8"))
    db.close()
    return path


def test_a_lane_sells_from_a_list_of_format_3_with_its_multi_buys_and_recalls(old, caplog):
    prices = PriceList(old)
    end = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    three = Campaign("3for10", Terms(Kind.N_FOR_X, 3, price=1000), {"en": "3 for 10"}, When(None, int(end.timestamp())))
    before, after = (found(prices, "6901234567892", at) for at in (end - timedelta(seconds=1), end))
    assert (before.takings[0], before.campaigns[0]) == (Taking(reference(three)), three)
    assert [ids(one) for one in (before, after)] == [["3for10", "member-price"], ["member-price"]]
    assert (before.product.discountable, before.price.lowest_minor) == (True, None)
    assert prices.next_change(end - timedelta(days=1)) == end
    assert [one.mark for one in prices.recalls("tea")] == ["lot L1"]
    with caplog.at_level(logging.WARNING):
        assert ids(found(prices, "43", end)) == []
    prices.close()
    with pytest.raises(PriceListFormat, match="has format 3, this program reads 5"):
        check_list(old)
