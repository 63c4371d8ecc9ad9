"""Keeps the lane's window open: Alt and F4, from a scanner or a person, must not uncover the desktop below."""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, QObject

logger = logging.getLogger(__name__)


class StaysOpen(QObject):
    """An event filter for a window that fills the screen; a window manager's wish to close it is not granted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._may_close = False

    def let_go(self) -> None:
        """The process ends: Qt closes its windows first, and stays if one does not want to."""
        self._may_close = True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Close or self._may_close:
            return False
        logger.warning("something asked for the lane's window to be closed; it stays. End the lane by its service")
        event.ignore()
        return True
