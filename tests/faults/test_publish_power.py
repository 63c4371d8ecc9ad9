"""The power goes while a hub publishes: what is announced is there, whole, and the hub goes on from it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from offline_cache.price_list.delta import apply_delta
from offline_cache.price_list.keys import KeyRing
from offline_cache.price_list.manifest import Manifest, route, verify
from offline_cache.price_list.packing import unpack
from tests.faults.disk_model import Fate
from tests.faults.moments import SEED, THOROUGH, moments
from tests.faults.mounted_disk import MountedDisk
from tests.faults.shop import STORE, Contents, HubProcess, contents

AGAIN_EVERY = 31  # a prime: what a cut leaves comes by fives, one for each fate


def manifest_in(hub: HubProcess) -> Manifest:
    """The manifest in place, its signature checked."""
    envelope = json.loads((hub.data / "price-lists" / STORE / "manifest.json").read_bytes())
    keys = {one["key_id"]: one["public_key"] for one in envelope["manifest"]["keys"]}
    return verify(envelope, KeyRing().replaced(keys, ()), store=STORE)


def announced(hub: HubProcess, workshop: Path) -> tuple[int, Contents]:
    """Revision and goods of the list that the manifest in place leads to; every file that it names must be there."""
    manifest = manifest_in(hub)
    files = hub.data / "price-lists" / "files"
    for sha256 in (manifest.snapshot.sha256, *(delta.sha256 for delta in manifest.deltas)):
        assert hashlib.sha256((files / f"{sha256}.sqlite.zst").read_bytes()).hexdigest() == sha256
    way = route(manifest, None)
    assert way.snapshot is not None
    whole, step = workshop / "whole.sqlite", workshop / "step.sqlite"
    unpack(files / f"{way.snapshot.sha256}.sqlite.zst", whole, way.snapshot.uncompressed_size)
    for delta in way.deltas:
        unpack(files / f"{delta.sha256}.sqlite.zst", step, delta.uncompressed_size)
        apply_delta(step, whole, private=True)
    found = contents(whole)
    assert found is not None
    return manifest.revision, goods(found)


def goods(found: Contents) -> Contents:
    """All but what a list says of itself, which names moments."""
    return {table: rows for table, rows in found.items() if table != "meta"}


def two_days(disk: MountedDisk, quick: Path) -> tuple[HubProcess, dict[int, Any]]:
    """A hub on the disk, safe there, that has published a day and taken the next one in; both days' goods."""
    hub = HubProcess(quick, data=disk.path / "hub")
    hub.publish(1)
    days = {1: announced(hub, quick)[1]}
    hub.import_day(2)
    disk.settle()
    return hub, days


def test_a_power_cut_at_any_moment_leaves_a_manifest_whose_files_are_there(disk: MountedDisk, quick: Path) -> None:
    hub, days = two_days(disk, quick)
    hub.do("publish", "--store", STORE)
    said = disk.count()
    days[2] = announced(hub, quick)[1]
    assert days[1] != days[2]
    found = set()
    for number, moment in enumerate(moments(disk, quick / "then"), start=SEED):
        again = HubProcess(quick, data=moment.folder / "hub")
        revision, here = announced(again, quick)
        assert here == days[revision], moment
        assert revision == 2 or moment.steps < said, moment
        found.add(revision)
        if THOROUGH or number % AGAIN_EVERY == 0:
            again.do("publish", "--store", STORE)
            later, here = announced(again, quick)
            assert later > revision, moment
            assert here == days[2], moment
    assert found == {1, 2}


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_any_step_of_publishing_spoils_nothing_that_is_announced(
    disk: MountedDisk, quick: Path, number: int
) -> None:
    _, days = two_days(disk, quick)
    begin = disk.export(quick / "begin", 0, Fate.NOTHING_STAYS)
    hub = HubProcess(quick, data=disk.path / "hub")
    for step in range(SEED, 1000, 1 if THOROUGH else AGAIN_EVERY):
        disk.fill(begin)
        disk.fail(step, number, lasting=number == errno.ENOSPC)
        with contextlib.suppress(AssertionError):
            hub.do("publish", "--store", STORE)
        if not disk.mend():
            break
        disk.cut(Fate.NOTHING_STAYS)
        revision, here = announced(hub, quick)
        assert revision == 2 or here == days[1], f"step {step}"
        hub.do("publish", "--store", STORE)
        assert announced(hub, quick)[0] > revision, f"step {step}"
    assert step > 20
