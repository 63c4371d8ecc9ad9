"""A scale at the other end of a pseudo-terminal, for tests: it answers as a script says, and can be unplugged."""

import contextlib
import os
import pty
import select
import termios
import threading
import tty
from collections import deque
from pathlib import Path

from tests.hardware.listener import PATIENCE_S


def kilograms(grams: int) -> bytes:
    """The answer of the 8217 protocol for a weight."""
    whole, part = divmod(grams, 1000)
    return f"\x02{whole:02d}.{part:03d}\r".encode()


class ScriptedScale:
    """Stands at the other end of a line whose path never changes; answers each `W` with what is set."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answer = b""
        self.script: deque[bytes] = deque()  # what is answered before that, once each
        self.streams = False  # goes on saying its answer without being asked
        self.asked = threading.Event()
        self._master: int | None = None
        self._wake = os.pipe()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.plug()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def plug(self) -> None:
        with self._lock:
            if self._master is not None:
                return
            self._master, slave = pty.openpty()
            os.set_blocking(self._master, False)
            tty.setraw(slave, termios.TCSANOW)
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(os.ttyname(slave))
            os.close(slave)
        os.write(self._wake[1], b"x")

    def unplug(self) -> None:
        with self._lock:
            self.path.unlink(missing_ok=True)
            if self._master is not None:
                os.close(self._master)
            self._master = None

    def say(self, content: bytes) -> None:
        with self._lock:
            if self._master is not None:
                os.write(self._master, content)

    def end(self) -> None:
        self._ended.set()
        os.write(self._wake[1], b"x")
        self._thread.join(PATIENCE_S)
        self.unplug()
        for descriptor in self._wake:
            os.close(descriptor)

    def _serve(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                master = self._master
            waiting = [self._wake[0]] if master is None else [self._wake[0], master]
            try:
                ready = select.select(waiting, [], [], 0.02)[0]
            except OSError:  # unplugged under our hands
                continue
            if self._wake[0] in ready:
                os.read(self._wake[0], 100)
            with self._lock:
                if master is not None and master == self._master and master in ready:
                    self._hear(master)
                if master is not None and master == self._master and self.streams:
                    with contextlib.suppress(BlockingIOError):  # nobody listens, and the line is full
                        os.write(master, self.answer)

    def _hear(self, master: int) -> None:
        try:
            asked = os.read(master, 100).count(b"W")
        except OSError:  # nobody has the line open
            self._ended.wait(0.005)
            return
        if asked:
            self.asked.set()
            for _ in range(asked):
                os.write(master, self.script.popleft() if self.script else self.answer)
