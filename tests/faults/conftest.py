"""Fixtures: a disk that forgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mounted_disk import MountedDisk, mounted


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[MountedDisk]:
    with mounted(tmp_path / "disk") as one:
        yield one
