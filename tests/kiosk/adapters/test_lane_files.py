"""The lane's files: the newest price list that can be read, a journal that comes back, what the agent last said."""

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.adapters.lane_files import AgentStatus, NewestPriceList, RecoveringJournal
from offline_cache.errors import JournalError, JournalReadOnly
from offline_cache.price_list.errors import PriceListError, PriceListMissing
from offline_cache.status import STATUS_FILE, SyncStatus, write_status
from retail.events import Draft, EventKind
from tests.kiosk.lane_rig import MILK, START, write_list

OPENED = Draft(EventKind.LANE_OPENED, None, {})


def milk(prices: NewestPriceList) -> int:
    listing = prices.current().find(MILK, START)
    assert listing is not None
    return listing.price.unit_minor


def test_a_new_list_is_sold_from_as_soon_as_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path)
    assert milk(prices) == 1280
    write_list(path, revision=2, milk_minor=1390)
    assert (milk(prices), prices.current().meta.revision) == (1390, 2)


def test_the_same_file_is_opened_once(tmp_path: Path) -> None:
    write_list(tmp_path / "price-list.sqlite")
    prices = NewestPriceList(tmp_path / "price-list.sqlite")
    assert prices.current() is prices.current()


def test_a_damaged_new_list_leaves_the_old_one_in_use(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path)
    assert milk(prices) == 1280
    _replace(path, b"SQLite format 3\0" + b"\xff" * 5000)
    with caplog.at_level(logging.ERROR):
        assert [milk(prices), milk(prices)] == [1280, 1280]
    assert caplog.text.count("keeping the old price list") == 1
    write_list(path, revision=3, milk_minor=1500)
    assert milk(prices) == 1500


def test_a_list_that_was_taken_away_leaves_the_old_one_in_use(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path)
    prices.current()
    path.unlink()
    with caplog.at_level(logging.CRITICAL):
        assert milk(prices) == 1280


def test_without_any_list_it_says_so_until_one_comes(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    prices = NewestPriceList(path)
    for _ in range(2):
        with pytest.raises(PriceListMissing):
            prices.current()
    write_list(path)
    assert milk(prices) == 1280


def test_a_damaged_first_list_is_an_error_every_time(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    path.write_bytes(b"not a price list" * 400)
    prices = NewestPriceList(path)
    for _ in range(2):
        with pytest.raises(PriceListError, match=r"price-list\.sqlite"):
            prices.current()


def test_pictures_follow_the_list_once_they_were_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path, pictures=tmp_path / "pictures")
    prices.current()
    assert prices.picture_root == ""
    prices.lay_out_pictures()
    assert prices.picture_root.endswith("/pictures/s-1-1795320000/")
    write_list(path, revision=2)
    prices.current()
    assert prices.picture_root.endswith("/pictures/s-2-1795320000/")


def test_a_journal_is_made_on_first_use(tmp_path: Path) -> None:
    journal = RecoveringJournal(tmp_path / "journal.sqlite", lambda: START)
    assert not (tmp_path / "journal.sqlite").exists()
    assert journal.head()[0] == 0
    (event,) = journal.append(OPENED)
    assert (journal.head(), journal.latest(EventKind.LANE_OPENED)) == ((1, event.hash), event)
    assert journal.last_sale() == []
    assert journal.free_bytes() > 0
    journal.close()
    journal.close()


def test_a_journal_that_failed_is_opened_anew(tmp_path: Path) -> None:
    folder = tmp_path / "lane"
    journal = RecoveringJournal(folder / "journal.sqlite", lambda: START)
    (tmp_path / "lane").write_text("in the way")
    with pytest.raises(JournalError):
        journal.append(OPENED)
    (tmp_path / "lane").unlink()
    folder.mkdir()
    assert journal.append(OPENED)[0].number == 1
    journal.close()


def test_after_an_error_the_next_call_goes_on_where_the_file_ends(tmp_path: Path) -> None:
    journal = RecoveringJournal(tmp_path / "journal.sqlite", lambda: START)
    journal.append(OPENED)
    with pytest.raises(JournalError):
        journal._use(_fails)
    assert journal.append(OPENED)[0].number == 2
    journal.close()


def test_after_an_append_that_failed_for_no_plain_reason_only_a_restart_opens_it(tmp_path: Path) -> None:
    journal = RecoveringJournal(tmp_path / "journal.sqlite", lambda: START)
    journal.append(OPENED)
    (tmp_path / "journal.sqlite").rename(tmp_path / "away.sqlite")  # the file was swapped out under the lane
    with pytest.raises(JournalError):
        journal.append(OPENED)
    (tmp_path / "away.sqlite").rename(tmp_path / "journal.sqlite")
    with pytest.raises(JournalError):
        journal.append(OPENED)
    journal.close()
    again = RecoveringJournal(tmp_path / "journal.sqlite", lambda: START)
    assert again.append(OPENED)[0].number == 2
    again.close()


def _fails(_journal: object) -> None:
    raise JournalReadOnly("the disk went away")


def _replace(path: Path, content: bytes) -> None:
    """As the agent does: a whole new file under the old name."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


class Agent:
    """An agent's file, and a lane that looks at it by a clock that we move."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime.now(UTC)
        self.head = 0
        self.status = AgentStatus(folder, lambda: self.now, lambda: self.head)

    def says(self, *, online: bool, uploaded: int = 0) -> None:
        write_status(self.folder, SyncStatus(online=online, uploaded=uploaded))
        moment = self.now.timestamp()
        os.utime(self.folder / STATUS_FILE, (moment, moment))


def test_without_an_agent_nothing_is_known_so_the_lane_sells(tmp_path: Path) -> None:
    assert Agent(tmp_path).status.online is True


def test_a_living_agent_is_believed_that_the_hub_is_away(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    agent.says(online=False)
    assert agent.status.online is False
    agent.now += timedelta(minutes=16)
    assert agent.status.online is True


def test_what_the_agent_says_is_read_once_a_second(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    agent.says(online=False)
    assert agent.status.online is False
    agent.says(online=True)
    agent.now += timedelta(milliseconds=900)
    assert agent.status.online is False
    agent.now += timedelta(milliseconds=200)
    assert agent.status.online is True


def test_a_clock_put_back_does_not_freeze_it(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    agent.says(online=False)
    assert agent.status.online is False
    agent.now -= timedelta(hours=1)
    agent.says(online=True)
    assert agent.status.online is True


def test_what_the_hub_has_not_confirmed_is_queued(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    agent.says(online=True, uploaded=7)
    agent.head = 10
    assert agent.status.queued == 3
    agent.head = 2
    assert agent.status.queued == 0


def test_a_damaged_status_is_as_none(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    (tmp_path / STATUS_FILE).write_text('{"online": fal')
    agent.head = 4
    assert agent.status.queued == 4
