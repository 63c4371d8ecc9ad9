"""A lane in its real window on a virtual screen (Xvfb), and hands on its keyboard (xdotool)."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hardware.keymap import X11_OFFSET, character
from tests.kiosk.lane_rig import write_list

NEEDED: Final = tuple(tool for tool in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(tool) is None)
"""What is missing on this machine."""
_PATIENCE_S: Final = 60.0
_POLL_S: Final = 0.05
_TITLE: Final = "Scan & Go"
_LANE: Final = """
[lane]
store = "s"
name = "lane-1"
[data]
dir = "data"
[screen]
languages = ["en"]
calm = true
[[payment]]
id = "wallet"
gateway = "simulated"
"""
_PLACES: Final = {character(code, shift): (code, shift) for code in range(83, 1, -1) for shift in (True, False)}


class VirtualScreen:
    def __init__(self, display: str) -> None:
        self._environment = os.environ | {"DISPLAY": display}

    def run(self, *command: str) -> str:
        return self._run(command).stdout.strip()

    @property
    def in_front(self) -> str:
        """The name of the window that gets the keys; empty while there is none."""
        return self._run(("xdotool", "getwindowfocus", "getwindowname"), check=False).stdout.strip()

    def _run(self, command: tuple[str, ...], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self._environment, check=check, capture_output=True, text=True)

    def keys(self, *keys: str) -> None:
        """A millisecond apart. A number is a key's place, whatever the layout."""
        for start in range(0, len(keys), 500):
            self.run("xdotool", "key", "--delay", "1", *keys[start : start + 500])

    def scan(self, code: str, end: str = "36") -> None:
        """As a US scanner, which knows nothing of the lane's layout; the end's default is Enter."""
        self.keys(*(_place(sign) for sign in code), *([end] if end else []))

    def layout(self, name: str) -> None:
        self.run("setxkbmap", name)

    @contextmanager
    def lane(self, folder: Path, more: str = "") -> Iterator["LaneOnScreen"]:
        (folder / "data").mkdir(parents=True)
        write_list(folder / "data" / "price-list.sqlite", published_at=datetime.now(UTC))
        (folder / "lane.toml").write_text(_LANE + more, encoding="utf-8")
        environment = self._environment | {"QT_QPA_PLATFORM": "xcb", "QT_QUICK_BACKEND": "software"}
        command = [sys.executable, "-m", "kiosk", "run", "--config", str(folder / "lane.toml")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stderr=log)
        try:
            lane = LaneOnScreen(self, process, folder)
            wait(lambda: self.in_front == _TITLE, "the lane's window")
            wait(lambda: bool(lane.events()) or (folder / "data" / "journal.sqlite").exists(), "the lane's journal")
            yield lane
        finally:
            process.kill()
            process.wait()


class LaneOnScreen:
    def __init__(self, screen: VirtualScreen, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._screen = screen
        self._process = process
        self._journal = folder / "data" / "journal.sqlite"

    def events(self) -> list[tuple[str, dict[str, object]]]:
        """What the lane did: kind and facts, in order."""
        if not self._journal.exists():
            return []
        with sqlite3.connect(f"file:{self._journal}?mode=ro", uri=True) as journal:
            rows = journal.execute("SELECT kind, body FROM event ORDER BY rowid").fetchall()
        journal.close()
        return [(kind, json.loads(body)) for kind, body in rows]

    def codes(self) -> list[str]:
        """Codes that are in no price list, so that each is a line of its own."""
        return [str(facts["code"]) for kind, facts in self.events() if kind == "line.unknown"]

    def wait_for(self, code: str) -> None:
        wait(lambda: code in self.codes(), f"{code!r}; the lane read {self.codes()[-5:]}")

    @property
    def has_the_screen(self) -> bool:
        """Its window is there, shown and in front."""
        return self._process.poll() is None and self._screen.in_front == _TITLE

    def end(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_PATIENCE_S)


@contextmanager
def virtual_screen() -> Iterator[VirtualScreen]:
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "540x960x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            with os.fdopen(reader) as told:
                yield VirtualScreen(f":{told.readline().strip()}")
        finally:
            server.terminate()


def wait(until: Callable[[], bool], what: str) -> None:
    deadline, pause = time.monotonic() + _PATIENCE_S, threading.Event()
    while not until():
        assert time.monotonic() < deadline, f"never came: {what}"
        pause.wait(_POLL_S)


def _place(sign: str) -> str:
    code, shift = _PLACES[sign]
    return f"{'shift+' if shift else ''}{code + X11_OFFSET}"
