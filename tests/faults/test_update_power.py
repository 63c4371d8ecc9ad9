"""The power goes while a lane takes newer lists: the list in place is always one that the hub published, whole."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from offline_cache.__main__ import main
from offline_cache.status import read_status
from tests.faults.disk_model import Fate
from tests.faults.moments import ONE_IN, Moment, moments
from tests.faults.mounted_disk import MountedDisk
from tests.faults.shop import STORE, Agent, ThreeDays, contents, revision

NEWEST = 3


def record(disk: MountedDisk, days: ThreeDays, *, first: int) -> list[tuple[int, int]]:
    """Let an agent bring the newest list, from the one of day `first` (0: from none): what held after which change."""
    agent = Agent(disk.path / "lane", days.hub.url)
    held = [(0, first)]
    with agent.running() as lists:
        if first:
            lists.prepare()
        held.append((disk.count(), first))
        assert lists.look().revision == NEWEST
        held.append((disk.count(), NEWEST))
        lists.prepare()
    assert contents(agent.folder.price_list) == days.good[NEWEST]
    return held


def lay_in(disk: MountedDisk, days: ThreeDays, first: int, quick: Path) -> None:
    """Put the lane of a day onto the disk, safe there."""
    source = quick / "source"
    source.mkdir()
    if first:
        shutil.copytree(days.lanes[first], source / "lane")
    else:
        (source / "lane").mkdir()  # as the package makes it; a folder of a moment ago may go with all that is in it
    disk.fill(source)


def check(moment: Moment, days: ThreeDays, held: list[tuple[int, int]]) -> int:
    """The list after a cut is one of the two that may be, and the next look brings the newest; which one it was."""
    agent = Agent(moment.folder / "lane", days.hub.url)
    least = max(known for steps, known in held if steps <= moment.steps)
    found = contents(agent.folder.price_list)
    assert revision(found) in {least, NEWEST}, moment
    assert found == days.good[revision(found)], moment
    read_status(agent.folder.path)
    assert agent.sync() == "", moment
    assert contents(agent.folder.price_list) == days.good[NEWEST], moment
    return revision(found)


@pytest.mark.parametrize("first", [0, 1])
def test_a_power_cut_at_any_moment_leaves_a_list_that_was_published(
    disk: MountedDisk, quick: Path, days: ThreeDays, first: int
) -> None:
    lay_in(disk, days, first, quick)
    held = record(disk, days, first=first)
    found = {check(moment, days, held) for moment in moments(disk, quick / "then")}
    assert found == {first, NEWEST}


def test_the_same_cuts_spoil_lists_where_nothing_is_fsynced(
    disk: MountedDisk, quick: Path, days: ThreeDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    lay_in(disk, days, 2, quick)
    held = record(disk, days, first=2)
    spoilt = 0
    for moment in moments(disk, quick / "then"):
        try:
            check(moment, days, held)
        except Exception:  # noqa: BLE001 - whatever shows it
            spoilt += 1
    assert spoilt > 5 // ONE_IN


@pytest.mark.parametrize(
    ("first", "number", "lasting"),
    [(0, errno.ENOSPC, True), (0, errno.EIO, False), (2, errno.ENOSPC, True), (2, errno.EIO, False)],
    ids=["snapshot-full", "snapshot-fails-once", "delta-full", "delta-fails-once"],
)
def test_a_disk_that_fails_at_any_step_costs_no_list(
    disk: MountedDisk, quick: Path, days: ThreeDays, *, first: int, number: int, lasting: bool
) -> None:
    told = 0
    lay_in(disk, days, first, quick)
    agent = Agent(disk.path / "lane", days.hub.url)
    for step in range(1, 200, ONE_IN):
        disk.fill(quick / "source")
        disk.fail(step, number, lasting=lasting)
        trouble = agent.sync()
        if not disk.mend():
            break
        told += bool(trouble)
        assert not trouble or str(disk.path) in trouble
        disk.cut(Fate.NOTHING_STAYS)
        found = contents(agent.folder.price_list)
        assert revision(found) in ({first, NEWEST} if trouble else {NEWEST}), f"step {step}: {trouble}"
        assert found == days.good[revision(found)], f"step {step}: {trouble}"
        assert agent.sync() == "", f"after step {step}: {trouble}"
        assert contents(agent.folder.price_list) == days.good[NEWEST], f"after step {step}"
    assert step > 20
    assert told > 10 // ONE_IN


def test_what_the_disk_refused_stands_in_the_status(
    disk: MountedDisk, quick: Path, days: ThreeDays, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_in(disk, days, 2, quick)
    disk.fail(1, errno.EIO, kinds=("rename",))
    command = ["once", "--hub", days.hub.url, "--store", STORE, "--dir", str(disk.path / "lane")]
    assert main(command) == 2
    sentence = capsys.readouterr().err.strip().removeprefix("kiosk-sync: ")
    assert str(disk.path) in sentence
    assert read_status(disk.path / "lane").last_error == sentence
    assert main(command) == 0
    assert not read_status(disk.path / "lane").last_error
