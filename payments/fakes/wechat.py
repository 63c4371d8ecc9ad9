"""A WeChat Pay that takes no money: its API v3 over real HTTP, signed both ways, with books of its own.

A payment code's last two digits tell the story; any other ending is 00:

00 paid · 01 balance not enough · 02 asks for the password, then paid · 03 no usable answer, charged a moment later ·
04 no usable answer, never charged · 05 code ran out · 06 no code of WeChat's · 07 limit · 08 password never typed (and
no reversal while the shopper is at it) · 09 the bank refuses (PAYERROR) · 10 charged, the answer is cut off ·
11 cut off before the order was read · 12 charged, the answer is very late · 13 charged, the answer is badly signed ·
14 paid at the 31st second · 15 paid, the answer names another amount

A QR code is paid `scan_s` after it was made, or by `scan`; None: never by itself. `push` notifies by hand,
`pushes=True` by itself. It is a fit stand-in because a client that is not ours (wechatpayv3) pays, asks, reverses,
closes, refunds and reads pushes against it with signatures on: tests/payments/test_wechat_fake.py.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import httpx

from payments.fakes.books import Books, Clock, Page, now
from payments.fakes.server import Call, FakeServer, Reply
from payments.fakes.wechat_bank import Told, WechatBank, auth_code, close, error, paid, reverse, told, told_order
from payments.fakes.wechat_wire import APP_ID, MERCHANT_ID, MERCHANT_SERIAL, WECHAT_KEY_ID, BankWire, WechatFiles

_VERY_LATE_S: Final = 30.0
_PUSH_TIMEOUT_S: Final = 5.0
_TICK_S: Final = 0.1
_ORDERS: Final = re.compile(r"/v3/pay/transactions/(codepay|native)")
_ORDER: Final = re.compile(r"/v3/pay/transactions/out-trade-no/([^/]+)(/reverse|/close|)")
_REFUNDS: Final = re.compile(r"/v3/refund/domestic/refunds(?:/([^/]+))?")


class FakeWechat:
    """One merchant's WeChat Pay. Keys and books are in `folder` and outlive it. `settle_s`: after how long the stories
    02 to 04 come out. `spoil` changes an answer before it is signed, `server.fault` after; `server.calls` is what came.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        clock: Clock = now,
        settle_s: float = 2.0,
        scan_s: float | None = None,
        refund_s: float = 0.0,
        code_lives_s: float = 60.0,
        pushes: bool = False,
        wire: BankWire | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.files = WechatFiles.below(folder)
        self.wire = wire or BankWire(self.files)
        self.books = Books(folder / "wechat-books.sqlite", clock)
        self.spoil: Callable[[Call, Told], Told] | None = None
        self._clock = clock
        self._bank = WechatBank(
            settle_ms=int(settle_s * 1000),
            scan_ms=None if scan_s is None else int(scan_s * 1000),
            refund_ms=int(refund_s * 1000),
            code_lives_ms=int(code_lives_s * 1000),
        )
        self._closing = threading.Event()
        self._pusher = threading.Thread(target=self._push_on, daemon=True)
        self.server = FakeServer(self.answer, port=port)
        self.url = self.server.url
        if pushes:
            self._pusher.start()

    def settings(self, **more: Any) -> dict[str, Any]:
        """The settings of a gateway that is this merchant's."""
        return {
            "address": self.url,
            "app_id": APP_ID,
            "merchant_id": MERCHANT_ID,
            "merchant_serial": MERCHANT_SERIAL,
            "merchant_key_file": str(self.files.merchant_key),
            "api_v3_key_file": str(self.files.api_v3_key),
            "wechat_key_id": WECHAT_KEY_ID,
            "wechat_key_file": str(self.files.wechat_key),
            **more,
        }

    def answer(self, call: Call) -> Reply:
        """What WeChat makes of a call, whenever it comes: tests hold calls back and bring them late."""
        fault = self.wire.signer_fault(call, self._now_s())
        if fault:
            return Reply(401, json.dumps({"code": "SIGN_ERROR", "message": fault}).encode())
        try:
            body = json.loads(call.body or b"{}")
        except ValueError:
            body = None
        with self.books.page() as page:
            answer = (
                self._treated(page, call, body) if isinstance(body, dict) else error(400, "PARAM_ERROR", "不是JSON")
            )
        if self.spoil is not None:
            answer = self.spoil(call, answer)
        story = auth_code(body)[-2:] if isinstance(body, dict) else ""
        return _by_story(self.wire.reply(*answer, self._now_s()), story)

    def scan(self, link: str) -> str:
        """A shopper scans a QR code and pays; the order's number, '' if it can no longer be paid."""
        with self.books.page() as page:
            for order in page.orders():
                if json.loads(order.details).get("code_url") == link and order.state == "NOTPAY":
                    page.put(paid(order))
                    return order.number
        return ""

    def notification(self, number: str, **changed: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of the push about an order; `changed` are fields that are to be others."""
        with self.books.page() as page:
            order = page.order(number)
        assert order is not None, f"there is no order {number}"  # noqa: S101 - for whoever writes a test
        return self.wire.push("TRANSACTION.SUCCESS", {**told_order(order), **changed}, self._now_s())

    def push(self, number: str) -> int:
        """Notify about an order where it asked for that; the status of the reply, 0 for none."""
        headers, body = self.notification(number)
        with self.books.page() as page:
            order = page.order(number)
        url = json.loads(order.details).get("notify_url") if order is not None else None
        if not url:
            return 0
        try:
            return httpx.post(url, content=body, headers=headers, timeout=_PUSH_TIMEOUT_S, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def close(self) -> None:
        """Serve no more; the books stay."""
        self._closing.set()
        self.server.close()
        if self._pusher.is_alive():
            self._pusher.join()

    def _push_on(self) -> None:
        thanked: set[str] = set()
        while not self._closing.wait(_TICK_S):
            with self.books.page() as page:
                paid = [order for order in page.orders() if order.charged_minor and order.number not in thanked]
            thanked.update(order.number for order in paid if self.push(order.number) in {0, 200, 204})

    def _now_s(self) -> int:
        return int(self._clock().timestamp())

    def _treated(self, page: Page, call: Call, body: Mapping[str, Any]) -> Told:
        """What the books make of a call."""
        path = unquote(urlsplit(call.path).path)
        if call.method == "POST" and (found := _ORDERS.fullmatch(path)):
            if found[1] == "native":
                return self._bank.native(page, body)
            return self._bank.codepay(page, body, self.wire.signed_at(call))
        if found := _ORDER.fullmatch(path):
            act = {"POST/reverse": reverse, "POST/close": close, "GET": told}.get(call.method + found[2])
            return act(page, found[1]) if act is not None else error(405, "INVALID_REQUEST", "方法有误")
        if found := _REFUNDS.fullmatch(path):
            if call.method == "GET" and found[1]:
                return self._bank.told_refund(page, found[1])
            return self._bank.refund(page, body)
        return error(404, "NOT_FOUND", "没有这个接口")


def _by_story(reply: Reply, story: str) -> Reply:
    """What a story does to an answer that is right otherwise."""
    match story:
        case "03" | "04":
            return Reply(500, b"<html><body>Internal Server Error</body></html>", {"Content-Type": "text/html"})
        case "10" | "11":
            return replace(reply, cut=True)
        case "12":
            return replace(reply, late_s=_VERY_LATE_S)
        case "13":
            return replace(reply, headers={**reply.headers, "Wechatpay-Nonce": "another"})
        case "15":
            return replace(reply, body=reply.body.replace(b'"total": ', b'"total": 1'))
    return reply
