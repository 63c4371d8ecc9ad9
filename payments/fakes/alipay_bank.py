"""What a make-believe Alipay does with orders, on books of its own: pay, precreate, query, cancel, close, refund.

A payment code's last two digits choose the story; payments/fakes/alipay.py tells them. States beside Alipay's own:
UNSEEN (the payment call is still on its way inside Alipay: nobody finds the order yet), SHOWN (a QR code that nobody
has scanned) and BARRED (it was cancelled before it came).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from payments.alipay_wire import BEIJING, fen, yuan
from payments.fakes.books import Books, Order, Page, Refund, wallet_name

Answer = dict[str, str]

WAITING: Final = "WAIT_BUYER_PAY"
SUCCESS: Final = "TRADE_SUCCESS"
CLOSED: Final = "TRADE_CLOSED"
UNSEEN: Final = "UNSEEN"
SHOWN: Final = "SHOWN"
BARRED: Final = "BARRED"
_OPEN_MS: Final = 300_000  # a payment that nobody finishes is closed then
_CANCEL_GRACE: Final = timedelta(minutes=15)
_OK: Final[Answer] = {"code": "10000", "msg": "Success"}


@dataclass(frozen=True, slots=True)
class Story:
    """How a payment goes: what is answered, how the order stands then (nowhere: ""), and how in the end."""

    code: str = "10000"
    problem: str = ""
    state: str = SUCCESS
    in_the_end: str = ""
    after_s: float | None = None  # the bank's own delay otherwise


STORIES: Final[Mapping[str, Story]] = {
    "00": Story(),
    "01": Story("40004", "ACQ.BUYER_BALANCE_NOT_ENOUGH", CLOSED),
    "02": Story("10003", "", WAITING, SUCCESS),
    "03": Story("40004", "ACQ.SYSTEM_ERROR", UNSEEN, SUCCESS),
    "04": Story("40004", "ACQ.SYSTEM_ERROR", UNSEEN, CLOSED),
    "05": Story("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID", ""),
    "06": Story("40004", "ACQ.PAYMENT_FAIL", WAITING),
    "07": Story("40004", "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", CLOSED),
    "08": Story("10003", "", WAITING),
    "09": Story(state=CLOSED),
    "11": Story("40004", "ACQ.SYSTEM_ERROR", ""),
    "14": Story("10003", "", WAITING, SUCCESS, 31.0),
    "16": Story("20000", "isp.unknow-error"),
}
_STUBBORN: Final = "17"


def failed(problem: str) -> Answer:
    """A business failure."""
    return {"code": "40004", "msg": "Business Failed", "sub_code": f"ACQ.{problem}", "sub_msg": problem}


class AlipayBank:
    """One merchant's orders. `scan_s`: a QR code is scanned and paid so long after it was made; None: never by itself.
    `scanned_as`: whoever is shown a QR code scans it at once, with this ending."""

    def __init__(self, books: Books, *, delay_s: float, scan_s: float | None) -> None:
        self.books = books
        self.scanned_as: str | None = None
        self._delay_s = delay_s
        self._scan_s = scan_s
        self._calls = {
            "alipay.trade.pay": self._pay,
            "alipay.trade.precreate": self._precreate,
            "alipay.trade.query": self._query,
            "alipay.trade.cancel": self._cancel,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._refund_query,
        }

    def does(self, method: str) -> bool:
        """Whether this bank has such a call."""
        return method in self._calls

    def answer(self, method: str, content: Mapping[str, Any], notify_url: str) -> Answer:
        """Do what is asked, in one transaction."""
        number = str(content.get("out_trade_no", ""))
        if not number:
            return failed("INVALID_PARAMETER")
        with self.books.page() as page:
            return self._calls[method](page, number, {**content, "notify_url": notify_url})

    def scan(self, number: str, ending: str = "00") -> None:
        """A shopper scans the QR code of an order; the ending says what comes of it."""
        with self.books.page() as page:
            order = page.order(number)
            if order is not None and order.state == SHOWN:
                page.put(self._told(order, STORIES.get(ending, STORIES["00"]), page.now_ms))

    def _pay(self, page: Page, number: str, content: Mapping[str, Any]) -> Answer:
        total = fen(str(content.get("total_amount", "")))
        code = str(content.get("auth_code", ""))
        if not total or not code or content.get("scene") not in {"bar_code", "wave_code"}:
            return failed("INVALID_PARAMETER")
        known = page.order(number)
        if known is not None:
            return _again(known, total)
        story = STORIES.get(code[-2:], STORIES["00"])
        own = {"buyer": wallet_name(code), "stubborn": code[-2:] == _STUBBORN}
        details = json.dumps({"notify_url": content["notify_url"], **own})
        order = Order(number, SHOWN, total, "CNY", page.now_ms, reference=_trade_no(number), details=details)
        if story.state:
            order = self._told(order, story, page.now_ms)
            page.put(order)
        if story.problem:
            return {"code": story.code, "msg": "failed", "sub_code": story.problem, "sub_msg": story.problem}
        return _paid(order) if story.code == "10000" else _at_work(order)

    def _precreate(self, page: Page, number: str, content: Mapping[str, Any]) -> Answer:
        total = fen(str(content.get("total_amount", "")))
        if not total:
            return failed("INVALID_PARAMETER")
        known = page.order(number)
        if known is not None:
            problem = "TRADE_HAS_CLOSE" if known.state in {BARRED, CLOSED} else "APPLY_PC_MERCHANT_CODE_ERROR"
            return failed(problem if known.amount_minor in {total, 0} else "CONTEXT_INCONSISTENT")
        details = json.dumps({"notify_url": content["notify_url"], "buyer": wallet_name("")})
        order = Order(number, SHOWN, total, "CNY", page.now_ms, reference=_trade_no(number), details=details)
        if self.scanned_as is not None:
            order = self._told(order, STORIES.get(self.scanned_as, STORIES["00"]), page.now_ms)
        elif self._scan_s is not None:
            order = self._told(order, Story(state=SHOWN, in_the_end=SUCCESS, after_s=self._scan_s), page.now_ms)
        page.put(order)
        return {**_OK, "out_trade_no": number, "qr_code": f"https://qr.alipay.com/bax{number}"}

    def _query(self, page: Page, number: str, _: Mapping[str, Any]) -> Answer:
        order = page.order(number)
        if order is None or order.state in {UNSEEN, SHOWN, BARRED}:
            return failed("TRADE_NOT_EXIST")
        paid = {"send_pay_date": _paid_at(order).strftime("%Y-%m-%d %H:%M:%S")} if order.charged_minor else {}
        buyer = {"buyer_logon_id": "159****5620", "buyer_open_id": json.loads(order.details)["buyer"]}
        return {**_OK, **_named(order), "trade_status": order.state, **buyer, **paid}

    def _cancel(self, page: Page, number: str, _: Mapping[str, Any]) -> Answer:
        order = page.order(number)
        done = {**_OK, "out_trade_no": number, "retry_flag": "N"}
        if order is None:
            page.put(Order(number, BARRED, 0, "CNY", page.now_ms))
            return done
        if json.loads(order.details).get("stubborn"):
            page.put(replace(order, details=json.dumps({**json.loads(order.details), "stubborn": False})))
            return {**done, "retry_flag": "Y"}
        if not order.charged_minor:
            page.put(replace(order, state=BARRED if order.state == BARRED else CLOSED, due_at_ms=None))
            return {**done, "trade_no": order.reference, "action": "close"}
        refunds = page.refunds(number)
        if order.state == SUCCESS and refunds:
            return failed("REASON_TRADE_REFUND_FEE_ERR")
        if order.state == SUCCESS:
            now = datetime.fromtimestamp(page.now_ms / 1000, UTC).astimezone(BEIJING)
            if (now - _CANCEL_GRACE).date() > _paid_at(order).date():
                return failed("TRADE_CANCEL_TIME_OUT")
            _give_back(page, order, f"{number}/cancel", order.charged_minor)
        return {**done, "trade_no": order.reference, "action": "refund"}

    def _close(self, page: Page, number: str, _: Mapping[str, Any]) -> Answer:
        order = page.order(number)
        if order is None or order.state in {UNSEEN, SHOWN, BARRED}:
            return failed("TRADE_NOT_EXIST")
        if order.state != WAITING:
            return failed("REASON_TRADE_STATUS_INVALID")
        page.put(replace(order, state=CLOSED, due_at_ms=None))
        return {**_OK, "out_trade_no": number, "trade_no": order.reference}

    def _refund(self, page: Page, number: str, content: Mapping[str, Any]) -> Answer:
        order, amount = page.order(number), fen(str(content.get("refund_amount", "")))
        if not amount:
            return failed("INVALID_PARAMETER")
        if order is None or order.state in {UNSEEN, SHOWN, BARRED}:
            return failed("TRADE_NOT_EXIST")
        name = f"{number}/{content.get('out_request_no') or number}"
        before = page.refund(name)
        if before is None and (problem := _why_not(page, order, amount)):
            return failed(problem)
        if before is not None and before.amount_minor != amount:
            return failed("DISCORDANT_REPEAT_REQUEST")
        if before is None:
            _give_back(page, order, name, amount)
        total = sum(refund.amount_minor for refund in page.refunds(number))
        change = "Y" if before is None else "N"
        return {**_OK, **_named(order), "fund_change": change, "refund_fee": yuan(total)}

    def _refund_query(self, page: Page, number: str, content: Mapping[str, Any]) -> Answer:
        order, request = page.order(number), str(content.get("out_request_no", ""))
        if order is None or order.state in {UNSEEN, SHOWN, BARRED}:
            return failed("TRADE_NOT_EXIST")
        refund = page.refund(f"{number}/{request}")
        if refund is None:
            return dict(_OK)
        back = {"refund_amount": yuan(refund.amount_minor), "refund_status": "REFUND_SUCCESS"}
        return {**_OK, **_named(order), "out_request_no": request, **back}

    def _told(self, order: Order, story: Story, now_ms: int) -> Order:
        """The order once the story has begun."""
        end = story.in_the_end or (CLOSED if story.state == WAITING else "")
        delay_s = self._delay_s if story.after_s is None else story.after_s
        wait_ms = int(delay_s * 1000) if story.in_the_end else _OPEN_MS
        pays_at = now_ms + wait_ms if end == SUCCESS else now_ms
        return replace(
            order,
            state=story.state or CLOSED,
            charged_minor=order.amount_minor if story.state == SUCCESS else 0,
            due_at_ms=now_ms + wait_ms if end else None,
            due_state=end,
            due_charged_minor=order.amount_minor if end == SUCCESS else 0,
            details=json.dumps({**json.loads(order.details), "paid_at_ms": pays_at}),
        )


def _again(order: Order, total: int) -> Answer:
    """A payment call whose order number was used before: never a second charge."""
    if order.amount_minor not in {total, 0}:
        return failed("CONTEXT_INCONSISTENT")
    if order.state == SUCCESS:
        return _paid(order)
    if order.state == WAITING:
        return _at_work(order)
    return failed("TRADE_HAS_CLOSE" if order.state in {CLOSED, BARRED} else "SYSTEM_ERROR")


def _paid(order: Order) -> Answer:
    at = _paid_at(order).strftime("%Y-%m-%d %H:%M:%S")
    return {**_OK, **_named(order), "receipt_amount": yuan(order.amount_minor), "gmt_payment": at}


def _at_work(order: Order) -> Answer:
    return {"code": "10003", "msg": " order success pay inprocess", **_named(order)}


def _named(order: Order) -> Answer:
    number, total = order.number, yuan(order.amount_minor)
    return {"out_trade_no": number, "trade_no": order.reference, "total_amount": total}


def _why_not(page: Page, order: Order, amount: int) -> str:
    if order.state == CLOSED:
        return "TRADE_HAS_CLOSE"
    if order.state != SUCCESS:
        return "TRADE_STATUS_ERROR"
    left = order.charged_minor - sum(refund.amount_minor for refund in page.refunds(order.number))
    return "REASON_TRADE_REFUND_FEE_ERR" if amount > left else ""


def _give_back(page: Page, order: Order, name: str, amount: int) -> None:
    page.put_refund(Refund(name, order.number, amount, "REFUND_SUCCESS", order.reference, page.now_ms))
    if sum(refund.amount_minor for refund in page.refunds(order.number)) == order.charged_minor:
        page.put(replace(order, state=CLOSED))


def _paid_at(order: Order) -> datetime:
    at_ms = json.loads(order.details).get("paid_at_ms", order.opened_at_ms)
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING)


def _trade_no(number: str) -> str:
    """As long as Alipay's own, and the same whenever it is asked for."""
    return f"2026{int.from_bytes(number.encode(), 'big') % 10**24:024}"
