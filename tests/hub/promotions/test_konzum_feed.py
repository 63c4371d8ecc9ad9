"""Croatian special prices looked at alone: those that are none are said, by list price and by the lowest of 30 days."""

from collections import Counter
from pathlib import Path

import pytest

from hub.imports import ImportRefused
from hub.promotions.feeds import FEEDS, FeedOptions
from hub.promotions.feeds.konzum import read_konzum
from hub.promotions.found import Found, Named, NotUnderstood
from hub.shops import Shop
from retail.promotions.campaign import Kind, Terms
from tests.hub.imports.lists import KONZUM_HEADER, konzum_row, write_csv
from tests.shared_data import shared_file

SHOP = Shop("hr", "EUR", "Europe/Zagreb", "")


def read(tmp_path: Path, *rows: list[str]) -> list[Found | NotUnderstood]:
    path = write_csv(tmp_path / "list.csv", KONZUM_HEADER, *rows)
    return list(read_konzum(path, SHOP, FeedOptions()))


def test_a_special_price_is_a_campaign_of_its_product(tmp_path):
    (found,) = read(tmp_path, konzum_row(), konzum_row("3850108036145", "", special="1.49", lowest="1.79", product="5"))
    assert isinstance(found, Found)
    assert (found.campaign.id, found.campaign.terms) == ("konzum-5", Terms(Kind.SPECIAL_PRICE, price=149))
    assert (found.groups, found.place, found.remarks) == ((Named(codes=("3850108036145",)),), "line 3", ())


def test_a_special_price_above_the_lowest_of_30_days_is_said(tmp_path):
    (found,) = read(tmp_path, konzum_row(price="", special="1.99", lowest="1.79"))
    assert isinstance(found, Found)
    assert found.remarks == (
        ("special_above_lowest", "1.99 is above 1.79, the lowest price of the 30 days before"),
    )  # fmt: skip


def test_what_is_no_special_price_is_listed(tmp_path):
    rows = (
        konzum_row(price="0.99", special="0.99"),
        konzum_row(price="", special="1.999"),
        konzum_row("", price="", special="1.99"),
        konzum_row(price="", special="1.99", lowest="none"),
    )
    found = read(tmp_path, *rows)
    assert [one.reason for one in found if isinstance(one, NotUnderstood)] == [
        "special_not_lower", "price_too_fine", "no_code", "price_not_a_number"
    ]  # fmt: skip
    assert [one.id for one in found if isinstance(one, NotUnderstood)][:2] == ["konzum-90725768", "konzum-90725768#2"]


def test_another_currency_a_wish_for_a_store_and_a_file_that_is_none_are_refused(tmp_path):
    path = write_csv(tmp_path / "list.csv", KONZUM_HEADER, konzum_row())
    for shop, options, sentence in (
        (Shop("hk", "HKD", "Asia/Hong_Kong", ""), FeedOptions(), "in EUR, the store sells in HKD"),
        (SHOP, FeedOptions(feed_store="1:2"), "a konzum list is of one"),
    ):
        with pytest.raises(ImportRefused, match=sentence):
            list(FEEDS["konzum-promos"](path, shop, options))
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ImportRefused, match="is not a Konzum price list"):
        list(read_konzum(path, SHOP, FeedOptions()))


def test_of_a_real_day_every_special_price_is_found():
    path = shared_file("prices", "hr_konzum_0530-2025-07-03.csv.gz")
    found = list(read_konzum(path, SHOP, FeedOptions()))
    assert len(found) == 874
    assert Counter(one.reason for one in found if isinstance(one, NotUnderstood)) == {"no_code": 9}
    assert sum(bool(one.remarks) for one in found if isinstance(one, Found)) == 72
