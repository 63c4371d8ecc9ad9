"""Handing the journal over: in order, each event once, and the hub's answer decides how far."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from offline_cache.errors import ChainRefused, HubAnswerBad, HubAway, HubRefused, SyncError
from offline_cache.folder import LaneFolder
from offline_cache.hub_client import HubClient
from offline_cache.journal import Journal
from offline_cache.status import RefusedEvent
from offline_cache.upload import JournalUpload, Uploaded
from retail.events import Draft, EventKind
from tests.offline_cache.fake_hub import TOKEN, FakeHub
from tests.offline_cache.sales import AT, clock, help_called, whole_sale


@pytest.fixture
def client(hub: FakeHub) -> Iterator[HubClient]:
    with HubClient(hub.url, store="demo", lane="lane-1", token=lambda: TOKEN, timeout_s=5) as client:
        yield client


@pytest.fixture
def journal(folder: LaneFolder) -> Iterator[Journal]:
    journal = Journal(folder.journal, clock)
    yield journal
    journal.close()


@pytest.fixture
def upload(client: HubClient, folder: LaneFolder) -> JournalUpload:
    return JournalUpload(folder.journal, client)


class Heard(list[Uploaded]):
    """What an upload told of its progress."""

    def __call__(self, progress: Uploaded) -> None:
        self.append(progress)


def posts(hub: FakeHub) -> int:
    return sum(one.method == "POST" for one in hub.seen)


def numbers(hub: FakeHub) -> list[int]:
    return [event["number"] for event in hub.events]


def test_without_a_journal_nothing_is_asked(hub, upload):
    upload.send(Heard())
    assert hub.seen == []


def test_all_events_arrive_in_order_with_their_chain(hub, upload, journal):
    journal.append(*whole_sale("s1"))
    heard = Heard()
    upload.send(heard)
    journal.append(help_called(1))
    upload.send(heard)
    assert numbers(hub) == [1, 2, 3, 4, 5, 6]
    assert hub.events[-1]["hash"] == journal.head()[1]
    assert [one.number for one in heard] == [0, 5, 6]


def test_when_nothing_is_new_the_hub_is_left_in_peace(hub, upload, journal):
    journal.append(help_called(1))
    upload.send(Heard())
    asked = len(hub.seen)
    upload.send(Heard())
    assert len(hub.seen) == asked


def test_a_long_journal_goes_in_several_requests(hub, upload, journal):
    for _ in range(3):
        journal.append(*(help_called(number) for number in range(400)))
    upload.send(Heard())
    assert numbers(hub) == list(range(1, 1201))
    assert posts(hub) == 3


def test_heavy_events_go_in_smaller_requests(hub, upload, journal):
    journal.append(*(Draft(EventKind.DEVICE_FAULT, None, {"note": "字" * 400_000}) for _ in range(5)))
    upload.send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5]
    assert posts(hub) == 3


def test_a_hub_that_takes_packed_posts_gets_them_packed_and_larger(hub, upload, journal):
    hub.says, hub.take_at_most = {"accepts": ["gzip", "zstd"], "events_at_once": 1000}, 1000
    for _ in range(3):
        journal.append(*(help_called(number) for number in range(400)))
    upload.send(Heard())
    assert numbers(hub) == list(range(1, 1201))
    assert [one.headers.get("Content-Encoding") for one in hub.seen] == [None, "zstd", "zstd"]
    assert sum(int(one.headers.get("Content-Length", 0)) for one in hub.seen) < 100 * 1200


def test_a_hub_that_does_not_say_what_it_takes_gets_plain_posts(hub, upload, journal):
    journal.append(*whole_sale("s1"))
    upload.send(Heard())
    assert [one.headers.get("Content-Encoding") for one in hub.seen] == [None, None]


def test_an_older_hub_in_place_of_a_newer_one_is_asked_anew(hub, upload, journal):
    hub.says = {"accepts": ["zstd"]}
    journal.append(*whole_sale("s1"))
    upload.send(Heard())
    hub.says = {}
    journal.append(help_called(1))
    with pytest.raises(HubRefused, match="415"):
        upload.send(Heard())
    upload.send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5, 6]


def test_what_is_too_much_for_something_before_the_hub_goes_in_halves(hub, upload, journal):
    hub.most_bytes = 20_000
    journal.append(*(help_called(number) for number in range(300)))
    upload.send(Heard())
    assert numbers(hub) == list(range(1, 301))


def test_what_the_lane_writes_meanwhile_goes_with_the_next_round(hub, upload, journal):
    journal.append(*whole_sale("s1"))
    hub.take_at_most = 3
    upload.send(lambda _: journal.append(help_called(1)))
    assert numbers(hub) == [1, 2, 3, 4, 5]
    hub.take_at_most = 500
    upload.send(Heard())
    assert numbers(hub) == list(range(1, len(journal.events()) + 1))


def test_one_event_that_is_too_much_is_told(hub, upload, journal):
    hub.most_bytes = 10
    journal.append(help_called(1))
    with pytest.raises(HubRefused, match="413"):
        upload.send(Heard())


def test_the_hash_of_what_the_hub_has_is_told_with_its_number(hub, upload, journal):
    events = journal.append(*whole_sale("s1"))
    hub.take_at_most = 2
    heard = Heard()
    upload.send(heard)
    assert [(one.number, one.hash) for one in heard] == [(0, ""), *((n, events[n - 1].hash) for n in (2, 4, 5))]


def test_a_pruned_journal_goes_on_from_its_anchor(hub, client, folder, journal):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    JournalUpload(folder.journal, client).send(Heard())
    assert journal.prune(journal.head(), before=AT + timedelta(days=1), newest=0) == 5
    journal.append(help_called(1))
    JournalUpload(folder.journal, client).send(Heard())
    assert numbers(hub) == list(range(1, 12))


def test_a_hub_that_waits_exactly_at_the_anchor_is_served(hub, client, folder, journal):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    hub.take([vars_of(event) for event in journal.events()[:5]])
    assert journal.prune(journal.head(), before=AT + timedelta(days=1), newest=0) == 5
    JournalUpload(folder.journal, client).send(Heard())
    assert numbers(hub) == list(range(1, 11))


def test_after_a_new_token_a_pruned_journal_goes_on_where_the_hub_is_with_it(hub, client, folder, journal):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    JournalUpload(folder.journal, client).send(Heard())
    hub.says = {"next": 1, "head": "", "resume": {"next": 11, "head": journal.head()[1]}}
    journal.prune(journal.head(), before=AT + timedelta(days=1), newest=0)
    journal.append(help_called(1))
    heard = Heard()
    JournalUpload(folder.journal, client).send(heard)
    assert numbers(hub) == list(range(1, 12))
    assert [one.number for one in heard] == [10, 11]


def test_after_a_new_token_another_journal_begins_anew(hub, client, folder, journal):
    hub.says = {"next": 1, "head": "", "resume": {"next": 3, "head": "f" * 64}}
    journal.append(*whole_sale("s1"))
    JournalUpload(folder.journal, client).send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5]


def test_a_hub_that_lost_what_was_pruned_is_told_what_to_do(hub, client, folder, journal):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    JournalUpload(folder.journal, client).send(Heard())
    journal.prune(journal.head(), before=AT + timedelta(days=1), newest=0)
    del hub.events[2:]
    with pytest.raises(SyncError, match=r"begins after event 5.*waits for event 3: restore the hub's newest backup"):
        JournalUpload(folder.journal, client).send(Heard())


def test_after_a_restart_the_hub_says_where_to_go_on(hub, client, folder, journal):
    journal.append(*whole_sale("s1"))
    JournalUpload(folder.journal, client).send(Heard())
    journal.append(help_called(1))
    hub.seen.clear()
    JournalUpload(folder.journal, client).send(Heard())
    assert [one.method for one in hub.seen] == ["GET", "POST"]
    assert numbers(hub) == [1, 2, 3, 4, 5, 6]


def test_a_hub_that_takes_only_some_gets_the_rest(hub, upload, journal):
    hub.take_at_most = 2
    journal.append(*whole_sale("s1"))
    upload.send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5]


def test_a_hub_restored_from_an_older_copy_is_filled_again(hub, upload, journal):
    journal.append(*whole_sale("s1"))
    upload.send(Heard())
    del hub.events[2:]
    journal.append(help_called(1))
    upload.send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5, 6]


def test_an_answer_lost_on_its_way_does_not_double_events(hub, client, folder, journal):
    journal.append(*whole_sale("s1"))
    first = JournalUpload(folder.journal, client)
    hub.raw["/events"] = b"{}"
    with pytest.raises(HubAnswerBad):
        first.send(Heard())
    hub.raw.clear()
    hub.take([vars_of(event) for event in journal.events()])  # it was taken, only the answer was lost
    first.send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5]


def vars_of(event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__slots__}


def test_refused_events_are_told_and_block_nothing(hub, upload, journal):
    hub.refuse = {2: "no such product"}
    journal.append(*whole_sale("s1"))
    heard = Heard()
    upload.send(heard)
    assert heard[-1] == Uploaded(5, journal.head()[1], (RefusedEvent(2, "no such product"),))


def test_a_journal_shorter_than_what_the_hub_has_is_not_uploaded(hub, upload, folder, journal):
    journal.append(*whole_sale("s1"))
    upload.send(Heard())
    journal.close()
    for file in folder.path.glob("journal.*"):
        file.unlink()
    fresh = Journal(folder.journal, clock)
    fresh.append(help_called(1))
    fresh.close()
    for _ in range(2):
        with pytest.raises(SyncError, match=r"ends at event 1, but the hub has 5 of this lane.*enrol the lane"):
            upload.send(Heard())
    assert numbers(hub) == [1, 2, 3, 4, 5]


def test_another_journal_of_the_same_lane_is_not_mixed_in(hub, client, folder, journal, tmp_path):
    elsewhere = Journal(tmp_path / "elsewhere" / "journal.sqlite", clock)
    elsewhere.append(help_called(99))
    hub.take([vars_of(event) for event in elsewhere.events()])
    elsewhere.close()
    journal.append(help_called(1), help_called(2))
    with pytest.raises(SyncError, match="event 1 is not the one that the hub has"):
        JournalUpload(folder.journal, client).send(Heard())
    assert posts(hub) == 0


def test_a_chain_that_the_hub_refuses_is_told_and_kept(hub, upload, journal):
    journal.append(help_called(1))
    upload.send(Heard())
    hub.events[0]["hash"] = "0" * 64  # the hub's copy was changed: it now waits for something that we never wrote
    journal.append(help_called(2))
    with pytest.raises(ChainRefused, match=r"the hub refuses event 2 and those after it .*waits for event 2"):
        upload.send(Heard())
    assert len(journal.events()) == 2


def test_a_hub_that_cannot_make_up_its_mind_ends_the_round(hub, upload, journal):
    journal.append(help_called(1))
    hub.raw["/events"] = b'{"next": 1, "head": "", "refused": []}'
    with pytest.raises(HubAnswerBad, match="took events from 1 on but waits for event 1"):
        upload.send(Heard())


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"next": "x"}', b'{"next": 0}', b"[1]", b'{"next": 99}'])
def test_an_answer_that_is_not_the_hubs_is_an_error(hub, upload, journal, answer):
    journal.append(help_called(1))
    hub.raw["/events"] = answer
    with pytest.raises(SyncError, match=r"http://127|journal.sqlite"):
        upload.send(Heard())


def test_an_unknown_token_says_how_to_enrol(hub, folder, journal):
    journal.append(help_called(1))
    with HubClient(hub.url, store="demo", lane="lane-1", token=lambda: "stale") as client:
        with pytest.raises(HubRefused, match="kiosk-hub lane --store demo --lane lane-1") as caught:
            JournalUpload(folder.journal, client).send(Heard())
        assert "stale" not in str(caught.value)


def test_a_rotated_token_is_taken_up(hub, folder, journal, tmp_path):
    journal.append(help_called(1))
    file = Path(tmp_path / "token")
    file.write_text("stale")
    with HubClient(hub.url, store="demo", lane="lane-1", token=file.read_text) as client:
        upload = JournalUpload(folder.journal, client)
        with pytest.raises(HubRefused):
            upload.send(Heard())
        file.write_text(TOKEN)
        upload.send(Heard())
    assert numbers(hub) == [1]


def test_a_hub_that_is_away_keeps_everything_for_later(folder, journal):
    journal.append(help_called(1))
    away = HubClient("http://127.0.0.1:9", store="demo", lane="lane-1", token=lambda: TOKEN)
    with away, pytest.raises(HubAway):
        JournalUpload(folder.journal, away).send(Heard())
    assert journal.head()[0] == 1
