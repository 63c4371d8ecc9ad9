"""The lane's files: the newest price list that can be read, a journal that comes back, what the agent last said."""

import fcntl
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.adapters.lane_files import AgentStatus, NewestPriceList, RecoveringJournal
from offline_cache.errors import JournalError, JournalReadOnly
from offline_cache.folder import LaneFolder
from offline_cache.price_list.errors import PriceListError, PriceListMissing
from offline_cache.price_list.in_use import unread
from offline_cache.status import STATUS_FILE, SyncStatus, write_status
from retail.events import Draft, EventKind
from tests.kiosk.lane_rig import MILK, START, LaneRig, write_list

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
    prices.renew()
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
        for _ in range(20):
            prices.renew()
            assert milk(prices) == 1280
    assert caplog.text.count("keeping the old price list") == 1
    write_list(path, revision=3, milk_minor=1500)
    prices.renew()
    assert milk(prices) == 1500


def test_a_list_that_was_taken_away_leaves_the_old_one_in_use(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path)
    prices.current()
    path.unlink()
    with caplog.at_level(logging.CRITICAL):
        prices.renew()
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
    prices.renew()
    assert prices.picture_root.endswith("/pictures/s-2-1795320000/")


def test_pictures_of_a_list_that_comes_late_are_laid_out_with_it(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    prices = NewestPriceList(path, pictures=tmp_path / "pictures")
    prices.lay_out_pictures()
    write_list(path)
    prices.current()
    assert prices.picture_root.endswith("/pictures/s-1-1795320000/")


class Hands:
    """Stands for the two threads: work waits until it is done."""

    def __init__(self) -> None:
        self.aside: list[Callable[[], None]] = []
        self.back: list[Callable[[], None]] = []

    def done(self) -> None:
        for queue in (self.aside, self.back):
            while queue:
                queue.pop(0)()


def test_a_new_list_is_made_ready_aside_while_the_old_one_sells(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    hands = Hands()
    prices = NewestPriceList(path, aside=hands.aside.append, back=hands.back.append)
    assert milk(prices) == 1280
    write_list(path, revision=2, milk_minor=1390)
    for _ in range(3):
        prices.renew()
    assert (milk(prices), len(hands.aside)) == (1280, 1)
    hands.aside.pop()()
    assert milk(prices) == 1280
    hands.done()
    assert milk(prices) == 1390


def test_a_list_that_a_still_newer_one_overtakes_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    hands = Hands()
    prices = NewestPriceList(path, aside=hands.aside.append, back=hands.back.append)
    prices.current()
    write_list(path, revision=2, milk_minor=1390)
    prices.renew()
    hands.aside.pop()()
    write_list(path, revision=3, milk_minor=1490)
    hands.done()
    assert milk(prices) == 1280
    prices.renew()
    hands.done()
    assert milk(prices) == 1490


def test_a_list_that_could_not_be_read_is_tried_again_after_a_while(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path)
    prices.current()
    write_list(path, revision=2, milk_minor=1390)
    locked = os.open(path, os.O_RDONLY)
    fcntl.flock(locked, fcntl.LOCK_EX)  # as if somebody wrote to it: no reader takes such a file
    with caplog.at_level(logging.ERROR):
        prices.renew()
    assert milk(prices) == 1280
    os.close(locked)
    for _ in range(31):
        prices.renew()
    assert milk(prices) == 1390


def test_the_old_file_is_let_go_also_while_nobody_shops(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    rig = LaneRig(tmp_path)
    path.rename(tmp_path / "price-list.spare")
    write_list(path, revision=2)
    with unread(tmp_path / "price-list.spare") as free:
        assert not free
    assert rig.wait(1).screen == "idle"
    with unread(tmp_path / "price-list.spare") as free:
        assert free


def test_no_look_up_fails_while_lists_are_renamed_into_place(tmp_path: Path) -> None:
    """Another process puts list after list in place, as fast as it can."""
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    for number in range(2):
        write_list(tmp_path / f"list-{number}", revision=number + 2, milk_minor=1000 + number)
    swap = (
        "import os, shutil, sys\n"
        "folder = sys.argv[1]\n"
        "for turn in range(1500):\n"
        "    shutil.copyfile(f'{folder}/list-{turn % 2}', f'{folder}/new')\n"
        "    os.replace(f'{folder}/new', f'{folder}/price-list.sqlite')\n"
    )
    prices = NewestPriceList(path)
    seen: set[int] = set()
    with subprocess.Popen([sys.executable, "-c", swap, str(tmp_path)]) as swapping:
        while swapping.poll() is None:
            prices.renew()
            seen.add(milk(prices))
    assert swapping.returncode == 0
    assert {1000, 1001} <= seen <= {1000, 1001, 1280}
    prices.close()


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


def test_an_agent_that_has_nothing_new_to_write_is_still_believed_while_it_runs(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    agent.says(online=False)
    agent.now += timedelta(days=2)
    with LaneFolder(tmp_path).in_use():
        assert (agent.status.online, agent.status.silent) == (False, False)
    agent.now += timedelta(seconds=2)
    assert (agent.status.online, agent.status.silent) == (True, True)


def test_what_the_agent_says_is_there_whole(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    agent.says(online=True, uploaded=7)
    assert (agent.status.said.uploaded, agent.status.silent) == (7, False)


@pytest.mark.parametrize("of", [("t", "lane"), ("s", "web")])
def test_nothing_is_sold_at_the_prices_of_another_store_or_channel(tmp_path: Path, of: tuple[str, str]) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    with pytest.raises(PriceListMissing, match=f"is of store s, channel lane, and lane.toml says store {of[0]}"):
        NewestPriceList(path, of=of).current()


def test_a_list_of_another_store_that_takes_the_name_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    path = tmp_path / "price-list.sqlite"
    write_list(path)
    prices = NewestPriceList(path, of=("s", "lane"))
    assert milk(prices) == 1280
    write_list(path, revision=2, milk_minor=5, store="t")
    prices.renew()
    assert milk(prices) == 1280
    write_list(path, revision=3, milk_minor=1390)
    prices.renew()
    assert milk(prices) == 1390
