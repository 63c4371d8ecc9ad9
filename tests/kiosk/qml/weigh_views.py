"""Snapshots of a lane while goods lie on its scale, for tests."""

from dataclasses import replace

from kiosk.services.lane_view import LaneView
from kiosk.services.weighing import WeighingView, Weighs
from tests.kiosk.qml.pay_views import LINES, names
from tests.kiosk.qml.shop_views import SHOP

APPLES = names("红富士苹果", "富士蘋果", "Fuji apples")
LONG = names("有机云南高山小番茄（散装）", "有機雲南高山小番茄（散裝）", "Organic vine tomatoes from the highlands")


def weighing(
    state: str,
    grams: int | None = None,
    price_minor: int | None = None,
    *,
    tare_grams: int = 0,
    goods: dict[str, str] = APPLES,
    unit_minor: int = 1190,
) -> LaneView:
    """A lane that weighs apples at 11.90 a kilogram, or other goods."""
    view = WeighingView(Weighs(state), "APPLE", goods, "", unit_minor, tare_grams, grams, price_minor)
    return replace(SHOP, lines=LINES[:3], has_scale=True, weighing=view)


VIEWS = {
    "weigh-empty": weighing("empty", 0),
    "weigh-settling": weighing("settling", 431, 513),
    "weigh-moving": weighing("settling"),
    "weigh-ready": weighing("ready", 842, 1002),
    "weigh-tare": weighing("ready", 837, 996, tare_grams=5),
    "weigh-dear": weighing("ready", 14995, 14994850, tare_grams=120, goods=LONG, unit_minor=999990),
    "weigh-light": weighing("light", 12),
    "weigh-left": weighing("left", 842),
    "weigh-over": weighing("over"),
    "weigh-under": weighing("under", goods=LONG),
    "weigh-unready": weighing("unready"),
    "weigh-lost": weighing("lost", goods=LONG),
}
