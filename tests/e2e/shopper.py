"""A lane with a tireless shopper before it: buys and pays again and again, and says what is seen on the screen."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.screen import NotSeen, ScreenReader
from kiosk.services.lane_view import LaneView, Screen
from offline_cache.journal import JournalReader
from offline_cache.price_list.reader import PriceList

_ENDINGS = ("00", "02", "03", "01")
_LINES = 3
_MOMENT_MS = 20
_LOOKS = 20


class Shopper:
    """Does what the screen asks for. Prints `SCREEN` at each new one, `done NUMBER TOTAL` for a sale seen as paid."""

    def __init__(
        self, screen: ScreenReader, *, goods: Iterator[str], wallets: Iterator[str], rig: Path, enough: Path
    ) -> None:
        self._screen, self._goods, self._wallets, self._rig, self._enough = screen, goods, wallets, rig, enough
        self._view = LaneView(screen=Screen.OUT_OF_SERVICE)
        self._said = ""

    def shown(self, view: LaneView) -> None:
        """The lane shows this now."""
        self._view = view

    def shop(self) -> None:
        """Until it is enough and the lane is free."""
        while not (self._view.screen is Screen.IDLE and self._enough.exists()):
            self._say(self._view.screen.value)
            self._act(self._view)
            self._screen.pause(_MOMENT_MS)

    def _act(self, view: LaneView) -> None:
        if view.screen is Screen.IDLE or (view.screen is Screen.BASKET and len(view.lines) < _LINES):
            self._scan(next(self._goods))
            self._screen.wait(lambda: self._view.change_serial != view.change_serial, "the line that was scanned")
        elif view.screen is Screen.BASKET:
            self._touch("payButton", Screen.BASKET)
        elif view.screen is Screen.PAY:
            self._scan(next(self._wallets))
            self._screen.wait(lambda: self._view is not view, "an answer to the wallet's code")
        elif view.screen is Screen.DONE and view.done is not None:
            self._screen.wait(lambda: bool(self._screen.text("doneTotal")), "the total on the last screen")
            self._say(f"done {view.done.receipt_number} {view.done.total_minor}")
            self._touch("finishButton", Screen.DONE)

    def _scan(self, code: str) -> None:
        """By the socket: keys sent by this very thread would come too slowly while screens are being loaded."""
        with socket.socket(socket.AF_UNIX) as rig:
            self._screen.wait(lambda: rig.connect_ex(str(self._rig)) == 0, "the scanner")
            rig.sendall(f"{code}\n".encode())

    def _touch(self, name: str, on: Screen) -> None:
        """Touch it if it is there. While its screen is being made, right after a start, the touch may not be felt."""
        if self._screen.shows(name):
            with contextlib.suppress(NotSeen):
                self._screen.touch(name)
        for _ in range(_LOOKS):
            if self._view.screen is on:
                self._screen.pause(_MOMENT_MS)

    def _say(self, what: str) -> None:
        if what != self._said:
            print(what, flush=True)
            self._said = what


def for_all_ages(things: list[dict[str, Any]], path: Path) -> list[str]:
    """Codes of what nobody needs to be asked about."""
    prices, now = PriceList(path), datetime.now(UTC)
    found = [prices.find(thing["code"], now) for thing in things if thing["kind"] == "product"]
    prices.close()
    return [listing.code for listing in found if listing is not None and not listing.product.min_age]


def wallets_from(wallets: dict[str, str], turn: int) -> Iterator[str]:
    """The wallets round and round; where to begin differs from life to life of the lane."""
    endings = itertools.islice(itertools.cycle(_ENDINGS), turn % len(_ENDINGS), None)
    return (wallets[ending] for ending in endings)


def events(path: Path) -> int:
    """How many events the journal has."""
    if not path.exists():
        return 0
    with JournalReader(path) as journal:
        return journal.head()[0]


def main() -> int:
    """Exit status 0 once it is enough, 1 if the lane did not do as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--config", "--things", "--enough"):
        parser.add_argument(name, type=Path, required=True)
    arguments = parser.parse_args()
    things = json.loads(arguments.things.read_text(encoding="utf-8"))
    wallets = {thing["code"][-2:]: thing["code"] for thing in things if thing["kind"] == "wallet"}
    application = QGuiApplication([])
    config = load_config(arguments.config)
    goods = for_all_ages(things, config.data.dir / "price-list.sqlite")
    lane = LaneApp(config)
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    shopper = Shopper(
        ScreenReader(window),
        goods=itertools.cycle(goods),
        wallets=wallets_from(wallets, events(config.data.dir / "journal.sqlite")),
        rig=config.data.dir / "rig.socket",
        enough=arguments.enough,
    )
    lane.bridge.published.connect(shopper.shown)
    status = 1

    def visit() -> None:
        nonlocal status
        try:
            shopper.shop()
            status = 0
        except NotSeen as exc:
            sys.stderr.write(f"shopper: {exc}\n")
        finally:
            application.quit()

    QTimer.singleShot(0, visit)
    application.exec()
    first.deleteLater()
    lane.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
