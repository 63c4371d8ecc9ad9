"""Fixtures: a disk that forgets, a quick one beside it, a hub that has published three days."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mounted_disk import MountedDisk, mounted
from tests.faults.payment_nursery import Nursery
from tests.faults.payment_nursery import nursery as lives
from tests.faults.shop import HubProcess, ThreeDays, three_days


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[MountedDisk]:
    with mounted(tmp_path / "disk") as one:
        yield one


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the machine has such: the many moments after power cuts are looked at there."""
    memory = Path("/dev/shm")  # noqa: S108 - a place, and a folder of our own in it
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="faults-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeDays]:
    folder = tmp_path_factory.mktemp("days")
    hub = HubProcess(folder)
    hub.import_day(1)
    with hub:
        yield three_days(hub, folder)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """The warm parent of all lanes that the payment tests kill."""
    log = tmp_path_factory.mktemp("nursery") / "log"
    with lives(log) as one:
        yield one
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace"), log.read_text(encoding="utf-8")[-3000:]
