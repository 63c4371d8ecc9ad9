"""Whole visits of members at a lane's own screen, with hub and agent as processes: then the books, and the disk."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from sqlalchemy import func, select

from hub.data_folder import DataFolder
from hub.membership.tables import CLAIM, CONSENT, COUPON, MEMBER_CLUB, PAYER, POINTS, SALE_MEMBER
from hub.refund_store import RefundAsked
from hub.services import Hub, open_hub
from hub.tables import SALE
from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.screen import ScreenReader
from kiosk.services.lane_view import LaneView, Screen
from offline_cache.price_list.reader import PriceList
from offline_cache.status import read_status
from payments.gateway import Outcome, PaymentResult
from retail.product import Listing
from tests.e2e.shop import PATIENCE_S, STORE, Shop, until

BRAND: Final = "cloud-leaf"
PHONE: Final = "13800138888"  # of the demo's member
_LOOK_MS: Final = 100


class MemberShop(Shop):
    """A shop whose lane takes wallets by a gateway of its own, so that it sells while the hub is away."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        text = self.config.read_text(encoding="utf-8")
        head, _, _ = text.partition("[[scanners]]")
        own = '[[payment]]\nid = "wallet"\ngateway = "simulated"\nsettings = { delay_s = 3.0 }\n'
        self.config.write_text(f"{head}{own}", encoding="utf-8")
        self.secrets: set[str] = {PHONE}  # whatever names somebody, and was ever told to the lane

    def wallet(self, person: int, visit: int, ending: str = "00") -> str:
        """A payment code of somebody's: its first ten digits are their wallet."""
        self.secrets.add(f"13{person:08d}")
        return f"13{person:08d}{visit:06d}{ending}"

    def member_code(self) -> str:
        code = self.hub_said("demo-member").strip()
        self.secrets.add(code.removeprefix("SGM-"))
        return code

    @contextmanager
    def books(self) -> Iterator[Hub]:
        with open_hub(DataFolder(self.hub_data)) as hub:
            yield hub


class Lane:
    """The lane with its window. `touches` counts what a shopper touched."""

    def __init__(self, shop: Shop, application: QGuiApplication) -> None:
        self.app = LaneApp(load_config(shop.config))
        self.window = self.app.open_window(application)
        self.first = FirstFrame(self.window, self.app.start_scanners)
        self.screen = ScreenReader(self.window)
        self.view = LaneView()
        self.touches = 0
        self.app.bridge.published.connect(self._shown)
        self.screen.wait(lambda: self.screen.shows("startButton"), "the idle screen")

    def _shown(self, view: LaneView) -> None:
        self.view = view

    def touch(self, name: str) -> None:
        self.touches += 1
        self.screen.touch(name)

    def scan(self, code: str) -> None:
        self.app.actions.scan(code)

    def wait(self, seen: Any, what: str) -> LaneView:
        self.screen.wait(lambda: seen(self.view), what)
        return self.view

    def fill(self, *goods: Listing) -> LaneView:
        for one in goods:
            before = self.view.change_serial
            self.scan(one.code)
            self.wait(lambda view, before=before: view.change_serial != before, "the line")
        return self.view

    def to_pay(self) -> LaneView:
        self.touch("payButton")
        return self.wait(lambda view: view.screen is Screen.PAY, "the ways to pay")

    def pay(self, code: str) -> str:
        """Hold the wallet up; the sale's id once it is paid."""
        self.scan(code)
        done = self.wait(lambda view: view.screen is Screen.DONE and view.done is not None, "the last screen").done
        assert done is not None
        return done.sale_id

    def leave(self) -> None:
        self.touch("finishButton")
        self.wait(lambda view: view.screen is Screen.IDLE, "the idle screen")

    def close(self, application: QGuiApplication) -> None:
        self.app.close()
        application.processEvents()  # views that were published before the end find their models there still
        application.removeTranslator(self.app._translator)
        self.first.deleteLater()
        self.window.close()
        self.app.engine.deleteLater()
        QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemberShop]:
    made = MemberShop(tmp_path_factory.mktemp("shop"))
    try:
        made.open()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def lane(shop: MemberShop, qapp: QGuiApplication) -> Iterator[Lane]:
    lane = Lane(shop, qapp)
    yield lane
    lane.close(qapp)


def goods(shop: Shop, *, brand: str = "") -> list[Listing]:
    """What lies on the counter for all ages, of that brand."""
    prices, now = PriceList(shop.data / "price-list.sqlite"), datetime.now(UTC)
    found = [prices.find(code, now) for code in shop.codes("product")]
    found += [prices.find_sku(row, now) for row in _skus(shop) if brand]
    prices.close()
    return [one for one in found if one is not None and one.product.brand == brand and not one.product.min_age]


def _skus(shop: Shop) -> list[str]:
    with closing(sqlite3.connect(f"file:{shop.data / 'price-list.sqlite'}?mode=ro", uri=True)) as db:
        return [str(sku) for (sku,) in db.execute("SELECT sku FROM product WHERE brand <> '' ORDER BY sku")]


def settled(shop: MemberShop, lane: Lane, sale_id: str) -> None:
    """The hub has the sale and whatever the lane has to tell of it, and its books have looked at it."""

    def seen() -> bool:
        with shop.books() as hub, hub.database.read() as connection:
            at = connection.execute(select(SALE.c.settled_at).where(SALE.c.id == sale_id)).scalar()
        return bool(at) and not list((shop.data / "told").glob("*.json"))

    deadline = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < deadline, "the sale never came into the books"
        lane.screen.pause(_LOOK_MS)


def points(hub: Hub, sale_id: str) -> int:
    with hub.database.read() as connection:
        query = select(func.coalesce(func.sum(POINTS.c.points), 0)).where(POINTS.c.key == sale_id)
        return int(connection.execute(query).scalar_one())


def member(hub: Hub, sale_id: str) -> int | None:
    with hub.database.read() as connection:
        found: int | None = connection.execute(
            select(SALE_MEMBER.c.member_id).where(SALE_MEMBER.c.sale_id == sale_id)
        ).scalar()
    return found


def rows(hub: Hub, query: Any) -> set[Any]:
    with hub.database.read() as connection:
        return {tuple(row) for row in connection.execute(query)}


def names(folder: Path, secrets: set[str]) -> list[Path]:
    """Files below a folder that hold a number, a wallet or an e-member code: as they lie on the disk, with databases'
    logs and deleted pages."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    return [path for path in files if any(secret.encode() in _bytes(path) for secret in secrets)]


def _bytes(path: Path) -> bytes:
    """Read by another process: closing a database's file in this one drops the locks that SQLite holds on it here, and
    the agent then cuts its log under the lane (SIGBUS)."""
    return subprocess.run(("cat", str(path)), capture_output=True, check=True).stdout


def test_one_touch_joins_mall_and_brand_and_the_wallet_is_known_again(shop: MemberShop, lane: Lane) -> None:
    tea, plain = goods(shop, brand=BRAND)[0], goods(shop)[0]
    lane.fill(tea, plain)
    view = lane.to_pay()
    assert view.join is not None
    assert [club.id for club in view.join.clubs] == ["member", BRAND]
    before = lane.touches
    lane.touch("joinYes")
    lane.wait(lambda view: view.member is not None and view.member.joining, "the member's strip")
    assert lane.touches - before == 1
    sale = lane.pay(shop.wallet(1, 1))
    rewards = lane.wait(lambda view: view.done is not None and view.done.rewards.state == "ready", "what it brought")
    assert rewards.done is not None
    assert rewards.done.rewards.member
    earned = rewards.done.points
    lane.leave()
    settled(shop, lane, sale)
    with shop.books() as hub:
        one = member(hub, sale)
        assert one is not None
        assert (points(hub, sale), earned > 0) == (earned, True)
        clubs = rows(hub, select(MEMBER_CLUB.c.club).where(MEMBER_CLUB.c.member_id == one))
        assert clubs == {("member",), (BRAND,)}
        said = rows(hub, select(CONSENT.c.club, CONSENT.c.purpose).where(CONSENT.c.member_id == one))
        assert said == {("member", "membership"), (BRAND, "membership")}, "a consent that nobody gave"
    lane.fill(plain)
    lane.to_pay()
    again = lane.pay(shop.wallet(1, 2))
    lane.leave()
    settled(shop, lane, again)
    with shop.books() as hub:
        assert member(hub, again) == one
        assert rows(hub, select(PAYER.c.payment_key)) == set()


def test_refusing_costs_no_touch_and_leaves_nothing(shop: MemberShop, lane: Lane) -> None:
    lane.fill(goods(shop)[1])
    lane.touches = 0
    view = lane.to_pay()
    assert view.join is not None
    sale = lane.pay(shop.wallet(2, 1))
    assert lane.touches == 1, "'pay' alone"
    lane.leave()
    settled(shop, lane, sale)
    with shop.books() as hub:
        assert (member(hub, sale), points(hub, sale)) == (None, 0)
        assert rows(hub, select(PAYER.c.payment_key)) == set()


def test_without_the_hub_a_code_counts_and_the_points_come_later(shop: MemberShop, lane: Lane) -> None:
    code = shop.member_code()
    shop.hub.kill()
    lane.scan(code)
    lane.wait(lambda view: view.member is not None, "the member, by the code alone")
    lane.fill(goods(shop)[0])
    lane.to_pay()
    sale = lane.pay(shop.wallet(3, 1))
    done = lane.view.done
    assert done is not None
    lane.leave()
    assert list((shop.data / "told").glob("*.json")), "nothing waits for the hub"
    shop.hub.start()
    settled(shop, lane, sale)
    with shop.books() as hub:
        assert member(hub, sale) is not None
        assert points(hub, sale) == done.points
        kinds = rows(hub, select(CLAIM.c.kind).join(SALE, SALE.c.claim == CLAIM.c.claim).where(SALE.c.id == sale))
    assert kinds == {("code",)}


def test_a_hub_that_does_not_answer_delays_nobody(shop: MemberShop, lane: Lane) -> None:
    code = shop.member_code()
    assert shop.hub._process is not None
    os.kill(shop.hub._process.pid, signal.SIGSTOP)
    try:
        lane.scan(code)
        lane.wait(lambda view: view.member is not None, "the member")
        lane.fill(goods(shop)[1])
        lane.to_pay()
        sale = lane.pay(shop.wallet(4, 1))
        lane.leave()
    finally:
        os.kill(shop.hub._process.pid, signal.SIGCONT)
    until(lambda: read_status(shop.data).online, "the hub again")
    settled(shop, lane, sale)
    with shop.books() as hub:
        assert member(hub, sale) is not None


def test_a_coupon_is_one_lanes_alone_also_while_its_payment_is_in_doubt(shop: MemberShop, lane: Lane) -> None:
    code = shop.member_code()
    other = shop.hub_said("lane", "--store", STORE, "--lane", "lane-2").split()[-1]
    lane.scan(code)
    view = lane.wait(lambda view: bool(view.own_coupons), "the member's coupons")
    coupon = view.own_coupons[0].code
    lane.fill(*goods(shop)[:4], *goods(shop)[:4])
    lane.app.actions.use_coupon(coupon)
    lane.wait(lambda view: coupon in {one.code for one in view.coupons}, "the coupon on the basket")
    assert refused(shop, other, coupon) == (409, "not_yours")
    lane.to_pay()
    lane.scan(shop.wallet(5, 1, "03"))
    lane.wait(lambda view: view.screen is Screen.PAYMENT_UNKNOWN, "the doubt")
    with shop.books() as hub:
        assert rows(hub, select(COUPON.c.state).where(COUPON.c.code == coupon)) == {("reserved",)}
    done = lane.wait(lambda view: view.done is not None and view.screen is Screen.DONE, "the last screen").done
    assert done is not None
    lane.leave()
    settled(shop, lane, done.sale_id)
    with shop.books() as hub:
        assert rows(hub, select(COUPON.c.state, COUPON.c.sale_id).where(COUPON.c.code == coupon)) == {
            ("used", done.sale_id)
        }
        give_back(hub, done.sale_id)
        assert points(hub, done.sale_id) == 0
        assert rows(hub, select(COUPON.c.state, COUPON.c.sale_id).where(COUPON.c.code == coupon)) == {("free", "")}


def test_nothing_on_the_lanes_disk_names_anybody(shop: MemberShop, lane: Lane) -> None:
    assert lane.view.screen is Screen.IDLE
    assert names(shop.hub_data, shop.secrets), "the hub's make-believe messages do: the search finds what is there"
    assert names(shop.lane, shop.secrets) == []


def refused(shop: MemberShop, token: str, coupon: str) -> tuple[int, str]:
    """What the hub tells another lane that wants the coupon."""
    url = next(line.split('"')[1] for line in shop.config.read_text("utf-8").splitlines() if line.startswith("url"))
    body = {"code": coupon, "sale_id": "0" * 32, "claim": ""}
    answer = httpx.post(f"{url}/v1/coupons/reservations", json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, str(json.loads(answer.content)["code"])


def give_back(hub: Hub, sale_id: str) -> None:
    """All of it, as the refund desk does."""
    with hub.database.read() as connection:
        lane_id = connection.execute(select(SALE.c.lane_id).where(SALE.c.id == sale_id)).scalar_one()
    lane = next(one for one in hub.lanes.by_token_digest().values() if one.id == lane_id)
    hub.refunds.promise(lane, RefundAsked("back", sale_id, None, "damaged", "Li", "Li"))
    hub.refunds.settle("back", PaymentResult(Outcome.APPROVED, reference="B"), by=lane)
    hub.books.settle(sale_id)
