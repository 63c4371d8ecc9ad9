"""The agent as a process: downloads and uploads side by side, survives a hub that goes and its own death."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from offline_cache.__main__ import main
from offline_cache.folder import LaneFolder
from offline_cache.journal import Journal
from offline_cache.price_list.reader import PriceList
from offline_cache.status import SyncStatus, read_status
from tests.offline_cache.fake_hub import TOKEN, FakeHub, Server
from tests.offline_cache.lists import pack, write_list
from tests.offline_cache.programs import ROOT, kiosk_sync
from tests.offline_cache.raw_server import RawServer
from tests.offline_cache.sales import clock, help_called, whole_sale

PATIENCE_S = 15.0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"never came: {what}"
        pause.wait(0.02)


@pytest.fixture
def config(tmp_path: Path, hub: FakeHub, folder: LaneFolder) -> Path:
    (tmp_path / "token").write_text(TOKEN)
    file = tmp_path / "lane.toml"
    file.write_text(
        f'[lane]\nstore = "demo"\nname = "lane-1"\n[data]\ndir = "{folder.path}"\n'
        f'[hub]\nurl = "{hub.url}"\ntoken_file = "token"\npoll_s = 0.2\n[screen]\nwidth = 1\n'
    )
    return file


@pytest.fixture
def start(config: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    running: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        agent = subprocess.Popen(
            [sys.executable, "-m", "offline_cache", "run", "--config", str(config)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(agent)
        return agent

    yield start
    for agent in running:
        agent.kill()
        agent.wait()
        assert agent.stderr is not None
        agent.stderr.close()


def ended(agent: "subprocess.Popen[str]") -> str:
    """End an agent as systemd does; what it logged."""
    before = time.monotonic()
    agent.send_signal(signal.SIGTERM)
    _, log = agent.communicate(timeout=10)
    assert agent.returncode == 0, log
    assert time.monotonic() - before < 5
    return log


def publish(hub: FakeHub, tmp_path: Path, revision: int, products: int = 3) -> None:
    file = write_list(tmp_path / f"source-{revision}.sqlite", revision=revision, products=products)
    hub.publish(pack(file, hub.key))


def status(folder: LaneFolder) -> SyncStatus:
    return read_status(folder.path)


def test_list_comes_down_and_journal_goes_up_and_the_status_tells(hub, folder, tmp_path, start):
    publish(hub, tmp_path, 1)
    hub.clock_ahead_s = 120
    hub.refuse = {2: "no such product"}
    journal = Journal(folder.journal, clock)
    journal.append(*whole_sale("s1"))
    agent = start()
    until(lambda: status(folder).revision == 1 and status(folder).uploaded == 5, "list and upload")
    until(lambda: status(folder).hub_time_skew_s is not None, "heartbeat")
    publish(hub, tmp_path, 2)
    journal.append(help_called(1))
    journal.close()
    until(lambda: status(folder).revision == 2 and status(folder).uploaded == 6, "the newer list and the new event")
    told = status(folder)
    assert told.online
    assert told.last_error == "this lane's clock is 2 minutes behind the hub's; set it, as prices depend on the time"
    assert told.checked_at
    assert [one.number for one in told.refused] == [2]
    assert told.hub_time_skew_s is not None
    assert abs(told.hub_time_skew_s - 120) < 5
    log = ended(agent)
    assert "price list revision 2 of store demo: 3 products" in log
    assert TOKEN not in log
    assert not status(folder).online


def test_what_was_refused_is_told_here_and_at_the_hub_until_a_good_list_comes(hub, folder, tmp_path, start):
    publish(hub, tmp_path, 1, products=100)
    agent = start()
    until(lambda: status(folder).revision == 1, "the first list")
    publish(hub, tmp_path, 2, products=50)
    until(lambda: status(folder).refused_list is not None, "the refusal")
    refused = status(folder).refused_list
    assert refused is not None
    assert refused.revision == 2
    assert "50 of 100 products would go" in refused.sentence
    until(lambda: refused.sentence in status(folder).last_error, "the trouble")
    until(lambda: hub.heartbeats[-1]["refused_list"] is not None, "the heartbeat that tells it")
    told = hub.heartbeats[-1]
    assert told["refused_list"] == {
        "sentence": refused.sentence, "refused_at": refused.refused_at, "revision": 2
    }  # fmt: skip
    assert {"at", "version", "queued", "revision", "channel", "state", "published_at", "checked_at", "signed_at",
            "fresh_until", "hub_time_skew_s", "hub_time_seen", "uploaded", "last_error"} <= set(told)  # fmt: skip
    assert (told["revision"], told["channel"], told["queued"]) == (1, "lane", 0)
    publish(hub, tmp_path, 3, products=100)
    until(lambda: status(folder).revision == 3, "the good list")
    assert status(folder).refused_list is None
    until(lambda: hub.heartbeats[-1]["refused_list"] is None, "the heartbeat that tells it is over")
    ended(agent)


def test_lists_from_elsewhere_say_nothing_of_the_hub(hub, folder, tmp_path, config, start):
    packed = pack(write_list(tmp_path / "source.sqlite"), hub.key)
    with RawServer() as elsewhere:
        elsewhere.script.serve("/lists/demo/manifest.json", json.dumps(packed.envelope).encode())
        elsewhere.script.serve(f"/lists/files/{packed.sha256}.sqlite.zst", packed.content)
        config.write_text(config.read_text().replace(hub.url, f'{hub.url}"\nlists_url = "{elsewhere.url}/lists'))
        agent = start()
        until(lambda: status(folder).revision == 1 and status(folder).online, "the list, and the hub")
    until(lambda: f"{elsewhere.url}/lists: the hub cannot be reached" in status(folder).last_error, "the trouble")
    beats = len(hub.heartbeats)
    while len(hub.heartbeats) < beats + 8:
        assert status(folder).online
    ended(agent)
    assert not hub.asked("price-lists")


def test_once_takes_another_channel_from_another_place(hub, folder, tmp_path):
    elsewhere = FakeHub(key=hub.key)
    server = Server(elsewhere)
    try:
        file = write_list(tmp_path / "web.sqlite", revision=4, channel="web")
        elsewhere.publish(pack(file, hub.key))
        done = kiosk_sync("once", "--hub", hub.url, "--store", "demo", "--dir", folder.path, "--channel", "web",
                          "--lists", f"{elsewhere.url}/v1/price-lists", "--json")  # fmt: skip
    finally:
        server.stop()
    assert json.loads(done.stdout)["channel"] == "web"
    assert status(folder).channel == "web"


def test_a_broken_download_does_not_stop_the_upload_nor_the_other_way_round(hub, folder, tmp_path, start):
    hub.statuses["/price-lists/"] = 500
    journal = Journal(folder.journal, clock)
    journal.append(*whole_sale("s1"))
    agent = start()
    until(lambda: len(hub.events) == 5 and "answered 500" in status(folder).last_error, "the upload")
    hub.statuses = {"/lanes/": 503}
    publish(hub, tmp_path, 1)
    journal.append(help_called(1))
    journal.close()
    until(lambda: status(folder).revision == 1 and "answered 503" in status(folder).last_error, "the list")
    assert len(hub.events) == 5
    ended(agent)


def test_a_hub_that_comes_back_is_noticed(hub, folder, tmp_path, config, start):
    away = FakeHub()
    server = Server(away)
    server.stop()
    config.write_text(config.read_text().replace(hub.url, away.url))
    agent = start()
    until(lambda: "cannot be reached" in status(folder).last_error, "the trouble")
    publish(away, tmp_path, 1)
    server.start()
    try:
        until(lambda: status(folder).online and status(folder).revision == 1, "the hub's return")
        until(lambda: status(folder).last_error == "", "the end of the trouble")
        ended(agent)
    finally:
        server.stop()


def test_a_hub_that_answers_only_one_loop_is_not_asked_without_end(hub, folder, config, start):
    hub.hangs_up, hub.slow = "/events", "/heartbeat"
    Journal(folder.journal, clock).close()
    config.write_text(config.read_text().replace("poll_s = 0.2", "poll_s = 30"))
    agent = start()
    until(lambda: bool(hub.heartbeats), "the first heartbeat")
    threading.Event().wait(3)
    ended(agent)
    assert len(hub.asked("/events")) < 10


def test_a_stop_in_the_middle_of_a_slow_download_is_prompt(hub, folder, tmp_path, start):
    publish(hub, tmp_path, 1, products=3000)
    hub.pause_s = 0.3
    agent = start()
    until(lambda: any(part.stat().st_size for part in folder.path.glob("*.part")), "a first piece")
    ended(agent)
    assert not folder.price_list.exists()


def test_kill_9_at_any_moment_leaves_a_whole_list_and_each_event_once(hub, folder, tmp_path, start):
    publish(hub, tmp_path, 1, products=3000)
    hub.pause_s = 0.004
    hub.take_at_most = 3
    journal = Journal(folder.journal, clock)
    journal.append(*(help_called(number) for number in range(200)))
    moments = random.Random(3)  # noqa: S311 - repeatable moments
    for revision in range(2, 6):
        agent = start()
        until(lambda: bool(hub.asked("/v1/")), "the agent's first request")
        hub.seen.clear()
        threading.Event().wait(moments.uniform(0.0, 0.25))
        agent.kill()
        agent.wait()
        if folder.price_list.exists():
            PriceList(folder.price_list).close()
        publish(hub, tmp_path, revision, products=3000)
    agent = start()
    until(lambda: status(folder).revision == 5 and status(folder).uploaded == 200, "the rest")
    assert [event["number"] for event in hub.events] == list(range(1, 201))
    assert hub.events[-1]["hash"] == journal.head()[1]
    journal.close()
    ended(agent)
    left = {file.name for file in folder.path.iterdir()} - {"journal.sqlite-wal", "journal.sqlite-shm"}
    assert left == {
        "hub-key.pub",
        "journal.lock",
        "journal.sqlite",
        "price-list.spare",
        "price-list.sqlite",
        "sync-status.json",
        "sync.lock",
    }


def test_a_second_agent_in_the_same_folder_is_refused(hub, folder, tmp_path, config, start):
    publish(hub, tmp_path, 1)
    start()
    until(lambda: status(folder).revision == 1, "the first agent")
    done = kiosk_sync("run", "--config", config)
    assert done.returncode == 2
    assert done.stderr == (
        f"kiosk-sync: {folder.path}: another kiosk-sync works in this folder (it holds sync.lock); stop it first\n"
    )


def test_an_agent_without_a_token_says_what_it_needs(config):
    config.write_text(config.read_text().replace('token_file = "token"\n', ""))
    done = kiosk_sync("run", "--config", config)
    assert done.returncode == 2
    assert "needs hub.token_file" in done.stderr


def test_once_fetches_uploads_and_says_so(hub, folder, tmp_path, config):
    publish(hub, tmp_path, 3, products=1234)
    journal = Journal(folder.journal, clock)
    journal.append(*whole_sale("s1"))
    done = kiosk_sync("once", "--config", config)
    assert (done.returncode, done.stdout) == (0, "price list revision 3 of store demo: 1,234 products\n")
    assert len(hub.events) == 5
    journal.append(help_called(1))
    journal.close()
    done = kiosk_sync("once", "--hub", hub.url, "--store", "demo", "--dir", folder.path, "--json",
                      "--lane", "lane-1", "--token-file", tmp_path / "token")  # fmt: skip
    answer = json.loads(done.stdout)
    assert (answer["revision"], answer["changed"], answer["products"], answer["uploaded"]) == (3, False, 1234, 6)
    assert answer["sentence"].startswith("already at revision 3")
    assert len(hub.events) == 6


def test_once_makes_the_folder_pins_the_key_and_needs_no_token(hub, tmp_path):
    publish(hub, tmp_path, 1)
    place = tmp_path / "new" / "lane"
    done = kiosk_sync("once", "--hub", hub.url + "/", "--store", "demo", "--dir", place)
    assert done.returncode == 0
    assert "trusts the hub's keys" in done.stderr
    assert "the first seen" in done.stderr
    assert hub.public_key in (place / "hub-key.pub").read_text().splitlines()
    again = kiosk_sync("once", "--hub", hub.url, "--store", "demo", "--dir", place)
    assert again.stdout == "already at revision 1 of store demo: 3 products\n"
    assert again.stderr == ""


def one_sentence(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def test_whatever_is_wrong_ends_once_with_a_sentence(hub, folder, tmp_path, capsys):
    def sentence(url: str, *where: str | Path) -> str:
        assert main(["once", "--hub", url, *map(str, where)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        return str(err)

    where = ("--store", "demo", "--dir", folder.path)
    assert sentence("http://127.0.0.1:9", *where).startswith(
        "kiosk-sync: http://127.0.0.1:9/v1/price-lists: the hub cannot be reached"
    )
    assert "there is no price list for store 'demo'" in sentence(hub.url, *where)
    assert "give --hub, --store and --dir" in sentence(hub.url)
    assert "give both --lane and --token-file" in sentence(hub.url, *where, "--lane", "lane-1")
    publish(hub, tmp_path, 1)
    (tmp_path / "file").touch()
    assert "is a file where a folder is needed" in sentence(hub.url, "--store", "demo", "--dir", tmp_path / "file")
    with pytest.raises(SystemExit) as ended_by:
        sentence("hub", *where)
    assert ended_by.value.code == 2
    assert "must be an address like http://hub.local:8080, not 'hub'" in capsys.readouterr().err


def test_once_tells_machines_what_is_wrong_too(hub, folder, capsys):
    assert main(["once", "--hub", hub.url, "--store", "demo", "--dir", str(folder.path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert f"kiosk-sync: {json.loads(out)['error']}\n" == err


def test_once_in_a_read_only_folder_is_a_sentence(hub, folder, tmp_path):
    publish(hub, tmp_path, 1)
    folder.path.chmod(0o555)
    done = kiosk_sync("once", "--hub", hub.url, "--store", "demo", "--dir", folder.path, ordinary=True)
    assert "may not be written (Permission denied); give the agent's user the right to" in one_sentence(done)


def test_a_failed_download_still_uploads_and_both_are_told(hub, folder, config):
    journal = Journal(folder.journal, clock)
    journal.append(*whole_sale("s1"))
    journal.close()
    done = kiosk_sync("once", "--config", config)
    assert "there is no price list" in one_sentence(done)
    assert len(hub.events) == 5
    assert status(folder).uploaded == 5
    assert "there is no price list" in status(folder).last_error
