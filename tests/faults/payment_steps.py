"""Names every step of a payment as a lane takes it, and ends the lane's process at the one that a test wants.

The names come from wrappers around the till's ports and around httpx: the product has no switch for it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

import httpx

from payments.gateway import Gateway, PaymentRequest, PaymentResult, RefundRequest
from retail.events import Draft, Event

Tell = Callable[[dict[str, Any]], None]

# What httpcore says of one exchange, in our words.
_WIRE: Final = {
    "connection.connect_tcp.complete": "connected",
    "http11.send_request_body.complete": "sent",
    "http11.receive_response_headers.complete": "answer began",
    "http11.receive_response_body.complete": "answer ended",
}


class Steps:
    """The steps of one life. `recovering`: while it settles what the life before it left open."""

    def __init__(self, tell: Tell, kill_at: str = "") -> None:
        self._tell = tell
        self._kill_at = kill_at
        self.recovering = False
        self.call = ""  # the gateway's verb under way

    def reached(self, name: str) -> None:
        """Say so; if it is the one that was asked for, nothing of this process outlives it."""
        full = f"recovering: {name}" if self.recovering else name
        self._tell({"step": full})
        if full == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppedJournal:
    """The till's journal; each append is a step before and after it is on disk."""

    def __init__(self, journal: Any, steps: Steps) -> None:
        self._journal = journal
        self._steps = steps

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        what = " + ".join(_words(draft) for draft in drafts)
        self._steps.reached(f"before {what}")
        events: tuple[Event, ...] = self._journal.append(*drafts)
        self._steps.reached(f"after {what}")
        return events

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


class SteppedGateway:
    """A gateway; each call is a step before it leaves and after its answer came, before anybody acts on it."""

    def __init__(self, gateway: Gateway, steps: Steps) -> None:
        self._gateway = gateway
        self._steps = steps
        self.traits = gateway.traits

    def start(self, request: PaymentRequest) -> PaymentResult:
        return self._call("start", lambda: self._gateway.start(request))

    def lookup(self, key: str) -> PaymentResult:
        return self._call("lookup", lambda: self._gateway.lookup(key))

    def cancel(self, key: str) -> PaymentResult:
        return self._call("cancel", lambda: self._gateway.cancel(key))

    def refund(self, request: RefundRequest) -> PaymentResult:
        return self._call("refund", lambda: self._gateway.refund(request))

    def close(self) -> None:
        self._gateway.close()

    def _call(self, verb: str, call: Callable[[], PaymentResult]) -> PaymentResult:
        self._steps.call = verb
        self._steps.reached(f"{verb}: before it leaves")
        result = call()
        self._steps.reached(f"{verb}: answered {result.outcome}")
        return result


def watch_wire(steps: Steps) -> None:
    """Let httpx say how far each exchange of this process has come."""
    send = httpx.AsyncClient.send

    async def trace(event: str, _info: dict[str, Any]) -> None:
        if event in _WIRE:
            steps.reached(f"{steps.call}: {_WIRE[event]}")

    @wraps(send)
    async def traced(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        request.extensions = {**request.extensions, "trace": trace}
        sending: Awaitable[httpx.Response] = send(client, request, **options)
        return await sending

    httpx.AsyncClient.send = traced  # type: ignore[assignment,method-assign]


def _words(draft: Draft) -> str:
    outcome = draft.body.get("outcome")
    return f"{draft.kind} {outcome}" if outcome else draft.kind
