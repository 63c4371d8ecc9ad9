"""Snapshots of a lane while a line is away, for tests and pictures."""

import random
from dataclasses import replace

from kiosk.services.lane_view import HandedView, LaneView, OfflineView, Screen, StaffView, WayView
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from payments.gateway import Presents
from retail.handed_basket import HandedBasket, HandedLine, basket_code
from retail.payment_policy import Rung
from tests.kiosk.qml.pay_views import BASE, TOTAL

AWAY = replace(BASE.price_list, online=False)
CARDS = OfflineView(Rung.TERMINAL_ONLY, stored=7, stored_minor=61240, oldest_s=3 * 3600 + 240)
TILL = OfflineView(Rung.PAY_AT_TILL)
NO_WALLET = WayView("wallet", Presents.SHOPPER_CODE, available=False, why="offline")
CARD = WayView("card", Presents.TERMINAL)
NO_CARD = replace(CARD, available=False, why="restricted")
DEAR_CARD = replace(CARD, available=False, why="sale_limit")
PRINTS = PrinterView(PrinterSays.OK)


def handed(lines: int, *, slip: PrintFate = PrintFate.NONE) -> HandedView:
    chance = random.Random(lines)  # noqa: S311 - repeatable
    goods = tuple(HandedLine(str(chance.randrange(10**12, 10**13))) for _ in range(lines))
    basket = HandedBasket("5f" * 16, "3", "3-0417", TOTAL, "CNY", lines, goods)
    return HandedView("3-0417", basket_code(basket, "SGP-"), TOTAL, lines, lines < 300, slip, 47)


IDLE = replace(BASE, screen=Screen.IDLE, lines=(), price_list=AWAY)
PAY = replace(BASE, screen=Screen.PAY, price_list=AWAY)
TO_TILL = replace(BASE, screen=Screen.TO_TILL, price_list=AWAY, offline=TILL, printer=PRINTS)
VIEWS: dict[str, LaneView] = {
    "idle-cards-only": replace(IDLE, offline=CARDS, ways=(NO_WALLET, CARD)),
    "idle-pay-at-till": replace(IDLE, offline=TILL, ways=(NO_WALLET, NO_CARD)),
    "pay-cards-only": replace(PAY, offline=CARDS, ways=(NO_WALLET, CARD)),
    "pay-at-till": replace(PAY, offline=TILL, ways=(NO_WALLET, NO_CARD)),
    "pay-at-till-declined": replace(PAY, offline=TILL, ways=(NO_WALLET, DEAR_CARD), decline="offline_limit"),
    "pay-at-till-three": replace(
        PAY, offline=TILL, ways=(replace(NO_WALLET, id="wechat"), replace(NO_WALLET, id="alipay"), NO_CARD)
    ),
    "pay-closed": replace(PAY, offline=OfflineView(Rung.CLOSED), ways=(NO_WALLET, NO_CARD)),
    "to-till": replace(TO_TILL, handed=handed(5, slip=PrintFate.PRINTING)),
    "to-till-large": replace(TO_TILL, handed=handed(100)),
    "to-till-number": replace(TO_TILL, handed=handed(400)),
    "no-way": replace(BASE, screen=Screen.NO_WAY, price_list=AWAY, offline=OfflineView(Rung.CLOSED)),
    "staff-offline": replace(
        IDLE,
        offline=replace(CARDS, debts=2, debts_minor=13950),
        ways=(NO_WALLET, CARD),
        staff=StaffView("Li Na", ("note_debts", "reprint", "close_lane"), 27),
    ),
}
