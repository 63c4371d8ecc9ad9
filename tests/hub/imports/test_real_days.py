"""Real days of real stores: ordinary ones pass the gate, the accidents in them do not, and the list is the source's."""

import csv
import gzip
from pathlib import Path

import pytest

from hub.errors import ImplausibleImport
from hub.imports import FeedStoreNeeded, open_import
from hub.list_source import resolved_items
from hub.services import Hub
from tests.shared_data import shared_file

DAYS = ("09", "10", "11", "13", "21", "22")
CHAIN, STORE, CODE, PRICE = "מזהה רשת", "מזהה חנות", "ברקוד", "מחיר (₪)"


def day(number: str) -> Path:
    return shared_file("prices", f"il_prices_2026-08-{number}.csv.gz")


def take(hub: Hub, path: Path, feed_store: str | None = None):
    source = open_import(path, format="il", feed_store=feed_store)
    return hub.catalogues.replace_goods(
        "real", source, currency="ILS", source=path.name, feed_store=lambda: source.report.feed_store
    )


def rows(path: Path, chain: str) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row[CHAIN] == chain]


def chains_file(folder: Path, number: str, chain: str) -> Path:
    """The day's file as the chain alone would have sent it."""
    own = rows(day(number), chain)
    path = folder / f"{number}.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, own[0].keys())
        writer.writeheader()
        writer.writerows(own)
    return path


def agorot(text: str) -> int:
    shekels, _, rest = text.strip().partition(".")
    return int(shekels or "0") * 100 + int(f"{rest:0<2}"[:2])


@pytest.mark.parametrize("feed_store", ["7290027600007:413", "7290058140886:39"])
def test_ordinary_days_pass_one_after_another_and_each_list_is_its_source(hub, feed_store):
    chain, store = feed_store.split(":")
    for number in DAYS:
        done = take(hub, day(number), feed_store)
        assert done.objections == ()
    with hub.database.read() as connection:
        found = {
            code: item.prices[0].minor
            for _, item in resolved_items(connection, "real", "lane", at=hub.clock(), only=None)
            for code in item.codes
        }
    source: dict[str, int] = {}
    for row in rows(day(DAYS[-1]), chain):
        if row[STORE] == store:
            source.setdefault(row[CODE].strip(), agorot(row[PRICE]))
    wanted = {code: minor for code, minor in source.items() if minor > 0}
    assert {code: found.get(code) for code in wanted} == wanted
    assert found.keys() <= source.keys()


@pytest.mark.parametrize(
    ("chain", "before", "accident", "said"),
    [
        ("7290103152017", "10", "11", "it is of store 7290103152017:003, the list before it was of 7290103152017:001"),
        ("7290055700007", "21", "22", "4,712 of 8,464 products would go .*3,403 of 8,464 prices would move"),
    ],
)
def test_a_chain_that_sends_another_stores_list_is_refused(hub, tmp_path, chain, before, accident, said):
    take(hub, chains_file(tmp_path, before, chain))
    with pytest.raises(ImplausibleImport, match=said):
        take(hub, chains_file(tmp_path, accident, chain))
    with pytest.raises(FeedStoreNeeded, match="holds no store"):
        take(hub, day(accident), {"7290103152017": f"{chain}:001", "7290055700007": f"{chain}:055"}[chain])


def test_a_feed_that_lacks_the_store_is_no_deletion(hub):
    take(hub, day("10"), "7290700100008:103")
    before = hub.catalogues.stores()
    with pytest.raises(FeedStoreNeeded, match="holds no store 7290700100008:103"):
        take(hub, day("11"), "7290700100008:103")
    assert hub.catalogues.stores() == before
