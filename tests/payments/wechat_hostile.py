"""Answers that prove nothing, as faults for the make-believe WeChat Pay: name, what to send, and what to blame."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from payments.fakes.server import Answer, Call, Fault, Reply, Wire, head
from payments.gateway import Trouble
from payments.signing import OurKey
from tests.payments.wechat_rig import bank_wire, stranger

NOW_S = 1_772_618_400  # the rig's clock: 2026-03-04 10:00 UTC
Change = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Hostile:
    """One answer. `slow` ones end by the gateway's own time limit."""

    name: str
    fault: Fault
    trouble: Trouble
    slow: bool = False


def sends(change: Callable[[Reply], Reply | bytes]) -> Fault:
    """The right answer, changed after it was signed."""

    def fault(_call: Call, answer: Answer, wire: Wire) -> None:
        changed = change(answer())
        if isinstance(changed, bytes):
            wire.raw(changed)
            wire.cut()
        else:
            wire.send(changed)

    return fault


def signs(change: Change, status: int | None = None) -> Fault:
    """The right answer, changed before it was signed."""

    def fault(_call: Call, answer: Answer, wire: Wire) -> None:
        reply = answer()
        value = change(json.loads(reply.body))
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        wire.send(Reply(status or reply.status, content, bank_wire().headers(content, NOW_S)))

    return fault


def unsigned(status: int) -> Fault:
    """The right answer without its signature."""
    return sends(lambda reply: Reply(status, reply.body))


def says(value: Any, status: int | None = None) -> Fault:
    """Something else, rightly signed."""
    return signs(lambda _body: value, status)


def sends_this(content: bytes | Reply) -> Fault:
    """Something else, as it is."""
    return sends(lambda _reply: content)


def with_field(name: str, value: Any) -> Fault:
    """The right answer with one field another, rightly signed."""
    return signs(lambda body: {**body, name: value})


def without(name: str) -> Fault:
    """The right answer with one field away, rightly signed."""
    return signs(lambda body: {key: value for key, value in body.items() if key != name})


def amount_with(change: dict[str, Any]) -> Fault:
    """The right answer with another amount, rightly signed."""
    return signs(lambda body: {**body, "amount": {**body["amount"], **change}})


def header(name: str, value: str | None) -> Fault:
    """The right answer with one header another, or away."""

    def change(reply: Reply) -> Reply:
        headers = {key: text for key, text in reply.headers.items() if key != name}
        return replace(reply, headers=headers if value is None else {**headers, name: value})

    return sends(change)


def dated(offset_s: int) -> Fault:
    """The right answer, rightly signed at another time."""
    return sends(lambda reply: replace(reply, headers=bank_wire().headers(reply.body, NOW_S + offset_s)))


def _forged(reply: Reply) -> Reply:
    key: OurKey = stranger()
    headers = dict(reply.headers)
    text = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + reply.body + b"\n"
    return replace(reply, headers={**headers, "Wechatpay-Signature": key.sign(text)})


def _endless(_call: Call, answer: Answer, wire: Wire) -> None:
    reply = answer()
    wire.raw(head(replace(reply, headers={**reply.headers, "Content-Length": str(10_000_000)})) + reply.body)
    wire.wait(30)


def _dribbled(_call: Call, answer: Answer, wire: Wire) -> None:
    reply = answer()
    for byte in head(reply) + reply.body:
        wire.raw(bytes([byte]))
        wire.wait(0.05)


def _silent(_call: Call, answer: Answer, wire: Wire) -> None:
    answer()
    wire.wait(30)


def broken() -> Iterator[Hostile]:
    """No HTTP, no whole answer, or one that nobody signed."""
    raw = {
        "nothing at all": b"",
        "half a status line": b"HTTP/1.1 2",
        "noise": bytes(range(256)) * 8,
        "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
        "http 0.9": b"<html>hello</html>",
        "headers without end": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 70_000,
        "a wrong length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "broken chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    }
    for name, content in raw.items():
        yield Hostile(name, sends_this(content), Trouble.NO_ANSWER)
    cut = sends(lambda reply: head(reply) + reply.body[:-1])
    yield Hostile("one byte short", cut, Trouble.NO_ANSWER)
    yield Hostile("an endless answer", _endless, Trouble.NO_ANSWER, slow=True)
    yield Hostile("a byte now and then", _dribbled, Trouble.NO_ANSWER, slow=True)
    yield Hostile("silence", _silent, Trouble.NO_ANSWER, slow=True)
    page = b"<html><body>Welcome to the free wireless network</body></html>"
    for status, trouble in {
        200: Trouble.SIGNATURE,
        202: Trouble.SIGNATURE,
        204: Trouble.SIGNATURE,
        301: Trouble.SIGNATURE,
        302: Trouble.SIGNATURE,
        307: Trouble.SIGNATURE,
        400: Trouble.SIGNATURE,
        401: Trouble.KEYS,
        403: Trouble.SIGNATURE,
        404: Trouble.SIGNATURE,
        429: Trouble.SIGNATURE,
        500: Trouble.SERVER,
        502: Trouble.SERVER,
        503: Trouble.SERVER,
        504: Trouble.SERVER,
        599: Trouble.SERVER,
    }.items():
        content = b"" if status == 204 else page
        reply = Reply(status, content, {"Content-Type": "text/html", "Location": "https://elsewhere.example/"})
        yield Hostile(f"a page of status {status}", sends_this(reply), trouble)
    for status in (200, 400, 403, 404):
        yield Hostile(f"the right words unsigned, status {status}", unsigned(status), Trouble.SIGNATURE)


def packed() -> Iterator[Hostile]:
    """Longer than any answer, or packed though nobody asked for that."""

    def encoded(content: bytes, name: str) -> Fault:
        return sends(
            lambda _reply: Reply(200, content, {"Content-Encoding": name, **bank_wire().headers(content, NOW_S)})
        )

    yield Hostile("gzip", encoded(gzip.compress(b"{}"), "gzip"), Trouble.NO_ANSWER)
    yield Hostile("a gzip bomb", encoded(gzip.compress(bytes(50_000_000), 9), "gzip"), Trouble.NO_ANSWER)
    yield Hostile("deflate", encoded(zlib.compress(b"{}"), "deflate"), Trouble.NO_ANSWER)
    yield Hostile("a packing that nobody knows", encoded(b"{}", "sdch"), Trouble.NO_ANSWER)
    yield Hostile("ten megabytes", signs(lambda body: {**body, "more": "x" * 10_000_000}), Trouble.NO_ANSWER)
    yield Hostile("a little too long", signs(lambda body: {**body, "more": "x" * 66_000}), Trouble.NO_ANSWER)


def forged() -> Iterator[Hostile]:
    """Not signed by WeChat, or not for now."""
    yield Hostile("signed by a stranger", sends(_forged), Trouble.SIGNATURE)
    tampered = sends(lambda reply: replace(reply, body=reply.body.replace(b"2560", b"2561")))
    yield Hostile("changed on the way", tampered, Trouble.SIGNATURE)
    spaced = sends(lambda reply: replace(reply, body=reply.body + b" "))
    yield Hostile("written anew", spaced, Trouble.SIGNATURE)
    for name in ("Timestamp", "Nonce", "Signature", "Serial"):
        yield Hostile(f"no {name}", header(f"Wechatpay-{name}", None), Trouble.SIGNATURE)
        yield Hostile(f"an empty {name}", header(f"Wechatpay-{name}", ""), Trouble.SIGNATURE)
        yield Hostile(f"another {name}", header(f"Wechatpay-{name}", "1772618401"), Trouble.SIGNATURE)
    for text in ("WECHATPAY/SIGNTEST/abc", "AAAA", "not base64!", "A" * 344, "=" * 344):
        yield Hostile(f"the signature {text[:20]}", header("Wechatpay-Signature", text), Trouble.SIGNATURE)
    probe = sends(
        lambda reply: replace(
            reply,
            headers={
                **reply.headers,
                "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + reply.headers["Wechatpay-Signature"],
            },
        )
    )
    yield Hostile("a probe", probe, Trouble.SIGNATURE)
    yield Hostile(
        "another kind of signature", header("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"), Trouble.SIGNATURE
    )
    for offset_s in (-301, -3600, -86_400, 301, 3600, 400 * 86_400):
        yield Hostile(f"signed {offset_s} seconds from now", dated(offset_s), Trouble.CLOCK)


def worded() -> Iterator[Hostile]:
    """Rightly signed, and no answer to what was asked."""
    values: list[Any] = [[], {}, "SUCCESS", 1, None, True, [{"trade_state": "SUCCESS"}]]
    for value in values:
        yield Hostile(f"the JSON {value!r}", says(value), Trouble.GARBLED)
    for name, content in {
        "no JSON": b"SUCCESS",
        "half of a JSON": b'{"trade_state": "SUCC',
        "no UTF-8": b'{"trade_state": "\xff"}',
        "a nest": b"[" * 30_000,
        "a number without end": b'{"amount": ' + b"9" * 5000 + b"}",
        "a null byte": b"\0",
    }.items():
        yield Hostile(name, says(content), Trouble.GARBLED)
    for status in (500, 502, 503):
        yield Hostile(f"the right words, signed, status {status}", signs(lambda body: body, status), Trouble.SERVER)
    for status, code in (
        (400, "SOMETHING_NEW"),
        (403, "ORDERPAID"),
        (403, "OUT_TRADE_NO_USED"),
        (403, "ORDER_CLOSED"),
        (404, "NO_SUCH_HOST"),
        (400, ""),
        (429, "FREQUENCY_LIMITED"),
    ):
        yield Hostile(f"the error {code!r}", says({"code": code, "message": "?"}, status), Trouble.NONE)


def of_an_order() -> Iterator[Hostile]:
    """An order's answer, rightly signed, of which one field is another's."""
    fields: dict[str, list[Any]] = {
        "out_trade_no": ["another-0001", "", None, 1, ["payment-0001"]],
        "mchid": ["1900000001", "", None, 1230000109],
        "appid": ["wx0000000000000000", "", None, 0],
        "transaction_id": ["", None, 4200, ["4200"]],
        "trade_state": ["PAID", "success", "ACCEPT", "", None, 1, ["SUCCESS"], "UNKNOWN"],
    }
    for name, values in fields.items():
        for value in values:
            yield Hostile(f"{name} {value!r}", with_field(name, value), Trouble.OTHER)
    for name in ("out_trade_no", "mchid", "transaction_id", "trade_state", "amount"):
        yield Hostile(f"without {name}", without(name), Trouble.OTHER)
    amounts: list[Any] = [None, {}, [], 2560, "2560"]
    amounts += [
        {"total": total, "currency": "CNY"} for total in (2559, 1, 0, -2560, 2560.0, "2560", True, None, 10**30)
    ]
    amounts += [{"total": 2560, "currency": currency} for currency in ("USD", "cny", "", None, 156, ["CNY"])]
    for amount in amounts:
        yield Hostile(f"amount {amount!r}"[:60], with_field("amount", amount), Trouble.OTHER)


def of_a_refund() -> Iterator[Hostile]:
    """A refund's answer, rightly signed, of which one field is another's."""
    fields: dict[str, list[Any]] = {
        "out_refund_no": ["another", "", None],
        "out_trade_no": ["another-0001", None],
        "refund_id": ["", None, 5030],
        "status": ["DONE", "success", "", None, True],
    }
    for name, values in fields.items():
        for value in values:
            yield Hostile(f"{name} {value!r}", with_field(name, value), Trouble.OTHER)
    changes: list[dict[str, Any]] = [{"refund": minor} for minor in (99, 100.5, "100", True, None)]
    for change in (*changes, {"currency": "USD"}):
        yield Hostile(f"amount {change!r}", amount_with(change), Trouble.OTHER)


def any_call() -> list[Hostile]:
    """What may answer any call."""
    return [*broken(), *packed(), *forged(), *worded()]
