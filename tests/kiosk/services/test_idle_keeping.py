"""While nobody shops the lane lets go of what is old and safe at the hub; never while somebody does."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.adapters.lane_files import RecoveringJournal
from kiosk.services.lane_view import Screen
from offline_cache.journal import Journal, JournalReader
from offline_cache.journal_keeping import JournalKeeping
from offline_cache.status import SyncStatus, write_status
from tests.kiosk.lane_rig import BREAD, START, LaneRig
from tests.offline_cache.sales import whole_sale

LONG_AGO = START - timedelta(days=100)


class OldLane(LaneRig):
    """A lane that has sold for long, and lets go of the hub's."""

    def open_journal(self) -> RecoveringJournal:
        keeping = JournalKeeping(self.folder, keep=timedelta(days=90), clock=lambda: self.now, steady=lambda: self.up)
        return RecoveringJournal(self.folder / "journal.sqlite", lambda: self.now, keeping=keeping)

    @property
    def pruned(self) -> int:
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return journal.pruned()[0]


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[OldLane]:
    with closing(Journal(tmp_path / "journal.sqlite", lambda: LONG_AGO)) as journal:
        for first in range(0, 2400, 200):
            journal.append(*(draft for sale in range(first, first + 200) for draft in whole_sale(f"s{sale}")))
        number, digest = journal.head()
    write_status(tmp_path, SyncStatus(uploaded=number, uploaded_hash=digest, hub_time_seen=START.isoformat()))
    lane = OldLane(tmp_path)
    yield lane
    assert lane.journal is not None
    lane.journal.close()


def test_an_idle_lane_lets_go_a_little_each_second(lane):
    assert lane.view.screen is Screen.IDLE
    lane.wait(1)
    assert lane.pruned == 200
    lane.wait(30)
    assert lane.pruned == 2000
    assert lane.verify().ok


def test_a_lane_with_a_basket_does_not(lane):
    lane.scan(BREAD)
    lane.wait(5)
    assert (lane.view.screen, lane.pruned) == (Screen.BASKET, 0)
