"""The WeChat Pay gateway keeps the contract, for payment codes and QR codes alike."""

import pytest

from payments.gateway import PaymentRequest
from tests.payments.gateway_contract import PRICE, GatewayContract, Story
from tests.payments.wechat_rig import wechat_bank


class TestPaymentCode(GatewayContract):
    @pytest.fixture
    def bank(self, tmp_path):
        with wechat_bank(tmp_path) as bank:
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
        with wechat_bank(tmp_path, "kiosk_code") as bank:
            yield bank

    def test_the_link_is_shown_as_long_as_it_waits(self, bank, gateway):
        shown = gateway.start(PaymentRequest("payment-0001", PRICE, "s", "wechat")).show
        assert shown.startswith("weixin://wxpay/bizpayurl?pr=")
        assert gateway.lookup("payment-0001").show == shown
