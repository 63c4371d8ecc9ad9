"""A real lane without a screen, as a process of its own: scans by keys, and prints what that took as JSON.

`python -m bench.visit --config FILE --codes FILE [--camera CODE] [--began FILE]`: with CODE it first waits until the
camera read it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.probe import Heartbeat, ScanWatch, resident_mb
from kiosk.demo.screen import NotSeen, ScreenReader

_LINES = 20  # then the shopper gives up, and the next one comes
_SETTLE_MS = 1500


class Visits:
    """Shoppers who scan one code after the other."""

    def __init__(self, lane: LaneApp, screen: ScreenReader, watch: ScanWatch, camera: str) -> None:
        self._lane, self._screen, self._watch, self._camera = lane, screen, watch, camera
        self._camera_reads = not camera
        lane.scan_seen = self._scanned
        lane.bridge.published.connect(watch.published)

    def settle(self) -> None:
        """Until the lane is as any shopper but the first finds it: all screens loaded, the camera (if any) reading."""
        self._screen.wait(lambda: self._camera_reads, "what the camera is shown")
        self._screen.pause(_SETTLE_MS)

    def scan(self, codes: Sequence[str]) -> None:
        """Every code, each once the one before is shown."""
        for number, code in enumerate(codes):
            if number % _LINES == 0:
                self._lane.actions.cancel_basket()
                self._screen.to_idle()
            shown = len(self._watch.shown)
            self._screen.scan(code)
            self._screen.wait(lambda shown=shown: len(self._watch.shown) > shown, f"the line of {code}")  # type: ignore[misc]

    def _scanned(self, text: str, at: float) -> None:
        """Called on any thread."""
        if text == self._camera:
            self._camera_reads = True
        else:
            self._watch.scanned(text, at)


def main() -> int:
    """Exit status 0 if every scan was shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--codes", type=Path, required=True)
    parser.add_argument("--camera", default="")
    parser.add_argument("--began", type=Path, help="a file to make when scanning begins")
    arguments = parser.parse_args()
    codes = arguments.codes.read_text(encoding="ascii").split()
    application = QGuiApplication([])
    lane = LaneApp(load_config(arguments.config))
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    screen, watch, heart = ScreenReader(window), ScanWatch(window), Heartbeat()
    visits = Visits(lane, screen, watch, arguments.camera)
    figures: dict[str, object] = {}

    def visit() -> None:
        try:
            visits.settle()
            if arguments.began:
                arguments.began.touch()
            heart.start()
            visits.scan(codes)
            heart.stop()
            figures.update(rss_mb=resident_mb(), max_block_ms=heart.max_block_ms)
            figures["shown_ms"] = [shown for _, shown in watch.shown]
        except NotSeen as exc:
            sys.stderr.write(f"bench: {exc}\n")
        finally:
            application.quit()

    QTimer.singleShot(0, visit)
    application.exec()
    first.deleteLater()
    lane.close()
    print(json.dumps(figures))
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
