"""Receipts that wait survive the night, the power cut and a disk that refuses, and nobody gets two originals."""

import errno
import json
import os
import queue
import shutil
import threading
from dataclasses import asdict

import numpy as np
import pytest

from hardware.fakes.printer import FakePrinter
from kiosk.adapters.print_jobs import Job, JobFolder
from kiosk.adapters.print_queue import Listeners, PrintQueue, QueueRules
from kiosk.services.paper import PrintFate
from tests.hardware.listener import PATIENCE_S
from tests.hardware.printer_contract import png_of
from tests.kiosk.adapters.print_bench import QUICK, out_of_paper
from tests.kiosk.lane_rig import START

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
