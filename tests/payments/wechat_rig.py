"""A gateway and its make-believe WeChat on one clock that tests put forward, and the bank that the contract wants."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from payments.fakes.keys import new_key
from payments.fakes.wechat import FakeWechat
from payments.fakes.wechat_wire import BankWire, WechatFiles
from payments.gateway import Gateway, PaymentRequest
from payments.loader import GatewayContext
from payments.signing import OurKey
from payments.wechat import WechatGateway
from retail.money import Money
from tests.payments.gateway_contract import PRICE, Bank, Story

NOTIFY_URL = "http://127.0.0.1:9/v1/notifications/wechat"
ENDINGS = {
    Story.APPROVE: "00",
    Story.DECLINE: "01",
    Story.SLOW: "02",
    Story.UNKNOWN_THEN_APPROVED: "03",
    Story.UNKNOWN_THEN_DECLINED: "04",
}


@lru_cache(maxsize=1)
def key_files() -> dict[str, bytes]:
    """Keys for all tests of a process: making them takes a fifth of a second."""
    folder = Path(mkdtemp())
    files = WechatFiles.below(folder)
    return {
        path.name: path.read_bytes()
        for path in (files.merchant_key, files.wechat_key, files.api_v3_key, files.bank_key)
    }


@lru_cache(maxsize=1)
def bank_wire() -> BankWire:
    """WeChat's side of those keys, loaded once: loading takes a tenth of a second."""
    return BankWire(WechatFiles.below(lay_keys(Path(mkdtemp()))))


@lru_cache(maxsize=1)
def stranger() -> OurKey:
    """A key that nobody trusts."""
    return OurKey(new_key())


def lay_keys(folder: Path) -> Path:
    """The keys of all tests in one test's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in key_files().items():
        (folder / name).write_bytes(content)
    return folder


class WechatBank(Bank):
    """The fake behind a gateway of one kind, and time."""

    def __init__(self, folder: Path, presents: str = "shopper_code", **fake: Any) -> None:
        self.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
        self.ahead = timedelta()  # by how much our clock is wrong
        self.folder = folder
        self.lane_folder = folder / "lane"
        self.presents = presents
        self.fake = FakeWechat(lay_keys(folder / "bank"), clock=lambda: self.now, settle_s=20, wire=bank_wire(), **fake)
        self.more: dict[str, Any] = {"total_timeout_s": 5.0}
        if presents == "kiosk_code":
            self.more["notify_url"] = NOTIFY_URL
            # Nobody pays a QR code that no screen ever showed, and a code that is not paid is not declined.
            self.plays = (Story.APPROVE, Story.SLOW)

    def gateway(self) -> WechatGateway:
        (self.folder / "lane").mkdir(exist_ok=True)
        return WechatGateway(
            self.fake.settings(presents=self.presents, **self.more),
            GatewayContext("store-1", "3", self.folder / "lane"),
            clock=lambda: self.now + self.ahead,
            monotonic=self._seconds,
        )

    def _seconds(self) -> float:
        return self.now.timestamp()

    def instrument(self, story: Story) -> str:
        return code(ENDINGS[story]) if self.presents == "shopper_code" else ""

    def pass_time(self) -> None:
        self.later(21)
        if self.presents == "kiosk_code":
            with self.fake.books.page() as page:
                waiting = [order.details for order in page.orders() if order.state == "NOTPAY"]
            for details in waiting:
                self.scan(json.loads(details)["code_url"])

    def taken(self, key: str) -> int:
        return self.fake.books.taken(key)

    def scan(self, show: str) -> None:
        assert self.fake.scan(show)

    def let_cancel(self, gateway: Gateway) -> None:
        self.later(gateway.traits.cancel_earliest_s)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def close(self) -> None:
        self.fake.close()


def code(ending: str) -> str:
    """A payment code that tells the fake a story."""
    return f"1300000000000000{ending}"


def request(ending: str = "00", key: str = "payment-0001", amount: Money = PRICE) -> PaymentRequest:
    return PaymentRequest(key, amount, "sale-1", "wechat", code(ending))


@contextmanager
def wechat_bank(folder: Path, presents: str = "shopper_code", **fake: Any) -> Iterator[WechatBank]:
    bank = WechatBank(folder, presents, **fake)
    try:
        yield bank
    finally:
        bank.close()
