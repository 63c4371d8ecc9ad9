"""A gateway whose bank pushes: signed with a key that both have, with the time, one payment in each push."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from payments.errors import NotificationRefused
from payments.gateway import Notice, Outcome, PaymentResult, Reason
from retail.money import Money
from tests.hub.scripted_gateway import ScriptedGateway

NOW_S = 1_800_000_000
_KEY = b"known to the bank and to us"


@dataclass
class PushingGateway(ScriptedGateway):
    """Refuses what is not signed or older than five minutes. `reading` runs while it reads."""

    reading: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.traits = replace(self.traits, notifies=True)

    def notified(self, headers: Mapping[str, str], body: bytes) -> Notice:
        self.reading()
        if not hmac.compare_digest(headers.get("x-signature", ""), _signature(body)):
            raise NotificationRefused("it is not signed by the bank")
        told = json.loads(body)
        if abs(NOW_S - told["at"]) > 300:
            raise NotificationRefused("it is old")
        paid = None if told["paid"] is None else Money(*told["paid"])
        result = PaymentResult(Outcome(told["outcome"]), Reason.NONE, told["reference"], paid)
        return Notice(told["key"], result, b"thanks", "text/plain")


def push(key: str, outcome: str = "approved", paid: Any = (500, "CNY"), at: int = NOW_S) -> bytes:
    """What the bank pushes."""
    told = {"key": key, "outcome": outcome, "paid": paid, "reference": f"P-{key}", "at": at}
    return json.dumps(told).encode()


def signed(body: bytes, **other: str) -> dict[str, str]:
    """The headers it comes with."""
    return {"X-Signature": _signature(body), **other}


def _signature(body: bytes) -> str:
    return hmac.new(_KEY, body, hashlib.sha256).hexdigest()
