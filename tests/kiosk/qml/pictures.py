"""Writes a picture of every view of the tests, in each language and shape: `python -m tests.kiosk.qml.pictures FOLDER`.

For the eye: the tests find what is cut off or covered, not what is ugly. Names of views after FOLDER draw only those.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.kiosk.qml import member_views, offer_views, offline_views, pay_views, refund_views, shop_views, weigh_views
from tests.kiosk.qml.lane_window import SHAPES, LaneWindow, lane_window

LANGUAGES = ("en", "zh-CN", "zh-TW")
SETTLED_MS = 120
_OF = (shop_views, pay_views, weigh_views, offline_views, refund_views, offer_views, member_views)
SHEETS = {**shop_views.SHEETS, **member_views.SHEETS}
VIEWS = {name: view for views in _OF for name, view in views.VIEWS.items()}


def draw(lane: LaneWindow, name: str, language: str, path: Path) -> None:
    lane.model.closeSheet()
    lane.show(VIEWS[name], language)
    if name in SHEETS:
        lane.model.openSheet(SHEETS[name])
        lane.model.pickLoose(shop_views.PICKED.get(name, ""))
    for key in member_views.TYPED.get(name, ""):
        lane.model.typed(key)
    QTest.qWait(SETTLED_MS)
    lane.window.grabWindow().save(str(path))


def main() -> None:
    folder, *wanted = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    application = QGuiApplication([])
    for shape in SHAPES:
        with lane_window(shape) as lane:
            for language in LANGUAGES:
                for name in wanted or VIEWS:
                    draw(lane, name, language, Path(folder) / f"{language}-{shape}-{name}.png")
    application.quit()


if __name__ == "__main__":
    main()
