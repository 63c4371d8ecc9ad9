"""The banks that a lane is judged before: each with books of its own, in a process of its own where it has a wire."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from hub.data_folder import DataFolder
from hub.services import open_hub
from offline_cache.journal import JournalReader
from offline_cache.status import read_status
from tests.faults.mounted_disk import ROOT
from tests.faults.payment_fakes import SETTINGS
from tests.faults.payment_time import SPEED
from tests.hub.conftest import fill

SLOW_S: Final = 2.0  # what a bank takes that is slow, or does not answer at first
EVERY_STORY: Final = ("00", "02", "03", "01", "04", "00")
Settings: TypeAlias = dict[str, Any]
HUB_STORE: Final = "demo"
PATIENCE_S: Final = 30.0


class Process:
    """A server of ours that can be killed and started again at the same port."""

    def __init__(self, *arguments: str) -> None:
        """`arguments` without the port."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._command = [sys.executable, "-m", *arguments, "--port", str(self.port)]
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        while "serving on" not in (said := self._process.stdout.readline()):
            assert said, f"{self._command} ended; its stderr says why"

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


_AGENT: Final = """
[lane]
store = "{bank.store}"
name = "lane-1"
[data]
dir = "{folder}"
[hub]
url = "{bank.hub_url}"
token = "{bank.hub_token}"
poll_s = 1
"""


class Agent:
    """A lane's sync agent, a process that can be killed."""

    def __init__(self, bank: Bank, folder: Path) -> None:
        self._folder = folder
        config = bank.folder / "lane.toml"
        config.write_text(_AGENT.format(bank=bank, folder=folder), encoding="utf-8")
        self._command = [sys.executable, "-m", "offline_cache", "run", "--config", str(config)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it says is of no interest."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def finish(self) -> None:
        """Wait until the hub has all of the journal."""
        with JournalReader(self._folder / "journal.sqlite") as journal:
            head = journal.events()[-1].number
        deadline = time.monotonic() + PATIENCE_S
        while (status := read_status(self._folder)).uploaded < head:
            assert time.monotonic() < deadline, f"event {head} is not at the hub: {status}"
            time.sleep(0.02)
        assert status.refused == ()


@dataclass
class Bank:
    """What a lane needs to pay at it, and where it keeps its books."""

    name: str
    gateway: str
    folder: Path
    born_at: float
    settings: Settings = field(default_factory=dict)
    gateway_folder: Path | None = None  # where the gateway keeps its files, if not beside the lane's journal
    stories: Sequence[str] = EVERY_STORY
    shows_code: bool = False  # the shopper scans our code, and there is one story only
    prefix: str = "13"
    way: str = "wallet"
    store: str = "s"
    hub_url: str = ""
    hub_token: str = ""
    hub_data: Path | None = None
    process: Process | None = None
    keeps_books: str = "simulated-payments.sqlite"

    def agent(self, folder: Path) -> Agent | None:
        """The agent of a lane in a folder, where there is a hub."""
        return None if self.hub_data is None else Agent(self, folder)

    def books(self) -> list[Path]:
        """The ledgers behind it."""
        return sorted(self.folder.rglob(self.keeps_books))

    def hub_database(self) -> Path | None:
        """The hub's, if it is one."""
        return None if self.hub_data is None else self.hub_data / "hub.sqlite"


Banks = Callable[[Path, float, float], AbstractContextManager[Bank]]


@contextmanager
def simulated(folder: Path, born_at: float, slow_s: float) -> Iterator[Bank]:
    """The bank that plays in the lane's own process; its books are a file that outlives a kill."""
    place = folder / "bank"
    place.mkdir()
    yield Bank("simulated", "simulated", place, born_at, {"delay_s": slow_s}, place)


@contextmanager
def hub(folder: Path, born_at: float, slow_s: float) -> Iterator[Bank]:
    """A hub as a process, whose bank is the simulated one."""
    data, settings = folder / "hub", folder / "bank.toml"
    fill(DataFolder(data))
    with open_hub(DataFolder(data)) as opened:
        token = opened.lanes.enrol(HUB_STORE, "lane-1")
    settings.write_text(f"delay_s = {slow_s / SPEED}\n", encoding="utf-8")
    process = Process("hub", "--data", str(data), "serve", "--gateway-settings", str(settings))
    try:
        yield Bank(
            "hub",
            "hub",
            folder,
            born_at,
            {"connect_timeout_s": 1.0, "read_timeout_s": 2.0},
            store=HUB_STORE,
            hub_url=process.url,
            hub_token=token,
            hub_data=data,
            process=process,
        )
    finally:
        process.kill()


@contextmanager
def _wallet(folder: Path, born_at: float, slow_s: float, *, name: str, brand: str, more: Settings) -> Iterator[Bank]:
    place = folder / "bank"
    place.mkdir()
    times = ("--born-at", str(born_at), "--slow-s", str(slow_s))
    process = Process("tests.faults.payment_fakes", brand, str(place), *times)
    settings = {**json.loads((place / SETTINGS).read_text("utf-8")), **_IN_TIME, **more}
    try:
        yield Bank(
            name,
            brand,
            place,
            born_at,
            settings,
            stories=("00",) if more else EVERY_STORY,
            shows_code=bool(more),
            prefix=_PREFIXES[brand],
            way=brand,
            process=process,
            keeps_books=f"{brand}-books.sqlite",
        )
    finally:
        process.kill()


_IN_TIME: Final = {"connect_timeout_s": 1.0, "total_timeout_s": 2.0}
_PREFIXES: Final = {"wechat": "13", "alipay": "28"}
OUR_CODE: Final = {"presents": "kiosk_code", "notify_url": "https://shop.example/notified"}

BANKS: Final[dict[str, Banks]] = {
    "simulated": simulated,
    "wechat": partial(_wallet, name="wechat", brand="wechat", more={}),
    "wechat native": partial(_wallet, name="wechat native", brand="wechat", more=OUR_CODE),
    "alipay": partial(_wallet, name="alipay", brand="alipay", more={}),
    "hub": hub,
}
