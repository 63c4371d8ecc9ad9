"""A hub that serves the pages of a shop with members, and browsers to look at them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from hub.pages.address import page_path
from tests.browsers import OpenPage, chromium, open_page, playwright
from tests.hub.api.conftest import Served, served, server
from tests.hub.membership.member_shop import MemberShop

__all__ = ["chromium", "open_page", "playwright", "served", "server"]


@pytest.fixture
def shop(served: Served) -> MemberShop:
    return MemberShop(served.hub)


@dataclass
class Pages:
    """The shop's pages in browsers of their own."""

    served: Served
    shop: MemberShop
    open_page: OpenPage

    def address(self, member_id: int) -> str:
        """As the last screen of a lane shows it."""
        secret = self.shop.members.page_of(member_id)
        return self.served.url + page_path(self.served.parts, "demo", secret)

    def of(self, member_id: int, language: str = "en", **options: object) -> Page:
        """A member's page, opened by its address."""
        page = self.open_page(language, **options)
        page.goto(self.address(member_id))
        page.wait_for_url(f"{self.served.url}/m/demo")
        return page


@pytest.fixture
def pages(served: Served, shop: MemberShop, open_page: OpenPage) -> Pages:
    return Pages(served, shop, open_page)
