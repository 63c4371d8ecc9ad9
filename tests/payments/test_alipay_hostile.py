"""F8: whatever comes instead of Alipay's answer, a payment that was taken is never 'declined', nor the reverse."""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from payments.alipay_wire import heard
from payments.exchange import Exchanged
from payments.fakes.alipay import FakeAlipay
from payments.fakes.server import Reply, head
from payments.gateway import Outcome, RefundRequest, Trouble
from payments.signing import their_key_of
from retail.money import Money
from tests.payments.alipay_rig import KEY, AlipayBank, alipay_bank, request
from tests.payments.gateway_contract import PRICE

QUERY = "alipay.trade.query"
NODE = "alipay_trade_query_response"
PROVED = {Outcome.APPROVED, Outcome.DECLINED}


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with alipay_bank(tmp_path_factory.mktemp("alipay")) as bank:
        bank.gateway().start(request())
        yield bank


@pytest.fixture(scope="module")
def gateway(bank):
    gateway = bank.gateway()
    yield gateway
    gateway.close()


@pytest.fixture(autouse=True)
def honest_again(bank):
    yield
    bank.fake.server.fault = None


def right(bank: AlipayBank) -> dict[str, Any]:
    return dict(bank.fake.bank.answer(QUERY, {"out_trade_no": KEY}, ""))


def sends(bank: AlipayBank, reply: Reply) -> None:
    bank.fake.server.fault = lambda _call, _answer, wire: wire.send(reply)


def whole(text: str, signature: str, node: str = NODE) -> bytes:
    return f'{{"{node}":{text},"sign":"{signature}"}}'.encode()


def signed_lies(fake: FakeAlipay, truth: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Rightly signed, and wrong: about something else, or in words that Alipay does not use."""
    odd: list[Any] = [None, 0, 1, 2560, 25.6, True, [], ["25.60"], {}, {"a": "25.60"}]
    lies: dict[str, list[Any]] = {
        "out_trade_no": ["payment_0002", KEY.upper(), f"{KEY} ", f" {KEY}", "", KEY[:-1], f"{KEY}\x00", *odd],
        "total_amount": [
            *("25.61", "25.59", "2560", "25.600", "25,60", "-25.60", " 25.60", "25.60 ", "+25.60", "2.56e1"),
            *("NaN", "Infinity", "", "0x19", "２５.６０", "9" * 400, "25.6.0", "¥25.60", *odd),
        ],
        "trade_status": ["trade_success", "TRADE_SUCCESS ", "SUCCESS", "PAID", "", "TRADE_SUCCESS\n", *odd],
        "trade_no": ["", *odd],
        "code": ["10001", "", "1000", "010000", " 10000", "20000", "40001", "40003", "40006", *odd],
    }
    for name, values in lies.items():
        for value in values:
            if name != "total_amount" or value is not None:  # absent is checked by the rest
                yield f"{name} = {value!r}"[:60], fake.signed(QUERY, {**truth, name: value})
        yield f"no {name}", fake.signed(QUERY, {key: value for key, value in truth.items() if key != name})


def spoilt_signatures(fake: FakeAlipay, truth: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    text = json.dumps(truth, separators=(",", ":"))
    good = fake.sign(text)
    for name, value in {
        "of another text": fake.sign(text + " "),
        "of the whole": fake.sign(whole(text, "").decode()),
        "of the text written anew": fake.sign(json.dumps(truth, sort_keys=True)),
        "empty": "",
        "not base64": "~" * 40,
        "cut": good[:-4],
        "longer": f"{good}AAAA",
        "blank inside": f"{good[:9]} {good[9:]}",
        "all zero": base64.b64encode(bytes(256)).decode(),
        "one": base64.b64encode(b"\x01".rjust(256, b"\0")).decode(),
        "url-safe": good.translate(str.maketrans("+/", "-_")) if {"+", "/"} & set(good) else "",
    }.items():
        yield f"signature {name}", whole(text, value)
    for literal in ("null", "7", "true", "[]", "{}", f'["{good}"]'):
        yield f"signature {literal[:9]}", f'{{"{NODE}":{text},"sign":{literal}}}'.encode()
    yield "unsigned", f'{{"{NODE}":{text}}}'.encode()
    yield "signature elsewhere", f'{{"{NODE}":{text},"x":{{"sign":"{good}"}}}}'.encode()


def spoilt_forms(fake: FakeAlipay, truth: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    text = json.dumps(truth, separators=(",", ":"))
    good = fake.sign(text)
    answer = whole(text, good)
    closed = json.dumps({**truth, "trade_status": "TRADE_CLOSED"}, separators=(",", ":"))
    yield "twice the same", f'{{"{NODE}":{text},"{NODE}":{text},"sign":"{good}"}}'.encode()
    yield "twice, the second forged", f'{{"{NODE}":{text},"{NODE}":{closed},"sign":"{good}"}}'.encode()
    yield "twice, the first forged", f'{{"{NODE}":{closed},"{NODE}":{text},"sign":"{good}"}}'.encode()
    yield "two signatures", f'{{"{NODE}":{text},"sign":"{good}","sign":"AAAA"}}'.encode()
    twin = text.replace('{"code"', '{"trade_status":"TRADE_CLOSED","code"')
    yield "a member twice", whole(twin, fake.sign(twin))
    yield "of another method", whole(text, good, "alipay_trade_pay_response")
    yield "as a text", whole(json.dumps(text), fake.sign(json.dumps(text)))
    yield "in a list", b"[" + answer + b"]"
    yield "nested", b'{"x":' + answer + b"}"
    yield "twice in a row", answer + answer
    yield "with more behind it", answer + b"x"
    yield "with more before it", b"x" + answer
    yield "with a byte order mark", b"\xef\xbb\xbf" + answer
    yield "utf-16", answer.decode().encode("utf-16")
    yield "not utf-8", answer.replace(b"Success", b"\xff\xfe")
    yield "gbk", whole('{"code":"10000","msg":"成功"}', good).decode().encode("gbk")
    yield "single quotes", answer.replace(b'"', b"'")
    yield "a comment", answer.replace(b"{", b"/**/{", 1)
    yield "a comma too many", answer[:-1] + b",}"
    yield "not a number", whole('{"code":"10000","x":NaN}', fake.sign('{"code":"10000","x":NaN}'))
    yield "a control character", answer.replace(b"Success", b"Suc\x00ess")
    yield "deep", b'{"' + NODE.encode() + b'":' + b"[" * 30_000
    yield "deep and closed", b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    yield "a long number", answer.replace(b'"10000"', b"9" * 10_000)
    for body in (b"", b"null", b"true", b"7", b'"x"', b"{}", b"[]", b"{", b"}", b"<html>approved</html>", b"success"):
        yield f"only {body!r}", body
    for wrong in ("null", "7", "[]", '""', "{}", '"10000"'):
        yield f"an answer that is {wrong}", whole(wrong, fake.sign(wrong))


def changed_bytes(fake: FakeAlipay, truth: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """One bit, in every byte of text and signature; and an answer that ends there. The last letters of a signature have
    bits that say nothing."""
    answer = fake.signed(QUERY, truth)
    for place in range(len(answer) - 5):
        yield f"byte {place} changed", answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
        yield f"ends at {place}", answer[:place]


def test_an_answer_that_is_changed_or_ends_anywhere_is_not_believed(bank):
    theirs = their_key_of((bank.folder / "bank" / "alipay-public-key.pem").read_bytes())
    spoilt = list(changed_bytes(bank.fake, right(bank)))
    assert len(spoilt) > 1000
    for name, body in spoilt:
        said = heard(Exchanged(200, body), NODE, theirs.signed)
        assert (said.code, said.body) == ("", {}), name
        assert said.trouble in {Trouble.SIGNATURE, Trouble.GARBLED}, name


def test_hostile_answers_to_a_query_prove_nothing(bank, gateway):
    truth = right(bank)
    hostile = [*signed_lies(bank.fake, truth), *spoilt_signatures(bank.fake, truth), *spoilt_forms(bank.fake, truth)]
    assert len(hostile) >= 120
    for name, body in hostile:
        sends(bank, Reply(200, body))
        assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN, name
    bank.fake.server.fault = None
    assert gateway.lookup(KEY).paid == PRICE


@pytest.mark.parametrize("status", [201, 202, 204, 206, 301, 302, 307, 400, 401, 403, 404, 409, 429, 500, 502, 503])
def test_a_right_answer_of_another_status_proves_nothing(bank, gateway, status):
    sends(bank, Reply(status, bank.fake.signed(QUERY, right(bank)), {"Location": "/elsewhere"}))
    answer = gateway.lookup(KEY)
    assert answer.outcome is Outcome.UNKNOWN
    assert (answer.trouble is Trouble.SERVER) == (status >= 500)


def wires(bank: AlipayBank) -> dict[str, Any]:
    good = Reply(200, bank.fake.signed(QUERY, right(bank)))
    packed = Reply(200, gzip.compress(good.body), {"Content-Encoding": "gzip"})
    bomb = Reply(200, gzip.compress(b" " * 9_000_000), {"Content-Encoding": "gzip"})

    def dribble(_call, _answer, wire):
        for byte in head(good) + good.body:
            wire.raw(bytes([byte]))
            wire.wait(0.02)

    return {
        "packed": lambda _call, _answer, wire: wire.send(packed),
        "a packed bomb": lambda _call, _answer, wire: wire.send(bomb),
        "10 MB": lambda _call, _answer, wire: wire.send(Reply(200, b" " * 10_000_000 + good.body)),
        "nothing": lambda _call, _answer, wire: wire.cut(),
        "a reset": lambda _call, _answer, wire: wire.cut(reset=True),
        "silence": lambda _call, _answer, wire: wire.wait(5),
        "one byte at a time": dribble,
        "half of it": lambda _call, _answer, wire: wire.raw(head(good) + good.body[:99]),
        "no http": lambda _call, _answer, wire: wire.raw(b"\x00\xffSSH-2.0\r\n\r\n"),
        "headers without end": lambda _call, _answer, wire: wire.raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99_999),
    }


def test_a_line_that_misbehaves_proves_nothing_and_holds_nobody_up(bank):
    impatient = bank.gateway(total_timeout_s=0.3)
    for name, fault in wires(bank).items():
        bank.fake.server.fault = fault
        assert impatient.lookup(KEY).outcome is Outcome.UNKNOWN, name


def test_answers_that_are_only_written_otherwise_count(bank, gateway):
    text = json.dumps({**right(bank), "msg": "成功 / ok"}, ensure_ascii=False)
    good = bank.fake.sign(text)
    escaped = text.replace("/", "\\/")
    for body in (
        whole(text, good),
        f'\n {{ "sign" : "{good}" ,\t"{NODE}" : {text} }} \r\n'.encode(),
        f'{{"alipay_cert_sn":"a","{NODE}":{text},"sign":"{good}"}}'.encode(),
        whole(escaped, bank.fake.sign(escaped)),
        whole(escaped, good),  # signed before '/' was written as '\/'
    ):
        sends(bank, Reply(200, body))
        assert gateway.lookup(KEY).paid == PRICE


def test_hostile_answers_to_the_order_itself_decline_nothing(bank, gateway):
    """The order is taken each time; only its answer is spoilt, and what the query says afterwards is no better."""
    truth = right(bank)
    cases = [*spoilt_signatures(bank.fake, truth), *spoilt_forms(bank.fake, truth)]
    for number, (name, body) in enumerate(cases):
        body = body.replace(b"_query_", b"_pay_")  # noqa: PLW2901
        key = f"payment_x{number:04}"
        bank.fake.server.fault = lambda _call, answer, wire, body=body: (answer(), wire.send(Reply(200, body)))
        assert gateway.start(request(key=key)).outcome is Outcome.UNKNOWN, name
        assert bank.taken(key) == PRICE.minor


def test_hostile_answers_to_a_cancel_or_a_refund_prove_nothing(bank, gateway):
    good = bank.fake.signed(QUERY, right(bank))
    for what in ("cancel", "refund"):
        truth = {**right(bank), "retry_flag": "N", "action": "refund", "fund_change": "Y", "refund_fee": "25.60"}
        for name, body in [*spoilt_signatures(bank.fake, truth), *spoilt_forms(bank.fake, truth)]:
            lie = Reply(200, body.replace(b"_query_", f"_{what}_".encode()))

            def fault(call, _answer, wire, lie=lie):
                wire.send(Reply(200, good) if "trade.query" in call.path else lie)

            bank.fake.server.fault = fault
            back = RefundRequest(KEY, "back_1", Money(560, "CNY"))
            answer = gateway.cancel(KEY) if what == "cancel" else gateway.refund(back)
            assert answer.outcome is Outcome.UNKNOWN, (what, name)
    assert bank.taken(KEY) == PRICE.minor
