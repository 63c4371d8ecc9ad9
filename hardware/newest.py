"""Hands pictures from the thread that takes them to the one that looks: the newest only, none in vain."""

from __future__ import annotations

import threading
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from hardware.shot import Shot

Taken: TypeAlias = "tuple[Shot | None, float]"
"""A picture, None where there is nothing to see, and its moment."""


class Gone(Enum):
    """Why there is no picture."""

    CLOSED = "closed"
    LOST = "lost"
    SILENT = "silent"
    """The source works, as far as is known, and gives none."""


class Newest:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted = False
        self._closed = False
        self._is_live = False
        self._is_lost = False
        self._item: Taken | None = None

    @property
    def wanted(self) -> bool:
        return self._wanted

    @property
    def is_live(self) -> bool:
        """Whether pictures came since the source was last lost."""
        return self._is_live

    def put(self, picture: Shot | None, at: float) -> None:
        with self._changed:
            self._item = picture, at
            self._wanted, self._is_live, self._is_lost = False, True, False
            self._changed.notify()

    def lose(self) -> None:
        """The source is gone; a picture that nobody took is gone with it."""
        with self._changed:
            self._is_lost, self._is_live, self._item = self._is_live, False, None
            self._changed.notify()

    def take(self, patience_s: float) -> Taken | Gone:
        """Wait for the next picture, or for the news that there is none."""
        with self._changed:
            self._wanted = True
            while not self._changed.wait_for(self._has_news, patience_s):
                if self._is_live:
                    return Gone.SILENT
            if self._closed:
                return Gone.CLOSED
            item, self._item = self._item, None
            if item is not None:
                return item
            self._is_lost = False
            return Gone.LOST

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_news(self) -> bool:
        return self._closed or self._is_lost or self._item is not None
