"""The Alipay gateway keeps the contract, for payment codes and QR codes alike, and guesses nothing."""

import logging
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from payments.alipay import FILE_NAME, AlipayGateway
from payments.errors import GatewayMisconfigured
from payments.fakes.alipay_bank import failed
from payments.fakes.keys import public_pem
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Trouble
from payments.loader import GatewayContext, load_gateway
from retail.money import Money
from tests.payments.alipay_rig import KEY, AlipayBank, alipay_bank, code, request
from tests.payments.gateway_contract import PRICE, GatewayContract, Story


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with alipay_bank(tmp_path_factory.mktemp("alipay")) as bank:
        gateway = bank.gateway()
        yield bank, gateway
        gateway.close()


@pytest.fixture
def bank(opened):
    opened[0].wipe()
    return opened[0]


@pytest.fixture
def gateway(opened, bank):
    return opened[1]


@pytest.fixture
def mortal(tmp_path):
    """A bank that a test may close."""
    with alipay_bank(tmp_path) as bank:
        yield bank


@pytest.fixture
def shown(tmp_path):
    with alipay_bank(tmp_path, "kiosk_code") as bank:
        yield bank


class TestPaymentCode(GatewayContract):
    @pytest.fixture
    def bank(self, tmp_path):
        with alipay_bank(tmp_path) as bank:
            yield bank

    def test_the_shoppers_code_is_not_on_disk(self, bank, gateway, tmp_path):
        request = self.request(bank, Story.SLOW)
        gateway.start(request)
        files = [path for path in (tmp_path / "lane").rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if request.instrument.encode() in path.read_bytes()]


class TestQrCode(GatewayContract):
    @pytest.fixture
    def bank(self, tmp_path):
        with alipay_bank(tmp_path, "kiosk_code") as bank:
            yield bank


def methods_asked(bank: AlipayBank) -> list[str]:
    return [call.path.partition("method=alipay.trade.")[2].partition("&")[0] for call in bank.fake.server.calls]


def answered(bank: AlipayBank, method: str, **changes: str | None) -> None:
    """From now on the answers to one method have other members; None takes one away."""

    def spoil(asked: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if asked != f"alipay.trade.{method}":
            return answer
        return {name: value for name, value in {**answer, **changes}.items() if value is not None}

    bank.fake.spoil = spoil


def test_its_traits_say_what_alipay_does(bank, shown):
    code_traits, qr_traits = bank.gateway().traits, shown.gateway(notify_url="").traits
    assert (code_traits.presents, qr_traits.presents) == (Presents.SHOPPER_CODE, Presents.KIOSK_CODE)
    assert code_traits.resend_start_is_safe
    assert code_traits.cancel_refunds
    assert code_traits.brands == qr_traits.brands == ("alipay",)
    assert (code_traits.notifies, qr_traits.notifies) == (True, False)
    assert (code_traits.open_for_s, qr_traits.open_for_s) == (0, 120)


# --- the order itself


def test_a_payment_is_believed_of_a_query_alone(bank, gateway):
    assert gateway.start(request()).outcome is Outcome.APPROVED
    assert methods_asked(bank) == ["pay", "query"]


def test_what_is_called_done_and_then_rolled_back_is_declined(bank, gateway):
    assert gateway.start(request("09")) == PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
    assert bank.taken(KEY) == 0


def test_done_without_a_query_to_prove_it_is_unknown(bank, gateway):
    answered(bank, "query", code="20000", sub_code="isp.unknow-error")
    assert gateway.start(request()) == PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SERVER)


def test_each_answer_means_what_alipay_says_it_does(gateway):
    meanings = {
        "01": PaymentResult(Outcome.DECLINED, Reason.FUNDS),
        "02": PaymentResult(Outcome.PENDING),
        "03": PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SERVER),
        "05": PaymentResult(Outcome.DECLINED, Reason.EXPIRED_CODE),
        "06": PaymentResult(Outcome.DECLINED, Reason.REFUSED),
        "07": PaymentResult(Outcome.DECLINED, Reason.LIMIT),
        "10": PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER),
        "11": PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER),
        "13": PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SIGNATURE),
        "15": PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SIGNATURE),
        "16": PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SERVER),
    }
    assert {ending: gateway.start(request(ending, f"payment_{ending}")) for ending in meanings} == meanings


def test_what_is_refused_and_left_open_is_ended_before_it_counts_as_declined(bank, gateway):
    assert gateway.start(request("06")) == PaymentResult(Outcome.DECLINED, Reason.REFUSED)
    assert methods_asked(bank) == ["pay", "query", "cancel"]
    bank.later(301)
    assert gateway.lookup(KEY) == PaymentResult(Outcome.DECLINED, Reason.REFUSED)


def test_what_is_refused_and_cannot_be_ended_is_unknown(bank, gateway):
    bank.fake.instead["alipay.trade.cancel"] = failed("SYSTEM_ERROR")
    assert gateway.start(request("06")).outcome is Outcome.UNKNOWN
    assert gateway.lookup(KEY).outcome is Outcome.PENDING


def test_what_is_refused_and_paid_all_the_same_is_paid(bank, gateway):
    answered(bank, "pay", code="40004", sub_code="ACQ.PAYMENT_FAIL")
    assert gateway.start(request()).paid == PRICE


def test_a_failure_that_proves_nothing_is_unknown(bank, gateway):
    nothing = ("SYSTEM_ERROR", "CONTEXT_INCONSISTENT", "TRADE_BUYER_NOT_MATCH", "PULL_MOBILE_CASHIER_FAIL", "NEW", "")
    for problem in [*(f"ACQ.{word}" for word in nothing), "AQC.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", None]:
        answered(bank, "pay", code="40004", sub_code=problem)
        assert gateway.start(request(key=f"payment_{problem}")).outcome is Outcome.UNKNOWN, problem


def test_a_refused_connection_is_proof_and_stays_proof(mortal):
    gateway, restarted = mortal.gateway(), mortal.gateway()
    mortal.fake.close()
    refused = PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE)
    assert gateway.start(request()) == refused
    assert gateway.lookup(KEY) == restarted.lookup(KEY) == restarted.start(request()) == refused


def test_of_an_order_that_was_perhaps_sent_a_refused_connection_proves_nothing(mortal):
    mortal.gateway().start(request("03"))
    mortal.fake.close()
    assert mortal.gateway().start(request("03")).outcome is Outcome.UNKNOWN


def test_of_an_order_that_was_perhaps_sent_an_old_code_proves_nothing(bank, gateway):
    gateway.start(request("11"))
    again = gateway.start(request("05"))
    assert again.outcome is Outcome.UNKNOWN


def test_the_same_order_again_settles_one_that_was_lost(bank, gateway):
    assert gateway.start(request("10")).outcome is Outcome.UNKNOWN
    assert bank.gateway().start(request()).outcome is Outcome.APPROVED
    assert bank.taken(KEY) == PRICE.minor


def test_already_paid_is_settled_by_a_query_with_its_amount(bank, gateway):
    gateway.start(request("16"))
    answered(bank, "pay", code="40004", sub_code="ACQ.TRADE_HAS_SUCCESS")
    assert gateway.start(request("16")).paid == PRICE


def test_another_amount_is_not_even_sent(bank, gateway):
    gateway.start(request())
    other = gateway.start(request(amount=Money(1, "CNY")))
    assert other == PaymentResult(Outcome.UNKNOWN, trouble=Trouble.OTHER)
    assert methods_asked(bank).count("pay") == 1


def test_what_alipay_never_takes_is_not_sent(bank, gateway):
    for unfit in (Money(2560, "HKD"), Money(0, "CNY"), Money(-1, "CNY"), Money(100_000_000_01, "CNY")):
        assert gateway.start(request(amount=unfit)) == PaymentResult(Outcome.DECLINED, Reason.NOT_SENT)
    for other in ("134567890123456700", "", "2800", "28000000000000000x"):
        answer = gateway.start(PaymentRequest(KEY, PRICE, "s", "w", other))
        assert answer == PaymentResult(Outcome.DECLINED, Reason.WRONG_CODE)
    assert not bank.fake.server.calls


def test_the_code_travels_in_the_body_and_the_time_is_beijings(bank, gateway):
    gateway.start(request())
    order = bank.fake.server.calls[0]
    assert order.method == "POST"
    assert code("00") not in order.path
    assert "timestamp=2026-03-04+18%3A00%3A00" in order.path


def test_an_order_is_the_same_whenever_it_is_sent(bank, gateway):
    gateway.start(request("11"))
    bank.later(7)
    bank.gateway().start(request("11"))
    first, second = (call.body for call in bank.fake.server.calls if b"auth_code" in call.body)
    assert first == second


def test_an_order_that_cannot_be_noted_is_not_sent(bank, gateway):
    with closing(sqlite3.connect(bank.folder / "lane" / FILE_NAME)) as notes:
        notes.execute("CREATE TRIGGER full BEFORE INSERT ON orders BEGIN SELECT RAISE(FAIL, 'disk full'); END")
        assert gateway.start(request()) == PaymentResult(Outcome.DECLINED, Reason.NOT_SENT)
        assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
        notes.execute("DROP TRIGGER full")
    assert methods_asked(bank) == ["query"]


# --- its end


def test_a_cancel_follows_a_query_at_once(bank, gateway):
    gateway.start(request("02"))
    bank.fake.server.calls.clear()
    gateway.cancel(KEY)
    assert methods_asked(bank) == ["query", "cancel"]


def test_a_cancel_that_asks_to_be_repeated_is_unknown_until_it_was(bank, gateway):
    gateway.start(request("17"))
    assert gateway.cancel(KEY) == PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SERVER)
    assert bank.taken(KEY) == PRICE.minor
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    assert bank.taken(KEY) == 0


def test_a_cancel_counts_if_it_says_so_of_this_order(bank, gateway):
    cases: list[tuple[dict[str, str | None], Outcome]] = [
        ({"retry_flag": None}, Outcome.DECLINED),  # it says what it did
        ({"retry_flag": None, "action": None}, Outcome.UNKNOWN),
        ({"retry_flag": "maybe"}, Outcome.UNKNOWN),
        ({"out_trade_no": "another"}, Outcome.UNKNOWN),
        ({"out_trade_no": None}, Outcome.UNKNOWN),
        ({"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, Outcome.UNKNOWN),
        ({"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}, Outcome.UNKNOWN),
        ({"code": "20000", "sub_code": "isp.unknow-error"}, Outcome.UNKNOWN),
    ]
    for number, (changes, outcome) in enumerate(cases):
        gateway.start(request("02", f"payment_{number}"))
        answered(bank, "cancel", **changes)
        assert gateway.cancel(f"payment_{number}").outcome is outcome, changes


def test_after_a_cancel_was_asked_for_the_order_is_never_sent_again(bank, gateway):
    answered(bank, "cancel", code="20000", sub_code="isp.unknow-error")
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert bank.gateway().start(request()).outcome is not Outcome.APPROVED
    assert "pay" not in methods_asked(bank)


def test_not_there_is_final_only_after_a_cancel_that_succeeded(bank, gateway):
    gateway.start(request("03"))
    assert gateway.lookup(KEY) == PaymentResult(Outcome.UNKNOWN)
    gateway.cancel(KEY)
    bank.pass_time()
    assert bank.gateway().lookup(KEY).outcome is Outcome.DECLINED
    assert bank.taken(KEY) == 0


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        ("2026-03-05T00:14:59+08:00", Outcome.DECLINED),
        ("2026-03-05T00:15:00+08:00", Outcome.APPROVED),
        ("2026-03-09T12:00:00+08:00", Outcome.APPROVED),
    ],
)
def test_a_payment_of_another_day_in_beijing_is_not_cancelled(bank, gateway, now, outcome):
    gateway.start(request())
    bank.now = at(now)
    assert gateway.cancel(KEY).outcome is outcome
    assert ("cancel" in methods_asked(bank)) == (outcome is Outcome.DECLINED)
    assert bank.taken(KEY) == (0 if outcome is Outcome.DECLINED else PRICE.minor)


def test_a_payment_of_another_day_is_refunded(bank, gateway):
    gateway.start(request())
    bank.later(3 * 86_400)
    assert gateway.refund(RefundRequest(KEY, "back_1", PRICE)).outcome is Outcome.APPROVED
    assert bank.taken(KEY) == 0


def test_what_alipay_will_not_cancel_any_more_is_as_a_query_says(bank, gateway):
    gateway.start(request())
    for problem in ("TRADE_CANCEL_TIME_OUT", "TRADE_HAS_FINISHED", "CANCEL_NOT_ALLOWED"):
        bank.fake.instead["alipay.trade.cancel"] = failed(problem)
        assert gateway.cancel(KEY).outcome is Outcome.APPROVED
    answered(bank, "query", total_amount="0.01")
    assert gateway.cancel(KEY) == PaymentResult(Outcome.UNKNOWN, trouble=Trouble.OTHER)


def test_what_waits_and_cannot_be_cancelled_is_closed(bank, gateway):
    gateway.start(request("02"))
    bank.fake.instead["alipay.trade.cancel"] = failed("TRADE_CANCEL_TIME_OUT")
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    assert methods_asked(bank)[-1] == "close"
    bank.pass_time()
    assert bank.taken(KEY) == 0


def test_closed_after_we_gave_all_back_was_a_payment(bank, gateway):
    paid = gateway.start(request())
    gateway.refund(RefundRequest(KEY, "back_1", PRICE))
    assert gateway.lookup(KEY) == paid


def test_closed_and_never_paid_stays_no_payment_whoever_asks_for_a_refund(bank, gateway):
    gateway.start(request("08"))
    bank.later(301)
    assert gateway.refund(RefundRequest(KEY, "back_1", PRICE)).outcome is Outcome.DECLINED
    for lane in (gateway, bank.gateway()):
        assert lane.lookup(KEY).outcome is Outcome.DECLINED


def test_closed_by_somebody_else_is_no_payment(bank, gateway):
    gateway.start(request("16"))
    with bank.fake.books.page() as page:
        order = page.order(KEY)
        bank.fake.bank._cancel(page, KEY, {})
    assert order is not None
    assert gateway.lookup(KEY).outcome is Outcome.DECLINED


# --- refunds


def test_a_refund_whose_answer_was_lost_counts_once(bank, gateway):
    gateway.start(request())

    def cut(_call, answer, wire):
        answer()
        wire.cut()

    bank.fake.server.fault = cut
    back = RefundRequest(KEY, "back_1", Money(560, "CNY"))
    assert gateway.refund(back).outcome is Outcome.UNKNOWN
    bank.fake.server.fault = None
    assert gateway.refund(back).outcome is Outcome.APPROVED
    assert bank.taken(KEY) == 2000


def test_a_doubtful_answer_to_a_refund_is_settled_by_its_query(bank, gateway):
    gateway.start(request())
    refused = {"code": "40004", "sub_code": "ACQ.REASON_TRADE_REFUND_FEE_ERR"}
    doubts: list[dict[str, str | None]] = [
        {"fund_change": "N"},
        {"fund_change": None},
        {"out_trade_no": "another"},
        {"refund_fee": "0.01"},
        {**refused},
    ]
    for number, changes in enumerate(doubts):
        answered(bank, "refund", **changes)
        assert gateway.refund(RefundRequest(KEY, f"back_{number}", Money(200, "CNY"))).outcome is Outcome.APPROVED
        assert methods_asked(bank)[-1] == "fastpay.refund.query"
    assert bank.taken(KEY) == 1560


def test_a_refunds_query_must_be_about_it(bank, gateway):
    gateway.start(request())
    back = RefundRequest(KEY, "back_1", Money(560, "CNY"))
    gateway.refund(back)
    cases: list[tuple[dict[str, str | None], Outcome]] = [
        ({"refund_amount": "5.61"}, Outcome.UNKNOWN),
        ({"out_request_no": "back_2"}, Outcome.UNKNOWN),
        ({"out_trade_no": "another"}, Outcome.UNKNOWN),
        ({"refund_amount": None}, Outcome.UNKNOWN),
        ({"refund_status": "REFUND_PROCESSING"}, Outcome.PENDING),
        ({"refund_status": None}, Outcome.APPROVED),
        ({"code": "20000", "sub_code": "isp.unknow-error"}, Outcome.UNKNOWN),
    ]
    for changes, outcome in cases:
        answered(bank, "fastpay.refund.query", **changes)
        assert gateway.refund(back).outcome is outcome, changes


def test_a_refund_of_nothing_or_in_another_currency_is_not_sent(bank, gateway):
    for amount in (Money(0, "CNY"), Money(-5, "CNY"), Money(5, "EUR")):
        assert gateway.refund(RefundRequest(KEY, "back_1", amount)).outcome is Outcome.DECLINED
    assert not bank.fake.server.calls


# --- QR codes


def test_a_qr_code_is_shown_until_it_is_scanned(shown):
    gateway = shown.gateway()
    order = PaymentRequest(KEY, PRICE, "s", "alipay")
    link = gateway.start(order).show
    assert link.startswith("https://qr.alipay.com/")
    assert gateway.lookup(KEY).show == gateway.start(order).show == link
    shown.scan(link)
    assert gateway.lookup(KEY).paid == PRICE


def test_an_order_by_qr_code_that_is_sent_again_after_a_restart_is_as_a_query_says(shown):
    order = PaymentRequest(KEY, PRICE, "s", "alipay")
    link = shown.gateway().start(order).show
    assert shown.gateway().start(order) == PaymentResult(Outcome.UNKNOWN)
    shown.scan(link)
    assert shown.gateway().start(order).paid == PRICE


def test_a_qr_code_that_is_no_address_is_not_shown(shown):
    gateway = shown.gateway()
    for number, link in enumerate(("javascript:1", "https://x/\n", "https://x/" + "a" * 1000, "", None)):
        answered(shown, "precreate", qr_code=link)
        answer = gateway.start(PaymentRequest(f"payment_{number}", PRICE, "s", "alipay"))
        assert answer == PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)


def test_a_qr_code_that_was_cancelled_is_shown_no_more(shown):
    gateway = shown.gateway()
    link = gateway.start(PaymentRequest(KEY, PRICE, "s", "alipay")).show
    shown.fake.instead["alipay.trade.cancel"] = failed("SYSTEM_ERROR")
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert gateway.lookup(KEY) == PaymentResult(Outcome.UNKNOWN)
    shown.fake.instead.clear()
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    shown.scan(link)
    assert shown.taken(KEY) == 0


# --- settings


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"subjekt": "x"}, "'subjekt'; did you mean 'subject'"),
        ({"subject": "a/b"}, "without '/', '=' and '&'"),
        ({"subject": " "}, "subject is ' '"),
        ({"app_id": None}, "app_id is None"),
        ({"app_id": "2021&x=1"}, "letters and digits alone"),
        ({"address": "http://alipay.example/gateway.do"}, "it must be an address"),
        ({"presents": "terminal"}, "it must be one of: shopper_code, kiosk_code"),
        ({"notify_url": "hub.example"}, "notify_url is 'hub.example'"),
        ({"merchant_key_file": "/nowhere/key.pem"}, "merchant_key_file names /nowhere/key.pem"),
        ({"alipay_key_file": "key.pem"}, "it must be a whole path"),
        ({"total_timeout_s": 61}, "from 0.1 to 60"),
        ({"total_timeout_s": 0}, "from 0.1 to 60"),
    ],
)
def test_wrong_settings_are_named_with_their_remedy(bank, changes, words):
    settings = {name: value for name, value in bank.fake.settings(**changes).items() if value is not None}
    with pytest.raises(GatewayMisconfigured) as refused:
        AlipayGateway(settings, GatewayContext("s", "1", bank.folder))
    assert words in str(refused.value)


def test_a_key_of_the_wrong_kind_is_refused_without_a_word_of_it(bank):
    public = bank.folder / "bank" / "alipay-public-key.pem"
    with pytest.raises(GatewayMisconfigured) as refused:
        AlipayGateway(bank.fake.settings(merchant_key_file=str(public)), GatewayContext("s", "1", bank.folder))
    assert public.read_text().splitlines()[1][:20] not in str(refused.value)


def test_our_own_public_key_is_not_taken_for_alipays(bank):
    """Both stand side by side on the platform's page; with it every answer would be 'not signed by Alipay'."""
    own = load_pem_private_key((bank.folder / "bank" / "alipay-merchant-key.pem").read_bytes(), password=None)
    assert isinstance(own, RSAPrivateKey)
    file = bank.folder / "own.pem"
    file.write_bytes(public_pem(own))
    with pytest.raises(GatewayMisconfigured, match=r"alipay_key_file names .*own\.pem, which belongs to your own"):
        AlipayGateway(bank.fake.settings(alipay_key_file=str(file)), GatewayContext("s", "1", bank.folder))


def test_the_loader_finds_it_by_its_entry_point(bank):
    gateway = load_gateway("alipay", bank.fake.settings(), GatewayContext("s", "1", bank.folder))
    assert isinstance(gateway, AlipayGateway)
    gateway.close()


def test_keys_and_codes_are_in_no_log_and_no_repr(bank, gateway, caplog):
    with caplog.at_level(logging.DEBUG):
        for ending in ("00", "03", "13", "15"):
            gateway.start(request(ending, f"payment_{ending}"))
    key = (bank.folder / "bank" / "alipay-merchant-key.pem").read_text().splitlines()[1]
    for text in (caplog.text, repr(gateway), repr(vars(gateway)), repr(bank.fake.server.calls[0])):
        assert code("00")[:16] not in text
        assert key not in text
