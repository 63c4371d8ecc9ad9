"""A real hub as a process on loopback, with a small list in three revisions, and a lane's agent in this process."""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

from hub.__main__ import main as hub_main
from offline_cache.board import StatusBoard
from offline_cache.config import DataSection, HubSection, LaneSection, SyncConfig
from offline_cache.errors import OfflineCacheError
from offline_cache.folder import LaneFolder
from offline_cache.hub_time import HubTime
from offline_cache.list_keeping import ListKeeping
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.schema import TABLES
from tests.faults.mounted_disk import ROOT

STORE: Final = "corner"
PRODUCTS: Final = 1500  # large enough that a delta is worth keeping for the spare
Contents: TypeAlias = dict[str, list[tuple[Any, ...]]]


class HubProcess:
    """`kiosk-hub` below a folder: commands, and `serve` while it is entered."""

    def __init__(self, folder: Path, *, data: Path | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.data = data or folder / "hub"
        self._csv = folder / "list.csv"
        self._serving: subprocess.Popen[str] | None = None
        self.port = 0

    def do(self, *arguments: str) -> str:
        """Run a command to its good end, here: a process of its own takes longer to start; what it printed."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            assert hub_main(["--data", str(self.data), *arguments]) == 0, said.getvalue()
        return said.getvalue()

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        command = [sys.executable, "-m", "hub", "--data", str(self.data), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    def import_day(self, day: int) -> None:
        """The list as it is on a day: each day a few prices move, a product goes and one comes."""
        with self._csv.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("code", "name", "price"))
            for number in range(day, PRODUCTS + day):
                minor = 500 + 10 * number + (5 * day if number % 8 == 0 else 0)
                rows.writerow((f"{number + 20000}", f"Product {number}", f"{minor // 100}.{minor % 100:02}"))
        self.do("import", str(self._csv), "--format", "csv", "--store", STORE)

    def publish(self, day: int) -> None:
        """Import a day and announce it."""
        self.import_day(day)
        self.do("publish", "--store", STORE)

    def __enter__(self) -> Self:
        """Serve."""
        self._serving = subprocess.Popen(
            [sys.executable, "-m", "hub", "--data", str(self.data), "serve", "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._serving.stdout is not None
        said = self._serving.stdout.readline()
        assert "serving on" in said, said
        self.port = int(said.rpartition(":")[2])
        return self

    def __exit__(self, *_exc: object) -> None:
        assert self._serving is not None
        assert self._serving.stdout is not None
        self._serving.kill()
        self._serving.wait()
        self._serving.stdout.close()

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"


class Agent:
    """A lane's agent as it is after each start: what it knew before is what is on disk."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = LaneFolder(folder)
        self._config = SyncConfig(
            lane=LaneSection(store=STORE, name="lane-1"), data=DataSection(dir=folder), hub=HubSection(url=url)
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[ListKeeping]:
        """From start to end."""
        with self.folder.in_use():
            board = StatusBoard(self.folder.path)
            time = HubTime(lambda: datetime.now(UTC), seen=board.hub_time_seen)
            with contextlib.closing(ListKeeping(self._config, self.folder, board, time)) as lists:
                yield lists

    def sync(self) -> str:
        """Start, look once, end; the sentence of what went wrong, or nothing."""
        try:
            with self.running() as lists:
                lists.look()
        except OfflineCacheError as exc:
            return str(exc)
        return ""


def contents(price_list: Path) -> Contents | None:
    """All that is in a list, which a lane can open and which is sound; None where there is none."""
    if not price_list.exists():
        return None
    PriceList(price_list).close()
    return _rows(price_list.read_bytes())


@functools.lru_cache(maxsize=64)  # after most power cuts the file is one that was looked at before
def _rows(file: bytes) -> Contents:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(file)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {table: sorted(db.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES}


def revision(found: Contents | None) -> int:
    """Which one it is, 0 for none."""
    return 0 if found is None else next(int(value) for key, value in found["meta"] if key == "revision")


@dataclass(frozen=True, slots=True)
class ThreeDays:
    """What a served hub has published, and each day's list as a lane has it that never had any trouble."""

    hub: HubProcess
    good: dict[int, Contents | None]  # by revision; 0: none yet
    lanes: dict[int, Path]  # the folder of such a lane, by revision


def three_days(hub: HubProcess, folder: Path) -> ThreeDays:
    """Publish them one after the other."""
    good: dict[int, Contents | None] = {0: None}
    lanes: dict[int, Path] = {}
    for day in (1, 2, 3):
        hub.publish(day)
        lanes[day] = folder / f"lane-{day}"
        agent = Agent(lanes[day], hub.url)
        assert agent.sync() == ""
        good[day] = contents(agent.folder.price_list)
        assert revision(good[day]) == day
    return ThreeDays(hub, good, lanes)
