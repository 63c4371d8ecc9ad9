"""A hub on the loopback whose payments are a simulated bank's, and which breaks in the middle when told to."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from payments.gateway import Gateway, PaymentRequest, PaymentResult, RefundRequest
from retail.money import Money

TOKEN = "lane-token"

Fault = Callable[["_Handler", int, bytes], None]  # sends instead of the right (status, body)


class FakeHub:
    """Serves the payments part of the hub's API over `bank`. Set `fault` to spoil the next answers."""

    def __init__(self, bank: Gateway) -> None:
        self.bank = bank
        self.amounts: dict[str, Money] = {}
        self.orders: list[dict[str, Any]] = []
        self.fault: Fault | None = None
        hub = self

        class Handler(_Handler):
            def answer(self) -> tuple[int, dict[str, Any]]:
                return hub.answer(self)

            def fault(self) -> Fault | None:
                return hub.fault

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, call: "_Handler") -> tuple[int, dict[str, Any]]:
        if call.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {"detail": "this lane is not enrolled"}
        match call.path.strip("/").split("/")[2:]:
            case []:
                return self._start(call.body)
            case [key]:
                known = key in self.amounts
                return (200, self._told(key, self.bank.lookup(key))) if known else (404, {"detail": "unknown"})
            case [key, "cancel"]:
                self.amounts.setdefault(key, Money(0, "CNY"))
                return 200, self._told(key, self.bank.cancel(key))
            case [key, "refunds"]:
                amount = Money(call.body["amount_minor"], "CNY")
                answer = self.bank.refund(RefundRequest(key, call.body["refund_key"], amount))
                return 200, {"outcome": answer.outcome, "amount_minor": amount.minor, "reference": answer.reference}
        return 404, {"detail": "no such path"}

    def _start(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.orders.append(body)
        key, amount = body["key"], Money(body["amount_minor"], body["currency"])
        if self.amounts.get(key, amount) != amount and self.amounts[key].minor:
            return 409, {"detail": "this key was used for another amount"}
        self.amounts.setdefault(key, amount)
        request = PaymentRequest(key, amount, body["sale_id"], body["way"], body["instrument"] or "")
        return 200, self._told(key, self.bank.start(request))

    def _told(self, key: str, answer: PaymentResult) -> dict[str, Any]:
        amount = self.amounts[key]
        return {
            "key": key,
            "outcome": answer.outcome,
            "reason": answer.reason,
            "reference": answer.reference,
            "trouble": answer.trouble,
            "show": answer.show,
            "amount_minor": amount.minor,
            "currency": amount.currency,
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body: dict[str, Any]

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._serve()

    def do_GET(self) -> None:
        self.body = {}
        self._serve()

    def answer(self) -> tuple[int, dict[str, Any]]:
        raise NotImplementedError

    def fault(self) -> Fault | None:
        raise NotImplementedError

    def _serve(self) -> None:
        status, body = self.answer()
        encoded = json.dumps(body).encode()
        if (fault := self.fault()) is not None:
            self.close_connection = True
            fault(self, status, encoded)
        else:
            self.send(status, encoded)

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests read what the gateway logs."""
