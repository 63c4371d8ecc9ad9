"""Receipts wait for paper, come out in order, and nobody gets two originals."""

import queue
from datetime import timedelta

from hardware.errors import DeviceLost, DeviceMissing, DeviceRefused
from hardware.fakes.printer import FakePrinter
from hardware.printer import Paper, PrinterState
from kiosk.adapters.print_jobs import MOST
from kiosk.services.paper import PrinterSays, PrintFate
from tests.hardware.listener import PATIENCE_S
from tests.kiosk.adapters.print_bench import out_of_paper


class WatchedPrinter(FakePrinter):
    """Counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: queue.SimpleQueue[None] = queue.SimpleQueue()

    def state(self) -> PrinterState:
        self.looks.put(None)
        return super().state()


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
