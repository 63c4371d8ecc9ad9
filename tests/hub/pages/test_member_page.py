"""The member's own page in Chromium on a phone: ways in, the code that renews itself, and what a member decides."""

from __future__ import annotations

import re
from datetime import UTC

from playwright.sync_api import Page, expect

from hub.membership.membership_file import membership_from
from hub.membership.tables import MEMBER_IDENTITY, MEMBER_SESSION
from retail.membership.programme import Purpose
from tests.hub.databases import only_sqlite
from tests.hub.membership.member_shop import NUMBER, content
from tests.hub.pages.conftest import Pages

pytestmark = only_sqlite  # the books behind it are tested on both

COUPON = {"names": {"en": "Thank you", "zh-CN": "感谢光临"}, "off_minor": 500, "from_minor": 3000, "days": 30}
SALE = "a" * 32


def declare(pages: Pages) -> None:
    """A shop with a coupon for each sale, and a car park."""
    gift = {"id": "thanks", "on": "sale", "give": "coupon", "coupon": COUPON}
    tables = {"benefit": [gift], "car_park": {"name": "simulated"}}
    pages.shop.programmes.set("demo", membership_from({**content(), **tables}, UTC))


def member_with_a_sale(pages: Pages) -> int:
    declare(pages)
    member_id = pages.shop.join_by_wallet(SALE)
    pages.served.parts.books.settle(SALE)
    return member_id


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_the_address_on_the_lanes_screen_opens_the_page_and_is_gone_from_the_bar(pages: Pages) -> None:
    member_id = pages.shop.join_by_phone("claim-1", NUMBER, "member", "north")
    page = pages.open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages.address(member_id))
    page.wait_for_url(f"{pages.served.url}/m/demo")
    expect(page.get_by_role("img", name="Member code")).to_be_visible()
    expect(page.get_by_text("138····8000")).to_be_visible()
    secret = pages.shop.members.page_of(member_id)
    assert all(secret not in url.partition("#")[0] for url in asked)
    page.go_back()
    assert "#" not in page.url  # nor does the browser remember it


def test_a_photograph_of_the_address_is_soon_worth_nothing(pages: Pages) -> None:
    address = pages.address(pages.shop.join_by_phone("claim-1"))
    pages.served.hub.clock.pass_time(minutes=16)  # type: ignore[attr-defined]  # the tests' own clock
    page = pages.open_page()
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("does not open a page any more")
    assert pages.shop.count(MEMBER_SESSION) == 0


def test_a_number_and_the_code_sent_to_it_open_the_page_by_keyboard_alone(pages: Pages) -> None:
    pages.shop.join_by_phone("claim-1")
    pages.served.hub.clock.pass_time(minutes=5)  # type: ignore[attr-defined]
    page = pages.open_page()
    page.goto(f"{pages.served.url}/m/demo")
    page.get_by_label("Phone number").focus()
    page.keyboard.type("13800138000")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send me a code")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The code is not right. Please try again.")
    page.get_by_label("Code").fill(pages.shop.last_code(messages=2))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{pages.served.url}/m/demo")
    expect(page.get_by_role("navigation", name="Your pages")).to_be_visible()


def test_the_code_renews_itself_and_hides_when_it_cannot(pages: Pages) -> None:
    page = pages.open_page()
    page.clock.install()
    page.goto(pages.address(pages.shop.join_by_phone("claim-1")))
    page.wait_for_url(f"{pages.served.url}/m/demo")
    code = page.get_by_role("img", name="Member code")
    first = code.inner_html()
    with page.expect_response(re.compile("/m/demo/code$")):
        page.clock.run_for(41_000)
    expect(code.locator("svg")).to_have_count(1)
    page.wait_for_function("before => document.getElementById('code').innerHTML !== before", arg=first)
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.clock.run_for(41_000)
    expect(code).to_be_visible()  # it still lives
    for _ in range(5):
        page.clock.run_for(6_000)
    expect(page.get_by_role("status")).to_contain_text("No connection")
    expect(code).to_be_hidden()
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    expect(code).to_be_visible()


def test_coupons_and_receipts_are_in_the_language_of_the_phone(pages: Pages) -> None:
    member_id = member_with_a_sale(pages)
    for language, offer, milk in (
        ("zh-CN", "感谢光临：满30元减5元", "牛奶"),
        ("zh-TW", "滿30元減5元", "牛奶"),
        ("en", "¥5.00", "Milk"),
    ):
        page = pages.of(member_id, language)
        assert page.locator("html").get_attribute("lang") == language
        expect(page.locator(".coupon").first).to_contain_text(offer)
        page.goto(f"{pages.served.url}/m/demo/receipts/{SALE}")
        expect(page.get_by_role("row").filter(has_text=milk)).to_contain_text("¥30.00")
        expect(page.locator(".total")).to_contain_text("¥46.76")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_the_language_can_be_switched_and_stays(pages: Pages) -> None:
    page = pages.of(pages.shop.join_by_phone("claim-1"), "en")
    page.get_by_role("link", name="繁體").click()
    expect(page.get_by_role("link", name="會員碼")).to_be_visible()
    assert "language" not in page.url
    page.get_by_role("link", name="優惠券").click()
    expect(page.get_by_role("heading", name="我的優惠券")).to_be_visible()


def test_somebody_elses_receipt_is_not_there(pages: Pages) -> None:
    member_with_a_sale(pages)
    page = pages.of(pages.shop.join_by_phone("claim-9"))
    answer = page.goto(f"{pages.served.url}/m/demo/receipts/{SALE}")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading")).to_have_text("There is no such page")


def test_a_consent_is_taken_back_and_given_again_to_the_words_that_are_shown(pages: Pages) -> None:
    given = pages.shop.given("member", ticked={("member", Purpose.MARKETING)})
    member_id = pages.shop.join_by_wallet(SALE, given=given)
    page = pages.of(member_id)
    page.get_by_role("link", name="My data").click()
    expect(page.get_by_text("the mall may send me offers.")).to_be_visible()
    press(page, "Take it back")
    expect(page.get_by_role("status")).to_have_text("Your choice is kept.")
    assert [one.granted for one in pages.shop.members.consents(member_id) if one.purpose == "marketing"] == [False]
    press(page, "Agree")
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    (word,) = (one for one in pages.shop.members.consents(member_id) if one.purpose == "marketing")
    assert (word.granted, word.text, word.language, word.origin, word.store) == (
        True,
        "the mall may send me offers.",
        "en",
        "page",
        "demo",
    )


def test_leaving_asks_once_more(pages: Pages) -> None:
    member_id = pages.shop.join_by_phone("claim-1", NUMBER, "member", "north")
    page = pages.of(member_id)
    page.goto(f"{pages.served.url}/m/demo/me")
    page.get_by_role("link", name="Leave North").click()
    page.get_by_role("link", name="No, go back").click()
    assert pages.shop.clubs(member_id) == ("member", "north")
    page.get_by_role("link", name="Leave North").click()
    press(page, "Leave")
    expect(page.get_by_role("status")).to_contain_text("You have left")
    assert pages.shop.clubs(member_id) == ("member",)


def test_a_number_plate_is_kept_as_a_mark_and_forgotten(pages: Pages) -> None:
    declare(pages)
    page = pages.of(pages.shop.join_by_phone("claim-1"))
    before = pages.shop.count(MEMBER_IDENTITY)
    page.goto(f"{pages.served.url}/m/demo/me")
    page.get_by_label("Number plate").fill("沪A·12345")
    press(page, "Keep my plate")
    expect(page.get_by_role("status")).to_have_text("Your number plate is kept.")
    assert pages.shop.count(MEMBER_IDENTITY) == before + 1
    assert "12345" not in page.content()
    press(page, "Forget it")
    expect(page.get_by_role("status")).to_have_text("Your number plate is forgotten.")
    assert pages.shop.count(MEMBER_IDENTITY) == before


def test_erasing_asks_once_more_and_then_nothing_opens(pages: Pages) -> None:
    member_id = member_with_a_sale(pages)
    elsewhere = pages.of(member_id)
    page = pages.of(member_id)
    address = pages.address(member_id)
    page.goto(f"{pages.served.url}/m/demo/me")
    page.get_by_role("link", name="Delete everything about me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete everything about you?")
    assert pages.shop.members.known(member_id) is not None
    press(page, "Delete everything")
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything about you is deleted")
    assert pages.shop.members.known(member_id) is None
    assert page.context.cookies() == []
    elsewhere.reload()
    elsewhere.wait_for_url(f"{pages.served.url}/m/demo/in")
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("does not open a page any more")


def test_signing_out_ends_this_phone_alone(pages: Pages) -> None:
    member_id = pages.shop.join_by_phone("claim-1")
    other, page = pages.of(member_id), pages.of(member_id)
    page.goto(f"{pages.served.url}/m/demo/me")
    press(page, "Sign out on this phone")
    page.wait_for_url(f"{pages.served.url}/m/demo/in")
    page.goto(f"{pages.served.url}/m/demo")
    page.wait_for_url(f"{pages.served.url}/m/demo/in")
    other.reload()
    expect(other.get_by_role("img", name="Member code")).to_be_visible()
