"""A lane's till on a bench: real journal and price list on disk, a clock that we move, a bank that does as told."""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.adapters.lane_files import NewestPriceList, RecoveringJournal
from kiosk.services.lane_view import LaneView
from kiosk.services.member_book import MemberBook
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from kiosk.services.ports import MadeReceipt, slip_number
from kiosk.services.refund_book import RefundPorts
from kiosk.services.staff import Badge, StaffDesk
from kiosk.services.till import LaneRules, Till, TillPorts
from kiosk.services.weighing import LaneScale
from offline_cache.journal import JournalReader, verify
from offline_cache.journal_report import JournalReport
from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter, PriceRow, RecallRow, TakingRow
from offline_cache.status import SyncStatus
from payments.gateway import (
    Outcome,
    PaymentRequest,
    PaymentResult,
    Presents,
    Reason,
    RefundRequest,
    Traits,
)
from retail.handed_basket import HandedBasket
from retail.pricing import PricedBasket
from retail.product import Product, Unit
from retail.promotions.campaign import Campaign
from retail.sale import Sale
from retail.scan_rules import ScanRules

START = datetime(2026, 11, 22, 4, tzinfo=UTC)
BADGE = "SGB-TEST-1"
MILK, WINE, BREAD, LABEL = "9521234543213", "9520000000017", "9520000000024", "2101234010006"
CHEESE = "9520000000031"  # by the kilogram, and the code says no weight
WALLET = "130000000000000000"
TWO_MILK = OfferRow("two-milk", 2, 2200, {"en": "Any 2 for 22"}, ("MILK",))

APPROVED = PaymentResult(Outcome.APPROVED, reference="bank-1")
UNKNOWN = PaymentResult(Outcome.UNKNOWN)
PENDING = PaymentResult(Outcome.PENDING)
DECLINED = PaymentResult(Outcome.DECLINED, Reason.FUNDS)


class ScriptedBank:
    """A gateway that answers from a list and remembers what it was asked: (verb, key)."""

    def __init__(self, presents: Presents = Presents.SHOPPER_CODE) -> None:
        self.traits = Traits(presents, resend_start_is_safe=False, cancel_refunds=True, works_offline=True)
        self.answers: deque[PaymentResult] = deque()
        self.asked: list[tuple[str, str]] = []
        self.requests: list[PaymentRequest] = []

    def start(self, request: PaymentRequest) -> PaymentResult:
        self.requests.append(request)
        return self._answer("start", request.key)

    def lookup(self, key: str) -> PaymentResult:
        return self._answer("lookup", key)

    def cancel(self, key: str) -> PaymentResult:
        return self._answer("cancel", key)

    def refund(self, request: RefundRequest) -> PaymentResult:
        return self._answer("refund", request.key)

    def close(self) -> None: ...

    def _answer(self, verb: str, key: str) -> PaymentResult:
        self.asked.append((verb, key))
        return self.answers.popleft() if self.answers else UNKNOWN


@dataclass
class HeldRunner:
    """Runs gateway calls when told to: `held` keeps them as a slow network does."""

    rig: LaneRig
    held: bool = False
    waiting: deque[Callable[[], None]] = field(default_factory=deque)

    def run(self, call: Callable[[], PaymentResult], done: Callable[[PaymentResult], None]) -> None:
        self.waiting.append(lambda: self.rig.till.guard(lambda: done(call())))
        if not self.held:
            self.flush()

    def flush(self) -> None:
        while self.waiting:
            self.waiting.popleft()()


@dataclass(frozen=True)
class BenchWay:
    id: str
    gateway_name: str
    gateway: ScriptedBank
    usual_s: int = 5


class PlainReceipts:
    """Counts what is printed; `fates` and `printer` are what the paper says of itself."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.made: list[str] = []
        self.copies = 0
        self.taken_back: list[str] = []
        self.slips: list[tuple[str, str]] = []
        self.fates: dict[str, PrintFate] = {}
        self.printer = PrinterView(PrinterSays.OK)

    def make(self, sale: Sale, priced: PricedBasket, meta: Meta, language: str) -> MadeReceipt:
        self.made.append(str(sale.completion["receipt_number"]))
        return MadeReceipt(f"{meta.store} {sale.id} {priced.total_minor} {language}", "", can_print=True)

    def print(self, receipt_number: str) -> bool:
        self.printed.append(receipt_number)
        return True

    def take_back(self, receipt_number: str) -> None:
        self.taken_back.append(receipt_number)

    def reprint(self) -> bool:
        self.copies += 1
        return True

    def slip(self, handed: HandedBasket, code: str, meta: Meta, at: datetime, language: str) -> bool:
        self.slips.append((slip_number(handed), code))
        return True

    def fate(self, receipt_number: str) -> PrintFate:
        return self.fates.get(receipt_number, PrintFate.NONE)


@dataclass
class AgentSays:
    online: bool = True
    queued: int = 0
    silent: bool = False
    said: SyncStatus = field(default_factory=SyncStatus)


class LaneRig:
    """One lane in a folder; `restart()` is what follows a power cut."""

    scale: LaneScale | None = None
    scan_rules = ScanRules()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.now = START
        self.up = 0.0  # seconds that no setting of the clock changes
        self.bank = ScriptedBank()
        self.terminal = ScriptedBank(Presents.TERMINAL)
        self.gateway_names = ("bank", "terminal")
        self.more_ways: tuple[BenchWay, ...] = ()
        self.runner = HeldRunner(self)
        self.receipts = PlainReceipts()
        self.agent = AgentSays()
        self.write_list()
        self.views: list[LaneView] = []
        self.journal: RecoveringJournal | None = None
        self.restart()

    def restart(self) -> None:
        if self.journal is not None:
            self.journal.close()
        self.prices = prices = NewestPriceList(self.folder / "price-list.sqlite")
        weakref.finalize(self, _let_go, prices)  # else each test leaves a file open
        self.runner.waiting.clear()
        self.journal = self.open_journal()
        self.till = Till(
            LaneRules("s", "lane-1", languages=("en", "zh-CN"), scan=self.scan_rules),
            TillPorts(
                journal=self.journal,
                prices=prices,
                runner=self.runner,
                ways=(
                    BenchWay("wallet", self.gateway_names[0], self.bank),
                    BenchWay("card", self.gateway_names[1], self.terminal),
                    *self.more_ways,
                ),
                receipts=self.receipts,
                clock=lambda: self.now,
                agent=self.agent,
                publish=self.views.append,
                steady=lambda: self.up,
                scale=self.scale,
                refunds=self.refunds(),
                members=self.members(),
            ),
            StaffDesk([Badge("Li", _sha256(BADGE))]),
        )
        self.till.start()

    def refunds(self) -> RefundPorts | None:
        """The hub's refund book; a lane without a hub has none."""
        return None

    def members(self) -> MemberBook | None:
        """The hub's book of members."""
        return None

    def write_list(self) -> None:
        """The list that the lane begins with."""
        write_list(self.folder / "price-list.sqlite")

    def open_journal(self) -> RecoveringJournal:
        return RecoveringJournal(self.folder / "journal.sqlite", lambda: self.now)

    @property
    def view(self) -> LaneView:
        return self.views[-1]

    def scan(self, *codes: str) -> LaneView:
        for code in codes:
            self.till.scan(code)
        return self.view

    def wait(self, seconds: int) -> LaneView:
        """Let the clock run, a tick a second."""
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.up += 1
            self.till.tick()
        return self.view

    def later(self, time: timedelta) -> LaneView:
        """Time goes by while nothing ticks, as while nobody looks; then one tick."""
        self.now += time
        self.up += time.total_seconds()
        self.till.tick()
        return self.view

    def pay_screen(self, *codes: str) -> LaneView:
        self.scan(*(codes or (MILK,)))
        self.till.pay()
        return self.view

    def kinds(self) -> list[str]:
        """Kinds of all events written so far."""
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return [event.kind for event in journal.events()]

    def verify(self) -> JournalReport:
        if self.journal is not None:
            self.journal.close()
        return verify(self.folder / "journal.sqlite")


def _let_go(prices: NewestPriceList) -> None:
    # The collector may run in another thread than the test's, where SQLite refuses: then the connection goes as it is.
    with contextlib.suppress(sqlite3.ProgrammingError):
        prices.close()


def write_list(
    path: Path,
    *,
    revision: int = 1,
    milk_minor: int = 1280,
    published_at: datetime = START,
    currency: str = "CNY",
    store: str = "s",
    shop_names: dict[str, str] | None = None,
    dated: Mapping[str, Sequence[PriceRow]] | None = None,
    offers: Sequence[OfferRow] = (TWO_MILK,),
    campaigns: Sequence[tuple[Campaign, Collection[str]]] = (),
    without: Collection[str] = (),
    apple_tare: int = 0,
    recalls: Sequence[RecallRow] = (),
    payments: Mapping[str, Any] | None = None,
    membership: Mapping[str, Any] | None = None,
    brands: Mapping[str, str] | None = None,
) -> None:
    """A small list: milk with a multi-buy, wine from 18, bread, weighed cheese, loose lemons, a bag.

    `dated` gives the prices of some SKUs in full; `without` leaves some out. `campaigns`: with the SKUs that take
    part in each. `brands` of SKUs.
    """
    names = {"en": "Shop"} if shop_names is None else shop_names
    meta = Meta(
        store,
        revision,
        currency,
        published_at,
        "Asia/Shanghai",
        names,
        bag_skus=("BAG",),
        payments=payments or {},
        membership=membership or {},
    )
    with PriceListWriter(path, meta) as writer:
        writer.add_category("fruit", {"en": "Fruit"}, "", 1)
        lemon = Product("LEMON", {"en": "Lemon"}, category="fruit", loose=True, plu="4053", tax_rate_bp=900)
        apple = Product("APPLE", {"en": "Apple"}, Unit.KG, "fruit", loose=True, plu="4017", tare_grams=apple_tare)
        for product, minor, codes, terms in (
            (Product("MILK", {"en": "Milk", "zh-CN": "牛奶"}, tax_rate_bp=900), milk_minor, (MILK,), ()),
            (Product("WINE", {"en": "Wine"}, tax_rate_bp=1300, min_age=18), 3800, (WINE,), ()),
            (Product("BREAD", {"en": "Bread"}, tax_rate_bp=1300), 650, (BREAD,), ()),
            (Product("CHEESE", {"en": "Cheese"}, Unit.KG, tax_rate_bp=900, plu="1234"), 8000, (CHEESE,), ()),
            (lemon, 200, (), ("lemon",)),
            (apple, 1190, (), ("apple",)),
            (Product("BAG", {"en": "Bag"}), 30, (), ()),
        ):
            if product.sku not in without:
                prices = (dated or {}).get(product.sku, [PriceRow("list", minor)])
                own = [TakingRow(campaign.id) for campaign, skus in campaigns if product.sku in skus]
                own_brand = replace(product, brand=(brands or {}).get(product.sku, ""))
                writer.add_product(own_brand, codes=dict.fromkeys(codes, 1), prices=prices, takings=own, terms=terms)
        for campaign, _ in campaigns:
            writer.add_campaign(campaign)
        for offer in offers:
            writer.add_offer(offer)
        for recall in recalls:
            writer.add_recall(recall)
        writer.add_label_template("21{item:5}{price:5}{check}", "price", 1)


def _sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()
