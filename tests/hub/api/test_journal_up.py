"""A real journal, the agent's upload and a real hub: nothing is lost or doubled, whatever the lane lets go of."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from offline_cache.hub_client import HubClient
from offline_cache.journal import Journal, verify
from offline_cache.upload import JournalUpload
from tests.hub.api.conftest import Served
from tests.offline_cache.sales import AT, clock, help_called, whole_sale

SOON = AT + timedelta(days=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "lane" / "journal.sqlite", clock)) as journal:
        yield journal


def sell(journal: Journal, *sales: str) -> None:
    journal.append(*(draft for sale in sales for draft in whole_sale(sale)))


def upload(served: Served, journal: Journal, token: str) -> None:
    with HubClient(served.url, store="demo", lane="1", token=lambda: token) as client:
        JournalUpload(journal.path, client).send(lambda _: None)


def test_a_lane_that_lets_go_loses_nothing_at_the_hub(served, journal):
    token = served.hub.lanes.enrol("demo", "1")
    sold = []
    for round_ in range(6):
        sales = [f"s{round_}-{number}" for number in range(40)]
        sold += sales
        sell(journal, *sales)
        upload(served, journal, token)
        assert journal.prune(journal.head(), before=SOON, newest=50, most=120) > 0
        if round_ == 3:
            token = served.hub.lanes.enrol("demo", "1", rotate=True)
    (chain,) = served.hub.chains.verify(lane="1")
    assert (chain.events, chain.head, chain.problem) == (1200, journal.head()[1], "")
    assert sorted(one["id"] for one in served.hub.sales.of_store("demo")) == sorted(sold)
    report = verify(journal.path)
    assert (report.ok, report.pruned + report.events) == (True, 1200)
    assert report.pruned > 500


def test_a_day_goes_up_in_packed_batches_and_what_comes_later_follows(served, journal):
    token = served.hub.lanes.enrol("demo", "1")
    sell(journal, *(f"s{number}" for number in range(900)))
    upload(served, journal, token)
    journal.append(help_called(1))
    upload(served, journal, token)
    assert served.hub.chains.verify(lane="1")[0].head == journal.head()[1]
