"""Snapshots of a lane while an attendant gives money back, for tests."""

from dataclasses import replace

from kiosk.services.lane_view import LaneView, StaffView
from kiosk.services.refund_view import RefundLineView, RefundStage, RefundView
from tests.kiosk.qml.pay_views import names
from tests.kiosk.qml.shop_views import SHOP

STAFF = StaffView("李梅", ("undo_sale", "refund", "reprint", "close_lane"), 24)
GOODS = (
    ("纯牛奶 1 升", "純牛奶 1 公升", "Whole milk 1 l", 3, None, 3000, 3, 2, 2000),
    ("红富士苹果", "富士蘋果", "Fuji apples", 1, 842, 1676, 1, 1, 1676),
    ("全麦面包", "全麥麵包", "Wholemeal bread", 2, None, 1300, 1, 0, 0),
    (
        "手工现磨黑芝麻核桃粉（礼盒装）",
        "手工現磨黑芝麻核桃粉（禮盒裝）",
        "Hand-ground black sesame and walnut powder, gift box",
        1,
        None,
        128000,
        1,
        0,
        0,
    ),
    ("矿泉水 550 毫升", "礦泉水 550 毫升", "Mineral water 550 ml", 24, None, 4800, 24, 24, 4800),
    ("李子酒", "梅子酒", "Plum wine", 1, None, 3800, 0, 0, 0),
    ("番茄", "番茄", "Tomatoes", 1, 415, 622, 1, 0, 0),
)


def _line(number: int, goods: tuple[object, ...]) -> RefundLineView:
    cn, tw, en, pieces, grams, paid, left, chosen, worth = goods
    return RefundLineView(number, names(cn, tw, en), "69", pieces, grams, paid, left, chosen, worth)  # type: ignore[arg-type]


CHOOSE = RefundView(
    stage=RefundStage.CHOOSE,
    receipt_number="3-AB12CD34EF",
    lane="3",
    completed_at="2026-11-22T03:05:00+00:00",
    way="wallet",
    brand="wechat",
    paid_minor=143198,
    left_minor=138748,
    lines=tuple(_line(number, goods) for number, goods in enumerate(GOODS, start=1)),
    why="damaged",
    amount_minor=8476,
    can_confirm=True,
    by="李梅",
)
EMPTY = replace(
    CHOOSE,
    lines=tuple(replace(line, chosen=0, worth_minor=0) for line in CHOOSE.lines[:2]),
    why="",
    amount_minor=0,
    can_confirm=False,
)


def refunding(refund: RefundView) -> LaneView:
    """A lane whose attendant has the sheet open."""
    return replace(SHOP, lines=(), staff=STAFF, refund=refund)


def _refused(problem: str, **params: str) -> LaneView:
    return refunding(
        replace(CHOOSE, stage=RefundStage.REFUSED, problem=problem, params={"number": "3-AB12CD34EF", **params})
    )


_DONE = replace(CHOOSE, number="9F2C11AB07", can_print=True)
VIEWS = {
    "refund-ask": refunding(RefundView()),
    "refund-looking": refunding(RefundView(RefundStage.LOOKING, receipt_number="AB12CD34EF")),
    "refund-choose": refunding(CHOOSE),
    "refund-empty": refunding(EMPTY),
    "refund-working": refunding(replace(_DONE, stage=RefundStage.WORKING)),
    "refund-given": refunding(replace(_DONE, stage=RefundStage.GIVEN)),
    "refund-unanswered": refunding(replace(_DONE, stage=RefundStage.UNANSWERED)),
    "refund-other-lane": _refused("other_lane", lane="5"),
    "refund-not-known": _refused("not_known"),
}
