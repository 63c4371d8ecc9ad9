"""A disk that fills up at any step of an update: a sentence, the old list byte for byte, and room makes it good."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_cache.errors import DiskTrouble
from offline_cache.folder import LaneFolder

PAGE = 4096
GOODS = 600


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LaneFolder]:
    """On a disk of a megabyte, whose room nobody has looked at: somebody else takes it meanwhile."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount the small disk that this fills")
    place = tmp_path / "lane"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "small", str(place)], check=False).returncode != 0:
        pytest.skip("tmpfs cannot be mounted here")
    monkeypatch.setattr("offline_cache.install.FREE_BYTES", -(1 << 30))
    try:
        yield LaneFolder(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextlib.contextmanager
def leaving(place: Path, free: int) -> Iterator[None]:
    """Fill the disk but for so many bytes."""
    filler = place / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(place).free - free))
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture(params=["snapshot", "delta to a spare", "delta to a copy"])
def looks(request, lane, shop):
    """An agent that has revision 1, and the way to revision 2 is published."""
    shop.publish(1, products=GOODS)
    looks = lane.update()
    looks.look()
    if request.param != "delta to a copy":  # as the agent prepares it where there is more room
        shutil.copy(lane.folder.price_list, lane.folder.spare)
    since = None if request.param == "snapshot" else 1
    packed = shop.publish(2, products=GOODS + 40, file_says={"gone": range(50, 60)}, since=since)
    if since is not None:
        lane.hub.files[packed.sha256] = b""  # no way round
    return looks


def test_a_disk_that_is_full_at_any_step_leaves_the_old_list(lane, looks):
    before, failures, sentences = lane.fingerprint(), 0, set[str]()
    for pages in range(400):
        with leaving(lane.folder.path, pages * PAGE):
            try:
                looks.look()
            except DiskTrouble as exc:
                sentences.add(str(exc))
            else:
                break
            assert lane.fingerprint() == before
            failures += 1
            left = lane.files() - {part.name for part in lane.parts()}
            assert left <= {"price-list.sqlite", "price-list.spare", "hub-key.pub", "filler"}
    assert failures >= 5
    assert sentences == {f"{lane.folder.path}: the disk is full; make room"}
    assert lane.price() == 201
    assert not lane.parts()


def test_too_little_room_is_said_before_anything_is_fetched(hub, lane, looks, monkeypatch):
    monkeypatch.setattr("offline_cache.install.FREE_BYTES", 8 << 20)
    asked = len(hub.asked("/files/"))
    with pytest.raises(DiskTrouble, match="MB free, the new price list needs"):
        looks.look()
    assert len(hub.asked("/files/")) == asked
    monkeypatch.setattr("offline_cache.install.FREE_BYTES", 0)
    assert looks.look().revision == 2


def test_a_first_list_on_a_full_disk_is_a_sentence_and_comes_when_there_is_room(lane, shop):
    shop.publish(1, products=GOODS)
    failures = 0
    for pages in range(200):
        with leaving(lane.folder.path, pages * PAGE):
            try:
                lane.update().look()
            except DiskTrouble:
                failures += 1
                assert not lane.folder.price_list.exists()
            else:
                break
    assert failures >= 5
    assert lane.price() == 101
