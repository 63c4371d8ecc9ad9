"""Lines of text that programs of this machine send to a device of ours, on a Unix socket."""

import errno
import logging
import os
import selectors
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.reports import Outages

log = logging.getLogger(__name__)

_LONGEST_LINE: Final = 8192
_MODE: Final = 0o600
_LONGEST_PATH: Final = 107  # of a Unix socket, by Linux


def check_socket(name: str, path: Path) -> None:
    """Whether the socket could be made: looks, and makes none. Raises DeviceMissing, DeviceBusy or DeviceRefused."""
    folder = path.parent
    if not folder.is_dir():
        raise DeviceMissing(f"there is no folder {folder} for the socket; make it", device=name)
    if not os.access(folder, os.W_OK | os.X_OK) or len(os.fsencode(path)) > _LONGEST_PATH:
        remedy = "give the kiosk's user its folder, or name a shorter place"
        raise DeviceRefused(f"cannot make the socket {path}; {remedy}", device=name)
    _is_stale(path, name)


class LineServer:
    """Several clients at once; what one of them sends wrong ends only that client.

    `heard` and `turn` are called on the server's thread, `turn` between two waits: it says how long the next may be.
    """

    def __init__(
        self, name: str, path: Path, *, heard: Callable[[str], None], turn: Callable[[], float], retry: Retry | None
    ) -> None:
        self._name = name
        self._path = path
        self._heard = heard
        self._between = turn
        self._retry = retry or Retry()
        self._wake: tuple[socket.socket, socket.socket] | None = None
        self._outages: Outages | None = None
        self._thread: DeviceThread | None = None

    def start(self, outages: Outages) -> None:
        """Return at once; what fails is told as an outage, also at the start."""
        self._wake = socket.socketpair()
        self._outages = outages
        self._thread = DeviceThread(f"{self._name} socket", self._serve, outages, self._retry)
        self._thread.start()

    def close(self) -> None:
        """Idempotent and silent; may be called on the server's own thread."""
        if self._thread is None or self._outages is None or self._wake is None:
            return
        self._outages.close()
        self._thread.stop.set()
        self._wake[0].close()
        self._thread.join()
        self._wake[1].close()

    def _serve(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        assert self._wake is not None  # noqa: S101 - for the type checker: made before the thread
        with _Listener(self._path, self._name) as listener, selectors.DefaultSelector() as selector:
            selector.register(listener.socket, selectors.EVENT_READ)
            selector.register(self._wake[1], selectors.EVENT_READ)
            opened()
            try:
                while not stop.is_set():
                    self._turn(selector, listener, self._between())
            finally:
                for key in tuple(selector.get_map().values()):
                    if key.data is not None:
                        key.data.close()

    def _turn(self, selector: selectors.BaseSelector, listener: "_Listener", wait_s: float) -> None:
        ready = selector.select(wait_s)
        if not ready:
            listener.check()
        for key, _ in ready:
            if key.fileobj is listener.socket:
                client = _Client(listener.socket.accept()[0], self._name)
                selector.register(client.socket, selectors.EVENT_READ, client)
            elif isinstance(key.data, _Client):
                self._hear(key.data, selector)

    def _hear(self, client: "_Client", selector: selectors.BaseSelector) -> None:
        for line in client.lines():
            self._heard(line)
        if client.is_done:
            selector.unregister(client.socket)
            client.close()


class _Listener:
    """The socket file, ours alone: made on entering, removed on leaving."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._inode = 0
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        try:
            if _is_stale(self._path, self._name):
                self._path.unlink(missing_ok=True)
            self.socket.bind(str(self._path))
            # Nobody can connect before `listen`, so the mode is right in time.
            self._path.chmod(_MODE)
            self._inode = self._path.lstat().st_ino
            self.socket.listen()
        except OSError as exc:
            self.socket.close()
            raise self._error(exc) from exc
        except BaseException:
            self.socket.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        if self._is_ours():
            self._path.unlink(missing_ok=True)

    def check(self) -> None:
        if not self._is_ours():
            raise DeviceLost(f"the socket {self._path} was taken away", device=self._name)

    def _is_ours(self) -> bool:
        try:
            return self._path.lstat().st_ino == self._inode
        except OSError:
            return False

    def _error(self, exc: OSError) -> DeviceMissing | DeviceRefused:
        if exc.errno in {errno.ENOENT, errno.ENOTDIR}:
            return DeviceMissing(f"there is no folder {self._path.parent} for the socket", device=self._name)
        return DeviceRefused(f"cannot make the socket {self._path}: {exc}", device=self._name)


def _is_stale(path: Path, name: str) -> bool:
    """Whether a socket file is left from a killed process: nobody listens at it. False if there is none.

    Raises DeviceRefused and DeviceBusy.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISSOCK(mode):
        raise DeviceRefused(f"{path} is there already and is no socket; name another place for it", device=name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)  # one that listens and hangs would take us along
        answer = probe.connect_ex(str(path))
    if answer in {0, errno.EAGAIN}:
        raise DeviceBusy(f"another program listens at {path}; end it", device=name)
    return True


class _Client:
    def __init__(self, connection: socket.socket, name: str) -> None:
        self.socket = connection
        self.is_done = False
        self._name = name
        self._rest = b""
        connection.setblocking(False)

    def lines(self) -> list[str]:
        """The lines that are whole now."""
        try:
            received = self.socket.recv(_LONGEST_LINE)
        except BlockingIOError:
            return []
        except OSError:
            received = b""
        self.is_done = not received
        # The last line may lack its line feed when the client goes.
        *whole, self._rest = (self._rest + received + (b"\n" if self.is_done else b"")).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            log.warning("%s: a client sent more than %s bytes in one line", self._name, _LONGEST_LINE)
            self.is_done = True
        return [text for line in whole if (text := self._text(line)) is not None]

    def close(self) -> None:
        self.socket.close()

    def _text(self, line: bytes) -> str | None:
        try:
            return line.removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError:
            log.warning("%s: a client sent a line that is not UTF-8", self._name)
            return None
