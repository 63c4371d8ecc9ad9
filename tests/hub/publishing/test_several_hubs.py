"""Hubs that publish the same store at once, over one database and one storage, and are killed wherever it hurts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.data_folder import DataFolder
from hub.database import sqlite_url
from hub.publishing.tables import LIST_FILE, PUBLICATION
from hub.services import Hub
from hub.storage.folder import FolderStorage
from offline_cache.price_list.manifest import DeltaFile, SnapshotFile
from offline_cache.price_list.writer import PriceRow
from tests.hub.conftest import APPLES, BAG, MILK, WINE
from tests.hub.databases import Databases
from tests.hub.following_lane import FollowingLane, lane_of

# Every step, not one in so many; as for the faults of disks.
THOROUGH = "FAULTS_DRAWS" in os.environ
ROOT = Path(__file__).resolve().parents[3]


class Worker:
    """A hub's process."""

    def __init__(self, folder: Path, address: str, storage: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), str(folder), address, str(storage)]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONWARNINGS": "error"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def tell(self, task: str, count: int) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task} {count}\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def worker(*place: Any) -> Iterator[Worker]:
    made = Worker(*place)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def shared(hub: Hub, data: Path, databases: Databases, tmp_path: Path) -> tuple[Hub, str]:
    """A hub whose database and storage others use too, and the database's address."""
    address = databases.address(data) or sqlite_url(hub.folder.database)
    return replace(hub, storage=FolderStorage(tmp_path / "lists")), address


def another(hub: Hub, name: str) -> Path:
    """The folder of another hub, with the keys of the first."""
    folder = hub.folder.path.with_name(name)
    folder.mkdir()
    hub.keys.active()
    shutil.copytree(hub.folder.keys, folder / "keys")
    return folder


def sell_milk_for(hub: Hub, minor: int) -> None:
    milk = replace(MILK, prices=(PriceRow("list", minor),))
    hub.catalogues.replace_goods("demo", (milk, APPLES, BAG, WINE), currency="CNY", source="tests")


def check_all_is_there(hub: Hub, lane: FollowingLane) -> int:
    """What the manifest names lies there, and leads a lane on; its revision."""
    before = int(lane.meta()["revision"])
    manifest = lane.manifest()
    files: list[SnapshotFile | DeltaFile] = [manifest.snapshot, *manifest.deltas]
    for file in files:
        assert hub.storage.size(f"files/{file.sha256}.sqlite.zst") == file.size
    lane.follow()
    assert manifest.revision >= before
    return manifest.revision


def test_a_hub_that_is_killed_at_any_step_leaves_lists_that_lead_on(shared, databases, tmp_path):
    hub, address = shared
    folder = another(hub, "second")
    hub.publisher.publish("demo")
    lane = lane_of(hub, tmp_path / "lane")
    lane.follow()
    revisions: list[int] = []
    with worker(folder, address, tmp_path / "lists") as second:
        step, stride = 1, 1 if THOROUGH else 3 if databases.embedded else 11
        while True:
            if len(revisions) % 5 == 0:
                sell_milk_for(hub, 1000 + step)
            second.tell("killed", step)
            if second.answer():
                break
            revisions.append(check_all_is_there(hub, lane))
            step += stride
        assert step > 40, "the steps were not counted"
        second.tell("publish", 1)
        revisions.append(second.answer()["revision"])
    assert revisions == sorted(revisions)
    assert check_all_is_there(hub, lane) == revisions[-1]
    hub.publisher.publish("demo", full=True)
    lane.follow()
    assert lane.rows() == as_it_is_sold(hub, tmp_path)
    with hub.database.read() as connection:
        known = set(connection.execute(select(LIST_FILE.c.sha256)).scalars())
    found = {path.name.split(".")[0] for path in (tmp_path / "lists" / "files").iterdir() if path.name[0] != "."}
    assert found <= known  # what a killed hub left will be found and deleted


def test_hubs_that_publish_at_once_never_fork_the_list_and_one_may_die(shared, tmp_path):
    hub, address = shared
    hub.publisher.publish("demo")
    lane = lane_of(hub, tmp_path / "lane")
    lane.follow()
    said: list[dict[str, Any]] = []
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(worker(another(hub, name), address, tmp_path / "lists")) for name in ("one", "two")
        )
        for each in (one, two):
            each.tell("publish", 12)
        for number in range(6):
            sell_milk_for(hub, 1000 + number)
            said += [one.answer(), two.answer()]
            check_all_is_there(hub, lane)
        two.kill()
        said += [one.answer() for _ in range(6)]
    revisions = [done["revision"] for done in said]
    assert len(set(revisions)) == len(revisions)
    with hub.database.read() as connection:
        rows = {row.revision: row.sha256 for row in connection.execute(select(PUBLICATION))}
    assert sorted(rows) == list(range(1, len(rows) + 1))
    assert {done["revision"]: done["sha256"] for done in said}.items() <= rows.items()
    assert check_all_is_there(hub, lane) >= max(revisions)
    hub.publisher.publish("demo")
    lane.follow()
    assert lane.rows() == as_it_is_sold(hub, tmp_path)


def as_it_is_sold(hub: Hub, tmp_path: Path) -> dict[str, Any]:
    """The rows of the store's list as a hub without any past would publish it."""
    fresh = replace(hub, folder=DataFolder(tmp_path / "fresh"), storage=FolderStorage(tmp_path / "fresh-lists"))
    shutil.copytree(hub.folder.keys, fresh.folder.keys)
    fresh.publisher.publish("demo", "web")  # which no test before has published: all channels share one price
    lane = lane_of(fresh, tmp_path / "whole", channel="web")
    lane.follow()
    return lane.rows()
