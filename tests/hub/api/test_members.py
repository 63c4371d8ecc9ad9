"""What lanes ask of the members' books over HTTP: sealed going in, nothing that names anybody coming out."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import Any

import httpx
import pytest

from hub.membership.membership_file import membership_from
from retail.events import EventKind
from retail.membership.consent import given_body
from retail.membership.sealing import seal
from tests.hub.api.conftest import Served
from tests.hub.conftest import Clock
from tests.hub.databases import only_sqlite
from tests.hub.lane_journal import LaneJournal, wire
from tests.hub.membership.member_shop import NUMBER, MemberShop, content

pytestmark = only_sqlite  # the books are tested on both elsewhere; here it is what goes over the line


class ShopOnline:
    """A shop with members, and a lane's line to its hub."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.shop = MemberShop(served.hub)
        token = served.hub.lanes.enrol("demo", "1", rotate=True)
        self.lane = served.client(f"Bearer {token}".encode())
        self.journal = LaneJournal()

    def sealed(self, info: str, **words: str) -> str:
        key = self.shop.secrets.seal_key.public_key().public_bytes_raw()
        return base64.b64encode(seal(key, words, info)).decode()

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.lane.post(f"/v1{path}", json=body)

    def claim(self, claim: str, kind: str, value: str) -> httpx.Response:
        return self.post("/members/claims", claim=claim, sealed=self.sealed(f"claim {claim}", kind=kind, value=value))

    def join(self, claim: str, *clubs: str) -> httpx.Response:
        """By number and code."""
        sent = self.post("/members/phone-codes", sealed=self.sealed("phone", number=NUMBER, language="en"))
        assert sent.status_code == 200, sent.text
        consents = [given_body(one) for one in self.shop.given(*clubs)]
        sealed = self.sealed(f"join {claim}", number=NUMBER, code=self.shop.last_code())
        return self.post("/members/joins", claim=claim, sealed=sealed, consents=consents)

    def sell(self, sale_id: str, **identified: Any) -> None:
        """A whole sale, posted as the sync agent does."""
        before = len(self.journal.events)
        self.journal.shop(sale_id)
        if identified:
            self.journal.write(EventKind.MEMBER_IDENTIFIED, sale_id, **identified)
        self.journal.pay(sale_id, points=46)
        answer = self.lane.post("/v1/lanes/1/events", json=wire(*self.journal.events[before:]))
        assert answer.status_code == 200, answer.text

    def points(self, member_id: int) -> int:
        known = self.shop.members.known(member_id)
        assert known is not None
        return known.points

    def settled(self) -> None:
        """As the hub's own thread does it."""
        self.served.parts.bookkeeper.work()


@pytest.fixture
def online(served: Served) -> Any:
    shop = ShopOnline(served)
    yield shop
    shop.lane.close()


def test_a_number_is_proved_by_the_code_that_was_sent_and_joins(online: ShopOnline) -> None:
    joined = online.join("claim-1", "member", "north")
    assert joined.status_code == 200, joined.text
    told = joined.json()
    assert (told["state"], told["clubs"], told["masked"]) == ("known", ["member", "north"], "138····8000")
    assert "13800138000" not in joined.text


def test_a_wrong_code_is_refused_by_a_word(online: ShopOnline) -> None:
    online.post("/members/phone-codes", sealed=online.sealed("phone", number=NUMBER, language="en"))
    wrong = "000000" if online.shop.last_code() != "000000" else "111111"
    consents = [given_body(one) for one in online.shop.given("member")]
    sealed = online.sealed("join claim-1", number=NUMBER, code=wrong)
    refused = online.post("/members/joins", claim="claim-1", sealed=sealed, consents=consents)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_code")
    assert "8000" not in refused.text


def test_who_is_recognised_by_a_code_is_told_with_points_and_what_they_may_use(online: ShopOnline) -> None:
    member_id = online.shop.join_by_phone("claim-0", NUMBER, "member")
    online.shop.members.run_steps("claim-0")
    code = online.shop.members.code_of(member_id, "demo")
    told = online.claim("claim-2", "code", code).json()
    assert told == {
        "claim": "claim-2",
        "state": "known",
        "clubs": ["member"],
        "masked": "138····8000",
        "points": 100,
        "coupons": [],
        "used": {},
    }


def test_nobody_is_unknown_and_no_error(online: ShopOnline) -> None:
    told = online.claim("claim-3", "phone", "13900139000")
    assert (told.status_code, told.json()["state"], told.json()["clubs"]) == (200, "unknown", [])


def test_a_seal_counts_only_in_its_place(online: ShopOnline) -> None:
    sealed = online.sealed("claim other", kind="phone", value=NUMBER)
    refused = online.post("/members/claims", claim="claim-4", sealed=sealed)
    assert (refused.status_code, refused.json()["detail"]) == (422, "sealed: does not open with this hub's key")


def test_what_is_no_seal_is_refused_in_a_sentence(online: ShopOnline) -> None:
    for sealed in ("", "%%%", "AAAA", "A" * 5000):
        refused = online.post("/members/claims", claim="claim-5", sealed=sealed)
        assert refused.status_code == 422
        assert refused.json()["detail"].startswith("sealed: ")


def test_no_token_no_members(online: ShopOnline, anybody: httpx.Client) -> None:
    for path in ("/members/claims", "/members/payers", "/members/joins", "/members/phone-codes", "/coupons/releases"):
        assert anybody.post(f"/v1{path}", json={}).status_code == 401
    assert anybody.get("/v1/sales/s1/rewards").status_code == 401


def test_a_sale_earns_points_once_its_events_were_posted_and_the_claim_was_told(online: ShopOnline) -> None:
    member_id = online.shop.join_by_phone("claim-0", NUMBER, "member")
    online.shop.members.run_steps("claim-0")
    code = online.shop.members.code_of(member_id, "demo")
    online.sell("sale-1", claim="claim-6", by="code", clubs=["member"])
    online.settled()
    assert online.points(member_id) == 100
    online.claim("claim-6", "code", code)
    online.settled()
    assert online.points(member_id) == 146


def test_rewards_are_not_ready_before_the_sale_is_known_and_then_name_the_page(online: ShopOnline) -> None:
    assert online.lane.get("/v1/sales/sale-2/rewards").json()["ready"] is False
    member_id = online.shop.join_by_phone("claim-7", NUMBER, "member")
    online.sell("sale-2", claim="claim-7", by="phone", clubs=["member"])
    told = online.lane.get("/v1/sales/sale-2/rewards").json()
    assert (told["ready"], told["member"], told["points"]) == (True, True, 46)
    page, _, secret = told["page"].partition("#")
    assert page == f"{online.served.url}/m/demo/in"
    assert secret.startswith(f"{online.shop.members.page_of(member_id)}~")


def test_a_payer_is_taken_sealed_and_makes_the_sale_theirs(online: ShopOnline) -> None:
    online.shop.join_by_wallet("a" * 32, "wechat:app:alice", lane=1)
    online.sell("sale-3")
    key = "key-sale-3"
    sealed = online.sealed(f"payer {key}", payer="wechat:app:alice")
    assert online.post("/members/payers", payment_key=key, sealed=sealed).json() == {}
    online.settled()
    assert online.shop.kept_of("sale-3") == online.shop.kept_of("a" * 32)


def test_a_coupon_that_nobody_knows_is_not_found_and_can_be_given_back(online: ShopOnline) -> None:
    refused = online.post("/coupons/reservations", code="SGC-NOTHING", sale_id="sale-4")
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown")
    assert online.post("/coupons/releases", code="SGC-NOTHING", sale_id="sale-4").json() == {}


def test_a_coupon_is_one_sales_at_a_time(online: ShopOnline) -> None:
    _with_coupon_for_everybody(online)
    online.sell("sale-5")
    (reward,) = online.lane.get("/v1/sales/sale-5/rewards").json()["rewards"]
    first = online.post("/coupons/reservations", code=reward["code"], sale_id="sale-6")
    assert (first.status_code, first.json()["campaign"]["id"]) == (200, reward["campaign"]["id"])
    assert online.post("/coupons/reservations", code=reward["code"], sale_id="sale-6").status_code == 200
    second = online.post("/coupons/reservations", code=reward["code"], sale_id="sale-7")
    assert (second.status_code, second.json()["code"]) == (409, "taken")
    online.post("/coupons/releases", code=reward["code"], sale_id="sale-6")
    assert online.post("/coupons/reservations", code=reward["code"], sale_id="sale-7").status_code == 200


def test_free_minutes_are_for_one_car(online: ShopOnline) -> None:
    _declare(online, parking={"over_minor": 1000, "minutes": 120}, car_park={"name": "simulated"})
    online.sell("sale-8")
    assert online.lane.get("/v1/sales/sale-8/rewards").json()["parking_minutes"] == 120

    def park(plate: str) -> httpx.Response:
        return online.post("/sales/sale-8/parking", sealed=online.sealed("park sale-8", kind="plate", value=plate))

    assert park("沪A12345").json() == {"minutes": 120}
    refused = park("沪B99999")
    assert (refused.status_code, refused.json()["code"]) == (409, "used")
    assert "99999" not in refused.text


def test_a_car_park_tells_by_its_own_token_alone(online: ShopOnline, clock: Clock) -> None:
    token = online.served.hub.car_parks.issue("demo")
    event = {"id": "e1", "kind": "arrived", "plate": "沪A12345", "at": "2026-11-22T12:00:00Z"}
    with online.served.client(f"Bearer {token}".encode()) as car_park:
        assert car_park.post("/v1/car-park/events", json=event).json() == {}
        assert car_park.post("/v1/car-park/events", json=event).json() == {}
        vague = car_park.post("/v1/car-park/events", json={**event, "at": "2026-11-22T12:00:00"})
        assert (vague.status_code, vague.json()["detail"]) == (422, "at: says no offset; write UTC as Z")
        assert car_park.get("/v1/sales/sale-1/rewards").status_code == 401
    assert online.lane.post("/v1/car-park/events", json=event).status_code == 401


def _with_coupon_for_everybody(online: ShopOnline) -> None:
    coupon = {"names": {"en": "Thank you"}, "off_minor": 500, "days": 30}
    thanks = {"id": "thanks", "on": "sale", "give": "coupon", "members_only": False, "coupon": coupon}
    _declare(online, benefit=[thanks])


def _declare(online: ShopOnline, **tables: Any) -> None:
    online.shop.programmes.set("demo", membership_from({**content(), **tables}, UTC))
