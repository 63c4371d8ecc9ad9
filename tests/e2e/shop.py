"""A whole shop of real processes on loopback that can be killed: hub, sync agent, and a lane with its shopper."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO, Any, Final

from hub.__main__ import main as kiosk_hub

ROOT: Final = Path(__file__).resolve().parents[2]
STORE: Final = "demo"
PATIENCE_S: Final = 60.0  # a machine that runs other tests beside is slow, not wrong
_POLL_S: Final = 0.02
_LANE_FILE: Final = """
[lane]
store = "demo"
name = "lane-1"
[data]
dir = "data"
[hub]
url = "{url}"
token_file = "token"
poll_s = 1
[screen]
languages = ["en", "zh-CN", "zh-TW"]
fullscreen = false
width = 540
height = 960
calm = true
[patience]
doubt_after_s = 5
cancel_after_s = 15
[[scanners]]
name = "keyboard"
kind = "keyboard"
[[scanners]]
name = "rig"
kind = "socket"
source = "rig.socket"
[[payment]]
id = "wallet"
gateway = "hub"
usual_s = 1
settings = {{ read_timeout_s = 3.0 }}
"""


class Program:
    """One of our programs: started, listened to line by line, killed, started again."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._arguments = arguments
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str] = queue.Queue()

    def start(self) -> None:
        """Start it; what it says on stderr goes to the log."""
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE_S)

    def wait(self) -> int:
        """Until it ends by itself; the exit status."""
        assert self._process is not None
        return self._process.wait(PATIENCE_S)

    def said(self) -> str:
        """All that it ever wrote to stderr."""
        return self._log.read_text(encoding="utf-8")

    def _listen(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.put(line.strip())


class Shop:
    """Hub with the demo shop and one lane below a folder. Nothing runs until it is started."""

    def __init__(self, folder: Path) -> None:
        self.hub_data, self.lane, self.enough = folder / "hub", folder / "lane", folder / "enough"
        self.data = self.lane / "data"
        self.data.mkdir(parents=True)
        hub = ("-m", "hub", "--data", str(self.hub_data))
        self.hub_said("demo-shop")
        self.hub_said("publish", "--store", STORE)
        (self.lane / "token").write_text(
            self.hub_said("lane", "--store", STORE, "--lane", "lane-1").split()[-1], "ascii"
        )
        self.counter: list[dict[str, Any]] = json.loads(self.hub_said("demo-counter"))
        self.things = folder / "counter.json"
        self.things.write_text(json.dumps(self.counter), encoding="utf-8")
        bank = folder / "bank.toml"
        bank.write_text("delay_s = 0.5\n", encoding="utf-8")
        port = _free_port()
        self.config = self.lane / "lane.toml"
        self.config.write_text(_LANE_FILE.format(url=f"http://127.0.0.1:{port}"), encoding="utf-8")
        config, things = ("--config", str(self.config)), ("--things", str(self.things))
        self.hub = Program(folder / "hub.log", *hub, "serve", "--port", str(port), "--gateway-settings", str(bank))
        self.agent = Program(folder / "agent.log", "-m", "offline_cache", "run", *config)
        self.kiosk = Program(folder / "kiosk.log", "-m", "kiosk", "run", *config)
        self.shopper = Program(
            folder / "shopper.log", "-m", "tests.e2e.shopper", *config, *things, "--enough", str(self.enough)
        )

    def hub_said(self, *command: str) -> str:
        """What a command of kiosk-hub prints."""
        with redirect_stdout(StringIO()) as said:
            assert kiosk_hub(["--data", str(self.hub_data), *command]) == 0
        return said.getvalue()

    def open(self) -> None:
        """Hub and agent run, and the lane has its price list."""
        self.hub.start()
        self.hub.lines.get(timeout=PATIENCE_S)
        self.agent.start()
        until((self.data / "price-list.sqlite").exists, "the price list")

    def close(self) -> None:
        """Kill whatever still runs."""
        for program in (self.shopper, self.kiosk, self.agent, self.hub):
            program.kill()

    def codes(self, kind: str) -> Iterator[str]:
        """The codes of the things of a kind that lie on the counter."""
        return (thing["code"] for thing in self.counter if thing["kind"] == kind)

    def scan(self, code: str) -> None:
        """Hold something before the lane's scanner."""
        with socket.socket(socket.AF_UNIX) as rig:
            until(lambda: rig.connect_ex(str(self.data / "rig.socket")) == 0, "the scanner")
            rig.sendall(f"{code}\n".encode())


def until(seen: Callable[[], bool], what: str) -> None:
    """Look again and again until something is so; fails after a while."""
    deadline = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < deadline, f"{what} was not seen within {PATIENCE_S} s"
        time.sleep(_POLL_S)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
