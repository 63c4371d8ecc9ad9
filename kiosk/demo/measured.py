"""The measured half of the headless demo: one visit without pictures, then the hub's record of it, as report.json."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import httpx
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.probe import Heartbeat, ScanWatch, resident_mb
from kiosk.demo.screen import NotSeen, ScreenReader
from kiosk.demo.visit import Visit, choose_wares
from offline_cache.errors import OfflineCacheError
from offline_cache.journal import JournalReader, verify
from retail.sale import SaleStatus, fold

_HUB_PATIENCE_S: Final = 30


def main(argv: list[str] | None = None) -> int:
    """`python -m kiosk.demo.measured --config FILE --hub URL --things FILE --out DIR`; 0 if all was seen."""
    arguments = demo_arguments(argv)
    application = QGuiApplication([])
    config = load_config(arguments.config)
    lane = LaneApp(config)
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    screen = ScreenReader(window)
    watch, heart = ScanWatch(window), Heartbeat()
    lane.scan_seen = watch.scanned
    lane.bridge.published.connect(watch.published)
    report: dict[str, Any] = {}
    status = 1

    def visit() -> None:
        nonlocal status
        try:
            report.update(_visit(arguments, config.screen.languages[0], screen, heart))
            report["rss_mb"] = round(resident_mb(), 1)
            status = 0
        except (NotSeen, OfflineCacheError, httpx.HTTPError) as exc:
            sys.stderr.write(f"demo: {exc}\n")
        finally:
            application.quit()

    QTimer.singleShot(0, visit)
    application.exec()
    lane.close()
    report["scans"] = [{"code": code, "shown_ms": round(shown, 1)} for code, shown in watch.shown]
    report["ui"] = {"max_block_ms": round(heart.max_block_ms, 1)}
    report["start"] = {"first_frame_ms": round(first.took_ms or 0.0)}
    if status == 0:
        status = _after(report, arguments, config.data.dir, config.hub.read_token() if config.hub else "")
    (arguments.out / "report.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return status


def demo_arguments(argv: list[str] | None) -> argparse.Namespace:
    """The arguments that both halves of the headless demo take."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--config", "--things", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--hub", required=True)
    return parser.parse_args(argv)


def _visit(arguments: argparse.Namespace, language: str, screen: ScreenReader, heart: Heartbeat) -> dict[str, Any]:
    counter = json.loads(arguments.things.read_text(encoding="utf-8"))
    data = arguments.config.parent / "data"
    wallets = {entry["code"][-2:]: entry["code"] for entry in counter if entry["kind"] == "wallet"}
    visit = Visit(screen, choose_wares(counter, data / "price-list.sqlite"), wallets, language)
    screen.to_idle()
    screen.pause(1500)  # screens that are loaded after the first frame are there now, as for any shopper
    heart.start()
    visit.shop(lambda _screen: None)
    visit.pay(lambda _screen: None)
    paper = arguments.config.parent / "receipts"
    before = set(paper.glob("[!.]*.png"))
    screen.touch("receiptPrint")
    screen.wait(lambda: bool(set(paper.glob("[!.]*.png")) - before), "the printed receipt")
    heart.stop()
    (printed,) = set(paper.glob("[!.]*.png")) - before
    for kind in ("txt", "png"):
        content = printed.with_suffix(f".{kind}").read_bytes()
        (arguments.out / f"receipt.{kind}").write_bytes(content)
    return {"expected": {"total_minor": visit.total_minor, "saved_minor": visit.saved_minor}}


def _after(report: dict[str, Any], arguments: argparse.Namespace, folder: Path, token: str) -> int:
    """Lane's record against the script's sums and against the hub's answer, to the cent."""
    with JournalReader(folder / "journal.sqlite") as journal:
        sale = fold(journal.last_sale())
    checked = verify(folder / "journal.sqlite")
    report["journal"] = {"events": checked.events, "head": checked.head}
    if sale is None or sale.status is not SaleStatus.COMPLETED or not checked.ok:
        return _complain(f"the lane's journal has no completed sale: {checked.problem or sale}")
    keys = ("total_minor", "currency", "lines", "saved_minor")
    report["sale"] = {"id": sale.id, **{key: sale.completion[key] for key in keys}}
    expected = report.pop("expected")
    if {key: report["sale"][key] for key in expected} != expected:
        return _complain(f"the screen showed {expected}, the record says {report['sale']}")
    answer = _ask_hub(arguments.hub, sale.id, token)
    report["hub_sale"] = {key: answer.get(key) for key in ("id", *keys)}
    if report["hub_sale"] != report["sale"]:
        return _complain(f"the hub's record is {report['hub_sale']}, the lane's {report['sale']}")
    return 0


def _ask_hub(url: str, sale: str, token: str) -> dict[str, Any]:
    """The hub's record, as soon as the agent has brought the sale there."""
    deadline = time.monotonic() + _HUB_PATIENCE_S
    headers = {"Authorization": f"Bearer {token}"}
    answer: dict[str, Any] = {}
    while time.monotonic() < deadline:
        response = httpx.get(f"{url}/v1/sales/{sale}", headers=headers)
        answer = response.json()
        if response.status_code == httpx.codes.OK and answer.get("status") == SaleStatus.COMPLETED:
            break
        time.sleep(0.1)
    return answer


def _complain(sentence: str) -> int:
    sys.stderr.write(f"demo: {sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
