"""The picture half of the headless demo: every screen in every language and both shapes, of a lane that really runs."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.app import FirstFrame, LaneApp, utc_now
from kiosk.config import KioskConfig, load_config
from kiosk.demo import pan
from kiosk.demo.measured import demo_arguments
from kiosk.demo.screen import NotSeen, ScreenReader
from kiosk.demo.stage import thing
from kiosk.demo.visit import Visit, choose_wares
from kiosk.services.formats import money_parts
from retail.money import divide_half_up
from retail.product import Listing

SHAPES: Final = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
_TERMINAL_S: Final = 30.0  # six pictures are taken while it waits; a payment counts as in doubt only after that
_SETTLE_MS: Final = 350  # motion is over after 200 ms, pictures are loaded


class Album:
    """Takes one picture of a moment for each language and shape; numbers moments in the order of the visit."""

    def __init__(self, out: Path, languages: list[str]) -> None:
        self._out = out
        self._languages = languages
        self._number = 0

    def take(self, name: str, lane: LaneApp, screen: ScreenReader) -> None:
        """Show the screen in all ways and save each; the lane is back in the first language afterwards."""
        self._number += 1
        for language in (*self._languages[1:], self._languages[0]):
            lane.actions.set_language(language)
            screen.wait(lambda language=language: lane.model.value("language") == language, f"the language {language}")  # type: ignore[misc]
            for shape, size in SHAPES.items():
                screen.window.resize(*size)
                screen.pause(_SETTLE_MS)
                screen.picture(self._out / f"{language}-{shape}-{self._number:02}-{name}.png")


def main(argv: list[str] | None = None) -> int:
    """`python -m kiosk.demo.pictures --config FILE --hub URL --things FILE --out DIR`; 0 if every screen was seen."""
    arguments = demo_arguments(argv)
    application = QGuiApplication([])
    config = load_config(arguments.config)
    album = Album(arguments.out, config.screen.languages)
    counter = json.loads(arguments.things.read_text(encoding="utf-8"))
    status = 1

    def all_pictures() -> None:
        nonlocal status
        try:
            _visit(application, config, album, counter)
            _blocked_lanes(application, config, album, arguments)
            status = 0
        except NotSeen as exc:
            sys.stderr.write(f"demo: {exc}\n")
        finally:
            application.quit()

    QTimer.singleShot(0, all_pictures)
    application.exec()
    return status


@contextmanager
def _lane(
    application: QGuiApplication, config: KioskConfig, clock: Callable[[], datetime] = utc_now
) -> Iterator[tuple[LaneApp, ScreenReader]]:
    lane = LaneApp(config, clock=clock)
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    try:
        yield lane, ScreenReader(window)
    finally:
        first.deleteLater()
        window.close()
        lane.close()


def _visit(application: QGuiApplication, config: KioskConfig, album: Album, counter: list[dict[str, Any]]) -> None:
    """One visit that meets everything: help, staff, a refused code, a payment in doubt, and the receipt."""
    wallets = {entry["code"][-2:]: entry["code"] for entry in counter if entry["kind"] == "wallet"}
    wares = choose_wares(counter, config.data.dir / "price-list.sqlite")
    with _lane(application, _patient(config)) as (lane, screen):
        visit = Visit(screen, wares, wallets, config.screen.languages[0])

        def moment(name: str) -> None:
            album.take(name, lane, screen)

        visit.shop(moment)
        _weigh(screen, moment, wares.weighed, config.data.dir)
        _sheets(screen, moment, counter)
        visit.to_pay_screen(moment)
        screen.touch("joinRead")
        screen.wait(lambda: screen.shows("joinRefuse"), "what joining agrees to")
        moment("join-consents")
        screen.touch("closeSheet")
        screen.scan(wallets["01"])
        screen.wait(lambda: screen.shows("declineText"), "the refused payment")
        moment("pay-declined")
        screen.touch("way-card")
        screen.wait(lambda: screen.shows("payingText"), "paying by card")
        moment("paying")
        screen.touch("cancelPayment")
        screen.wait(lambda: screen.shows("payTotal"), "the way back from the terminal")
        screen.scan(wallets["03"])
        screen.wait(lambda: screen.shows("unknownText"), "the payment in doubt")
        moment("payment-unknown")
        visit.see_done(moment)
        screen.touch("receiptCode")
        screen.wait(lambda: screen.shows("receiptQr"), "the receipt's code")
        moment("done-code")
        screen.touch("finishButton")
        screen.wait(lambda: screen.shows("startButton"), "the idle screen")
        _join(screen, moment, (wares.multi_buy, wares.cheaper_second, *wares.plain), wallets["00"])


def _join(screen: ScreenReader, moment: Callable[[str], None], goods: Sequence[Listing], wallet: str) -> None:
    """A second shopper joins with the payment: one touch, and what that brings."""
    for number, listing in enumerate(goods, 1):
        screen.scan(listing.code)
        screen.wait(lambda number=number: screen.shows(f"line-{number}-remove"), listing.code)  # type: ignore[misc]
    screen.touch("payButton")
    screen.touch("joinYes")
    screen.wait(lambda: not screen.shows("joinYes"), "the price with membership")
    moment("pay-joining")
    screen.scan(wallet)
    screen.wait(lambda: screen.shows("pageQr"), "what the hub says of the new member")
    moment("done-member")
    screen.touch("finishButton")
    screen.wait(lambda: screen.shows("startButton"), "the idle screen")


def _patient(config: KioskConfig) -> KioskConfig:
    """With a card terminal that waits until all its pictures are taken, however busy the machine is."""
    ways = [
        way.model_copy(update={"settings": {**way.settings, "delay_s": _TERMINAL_S}}) if way.id == "card" else way
        for way in config.payment
    ]
    return config.model_copy(update={"payment": ways})


def _weigh(screen: ScreenReader, moment: Callable[[str], None], goods: Listing, data: Path) -> None:
    """Goods picked by picture, on the lane's scale and off it again."""
    screen.touch("looseButton")
    screen.wait(lambda: screen.shows(f"category-{goods.product.category}"), "the categories")
    screen.touch(f"category-{goods.product.category}")
    screen.wait(lambda: screen.shows(f"good-{goods.product.sku}"), "the weighed goods")
    screen.touch(f"good-{goods.product.sku}")
    screen.wait(lambda: screen.text("weighFigures") == "0.000", "the empty scale")
    moment("weigh-empty")
    pan.lay(data, "842")
    grams = 842 - goods.product.tare_grams
    price = money_parts(divide_half_up(grams * goods.price.unit_minor, 1000), "CNY", "en")[1]
    screen.wait(lambda: screen.text("weighFigures") == f"0.{grams}", "what lies on the scale")
    screen.wait(lambda: screen.text("weighPrice") == price, "what it costs")
    moment("weigh-ready")
    pan.lay(data, "over")
    screen.wait(lambda: not screen.text("weighPrice"), "more than the scale can weigh")
    moment("weigh-over")
    pan.lay(data, "0")
    screen.touch("closeSheet")
    screen.wait(lambda: not screen.shows("weighTake"), "the basket again")


def _sheets(screen: ScreenReader, moment: Callable[[str], None], counter: list[dict[str, Any]]) -> None:
    """What opens over the basket: typed codes, help, the attendant's panel."""
    screen.touch("keypadButton")
    screen.wait(lambda: screen.shows("keypadAdd"), "the pad for codes")
    moment("keypad")
    screen.touch("closeSheet")
    screen.touch("helpButton")
    screen.wait(lambda: screen.shows("helpText"), "help on its way")
    moment("help")
    screen.scan(thing(counter, "badge")["code"])
    screen.wait(lambda: screen.shows("closeStaff"), "the attendant's panel")
    moment("staff")
    screen.touch("staffAct-clear_help")
    screen.touch("closeStaff")
    screen.wait(lambda: not screen.shows("closeStaff") and not screen.shows("helpText"), "help to be over")


def _blocked_lanes(
    application: QGuiApplication, config: KioskConfig, album: Album, arguments: argparse.Namespace
) -> None:
    """Lanes that cannot sell, each in a folder of its own: closed, list too old, out of service."""
    for name, text, prepare, later in (
        ("list-too-old", "restTitle", _copy_list, timedelta(days=30)),
        ("out-of-service", "restTitle", _no_list, timedelta()),
    ):
        folder = arguments.config.parent / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        prepare(config.data.dir, folder)
        blocked = config.model_copy(update={"data": config.data.model_copy(update={"dir": folder})})
        with _lane(application, blocked, lambda later=later: utc_now() + later) as (lane, screen):  # type: ignore[misc]
            screen.wait(lambda text=text, screen=screen: screen.shows(text), name)  # type: ignore[misc]
            album.take(name, lane, screen)
    with _lane(application, config) as (lane, screen):
        _close_lane(lane, screen, album, thing(json.loads(arguments.things.read_text(encoding="utf-8")), "badge"))


def _close_lane(lane: LaneApp, screen: ScreenReader, album: Album, badge: dict[str, Any]) -> None:
    screen.to_idle()
    for act, seen in (("close_lane", "restTitle"), ("open_lane", "startButton")):
        screen.scan(badge["code"])
        screen.touch(f"staffAct-{act}")
        screen.touch("closeStaff")
        screen.wait(lambda seen=seen: screen.shows(seen), act)  # type: ignore[misc]
        if act == "close_lane":
            album.take("closed", lane, screen)


def _copy_list(source: Path, folder: Path) -> None:
    shutil.copy(source / "price-list.sqlite", folder)


def _no_list(_source: Path, _folder: Path) -> None:
    """A lane whose agent has not fetched anything yet."""


if __name__ == "__main__":
    sys.exit(main())
