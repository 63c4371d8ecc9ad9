"""A price that the hub lowers while somebody shops: at once, or later and with nobody else there any more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.sales import build
from kiosk.demo.stage import run
from offline_cache.journal import JournalReader
from offline_cache.price_list.reader import PriceList
from offline_cache.status import read_status
from retail.events import Event, EventKind
from retail.product import Listing
from tests.e2e.shop import STORE, Shop, until

_AHEAD = timedelta(seconds=15)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = Shop(tmp_path_factory.mktemp("shop"))
    try:
        made.open()
        made.kiosk.start()
        yield made
    finally:
        made.close()


def goods(shop: Shop) -> list[Listing]:
    """What lies on the counter and costs a single price."""
    prices = PriceList(shop.data / "price-list.sqlite")
    found = [prices.find(code, datetime.now(UTC)) for code in shop.codes("product")]
    prices.close()
    return [
        one for one in found if one is not None and one.price.unit_minor == one.price.list_minor and not one.takings
    ]


def lower(shop: Shop, listing: Listing, minor: int, *, begins: datetime | None = None) -> None:
    """A special price, in a new list that the lane has when this returns."""
    rules = shop.hub_data.parent / "rules.csv"
    valid_from = begins.isoformat() if begins else ""
    rules.write_text(
        "code,price,scope,kind,valid_from\n"
        f"{listing.code},{minor // 100}.{minor % 100:02d},store:{STORE},special,{valid_from}\n",
        encoding="utf-8",
    )
    before = read_status(shop.data).revision
    hub = ("-m", "hub", "--data", str(shop.hub_data))
    run(*hub, "rules", "--file", str(rules))
    run(*hub, "publish", "--store", STORE)
    until(lambda: read_status(shop.data).revision > before, "the new list at the lane")


def repriced(data: Path) -> list[Event]:
    with JournalReader(data / "journal.sqlite") as journal:
        return [event for event in journal.events() if event.kind == EventKind.LINE_REPRICED]


def lines(data: Path) -> int:
    with JournalReader(data / "journal.sqlite") as journal:
        return sum(event.kind == EventKind.LINE_ADDED for event in journal.events())


def test_a_price_that_falls_at_the_hub_falls_in_the_open_basket_and_the_hub_reckons_the_same(shop: Shop) -> None:
    one = goods(shop)[0]
    shop.scan(one.code)
    until(lambda: lines(shop.data) == 1, "the line")
    lower(shop, one, one.price.unit_minor - 50)
    until(lambda: len(repriced(shop.data)) == 1, "the lower price")
    (event,) = repriced(shop.data)
    assert event.body["unit_minor"] == one.price.unit_minor - 50
    assert event.body["revision"] == read_status(shop.data).revision
    until(lambda: read_status(shop.data).uploaded >= event.number, "the event at the hub")
    assert read_status(shop.data).refused == ()


def test_a_price_that_travelled_ahead_falls_on_time_with_hub_and_agent_gone(shop: Shop) -> None:
    one = goods(shop)[1]
    before = len(repriced(shop.data))
    begins = datetime.now(UTC).replace(microsecond=0) + _AHEAD
    lower(shop, one, one.price.unit_minor - 70, begins=begins)
    shop.agent.kill()
    shop.hub.kill()
    seen = lines(shop.data)
    shop.scan(one.code)
    until(lambda: lines(shop.data) == seen + 1, "the line")
    until(lambda: len(repriced(shop.data)) > before, "the lower price on time")
    event = repriced(shop.data)[-1]
    late = datetime.fromisoformat(event.at) - begins
    assert timedelta(0) <= late < timedelta(seconds=5)
    with JournalReader(shop.data / "journal.sqlite") as journal:
        found = build(journal.last_sale())
    assert found.refused == {}
    assert event.body["unit_minor"] == one.price.unit_minor - 70
