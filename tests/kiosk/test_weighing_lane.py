"""The whole lane with a scale on a real serial line: bytes in, a line of the journal out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication

from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.screen import ScreenReader
from offline_cache.journal import JournalReader, verify
from tests.hardware.scripted_scale import ScriptedScale, kilograms
from tests.kiosk.lane_rig import START, write_list

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
[scale]
kind = "8217"
source = "{port}"
poll_ms = 50
[[payment]]
id = "wallet"
gateway = "simulated"
"""


@pytest.fixture
def scale(tmp_path: Path) -> Iterator[ScriptedScale]:
    scale = ScriptedScale(tmp_path / "ttyScale")
    scale.answer = kilograms(0)
    yield scale
    scale.end()


@contextmanager
def running(folder: Path, application: QGuiApplication) -> Iterator[ScreenReader]:
    lane = LaneApp(load_config(folder / "lane.toml"), clock=lambda: START)
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


def test_apples_from_the_serial_line_to_the_journal(
    tmp_path: Path, scale: ScriptedScale, qapp: QGuiApplication
) -> None:
    (tmp_path / "data").mkdir()
    write_list(tmp_path / "data" / "price-list.sqlite", published_at=START, apple_tare=5)
    (tmp_path / "lane.toml").write_text(CONFIG.format(port=scale.path), encoding="utf-8")
    with running(tmp_path, qapp) as screen:
        screen.wait(lambda: screen.shows("startButton"), "the idle screen")
        screen.touch("startButton")
        screen.wait(lambda: screen.shows("looseButton"), "the basket")
        screen.touch("looseButton")
        screen.wait(lambda: screen.shows("good-APPLE"), "the apples")
        screen.touch("good-APPLE")
        screen.wait(lambda: screen.text("weighFigures") == "0.000", "the empty scale")
        scale.answer = b"\x02?I\r"
        screen.wait(lambda: screen.text("weighFigures") == "– – –", "the swinging scale")
        scale.unplug()
        screen.wait(lambda: "does not answer" in screen.text("weighAdvice"), "the lost scale")
        scale.answer = kilograms(842)
        scale.plug()
        screen.wait(lambda: screen.text("weighPrice") == "9.96", "the apples' price")
        screen.touch("weighTake")
        screen.wait(lambda: screen.text("line-1-price") == "¥9.96", "the line")
    with JournalReader(tmp_path / "data" / "journal.sqlite") as journal:
        events = list(journal.events())
    added = next(event.body for event in events if event.kind == "line.added")
    assert (added["grams"], added["tare_grams"], added["weighed"]) == (837, 5, "scale")
    assert [event.body["fault"] for event in events if event.kind == "device.fault"][-1] == ""
    assert verify(tmp_path / "data" / "journal.sqlite").ok
