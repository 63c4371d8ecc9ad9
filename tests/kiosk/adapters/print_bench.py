"""A print queue before a fake printer, for tests to fill and watch."""

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from hardware.device_thread import Retry
from hardware.fakes.printer import FakePrinter
from hardware.printer import Paper, PrinterState
from kiosk.adapters.print_jobs import Job
from kiosk.adapters.print_queue import Listeners, PrintQueue, QueueRules
from kiosk.services.paper import PrintFate
from tests.hardware.listener import PATIENCE_S
from tests.hardware.printer_contract import png_of
from tests.kiosk.lane_rig import START

QUICK = Retry(first_s=0.01, longest_s=0.02)


@dataclass
class Bench:
    """A queue before a fake printer; what it draws is only remembered."""

    folder: Path
    printer: FakePrinter = field(default_factory=FakePrinter)
    now: datetime = START
    out: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    news: "queue.Queue[None]" = field(default_factory=queue.Queue)
    bad: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.queue = PrintQueue(
            self.printer,
            self.folder / "print-queue",
            draw=self.draw,
            clock=lambda: self.now,
            listeners=Listeners(lambda: self.news.put(None), lambda device, code: self.faults.append((device, code))),
            rules=QueueRules(old_after_s=600, look_s=0.01, retry=QUICK),
        )

    def draw(self, job: Job, dots: int) -> bytes:
        if job.number in self.bad:
            raise ZeroDivisionError(job.number)
        self.out.append(f"{job.copy_word} {job.number}" if job.is_copy else job.number)
        return png_of(np.ones((8, dots), np.uint8))

    def until(self, seen: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not seen():
            self.news.get(timeout=max(0.0, deadline - time.monotonic()))

    def add(self, *numbers: str) -> None:
        for number in numbers:
            assert self.queue.add(number, f"text of {number}", "COPY")

    def until_printed(self, *numbers: str) -> None:
        self.until(lambda: all(self.queue.fate(number) is PrintFate.PRINTED for number in numbers))

    def jobs(self) -> list[Path]:
        return sorted((self.folder / "print-queue").glob("0*.json"))


def out_of_paper() -> FakePrinter:
    printer = FakePrinter()
    printer.says = PrinterState(Paper.OUT)
    return printer
