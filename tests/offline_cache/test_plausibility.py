"""Plausibility on the lane: counted exactly, judged by the shop's limits, passed on a person's word."""

import random
from pathlib import Path

import pytest

from offline_cache.errors import Implausible
from offline_cache.plausibility import Difference, Limits, difference, objections
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow
from retail.product import Product
from tests.offline_cache.lists import NOON, write_list

MANY = 1000  # so that a delta is cheaper than a snapshot


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((100, 10, 20, 2), []),
        ((1000, 101, 0, 0), ["101 of 1,000 products would go (the limit is 10 %)"]),
        ((1000, 0, 201, 0), ["201 of 1,000 prices would move (the limit is 20 %)"]),
        ((1000, 0, 0, 21), ["21 of 1,000 prices would more than double or fall under half (the limit is 2 %)"]),
        ((4, 4, 4, 4), []),
        ((5, 5, 0, 0), ["5 of 5 products would go (the limit is 10 %)"]),
    ],
)
def test_the_limits_hold_what_is_beyond_them(counts, found):
    assert objections(Difference(*counts), Limits()) == found


def test_limits_come_from_the_list_and_nonsense_takes_the_default():
    assert Limits.of({"gone_percent": 1.5, "moved_percent": "x", "at_least": True, "other": 3}) == Limits(1.5)


def test_limits_add_up_over_revisions_but_never_to_everything():
    assert Limits().over(3) == Limits(30, 60, 6, 5)
    assert Limits().over(1000) == Limits(90, 90, 90, 5)
    assert Limits(gone_percent=95).over(2).gone_percent == 95


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_list(tmp_path / "old.sqlite", products=MANY)


def test_a_difference_is_counted(old, tmp_path):
    prices = {1: 5000, 2: 10, 3: 1004, 4: 2008}
    new = write_list(tmp_path / "new.sqlite", products=MANY + 50, prices=prices, gone=range(100, 107))
    assert difference(old, new, None, at=NOON) == Difference(MANY, gone=7, moved=4, moved_far=2)


def priced(path: Path, *rows: PriceRow) -> Path:
    with PriceListWriter(path, Meta("demo", 1, "CNY", NOON)) as writer:
        writer.add_product(Product("sku", {}), codes={}, prices=rows)
    return path


NOW, LATER, EARLIER = int(NOON.timestamp()), int(NOON.timestamp()) + 60, int(NOON.timestamp()) - 60


@pytest.mark.parametrize(
    ("before", "after", "moved", "far"),
    [
        ([PriceRow("list", 10)], [PriceRow("list", 10, None, LATER), PriceRow("list", 99, LATER)], 0, 0),
        ([PriceRow("list", 10, None, NOW), PriceRow("list", 99, NOW)], [PriceRow("list", 99, EARLIER)], 0, 0),
        ([PriceRow("list", 10)], [PriceRow("list", 10, None, NOW), PriceRow("list", 11, NOW)], 1, 0),
        ([PriceRow("list", 10), PriceRow("special", 8)], [PriceRow("list", 12), PriceRow("special", 8)], 1, 0),
        ([PriceRow("list", 10), PriceRow("special", 8)], [PriceRow("list", 10)], 0, 0),
        ([PriceRow("list", 10), PriceRow("special", 8)], [PriceRow("list", 10), PriceRow("special", 3)], 0, 1),
        ([PriceRow("list", 10)], [PriceRow("list", 10), PriceRow("special", 3)], 0, 1),
        ([PriceRow("list", 10)], [PriceRow("list", 10), PriceRow("special", 3, LATER)], 0, 0),
        ([PriceRow("special", 8)], [PriceRow("special", 9)], 1, 0),
        ([PriceRow("list", 10), PriceRow("member", 5)], [PriceRow("list", 10), PriceRow("member", 1)], 0, 0),
    ],
)
def test_prices_are_compared_as_they_hold_at_a_moment(tmp_path, before, after, moved, far):
    old, new = priced(tmp_path / "old.sqlite", *before), priced(tmp_path / "new.sqlite", *after)
    assert difference(old, new, None, at=NOON) == Difference(1, gone=0, moved=moved, moved_far=far)


@pytest.fixture(params=["snapshot", "delta"])
def by(request) -> dict[str, object]:
    """How the next list is published: as a snapshot alone, or with a delta beside a snapshot that is of no use."""
    nonsense = random.Random(1).randbytes(200_000)  # noqa: S311
    return {} if request.param == "snapshot" else {"since": 1, "content": nonsense}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"gone": range(100, 201)}, "101 of 1,000 products would go"),
        ({"prices": dict.fromkeys(range(1, 201), 999)}, "201 of 1,000 prices would move"),
        ({"prices": dict.fromkeys(range(1, 22), 3)}, "21 of 1,000 prices would more than double or fall"),
        ({"products": 0}, "1,000 of 1,000 products would go"),
    ],
)
def test_an_implausible_list_is_refused_and_a_person_may_let_it_through(lane, shop, by, change, what):
    shop.publish(1, products=MANY)
    lane.update().look()
    says = {"products": MANY} | change
    shop.publish(2, file_says=says, **by)
    with pytest.raises(Implausible, match=f"revision 2 is refused: .*{what}.*until a person approves"):
        lane.update().look()
    lane.assert_old_list_stays()
    shop.publish(3, file_says=says, **by, approved=3)
    assert lane.update().look().revision == 3


def test_a_refused_list_is_not_fetched_again_and_again(hub, lane, shop, by):
    shop.publish(1, products=MANY)
    looks = lane.update()
    looks.look()
    looks.prepare()
    shop.publish(2, products=500, **by)
    for _ in range(3):
        with pytest.raises(Implausible):
            looks.look()
    assert len(hub.asked("/files/")) == 2
    shop.publish(3, products=MANY, **by)
    assert looks.look().revision == 3
    assert len(hub.asked("/files/")) == 3


def test_an_approval_of_what_is_here_already_does_not_let_the_next_one_through(lane, shop):
    shop.publish(1, products=MANY)
    lane.update().look()
    shop.publish(2, products=500, approved=1)
    with pytest.raises(Implausible):
        lane.update().look()
    shop.publish(2, products=500, approved=2)
    assert lane.update().look().revision == 2


def test_many_missed_revisions_may_add_up(lane, shop):
    shop.publish(1, products=MANY)
    lane.update().look()
    shop.publish(10, products=10)
    with pytest.raises(Implausible, match="the limit is 90 %"):
        lane.update().look()
    shop.publish(11, products=MANY, file_says={"gone": range(100, 300)})
    assert lane.update().look().revision == 11


def test_imports_that_the_hub_judged_one_by_one_may_add_up_in_one_revision(lane, shop):
    shop.publish(1, products=MANY, file_says={"imports": 7})
    lane.update().look()
    shop.publish(2, products=MANY, file_says={"gone": range(100, 300), "imports": 8})
    with pytest.raises(Implausible, match="the limit is 10 %"):
        lane.update().look()
    shop.publish(2, products=MANY, file_says={"gone": range(100, 300), "imports": 9})
    assert lane.update().look().revision == 2


def test_the_shops_own_limits_travel_in_its_list(lane, shop):
    shop.publish(1, products=MANY, file_says={"limits": {"gone_percent": 60}})
    lane.update().look()
    shop.publish(2, products=500, file_says={"limits": {"gone_percent": 1, "at_least": 1}})
    assert lane.update().look().revision == 2
    shop.publish(3, products=494)
    with pytest.raises(Implausible, match=r"6 of 500 products would go \(the limit is 1 %\)"):
        lane.update().look()


def test_limits_that_the_next_list_loosens_hold_for_it_already(lane, shop):
    shop.publish(1, products=MANY)
    lane.update().look()
    shop.publish(2, products=500, file_says={"limits": {"gone_percent": 40}})
    with pytest.raises(Implausible, match="the limit is 40 %"):
        lane.update().look()
    shop.publish(2, products=500, file_says={"limits": {"gone_percent": 50}})
    assert lane.update().look().revision == 2
