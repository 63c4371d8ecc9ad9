"""The whole lane with its real window in memory: keys in, lines on the screen, money, and a journal that is whole."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication

from kiosk.app import FirstFrame, LaneApp
from kiosk.config import KioskConfig, load_config
from kiosk.demo.screen import ScreenReader
from offline_cache.errors import JournalError
from offline_cache.journal import verify
from offline_cache.price_list.errors import PriceListError
from tests.kiosk.lane_rig import BREAD, MILK, START, WALLET, write_list

CONFIG = """
[lane]
store = "s"
name = "lane-1"
[data]
dir = "data"
[screen]
languages = ["en", "zh-CN"]
fullscreen = false
calm = true
[receipt]
folder = "receipts"
[[payment]]
id = "wallet"
gateway = "simulated"
"""


@pytest.fixture
def config(tmp_path: Path) -> KioskConfig:
    (tmp_path / "data").mkdir()
    write_list(tmp_path / "data" / "price-list.sqlite", published_at=START)
    (tmp_path / "lane.toml").write_text(CONFIG, encoding="utf-8")
    return load_config(tmp_path / "lane.toml")


@contextmanager
def running(config: KioskConfig, application: QGuiApplication) -> Iterator[ScreenReader]:
    """A lane from its first frame to its end."""
    lane = LaneApp(config, clock=lambda: START)
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    try:
        yield ScreenReader(window)
    finally:
        lane.close()
        application.removeTranslator(lane._translator)
        first.deleteLater()
        window.close()
        lane.engine.deleteLater()
        QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_sale_from_the_first_scan_to_the_last_screen(config: KioskConfig, qapp: QGuiApplication) -> None:
    with running(config, qapp) as screen:
        screen.wait(lambda: screen.shows("startButton"), "the idle screen")
        screen.scan(MILK)
        screen.wait(lambda: screen.text("line-1-price") == "¥12.80", "the milk")
        screen.scan(MILK)
        screen.wait(lambda: screen.text("totalText") == "22.00", "the price of two")
        screen.touch("payButton")
        screen.wait(lambda: screen.text("payTotal") == "22.00", "the ways to pay")
        screen.scan(WALLET)
        screen.wait(lambda: screen.text("doneTotal") == "22.00", "the last screen")
    report = verify(config.data.dir / "journal.sqlite")
    assert (report.ok, report.problem, report.completed, report.open_sale) == (True, "", 1, None)


def test_a_lane_that_starts_again_takes_the_open_basket_up(config: KioskConfig, qapp: QGuiApplication) -> None:
    with running(config, qapp) as screen:
        screen.wait(lambda: screen.shows("startButton"), "the idle screen")
        screen.scan(BREAD)
        screen.wait(lambda: screen.text("line-1-price") == "¥6.50", "the bread")
    with running(config, qapp) as screen:
        screen.wait(lambda: screen.text("line-1-price") == "¥6.50", "the bread of before")
        # Said before the notice bar was made: it must be shown all the same.
        screen.wait(lambda: "basket is complete" in screen.text("noticeText"), "that nothing was lost")
        assert screen.text("totalText") == "6.50"
    assert verify(config.data.dir / "journal.sqlite").ok


def test_the_language_follows_a_touch(config: KioskConfig, qapp: QGuiApplication) -> None:
    with running(config, qapp) as screen:
        screen.wait(lambda: screen.text("idleTitle") == "Scan your first item to begin", "English")
        screen.touch("language-zh-CN")
        screen.wait(lambda: "扫" in screen.text("idleTitle"), "Chinese")


def test_check_files_finds_a_damaged_price_list(config: KioskConfig, qapp: QGuiApplication) -> None:
    (config.data.dir / "price-list.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with _built(config) as lane, pytest.raises(PriceListError, match=r"price-list\.sqlite"):
        lane.check_files()


def test_check_files_finds_a_damaged_journal(config: KioskConfig, qapp: QGuiApplication) -> None:
    (config.data.dir / "journal.sqlite").write_bytes(b"no journal" * 1000)
    with _built(config) as lane, pytest.raises(JournalError, match=r"journal\.sqlite"):
        lane.check_files()


def test_a_price_list_that_has_not_come_yet_is_waited_for(
    config: KioskConfig, qapp: QGuiApplication, caplog: pytest.LogCaptureFixture
) -> None:
    (config.data.dir / "price-list.sqlite").unlink()
    with _built(config) as lane:
        lane.check_files()
    assert "the lane waits for it" in caplog.text


@contextmanager
def _built(config: KioskConfig) -> Iterator[LaneApp]:
    lane = LaneApp(config, clock=lambda: START)
    try:
        yield lane
    finally:
        lane.close()


def test_a_damaged_price_list_ends_the_command_with_a_sentence(config: KioskConfig, tmp_path: Path) -> None:
    (config.data.dir / "price-list.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--config", str(tmp_path / "lane.toml")],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("kiosk: ")
    assert "price-list.sqlite" in done.stderr
    assert "Traceback" not in done.stderr
