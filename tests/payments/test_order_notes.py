"""What a machine notes of its own orders is on disk before it is relied on, and tells one order from another."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from payments.gateway import Reason
from payments.order_notes import OrderNote, OrderNotes
from retail.money import Money

PRICE = Money(2560, "CNY")


@pytest.fixture
def notes(tmp_path):
    return OrderNotes(tmp_path / "orders.sqlite")


def test_an_order_never_heard_of_has_no_note(notes):
    assert notes.of("payment-1") == OrderNote()


def test_a_key_is_begun_once(notes):
    assert notes.begin("payment-1", PRICE, 1000)
    assert not notes.begin("payment-1", Money(1, "CNY"), 2000)
    assert notes.of("payment-1") == OrderNote(1000, PRICE)


def test_a_key_that_was_ended_is_never_begun(notes):
    notes.ended("payment-1", 1000)
    assert not notes.begin("payment-1", PRICE, 1001)
    assert notes.of("payment-1") == OrderNote(ended=True)


def test_what_became_of_it_adds_up(notes):
    notes.begin("payment-1", PRICE, 1000)
    notes.declined("payment-1", Reason.FUNDS)
    notes.ended("payment-1", 1001)
    notes.refunded("payment-1", 1002)
    assert notes.of("payment-1") == OrderNote(1000, PRICE, Reason.FUNDS, ended=True, refunded=True)
    notes.never_left("payment-1")
    assert notes.of("payment-1").sent_at_s is None
    assert notes.of("payment-2") == OrderNote()


def test_a_refund_of_an_order_from_elsewhere_is_noted(notes):
    notes.refunded("elsewhere", 1000)
    assert notes.of("elsewhere") == OrderNote(refunded=True)


def test_old_notes_go_when_no_attempt_can_be_open_any_more(notes):
    notes.begin("payment-1", PRICE, 0)
    notes.begin("payment-2", PRICE, 44 * 86_400)
    notes.begin("payment-3", PRICE, 46 * 86_400)
    assert [notes.of(f"payment-{number}").amount for number in (1, 2, 3)] == [None, PRICE, PRICE]


def test_a_kill_right_after_a_note_loses_nothing(tmp_path):
    script = (
        "import os, sys, pathlib; from payments.order_notes import OrderNotes; from retail.money import Money;"
        "n = OrderNotes(pathlib.Path(sys.argv[1])); n.begin('payment-1', Money(2560, 'CNY'), 1000);"
        "os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "orders.sqlite"
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert OrderNotes(path).of("payment-1") == OrderNote(1000, PRICE)


def test_they_are_written_through_to_the_disk(notes):
    """A power cut is tested where disks are (tests/faults); here, that the file is opened as it must be."""
    with closing(notes._connect()) as file:
        assert file.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_file_that_is_none_of_ours_is_refused(tmp_path):
    (tmp_path / "orders.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(sqlite3.Error):
        OrderNotes(tmp_path / "orders.sqlite")


def test_when_an_order_left_is_known_until_the_machine_is_started_again(tmp_path, monkeypatch):
    notes = OrderNotes(tmp_path / "orders.sqlite")
    notes.begin("payment-1", PRICE, 1000, 17.5)
    notes.begin("payment-1", PRICE, 1000, 99.0)
    assert OrderNotes(tmp_path / "orders.sqlite").of("payment-1").left_at == 17.5
    monkeypatch.setattr("payments.order_notes._boot", lambda: "another start")
    assert notes.of("payment-1").left_at is None


def test_a_file_from_before_that_was_noted_works_on(tmp_path):
    notes = OrderNotes(tmp_path / "orders.sqlite")
    notes.begin("payment-1", PRICE, 1000, 17.5)
    with closing(sqlite3.connect(tmp_path / "orders.sqlite")) as file, file:
        file.execute("DROP TABLE departures")
    assert OrderNotes(tmp_path / "orders.sqlite").of("payment-1").left_at is None
