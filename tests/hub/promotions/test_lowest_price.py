"""The lowest price of the 30 days before a special one: from a Croatian list to what a lane shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.pricing import Rule, resolve
from hub.services import Hub
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import PriceRow
from retail.product import Price, PriceKind
from tests.hub.following_lane import FollowingLane, lane_of
from tests.hub.imports.lists import KONZUM_HEADER, konzum_row, take, write_csv

CODE = "3850334043641"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_list_says_it_beside_its_special_prices(tmp_path):
    rows = (
        konzum_row(price="", special="1.49", lowest="1.79"),
        konzum_row("40170725", "2.00", lowest="1", product="7"),
    )
    equal = konzum_row("8000300435351", "", special="1.49", lowest="1.49", product="8")
    (special, plain, same), opened = take(write_csv(tmp_path / "list.csv", KONZUM_HEADER, *rows, equal), "konzum")
    assert special.prices == (PriceRow("special", 149, lowest_minor=179),)
    assert same.prices == (PriceRow("special", 149, lowest_minor=149),)
    assert plain.prices == (PriceRow("list", 200),)
    assert opened.report.warnings == {}


@pytest.mark.parametrize(
    ("lowest", "reason", "kept"),
    [("1.39", "special_above_lowest", 139), ("1.4999", "lowest_ignored", None), ("0", "lowest_ignored", None)],
)
def test_a_lowest_price_below_the_special_one_or_none_is_warned_of(tmp_path, lowest, reason, kept):
    row = konzum_row(price="", special="1.49", lowest=lowest)
    (item,), opened = take(write_csv(tmp_path / "list.csv", KONZUM_HEADER, row), "konzum")
    assert item.prices == (PriceRow("special", 149, lowest_minor=kept),)
    assert list(opened.report.warnings) == [reason]


def test_of_two_rules_the_one_that_holds_says_it():
    def special(number: int, minor: int, lowest: int | None, begins: int | None, ends: int | None) -> Rule:
        return Rule(number, "all", "", "any", "special", minor, begins, ends, lowest_minor=lowest)

    rules = [special(1, 149, 179, None, None), special(2, 99, 120, 100, 200), special(3, 149, 160, 200, 300)]
    found = resolve(rules, store="s", region="", channel="lane", since=0)
    assert found == (
        PriceRow("special", 149, None, 100, 179),
        PriceRow("special", 99, 100, 200, 120),
        PriceRow("special", 149, 200, 300, 160),
        PriceRow("special", 149, 300, None, 179),
    )


@pytest.fixture
def lane(hub: Hub, tmp_path: Path) -> FollowingLane:
    bring(
        hub, tmp_path, konzum_row(price="", special="1.49", lowest="1.79"), konzum_row("40170725", "2.00", product="7")
    )
    lane = lane_of(hub, tmp_path / "lane", "zagreb")
    lane.follow()
    return lane


def bring(hub: Hub, folder: Path, *rows: list[str]) -> None:
    path = write_csv(folder / "list.csv", KONZUM_HEADER, *rows)
    items, opened = take(path, "konzum")
    hub.catalogues.replace_goods("zagreb", items, currency=opened.currency, source=str(path))
    hub.publisher.publish("zagreb")


def priced(lane: FollowingLane) -> Price:
    prices = PriceList(lane.path)
    try:
        found = prices.find(CODE, NOW)
    finally:
        prices.close()
    assert found is not None
    return found.price


def test_a_lane_knows_it_and_learns_of_another_one(hub, lane, tmp_path):
    assert priced(lane) == Price(149, PriceKind.SPECIAL, None, 179)
    bring(
        hub, tmp_path, konzum_row(price="", special="1.49", lowest="1.59"), konzum_row("40170725", "2.00", product="7")
    )
    lane.follow()
    assert priced(lane).lowest_minor == 159


def test_any_csv_may_have_it_in_a_column(tmp_path):
    path = write_csv(
        tmp_path / "list.csv", ["code", "price", "special_price", "lowest_price"], ["42", "2", "1.49", "1.79"]
    )
    (item,), _ = take(path, "csv", currency="EUR")
    assert set(item.prices) == {PriceRow("list", 200), PriceRow("special", 149, lowest_minor=179)}
