"""The demo proves what it says: one measured visit with real processes, and eyes that see only what is visible."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickWindow
from pytestqt.qtbot import QtBot

from kiosk.demo.phone import DemoPhone
from kiosk.demo.screen import NotSeen, ScreenReader
from kiosk.demo.stage import Stage, StageError, set_stage, thing
from kiosk.demo.visit import choose_wares
from offline_cache.price_list.reader import PriceList
from retail.membership.member_code import MemberCode, read_member_code
from retail.membership.programme import programme_from
from retail.product import Unit

SALE_KEYS = {"id", "total_minor", "currency", "lines", "saved_minor"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with set_stage(tmp_path_factory.mktemp("demo"), width=1080, height=1920) as set_up:
        yield set_up
    for process in set_up.processes:
        assert process.poll() is not None
        if process.stdout is not None:
            process.stdout.close()


def test_the_measured_visit_writes_the_report_that_was_promised(stage: Stage, tmp_path: Path) -> None:
    things = tmp_path / "counter.json"
    things.write_text(json.dumps(stage.counter), encoding="utf-8")
    command = [sys.executable, "-m", "kiosk.demo.measured", "--config", str(stage.config), "--hub", stage.url]
    done = subprocess.run(
        [*command, "--things", str(things), "--out", str(tmp_path)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert set(report) == {"scans", "sale", "hub_sale", "journal", "ui", "start", "rss_mb"}
    assert all(set(scan) == {"code", "shown_ms"} for scan in report["scans"])
    assert set(report["sale"]) == SALE_KEYS
    assert report["hub_sale"] == report["sale"]
    assert (report["sale"]["lines"], report["sale"]["currency"]) == (8, "CNY")
    assert report["sale"]["saved_minor"] > 0
    assert set(report["journal"]) == {"events", "head"}
    assert set(report["ui"]) == {"max_block_ms"}
    assert set(report["start"]) == {"first_frame_ms"}
    assert (tmp_path / "receipt.txt").read_text(encoding="utf-8").strip()
    assert (tmp_path / "receipt.png").read_bytes().startswith(b"\x89PNG")


def test_the_wares_are_of_every_kind_that_a_visit_shows(stage: Stage) -> None:
    path = stage.data / "price-list.sqlite"
    wares = choose_wares(stage.counter, path)
    kinds = {"n_for_x": wares.multi_buy, "nth_item": wares.cheaper_second}
    for kind, listing in kinds.items():
        assert (kind, 2) in {(one.terms.kind, one.terms.quantity) for one in listing.campaigns}
    assert wares.coupon.coupon == thing(stage.counter, "coupon")["code"]
    taken = [*kinds.values(), *wares.plain, wares.removed]
    assert len({listing.product.sku for listing in taken}) == 6
    assert not any(listing.takings or listing.product.min_age for listing in (*wares.plain, wares.removed))
    assert (wares.loose.product.loose, wares.loose.product.unit) == (True, Unit.PIECE)
    assert (wares.weighed.product.loose, wares.weighed.product.unit) == (True, Unit.KG)
    assert wares.price_label != wares.weight_label
    assert (wares.label_minor, wares.weight_minor) == (2650, 1002)  # ¥26.50 on it; 0.842 kg at ¥11.90
    prices = PriceList(path)
    assert prices.find(wares.unknown, datetime.now(UTC)) is None
    prices.close()


def test_a_counter_without_labels_cannot_be_played(stage: Stage) -> None:
    without = [entry for entry in stage.counter if entry["kind"] != "label"]
    with pytest.raises(NotSeen, match="price label"):
        choose_wares(without, stage.data / "price-list.sqlite")


def test_a_thing_is_found_by_kind_and_ending() -> None:
    counter = [{"kind": "wallet", "code": "1300"}, {"kind": "wallet", "code": "1301"}, {"kind": "badge", "code": "B"}]
    assert thing(counter, "wallet", "01")["code"] == "1301"
    with pytest.raises(StageError, match="no wallet 02"):
        thing(counter, "wallet", "02")


SCENE = b"""
import QtQuick
Window {
    width: 200; height: 200; visible: true
    Text { objectName: "plain"; text: "plain"; width: 50; height: 20 }
    Text { objectName: "hidden"; text: "hidden"; visible: false; width: 50; height: 20 }
    Item { opacity: 0; Text { objectName: "transparent"; text: "transparent"; width: 50; height: 20 } }
    Text { objectName: "outside"; text: "outside"; x: 300; width: 50; height: 20 }
    Text { objectName: "mostlyOutside"; text: "mostlyOutside"; x: 190; width: 50; height: 20 }
    Item {
        y: 50; width: 100; height: 40; clip: true
        Text { objectName: "inList"; text: "inList"; width: 50; height: 20 }
        Text { objectName: "cutOff"; text: "cutOff"; y: 35; width: 50; height: 20 }
    }
    Item {
        y: 120; width: 100; height: 10
        Text { objectName: "hanging"; text: "hanging"; y: 30; width: 50; height: 20 }
    }
}
"""


@pytest.fixture
def eyes(qapp):
    engine = QQmlEngine()
    component = QQmlComponent(engine)
    component.setData(SCENE, QUrl("file:///scene.qml"))
    window = component.create()
    assert isinstance(window, QQuickWindow), component.errorString()
    yield ScreenReader(window)
    window.close()
    engine.deleteLater()


def test_only_what_can_be_seen_is_seen(eyes: ScreenReader) -> None:
    assert eyes.words() == {"plain", "inList", "hanging"}
    assert [eyes.shows(name) for name in ("plain", "inList", "hanging")] == [True, True, True]
    for name in ("hidden", "transparent", "outside", "mostlyOutside", "cutOff", "none of these"):
        assert not eyes.shows(name), name
        assert eyes.text(name) == ""


def test_what_has_not_come_is_said_with_what_is_there(eyes: ScreenReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.demo.screen._PATIENCE_MS", 20)
    with pytest.raises(NotSeen, match=r"the total was not seen; on the screen: hanging, inList, plain"):
        eyes.wait(lambda: False, "the total")


def test_what_cannot_be_seen_cannot_be_touched(eyes: ScreenReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.demo.screen._PATIENCE_MS", 20)
    with pytest.raises(NotSeen, match="hidden"):
        eyes.touch("hidden")


def test_the_counters_phone_shows_a_code_that_the_lane_believes_and_the_message_that_came(
    stage: Stage, qtbot: QtBot
) -> None:
    phone = DemoPhone(stage.folder / "hub")
    codes: list[str] = []
    messages: list[str] = []
    phone.made.connect(codes.append)
    phone.arrived.connect(messages.append)
    with qtbot.waitSignal(phone.made, timeout=30_000):
        phone.make_code()
    phone.look()
    prices = PriceList(stage.data / "price-list.sqlite")
    programme = programme_from(prices.meta.membership)
    prices.close()
    assert programme is not None
    found = read_member_code(codes[0].removeprefix("SGM-"), programme.code_keys, int(datetime.now(UTC).timestamp()))
    assert isinstance(found, MemberCode)
    assert found.clubs == ("member",)
    assert "灯笼会" in messages[-1]
