"""Sets the stage: hub with the demo shop, enrolled lane, sync agent; real processes, talking over loopback."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

STORE: Final = "demo"
LANE: Final = "lane-1"
_PATIENCE_S: Final = 60

# The badge's code is shown in the counter window: a demo has no secrets.
_CONFIG: Final = """# Written by ./dev demo; see docs/configuration.md
[lane]
store = "{store}"
name = "{lane}"

[data]
dir = "data"

[hub]
url = "{url}"
token_file = "token"
key_file = "hub-key.pub"
poll_s = 5

[screen]
fullscreen = false
width = {width}
height = {height}

[receipt]
folder = "receipts"

[light]
kind = "simulated"

[[scanners]]
name = "keyboard"
kind = "keyboard"

[[scanners]]
name = "counter"
kind = "socket"
source = "counter.socket"

[scale]
kind = "socket"
source = "scale.socket"

{camera}
[[payment]]
id = "wallet"
gateway = "hub"
usual_s = 3

[[payment]]
id = "card"
gateway = "simulated"
usual_s = 4
settings = {{ presents = "terminal", outcome = "slow", delay_s = 4.0, line = "line-down.flag", forwarded = "some" }}

[[staff]]
name = "Lin (demo)"
badge_sha256 = "{badge_sha256}"
"""
_CAMERA: Final = """[[scanners]]
name = "camera"
kind = "camera"
source = "{source}"
"""


class StageError(Exception):
    """A part of the demo does not start; the message says which and what it said."""


@dataclass
class Stage:
    """The running parts. `config` is the lane's file; `counter` what the hub's demo shop lays on the counter."""

    folder: Path
    url: str
    config: Path
    counter: list[dict[str, Any]]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The lane's data folder."""
        return self.config.parent / "data"

    @property
    def token(self) -> str:
        """The lane's token."""
        return (self.config.parent / "token").read_text(encoding="ascii").strip()


@contextlib.contextmanager
def set_stage(folder: Path, *, width: int, height: int, camera: str = "") -> Iterator[Stage]:
    """Start hub and agent below `folder` (made if missing, used again if there); end them on leaving."""
    folder.mkdir(parents=True, exist_ok=True)
    lane = folder / LANE
    (lane / "data").mkdir(parents=True, exist_ok=True)
    hub = ["-m", "hub", "--data", str(folder / "hub")]
    run(*hub, "demo-shop")
    run(*hub, "publish", "--store", STORE)
    (lane / "hub-key.pub").write_text(run(*hub, "key"), encoding="ascii")
    _enrol(hub, lane)
    counter = json.loads(run(*hub, "demo-counter"))
    server = _spawn(*hub, "serve", "--port", "0")
    try:
        url = _address(server)
        config = lane / "lane.toml"
        config.write_text(
            _CONFIG.format(
                store=STORE,
                lane=LANE,
                url=url,
                width=width,
                height=height,
                badge_sha256=_badge(counter),
                camera=_CAMERA.format(source=camera) if camera else "",
            ),
            encoding="utf-8",
        )
        run("-m", "offline_cache", "once", "--hub", url, "--store", STORE, "--dir", str(lane / "data"),
            "--key", str(lane / "hub-key.pub"))  # fmt: skip
        agent = subprocess.Popen([sys.executable, "-m", "offline_cache", "run", "--config", str(config)], text=True)  # noqa: S603
        try:
            yield Stage(folder, url, config, counter, [server, agent])
        finally:
            end(agent)
    finally:
        end(server)


def run(*arguments: str) -> str:
    """Run one of our commands to its end; its output, or StageError with what it said."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise StageError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _spawn(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)  # noqa: S603


def end(process: subprocess.Popen[str]) -> None:
    """End a process kindly, then not."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _enrol(hub: list[str], lane: Path) -> None:
    token = lane / "token"
    if token.exists():
        return
    printed = run(*hub, "lane", "--store", STORE, "--lane", LANE)
    token.touch(mode=0o600)
    token.write_text(printed.split()[-1], encoding="ascii")


def _address(server: subprocess.Popen[str]) -> str:
    """The address in the line that the hub prints when it listens."""
    assert server.stdout is not None  # noqa: S101 - for the type checker: opened as a pipe
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        line = server.stdout.readline()
        if "http://" in line:
            # Read on for ever: a pipe that nobody empties would stop the hub once it is full.
            threading.Thread(target=lambda: server.stdout and server.stdout.read(), daemon=True).start()
            return "http://" + line.partition("http://")[2].split()[0]
        if not line:
            break
    raise StageError("the hub does not start; see what it said above")


def _badge(counter: list[dict[str, Any]]) -> str:
    import hashlib  # noqa: PLC0415 - once, for the demo's one badge

    code = thing(counter, "badge")["code"]
    return hashlib.sha256(code.encode()).hexdigest()


def thing(counter: list[dict[str, Any]], kind: str, ending: str = "") -> dict[str, Any]:
    """The first thing of a kind on the counter whose code ends so."""
    for found in counter:
        if found["kind"] == kind and found["code"].endswith(ending):
            return found
    raise StageError(f"the demo shop's counter has no {kind} {ending}")
