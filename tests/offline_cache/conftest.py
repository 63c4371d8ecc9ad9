"""Fixtures: a hub on loopback, a lane's folder, a journal's clock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_cache.folder import LaneFolder
from tests.offline_cache.fake_hub import FakeHub, Server
from tests.offline_cache.lane import Lane, Shop


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    server = Server(fake)
    yield fake
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> LaneFolder:
    place = tmp_path / "lane"
    place.mkdir()
    return LaneFolder(place)


@pytest.fixture
def shop(hub: FakeHub, tmp_path: Path) -> Shop:
    place = tmp_path / "shop"
    place.mkdir()
    return Shop(hub, place)


@pytest.fixture
def lane(hub: FakeHub, folder: LaneFolder) -> Iterator[Lane]:
    with contextlib.ExitStack() as clients:
        yield Lane(hub, folder, clients)
