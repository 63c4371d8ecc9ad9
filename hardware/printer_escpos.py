"""A receipt printer that speaks ESC/POS, on whatever line: prints pictures, says how its paper stands."""

import logging
import time
from typing import Final

from hardware.errors import DeviceRefused, DeviceTimeout, HardwareError
from hardware.printer import Paper, PrinterState
from hardware.printer_line import Line
from hardware.printer_raster import STRIP_ROWS, dots_of, strips
from hardware.printer_status import ASK_DONE, Query, Status, answers, done

log = logging.getLogger(__name__)

_START: Final = b"\x1b@\x1da\x00"
"""As after switching on, and no status that nobody asked for: that could be taken for an answer."""
_CUT: Final = b"\x1dVB\x00"
"""Feed to the knife and cut."""
_FORGET: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: drop what is in the buffers, obeyed at once also by a printer that has stopped."""
_ANSWER_S: Final = 0.5
_LOOK_S: Final = 0.25
_SLOW_S: Final = 10.0
"""A strip is 8 mm, and the slowest head makes 50 mm a second: one not printed after so long never will be."""
_AHEAD: Final = 2
_SETTLE_S: Final = 0.05


class EscposPrinter:
    """Text is never sent as text: every language looks the same on every printer, whatever its code pages and fonts."""

    def __init__(self, name: str, line: Line, *, dots: int = 576, slow_s: float = _SLOW_S) -> None:
        self._name = name
        self._line = line
        self._dots = dots
        self._slow_s = slow_s
        self._answers = False  # it answered DLE EOT once: then silence says something
        self._whole = False  # all that was ever sent was taken; not known of what a process before us sent

    @property
    def name(self) -> str:
        return self._name

    @property
    def dots(self) -> int:
        return self._dots

    def state(self) -> PrinterState:
        """See hardware.printer.Printer; a jammed cutter or the like is DeviceRefused."""
        try:
            self._line.open()
            status = self._status()
            if status.trouble and status.state.can_print:
                raise DeviceRefused(status.trouble, device=self._name)
        except HardwareError:
            self._line.close()
            raise
        return status.state

    def print_picture(self, png: bytes) -> None:
        """See hardware.printer.Printer. Where paper ran out in the middle, what the printer still held is dropped."""
        try:
            rows, height = dots_of(png, self._dots)
        except (OSError, ValueError) as exc:
            raise DeviceRefused(f"cannot print this picture: {exc}", device=self._name) from exc
        try:
            self._line.open()
            if self._status().answered:
                self._must_print()
            self._begin()
            self._send(strips(rows, self._dots, height))
        except HardwareError:
            self._give_up()
            raise
        self._whole = True

    def check(self) -> str:
        """What was found, for `kiosk doctor`."""
        try:
            state = self.state()
        finally:
            self.close()
        if not state.can_print:
            raise DeviceRefused(_REMEDY[state.cover_open], device=self._name)
        return f"{self._line.place} prints {self._dots} dots, {_PAPER[state.paper]}"

    def close(self) -> None:
        self._line.close()

    # --- a job ----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """A printer that waits for the rest of a strip of an earlier job takes noughts for it; others ignore them."""
        rest = b"" if self._whole else b"\0" * (STRIP_ROWS * self._dots // 8)
        self._whole = False
        self._line.write(rest + _START)

    def _send(self, jobs: list[bytes]) -> None:
        if not self._takes_turns():
            self._send_unasked(jobs)
            return
        waiting = 0
        for strip in jobs:
            self._line.write(strip + ASK_DONE)
            waiting += 1
            if waiting >= _AHEAD:
                waiting -= self._wait()
        while waiting > 0:
            waiting -= self._wait()
        self._cut()

    def _cut(self) -> None:
        """The receipt is on paper: a knife that sticks or a roll that ends just here is the next one's trouble."""
        try:
            self._line.write(_CUT + ASK_DONE)
            self._wait()
        except HardwareError as exc:
            log.warning("not cut: %s", exc)
            self._line.close()

    def _send_unasked(self, jobs: list[bytes]) -> None:
        """To a printer that does not say what it has printed: what it may still say between strips is heeded."""
        for strip in [*jobs, _CUT]:
            self._line.write(strip)
            if self._answers:
                self._must_print()

    def _takes_turns(self) -> bool:
        """Whether it answers GS r; if so it is never sent more than it can hold, and its answers always get through."""
        if not self._answers:
            return False
        self._line.write(ASK_DONE)
        until = time.monotonic() + self._slow_s / 5
        while time.monotonic() < until:
            if done(self._line.read(_LOOK_S)):
                return True
            self._must_print()
        return False

    def _wait(self) -> int:
        """How many more parts are on paper; as soon as it stops, why."""
        until = time.monotonic() + self._slow_s
        while time.monotonic() < until:
            many = done(self._line.read(_LOOK_S))
            if many:
                return many
            many = self._must_print()
            if many:
                return many
        raise DeviceTimeout("does not go on printing; look at its paper, cover and lamps", device=self._name)

    def _must_print(self) -> int:
        """Raises what stops it. Its answers to GS r may come in between: how many."""
        status, many = self._ask_all()
        if not status.answered:
            raise DeviceTimeout("does not answer; is it still on?", device=self._name)
        state = status.state
        if not state.can_print:
            raise DeviceRefused(_REMEDY[state.cover_open], device=self._name)
        if status.trouble:
            raise DeviceRefused(status.trouble, device=self._name)
        return many

    def _give_up(self) -> None:
        """What is in its buffers is part of a receipt that will be printed again as a whole."""
        try:
            if self._answers:
                self._line.write(_FORGET)
                self._line.read(_SETTLE_S)
        except HardwareError as exc:
            log.debug("%s: not told to forget the receipt: %s", self._name, exc)
        self._line.close()

    # --- what it says ---------------------------------------------------------------------------------------------

    def _status(self) -> Status:
        status, _ = self._ask_all()
        if not status.answered and self._answers:
            raise DeviceTimeout("does not answer any more; is it on?", device=self._name)
        self._answers = self._answers or status.answered
        return status

    def _ask_all(self) -> tuple[Status, int]:
        """One after the other, as an answer does not say what it answers."""
        found: dict[Query, int | None] = {}
        many = 0
        for query in (Query.PAPER, Query.STOPPED_BY, Query.ERROR):
            found[query], turns = self._ask(query)
            many += turns
            if found[query] is None:
                break
        status = Status(found.get(Query.STOPPED_BY), found.get(Query.ERROR), found.get(Query.PAPER))
        return status, many

    def _ask(self, query: Query) -> tuple[int | None, int]:
        many = done(self._line.read(0.0))  # what came before the question is no answer to it
        self._line.write(query.command)
        until = time.monotonic() + _ANSWER_S
        while (left := until - time.monotonic()) > 0:
            came = self._line.read(left)
            many += done(came)
            if found := answers(came):
                return found[-1], many
        return None, many


_REMEDY: Final = {False: "is out of paper; put a new roll in", True: "its cover is open; close it"}
_PAPER: Final = {
    Paper.OK: "paper ok",
    Paper.LOW: "paper low: have a new roll ready",
    Paper.UNKNOWN: "does not say how its paper stands",
}
