"""Takes every key of the window: a wedge scanner's become scans, a person's go to the search, none to a button."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent

from hardware.aim_ids import identify
from hardware.scan import Scan
from hardware.wedge import Decision, Key, Scanned, Typed, WedgeDecoder, WedgeTiming
from kiosk.adapters.strokes import DEAD, Ends, Sign, Strokes
from kiosk.config import ScannerSection

_SHORTEST_WAIT_MS: Final = 1
_FASTEST_REPEAT_S: Final = 0.015
"""Qt on X11 takes a digit that is typed again within some 10 ms for a key held down (measured: the noughts of
6900000000000 at a millisecond apart). A held key repeats every 25 to 40 ms."""


_CLOCK_JUMPED_S: Final = 60.0
"""No screen is busy for so long. X11's milliseconds begin anew after 49.7 days: a scan after that would be taken for
single keys of long ago, each of them a person's."""


def keyboard_filter(
    section: ScannerSection | None,
    *,
    scanned: Callable[[Scan], None],
    typed: Callable[[str], None],
    parent: QObject,
) -> WedgeFilter:
    """As the lane's file has it; without a section all keys are a person's."""
    if section is None:
        return WedgeFilter(None, scanned=scanned, typed=typed, parent=parent)
    decoder = WedgeDecoder(
        min_length=section.min_length,
        prefix=section.prefix,
        suffix=section.suffix,
        timing=WedgeTiming(max_gap_s=section.max_gap_ms / 1000),
    )
    return WedgeFilter(
        decoder,
        name=section.name,
        group_separator=section.group_separator,
        scanned=scanned,
        typed=typed,
        parent=parent,
    )


class WedgeFilter(QObject):
    """An event filter for the lane's window; lives on the Qt thread. `name` is the scans' source.

    Without a decoder no scanner types here: keys are a person's, and those of any other device that calls itself a
    keyboard come no further than a person's do.
    """

    def __init__(
        self,
        decoder: WedgeDecoder | None,
        *,
        name: str = "keyboard",
        group_separator: str = "",
        scanned: Callable[[Scan], None],
        typed: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._decoder = decoder
        self._name = name
        self._group_separator = group_separator
        self._scanned = scanned
        self._typed = typed
        self._strokes = Strokes()
        self._offset: float | None = None
        self._pressed_at = float("-inf")
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll_after_input)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Swallow all keys: a scan must never reach a control, and no control needs a keyboard."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            self._press(cast("QKeyEvent", event))
            return True
        if kind == QEvent.Type.KeyRelease:
            self._release(cast("QKeyEvent", event))
            return True
        return kind in {QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut}

    def _press(self, event: QKeyEvent) -> None:
        at, stroke = self._at(event), self._strokes.press(event)
        repeat = event.isAutoRepeat() and at - self._pressed_at > _FASTEST_REPEAT_S
        self._pressed_at = at
        if isinstance(stroke, Sign):
            self._sign(stroke, at, repeat=repeat)
        elif isinstance(stroke, Ends) and self._decoder is not None:
            self._deliver(self._decoder.key(None, at, terminator=stroke.is_terminator, repeat=repeat))

    def _release(self, event: QKeyEvent) -> None:
        stroke = self._strokes.release(event)
        if stroke is not None:
            self._sign(stroke, self._at(event), repeat=False)

    def _sign(self, sign: Sign, at: float, *, repeat: bool) -> None:
        if self._decoder is None:
            self._type(Typed((Key(sign.by_place, at, by_layout=sign.by_layout, token=sign.is_backspace),)))
            return
        self._deliver(
            self._decoder.key(sign.by_place, at, repeat=repeat, by_layout=sign.by_layout, token=sign.is_backspace)
        )

    def _at(self, event: QKeyEvent) -> float:
        """The event's own time on our clock: it does not shake when the screen is busy, arrival does."""
        now = time.monotonic()
        if event.timestamp() == 0:
            return now
        stamp = event.timestamp() / 1000
        delay = now - stamp
        # The smallest delay ever seen is the best guess of what lies between the two clocks.
        if self._offset is None or not 0 < delay - self._offset < _CLOCK_JUMPED_S:
            self._offset = delay
        return stamp + self._offset

    @Slot()
    def _poll_after_input(self) -> None:
        """After a busy moment the timer may fire before keys that wait in the queue: let them in first."""
        QTimer.singleShot(0, self._poll)

    @Slot()
    def _poll(self) -> None:
        if self._decoder is not None:
            self._deliver(self._decoder.poll(time.monotonic()))

    def _deliver(self, decisions: tuple[Decision, ...]) -> None:
        for decision in decisions:
            if isinstance(decision, Scanned):
                self._scan(decision)
            else:
                self._type(decision)
        deadline = self._decoder.deadline if self._decoder is not None else None
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(_SHORTEST_WAIT_MS, int((deadline - time.monotonic()) * 1000) + 2))

    def _scan(self, scanned: Scanned) -> None:
        text = scanned.text.replace("\b", "").rstrip("\x1d")
        found = identify(text, group_separator=self._group_separator)
        if found.text:
            self._scanned(Scan(found.text, found.symbology, self._name, scanned.at, found.gs1))

    def _type(self, typed: Typed) -> None:
        for key in typed.keys:
            text = key.by_layout or key.character or ""
            if key.token:
                self._typed("\b")
            elif text.isprintable() and text not in {"", DEAD}:
                self._typed(text)
