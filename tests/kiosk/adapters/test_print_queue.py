"""Receipts wait for paper, survive the night and the power cut, come out in order, and nobody gets two originals."""

import errno
import json
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from hardware.device_thread import Retry
from hardware.errors import DeviceLost, DeviceMissing, DeviceRefused
from hardware.fakes.printer import FakePrinter
from hardware.printer import Paper, PrinterState
from kiosk.adapters.print_jobs import MOST, Job, JobFolder
from kiosk.adapters.print_queue import Listeners, PrintQueue, QueueRules
from kiosk.services.paper import PrinterSays, PrintFate
from tests.hardware.listener import PATIENCE_S
from tests.hardware.printer_contract import png_of
from tests.kiosk.lane_rig import START

QUICK = Retry(first_s=0.01, longest_s=0.02)


class WatchedPrinter(FakePrinter):
    """Counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: queue.SimpleQueue[None] = queue.SimpleQueue()

    def state(self) -> PrinterState:
        self.looks.put(None)
        return super().state()


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


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(folder: Path = tmp_path, *, start: bool = True, printer: FakePrinter | None = None) -> Bench:
        made.append(Bench(folder, printer or FakePrinter()))
        if start:
            made[-1].queue.start()
        return made[-1]

    yield make
    for bench in made:
        bench.printer.ready.set()
        bench.queue.close()


@pytest.fixture
def bench(benches: Callable[..., Bench]) -> Bench:
    return benches()


def out_of_paper() -> FakePrinter:
    printer = FakePrinter()
    printer.says = PrinterState(Paper.OUT)
    return printer


# --- all is well ----------------------------------------------------------------------------------------------------


def test_receipts_come_out_in_order_and_leave_nothing_on_disk(bench) -> None:
    bench.add("1", "2", "3")
    bench.until_printed("1", "2", "3")
    assert bench.out == ["1", "2", "3"]
    assert len(bench.printer.printed) == 3
    assert bench.jobs() == []
    assert b"text of" not in b"".join(path.read_bytes() for path in bench.folder.rglob("*.json"))


def test_an_original_comes_out_once_however_often_it_is_asked_for(bench) -> None:
    bench.add("1", "1")
    bench.until_printed("1")
    bench.add("1")
    bench.add("2")
    bench.until_printed("2")
    assert bench.out == ["1", "2"]


def test_a_copy_is_marked_and_may_be_had_more_than_once(bench) -> None:
    bench.add("1")
    bench.until_printed("1")
    for _ in range(2):
        assert bench.queue.add("1", "text", "补打", is_copy=True)
    bench.until(lambda: len(bench.printer.printed) == 3 and bench.queue.view().waiting == 0)
    assert bench.out == ["1", "补打 1", "补打 1"]


def test_asking_waits_for_no_printer_and_it_is_on_disk_at_once(bench) -> None:
    bench.printer.ready.clear()
    bench.add("1")
    assert bench.printer.busy.wait(PATIENCE_S)
    bench.add("2")
    assert len(bench.jobs()) == 2
    assert (bench.queue.fate("1"), bench.queue.fate("2")) == (PrintFate.PRINTING, PrintFate.WAITING)
    bench.printer.ready.set()
    bench.until_printed("1", "2")


def test_it_says_how_the_printer_stands_only_when_that_changes(bench) -> None:
    bench.until(lambda: bench.queue.view().says is PrinterSays.OK)
    for state, says in (
        (PrinterState(Paper.LOW), PrinterSays.LOW),
        (PrinterState(Paper.OUT), PrinterSays.OUT),
        (PrinterState(Paper.OUT, cover_open=True), PrinterSays.COVER),
        (PrinterState(Paper.OK), PrinterSays.OK),
    ):
        bench.printer.says = state
        bench.until(lambda says=says: bench.queue.view().says is says)
    assert bench.faults == [("printer", "paper_out"), ("printer", "cover_open"), ("printer", "")]
    assert bench.news.qsize() == 0


def test_nobody_hears_of_it_while_nothing_changes(benches) -> None:
    printer = WatchedPrinter()
    bench = benches(printer=printer)
    bench.until(lambda: bench.queue.view().says is PrinterSays.OK)
    for _ in range(4):
        printer.looks.get(timeout=PATIENCE_S)
    while not printer.looks.empty():
        printer.looks.get()
    told = bench.news.qsize()
    for _ in range(4):
        printer.looks.get(timeout=PATIENCE_S)
    assert bench.news.qsize() == told


# --- no paper, no printer -------------------------------------------------------------------------------------------


def test_what_waits_for_paper_comes_out_with_the_new_roll_as_the_original(benches) -> None:
    bench = benches(printer=out_of_paper())
    bench.add("1", "2")
    bench.until(lambda: bench.queue.view().says is PrinterSays.OUT)
    assert (bench.queue.fate("1"), bench.queue.view().waiting) == (PrintFate.WAITING, 2)
    bench.printer.says = PrinterState(Paper.OK)
    bench.until_printed("1", "2")
    assert bench.out == ["1", "2"]


def test_paper_that_ends_in_the_middle_makes_no_copy_of_what_was_no_receipt(bench) -> None:
    bench.printer.fail_once(DeviceRefused("is out of paper", device="printer"))
    bench.add("1")
    bench.until_printed("1")
    assert bench.out == ["1", "1"]
    assert len(bench.printer.printed) == 1


def test_paper_that_ends_in_the_middle_and_a_restart_make_no_copy_either(benches) -> None:
    before = benches()
    before.printer.ready.clear()
    before.printer.fail_once(DeviceRefused("is out of paper", device="printer"))
    before.add("1")
    assert before.printer.busy.wait(PATIENCE_S)
    before.printer.says = PrinterState(Paper.OUT)
    before.printer.ready.set()
    before.until(lambda: before.queue.view().says is PrinterSays.OUT)
    before.queue.close()
    after = benches()
    after.until_printed("1")
    assert after.out == ["1"]


def test_a_line_that_drops_in_the_middle_makes_a_copy_as_nobody_knows_what_came_out(bench) -> None:
    bench.printer.fail_once(DeviceLost("gone", device="printer"))
    bench.add("1")
    bench.until_printed("1")
    assert bench.out == ["1", "COPY 1"]


def test_a_printer_that_is_away_is_one_fault_and_its_end_another(benches) -> None:
    printer = FakePrinter()
    printer.away = DeviceMissing("no printer at 192.0.2.7:9100", device="printer")
    bench = benches(printer=printer)
    bench.add("1")
    bench.until(lambda: bench.queue.view().says is PrinterSays.AWAY)
    assert bench.queue.fate("1") is PrintFate.WAITING
    printer.away = None
    bench.until_printed("1")
    assert bench.faults == [("printer", "hardware.missing"), ("printer", "")]


def test_a_printer_that_must_be_mended_is_broken_and_not_away(benches) -> None:
    printer = FakePrinter()
    printer.away = DeviceRefused("the cutter is stuck", device="printer")
    bench = benches(printer=printer)
    bench.until(lambda: bench.queue.view().says is PrinterSays.BROKEN)


def test_a_receipt_that_never_prints_is_put_aside_for_those_behind_it(bench, caplog) -> None:
    bench.bad.add("1")
    bench.add("1", "2")
    bench.until_printed("2")
    assert bench.queue.fate("1") is PrintFate.KEPT
    assert "receipt 1 cannot be printed" in caplog.text


def test_one_that_is_taken_back_does_not_come_out(benches) -> None:
    bench = benches(printer=out_of_paper())
    bench.add("1", "2")
    bench.queue.take_back("1")
    assert bench.queue.fate("1") is PrintFate.NONE
    bench.printer.says = PrinterState(Paper.OK)
    bench.until_printed("2")
    assert bench.out == ["2"]


def test_one_behind_one_that_never_printed_and_was_taken_back_has_all_its_tries(bench) -> None:
    bench.bad.add("1")
    bench.add("1")
    bench.until(lambda: bench.queue.fate("1") is PrintFate.KEPT)
    bench.queue.take_back("1")
    bench.printer.fail_once(DeviceLost("gone", device="printer"))
    bench.add("2")
    bench.until_printed("2")
    assert bench.out == ["2", "COPY 2"]


def test_one_in_the_works_cannot_be_taken_back(bench) -> None:
    bench.printer.ready.clear()
    bench.add("1")
    assert bench.printer.busy.wait(PATIENCE_S)
    bench.queue.take_back("1")
    bench.printer.ready.set()
    bench.until_printed("1")


# --- too late -------------------------------------------------------------------------------------------------------


def test_what_waited_too_long_comes_out_only_when_staff_ask(benches) -> None:
    bench = benches(printer=out_of_paper())
    bench.add("1")
    bench.now += timedelta(minutes=11)
    bench.until(lambda: bench.queue.fate("1") is PrintFate.KEPT)
    bench.printer.says = PrinterState(Paper.OK)
    bench.until(lambda: bench.queue.view().says is PrinterSays.OK)
    assert (bench.queue.view().waiting, bench.queue.view().kept) == (0, 1)
    bench.add("2")
    bench.until_printed("2")
    assert bench.out == ["2"]
    assert bench.queue.reprint_kept()
    bench.until_printed("1")
    assert bench.out == ["2", "1"]
    assert not bench.queue.reprint_kept()


def test_a_clock_that_was_put_back_does_not_make_old_receipts_young(benches) -> None:
    bench = benches(printer=out_of_paper())
    bench.add("1")
    bench.now -= timedelta(hours=3)
    bench.until(lambda: bench.queue.fate("1") is PrintFate.KEPT)


def test_no_more_wait_than_a_day_could_use_and_the_oldest_kept_makes_room(benches) -> None:
    bench = benches(start=False)
    bench.add(*map(str, range(MOST)))
    assert not bench.queue.add("one more", "text", "COPY")
    bench.now += timedelta(minutes=11)
    bench.printer.away = DeviceMissing("off", device="printer")
    bench.queue.start()
    bench.until(lambda: bench.queue.view().kept == MOST)
    bench.add("one more")
    assert bench.queue.view().kept == MOST - 1
    assert len(bench.jobs()) == MOST


# --- restart and power cut ------------------------------------------------------------------------------------------


def test_what_waited_before_a_restart_comes_out_after_it(benches) -> None:
    before = benches(printer=out_of_paper())
    before.add("1", "2")
    before.queue.close()
    after = benches()
    assert after.queue.fate("1") in {PrintFate.WAITING, PrintFate.PRINTING, PrintFate.PRINTED}
    after.until_printed("1", "2")
    assert after.out == ["1", "2"]


def test_one_in_the_works_when_the_power_went_comes_again_as_a_copy(benches, tmp_path) -> None:
    before = benches(tmp_path / "before")
    before.printer.ready.clear()
    before.add("1", "2")
    assert before.printer.busy.wait(PATIENCE_S)
    shutil.copytree(tmp_path / "before", tmp_path / "after")  # what the disk holds at this moment
    after = benches(tmp_path / "after")
    after.add("1")  # the done screen is back, and the shopper asks again
    after.until_printed("1", "2")
    assert after.out == ["COPY 1", "2"]


def test_one_that_was_printed_before_a_restart_is_not_printed_after_it(benches) -> None:
    before = benches()
    before.add("1")
    before.until_printed("1")
    before.queue.close()
    after = benches()
    assert after.queue.fate("1") is PrintFate.PRINTED
    after.add("1", "2")
    after.until_printed("2")
    assert after.out == ["2"]


def test_a_power_cut_between_paper_and_disk_prints_nothing_twice(tmp_path) -> None:
    jobs = JobFolder(tmp_path / "jobs")
    job = jobs.add("1", "text", "COPY", START, is_copy=False)
    assert job is not None
    name = "00000001.json"
    held = (tmp_path / "jobs" / name).read_bytes()
    jobs.done(job)
    (tmp_path / "jobs" / name).write_bytes(held)  # remembered, and the power went before the file was gone
    assert list(JobFolder(tmp_path / "jobs")) == []


def test_what_is_no_receipt_is_removed_and_the_others_come_out(benches, tmp_path, caplog) -> None:
    folder = tmp_path / "print-queue"
    folder.mkdir()
    for name, content in (("00000001.json", b"{"), ("00000002.json", b'{"place": 2}'), ("00000003.part", b"")):
        (folder / name).write_bytes(content)
    (folder / "printed.json").write_bytes(b"\xff")
    bench = benches()
    bench.add("1")
    bench.until_printed("1")
    assert sorted(path.name for path in folder.iterdir()) == ["printed.json"]
    assert "no receipt that could be printed" in caplog.text


@pytest.mark.parametrize(
    "strange",
    [
        {"at": "2026-11-22T13:00:00"},  # no time zone: it has no age
        {"place": "1"},
        {"place": 77},  # not that of its name: it would never be removed
        {"text": None},
        {"kept": "no"},
    ],
    ids=str,
)
def test_a_receipt_of_which_a_part_cannot_be_stops_nothing(benches, tmp_path, strange: dict[str, object]) -> None:
    folder = tmp_path / "print-queue"
    folder.mkdir()
    sound = asdict(Job(1, "strange", "text", START.isoformat(), "COPY"))
    (folder / "00000001.json").write_text(json.dumps(sound | strange))
    bench = benches()
    bench.add("1")
    bench.until_printed("1")
    assert bench.out == ["1"]


@pytest.mark.parametrize("printed", ["5", "null", "[" * 100_000], ids=["number", "null", "deep"])
def test_a_memory_that_is_none_stops_nothing(benches, tmp_path, printed: str) -> None:
    (tmp_path / "print-queue").mkdir()
    (tmp_path / "print-queue" / "printed.json").write_text(printed)
    bench = benches()
    bench.add("1")
    bench.until_printed("1")


def test_what_cannot_be_removed_keeps_nothing_beside_it_from_coming_out(benches, tmp_path) -> None:
    before = benches(start=False)
    before.add("1")
    for name in ("00000000.json", "left.part"):
        (tmp_path / "print-queue" / name).mkdir()
    after = benches()
    after.until_printed("1")
    assert after.out == ["1"]


def test_whoever_hears_of_it_cannot_end_the_queue(tmp_path, caplog) -> None:
    """Qt's objects go before the threads do: a signal of one that is gone raises."""

    def gone() -> None:
        raise RuntimeError("Signal source has been deleted")

    out = queue.SimpleQueue[str]()

    def draw(job: Job, dots: int) -> bytes:
        out.put(job.number)
        return png_of(np.ones((8, dots), np.uint8))

    rules = QueueRules(old_after_s=600, look_s=0.01, retry=QUICK)
    listeners = Listeners(changed=gone)
    printing = PrintQueue(FakePrinter(), tmp_path, draw=draw, clock=lambda: START, listeners=listeners, rules=rules)
    printing.start()
    for number in ("1", "2"):
        assert printing.add(number, "text", "COPY")
        assert out.get(timeout=PATIENCE_S) == number
    printing.close()
    assert "the queue failed" in caplog.text


# --- a disk that refuses --------------------------------------------------------------------------------------------


def test_with_a_full_disk_it_prints_from_memory(benches, tmp_path, caplog) -> None:
    (tmp_path / "print-queue").write_text("a file in the way")
    bench = benches()
    bench.add("1")
    bench.until_printed("1")
    assert bench.out == ["1"]
    assert "would not outlive a power cut" in caplog.text


def test_half_a_file_that_the_full_disk_took_is_not_left_there(tmp_path, monkeypatch) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    jobs = JobFolder(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    assert jobs.add("1", "text", "COPY", START, is_copy=False) is not None
    assert list(tmp_path.iterdir()) == []


def test_how_it_stands_is_told_while_the_disk_hangs(benches, monkeypatch) -> None:
    """A slow disk under the printer's thread must not hold up the next shopper's scan, which shows the printer too."""
    bench = benches()
    syncs, go_on = queue.SimpleQueue[int](), threading.Event()

    def slow_sync(number: int) -> None:
        syncs.put(number)
        go_on.wait(PATIENCE_S)

    monkeypatch.setattr(os, "fsync", slow_sync)
    asker = threading.Thread(target=lambda: bench.add("1"))
    asker.start()
    syncs.get(timeout=PATIENCE_S)
    assert bench.queue.view().waiting == 1
    assert bench.queue.fate("1") is PrintFate.WAITING
    assert bench.queue.fate("2") is PrintFate.NONE
    go_on.set()
    asker.join()
    bench.until_printed("1")
