"""What every scanner keeps, whatever it is made of. A driver's test file derives its class from this one."""

import threading
import time
from typing import Protocol

import pytest

from hardware.scan import Scan, Scanner
from tests.hardware.listener import PATIENCE_S, Listener

MILK, PLUMS, TEA = "6901234567892", "4006381333931", "9780201310054"


class Rig(Protocol):
    """A scanner, and the way to hold a code in front of it and take it away again."""

    scanner: Scanner

    def show(self, code: str) -> None: ...


class ScannerContract:
    @pytest.fixture
    def rig(self) -> Rig:
        raise NotImplementedError

    @pytest.fixture
    def listener(self, rig: Rig):
        listener = Listener()
        yield listener
        rig.scanner.close()

    def test_a_code_that_is_shown_is_scanned_once_with_its_text_kind_and_source(self, rig, listener) -> None:
        before = time.monotonic()
        listener.listen(rig.scanner)
        rig.show(MILK)
        rig.show(PLUMS)
        first, second = listener.scan(), listener.scan()
        assert (first.text, first.symbology, first.source) == (MILK, "EAN13", rig.scanner.name)
        assert second.text == PLUMS
        assert before <= first.at <= second.at <= time.monotonic()
        assert listener.scans.empty()

    def test_the_same_article_shown_again_is_scanned_again(self, rig, listener) -> None:
        listener.listen(rig.scanner)
        rig.show(MILK)
        rig.show(MILK)
        assert [listener.scan().text, listener.scan().text] == [MILK, MILK]

    def test_callbacks_come_on_the_devices_own_thread(self, rig, listener) -> None:
        listener.listen(rig.scanner)
        rig.show(MILK)
        listener.scan()
        assert threading.current_thread() not in listener.threads

    def test_a_listener_that_fails_is_logged_and_the_next_scan_still_comes(self, rig, listener, caplog) -> None:
        def fail_first(scan: Scan) -> None:
            listener.on_scan(scan)
            if scan.text == MILK:
                raise ZeroDivisionError

        rig.scanner.start(fail_first, listener.on_fault)
        rig.show(MILK)
        rig.show(PLUMS)
        assert [listener.scan().text, listener.scan().text] == [MILK, PLUMS]
        assert "ZeroDivisionError" in caplog.text

    def test_closing_ends_its_threads_and_may_be_done_twice(self, rig, listener) -> None:
        others = set(threading.enumerate())
        listener.listen(rig.scanner)
        rig.show(MILK)
        listener.scan()
        assert set(threading.enumerate()) > others
        rig.scanner.close()
        rig.scanner.close()
        assert set(threading.enumerate()) <= others

    def test_closing_before_the_start_does_nothing(self, rig) -> None:
        rig.scanner.close()

    def test_closing_from_a_callback_does_not_lock_up(self, rig, listener) -> None:
        done = threading.Event()

        def close_at_once(scan: Scan) -> None:
            rig.scanner.close()
            listener.on_scan(scan)
            done.set()

        rig.scanner.start(close_at_once, listener.on_fault)
        rig.show(MILK)
        assert done.wait(PATIENCE_S)
        assert listener.scan().text == MILK

    def test_a_working_scanner_reports_no_fault(self, rig, listener) -> None:
        listener.listen(rig.scanner)
        rig.show(MILK)
        listener.scan()
        assert listener.faults.empty()
