"""The hub-routed gateway keeps the contract, and no fault of hub or line makes it guess."""

import gzip
import json
import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from payments.errors import GatewayMisconfigured
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Trouble
from payments.hub_routed import HubGateway
from payments.loader import GatewayContext, load_gateway
from retail.money import Money
from tests.payments.fake_hub import TOKEN, FakeHub
from tests.payments.gateway_contract import PRICE, Bank, GatewayContract, Story
from tests.payments.test_simulated import SimulatedBank

KEY = "payment-1"
CODE = "134567890123456700"


def context(url: str, token: str = TOKEN) -> GatewayContext:
    return GatewayContext("demo", "1", Path(), url, token)


def order(code: str = CODE, amount: Money = PRICE) -> PaymentRequest:
    return PaymentRequest(KEY, amount, "sale-1", "wallet", code)


class HubBank(Bank):
    names_payers = False

    def __init__(self, folder: Path) -> None:
        self.behind = SimulatedBank(folder)
        self.hub = FakeHub(self.behind.gateway())

    def gateway(self) -> HubGateway:
        return HubGateway({}, context(self.hub.url))

    def instrument(self, story: Story) -> str:
        return self.behind.instrument(story)

    def pass_time(self) -> None:
        self.behind.pass_time()

    def taken(self, key: str) -> int:
        return self.behind.taken(key)


@pytest.fixture
def bank(tmp_path):
    bank = HubBank(tmp_path)
    yield bank
    bank.hub.close()


@pytest.fixture
def hub(bank):
    return bank.hub


@pytest.fixture
def gateway(bank):
    gateway = HubGateway({"read_timeout_s": 0.3}, context(bank.hub.url))
    yield gateway
    gateway.close()


class TestContract(GatewayContract):
    @pytest.fixture
    def bank(self, tmp_path):
        bank = HubBank(tmp_path)
        yield bank
        bank.hub.close()


def changed(body: bytes, **fields: Any) -> bytes:
    return json.dumps({**json.loads(body), **fields}).encode()


def without(body: bytes, name: str) -> bytes:
    return json.dumps({key: value for key, value in json.loads(body).items() if key != name}).encode()


def dribble(call, _status, body):
    """One byte each 40 ms: never silent for long, never done in time."""
    call.send_response(200)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.connection.settimeout(0.04)
    for byte in body:
        call.wfile.write(bytes([byte]))
        try:
            if call.connection.recv(1) == b"":
                return
        except TimeoutError:
            continue
        except OSError:
            return


def silent(call, _status, _body):
    """Holds the line open until the gateway hangs up."""
    call.connection.settimeout(5)
    call.connection.recv(1)


def cut_in_the_body(call, _status, body):
    call.send_response(200)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.wfile.write(body[:-1])


def no_answer(call, _status, _body):
    call.connection.shutdown(socket.SHUT_RDWR)


FAULTS = {
    "cut before the answer": no_answer,
    "cut in the status line": lambda call, _status, _body: call.wfile.write(b"HTTP/1."),
    "cut in the headers": lambda call, _status, _body: call.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "cut in the body": cut_in_the_body,
    "not http": lambda call, _status, _body: call.wfile.write(b"\x00\xffSSH-2.0\r\n\r\n"),
    "silent": silent,
    "dribble": dribble,
    "500": lambda call, _status, body: call.send(500, body),
    "503 empty": lambda call, _status, _body: call.send(503, b""),
    "redirect": lambda call, _status, body: call.send(307, body, Location="/v1/payments/other"),
    "204": lambda call, _status, _body: call.send(204, b""),
    "202 with a body": lambda call, _status, body: call.send(202, body),
    "404": lambda call, _status, body: call.send(404, body),
    "409": lambda call, _status, body: call.send(409, body),
    "418": lambda call, _status, body: call.send(418, body),
    "429": lambda call, _status, body: call.send(429, body),
    "empty": lambda call, _status, _body: call.send(200, b""),
    "html": lambda call, _status, _body: call.send(200, b"<html>approved</html>"),
    "not utf-8": lambda call, _status, _body: call.send(200, b"\xff\xfe{"),
    "deep": lambda call, _status, _body: call.send(200, b"[" * 60_000),
    "a list": lambda call, _status, body: call.send(200, b"[" + body + b"]"),
    "a text": lambda call, _status, _body: call.send(200, b'"approved"'),
    "null": lambda call, _status, _body: call.send(200, b"null"),
    "10 MB": lambda call, _status, body: call.send(200, changed(body, filler="x" * 10_000_000)),
    "gzip": lambda call, _status, body: call.send(200, gzip.compress(body), Content_Encoding="gzip"),
    "gzip bomb": lambda call, _status, _body: call.send(200, gzip.compress(b" " * 9_000_000), Content_Encoding="gzip"),
    "other amount": lambda call, _status, body: call.send(200, changed(body, amount_minor=2561)),
    "amount as text": lambda call, _status, body: call.send(200, changed(body, amount_minor="2560")),
    "amount as float": lambda call, _status, body: call.send(200, changed(body, amount_minor=2560.0)),
    "amount true": lambda call, _status, body: call.send(200, changed(body, amount_minor=True)),
    "other currency": lambda call, _status, body: call.send(200, changed(body, currency="EUR")),
    "currency as a number": lambda call, _status, body: call.send(200, changed(body, currency=156)),
    "other payment": lambda call, _status, body: call.send(200, changed(body, key="payment-2")),
    "no outcome": lambda call, _status, body: call.send(200, without(body, "outcome")),
    "odd outcome": lambda call, _status, body: call.send(200, changed(body, outcome="APPROVED!")),
    "outcome as a list": lambda call, _status, body: call.send(200, changed(body, outcome=["approved"])),
}


TROUBLES = {
    **dict.fromkeys(("cut before the answer", "cut in the body", "not http", "silent", "dribble"), Trouble.NO_ANSWER),
    **dict.fromkeys(("10 MB", "gzip", "gzip bomb"), Trouble.NO_ANSWER),
    **dict.fromkeys(("500", "503 empty"), Trouble.SERVER),
    **dict.fromkeys(
        ("redirect", "204", "418", "empty", "html", "a list", "no outcome", "odd outcome"), Trouble.GARBLED
    ),
    **dict.fromkeys(("404", "409", "other amount", "amount as text", "other currency", "other payment"), Trouble.OTHER),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_staff_are_told_why_an_answer_proves_nothing(hub, gateway, name):
    hub.fault = FAULTS[name]
    answer = gateway.start(order())
    assert (answer.outcome, answer.trouble) == (Outcome.UNKNOWN, TROUBLES[name])


@pytest.mark.parametrize(
    ("said", "told"),
    [("signature", Trouble.SIGNATURE), ("clock", Trouble.CLOCK), ("solar flare", Trouble.NONE), (7, Trouble.NONE)],
)
def test_what_troubles_the_hubs_own_gateway_is_passed_on(hub, gateway, said, told):
    hub.fault = lambda call, _status, body: call.send(200, changed(body, outcome="unknown", trouble=said))
    assert gateway.start(order()) == PaymentResult(
        Outcome.UNKNOWN, reference=gateway.lookup(KEY).reference, trouble=told
    )


def test_a_token_that_ended_is_a_trouble_with_keys(hub):
    gateway = HubGateway({}, context(hub.url, "old-token"))
    assert gateway.lookup(KEY).trouble is Trouble.KEYS
    gateway.close()


@pytest.mark.parametrize("odd", [None, 5, ["weixin://x"]])
def test_a_code_to_show_is_passed_on_while_the_payment_is_pending(hub, odd):
    gateway = HubGateway({"presents": "kiosk_code"}, context(hub.url))
    hub.fault = lambda call, _status, body: call.send(200, changed(body, outcome="pending", show="weixin://pay/1"))
    assert gateway.start(order(code="")).show == gateway.lookup(KEY).show == "weixin://pay/1"
    hub.fault = lambda call, _status, body: call.send(200, changed(body, outcome="pending", show=odd))
    assert gateway.lookup(KEY) == PaymentResult(Outcome.PENDING, reference=gateway.lookup(KEY).reference)
    hub.fault = lambda call, _status, body: call.send(200, changed(body, outcome="approved", show="weixin://pay/1"))
    assert (gateway.lookup(KEY).outcome, gateway.lookup(KEY).show) == (Outcome.APPROVED, "")
    gateway.close()


@pytest.mark.parametrize(
    ("settings", "brands", "open_for_s"),
    [
        ({}, ("wechat", "alipay"), 0.0),
        ({"brands": ["alipay"]}, ("alipay",), 0.0),
        ({"presents": "kiosk_code"}, (), 120.0),
        ({"presents": "kiosk_code", "brands": ["wechat"], "open_for_s": 60}, ("wechat",), 60.0),
        ({"presents": "terminal"}, (), 0.0),
    ],
)
def test_the_lane_is_told_whose_codes_the_hub_takes_and_how_long_its_own_is_open(settings, brands, open_for_s):
    gateway = HubGateway(settings, context("http://127.0.0.1:1"))
    assert (gateway.traits.brands, gateway.traits.open_for_s) == (brands, open_for_s)
    gateway.close()


@pytest.mark.parametrize("wrong", [{"brands": "wechat"}, {"brands": ["paypal"]}, {"brands": [[]]}, {"open_for_s": -1}])
def test_a_setting_that_is_wrong_is_named(wrong):
    with pytest.raises(GatewayMisconfigured, match=next(iter(wrong))):
        HubGateway(wrong, context("http://127.0.0.1:1"))


@pytest.mark.parametrize("ending", ["00", "01"])
@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_in_an_answer_makes_it_guess(hub, gateway, name, ending):
    hub.fault = FAULTS[name]
    assert gateway.start(order("1345678901234567" + ending)).outcome is Outcome.UNKNOWN
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    hub.fault = None
    assert gateway.lookup(KEY).outcome is (Outcome.APPROVED if ending == "00" else Outcome.DECLINED)


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - {"other payment", "other currency", "currency as a number"}))
def test_no_fault_makes_a_refund_guess(hub, gateway, name):
    gateway.start(order())
    hub.fault = FAULTS[name]
    request = RefundRequest(KEY, "refund-1", PRICE)
    assert gateway.refund(request).outcome is Outcome.UNKNOWN
    hub.fault = None
    assert gateway.refund(request).outcome is Outcome.APPROVED


def test_every_cut_of_the_answer_is_unknown(hub, gateway):
    whole = json.dumps({"outcome": "approved", "amount_minor": 2560, "currency": "CNY", "reference": "R"}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(whole)
    answer = head + whole
    for end in range(len(answer)):
        hub.fault = lambda call, _status, _body, end=end: call.wfile.write(answer[:end])
        assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN, end
    hub.fault = lambda call, _status, _body: call.wfile.write(answer)
    assert gateway.lookup(KEY).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, Reason.REFUSED), (401, Reason.UNAVAILABLE), (403, Reason.UNAVAILABLE), (422, Reason.REFUSED)],
)
def test_an_order_that_the_hub_did_not_take_is_declined_at_once(hub, gateway, status, reason):
    hub.fault = lambda call, _status, _body: call.send(status, b'{"detail": "no"}')
    answer = gateway.start(order())
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, reason)
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN


def test_a_hub_that_is_off_declines_at_once_as_nothing_was_sent(bank, gateway):
    bank.hub.close()
    answer = gateway.start(order())
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, Reason.UNAVAILABLE)
    assert gateway.lookup(KEY).outcome is gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert gateway.refund(RefundRequest(KEY, "refund-1", PRICE)).outcome is Outcome.UNKNOWN


def test_a_hub_that_goes_off_after_the_order_leaves_it_unknown(bank, gateway):
    bank.hub.fault = no_answer
    assert gateway.start(order()).outcome is Outcome.UNKNOWN
    bank.hub.close()
    assert gateway.start(order()).outcome is Outcome.UNKNOWN


def test_a_lane_that_restarts_learns_amount_and_currency_from_the_hub(bank, gateway):
    gateway.start(order())
    restarted = bank.gateway()
    assert restarted.lookup(KEY).paid == PRICE
    restarted.close()


def test_the_order_says_all_that_the_hub_needs(hub, gateway):
    gateway.start(order())
    assert hub.orders == [
        {
            "key": KEY,
            "amount_minor": 2560,
            "currency": "CNY",
            "sale_id": "sale-1",
            "instrument": CODE,
            "way": "wallet",
        }
    ]


def test_a_terminal_has_no_code_to_send(hub, bank):
    gateway = HubGateway({"presents": "terminal"}, context(hub.url))
    gateway.start(order(code=""))
    gateway.close()
    assert gateway.traits.presents is Presents.TERMINAL
    assert hub.orders[0]["instrument"] is None


def test_a_token_that_is_no_longer_good_is_no_charge(hub, bank):
    gateway = HubGateway({}, context(hub.url, "old-token"))
    assert gateway.start(order()).reason is Reason.UNAVAILABLE
    gateway.close()
    assert bank.taken(KEY) == 0


def test_a_code_that_is_no_text_is_not_sent(hub, gateway):
    answer = gateway.start(order("\ud800"))
    assert (answer.outcome, hub.orders) == (Outcome.DECLINED, [])


def test_a_reason_of_a_newer_hub_is_still_a_decline(hub, gateway):
    hub.fault = lambda call, _status, body: call.send(200, changed(body, reason="solar_flare", reference=7))
    answer = gateway.start(order("134567890123456701"))
    assert (answer.outcome, answer.reason, answer.reference) == (Outcome.DECLINED, Reason.REFUSED, "")


def test_neither_code_nor_token_is_ever_logged(hub, gateway, caplog):
    with caplog.at_level(logging.DEBUG):
        for name in ("other amount", "500", "cut in the body", "html", "not http"):
            hub.fault = FAULTS[name]
            gateway.start(order())
            gateway.lookup(KEY)
    assert CODE not in caplog.text
    assert TOKEN not in caplog.text
    assert CODE not in repr(vars(gateway))


@pytest.mark.parametrize("url", ["", "hub.example", "ftp://hub", "http://", "http://hub:99999999", "http://[::1"])
def test_an_address_that_is_none_is_named(url):
    with pytest.raises(GatewayMisconfigured, match="needs the hub's address"):
        HubGateway({}, context(url))


@pytest.mark.parametrize("token", ["", "a\nb", "é"])
def test_a_missing_token_comes_with_the_command_that_makes_one(token):
    with pytest.raises(GatewayMisconfigured, match="kiosk-hub --data DIR lane --store demo --lane 1") as refused:
        HubGateway({}, context("http://127.0.0.1:1", token))
    assert not token or token not in str(refused.value)


def test_an_unknown_setting_is_named():
    with pytest.raises(GatewayMisconfigured, match="did you mean 'read_timeout_s'"):
        HubGateway({"read_timeout": 3}, context("http://127.0.0.1:1"))


def test_the_loader_finds_it_by_its_entry_point():
    gateway = load_gateway("hub", {}, context("http://127.0.0.1:1"))
    assert isinstance(gateway, HubGateway)
    gateway.close()
