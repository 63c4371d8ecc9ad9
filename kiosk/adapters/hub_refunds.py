"""The hub's refund book over HTTP, on threads of its own: the till waits for no answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx

from kiosk.adapters.worker import Work, Worker
from kiosk.services.refund_book import BookRefused, Promised, Receipt, ReceiptLine, RefundOrder
from offline_cache.errors import ConfigError
from payments.exchange import Exchanged, Line
from payments.gateway import Outcome, PaymentResult

logger = logging.getLogger(__name__)

_CONNECT_S: Final = 3.0
_LOOK_S: Final = 10.0
_TOTAL_S: Final = 60.0  # the hub asks a bank meanwhile, and waits 45 s for that
_BOOK: Final = "the hub's refund book"
_NO_ANSWER: Final = BookRefused("offline")
_PROVES: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.CONFLICT})

_Found = TypeVar("_Found")


class HubRefunds:
    """Implements kiosk.services.refund_book.RefundBook. `token` is asked for each call, as it may be rotated; `till`
    runs work on the till's thread."""

    def __init__(self, url: str, token: Callable[[], str], till: Callable[[Work], None]) -> None:
        address = httpx.URL(url)
        # A question to the book alone does not wait for a bank that another refund waits for.
        self._asking = Worker("receipts"), Line(_BOOK, address, connect_s=_CONNECT_S, total_s=_LOOK_S)
        self._giving = Worker("refunds"), Line(_BOOK, address, connect_s=_CONNECT_S, total_s=_TOTAL_S)
        self._token = token
        self._till = till

    def receipt(self, named: str, done: Callable[[Receipt | BookRefused], None]) -> None:
        """See RefundBook."""
        path = f"/v1/receipts/{quote(named, safe='')}"
        worker, line = self._asking
        worker.post(lambda: self._answer(self._send(line, "GET", path), _receipt, done))

    def order(self, order: RefundOrder, done: Callable[[Promised | BookRefused], None]) -> None:
        """See RefundBook."""
        lines = None if order.parts is None else [{"line": one.line, "quantity": one.quantity} for one in order.parts]
        body = {
            "refund_key": order.refund_key,
            "receipt": order.receipt,
            "lines": lines,
            "amount_minor": order.amount_minor,
            "why": order.why,
            "by": order.by,
            "approved_by": order.approved_by,
        }

        def read(answer: Mapping[str, Any]) -> Promised:
            promised = _promised(answer)
            if promised.refund_key != order.refund_key or promised.amount_minor != order.amount_minor:
                raise ValueError("is about another refund")
            return promised

        worker, line = self._giving
        worker.post(lambda: self._answer(self._send(line, "POST", "/v1/refunds", body), read, done))

    def made(self, refund_key: str, result: PaymentResult) -> None:
        """See RefundBook."""
        body = {"outcome": result.outcome.value, "reason": result.reason.value, "reference": result.reference}
        path = f"/v1/refunds/{quote(refund_key, safe='')}/result"
        worker, line = self._giving
        worker.post(lambda: self._told(self._send(line, "POST", path, body), refund_key))

    def close(self) -> None:
        """No more calls; one under way is not waited for, its key is asked again after the next start."""
        for worker, line in (self._asking, self._giving):
            line.close()
            worker.close(0.5)

    def _answer(
        self,
        came: Exchanged,
        read: Callable[[Mapping[str, Any]], _Found],
        done: Callable[[_Found | BookRefused], None],
    ) -> None:
        found = _read(came, read)
        self._till(lambda: done(found))

    @staticmethod
    def _told(came: Exchanged, refund_key: str) -> None:
        if came.status != httpx.codes.OK:  # the journal tells the hub as well
            logger.warning("the hub was not told of refund %s yet (%s)", refund_key, came.status or "no answer")

    def _send(self, line: Line, method: str, path: str, body: Mapping[str, Any] | None = None) -> Exchanged:
        try:
            token = self._token()
        except ConfigError as exc:  # as while its file is being written anew: the question gets its answer all the same
            logger.error("%s", exc)  # noqa: TRY400 - its sentence says it all
            return Exchanged(unsent=True)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return line.send(method, path, content, headers)


def _read(came: Exchanged, read: Callable[[Mapping[str, Any]], _Found]) -> _Found | BookRefused:
    """The answer, if it is whole and sensible; the book's own word of refusal; else that nobody knows."""
    if came.unsent:
        return BookRefused("offline", unsent=True)
    try:
        body: Any = json.loads(came.body) if came.body else None
        if came.status == httpx.codes.OK:
            return read(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        logger.error("the hub's answer about a refund is not understood (%s)", type(exc).__name__)  # noqa: TRY400
        return _NO_ANSWER
    code = body.get("code") if isinstance(body, dict) else None
    if came.status in _PROVES and isinstance(code, str):
        return BookRefused(code, final=True)
    return _NO_ANSWER


def _receipt(body: Mapping[str, Any]) -> Receipt:
    return Receipt(
        sale_id=_text(body, "sale_id"),
        number=_text(body, "receipt_number"),
        lane=_text(body, "lane"),
        completed_at=_text(body, "completed_at"),
        currency=_text(body, "currency"),
        paid_minor=_whole(body, "paid_minor"),
        left_minor=_whole(body, "left_minor"),
        gateway=_text(body, "gateway"),
        way=_text(body, "way"),
        brand=_text(body, "brand"),
        route=_text(body, "route"),
        lines=tuple(_line(one) for one in body["lines"]),
    )


def _line(one: Mapping[str, Any]) -> ReceiptLine:
    return ReceiptLine(
        line=_whole(one, "line"),
        names={str(tag): str(name) for tag, name in one["names"].items()},
        code=_text(one, "code"),
        pieces=_whole(one, "pieces"),
        grams=None if one["grams"] is None else _whole(one, "grams"),
        paid_minor=_whole(one, "paid_minor"),
        left=_whole(one, "left"),
        left_minor=_whole(one, "left_minor"),
    )


def _promised(body: Mapping[str, Any]) -> Promised:
    return Promised(
        refund_key=_text(body, "refund_key"),
        sale_id=_text(body, "sale_id"),
        number=_text(body, "receipt_number"),
        payment_key=_text(body, "payment_key"),
        lane=_text(body, "lane"),
        gateway=_text(body, "gateway"),
        way=_text(body, "way"),
        brand=_text(body, "brand"),
        route=_text(body, "route"),
        amount_minor=_whole(body, "amount_minor"),
        paid_minor=_whole(body, "paid_minor"),
        currency=_text(body, "currency"),
        outcome=Outcome(body["outcome"]),
        reason=_text(body, "reason"),
        reference=_text(body, "reference"),
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _whole(body: Mapping[str, Any], name: str) -> int:
    value = body[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(name)
    return value
