"""A lane's window in memory: shows snapshots, is touched by object name, and notes what the screens asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, QQmlError
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from kiosk.adapters.pictures import QrCodes
from kiosk.adapters.translator import CatalogueTranslator
from kiosk.app import QML
from kiosk.services.lane_view import LaneView
from kiosk.services.texts import Texts
from kiosk.viewmodels.lane import LaneViewModel

SHAPES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
PATIENCE_MS = 20_000
LAST_LOADED = (
    "startButton",
    "backToBasket",
    "cancelPayment",
    "unknownText",
    "finishButton",
    "toTillDone",
    "closeStaff",
    "cancelHelp",
)


class Asked:
    """Stands where the till stands, and notes each act with its arguments."""

    def __init__(self) -> None:
        self.acts: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args: self.acts.append((name, *args))


class LaneWindow:
    """Main.qml with a view-model that the test feeds."""

    def __init__(self, shape: str) -> None:
        self.asked = Asked()
        self.warnings: list[str] = []
        texts = Texts.load()
        self.model = LaneViewModel(self.asked, texts)
        self.engine = QQmlApplicationEngine()
        self.model.setParent(self.engine)
        self.engine.warnings.connect(self._warned)
        self.engine.addImageProvider("qr", QrCodes())
        self._translator = CatalogueTranslator(texts, parent=self.engine)
        QGuiApplication.instance().installTranslator(self._translator)  # type: ignore[union-attr]
        width, height = SHAPES[shape]
        size = {"initialWidth": width, "initialHeight": height, "fullscreen": False, "calm": True}
        self.engine.setInitialProperties({"lane": self.model, **size})
        self.engine.load(QUrl.fromLocalFile(str(QML / "Main.qml")))
        window = self.engine.rootObjects()[0]
        assert isinstance(window, QQuickWindow)
        self.window = window
        self._await_screens()

    def show(self, view: LaneView, language: str = "en") -> None:
        """Show a snapshot and draw it."""
        self._translator.shown = language
        self.engine.retranslate()
        self.model.show(replace(view, language=language))
        self.window.grabWindow()
        QGuiApplication.processEvents()

    def items(self) -> Iterator[QQuickItem]:
        """Every item that can be seen."""
        waiting = [self.window.contentItem()]
        while waiting:
            item = waiting.pop()
            if item.isVisible() and item.opacity() > 0:
                yield item
                waiting += item.childItems()

    def find(self, name: str) -> QQuickItem | None:
        """The visible item of that object name."""
        return next((item for item in self.items() if item.objectName() == name), None)

    def text(self, name: str) -> str:
        """The text that a visible item shows; "" if it is not to be seen."""
        item = self.find(name)
        return "" if item is None else str(item.property("text"))

    def tap(self, name: str) -> list[tuple[object, ...]]:
        """Touch an item in its middle; the acts that came of it."""
        item = self.find(name)
        assert item is not None, f"{name} is not to be seen"
        before = len(self.asked.acts)
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        self.tap_at(round(middle.x()), round(middle.y()))
        return self.asked.acts[before:]

    def tap_at(self, x: int, y: int) -> None:
        """Touch a place."""
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def close(self) -> None:
        """Take window and engine down, while Qt still can."""
        QGuiApplication.removeTranslator(self._translator)
        self.window.close()
        self.engine.deleteLater()
        QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _await_screens(self) -> None:
        """The other screens are made ready after the first frame, one after the other."""
        for _ in range(PATIENCE_MS // 10):
            if all(self.window.findChild(QObject, name) is not None for name in LAST_LOADED) and not self._loading():
                return
            QTest.qWait(10)
        raise AssertionError(f"the screens did not load: {self.warnings}")

    def _loading(self) -> bool:
        """Whether something is still being made: its items are there before they have their places."""
        loaders = (item for item in self.window.findChildren(QQuickItem) if item.inherits("QQuickLoader"))
        return any(loader.property("active") and loader.property("item") is None for loader in loaders)

    def _warned(self, errors: list[QQmlError]) -> None:
        self.warnings += [error.toString() for error in errors]


@contextmanager
def lane_window(shape: str) -> Iterator[LaneWindow]:
    """A window for as long as a module's tests need it."""
    window = LaneWindow(shape)
    try:
        yield window
    finally:
        window.close()


def is_text(item: Any) -> bool:
    """Whether an item is a QML Text with something to read."""
    return item.inherits("QQuickText") and bool(item.property("text"))
