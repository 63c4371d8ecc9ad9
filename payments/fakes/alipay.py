"""A make-believe Alipay at <url>/gateway.do: checks signatures, signs its answers, pushes, and breaks when told to.

A payment code's last two digits tell the story; any other ending is 00:

00 paid · 01 balance not enough · 02 asks for the password, then paid · 03 no usable answer, charged a moment later ·
04 no usable answer, never charged · 05 code ran out · 06 payment fails, and the order stays open · 07 limit ·
08 password never typed · 09 called done, then rolled back · 10 charged, the answer is cut off · 11 cut off before the
order was read · 12 charged, the answer is very late · 13 charged, the answer is badly signed · 14 paid at the 31st
second · 15 paid, the answer names another amount · 16 'service unavailable', and charged · 17 paid, and the first
cancel asks to be repeated

A QR code is paid `scan_s` after it was made, or by `bank.scan`; None: never by itself. It is a fit stand-in because a
client that is not ours (python-alipay-sdk) pays, asks, cancels, refunds and reads pushes against it with signatures on:
tests/payments/test_alipay_fake.py.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from payments.alipay_wire import BEIJING, signed_text, yuan
from payments.fakes import alipay_bank as bank
from payments.fakes.books import Books, Clock, Order, now
from payments.fakes.keys import new_key, private_pem, public_pem, write_secret
from payments.fakes.server import Call, FakeServer, Reply
from payments.signing import OurKey, TheirKey, their_key_of

APP_ID: Final = "2021000000000001"
SELLER_ID: Final = "2088000000000001"
_BOOKS: Final = "alipay-books.sqlite"
_MERCHANT_KEY: Final = "alipay-merchant-key.pem"
_MERCHANT_PUBLIC: Final = "alipay-merchant-public-key.pem"
_ALIPAY_KEY: Final = "alipay-key.pem"
_ALIPAY_PUBLIC: Final = "alipay-public-key.pem"
_PUSHES_AT_MOST: Final = 8  # as Alipay does, though not over a day
_LOOK_S: Final = 0.1
_PUSH_S: Final = 5.0
_VERY_LATE_S: Final = 30.0
_HTML: Final = {"Content-Type": "text/html;charset=utf-8"}  # as Alipay names its JSON


class FakeAlipay:
    """One merchant's Alipay. Keys and books are in `folder` and outlive it. `instead` has answers given without the
    bank's doing anything, by method; `spoil` changes an answer before it is signed, `server.fault` after;
    `server.calls` is what came. `deliver` pushes by hand, `pushes=True` by itself."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        clock: Clock = now,
        delay_s: float = 2.0,
        scan_s: float | None = None,
        pushes: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._ours, self._merchant = _keys(folder)
        self.books = Books(folder / _BOOKS, clock)
        self.bank = bank.AlipayBank(self.books, delay_s=delay_s, scan_s=scan_s)
        self.instead: dict[str, Mapping[str, Any]] = {}
        self.spoil: Callable[[str, Mapping[str, Any]], Mapping[str, Any]] | None = None
        self._closing = threading.Event()
        self._pushing = threading.Lock()
        self.server = FakeServer(self._answer, port=port)
        self.url = f"{self.server.url}/gateway.do"
        self._pusher = threading.Thread(target=self._push_by_itself, daemon=True)
        if pushes:
            self._pusher.start()

    def settings(self, **more: Any) -> dict[str, Any]:
        """The gateway's settings for this Alipay."""
        return {
            "address": self.url,
            "app_id": APP_ID,
            "merchant_key_file": str(self._folder / _MERCHANT_KEY),
            "alipay_key_file": str(self._folder / _ALIPAY_PUBLIC),
            "subject": "Scan and Go",
            **more,
        }

    def push_of(self, number: str) -> bytes:
        """The form that says how an order stands, signed, sent now."""
        with self.books.page() as page:
            order = page.order(number)
        return self.form(_told(order, self._clock())) if order is not None else b""

    def form(self, fields: Mapping[str, str]) -> bytes:
        """Fields as a signed form."""
        signature = self._ours.sign(signed_text(fields))
        return urlencode({**fields, "sign_type": "RSA2", "sign": signature}).encode()

    def deliver(self) -> int:
        """Push what was paid and not thanked for; how many pushes were taken. One after the other."""
        with self._pushing:
            return sum(self._delivered(order) for order in self._unthanked())

    def sign(self, text: str) -> str:
        """Alipay's signature over a text, for tests that write answers of their own."""
        return self._ours.sign(text.encode())

    def signed(self, method: str, answer: Mapping[str, Any]) -> bytes:
        """A whole answer to `method`, written as Alipay does: no blanks, '/' escaped, signed as it stands."""
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        return f'{{"{method.replace(".", "_")}_response":{text},"sign":"{self.sign(text)}"}}'.encode()

    def close(self) -> None:
        """Take no more; idempotent."""
        self._closing.set()
        if self._pusher.is_alive():
            self._pusher.join()
        self.server.close()

    def _answer(self, call: Call) -> Reply:
        asked = _parameters(call)
        method = asked.get("method", "")
        refused = self._refused(asked)
        if refused is not None:
            # Alipay does not sign an answer to somebody whom it does not know.
            problem = {"code": refused[0], "msg": "Invalid Arguments", "sub_code": refused[1], "sub_msg": refused[1]}
            node = f"{method.replace('.', '_')}_response" if method else "error_response"
            return Reply(200, json.dumps({node: problem}).encode(), _HTML)
        content = json.loads(asked["biz_content"])
        answer = self.instead.get(method) or self.bank.answer(method, content, asked.get("notify_url", ""))
        if self.spoil is not None:
            answer = self.spoil(method, answer)
        return _by_story(Reply(200, self.signed(method, answer), _HTML), str(content.get("auth_code", ""))[-2:])

    def _refused(self, asked: Mapping[str, str]) -> tuple[str, str] | None:
        covered = {name: value for name, value in asked.items() if name != "sign" and value}
        if asked.get("app_id") != APP_ID:
            return "40002", "isv.invalid-app-id"
        if asked.get("sign_type") != "RSA2" or not self._merchant.signed(signed_text(covered), asked.get("sign", "")):
            return "40002", "isv.invalid-signature"
        if not self.bank.does(asked.get("method", "")):
            return "40002", "isv.invalid-method"
        try:
            datetime.strptime(asked.get("timestamp", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        except ValueError:
            return "40002", "isv.invalid-timestamp"
        try:
            return None if isinstance(json.loads(asked.get("biz_content", "")), dict) else ("40002", "isv.illegal-json")
        except ValueError:
            return "40002", "isv.illegal-json"

    def _unthanked(self) -> list[Order]:
        with self.books.page() as page:
            return [order for order in page.orders() if order.charged_minor and _pushes_left(order)]

    def _delivered(self, order: Order) -> bool:
        details = json.loads(order.details)
        try:
            answer = httpx.post(
                details["notify_url"],
                content=self.push_of(order.number),
                headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
                timeout=_PUSH_S,
                trust_env=False,
            )
            taken = answer.status_code == httpx.codes.OK and answer.content == b"success"
        except (httpx.HTTPError, httpx.InvalidURL):
            taken = False
        tries = _PUSHES_AT_MOST if taken else int(details.get("pushes", 0)) + 1
        with self.books.page() as page:
            latest = page.order(order.number) or order
            page.put(replace(latest, details=json.dumps({**json.loads(latest.details), "pushes": tries})))
        return taken

    def _push_by_itself(self) -> None:
        while not self._closing.wait(_LOOK_S):
            self.deliver()


def _keys(folder: Path) -> tuple[OurKey, TheirKey]:
    """Alipay's key and the merchant's, made at the first start. The lane's file with the private half of the merchant's
    is there too: this is a toy bank."""
    if not (folder / _ALIPAY_PUBLIC).exists():
        alipay, merchant = new_key(), new_key()
        write_secret(folder / _MERCHANT_KEY, private_pem(merchant))
        write_secret(folder / _ALIPAY_KEY, private_pem(alipay))
        (folder / _MERCHANT_PUBLIC).write_bytes(public_pem(merchant))
        (folder / _ALIPAY_PUBLIC).write_bytes(public_pem(alipay))
    # Its own key: to prove it anew at each start would cost a tenth of a second.
    ours = load_pem_private_key((folder / _ALIPAY_KEY).read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(ours, RSAPrivateKey)  # noqa: S101 - for the type checker
    return OurKey(ours), their_key_of((folder / _MERCHANT_PUBLIC).read_bytes())


def _by_story(reply: Reply, story: str) -> Reply:
    """What a story does to an answer that is right otherwise."""
    match story:
        case "10" | "11":
            return replace(reply, cut=True)
        case "12":
            return replace(reply, late_s=_VERY_LATE_S)
        case "13":
            return replace(reply, body=reply.body.replace(b'"sign":"', b'"sign":"AAAA'))
        case "15":
            return replace(reply, body=reply.body.replace(b'"total_amount":"', b'"total_amount":"1'))
    return reply


def _parameters(call: Call) -> dict[str, str]:
    """All that was asked, from address and form alike: clients differ in what they put where."""
    query = call.path.partition("?")[2]
    return dict(parse_qsl(query, keep_blank_values=True) + parse_qsl(call.body.decode(), keep_blank_values=True))


def _pushes_left(order: Order) -> bool:
    details = json.loads(order.details)
    return bool(details.get("notify_url")) and int(details.get("pushes", 0)) < _PUSHES_AT_MOST


def _told(order: Order, at: datetime) -> dict[str, str]:
    def written(ms: float) -> str:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")

    paid = {"gmt_payment": written(json.loads(order.details)["paid_at_ms"])} if order.charged_minor else {}
    return {
        "notify_type": "trade_status_sync",
        "notify_time": written(at.timestamp() * 1000),
        "notify_id": f"ac{order.number}",
        "app_id": APP_ID,
        "charset": "utf-8",
        "version": "1.0",
        "seller_id": SELLER_ID,
        "buyer_open_id": json.loads(order.details)["buyer"],
        "out_trade_no": order.number,
        "trade_no": order.reference,
        "trade_status": order.state,
        "total_amount": yuan(order.amount_minor),
        "subject": "自助收银 50% + more",
        "gmt_create": written(order.opened_at_ms),
        **paid,
    }
