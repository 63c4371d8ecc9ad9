"""One thread that prints receipts in order, waits while the printer cannot, and says how it stands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from hardware.device_thread import Retry
from hardware.errors import DeviceRefused, HardwareError
from hardware.printer import Paper, Printer, PrinterState
from kiosk.adapters.print_jobs import Job, JobFolder
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate

logger = logging.getLogger(__name__)

_LOOK_S: Final = 0.5
"""So that the screen knows of an empty roll within a second; three questions of three bytes."""
_LOOK_AT_MUTE_S: Final = 30.0
"""A printer that cannot answer is asked rarely: each question costs half a second of waiting for nothing."""
_TRIES: Final = 5
"""A receipt that fails so often while the printer says that all is well must not hold up those behind it."""
_JOIN_S: Final = 5.0

Draw = Callable[[Job, int], bytes]


@dataclass(frozen=True, slots=True)
class QueueRules:
    """`old_after_s`: the shopper is gone by then, and a receipt that comes out would lie there for anybody."""

    old_after_s: float = 600
    look_s: float = _LOOK_S
    retry: Retry = field(default_factory=lambda: Retry(first_s=0.5, longest_s=5.0))


@dataclass(frozen=True, slots=True)
class Listeners:
    """Called on the queue's thread: `changed` when `view` or a fate did; `fault(device, code)` once, "" at its end."""

    changed: Callable[[], None] = lambda: None
    fault: Callable[[str, str], None] = lambda _device, _code: None


class PrintQueue:
    """Its methods may be called on any thread. None waits for the printer; `view` and `fate`, of which every picture of
    the lane is made, not even for the disk."""

    def __init__(
        self,
        printer: Printer,
        folder: Path,
        *,
        draw: Draw,
        clock: Callable[[], datetime],
        listeners: Listeners | None = None,
        rules: QueueRules | None = None,
    ) -> None:
        self._printer = printer
        self._draw = draw
        self._clock = clock
        self._listeners = listeners or Listeners()
        self._rules = rules or QueueRules()
        self._lock = threading.RLock()  # of those who change jobs
        self._jobs = JobFolder(folder)
        self._says = PrinterSays.UNKNOWN
        self._printing: Job | None = None
        self._failures = 0
        self._tries: dict[int, int] = {}
        self._fault = ""
        self._told: object = None
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=printer.name, daemon=True)

    @property
    def dots(self) -> int:
        """How wide the paper is."""
        return self._printer.dots

    def start(self) -> None:
        """What waited since before a restart is printed first."""
        self._thread.start()

    def close(self) -> None:
        """Ends after the receipt in the works; what waits stays on disk. Idempotent."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_S)
            if self._thread.is_alive():
                logger.error("%s: did not end within %s s, left behind", self._printer.name, _JOIN_S)

    def add(self, number: str, text: str, copy_word: str, *, is_copy: bool = False) -> bool:
        """Print this; an original only once, however often it is asked for. False when too many wait."""
        with self._lock:
            if not is_copy and self.fate(number) is not PrintFate.NONE:
                return True
            job = self._jobs.add(number, text, copy_word, self._clock(), is_copy=is_copy)
            if job is None:
                return False
            self._tries.pop(job.place, None)  # of one that was taken back from there
        self._wake.set()
        return True

    def take_back(self, number: str) -> None:
        """It is not wanted on paper any more; one in the works still comes out."""
        with self._lock:
            job = self._jobs.find(number)
            if job is not None and job != self._printing:
                self._jobs.drop(job)

    def reprint_kept(self) -> bool:
        """Print the last receipt that grew too old while it waited; False if there is none."""
        with self._lock:
            job = next((job for job in reversed(list(self._jobs)) if job.kept), None)
            if job is None:
                return False
            self._tries.pop(job.place, None)
            self._jobs.put(replace(job, kept=False, at=self._clock().isoformat()))
        self._wake.set()
        return True

    def view(self) -> PrinterView:
        """How it stands."""
        jobs = list(self._jobs)
        kept = sum(job.kept for job in jobs)
        return PrinterView(self._says, waiting=len(jobs) - kept, kept=kept)

    def fate(self, number: str) -> PrintFate:
        """What became of a receipt."""
        job = self._jobs.find(number)
        if job is None:
            return PrintFate.PRINTED if self._jobs.was_printed(number) else PrintFate.NONE
        if job.kept:
            return PrintFate.KEPT
        return PrintFate.PRINTING if job == self._printing else PrintFate.WAITING

    # --- the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                again = self._turn()
                self._tell()
            except Exception:  # the supervisor of this thread: no driver, drawing or listener may end it
                logger.exception("%s: the queue failed", self._printer.name)
                again = False
            if not again:
                self._wake.wait(self._pause_s())
        self._printer.close()

    def _turn(self) -> bool:
        """Look at the printer, print the next receipt if it can; whether there may be more to do at once."""
        self._put_old_aside()
        if not self._look():
            return False
        job = self._next()
        if job is None:
            return False
        self._tell()
        return self._print(job)

    def _pause_s(self) -> float:
        if self._failures:
            return self._rules.retry.after(self._failures)
        mute = self._says is PrinterSays.UNKNOWN
        return max(self._rules.look_s, _LOOK_AT_MUTE_S) if mute else self._rules.look_s

    def _look(self) -> bool:
        """Whether the printer can print now."""
        try:
            state = self._printer.state()
        except HardwareError as error:
            self._failed(error)
            return False
        self._failures = 0
        self._heard(_says(state), _FAULTS.get(_says(state), ""))
        return state.can_print

    def _failed(self, error: HardwareError) -> None:
        self._failures += 1
        if error.code != self._fault:
            logger.warning("%s", error)
        broken = isinstance(error, DeviceRefused)
        self._heard(PrinterSays.BROKEN if broken else PrinterSays.AWAY, error.code)

    def _heard(self, says: PrinterSays, fault: str) -> None:
        self._says = says
        if fault != self._fault:
            self._fault = fault
            self._listeners.fault(self._printer.name, fault)

    def _next(self) -> Job | None:
        with self._lock:
            job = next((job for job in self._jobs if not job.kept), None)
            if job is None:
                return None
            # On disk before the first dot: after a power cut in the middle it comes again, as a copy.
            begun = replace(job, begun=True)
            self._jobs.put(begun)
            self._printing = begun
            return begun

    def _print(self, job: Job) -> bool:
        try:
            self._printer.print_picture(self._draw(job, self._printer.dots))
        except DeviceRefused as error:  # it says why it stopped: what came out is not the whole receipt
            logger.warning("receipt %s: %s", job.number, error)
            return self._again(replace(job, begun=False))
        except HardwareError as error:  # nobody knows how much of it is on paper
            logger.warning("receipt %s: %s", job.number, error)
            return self._again(replace(job, is_copy=True))
        except Exception:
            logger.exception("receipt %s cannot be printed", job.number)
            return self._again(job, tries=_TRIES)
        with self._lock:
            self._tries.pop(job.place, None)
            self._jobs.done(job)
            self._printing = None
        return True

    def _again(self, job: Job, tries: int = 1) -> bool:
        """Try this one once more after a while, unless that never helped; whether to go on with another at once."""
        well = self._look()  # if so, the fault is not its paper, and every try counts
        with self._lock:
            self._printing = None
            tries = tries + self._tries.get(job.place, 0) if well else 0
            self._tries[job.place] = tries
            self._jobs.put(replace(job, kept=tries >= _TRIES))
        if well:
            self._failures = tries
        return tries >= _TRIES

    def _put_old_aside(self) -> None:
        now = self._clock()
        with self._lock:
            for job in self._jobs:
                age_s = (now - datetime.fromisoformat(job.at)).total_seconds()
                # Also one from the future: the clock was put right, and nobody knows how old it is.
                if not job.kept and abs(age_s) > self._rules.old_after_s:
                    logger.warning("receipt %s waited too long for paper; staff can reprint it", job.number)
                    self._jobs.put(replace(job, kept=True))

    def _tell(self) -> None:
        """Whoever shows it hears of changes only: the printer is looked at once a second."""
        now = (self._says, self._printing, [(job.place, job.kept) for job in self._jobs])
        if now != self._told:
            self._told = now
            self._listeners.changed()


def _says(state: PrinterState) -> PrinterSays:
    if state.cover_open:
        return PrinterSays.COVER
    return _PAPER[state.paper]


_PAPER: Final = {
    Paper.OK: PrinterSays.OK,
    Paper.LOW: PrinterSays.LOW,
    Paper.OUT: PrinterSays.OUT,
    Paper.UNKNOWN: PrinterSays.UNKNOWN,
}
_FAULTS: Final = {PrinterSays.OUT: "paper_out", PrinterSays.COVER: "cover_open"}
