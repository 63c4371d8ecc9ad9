"""Negative controls: a lane spoilt on purpose in one place. The same tests must then find what is wrong."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, RefundRequest

T = TypeVar("T")

NORMAL: Final = "synchronous=NORMAL"  # most recipes for SQLite's log on the web
NEW_KEY: Final = "new key on retry"  # what a programmer does who has never been charged twice


def spoilt(part: T, how: str) -> T:
    """The lane's journal or gateway, with the fault that was asked for if it belongs there."""
    changed: Any = part
    if how == NORMAL and hasattr(part, "append"):
        changed = _HalfSafe(part)
    elif how == NEW_KEY and hasattr(part, "lookup"):
        changed = _NewKey(changed)
    result: T = changed
    return result


class _HalfSafe:
    """A journal that is told 'on disk' before it is."""

    def __init__(self, journal: Any) -> None:
        self._journal = journal

    def __getattr__(self, name: str) -> Any:
        opened = self._journal._opened()
        opened._db.execute("PRAGMA synchronous = NORMAL")
        return getattr(self._journal, name)


class _NewKey:
    """A gateway that answers doubt by asking for the money again, under another key."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._requests: dict[str, PaymentRequest] = {}
        self.traits = gateway.traits

    def start(self, request: PaymentRequest) -> PaymentResult:
        self._requests[request.key] = request
        return self._gateway.start(request)

    def lookup(self, key: str) -> PaymentResult:
        first = self._requests.get(key)
        if first is None:
            return self._gateway.lookup(key)
        again = PaymentRequest(f"{key[:-4]}-two", first.amount, first.sale_id, first.way, f"{first.instrument[:-2]}00")
        answer = self._gateway.start(again)
        return PaymentResult(Outcome.UNKNOWN) if answer.outcome is Outcome.UNKNOWN else answer

    def cancel(self, key: str) -> PaymentResult:
        return self._gateway.cancel(key)

    def refund(self, request: RefundRequest) -> PaymentResult:
        return self._gateway.refund(request)

    def close(self) -> None:
        self._gateway.close()
