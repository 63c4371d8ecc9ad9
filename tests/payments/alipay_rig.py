"""A gateway and its make-believe Alipay on one clock that tests put forward, and the bank that the contract wants."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from payments.alipay import FILE_NAME, AlipayGateway
from payments.fakes.alipay import FakeAlipay
from payments.gateway import Gateway, PaymentRequest
from payments.loader import GatewayContext
from retail.money import Money
from tests.payments.gateway_contract import PRICE, Bank, Story

KEY = "payment_0001"
BEGIN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # 18:00 in Beijing
NOTIFY_URL = "http://127.0.0.1:9/v1/notifications/alipay"
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
    with TemporaryDirectory() as folder:
        FakeAlipay(Path(folder)).close()
        return {path.name: path.read_bytes() for path in Path(folder).glob("*.pem")}


class AlipayBank(Bank):
    """The fake behind a gateway of one kind, and time."""

    def __init__(self, folder: Path, presents: str = "shopper_code", **more: Any) -> None:
        self.now = BEGIN
        self.ahead = timedelta()  # by how much our clock is wrong
        self.folder = folder
        self.lane_folder = folder / "lane"
        self.presents = presents
        self.more = {"total_timeout_s": 5, "notify_url": NOTIFY_URL, **more}
        (folder / "bank").mkdir(parents=True, exist_ok=True)
        for name, content in key_files().items():
            (folder / "bank" / name).write_bytes(content)
        self.fake = FakeAlipay(folder / "bank", clock=lambda: self.now, delay_s=20)
        if presents == "kiosk_code":
            # Nobody pays a QR code that no screen ever showed, and a code that is not paid is not declined.
            self.plays = (Story.APPROVE, Story.SLOW)

    def gateway(self, **more: Any) -> AlipayGateway:
        (self.folder / "lane").mkdir(exist_ok=True)
        settings = self.fake.settings(presents=self.presents, **{**self.more, **more})
        context = GatewayContext("store-1", "3", self.folder / "lane")
        return AlipayGateway(settings, context, clock=lambda: self.now + self.ahead, monotonic=self._seconds)

    def _seconds(self) -> float:
        return self.now.timestamp()

    def instrument(self, story: Story) -> str:
        return code(ENDINGS[story]) if self.presents == "shopper_code" else ""

    def pass_time(self) -> None:
        self.later(21)
        if self.presents == "kiosk_code":
            with self.fake.books.page() as page:
                shown = [order.number for order in page.orders() if order.state == "SHOWN"]
            for number in shown:
                self.fake.bank.scan(number)

    def taken(self, key: str) -> int:
        return self.fake.books.taken(key)

    def scan(self, show: str) -> None:
        self.fake.bank.scan(show.partition("/bax")[2])

    def let_cancel(self, gateway: Gateway) -> None:
        self.later(gateway.traits.cancel_earliest_s)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def wipe(self) -> None:
        """As new, for the next test: a gateway costs a twentieth of a second, most of it to check its key."""
        self.now, self.ahead = BEGIN, timedelta()
        self.fake.server.fault = self.fake.spoil = None
        self.fake.instead.clear()
        self.fake.server.calls.clear()
        for path, tables in (("bank/alipay-books.sqlite", ("refunds", "orders")), (f"lane/{FILE_NAME}", ("orders",))):
            with closing(sqlite3.connect(self.folder / path)) as books, books:
                for table in tables:
                    books.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        self.fake.close()


def code(ending: str) -> str:
    """A payment code that tells the fake a story."""
    return f"2800000000000000{ending}"


def request(ending: str = "00", key: str = KEY, amount: Money = PRICE) -> PaymentRequest:
    return PaymentRequest(key, amount, "sale-1", "alipay", code(ending))


@contextmanager
def alipay_bank(folder: Path, presents: str = "shopper_code", **more: Any) -> Iterator[AlipayBank]:
    bank = AlipayBank(folder, presents, **more)
    try:
        yield bank
    finally:
        bank.close()
