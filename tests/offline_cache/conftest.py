"""Fixtures: a hub on loopback, a lane's folder, a journal's clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_cache.folder import LaneFolder
from tests.offline_cache.fake_hub import FakeHub, Server


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
