"""Takes every key of the window: a wedge scanner's become scans, a person's go to the search, none to a button."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent

from hardware.keymap import character
from hardware.scan import Scan
from hardware.wedge import Decision, Scanned, Typed, WedgeDecoder

_XKB_OFFSET: Final = 8  # X11 and Wayland number keys eight above the kernel
_TERMINATORS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
_MODIFIERS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)


class WedgeFilter(QObject):
    """An event filter for the lane's window; lives on the Qt thread. `name` is the scans' source."""

    def __init__(
        self,
        decoder: WedgeDecoder,
        *,
        name: str = "keyboard",
        scanned: Callable[[Scan], None],
        typed: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._decoder = decoder
        self._name = name
        self._scanned = scanned
        self._typed = typed
        self._offset: float | None = None
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll_after_input)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Swallow all keys: a scan must never reach a control, and no control needs a keyboard."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            self._press(cast("QKeyEvent", event))
            return True
        return kind in {QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride}

    def _press(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _MODIFIERS:
            return
        text = _character(event)
        decisions = self._decoder.key(
            text, self._at(event), terminator=key in _TERMINATORS, repeat=event.isAutoRepeat(), token=key
        )
        self._deliver(decisions)

    def _at(self, event: QKeyEvent) -> float:
        """The event's own time on our clock: it does not shake when the screen is busy, arrival does."""
        now = time.monotonic()
        if event.timestamp() == 0:
            return now
        stamp = event.timestamp() / 1000
        # The smallest delay ever seen is the best guess of what lies between the two clocks.
        self._offset = now - stamp if self._offset is None else min(self._offset, now - stamp)
        return stamp + self._offset

    @Slot()
    def _poll_after_input(self) -> None:
        """After a busy moment the timer may fire before keys that wait in the queue: let them in first."""
        QTimer.singleShot(0, self._poll)

    @Slot()
    def _poll(self) -> None:
        self._deliver(self._decoder.poll(time.monotonic()))

    def _deliver(self, decisions: tuple[Decision, ...]) -> None:
        for decision in decisions:
            if isinstance(decision, Scanned):
                self._scanned(Scan(decision.text, "UNKNOWN", self._name, decision.at))
            elif isinstance(decision, Typed):
                self._type(decision)
        deadline = self._decoder.deadline
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, int((deadline - time.monotonic()) * 1000) + 2))

    def _type(self, typed: Typed) -> None:
        for key in typed.keys:
            if key.token == Qt.Key.Key_Backspace:
                self._typed("\b")
            elif key.character and key.character.isprintable():
                self._typed(key.character)


def _character(event: QKeyEvent) -> str | None:
    """What the key means on a US keyboard, which scanners pretend to be, whatever layout the lane has."""
    modifiers = event.modifiers()
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    code = event.nativeScanCode() - _XKB_OFFSET
    found = character(code, shift, control=control) if code > 0 else None
    return found or event.text() or None
