"""A whole lane with WeChat's real gateway before a make-believe bank in a process of its own: codes, doubt, staff."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from kiosk.config import KioskConfig, load_config
from offline_cache.journal import JournalReader
from payments.fakes.books import Books
from tests.kiosk.lane_rig import BADGE, MILK, START, _sha256, write_list
from tests.kiosk.test_app import CONFIG, running

SHOP = CONFIG.partition("[[payment]]")[0]
STAFF = f'\n[[staff]]\nname = "Li"\nbadge_sha256 = "{_sha256(BADGE)}"\n'
CHARGED_SILENTLY = "130000000000000003"


@contextmanager
def wechat(folder: Path, *options: str) -> Iterator[Books]:
    """The bank's own books while its process runs."""
    command = [sys.executable, "-m", "payments.fakes", "wechat", "--dir", str(folder), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("serving on")
            yield Books(folder / "wechat-books.sqlite")
        finally:
            process.kill()


def lane_with(folder: Path) -> KioskConfig:
    (folder / "data").mkdir()
    write_list(folder / "data" / "price-list.sqlite", published_at=START)
    settings = (folder / "wechat" / "settings.toml").read_text(encoding="utf-8")
    (folder / "lane.toml").write_text(SHOP + settings + STAFF, encoding="utf-8")
    return load_config(folder / "lane.toml")


def kinds(folder: Path) -> list[str]:
    with JournalReader(folder / "data" / "journal.sqlite") as journal:
        return [event.kind for event in journal.events()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wechat").mkdir()
    return tmp_path


def test_a_wechat_code_stands_on_the_screen_until_it_is_paid(folder: Path, qapp: QGuiApplication) -> None:
    notify = "http://127.0.0.1:9/v1/notifications/wechat"
    options = ("--presents", "kiosk_code", "--notify-url", notify, "--delay", "1")
    with wechat(folder / "wechat", *options) as books, running(lane_with(folder), qapp) as screen:
        screen.wait(lambda: screen.shows("startButton"), "the idle screen")
        screen.scan(MILK)
        screen.wait(lambda: screen.text("totalText") == "12.80", "the milk")
        screen.touch("payButton")
        screen.wait(lambda: screen.shows("way-wechat"), "the ways to pay")
        screen.touch("way-wechat")
        screen.wait(lambda: screen.shows("payCode"), "the code to be scanned")
        assert screen.text("payingText") == "Please scan with WeChat"
        screen.wait(lambda: screen.text("doneTotal") == "12.80", "the last screen")
        charges = [(charge.amount_minor, charge.refunded_minor) for charge in books.charges()]
    assert (charges, kinds(folder)[-1]) == ([(1280, 0)], "sale.completed")
    written = b"".join(file.read_bytes() for file in (folder / "data").rglob("*") if file.is_file())
    assert b"weixin://" not in written


def test_a_doubt_names_whom_the_lane_asks_and_staff_set_it_aside(folder: Path, qapp: QGuiApplication) -> None:
    with wechat(folder / "wechat", "--delay", "600"), running(lane_with(folder), qapp) as screen:
        screen.wait(lambda: screen.shows("startButton"), "the idle screen")
        screen.scan(MILK)
        screen.wait(lambda: screen.text("totalText") == "12.80", "the milk")
        screen.touch("payButton")
        screen.wait(lambda: screen.shows("payTotal"), "the ways to pay")
        screen.scan(CHARGED_SILENTLY)
        screen.wait(lambda: screen.text("unknownTitle") == "We are asking WeChat", "the doubt")
        screen.scan(BADGE)
        screen.wait(lambda: screen.shows("staffAct-set_aside"), "the acts of staff")
        screen.touch("staffAct-set_aside")
        screen.wait(lambda: screen.shows("startButton"), "a lane that is free again")
        screen.wait(lambda: "payment.set_aside" in kinds(folder), "the record")
    assert kinds(folder).count("payment.intended") == 1
