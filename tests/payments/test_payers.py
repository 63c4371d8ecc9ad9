"""Who paid: named by a proved approval alone, the same for each payment by a wallet, and in one form only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from payments.alipay_push import payer_of
from payments.answers import understood
from payments.errors import GatewayMisconfigured
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Presents
from payments.hub_routed import HubGateway
from payments.loader import GatewayContext
from payments.simulated import SimulatedGateway
from payments.wechat_answers import Merchant, payer
from tests.payments.alipay_rig import alipay_bank
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_rig import wechat_bank

OURS = Merchant("wxours", "m1")
PAID = PaymentResult(Outcome.APPROVED, paid=PRICE, payer="acme:ann")


def paid_by(gateway: Gateway, key: str, code: str) -> str:
    answer = gateway.start(PaymentRequest(key, PRICE, "sale-1", "wallet", code))
    assert answer.outcome is Outcome.APPROVED
    return answer.payer


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.PENDING, Outcome.UNKNOWN])
def test_a_payment_that_took_nothing_names_nobody(outcome: Outcome) -> None:
    assert understood(PAID).payer == "acme:ann"
    assert not understood(replace(PAID, outcome=outcome)).payer


@pytest.mark.parametrize("odd", [7, None, "x" * 301, "two\nlines"])
def test_an_odd_name_is_none_and_spoils_no_approval(odd: Any) -> None:
    answer = understood(replace(PAID, payer=odd))
    assert (answer.outcome, answer.paid, answer.payer) == (Outcome.APPROVED, PRICE, "")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"appid": "wxours", "payer": {"openid": "oAb_-9"}}, "wechat:wxours:oAb_-9"),
        ({"appid": "wxother", "payer": {"openid": "oAb"}}, ""),
        ({"payer": {"openid": "oAb"}}, ""),
        ({"appid": "wxours"}, ""),
        ({"appid": "wxours", "payer": "oAb"}, ""),
        ({"appid": "wxours", "payer": {"openid": ["oAb"]}}, ""),
        ({"appid": "wxours", "payer": {"openid": ""}}, ""),
        ({"appid": "wxours", "payer": {"openid": "o b"}}, ""),
        ({"appid": "wxours", "payer": {"openid": "o" * 129}}, ""),
    ],
)
def test_wechat_names_a_shopper_to_our_app_alone(body: dict[str, Any], name: str) -> None:
    assert payer(body, OURS) == name


@pytest.mark.parametrize(
    ("open_id", "user_id", "name"),
    [
        ("074a1Cc", "2088102122524333", "alipay:app:074a1Cc"),
        (None, "2088102122524333", "alipay::2088102122524333"),
        ("", "2088", "alipay::2088"),
        (None, None, ""),
        (["x"], "a b", ""),
    ],
)
def test_alipay_names_a_shopper_to_our_app_or_by_number(open_id: object, user_id: object, name: str) -> None:
    assert payer_of("app", open_id, user_id) == name


def test_each_wallet_has_a_name_of_its_own(tmp_path: Path) -> None:
    wechat_code, alipay_code = "13000000{:02}{:06}00", "28000000{:02}{:06}00"
    with wechat_bank(tmp_path / "w") as wechat, alipay_bank(tmp_path / "a") as alipay:
        simulated = SimulatedGateway({}, GatewayContext("demo", "1", tmp_path))
        for gateway, code in (
            (wechat.gateway(), wechat_code),
            (alipay.gateway(), alipay_code),
            (simulated, wechat_code),
        ):
            ann = paid_by(gateway, "payment-1", code.format(1, 1))
            assert ann == paid_by(gateway, "payment-2", code.format(1, 2))
            assert ann != paid_by(gateway, "payment-3", code.format(2, 1))
            gateway.close()


def test_an_answer_about_another_payment_names_nobody(tmp_path: Path) -> None:
    with wechat_bank(tmp_path) as bank:
        gateway = bank.gateway()
        paid_by(gateway, "payment-1", "130000000000000000")
        with bank.fake.books.page() as page:
            order = page.order("payment-1")
            assert order is not None
            page.put(replace(order, amount_minor=1))
        answer = gateway.lookup("payment-1")
        assert (answer.outcome, answer.payer) == (Outcome.UNKNOWN, "")
        gateway.close()


@pytest.mark.parametrize(
    ("settings", "tells", "name"),
    [
        ({"payer": "nobody"}, False, ""),
        ({"payer": "ann"}, True, "simulated:ann"),
        ({"payer": "ann", "presents": "terminal"}, True, "simulated:ann"),
        ({"presents": "terminal"}, False, ""),
        ({"payer": ""}, False, ""),
    ],
)
def test_the_simulated_bank_names_whom_its_settings_say(
    tmp_path: Path, settings: dict[str, Any], tells: bool, name: str
) -> None:
    gateway = SimulatedGateway(settings, GatewayContext("demo", "1", tmp_path))
    assert gateway.traits.tells_payer is tells
    assert paid_by(gateway, "payment-1", "130000000000000000") == name


def test_a_hub_tells_its_lane_no_payer_and_says_so(tmp_path: Path) -> None:
    context = GatewayContext("demo", "1", tmp_path, "http://127.0.0.1:9", "token")

    def tells(**settings: Any) -> bool:
        return HubGateway(settings, context).traits.tells_payer

    assert tells()
    assert not tells(tells_payer=False)
    assert not tells(presents=Presents.KIOSK_CODE)
    assert tells(presents=Presents.KIOSK_CODE, tells_payer=True)
    with pytest.raises(GatewayMisconfigured, match="tells_payer is 'yes'; it must be true or false"):
        tells(tells_payer="yes")
