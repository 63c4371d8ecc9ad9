"""Snapshots of a lane while somebody shops, for tests: from the idle screen to the last question before paying."""

from dataclasses import replace

from kiosk.services.lane_view import (
    CategoryView,
    LineView,
    LooseGoodsView,
    LooseView,
    Notice,
    PayBlock,
    PriceListStatus,
    Screen,
)
from retail.product import Unit
from tests.kiosk.qml.pay_views import BASE, LINES, names

PROBLEM = LineView(6, "9529990000018", problem="unknown", countable=False)
EXPIRED = LineView(7, "0109521234543213", names("鲜牛奶", "鮮牛奶", "Fresh milk"), problem="expired", countable=False)
LABEL = LineView(8, "2199999012345", problem="label_unknown", countable=False)
MILK = names("鲜牛奶 1 升", "鮮牛奶 1 公升", "Fresh milk 1 l")
STOPPED = tuple(
    LineView(10 + place, "09521234543213", MILK, problem=problem, countable=False)
    for place, problem in enumerate(("recalled", "recall_check", "sold_already", "label_damaged"))
)
SIXTY = tuple(replace(LINES[place % len(LINES)], number=place + 1) for place in range(60))
DEAR = replace(LINES[4], quantity=99, unit_minor=999_99, list_minor=99 * 999_99, net_minor=99 * 999_99)

CATEGORIES = (
    CategoryView("fruit", names("水果", "水果", "Fruit"), ""),
    CategoryView("vegetables", names("蔬菜", "蔬菜", "Vegetables"), ""),
    CategoryView("bakery", names("面包糕点", "麵包糕點", "Bakery"), ""),
    CategoryView("deli", names("熟食", "熟食", "Deli"), ""),
)
LEMON = LooseView("LEMON", names("柠檬", "檸檬", "Lemon"), Unit.PIECE, 200, "", "4053")
APPLE = LooseView("APPLE", names("红富士苹果", "富士蘋果", "Fuji apples"), Unit.KG, 1190, "", "4017")
LONG = LooseView(
    "BUN", names("黑麦全麦红豆沙面包", "黑麥全麥紅豆沙麵包", "Rye roll with red beans"), Unit.PIECE, 350, "", "77"
)
GOODS = (LEMON, APPLE, LONG, *(replace(LEMON, sku=f"L{number}") for number in range(20)))
LOOSE = LooseGoodsView(CATEGORIES, GOODS)
BAGS = (
    LooseView("SMALL", names("小号购物袋", "小購物袋", "Small carrier bag"), Unit.PIECE, 30, "", "901"),
    LooseView("LARGE", names("大号购物袋", "大購物袋", "Large carrier bag"), Unit.PIECE, 50, "", "902"),
)
SHOP = replace(BASE, screen=Screen.BASKET, loose=LOOSE, bags=BAGS)
EMPTY = replace(SHOP, lines=(), total_minor=0, saved_minor=0, pieces=0, tax=(), pay_block=PayBlock.EMPTY)
MIXED = replace(SHOP, lines=(*LINES[:2], PROBLEM, EXPIRED, LABEL), pay_block=PayBlock.PROBLEM)

VIEWS = {
    "idle": replace(EMPTY, screen=Screen.IDLE),
    "idle-old-offline": replace(
        EMPTY,
        screen=Screen.IDLE,
        price_list=PriceListStatus(7, "2026-03-04T06:05:00+00:00", old=True, online=False),
    ),
    "empty": EMPTY,
    "three": replace(SHOP, lines=LINES[:3]),
    "sixty": replace(SHOP, lines=SIXTY, changed_line=60, change_serial=60, pieces=132),
    "problem": MIXED,
    "stopped": replace(
        SHOP,
        lines=(*LINES[:1], *STOPPED),
        pay_block=PayBlock.PROBLEM,
        notice=Notice("recalled_meanwhile", 72),
    ),
    "other-basket": replace(SHOP, notice=Notice("basket_to_staff", 73)),
    "age": replace(SHOP, pay_block=PayBlock.AGE, needs_age=18),
    "dear": replace(SHOP, lines=(DEAR,), total_minor=DEAR.net_minor, saved_minor=0, pieces=99),
    "notice": replace(SHOP, notice=Notice("unknown_code", 71, {"code": "9529990000018"})),
    "idle-warning": replace(SHOP, idle_warning_s=27),
    "loose": SHOP,
    "loose-nothing": replace(SHOP, loose=LooseGoodsView(CATEGORIES, (), "", "XQZ")),
    "loose-quantity": SHOP,
    "loose-weighed": SHOP,
    "keypad": SHOP,
    "bags": SHOP,
    "cancel": SHOP,
}
SHEETS = {
    "loose": "loose",
    "loose-nothing": "loose",
    "loose-quantity": "loose",
    "loose-weighed": "loose",
    "keypad": "keypad",
    "bags": "bags",
    "cancel": "cancel",
}
PICKED = {"loose-quantity": "LEMON", "loose-weighed": "APPLE"}
