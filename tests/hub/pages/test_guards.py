"""What keeps a member's page theirs: headers, cookies, forms of other sites, how often one may try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import httpx
import pytest
from fastapi import FastAPI

from hub.membership.coupon_book import Issue, issue
from hub.membership.sessions import LIVES_S
from hub.pages.address import page_path
from tests.hub.api.conftest import Served
from tests.hub.conftest import Clock
from tests.hub.databases import only_sqlite
from tests.hub.membership.member_shop import NUMBER, MemberShop

pytestmark = only_sqlite  # the books behind it are tested on both

TOO_MANY: Final = 429


class Visitor:
    """A browser without scripts."""

    def __init__(self, served: Served, shop: MemberShop) -> None:
        self.served, self.shop, self.form = served, shop, ""
        self.client = served.client()

    def get(self, path: str = "") -> httpx.Response:
        answer = self.client.get(f"/m/demo{path}")
        found = re.search(r'name="form" value="([0-9a-f]+)"', answer.text)
        self.form = found[1] if found else self.form
        return answer

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        return self.client.post(f"/m/demo{path}", data={"form": self.form, **fields}, headers=headers)

    def come_in(self) -> int:
        """As a member, by the address on the lane's screen."""
        member_id = self.shop.join_by_phone("claim-1", NUMBER, "member")
        self.get("/in")
        answer = self.post("/in", secret=self.key(member_id))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/m/demo")
        self.get("/me")
        return member_id

    def key(self, member_id: int) -> str:
        secret = self.shop.members.page_of(member_id)
        return page_path(self.served.parts, "demo", secret).partition("#")[2]


@pytest.fixture
def visitor(served: Served, shop: MemberShop) -> Iterator[Visitor]:
    one = Visitor(served, shop)
    yield one
    one.client.close()


def test_every_page_says_what_browsers_must_not_do_with_it(visitor: Visitor) -> None:
    visitor.come_in()
    for path in ("", "/in", "/me", "/code", "/coupons", "/receipts", "/erase"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["Cache-Control"], headers["X-Frame-Options"]) == ("no-store", "DENY")
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_has_scripts_or_styles_within_it(visitor: Visitor) -> None:
    visitor.come_in()
    for path in ("", "/in", "/me", "/coupons", "/receipts", "/erase"):
        text = visitor.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", text)


def test_the_cookie_is_for_this_hub_and_no_script_and_changes_when_somebody_comes_in(visitor: Visitor) -> None:
    before = visitor.get("/in").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in before.split(";")}
    guest = visitor.client.cookies["member"]
    visitor.come_in()
    assert visitor.client.cookies["member"] != guest


def test_a_form_of_another_site_changes_nothing(visitor: Visitor) -> None:
    member_id = visitor.come_in()
    for refused in (
        visitor.post("/erase", sure="yes", form="0" * 64),
        visitor.post("/erase", sure="yes", form=""),
        visitor.post("/erase", sure="yes", headers={"Origin": "https://elsewhere.example"}),
        visitor.post("/erase", sure="yes", headers={"Origin": "null"}),
        visitor.post("/erase", sure="yes", headers={"Origin": "http://["}),
        visitor.client.post("/m/demo/erase", data={str(one): "" for one in range(20)} | {"form": visitor.form}),
    ):
        assert refused.status_code == 403
    assert visitor.shop.members.known(member_id) is not None
    assert visitor.post("/erase", sure="yes", headers={"Origin": visitor.served.url}).status_code == 200
    assert visitor.shop.members.known(member_id) is None


def test_erasing_and_leaving_need_the_second_word(visitor: Visitor) -> None:
    member_id = visitor.come_in()
    assert visitor.post("/erase").status_code == 403
    assert visitor.post("/leave/member").status_code == 403
    assert visitor.shop.clubs(member_id) == ("member",)


def test_nobody_sees_anything_but_the_way_in(visitor: Visitor) -> None:
    for cookie in ("", "guessed"):
        visitor.client.cookies.set("member", cookie)
        for path in ("", "/code", "/coupons", "/receipts", "/receipts/a", "/me", "/erase"):
            answer = visitor.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/m/demo/in"), path


def test_a_key_is_good_for_a_quarter_of_an_hour_and_the_secret_alone_for_nothing(
    visitor: Visitor, clock: Clock
) -> None:
    member_id = visitor.shop.join_by_phone("claim-1")
    key, secret = visitor.key(member_id), visitor.shop.members.page_of(member_id)
    visitor.get("/in")
    until = key.split("~")[1]
    for forged in ("", secret, f"{secret}~{int(until) + 900}~{key.split('~')[2]}", f"{secret}~~", "é~1~é"):
        assert visitor.post("/in", secret=forged).status_code == 422
    clock.pass_time(minutes=15)
    assert visitor.post("/in", secret=key).status_code == 422


def test_a_browser_that_is_not_used_for_a_month_is_nobodys(visitor: Visitor, clock: Clock) -> None:
    visitor.come_in()
    for _ in range(2):
        clock.pass_time(seconds=LIVES_S - 60)
        assert visitor.get().status_code == 200  # used: it lasts on
    clock.pass_time(seconds=LIVES_S + 60)
    assert visitor.get().status_code == 303


def test_from_one_address_keys_and_numbers_are_tried_only_so_often(visitor: Visitor, clock: Clock) -> None:
    visitor.get("/in")
    answers = [visitor.post("/in", secret="1.2~3~4").status_code for _ in range(31)]
    assert (answers[:30], answers[30]) == ([422] * 30, TOO_MANY)
    sent = [visitor.post("/phone", number=f"1390000{one:04}").status_code for one in range(1001, 1008)]
    assert (sent[:6], sent[6]) == ([200] * 6, TOO_MANY)
    clock.pass_time(minutes=11)
    assert visitor.post("/phone", number="13900002001").status_code == 200


def test_whether_a_number_is_a_members_is_not_told(visitor: Visitor, clock: Clock) -> None:
    visitor.shop.join_by_phone("claim-1", NUMBER)
    clock.pass_time(minutes=5)
    visitor.get("/in")
    member, nobody = (visitor.post("/phone", number=number) for number in ("13800138000", "13900139000"))
    assert member.status_code == nobody.status_code == 200
    assert member.text.replace("13800138000", "") == nobody.text.replace("13900139000", "")


def test_a_number_in_a_form_is_drawn_as_text(visitor: Visitor) -> None:
    visitor.get("/in")
    answer = visitor.post("/phone", number='"><script>alert(1)</script>')
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_store_without_members_has_no_pages(served: Served) -> None:
    with served.client() as anybody:
        for path in ("/m/demo", "/m/nowhere/in", "/m/../in"):
            assert anybody.get(path).status_code == 404


def test_by_https_the_cookie_is_the_hosts_alone(server: tuple[str, FastAPI], served: Served, shop: MemberShop) -> None:
    server[1].state.parts = replace(served.parts, pages_url="https://shop.example")
    with served.client() as anybody:
        said = anybody.get("/m/demo/in").headers["Set-Cookie"]
    assert said.startswith("__Host-member=")
    assert "Secure" in said


def test_a_coupon_is_shown_by_the_store_that_takes_it(visitor: Visitor) -> None:
    member_id = visitor.come_in()
    for store, off in (("demo", 500), ("elsewhere", 700)):
        body = {"id": store, "terms": {"kind": "basket", "off": off}, "coupon": store, "stores": [store]}
        with visitor.shop.database.write() as connection:
            issue(connection, store, Issue(f"test:{store}", store, body, member_id, "", None), 0)

    for path in ("", "/coupons"):
        text = visitor.get(path).text
        assert "5.00" in text
        assert "7.00" not in text
