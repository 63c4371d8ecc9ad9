"""The counter window: what one would hold before the scanner, to be clicked or dragged there."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QmlElement, QQmlApplicationEngine

from kiosk.adapters.lane_files import NewestPriceList
from kiosk.demo import pan
from kiosk.demo.phone import DemoPhone
from retail.product import name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_E_MEMBER: Final = "e-member"  # a thing without a code of its own: it is made when it is shown


@QmlElement
class CounterViewModel(QObject):
    """Holds the things on the counter and shows their codes to the lane's socket scanner."""

    saidChanged = Signal()
    languageChanged = Signal()
    messageChanged = Signal()

    def __init__(
        self, things: list[dict[str, Any]], address: Path, pictures: dict[str, str], phone: DemoPhone | None = None
    ) -> None:
        super().__init__()
        self._message = ""
        self._phone = phone
        if phone is not None:
            phone.setParent(self)
            phone.made.connect(self.hold)
            phone.failed.connect(self._say)
            phone.arrived.connect(self._show_message)
        self._things = things
        self._address = address
        self._pictures = pictures
        self._language = "zh-CN"
        self._said = ""

    @Property("QVariantList", notify=languageChanged)  # type: ignore[arg-type] # the stubs know no type names
    def things(self) -> list[dict[str, str]]:
        """`{name, kind, code, picture}` of each thing, in the language chosen."""
        return [
            {
                "name": name_in(thing["label"], self._language),
                "kind": thing["kind"],
                "code": thing["code"] or thing["kind"],
                "picture": self._pictures.get(thing["code"], ""),
            }
            for thing in self._things
            if thing["code"] or self._phone is not None
        ]

    @Property(str, notify=saidChanged)
    def said(self) -> str:
        """What happened last."""
        return self._said

    @Property(str, notify=messageChanged)
    def message(self) -> str:
        """The message that arrived last on the shopper's phone; empty for none."""
        return self._message

    @Slot(str)
    def _say(self, said: str) -> None:
        self._said = said
        self.saidChanged.emit()

    @Slot(str)
    def _show_message(self, text: str) -> None:
        self._message = text
        self.messageChanged.emit()

    @Property(str, notify=languageChanged)
    def language(self) -> str:
        """The window's language."""
        return self._language

    @Slot(str)
    def chooseLanguage(self, language: str) -> None:
        """Show the things in another language."""
        self._language = language
        self.languageChanged.emit()

    @Slot(str)
    def lay(self, what: str) -> None:
        """Lay so many grams on the lane's scale, or have something happen to it."""
        try:
            pan.lay(self._address.parent, what)
            self._said = f"{what} g" if what.isdecimal() else what
        except OSError as exc:
            self._said = f"the lane's scale does not answer: {exc.strerror}"
        self.saidChanged.emit()

    @Slot(str)
    def hold(self, code: str) -> None:
        """Hold a code before the scanner; an e-member code is made first."""
        if code == _E_MEMBER and self._phone is not None:
            self._phone.make_code()
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lane:
                lane.connect(str(self._address))
                lane.sendall(code.encode() + b"\n")
            self._said = code
        except OSError as exc:
            self._said = f"the lane's scanner does not answer: {exc.strerror}"
        self.saidChanged.emit()


def pictures_by_code(things: list[dict[str, Any]], path: Path) -> dict[str, str]:
    """The picture's address of each thing that is a product of the list."""
    source = NewestPriceList(path, pictures=path.parent / "pictures")
    prices = source.current()
    source.lay_out_pictures()
    found = {thing["code"]: prices.find(thing["code"], prices.meta.published_at) for thing in things}
    prices.close()
    return {
        code: source.picture_root + listing.product.picture
        for code, listing in found.items()
        if listing and listing.product.picture
    }


def main(argv: list[str] | None = None) -> int:
    """`python -m kiosk.demo.counter --data DIR --things FILE`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the lane's data folder")
    parser.add_argument("--hub-data", type=Path, help="the hub's data folder, for members' codes and messages")
    parser.add_argument("--things", type=Path, required=True, help="JSON list of what lies on the counter")
    arguments = parser.parse_args(argv)
    things = json.loads(arguments.things.read_text(encoding="utf-8"))
    application = QGuiApplication([])
    path = arguments.data / "price-list.sqlite"
    phone = DemoPhone(arguments.hub_data) if arguments.hub_data else None
    model = CounterViewModel(things, arguments.data / "counter.socket", pictures_by_code(things, path), phone)
    engine = QQmlApplicationEngine()
    model.setParent(engine)
    engine.setInitialProperties({"counter": model})
    engine.load(QUrl.fromLocalFile(str(Path(__file__).parent / "Counter.qml")))
    return application.exec() if engine.rootObjects() else 1


if __name__ == "__main__":
    sys.exit(main())
