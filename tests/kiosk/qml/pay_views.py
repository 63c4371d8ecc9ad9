"""Snapshots of a lane from the pay screen on, for tests and pictures."""

from dataclasses import replace

from kiosk.services.lane_view import (
    CaseView,
    DoneView,
    LaneView,
    LineView,
    PayBlock,
    PaymentView,
    PriceListStatus,
    SavingView,
    Screen,
    StaffView,
    WayView,
)
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from payments.gateway import Presents
from retail.pricing import TaxPart
from retail.product import Unit
from retail.promotions.campaign import Campaign, Kind, Terms


def names(simplified: str, traditional: str, english: str) -> dict[str, str]:
    return {"zh-CN": simplified, "zh-TW": traditional, "en": english}


MILK_WEEK = Campaign(
    "milk", Terms(Kind.N_FOR_X, quantity=2, price=2200), names("鲜奶周", "鮮奶週", "Milk week"), everything=True
)
LINES = (
    LineView(
        1,
        "6901000000017",
        names("农场鲜牛奶 1升", "農場鮮牛奶 1 公升", "Farm milk 1 L"),
        quantity=2,
        unit_minor=1280,
        list_minor=2560,
        net_minor=2200,
        offers=(SavingView(MILK_WEEK, 360),),
    ),
    LineView(
        2,
        "4131",
        names("红富士苹果", "富士蘋果", "Fuji apples"),
        Unit.KG,
        grams=842,
        unit_minor=1190,
        list_minor=1002,
        net_minor=1002,
        countable=False,
    ),
    LineView(
        3,
        "6901000000024",
        names(
            "黑麦全麦吐司面包 切片装 450克",
            "黑麥全麥吐司麵包 切片裝 450 公克",
            "Rye bread, sliced, 450 g",
        ),
        unit_minor=1480,
        list_minor=1680,
        net_minor=1480,
        special_saving_minor=200,
    ),
    LineView(
        4,
        "6901000000031",
        names("青梅酒 750毫升", "青梅酒 750 毫升", "Plum wine 750 ml"),
        unit_minor=3800,
        min_age=18,
        list_minor=3800,
        net_minor=3800,
    ),
    LineView(
        5,
        "6901000000048",
        names("山泉水 1.5升", "山泉水 1.5 公升", "Spring water 1.5 l"),
        quantity=6,
        unit_minor=250,
        list_minor=1500,
        net_minor=1500,
    ),
)
TOTAL = sum(line.net_minor for line in LINES)
MANY = tuple(
    replace(LINES[place % len(LINES)], number=place + 1, offers=(), special_saving_minor=0) for place in range(18)
)
WAYS = (WayView("wallet", Presents.SHOPPER_CODE), WayView("card", Presents.TERMINAL))
WAYS_OFFLINE = (
    WayView("wallet", Presents.SHOPPER_CODE, available=False, why="offline"),
    WayView("card", Presents.TERMINAL),
)
BASE = LaneView(
    shop_names=names("灯笼超市", "燈籠超市", "Lantern Market"),
    lane="3",
    currency="CNY",
    time_zone="Asia/Shanghai",
    lines=LINES,
    total_minor=TOTAL,
    saved_minor=560,
    pieces=11,
    tax=(TaxPart(1300, 5300, 610), TaxPart(900, TOTAL - 5300, 386)),
    pay_block=PayBlock.NONE,
    ways=WAYS,
    price_list=PriceListStatus(revision=7, published_at="2026-03-04T06:05:00+00:00"),
)
# Everything that an attendant can be told at once, in the agent's own words.
TROUBLES = PriceListStatus(
    revision=128_407,
    published_at="2026-03-01T06:05:00+00:00",
    as_of="2026-03-02T22:41:00+00:00",
    age_s=31 * 3600 + 24 * 60,
    old=True,
    online=False,
    queued=100_412,
    refused=3,
    refused_why="line.added number 4711: quantity: Input should be greater than or equal to 1",
    refused_list="the hub offers revision 128408 of store demo: 23 % of the products would go, this shop's limit is "
    "10 %; if that is right, a person has to approve it at the hub",
    trouble="lists: https://hub.lantern-market.example: does not answer (timed out after 20 s)",
    now="2026-03-04T06:05:00+00:00",
    clock_wrong_s=-(365 * 86400 + 7200),
)
PRINTS = PrinterView(PrinterSays.OK)
NO_PAPER = PrinterView(PrinterSays.OUT, waiting=1)
DONE = DoneView("0f3c2d", "3-0F3C2DA1B2", TOTAL, 560, "2026-03-04T06:12:00+00:00", can_print=True)


def paying(presents: Presents = Presents.SHOPPER_CODE, elapsed_s: int = 2, *, can_cancel: bool = False) -> PaymentView:
    way = "card" if presents is Presents.TERMINAL else "wallet"
    return PaymentView(way, presents, TOTAL, elapsed_s, 5, can_cancel, "3f0c81d29be74a60")


CODE = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"
WAYS_MANY = (
    WayView("wechat", Presents.SHOPPER_CODE, brands=("wechat",)),
    WayView("alipay", Presents.KIOSK_CODE, brands=("alipay",)),
    WayView("card", Presents.TERMINAL),
)
WAYS_RESTING = (replace(WAYS_MANY[0], available=False, why="resting"), *WAYS_MANY[1:])
CASE = CaseView(
    "3f0c81d29be74a603f0c81d29be74a60",
    "wallet",
    "wechat",
    "hub",
    TOTAL,
    "CNY",
    since="2026-03-04T06:05:00+00:00",
    asked=14,
    trouble="no_answer",
)
ASIDE = (
    replace(CASE, key="91bb81d29be74a603f0c81d29be74a60", aside=True, trouble="signature", brand="alipay"),
    replace(CASE, key="22aa81d29be74a603f0c81d29be74a60", aside=True, outcome="approved", way="card", brand=""),
    replace(CASE, key="77cc81d29be74a603f0c81d29be74a60", aside=True, outcome="declined"),
)
SCANNED = replace(paying(Presents.KIOSK_CODE, 12, can_cancel=True), brand="wechat", show=CODE, left_s=108)
VIEWS = {
    "pay": replace(BASE, screen=Screen.PAY),
    "pay-many-ways": replace(BASE, screen=Screen.PAY, ways=WAYS_MANY),
    "pay-many-ways-declined": replace(BASE, screen=Screen.PAY, ways=(*WAYS_MANY, WAYS[0]), decline="wrong_code"),
    "pay-declined-resting": replace(BASE, screen=Screen.PAY, ways=WAYS_RESTING, decline="unavailable"),
    "pay-declined-partial": replace(BASE, screen=Screen.PAY, decline="partial"),
    "pay-declined-code": replace(BASE, screen=Screen.PAY, decline="wrong_code"),
    "pay-declined-offline": replace(BASE, screen=Screen.PAY, decline="offline_limit"),
    "paying-scan": replace(BASE, screen=Screen.PAYING, payment=SCANNED),
    "paying-scan-comes": replace(BASE, screen=Screen.PAYING, payment=replace(SCANNED, show="", left_s=0)),
    "paying-ending": replace(
        BASE, screen=Screen.PAYING, payment=replace(SCANNED, show="", left_s=0, ending=True, can_cancel=False)
    ),
    "unknown-wechat": replace(
        BASE, screen=Screen.PAYMENT_UNKNOWN, payment=replace(paying(elapsed_s=75), brand="wechat"), help_called=True
    ),
    "unknown-alipay-code": replace(
        BASE,
        screen=Screen.PAYMENT_UNKNOWN,
        payment=replace(paying(Presents.KIOSK_CODE, 8, can_cancel=True), brand="alipay"),
        help_called=True,
    ),
    "staff-unknown": replace(
        BASE,
        screen=Screen.PAYMENT_UNKNOWN,
        payment=replace(paying(elapsed_s=75), brand="wechat"),
        help_called=True,
        cases=(CASE,),
        staff=StaffView("Chen Wei", ("ask_payment", "set_aside", "clear_help"), 24),
    ),
    "staff-aside": replace(
        BASE,
        screen=Screen.BASKET,
        cases=ASIDE[:2],
        staff=StaffView("Chen Wei", ("print_aside", "close_aside", "ask_aside", "cancel_basket"), 24),
    ),
    "staff-aside-unpaid": replace(
        BASE,
        screen=Screen.IDLE,
        lines=(),
        cases=ASIDE[2:],
        staff=StaffView("Chen Wei", ("close_aside", "close_lane"), 24),
    ),
    "pay-declined": replace(BASE, screen=Screen.PAY, decline="funds", lines=MANY, ways=WAYS_OFFLINE),
    "pay-no-way": replace(BASE, screen=Screen.PAY, ways=(replace(WAYS_OFFLINE[0]),)),
    "paying": replace(BASE, screen=Screen.PAYING, payment=paying()),
    "paying-card": replace(BASE, screen=Screen.PAYING, payment=paying(Presents.TERMINAL, 14, can_cancel=True)),
    "unknown": replace(BASE, screen=Screen.PAYMENT_UNKNOWN, payment=paying(elapsed_s=75), help_called=True),
    "done": replace(BASE, screen=Screen.DONE, done=DONE),
    "done-code": replace(
        BASE, screen=Screen.DONE, done=replace(DONE, receipt="code", receipt_url="https://shop.example/r/0f3c2da1b2")
    ),
    "done-print": replace(
        BASE, screen=Screen.DONE, done=replace(DONE, receipt="print", fate=PrintFate.PRINTING), printer=PRINTS
    ),
    "done-printed": replace(
        BASE, screen=Screen.DONE, done=replace(DONE, receipt="print", fate=PrintFate.PRINTED), printer=PRINTS
    ),
    "done-no-paper": replace(BASE, screen=Screen.DONE, done=DONE, printer=NO_PAPER),
    "done-no-printer": replace(BASE, screen=Screen.DONE, done=DONE, printer=PrinterView(PrinterSays.AWAY)),
    "done-print-waits": replace(
        BASE, screen=Screen.DONE, done=replace(DONE, receipt="print", fate=PrintFate.WAITING), printer=NO_PAPER
    ),
    "done-no-paper-code": replace(
        BASE,
        screen=Screen.DONE,
        done=replace(DONE, receipt="code", receipt_url="https://shop.example/r/0f3c2da1b2"),
        printer=NO_PAPER,
    ),
    "staff-printer": replace(
        BASE,
        screen=Screen.IDLE,
        lines=(),
        printer=PrinterView(PrinterSays.OUT, waiting=2, kept=1, can_reprint=True),
        staff=StaffView("Chen Wei", ("reprint", "close_lane"), 27),
    ),
    "help": replace(BASE, screen=Screen.BASKET, help_called=True),
    "closed": replace(BASE, screen=Screen.CLOSED, lines=()),
    "list-too-old": replace(BASE, screen=Screen.LIST_TOO_OLD, lines=()),
    "out-of-service": replace(BASE, screen=Screen.OUT_OF_SERVICE, lines=(), fault="journal_full"),
    "staff": replace(
        BASE,
        screen=Screen.BASKET,
        pay_block=PayBlock.AGE,
        needs_age=18,
        staff=StaffView(
            "Chen Wei", ("approve_age", "refuse_age", "remove_problems", "clear_help", "cancel_basket"), 21
        ),
    ),
    "staff-troubles": replace(
        BASE,
        screen=Screen.BASKET,
        pay_block=PayBlock.AGE,
        needs_age=18,
        price_list=TROUBLES,
        staff=StaffView(
            "Chen Wei", ("approve_age", "refuse_age", "remove_problems", "clear_help", "cancel_basket"), 21
        ),
    ),
    "staff-dead-clock": replace(
        BASE,
        screen=Screen.LIST_TOO_OLD,
        lines=(),
        price_list=replace(TROUBLES, silent=True, trouble="", refused_list="", clock_wrong_s=56 * 365 * 86400),
        staff=StaffView("Chen Wei", ("close_lane",), 21),
    ),
    "staff-idle": replace(BASE, screen=Screen.IDLE, lines=(), staff=StaffView("Chen Wei", ("close_lane",), 8)),
}
