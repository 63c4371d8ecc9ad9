"""A warm process that forks lives of a lane, so that one costs milliseconds and may be killed by the thousand.

`python -m tests.faults.payment_nursery`: a line of JSON on stdin begins or kills a life, a line on stdout is what one
says. `Nursery` is a test's side of it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.faults.payment_lane import Life

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_S: Final = 30.0
_READY: Final = b"ready\n"


class RunningLife:
    """One life, from the test's side."""

    def __init__(self, nursery: Nursery, number: int) -> None:
        self._nursery = nursery
        self._number = number
        self._said: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.ended: int | None = None
        self.heard: list[dict[str, Any]] = []

    def take(self, word: dict[str, Any]) -> None:
        """The nursery passes on what it says; from any thread."""
        self._said.put(word)

    def until(self, *words: str, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Listen until one of these is said, or it ended; what it was."""
        deadline = time.monotonic() + patience_s
        while self.ended is None:
            try:
                word = self._said.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise AssertionError(f"no {words} within {patience_s} s; last: {self.heard[-5:]}") from None
            self.heard.append(word)
            self.ended = word.get("ended")
            if any(one in word for one in words):
                return word
        return {"ended": self.ended}

    def until_step(self, part: str) -> None:
        """Listen until a step comes whose name has that in it."""
        while not any(part in step for step in self.said("step")):
            assert "ended" not in self.until("step", "ended"), f"it ended before a step with {part!r}"

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone; all that it said is heard then."""
        if self.ended is None:
            self._nursery.ask({"kill": self._number})
            self.until("ended")

    def said(self, word: str) -> list[Any]:
        """What it said under a word so far."""
        return [one[word] for one in self.heard if word in one]


class Nursery:
    """Begins lives. What they write to stderr goes to `log`."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._lives: dict[int, RunningLife] = {}
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.payment_nursery"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == _READY, f"the nursery ended; {log} says why"
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def begin(self, life: Life) -> RunningLife:
        """Fork a life."""
        number = len(self._lives) + 1
        running = self._lives[number] = RunningLife(self, number)
        self.ask({"begin": number, "life": asdict(life)})
        return running

    def ask(self, order: dict[str, Any]) -> None:
        """One order to the process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Kill all lives, then the nursery."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._listener.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                word = json.loads(line)
                self._lives[word.pop("life")].take(word)


@contextmanager
def nursery(log: Path) -> Iterator[Nursery]:
    """One for as long as it is needed."""
    made = Nursery(log)
    try:
        yield made
    finally:
        made.close()


class _Parent:
    """The warm process. It has one thread, as a process that forks must."""

    def __init__(self) -> None:
        self._pids: dict[int, int] = {}  # number of a life by its process

    def serve(self) -> None:
        """Until stdin ends."""
        woken, wakes = os.pipe2(os.O_NONBLOCK)
        signal.set_wakeup_fd(wakes)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        rest = b""
        while True:
            ready, _, _ = select.select([0, woken], [], [])
            if woken in ready:
                os.read(woken, 1 << 10)
                self._reap()
            if 0 in ready:
                piece = os.read(0, 1 << 16)
                if not piece:
                    break
                *orders, rest = (rest + piece).split(b"\n")
                for order in orders:
                    self._obey(json.loads(order))
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)

    def _obey(self, order: dict[str, Any]) -> None:
        if "kill" in order:
            # Only of those not yet reaped: else the number could be another process's by now.
            for pid in [pid for pid, number in self._pids.items() if number == order["kill"]]:
                os.kill(pid, signal.SIGKILL)
            return
        pid = os.fork()
        if pid == 0:
            _be_born(order["begin"], order["life"])
        self._pids[pid] = order["begin"]

    def _reap(self) -> None:
        while self._pids:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _say(self._pids.pop(pid), {"ended": os.waitstatus_to_exitcode(status)})


def _be_born(number: int, life: dict[str, Any]) -> None:
    """The child's whole life; never returns."""
    # Imported by the parent already; a test, which only asks for lives, has no use for it.
    from tests.faults.payment_lane import Life, live

    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        live(Life(**life), lambda word: _say(number, word))
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the test reads it in the log
        traceback.print_exc()
    finally:
        os._exit(status)


def _say(number: int, word: dict[str, Any]) -> None:
    # One write below PIPE_BUF: whole, or not at all if the process is killed.
    os.write(1, json.dumps({"life": number, **word}).encode() + b"\n")


def main() -> None:
    """Import all that a life needs, then wait for orders."""
    from functools import partial
    from importlib.metadata import entry_points

    from cryptography.hazmat.primitives import serialization

    # To prove a merchant's key prime takes 50 ms, at each start: longer than all the rest of it.
    trusting = partial(serialization.load_pem_private_key, unsafe_skip_rsa_key_validation=True)
    serialization.load_pem_private_key = trusting

    import tests.faults.payment_lane  # noqa: F401
    from payments.loader import GROUP

    for plug_in in entry_points(group=GROUP):
        plug_in.load()
    gc.freeze()  # else the first collection of each child copies all pages
    os.write(1, _READY)
    _Parent().serve()


if __name__ == "__main__":
    main()
