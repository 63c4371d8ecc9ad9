"""F12 and F13: pushes count if Alipay signed them, about our order, now; from a wrong clock follow refusals alone."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from payments.alipay import AlipayGateway
from payments.errors import NotificationRefused
from payments.fakes.alipay import SELLER_ID
from payments.gateway import Notified, Outcome, PaymentRequest, RefundRequest
from retail.money import Money
from tests.payments.alipay_rig import KEY, AlipayBank, alipay_bank, request
from tests.payments.gateway_contract import PRICE

ORDER = PaymentRequest(KEY, PRICE, "sale-1", "alipay")


def paid_bank(folder: Path) -> Iterator[tuple[AlipayBank, AlipayGateway, dict[str, str]]]:
    """With the push of an order that was paid by QR code, as fields."""
    with alipay_bank(folder, "kiosk_code", seller_id=SELLER_ID) as bank:
        gateway = bank.gateway()
        bank.scan(gateway.start(ORDER).show)
        yield bank, gateway, fields(bank.fake.push_of(KEY))
        gateway.close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    yield from paid_bank(tmp_path_factory.mktemp("alipay"))


@pytest.fixture
def bank(opened):
    opened[0].ahead = timedelta()
    return opened[0]


@pytest.fixture
def gateway(opened, bank):
    return opened[1]


@pytest.fixture
def paid(opened):
    return opened[2]


def fields(form: bytes) -> dict[str, str]:
    found = dict(parse_qsl(form.decode(), keep_blank_values=True))
    return {name: value for name, value in found.items() if name not in {"sign", "sign_type"}}


def test_it_reads_pushes(opened):
    assert isinstance(opened[1], Notified)


def test_a_push_tells_what_was_paid_and_is_thanked_as_alipay_wants(bank, gateway, paid):
    notice = gateway.notified({}, bank.fake.form(paid))
    assert (notice.key, notice.result.outcome, notice.result.paid) == (KEY, Outcome.APPROVED, PRICE)
    assert notice.result == gateway.lookup(KEY)
    assert (notice.reply, notice.reply_type) == (b"success", "text/plain")


def test_a_push_asks_nobody_and_twenty_are_as_one(bank, gateway, paid):
    asked = len(bank.fake.server.calls)
    form = bank.fake.form(paid)
    assert len({repr(gateway.notified({}, form)) for _ in range(20)}) == 1
    assert len(bank.fake.server.calls) == asked


def test_it_asks_to_be_told_only_where_the_shop_named_an_address(bank, gateway):
    bank.fake.server.calls.clear()
    gateway.start(PaymentRequest("payment_0002", PRICE, "s", "alipay"))
    gateway.lookup("payment_0002")
    bank.gateway(notify_url="").start(PaymentRequest("payment_0003", PRICE, "s", "alipay"))
    assert ["notify_url" in call.path for call in bank.fake.server.calls] == [True, False, False]


def test_each_byte_of_a_push_is_covered_by_its_signature(bank, gateway, paid):
    form = bank.fake.form(paid)
    for place in range(0, len(form), 3):
        changed = form[:place] + bytes([form[place] ^ 1]) + form[place + 1 :]
        if dict(parse_qsl(changed.decode("latin-1"))) != dict(parse_qsl(form.decode())):
            with pytest.raises(NotificationRefused):
                gateway.notified({}, changed)


def test_a_forged_push_has_no_effect(bank, gateway, paid):
    good = dict(parse_qsl(bank.fake.form(paid).decode()))
    forged = [
        {**good, "sign": ""},
        {**good, "sign": "AAAA"},
        {**good, "sign_type": "RSA"},
        {**good, "sign_type": ""},
        {**good, "total_amount": "0.01"},
        {**good, "more": "1"},
        {name: value for name, value in good.items() if name != "sign"},
        {name: value for name, value in good.items() if name != "sign_type"},
        {name: value for name, value in good.items() if name != "buyer_open_id"},
    ]
    bodies = [urlencode(form).encode() for form in forged]
    whole = bank.fake.form(paid)
    bodies += [
        whole + b"&trade_status=TRADE_CLOSED",
        whole + b"&trade_status=TRADE_SUCCESS",
        whole + b"&x",
        whole + b"&",
    ]
    bodies += [b"", b"=", b"\xff", b"{}", whole * 20, whole + b"&a=1" * 200, whole.replace(b"%", b"%F")]
    for body in bodies:
        with pytest.raises(NotificationRefused):
            gateway.notified({}, body)


@pytest.mark.parametrize(
    "other",
    [
        {"app_id": "2021000000000009"},
        {"app_id": ""},
        {"seller_id": "2088000000000009"},
        {"total_amount": "25.61"},
        {"total_amount": "25.6000"},
        {"total_amount": ""},
        {"out_trade_no": "../../etc"},
        {"out_trade_no": ""},
        {"out_trade_no": "a" * 33},
    ],
)
def test_a_push_that_is_signed_and_about_something_else_is_refused(bank, gateway, paid, other):
    with pytest.raises(NotificationRefused):
        gateway.notified({}, bank.fake.form({**paid, **other}))


def test_a_lane_that_was_started_anew_still_reads_pushes(bank, paid):
    restarted = bank.gateway()
    assert restarted.notified({}, bank.fake.form(paid)).result.paid == PRICE
    with pytest.raises(NotificationRefused, match="another amount"):
        restarted.notified({}, bank.fake.form({**paid, "total_amount": "0.01"}))


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"trade_status": "TRADE_FINISHED"}, Outcome.APPROVED),
        ({"trade_status": "WAIT_BUYER_PAY"}, Outcome.PENDING),
        ({"trade_status": "TRADE_CLOSED"}, Outcome.UNKNOWN),  # it was paid: all of it went back
        ({"gmt_refund": "2026-03-04 18:00:00.320", "refund_fee": "5.60"}, Outcome.UNKNOWN),
        ({"trade_status": "TRADE_WON"}, Outcome.UNKNOWN),
        ({"trade_no": ""}, Outcome.UNKNOWN),
    ],
)
def test_a_push_means_what_its_state_means(bank, gateway, paid, fields, outcome):
    assert gateway.notified({}, bank.fake.form({**paid, **fields})).result.outcome is outcome


def test_a_push_of_an_order_that_nobody_paid_declines_it(bank, gateway, paid):
    unpaid = {name: value for name, value in paid.items() if name != "gmt_payment"}
    notice = gateway.notified({}, bank.fake.form({**unpaid, "trade_status": "TRADE_CLOSED"}))
    assert notice.result.outcome is Outcome.DECLINED


def test_once_a_cancel_has_left_no_push_approves(tmp_path):
    for bank, gateway, paid in paid_bank(tmp_path):
        gateway.cancel(KEY)
        for lane in (gateway, bank.gateway()):
            assert lane.notified({}, bank.fake.form(paid)).result.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(minutes=15, seconds=1), "too long ago"),
        (timedelta(hours=24), "too long ago"),
        (timedelta(days=400), "too long ago"),
        (-timedelta(minutes=5, seconds=1), "clock"),
        (-timedelta(hours=1), "clock"),
        (-timedelta(days=400), "clock"),
    ],
)
def test_an_old_push_and_a_clock_that_is_wrong_are_refused_by_name(bank, gateway, paid, away, words):
    form = bank.fake.form(paid)
    bank.ahead = away
    with pytest.raises(NotificationRefused, match=words):
        gateway.notified({}, form)


@pytest.mark.parametrize("told", ["", "yesterday", "2026-03-04", "2026-13-04 18:00:00", "0001-01-01 00:00:00"])
def test_a_push_without_a_time_is_refused(bank, gateway, paid, told):
    with pytest.raises(NotificationRefused):
        gateway.notified({}, bank.fake.form({**paid, "notify_time": told}))


def test_a_push_may_be_a_few_minutes_away(bank, gateway, paid):
    form = bank.fake.form(paid)
    for away in (timedelta(minutes=15), -timedelta(minutes=5), timedelta(seconds=1), -timedelta(seconds=1)):
        bank.ahead = away
        assert gateway.notified({}, form).result.outcome is Outcome.APPROVED


def test_whatever_order_pushes_and_queries_come_in_they_agree(bank, gateway, paid):
    """F12: a push before the answer, after it, again, or an older one last."""
    waiting = {**paid, "trade_status": "WAIT_BUYER_PAY"}
    told = {"paid": bank.fake.form(paid), "waiting": bank.fake.form(waiting)}
    for order in itertools.permutations(["paid", "waiting", "ask", "paid"]):
        said = [gateway.lookup(KEY) if one == "ask" else gateway.notified({}, told[one]).result for one in order]
        settled = {result.outcome for result in said} - {Outcome.PENDING}
        assert settled == {Outcome.APPROVED}


@pytest.mark.parametrize("days", [0, 400])
def test_no_clock_changes_what_became_of_a_payment(tmp_path, days):
    """F13: the clock is wrong from the start, jumps while the shopper types, and jumps back."""
    away = timedelta(days=days, hours=1, seconds=1)
    with alipay_bank(tmp_path) as bank:
        gateway = bank.gateway()
        for key, ahead in (("payment_ahead", away), ("payment_behind", -away)):
            bank.ahead = ahead
            assert gateway.start(request("02", key)).outcome is Outcome.PENDING
            bank.ahead = -ahead
            assert gateway.lookup(key).outcome is Outcome.PENDING
            bank.pass_time()
            assert gateway.lookup(key).paid == PRICE
            bank.ahead = ahead
            # A clock that is a day ahead takes today for yesterday: then the payment stays, to be refunded.
            stays = ahead > timedelta(days=1)
            assert gateway.cancel(key).outcome is (Outcome.APPROVED if stays else Outcome.DECLINED)
            assert bank.taken(key) == (PRICE.minor if stays else 0)
            back = gateway.refund(RefundRequest(key, "back_1", Money(1, "CNY")))
            assert back.outcome is (Outcome.APPROVED if stays else Outcome.DECLINED)
