"""The whole lane with a printer on TCP and a light on a serial line: paper out, told, put right, and out it comes."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication

from hardware.light import Signal
from hardware.printer_raster import dots_of
from kiosk.adapters.receipt_image import receipt_png
from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.screen import ScreenReader
from kiosk.services.lane_view import LaneView
from kiosk.services.signal import CALL, CARE, OFF, OPEN
from offline_cache.journal import JournalReader, verify
from tests.hardware.paper_rig import Picture, TcpPrinter, Works
from tests.hardware.tower_rig import Tower
from tests.kiosk.lane_rig import BADGE, BREAD, START, WALLET, write_list

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
[printer]
kind = "network"
source = "127.0.0.1:{port}"
[light]
kind = "tower"
source = "{tower}"
[[payment]]
id = "wallet"
gateway = "simulated"
[[staff]]
name = "Li"
badge_sha256 = "{badge}"
"""


class Counter:
    """The lane's window, its paper and its lamps."""

    def __init__(self, lane: LaneApp, screen: ScreenReader, works: Works, tower: Tower) -> None:
        self.do = lane.actions  # not by keys and touches: what a loaded machine makes of those is not the matter here
        self.screen = screen
        self.works = works
        self.tower = tower
        self.views: list[LaneView] = []

    def says(self, text: str) -> None:
        self.screen.wait(lambda: text in self.screen.text("receiptText"), text)

    def lights(self, signal: Signal) -> None:
        self.screen.wait(lambda: self.tower.seen() == signal, f"the light {signal}")

    def buy_bread(self) -> None:
        self.screen.wait(lambda: self.screen.shows("startButton"), "the idle screen")
        self.do.scan(BREAD)
        self.screen.wait(lambda: self.screen.text("totalText") == "6.50", "the bread")
        self.do.pay()
        self.screen.wait(lambda: self.screen.text("payTotal") == "6.50", "the ways to pay")
        self.do.scan(WALLET)
        self.screen.wait(lambda: self.screen.text("doneTotal") == "6.50", "the last screen")

    def drawn(self, mark: str = "") -> Picture:
        """What the last receipt looks like, dot by dot."""
        text = next(view.done.receipt_text for view in reversed(self.views) if view.done)
        rows, height = dots_of(receipt_png(text, mark=mark), 576)
        return np.unpackbits(np.frombuffer(rows, np.uint8).reshape(height, 72), axis=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    write_list(tmp_path / "data" / "price-list.sqlite", published_at=START)
    return tmp_path


@contextmanager
def running(folder: Path, application: QGuiApplication, works: Works) -> Iterator[Counter]:
    tower, printer = Tower(), TcpPrinter(works)
    badge = hashlib.sha256(BADGE.encode()).hexdigest()
    (folder / "lane.toml").write_text(CONFIG.format(port=printer.port, tower=tower.path, badge=badge), "utf-8")
    lane = LaneApp(load_config(folder / "lane.toml"), clock=lambda: START)
    window = lane.open_window(application)
    counter = Counter(lane, ScreenReader(window), works, tower)
    lane.bridge.published.connect(counter.views.append)
    first = FirstFrame(window, lane.start_scanners)
    try:
        yield counter
    finally:
        lane.close()
        QGuiApplication.processEvents()  # what the lane still had to show, while there is something to show it
        assert tower.sees(OFF)
        printer.close()
        tower.unplug()
        application.removeTranslator(lane._translator)
        first.deleteLater()
        window.close()
        lane.engine.deleteLater()
        QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def notes(folder: Path, kind: str, key: str) -> list[object]:
    with JournalReader(folder / "data" / "journal.sqlite") as journal:
        return [event.body[key] for event in journal.events() if event.kind == kind]


def test_a_receipt_comes_out_dot_by_dot_and_the_screen_says_take_it(folder: Path, qapp: QGuiApplication) -> None:
    with running(folder, qapp, Works()) as counter:
        counter.lights(OPEN)
        counter.buy_bread()
        counter.do.choose_receipt("print")
        counter.says("Please take your receipt.")
        (paper,) = counter.works.pictures
        assert np.array_equal(paper, counter.drawn())
        counter.do.scan(BADGE)
        counter.do.staff_act("reprint")
        counter.screen.wait(lambda: len(counter.works.pictures) == 2, "the copy")
        assert np.array_equal(counter.works.pictures[1], counter.drawn("COPY"))
    assert notes(folder, "staff.act", "act") == ["reprint"]
    assert verify(folder / "data" / "journal.sqlite").ok


def test_paper_that_is_out_is_told_before_and_the_receipt_comes_with_the_new_roll(
    folder: Path, qapp: QGuiApplication
) -> None:
    with running(folder, qapp, Works(rows_left=0)) as counter:
        counter.lights(CARE)
        counter.buy_bread()
        counter.says("The printer has no paper.")
        counter.do.choose_receipt("print")
        counter.says("comes out as soon as")
        counter.lights(CALL)
        counter.works.new_roll()
        counter.says("Please take your receipt.")
        counter.lights(OPEN)
        (paper,) = counter.works.pictures
        assert np.array_equal(paper, counter.drawn())
    assert notes(folder, "device.fault", "fault") == ["paper_out", ""]


def test_a_call_for_help_and_its_end_are_seen_from_afar(folder: Path, qapp: QGuiApplication) -> None:
    with running(folder, qapp, Works()) as counter:
        counter.lights(OPEN)
        counter.do.call_help()
        counter.lights(CALL)
        counter.do.cancel_help()
        counter.lights(OPEN)
