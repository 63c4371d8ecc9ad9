"""A receipt printer for tests: reads ESC/POS as a printer does and keeps what would be on its paper, dot by dot.

It speaks through any pair of `read` and `write`: a TCP server on loopback, or the far end of a pty.
"""

import contextlib
import os
import socket
import threading
import tty
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_FORGET = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
_TO_KNIFE = 100  # rows from the head to the knife
_COVER, _NO_PAPER_STOP, _ERROR_STOP = 0x04, 0x20, 0x40


def _begun(came: bytes) -> bool:
    """Whether these bytes are the beginning of a real-time command whose end has not come yet."""
    return any(len(came) < len(whole) and whole.startswith(came) for whole in (_FORGET, b"\x10\x04\x01"))


@dataclass
class Works:
    """The printer behind its plug: buffer, head, knife, sensors."""

    dots: int = 576
    answers: bool = True  # DLE EOT
    takes_turns: bool = True  # GS r
    forgets: bool = True  # DLE DC4 8
    chatters: bool = False  # automatic status back, until GS a 0 ends it
    rows_left: int = 1_000_000
    low_below: int = 0
    cover_open: bool = False
    error: int = 0
    pictures: list[Picture] = field(default_factory=list)  # between two cuts
    fresh: list[bytes] = field(default_factory=list)  # rows since the last cut
    hang_up_at_row: int | None = None  # the line drops once
    out: bytearray = field(default_factory=bytearray)
    half: bytearray = field(default_factory=bytearray)  # of a real-time command
    drawer_or_off: int = 0  # DLE DC4 or DLE ENQ that came unasked for
    buffer: bytearray = field(default_factory=bytearray)
    said: bytearray = field(default_factory=bytearray)
    lock: threading.RLock = field(default_factory=threading.RLock)
    changed: threading.Condition = field(default_factory=threading.Condition)
    rows_printed: int = 0

    # --- what a person does ---------------------------------------------------------------------------------------

    def new_roll(self, rows: int = 1_000_000) -> None:
        with self.lock:
            self.rows_left = rows
            self._print()

    def close_cover(self) -> None:
        with self.lock:
            self.cover_open = False
            self._print()

    @property
    def stopped(self) -> bool:
        return self.rows_left <= 0 or self.cover_open or bool(self.error)

    # --- the line -------------------------------------------------------------------------------------------------

    def hear(self, came: bytes) -> bytes:
        """Takes bytes, gives the answers. Real-time commands are found wherever they stand, as printers do."""
        with self.lock:
            self.said += came
            came, place = bytes(self.half) + came, 0
            while place < len(came) and not _begun(came[place:]):
                place += self._one(came, place)
            self.half[:] = came[place:]
            self._print()
            if self.chatters:
                self.out += b"\x14\x00\x00\x0f"
            answer, self.out = bytes(self.out), bytearray()
        with self.changed:
            self.changed.notify_all()
        return answer

    def _one(self, came: bytes, place: int) -> int:
        two = came[place : place + 2]
        if two == b"\x10\x04" and came[place + 2 : place + 3] in {b"\1", b"\2", b"\3", b"\4"}:
            if self.answers:
                self.out.append(self._status(came[place + 2]))
            return 3
        if came[place : place + 10] == _FORGET:
            if self.forgets:
                self.buffer.clear()
                self.out += b"\x37\x25\x00"
            return 10
        if two in {b"\x10\x14", b"\x10\x05"}:
            self.drawer_or_off += 1
        self.buffer.append(came[place])
        return 1

    def _status(self, query: int) -> int:
        no_paper = self.rows_left <= 0
        stopped = (_COVER * self.cover_open) | (_NO_PAPER_STOP * no_paper) | (_ERROR_STOP * bool(self.error))
        low = self.rows_left < self.low_below
        return 0x12 | {1: 8 * self.stopped, 2: stopped, 3: self.error, 4: 0x60 * no_paper | 0x0C * low}[query]

    # --- the head -------------------------------------------------------------------------------------------------

    def _print(self) -> None:
        while self.buffer and not self.stopped and self._command():
            pass

    def _command(self) -> bool:
        """Does the command at the buffer's head; False while it is not whole."""
        held = bytes(self.buffer)
        if held[:3] == b"\x1dv0":
            return len(held) >= 8 and self._raster(held)
        sizes = {b"\x1b@": 2, b"\x1da": 3, b"\x1dr": 3, b"\x1dV": 4}
        for head, size in sizes.items():
            if held.startswith(head):
                if len(held) < size or (head == b"\x1dV" and not self._feed_to_knife()):
                    return False
                del self.buffer[:size]
                self._small(held[:size])
                return True
        if held[0] in b"\x1b\x1d" and len(held) < 3:
            return False
        assert held[0] == 0, f"not a command: {held[:16]!r}"
        del self.buffer[:1]
        return True

    def _feed_to_knife(self) -> bool:
        enough = self.rows_left >= _TO_KNIFE
        self.rows_left = self.rows_left - _TO_KNIFE if enough else 0
        return enough

    def _small(self, command: bytes) -> None:
        if command == b"\x1da\x00":
            self.chatters = False
        if command[:2] == b"\x1dr" and self.takes_turns:
            self.out.append(3 * (self.rows_left < self.low_below))
        if command[:2] == b"\x1dV":
            rows = np.frombuffer(b"".join(self.fresh), np.uint8).reshape(len(self.fresh), self.dots // 8)
            self.pictures.append(np.unpackbits(rows, axis=1))
            self.fresh.clear()

    def _raster(self, held: bytes) -> bool:
        width, height = int.from_bytes(held[4:6], "little"), int.from_bytes(held[6:8], "little")
        assert width * 8 == self.dots
        if len(held) < 8 + width * height:
            return False
        for row in range(height):
            if self.stopped:  # the rest of this strip is printed after the new roll, where nothing clears it
                rest = height - row
                self.buffer[: 8 + width * row] = b"\x1dv0\0" + held[4:6] + rest.to_bytes(2, "little")
                return True
            self.fresh.append(held[8 + width * row : 8 + width * (row + 1)])
            self.rows_left -= 1
            self.rows_printed += 1
        del self.buffer[: 8 + width * height]
        return True

    def wait_for(self, what: Callable[[], bool], patience_s: float = 20.0) -> None:
        with self.changed:
            assert self.changed.wait_for(what, patience_s)


class _Served:
    """A thread that carries bytes between a far end and the works until it is closed."""

    def __init__(self, works: Works) -> None:
        self.works = works
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        raise NotImplementedError

    def _carry(self, read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
        while not self._end.is_set():
            try:
                came = read(4096)
            except OSError:
                return
            if not came or self._end.is_set():
                return
            answer = self.works.hear(came)
            if self.works.hang_up_at_row is not None and self.works.rows_printed >= self.works.hang_up_at_row:
                self.works.hang_up_at_row = None
                return
            if answer:
                with contextlib.suppress(OSError):  # whoever asked is gone
                    write(answer)


class TcpPrinter(_Served):
    """A printer on a TCP port of loopback."""

    def __init__(self, works: Works) -> None:
        super().__init__(works)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._client: socket.socket | None = None
        self._thread.start()

    def _serve(self) -> None:
        while not self._end.is_set():
            try:
                self._client, _ = self._listener.accept()
            except OSError:
                return
            with self._client as client:
                self._carry(client.recv, client.sendall)

    def close(self) -> None:
        self._end.set()
        for end in (self._client, self._listener):
            try:
                if end is not None:
                    end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()
        self._thread.join(20)


class PtyPrinter(_Served):
    """A printer behind a terminal line: a serial port, or the kernel's /dev/usb/lp0."""

    def __init__(self, works: Works) -> None:
        super().__init__(works)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._thread.start()

    def _serve(self) -> None:
        self._carry(lambda many: os.read(self._master, many), lambda answer: os.write(self._master, answer))

    def unplug(self) -> None:
        """The far end goes; also ends the thread."""
        if not self._end.is_set():
            self._end.set()
            os.write(self._slave, b"x")  # wakes the reader
            self._thread.join(20)
            os.close(self._slave)
            os.close(self._master)

    close = unplug
