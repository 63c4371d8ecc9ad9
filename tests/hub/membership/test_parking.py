"""Free minutes: once a sale, for one car, through a car park that may be silent; and what cars bring their members."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.errors import MemberRefused
from hub.membership.car_park import CarParkMissing, CarParkSilent, FreeMinutes, SimulatedCarPark, load_car_park
from hub.membership.tables import CAR_EVENT, COUPON, PARKING_GRANT, POINTS
from hub.services import Hub
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import VOUCHER, BookShop, benefit

PLATE = "沪A·12345"
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


class QuietCarPark:
    """Says nothing for as long as it is quiet, and keeps what it was told."""

    def __init__(self) -> None:
        self.quiet = True
        self.asked: list[FreeMinutes] = []

    def grant(self, free: FreeMinutes) -> bool:
        self.asked.append(free)
        if self.quiet:
            raise CarParkSilent("no answer within 3 s")
        return True


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    benefits = [
        benefit("hello-car", on="arrived", give="coupon", coupon=VOUCHER),
        benefit("bye-car", on="left", points=5),
    ]
    return BookShop(hub, benefits, parking={"over_minor": 4676, "minutes": 120})


def why(shop: BookShop, sale_id: str, kind: str = "plate", value: str = PLATE, *, lane: int = 0) -> str:
    with pytest.raises(MemberRefused) as caught:
        shop.books.park(shop.lanes[lane], sale_id, kind, value)
    assert value.strip() not in str(caught.value) or not value.strip()
    return caught.value.code


@only_sqlite
def test_minutes_are_one_cars_however_its_plate_is_written(shop: BookShop) -> None:
    shop.sale("s1")
    assert shop.books.rewards(shop.lanes[0], "s1").parking_minutes == 120
    for plate in (PLATE, "沪a 12345"):
        assert shop.books.park(shop.lanes[0], "s1", "plate", plate) == 120
    assert why(shop, "s1", value="沪B99999") == "used"
    assert why(shop, "s1", "ticket", PLATE) == "used"
    assert shop.books.rewards(shop.lanes[0], "s1").parking_minutes == 0
    assert "12345" not in repr(shop.rows(PARKING_GRANT))


@only_sqlite
def test_a_car_that_is_not_known_there_leaves_the_minutes_to_another(shop: BookShop) -> None:
    shop.sale("s1")
    assert why(shop, "s1", "ticket", "T0000") == "refused"
    assert shop.books.rewards(shop.lanes[0], "s1").parking_minutes == 120
    assert shop.books.park(shop.lanes[0], "s1", "ticket", "T0001") == 120


@only_sqlite
def test_a_sale_that_was_given_back_has_no_minutes_for_another_car(shop: BookShop) -> None:
    shop.sale("s1")
    assert why(shop, "s1", "ticket", "T0000") == "refused"
    shop.refund("s1")
    assert why(shop, "s1", "ticket", "T0001") == "refused"


@only_sqlite
def test_only_a_lanes_own_completed_sale_of_that_amount_brings_minutes(shop: BookShop) -> None:
    shop.begin("open")
    shop.sale("s2", "SGC-CHEAPER", lane=1)
    assert why(shop, "open") == "refused"
    assert why(shop, "never") == "refused"
    assert why(shop, "s2", lane=1) == "refused"  # 5.00 less than 46.76
    shop.cancel("open")
    shop.sale("s1")
    assert why(shop, "s1", lane=1) == "refused"
    assert why(shop, "s1", "boat") == "refused"
    assert why(shop, "s1", value=" ") == "refused"
    shop.refund("s1")
    assert why(shop, "s1") == "refused"


@only_sqlite
def test_minutes_in_doubt_are_asked_for_again_under_the_same_key_and_for_the_same_car(shop: BookShop) -> None:
    park = QuietCarPark()
    shop.books = shop.more_books(open_car_park=lambda _name, _settings, _folder: park)
    shop.sale("s1")
    assert why(shop, "s1") == "refused"
    assert why(shop, "s1", value="沪B99999") == "used"
    park.quiet = False
    assert shop.books.park(shop.lanes[0], "s1", "plate", PLATE) == 120
    assert len(park.asked) == 2
    assert len({one.key for one in park.asked}) == 1
    assert "12345" not in repr(park.asked)


@only_sqlite
def test_a_members_car_that_comes_and_goes_brings_what_was_promised_once(shop: BookShop) -> None:
    member = shop.join_by_wallet("m1")
    shop.books.car_event("demo", "e0", "arrived", PLATE, AT)
    shop.members.tell_plate(member, PLATE)
    for _ in range(2):
        shop.books.car_event("demo", "e0", "arrived", PLATE, AT)
        shop.books.car_event("demo", "e1", "arrived", PLATE, AT)
        shop.books.car_event("demo", "e2", "left", PLATE, AT)
        shop.books.car_event("demo", "e3", "arrived", "沪B99999", AT)
    assert [row["source"] for row in shop.rows(COUPON)] == ["arrived:hello-car:demo/e1"]
    assert [row["points"] for row in shop.rows(POINTS)] == [5]
    assert len(shop.rows(CAR_EVENT)) == 4
    assert {row["car"] for row in shop.rows(CAR_EVENT)} == {""}
    assert [one.source for one in shop.books.coupons_of(member)] == ["arrived"]


def test_the_simulated_car_park_gives_once_for_a_key(tmp_path: Path) -> None:
    park = load_car_park("simulated", {}, tmp_path)
    assert isinstance(park, SimulatedCarPark)
    for minutes in (60, 90):
        assert park.grant(FreeMinutes("k", "plate", "A1", minutes))
    assert park.given == {"k": 60}


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [("simulated", {"gate": 1}, "has no setting 'gate'"), ("none", {}, "there are: simulated")],
)
def test_a_car_park_that_cannot_be_is_said_in_a_sentence(
    tmp_path: Path, name: str, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(CarParkMissing, match=said):
        load_car_park(name, settings, tmp_path)
