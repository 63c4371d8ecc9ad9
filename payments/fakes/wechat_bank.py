"""The orders of a make-believe WeChat Pay: what its books make of each call, and what time makes of an order.

Answers are a status and a body, not yet signed. Error words are those of WeChat's documents; where v3's are not
public, those of v2.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from payments.fakes.books import Order, Page, Refund, wallet_name
from payments.fakes.wechat_wire import APP_ID, MERCHANT_ID

Told = tuple[int, dict[str, Any] | None]

_REVOKED_AFTER_MS: Final = 45_000  # WeChat gives up an unpaid payment code order
_REVERSE_EARLIEST_MS: Final = 15_000
_LATE_MS: Final = 31_000
_ENDED: Final = ("REVOKED", "CLOSED", "REFUND")
_REFUSED_AT_ONCE: Final = {
    "01": ("NOT_ENOUGH", "余额不足"),
    "05": ("AUTH_CODE_EXPIRE", "二维码已过期，请用户在微信上刷新后再试"),
    "06": ("AUTH_CODE_INVALID", "付款码检验错误"),
    "07": ("RULE_LIMIT", "超过限额"),
}


class WechatBank:
    """One merchant's orders. `scan_ms`: after how long a QR code is paid by itself, None: never. `code_lives_ms`: an
    order that was signed longer ago finds its payment code run out."""

    def __init__(self, *, settle_ms: int, scan_ms: int | None, refund_ms: int, code_lives_ms: int) -> None:
        self._settle_ms = settle_ms
        self._scan_ms = scan_ms
        self._refund_ms = refund_ms
        self._code_lives_ms = code_lives_ms

    def codepay(self, page: Page, body: Mapping[str, Any], signed_at_s: int) -> Told:
        """A payment code order; the code's last two digits are its story."""
        code = auth_code(body)
        wrong = _unlike_order(body) or ("" if code.isdigit() and "scene_info" in body else "payer, scene_info")
        if wrong:
            return error(400, "PARAM_ERROR", f"参数错误: {wrong}")
        if (known := page.order(body["out_trade_no"])) is not None:
            return _used(known)
        story = "05" if page.now_ms - signed_at_s * 1000 > self._code_lives_ms else code[-2:]
        if story in _REFUSED_AT_ONCE:
            return error(403, *_REFUSED_AT_ONCE[story])
        if story == "11":
            return error(500, "SYSTEM_ERROR", "系统错误")
        order = self._opened(_order(page, body, "MICROPAY", {"openid": f"oFAKE{wallet_name(code)}"}), story)
        page.put(order)
        return 200, {"trade_state": "USERPAYING"} if order.state == "USERPAYING" else told_order(order)

    def _opened(self, order: Order, story: str) -> Order:
        """A payment code order as it stands when its answer leaves, and what time will make of it."""
        typing = replace(order, state="USERPAYING", note=story)
        revoked = {"due_at_ms": order.opened_at_ms + _REVOKED_AFTER_MS, "due_state": "REVOKED"}
        match story:
            case "02" | "14":
                after_ms = self._settle_ms if story == "02" else _LATE_MS
                return _paid_at(typing, order.opened_at_ms + after_ms)
            case "03":
                return _paid_at(replace(order, note=story), order.opened_at_ms + self._settle_ms)
            case "04":
                ends_ms = order.opened_at_ms + self._settle_ms
                return replace(order, note=story, due_at_ms=ends_ms, due_state="REVOKED")
            case "08":
                return replace(typing, **revoked)  # type: ignore[arg-type]
            case "09":
                return replace(order, state="PAYERROR", note=story)
        return replace(paid(order), note=story)

    def native(self, page: Page, body: Mapping[str, Any]) -> Told:
        """A QR code order."""
        wrong = _unlike_order(body) or ("" if body.get("notify_url") else "notify_url")
        if wrong:
            return error(400, "PARAM_ERROR", f"参数错误: {wrong}")
        if (known := page.order(body["out_trade_no"])) is not None:
            return _used(known)
        details = {"code_url": f"weixin://wxpay/bizpayurl?pr={secrets.token_urlsafe(7)}"}
        details |= {"notify_url": body["notify_url"], "openid": f"oFAKE{wallet_name('')}"}
        order = _order(page, body, "NATIVE", details)
        if self._scan_ms is not None:
            order = _paid_at(order, order.opened_at_ms + self._scan_ms)
        page.put(order)
        return 200, {"code_url": details["code_url"]}

    def refund(self, page: Page, body: Mapping[str, Any]) -> Told:
        """Money back, once for each number."""
        amount = body.get("amount") or {}
        number, minor = body.get("out_refund_no"), amount.get("refund")
        if not isinstance(number, str) or not isinstance(minor, int) or amount.get("currency") != "CNY":
            return error(400, "PARAM_ERROR", "参数错误: amount")
        order = page.order(str(body.get("out_trade_no", "")))
        if order is None:
            return error(404, "RESOURCE_NOT_EXISTS", "订单不存在")
        known = page.refund(number)
        if known is not None:
            same = (known.order_number, known.amount_minor) == (order.number, minor)
            return (200, self._told_refund(page, known)) if same else error(400, "INVALID_REQUEST", "与之前不一致")
        left = order.charged_minor - sum(refund.amount_minor for refund in page.refunds(order.number))
        if amount.get("total") != order.amount_minor or not 0 < minor <= left:
            return error(400, "INVALID_REQUEST", "订单金额或退款金额有误")
        refund = _give_back(page, order, number, minor)
        return 200, self._told_refund(page, refund)

    def told_refund(self, page: Page, number: str) -> Told:
        """A refund as a query tells it."""
        refund = page.refund(number)
        if refund is None:
            return error(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return 200, self._told_refund(page, refund)

    def _told_refund(self, page: Page, refund: Refund) -> dict[str, Any]:
        order = page.order(refund.order_number)
        assert order is not None  # noqa: S101 - the books hold no refund without its order
        minor, done = refund.amount_minor, page.now_ms - refund.made_at_ms >= self._refund_ms
        return {
            "refund_id": refund.reference,
            "out_refund_no": refund.number,
            "transaction_id": order.reference,
            "out_trade_no": order.number,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": _time(refund.made_at_ms),
            "status": "SUCCESS" if done else "PROCESSING",
            "amount": {
                **dict.fromkeys(("refund", "payer_refund", "settlement_refund"), minor),
                **dict.fromkeys(("total", "payer_total", "settlement_total"), order.amount_minor),
                "discount_refund": 0,
                "currency": order.currency,
            },
        }


def _unlike_order(body: Mapping[str, Any]) -> str:
    """The first field that no order can have so, '' if all are well."""
    amount = body.get("amount") or {}
    total = amount.get("total")
    number = body.get("out_trade_no")
    checks = {
        "appid": body.get("appid") == APP_ID,
        "mchid": body.get("mchid") == MERCHANT_ID,
        "description": bool(body.get("description")),
        "out_trade_no": isinstance(number, str) and 6 <= len(number) <= 32,  # noqa: PLR2004 - as documented
        "amount": isinstance(total, int) and total > 0 and amount.get("currency", "CNY") == "CNY",
    }
    return next((name for name, well in checks.items() if not well), "")


def _order(page: Page, body: Mapping[str, Any], trade_type: str, details: Mapping[str, str]) -> Order:
    return Order(
        number=body["out_trade_no"],
        state="NOTPAY",
        amount_minor=body["amount"]["total"],
        currency="CNY",
        opened_at_ms=page.now_ms,
        reference=f"4200{secrets.randbelow(10**24):024}",
        details=json.dumps({"trade_type": trade_type, **details}),
    )


def paid(order: Order) -> Order:
    """The order once its shopper has paid."""
    return replace(order, state="SUCCESS", charged_minor=order.amount_minor, due_at_ms=None)


def _paid_at(order: Order, at_ms: int) -> Order:
    return replace(
        order, due_at_ms=at_ms, due_state="SUCCESS", due_charged_minor=order.amount_minor, due_note=order.note
    )


def auth_code(body: Mapping[str, Any]) -> str:
    """The payment code in an order, '' if there is none."""
    payer = body.get("payer")
    return str(payer.get("auth_code", "")) if isinstance(payer, dict) else ""


def told(page: Page, number: str) -> Told:
    """An order as a query tells it, if there is one."""
    order = page.order(number)
    return error(404, "ORDER_NOT_EXIST", "订单不存在") if order is None else (200, told_order(order))


def told_order(order: Order) -> dict[str, Any]:
    """An order as a query tells it: the number of WeChat's own once it was paid."""
    details = json.loads(order.details)
    told: dict[str, Any] = {
        "appid": APP_ID,
        "mchid": MERCHANT_ID,
        "out_trade_no": order.number,
        "trade_type": details["trade_type"],
        "trade_state": order.state,
        "trade_state_desc": order.state.lower(),
        "amount": {"total": order.amount_minor, "currency": order.currency},
    }
    if order.charged_minor:
        told |= {"transaction_id": order.reference, "success_time": _time(order.opened_at_ms), "bank_type": "OTHERS"}
        told["payer"] = {"openid": details["openid"]}
        told["amount"] |= {"payer_total": order.amount_minor, "payer_currency": order.currency}
    return told


def _used(order: Order) -> Told:
    """A number that was used is never another order's."""
    word = {"SUCCESS": "ORDERPAID", "CLOSED": "ORDER_CLOSED", "REVOKED": "ORDER_REVERSED"}
    return error(403, word.get(order.state, "OUT_TRADE_NO_USED"), "商户订单号重复")


def reverse(page: Page, number: str) -> Told:
    """End a payment code order; what was paid goes back."""
    order = page.order(number)
    if order is None:
        return error(404, "ORDER_NOT_EXIST", "订单不存在")
    if json.loads(order.details)["trade_type"] != "MICROPAY":
        return error(400, "INVALID_REQUEST", "只有付款码支付可以撤销")
    if page.now_ms - order.opened_at_ms < _REVERSE_EARLIEST_MS:
        return error(400, "INVALID_REQUEST", "下单15秒后方可撤销")
    if order.state == "USERPAYING" and order.note == "08":
        return error(400, "USERPAYING", "用户支付中，不能撤销")
    if order.state not in _ENDED:
        _end(page, order)
    return 200, {"appid": APP_ID, "mchid": MERCHANT_ID, "out_trade_no": order.number}


def _end(page: Page, order: Order) -> None:
    given = sum(refund.amount_minor for refund in page.refunds(order.number))
    if order.charged_minor > given:
        _give_back(page, order, f"reversal-{order.number}", order.charged_minor - given)
    else:
        page.put(replace(order, state="REVOKED", due_at_ms=None))


def _give_back(page: Page, order: Order, number: str, minor: int) -> Refund:
    refund = Refund(number, order.number, minor, "SUCCESS", f"5030{secrets.randbelow(10**24):024}", page.now_ms)
    page.put_refund(refund)
    page.put(replace(order, state="REFUND", due_at_ms=None))
    return refund


def close(page: Page, number: str) -> Told:
    """End a QR code order that is not paid."""
    order = page.order(number)
    if order is None:
        return error(404, "ORDER_NOT_EXIST", "订单不存在")
    if json.loads(order.details)["trade_type"] != "NATIVE" or order.state == "CLOSED":
        return error(400, "ORDER_CLOSED" if order.state == "CLOSED" else "INVALID_REQUEST", "不能关单")
    if order.charged_minor:
        return error(400, "ORDERPAID", "订单已支付，不能关单")
    page.put(replace(order, state="CLOSED", due_at_ms=None))
    return 204, None


def error(status: int, code: str, message: str) -> Told:
    """An error as WeChat words it."""
    return status, {"code": code, "message": message}


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
