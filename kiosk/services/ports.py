"""What the till needs from the outside world; adapters bring it, tests bring doubles."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.services.lane_view import LaneView
from kiosk.services.member_book import MemberBook
from kiosk.services.paper import PrinterView, PrintFate
from kiosk.services.refund_book import RefundPorts
from kiosk.services.weighing import LaneScale
from offline_cache.price_list.reader import Category
from offline_cache.price_list.writer import Meta
from offline_cache.status import SyncStatus
from offline_cache.stored_payments import StoredPayment
from payments.gateway import Gateway, PaymentResult
from retail.events import Draft, Event, EventKind
from retail.handed_basket import HandedBasket
from retail.labels import LabelTemplate
from retail.pricing import PricedBasket
from retail.product import Listing
from retail.promotions.campaign import Campaign
from retail.recall import Recall
from retail.sale import Sale

Clock = Callable[[], datetime]  # time-zone aware, UTC


def since_boot() -> float:
    """Seconds that no setting of the clock changes, and that go on while the machine sleeps (Linux)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def new_id() -> str:
    """A number of our own for a sale or a payment: 32 hex digits, unique without asking anybody."""
    return uuid.uuid4().hex


class Prices(Protocol):
    """The lane's price list, the newest one; see offline_cache.price_list.reader.PriceList."""

    @property
    def meta(self) -> Meta: ...

    templates: tuple[LabelTemplate, ...]

    def next_change(self, after: datetime) -> datetime | None: ...

    def find(self, code: str, at: datetime) -> Listing | None: ...

    def find_item(self, number: str, at: datetime) -> Listing | None: ...

    def find_sku(self, sku: str, at: datetime) -> Listing | None: ...

    def campaigns_for(self, code: str, at: datetime) -> tuple[Campaign, ...]:
        """The campaigns that hold and ask for this coupon."""
        ...

    def recalls(self, sku: str, at: datetime | None = None) -> tuple[Recall, ...]: ...

    def recall(self, sku: str, lot: str, serial: str, at: datetime | None = None) -> str | None: ...

    def loose_categories(self) -> list[Category]: ...

    def loose_goods(self, at: datetime, *, category: str = "", search: str = "", limit: int = 60) -> list[Listing]: ...


class PriceSource(Protocol):
    """Hands out the newest price list; `current` raises PriceListError where there is none that can be used."""

    def current(self) -> Prices:
        """The list in use: the same one until `renew` has found a newer one."""
        ...

    def renew(self) -> None:
        """Look whether the agent has put a newer one in place, and change to it, now or soon."""
        ...

    @property
    def picture_root(self) -> str:
        """What to put before a picture's name to get its address; "" if there are none."""
        ...


class SaleJournal(Protocol):
    """The lane's journal, see offline_cache.journal.Journal; raises JournalError."""

    def append(self, *drafts: Draft) -> tuple[Event, ...]: ...

    def last_sale(self) -> list[Event]: ...

    def latest(self, *kinds: EventKind) -> Event | None: ...

    def set_aside(self) -> list[list[Event]]:
        """The events of each sale that was set aside, the oldest first, as far as the journal still has them."""
        ...

    def sold(self, item: str, serial: str) -> bool:
        """Whether this lane has sold the item with that serial number; `item` is its GTIN or SKU."""
        ...

    def stored_payments(self) -> list[StoredPayment]:
        """Payments that a terminal took without the bank, and what became of them."""
        ...

    def free_bytes(self) -> int: ...

    def tidy(self) -> None:
        """Some milliseconds of housekeeping; called when nobody waits."""
        ...


@dataclass(frozen=True, slots=True)
class GatewayCall:
    """One blocking gateway call that says whose it is, so that a gateway which hangs keeps no other waiting."""

    gateway_name: str
    ask: Callable[[], PaymentResult]

    def __call__(self) -> PaymentResult:
        """Ask the gateway."""
        return self.ask()


class GatewayRunner(Protocol):
    """Runs one blocking gateway call off the till's thread and hands the answer back on it, exactly once.

    A GatewayCall waits for calls to the same gateway only; any other call for all of those without a name.
    """

    def run(self, call: Callable[[], PaymentResult], done: Callable[[PaymentResult], None]) -> None: ...


class PaymentWay(Protocol):
    """One configured way to pay."""

    @property
    def id(self) -> str: ...

    @property
    def gateway_name(self) -> str: ...

    @property
    def gateway(self) -> Gateway: ...

    @property
    def usual_s(self) -> int: ...


Ways = Sequence[PaymentWay]


class Agent(Protocol):
    """What the sync agent last wrote of itself."""

    @property
    def online(self) -> bool:
        """False only if a living agent says that the hub is away."""
        ...

    @property
    def silent(self) -> bool:
        """It does not run: what it said may no longer be so."""
        ...

    @property
    def queued(self) -> int:
        """Events that the hub has not confirmed yet."""
        ...

    @property
    def said(self) -> SyncStatus:
        """All of it; the default if there is nothing."""
        ...


@dataclass(frozen=True, slots=True)
class MadeReceipt:
    """A receipt ready to be given: its text, what the code on the screen holds, whether this lane has paper."""

    text: str
    url: str
    can_print: bool


def slip_number(handed: HandedBasket) -> str:
    """Under which the printer knows the slip of a basket: no receipt has it."""
    return f"slip-{handed.sale_id[:16]}"


class Receipts(Protocol):
    """Makes receipts; must not fail a sale that is paid: what goes wrong is a receipt without paper."""

    def make(self, sale: Sale, priced: PricedBasket, meta: Meta, language: str) -> MadeReceipt: ...

    def print(self, receipt_number: str) -> bool:
        """Have the last receipt made put on paper, once; False if that cannot be. Waits for no printer."""
        ...

    def take_back(self, receipt_number: str) -> None:
        """The shopper has it otherwise now: it need not come out any more, unless it does already."""
        ...

    def reprint(self) -> bool:
        """The last receipt again, marked as a copy."""
        ...

    def slip(self, handed: HandedBasket, code: str, meta: Meta, at: datetime, language: str) -> bool:
        """Put the code of a basket that is handed over on paper, as `slip_number` of it; False if that cannot be."""
        ...

    def fate(self, receipt_number: str) -> PrintFate:
        """What became of it."""
        ...

    @property
    def printer(self) -> PrinterView:
        """How the printer stands."""
        ...


@dataclass(frozen=True, slots=True)
class TillPorts:
    """What a till stands on. `clock` is for the record; all waiting goes by `steady` seconds, as a clock may be put
    right at any moment and must not end a visit or hold up a payment; prices go by both, see price_clock."""

    journal: SaleJournal
    prices: PriceSource
    runner: GatewayRunner
    ways: Ways
    receipts: Receipts
    clock: Clock
    agent: Agent
    publish: Callable[[LaneView], None]
    steady: Callable[[], float] = since_boot
    scale: LaneScale | None = None  # none: goods are weighed at the counter
    refunds: RefundPorts | None = None  # none: without a hub nobody knows what may be given back
    members: MemberBook | None = None  # none: without a hub nobody is a member
    make_id: Callable[[], str] = new_id
