"""Real days of real stores: ordinary ones pass the gate, the accidents in them do not, and the list is the source's."""

import csv
import gzip
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hub.errors import ImplausibleImport
from hub.imports import FeedStoreNeeded, open_import
from hub.list_source import resolved_items
from hub.services import Hub
from tests.hub.databases import only_sqlite
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


class ChainFiles:
    """The days' files as each chain alone would have sent them; a day is taken apart once for all tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, number: str, chain: str) -> Path:
        if not (self._folder / number).is_dir():
            self._take_apart(number)
        return self._folder / number / f"{chain}.csv"

    def _take_apart(self, number: str) -> None:
        with gzip.open(day(number), "rt", encoding="utf-8-sig", newline="") as source, ExitStack() as stack:
            rows = csv.reader(source)
            header = next(rows)
            writers: dict[str, Any] = {}
            (self._folder / number).mkdir()
            for row in rows:
                chain = row[header.index(CHAIN)]
                if chain not in writers:
                    path = self.of(number, chain)
                    writers[chain] = csv.writer(stack.enter_context(path.open("w", encoding="utf-8", newline="")))
                    writers[chain].writerow(header)
                writers[chain].writerow(row)


@pytest.fixture(scope="session")
def chains(tmp_path_factory) -> ChainFiles:
    return ChainFiles(tmp_path_factory.mktemp("chains"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def agorot(text: str) -> int:
    shekels, _, rest = text.strip().partition(".")
    return int(shekels or "0") * 100 + int(f"{rest:0<2}"[:2])


@only_sqlite  # how rows are written to the other one, tests/hub/test_catalogue_store.py tells
@pytest.mark.parametrize("feed_store", ["7290027600007:413", "7290058140886:39"])
def test_ordinary_days_pass_one_after_another_and_the_list_is_its_source(hub, chains, feed_store):
    chain, store = feed_store.split(":")
    for number in DAYS:
        done = take(hub, chains.of(number, chain), feed_store)
        assert done.objections == ()
    with hub.database.read() as connection:
        found = {
            code: item.prices[0].minor
            for _, item in resolved_items(connection, "real", "lane", at=hub.clock(), only=None)
            for code in item.codes
        }
    source: dict[str, int] = {}
    for row in rows_of(chains.of(DAYS[-1], chain)):
        if row[STORE] == store:
            source.setdefault(row[CODE].strip(), agorot(row[PRICE]))
    wanted = {code: minor for code, minor in source.items() if minor > 0}
    assert {code: found.get(code) for code in wanted} == wanted
    assert found.keys() <= source.keys()


@only_sqlite  # the reading is what takes the time, and is the same
@pytest.mark.parametrize(
    ("asked_for", "before", "accident", "said"),
    [
        (
            "7290103152017:001",
            "10",
            "11",
            "it is of store 7290103152017:003, the list before it was of 7290103152017:001",
        ),
        ("7290055700007:055", "21", "22", "4,712 of 8,464 products would go .*3,403 of 8,464 prices would move"),
    ],
)
def test_a_chain_that_sends_another_stores_list_is_refused(hub, chains, asked_for, before, accident, said):
    chain = asked_for.split(":")[0]
    take(hub, chains.of(before, chain))
    with pytest.raises(ImplausibleImport, match=said):
        take(hub, chains.of(accident, chain))
    with pytest.raises(FeedStoreNeeded, match="holds no store"):
        take(hub, chains.of(accident, chain), asked_for)


@only_sqlite
def test_a_feed_that_lacks_the_store_is_no_deletion(hub):
    take(hub, day("10"), "7290700100008:103")
    before = hub.catalogues.stores()
    with pytest.raises(FeedStoreNeeded, match="holds no store 7290700100008:103"):
        take(hub, day("11"), "7290700100008:103")
    assert hub.catalogues.stores() == before
