"""Looks at the lane's window and touches it as a shopper does: by what is visible, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QPointF, QRectF, Qt, QTimer
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

_POLL_MS: Final = 5
_PATIENCE_MS: Final = 15_000
_REACTION_MS: Final = 60  # nobody touches what has just moved there


class NotSeen(Exception):
    """Something that should be on the screen is not; the message says what."""


class ScreenReader:
    """The window of a running lane. All methods on the Qt thread."""

    def __init__(self, window: QQuickWindow) -> None:
        self.window = window

    def wait(self, seen: Callable[[], bool], what: str) -> None:
        """Let the lane run until something is seen; NotSeen after a while."""
        if seen():
            return
        loop = QEventLoop()
        poll = QTimer(interval=_POLL_MS)
        poll.timeout.connect(lambda: loop.quit() if seen() else None)
        limit = QTimer(singleShot=True, interval=_PATIENCE_MS)
        limit.timeout.connect(lambda: loop.exit(1))
        poll.start()
        limit.start()
        if loop.exec() != 0:
            raise NotSeen(f"{what} was not seen; on the screen: {', '.join(sorted(self.words()))[:2000]}")

    def pause(self, milliseconds: int) -> None:
        """Let the lane run for a moment: motion ends, pictures load."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def find(self, name: str) -> QQuickItem | None:
        """The visible item of that object name."""
        return next((item for item in self._visible() if item.objectName() == name), None)

    def shows(self, name: str) -> bool:
        """Whether such an item is visible."""
        return self.find(name) is not None

    def text(self, name: str) -> str:
        """The text of a visible item; empty if it is not there."""
        item = self.find(name)
        return "" if item is None else str(item.property("text") or "")

    def words(self) -> set[str]:
        """All texts on the screen."""
        return {text for item in self._visible() if isinstance(text := item.property("text"), str) and text}

    def touch(self, name: str) -> None:
        """Touch the middle of a visible item that is enabled."""
        self.wait(lambda: self._touchable(name), f"something to touch called {name}")
        self.pause(_REACTION_MS)
        item = self.find(name)
        if item is None:
            raise NotSeen(f"{name} went away before it could be touched")
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)

    def to_idle(self) -> None:
        """Wait until the lane is free; a sale that was just paid may still be on its screen."""
        self.wait(lambda: self.shows("startButton") or bool(self.text("doneTotal")), "the idle screen")
        if not self.shows("startButton"):
            self.touch("finishButton")
            self.wait(lambda: self.shows("startButton"), "the idle screen")

    def scan(self, code: str) -> None:
        """Type a code as fast as a hand scanner does, with Enter after it."""
        for character in code:
            QTest.keyClick(self.window, character)  # type: ignore[call-overload] # the stubs lack the character
        QTest.keyClick(self.window, Qt.Key.Key_Return)

    def picture(self, path: Path) -> None:
        """Save what is on the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.window.grabWindow().save(str(path)):
            raise NotSeen(f"the picture {path} cannot be written; is there room on the disk?")

    def _touchable(self, name: str) -> bool:
        item = self.find(name)
        return item is not None and item.isEnabled()

    def _visible(self) -> Iterator[QQuickItem]:
        """Items that can be seen: not hidden, not transparent, their middle not cut off by a list or the window."""
        root = self.window.contentItem()
        stack = [(root, _rect(root))]
        while stack:
            item, shown = stack.pop()
            if not item.isVisible() or item.opacity() == 0:
                continue
            if item is root or shown.contains(_rect(item).center()):
                yield item
            inner = shown.intersected(_rect(item)) if item.clip() else shown
            # Later children lie above earlier ones: look at them first.
            stack.extend((child, inner) for child in item.childItems())


def _rect(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
