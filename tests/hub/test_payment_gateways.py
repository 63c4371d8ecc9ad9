"""Which gateway gets an order, which one answers for it afterwards, and what a wrong file is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hub.errors import PaymentsFileRefused
from hub.lanes import Lane
from hub.payment_gateways import Account, PaymentGateways, contract_of
from hub.payment_store import PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.payments_file import read_payments_file
from hub.services import Hub
from payments.errors import GatewayMisconfigured, GatewayMissing
from payments.fakes.alipay import FakeAlipay
from payments.fakes.wechat import FakeWechat
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, Traits, Trouble
from retail.money import Money
from tests.hub.databases import only_sqlite
from tests.hub.scripted_gateway import ScriptedGateway

WECHAT, ALIPAY, NOBODYS = "134567890123456789", "2834567890123456", "999999"
UNKNOWN = PaymentResult(Outcome.UNKNOWN)
TWO = """
[[gateway]]
name = "wechat"
gateway = "simulated"
ways = ["wallet", "wechat"]
deadline_s = 20
[gateway.settings]
outcome = "decline"

[[gateway]]
name = "alipay"
gateway = "simulated"
ways = ["wallet"]
"""


def account(name: str, ways: tuple[str, ...], presents: Presents = Presents.SHOPPER_CODE, *brands: str) -> Account:
    return Account(name, name, Traits(presents, False, False, brands=brands), frozenset(ways), f"{name} merchant")


ALL = (
    account("old", ()),
    account("wechat", ("wallet", "wechat"), Presents.SHOPPER_CODE, "wechat"),
    account("alipay", ("wallet", "alipay"), Presents.SHOPPER_CODE, "alipay"),
    account("wechat-qr", ("wechat",), Presents.KIOSK_CODE, "wechat"),
    account("terminal", ("card",), Presents.TERMINAL),
)


def order(way: str, code: str, key: str = "key-001") -> PaymentRequest:
    return PaymentRequest(key, Money(500, "CNY"), "s1", way, code)


@pytest.mark.parametrize(
    ("way", "code", "whose"),
    [
        ("wallet", WECHAT, "wechat"),
        ("wallet", ALIPAY, "alipay"),
        ("wechat", WECHAT, "wechat"),
        ("alipay", ALIPAY, "alipay"),
        ("wechat", "", "wechat-qr"),
        ("card", "", "terminal"),
        ("wechat", ALIPAY, Reason.WRONG_CODE),
        ("wallet", NOBODYS, Reason.WRONG_CODE),
        ("wallet", "", Reason.UNAVAILABLE),
        ("alipay", "", Reason.UNAVAILABLE),
        ("card", WECHAT, Reason.UNAVAILABLE),
        ("cheque", WECHAT, Reason.UNAVAILABLE),
    ],
)
def test_an_order_goes_by_the_codes_brand_or_by_its_way(way, code, whose):
    found = PaymentGateways(ALL, lambda _account, _lane: ScriptedGateway()).route(order(way, code))
    assert (found if isinstance(found, Reason) else found.name) == whose


def test_a_gateway_of_no_brand_takes_any_code():
    gateways = PaymentGateways([account("any", ("wallet",))], lambda _account, _lane: ScriptedGateway())
    assert {type(gateways.route(order("wallet", code))) for code in (WECHAT, ALIPAY, NOBODYS)} == {Account}


@pytest.mark.parametrize(
    ("second", "never"),
    [
        (account("b", ("wallet",), Presents.SHOPPER_CODE, "wechat"), True),
        (account("b", ("wallet", "alipay"), Presents.SHOPPER_CODE, "wechat"), False),
        (account("b", ("wallet",), Presents.SHOPPER_CODE, "wechat", "alipay"), False),
        (account("b", ("wallet",)), False),
        (account("b", ("wallet",), Presents.KIOSK_CODE, "wechat"), False),
        (account("b", ()), False),
    ],
)
def test_a_gateway_that_can_never_get_an_order_is_known(second, never):
    first = account("a", ("wallet",), Presents.SHOPPER_CODE, "wechat")
    gateways = PaymentGateways([first, second], lambda _account, _lane: ScriptedGateway())
    assert gateways.never_asked() == ([second] if never else [])


@only_sqlite
def test_a_gateway_that_can_never_get_an_order_is_a_warning(hub, tmp_path, caplog):
    hub.payments(read_payments_file(written(tmp_path / "payments.toml", TWO))).close()
    place = f"{tmp_path}/payments.toml: gateway 2 (alipay)"
    assert caplog.messages == [
        f"{place}: never gets an order, as those before it take all of its; move it up, or say ways = []"
    ]


class Shop:
    """A hub whose file of gateways changes from one life to the next."""

    def __init__(self, hub: Hub) -> None:
        self.banks = {one.name: ScriptedGateway() for one in ALL}
        self.store = PaymentStore(hub.database, hub.clock)
        self.desks: list[PaymentsDesk] = []
        lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
        assert lane is not None
        self.lane: Lane = lane

    def opened(self, *accounts: Account) -> PaymentsDesk:
        gateways = PaymentGateways(accounts, lambda one, _lane: self.banks[one.name])
        self.desks.append(PaymentsDesk(self.store, gateways))
        return self.desks[-1]


@pytest.fixture
def shop(hub: Hub) -> Iterator[Shop]:
    shop = Shop(hub)
    yield shop
    for desk in shop.desks:
        desk.close()


def test_what_comes_later_goes_to_the_gateway_that_took_the_order_wherever_orders_go_now(shop):
    shop.banks["wechat"].answer = lambda _request: UNKNOWN
    shop.opened(*ALL).start(shop.lane, order("wallet", WECHAT)).result(10)
    moved = shop.opened(replace(ALL[1], ways=frozenset()), account("alipay", ("wallet",)))
    moved.look_up(shop.lane, "key-001").result(10)
    moved.cancel(shop.lane, "key-001").result(10)
    moved.refund(shop.lane, "key-001", "refund-1", 100).result(10)
    wechat, alipay = shop.banks["wechat"], shop.banks["alipay"]
    assert (len(wechat.looked_up), len(wechat.cancelled), len(wechat.refunded)) == (2, 1, 1)
    assert (alipay.looked_up, alipay.cancelled, alipay.refunded) == ([], [], [])


@pytest.mark.parametrize("now", [(), (replace(ALL[1], contract="another merchant"),)])
def test_of_a_gateway_that_is_gone_nothing_is_known_and_nobody_else_is_asked(shop, caplog, now):
    shop.banks["wechat"].answer = lambda _request: UNKNOWN
    shop.opened(*ALL).start(shop.lane, order("wallet", WECHAT)).result(10)
    without = shop.opened(ALL[2], *now)
    for call in (without.look_up, without.cancel, without.look_up):
        result = call(shop.lane, "key-001").result(10).result
        assert (result.outcome, result.trouble) == (Outcome.UNKNOWN, Trouble.KEYS)
    assert without.refund(shop.lane, "key-001", "refund-1", 100).result(10).result.outcome is Outcome.UNKNOWN
    assert (shop.banks["wechat"].looked_up, shop.banks["alipay"].looked_up) == ([], [])
    told = [
        one for one in caplog.messages if "ordered from wechat (wechat merchant), which the hub no longer has" in one
    ]
    assert len(told) == 1
    shop.banks["wechat"].truth = PaymentResult(Outcome.APPROVED, Reason.NONE, "R")
    assert shop.opened(*ALL).look_up(shop.lane, "key-001").result(10).result.outcome is Outcome.APPROVED


def test_an_order_that_fits_no_gateway_is_declined_on_disk_and_stays_so(shop):
    desk = shop.opened(*ALL)
    for again in (desk, shop.opened(account("old", ("wechat",)))):
        result = again.start(shop.lane, order("wechat", ALIPAY)).result(10).result
        assert (result.outcome, result.reason) == (Outcome.DECLINED, Reason.WRONG_CODE)
    assert desk.cancel(shop.lane, "key-001").result(10).result.outcome is Outcome.DECLINED
    assert not any(bank.started for bank in shop.banks.values())


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_the_file_names_gateways_in_order(tmp_path):
    wechat, alipay = read_payments_file(written(tmp_path / "payments.toml", TWO))
    assert (wechat.name, wechat.plug_in, wechat.ways, wechat.settings, wechat.deadline_s) == (
        "wechat",
        "simulated",
        frozenset({"wallet", "wechat"}),
        {"outcome": "decline"},
        20.0,
    )
    assert (alipay.name, alipay.settings) == ("alipay", {})


ONE = '[[gateway]]\nname = "w"\ngateway = "simulated"\nways = ["wallet"]\n'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "names no gateway; begin each with [[gateway]]"),
        ("gateway = 5", "names no gateway"),
        ("[gateway]\nname = 'w'", "names no gateway"),
        ("[[gateway]", "is not TOML"),
        (f"gatway = 1\n{ONE}", "there is no 'gatway'; did you mean 'gateway'?"),
        (ONE.replace("name", "nam"), "gateway 1: name is None"),
        (ONE.replace('"w"', '"../x"'), "gateway 1 (../x): name '../x'"),
        (ONE + "way = []", "gateway 1 (w): there is no 'way'; did you mean 'ways'?"),
        (ONE.replace('gateway = "', "gateway = 7 #"), "gateway 1 (w): gateway is 7; name its plug-in"),
        (ONE.replace("simulated", "hub"), "gateway 1 (w): gateway 'hub' is for lanes"),
        (ONE.replace('["wallet"]', '"wallet"'), "gateway 1 (w): ways is 'wallet'; list the ways"),
        (ONE.replace('["wallet"]', '["walet"]'), "ways has 'walet', which is no way to pay; did you mean 'wallet'?"),
        (ONE.replace('["wallet"]', '["points"]'), "there are: wallet, wechat, alipay, card"),
        (ONE + "deadline_s = 0", "deadline_s is 0; it must be a number of seconds"),
        (ONE + "deadline_s = true", "deadline_s is True"),
        (ONE + "settings = 1", "settings is 1; write them below [gateway.settings]"),
        (ONE + ONE, "gateway 2 (w): is a second one of that name"),
    ],
)
def test_each_mistake_is_one_sentence_with_file_place_and_remedy(tmp_path, content, sentence):
    path = written(tmp_path / "payments.toml", content)
    with pytest.raises(PaymentsFileRefused) as refused:
        read_payments_file(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert sentence in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PaymentsFileRefused, match=r"nowhere\.toml: no such file .*--payments names a file"):
        read_payments_file(tmp_path / "nowhere.toml")


@only_sqlite
@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (ONE.replace("simulated", "gold"), GatewayMissing, "gateway 1 (w): payment gateway 'gold': 0 installed"),
        (ONE + "[gateway.settings]\noutcom = 1", GatewayMisconfigured, "did you mean 'outcome'"),
    ],
)
def test_what_a_plug_in_says_of_its_settings_has_the_place_before_it(hub, tmp_path, content, kind, sentence):
    path = written(tmp_path / "payments.toml", content)
    with pytest.raises(kind) as refused:
        hub.payments(read_payments_file(path))
    assert str(refused.value).startswith(f"{path}: gateway 1 (w): ")
    assert sentence in str(refused.value)


@pytest.fixture(scope="module")
def keys() -> dict[str, bytes]:
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    return {
        "private": private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "public": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "secret": b"0123456789abcdef0123456789abcdef",
    }


@pytest.mark.parametrize(
    ("kind", "mode", "warned"),
    [
        ("private", 0o600, False),
        ("private", 0o640, True),
        ("private", 0o604, True),
        ("secret", 0o644, True),
        ("secret", 0o400, False),
        ("public", 0o644, False),
    ],
)
def test_a_key_that_others_may_read_is_a_warning_without_the_key(tmp_path, caplog, keys, kind, mode, warned):
    key = tmp_path / "the.key"
    key.write_bytes(keys[kind])
    key.chmod(mode)
    content = f'{ONE}[gateway.settings]\nmerchant_key_file = "{key}"\nother_file = "/nowhere"\nwords_file = 5\n'
    with caplog.at_level(logging.DEBUG):
        read_payments_file(written(tmp_path / "payments.toml", content))
    sentence = f"{tmp_path}/payments.toml: gateway 1 (w): merchant_key_file: {key} can be read by others than its owner"
    assert caplog.messages == ([f"{sentence}; chmod 600 it"] if warned else [])


def test_a_contract_is_told_by_plug_in_and_account_not_by_keys():
    settings = {"app_id": "wx1", "merchant_id": 1900, "merchant_key_file": "/secret", "wechat_key_id": "PUB_KEY_ID_1"}
    assert contract_of("wechat", settings) == "wechat app_id=wx1 merchant_id=1900"
    assert contract_of("simulated", {}) == "simulated"


@only_sqlite
def test_the_manuals_whole_example_opens(hub, tmp_path):
    manual = (Path(__file__).parents[2] / "docs" / "payments-at-the-hub.md").read_text("utf-8")
    example = next(block for block in manual.split("```") if block.startswith("toml\n# /etc/kiosk-hub/payments.toml"))
    with ExitStack() as stack:
        wechat, alipay = FakeWechat(tmp_path / "wechat"), FakeAlipay(tmp_path / "alipay")
        for bank in (wechat, alipay):
            stack.callback(bank.close)
        files = {
            "apiclient_key.pem": wechat.settings()["merchant_key_file"],
            "api_v3_key.txt": wechat.settings()["api_v3_key_file"],
            "wechat_pub_key.pem": wechat.settings()["wechat_key_file"],
            "alipay_merchant_key.pem": alipay.settings()["merchant_key_file"],
            "alipay_public_key.pem": alipay.settings()["alipay_key_file"],
        }
        for name, path in files.items():
            example = example.replace(f"/etc/kiosk-hub/keys/{name}", path)
        declared = read_payments_file(written(tmp_path / "payments.toml", example.removeprefix("toml")))
        hub.payments(declared).close()
    assert [one.name for one in declared] == ["wechat", "alipay", "wechat-qr"]
