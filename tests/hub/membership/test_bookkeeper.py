"""Settling beside what answers lanes: what was noted at once, and at the start what nobody noted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

import pytest

from hub.errors import DatabaseUnusable
from hub.membership.bookkeeper import Bookkeeper, keeping_books
from retail.events import EventKind
from tests.hub.databases import only_sqlite
from tests.hub.lane_journal import LaneJournal
from tests.hub.membership.member_shop import MemberShop

PATIENCE_S: Final = 20


class WatchedBooks:
    """The real books, that say when they were asked; `faults` are raised first."""

    def __init__(self, shop: MemberShop, *faults: Exception) -> None:
        self._books, self._faults = shop.hub.books, list(faults)
        self.settled, self.swept = threading.Semaphore(0), threading.Semaphore(0)

    def settle_many(self, sale_ids: Sequence[str]) -> None:
        if self._faults:
            raise self._faults.pop(0)
        self._books.settle_many(sale_ids)
        self.settled.release()

    def settle_claim(self, claim: str) -> None:
        self._books.settle_claim(claim)
        self.settled.release()

    def settle_payment(self, payment_key: str) -> None:
        self._books.settle_payment(payment_key)
        self.settled.release()

    def sweep(self, limit: int) -> int:
        found = self._books.sweep(limit)
        self.swept.release()
        return found


def points(shop: MemberShop, member_id: int) -> int:
    known = shop.members.known(member_id)
    return known.points if known else 0


def noted(what: Callable[[Bookkeeper], None], shop: MemberShop) -> WatchedBooks:
    """Work through what is noted while the thread runs."""
    books = WatchedBooks(shop)
    bookkeeper = Bookkeeper(books, shop.members)
    with keeping_books(bookkeeper):
        assert books.swept.acquire(timeout=PATIENCE_S)
        what(bookkeeper)
        assert books.settled.acquire(timeout=PATIENCE_S)
    return books


def test_what_was_missed_is_settled_when_a_hub_starts(shop: MemberShop) -> None:
    member_id = shop.join_by_phone("claim-1")
    shop.members.run_steps("claim-1")
    before = points(shop, member_id)
    shop.sell("s1", claim="claim-1", by="phone")
    books = WatchedBooks(shop)
    with keeping_books(Bookkeeper(books, shop.members)):
        assert books.swept.acquire(timeout=PATIENCE_S)
    assert points(shop, member_id) == before + 46


def test_a_payer_who_is_told_late_is_settled_at_once(shop: MemberShop) -> None:
    member_id = shop.join_by_wallet("a" * 32)
    shop.hub.books.settle("a" * 32)
    before = points(shop, member_id)

    def tell(bookkeeper: Bookkeeper) -> None:
        key = shop.sell("s1")
        shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
        bookkeeper.payment(key)

    noted(tell, shop)
    assert points(shop, member_id) == before + 46


def test_the_end_of_a_sale_is_noted_and_a_scan_is_not(shop: MemberShop) -> None:
    bookkeeper = Bookkeeper(WatchedBooks(shop), shop.members)
    journal = LaneJournal()
    journal.shop("s1")
    bookkeeper.events(journal.events)
    assert not bookkeeper.awake.is_set()
    journal.write(EventKind.BASKET_CANCELLED, "s1", by="shopper")
    bookkeeper.events(journal.events)
    assert bookkeeper.awake.is_set()


@only_sqlite
def test_a_database_that_is_away_ends_nothing(shop: MemberShop, caplog: pytest.LogCaptureFixture) -> None:
    books = WatchedBooks(shop, DatabaseUnusable("the disk is full"), DatabaseUnusable("the disk is full"))
    bookkeeper = Bookkeeper(books, shop.members)
    with keeping_books(bookkeeper, every_s=0.01):
        assert books.swept.acquire(timeout=PATIENCE_S)
        for number in range(3):
            bookkeeper.events([_completed(f"s{number}")])
            assert books.swept.acquire(timeout=PATIENCE_S)
        assert books.settled.acquire(timeout=PATIENCE_S)
    assert "members' books are not kept for now: the disk is full" in caplog.messages


def _completed(sale_id: str):
    journal = LaneJournal()
    journal.sell(sale_id)
    return journal.events[-2]
