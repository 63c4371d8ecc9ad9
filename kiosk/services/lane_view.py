"""What a lane shows: one immutable snapshot that the till publishes after each change, and what the screen may ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk.services.member_view import JoinView, MemberView, OwnCouponView, PhoneView, RewardsView
from kiosk.services.paper import PrinterView, PrintFate
from kiosk.services.refund_view import OpenRefundView, RefundView
from kiosk.services.weighing import WeighingView
from payments.gateway import Presents
from retail.payment_policy import Rung
from retail.pricing import TaxPart
from retail.product import Unit
from retail.promotions.campaign import Campaign
from retail.promotions.goods import Hint


class Screen(StrEnum):
    """The one screen that the lane's state calls for; pickers and pads over it are the view's own affair."""

    IDLE = "idle"
    BASKET = "basket"
    PAY = "pay"
    PAYING = "paying"
    PAYMENT_UNKNOWN = "payment_unknown"
    DONE = "done"
    TO_TILL = "to_till"  # the basket is handed over: a till with staff takes the money
    CLOSED = "closed"
    LIST_TOO_OLD = "list_too_old"
    NO_WAY = "no_way"  # nobody could pay here just now, not even at the till
    OUT_OF_SERVICE = "out_of_service"


class PayBlock(StrEnum):
    """Why a basket cannot be paid yet."""

    NONE = ""
    EMPTY = "empty"
    PROBLEM = "problem"  # a code that is not in the list is still on it
    AGE = "age"  # staff must confirm the shopper's age


@dataclass(frozen=True, slots=True)
class SavingView:
    """An offer that lowered a line, and by how much; `price_minor`: what these goods cost by it, where it has no one
    price for all."""

    campaign: Campaign
    saving_minor: int
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as shown; a `problem` line ('unknown', 'expired') has only its code and no money.

    `net_minor` is what is to be paid for it, before offers for the whole basket (`LaneView.basket_offers`);
    `list_minor` what it would cost without specials and offers;
    `lowest_minor` of a special price: a unit's lowest of the 30 days before it, where the list knows that.
    """

    number: int
    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    unit: Unit = Unit.PIECE
    quantity: int = 1
    grams: int | None = None
    unit_minor: int = 0
    list_minor: int = 0
    net_minor: int = 0
    special_saving_minor: int = 0
    offers: tuple[SavingView, ...] = ()
    min_age: int = 0
    picture: str = ""
    countable: bool = True
    problem: str = ""
    lowest_minor: int | None = None


@dataclass(frozen=True, slots=True)
class HintView:
    """What a little more would save; `names`: the goods on the basket that it is about, empty for all of them."""

    hint: Hint
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CouponView:
    """A coupon that was shown. `campaign`: what it is for, None while nothing on the basket goes with it; it saves
    nothing while `saving_minor` is 0."""

    code: str
    campaign: Campaign | None = None
    saving_minor: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A short word to the shopper under the header: a catalogue key `notice.<code>` and its placeholders.

    `serial` grows with each, so that the same word twice is seen twice. `good` is for acknowledgements.
    """

    code: str
    serial: int
    params: Mapping[str, str] = field(default_factory=dict)
    good: bool = False
    names: Mapping[str, str] = field(default_factory=dict)  # fills {name} in whatever language is shown


@dataclass(frozen=True, slots=True)
class WayView:
    """A way to pay: catalogue key `way.<id>`, or of its one brand; `available` false greys it out with `why`
    (`way_closed.<why>`)."""

    id: str
    presents: Presents
    available: bool = True
    why: str = ""
    brands: tuple[str, ...] = ()  # whose wallets it takes; empty: of no wallet, or of any
    amount_minor: int | None = None  # what it asks for where joining with this payment does not count for it


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment on its way. `elapsed_s` counts since it was sent; `reference` is what staff ask the bank for; `brand`
    whose code it is ('wechat', 'alipay', or empty); `show` what the shopper's phone is to scan, for another `left_s`:
    never written down. `ending`: the lane is ending it."""

    way: str
    presents: Presents
    amount_minor: int
    elapsed_s: int = 0
    usual_s: int = 5
    can_cancel: bool = False
    reference: str = ""
    brand: str = ""
    show: str = field(default="", repr=False)
    left_s: int = 0
    ending: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """A payment in doubt, for staff; `trouble` is why the last answer proved nothing, `since` when it was sent (ISO).

    `aside`: no longer the lane's open sale; once its `outcome` is known ('approved', 'declined') its goods wait.
    """

    key: str
    way: str
    brand: str
    gateway: str
    amount_minor: int
    currency: str
    since: str = ""
    asked: int = 0
    trouble: str = ""
    aside: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class OfflineView:
    """The rung of the offline ladder (`rung.<rung>`), what terminals stored without their bank, and what it refused of
    that: debts that no attendant has noted yet. Money in minor units of the lane's currency."""

    rung: Rung = Rung.FULL
    stored: int = 0
    stored_minor: int = 0
    oldest_s: int = 0
    debts: int = 0
    debts_minor: int = 0


@dataclass(frozen=True, slots=True)
class HandedView:
    """A basket that was handed over: its number, for people, and the code that holds it; `whole` false: the code has
    the number alone. `slip`: what became of it on paper."""

    number: str
    code: str
    total_minor: int
    pieces: int
    whole: bool = True
    slip: PrintFate = PrintFate.NONE
    leaves_in_s: int = 0


@dataclass(frozen=True, slots=True)
class DoneView:
    """A completed sale."""

    sale_id: str
    receipt_number: str
    total_minor: int
    saved_minor: int
    completed_at: str
    points: int = 0
    receipt: str = ""  # the choice made: '', 'print', 'code', 'none'
    receipt_text: str = ""
    receipt_url: str = ""
    can_print: bool = False
    fate: PrintFate = PrintFate.NONE
    rewards: RewardsView = field(default_factory=RewardsView)


@dataclass(frozen=True, slots=True)
class StaffView:
    """The attendant's panel after a badge: who, what may be done (`staff_act.<act>`), seconds until it closes."""

    who: str
    acts: tuple[str, ...]
    closes_in_s: int


@dataclass(frozen=True, slots=True)
class LooseView:
    """One loose product on the picture screen."""

    sku: str
    names: Mapping[str, str]
    unit: Unit
    unit_minor: int
    picture: str
    plu: str


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category of loose goods."""

    id: str
    names: Mapping[str, str]
    picture: str


@dataclass(frozen=True, slots=True)
class LooseGoodsView:
    """Answer to `browse`: which category and search it answers, and the goods."""

    categories: tuple[CategoryView, ...] = ()
    goods: tuple[LooseView, ...] = ()
    category: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class PriceListStatus:
    """Which prices the lane sells by, and how its agent fares. `old` asks for 'prices as of ...' in the header.

    Times are ISO 8601; `now` is the one that prices go by, `clock_wrong_s` what the machine's clock lacks to show it.
    """

    revision: int = 0
    published_at: str = ""
    as_of: str = ""  # when it was the newest for certain
    age_s: int = 0
    old: bool = False
    online: bool = True
    silent: bool = False
    queued: int = 0
    refused: int = 0  # events that the hub took and cannot use; why the last of them
    refused_why: str = ""
    refused_list: str = ""  # why the list that was offered last was not taken
    trouble: str = ""
    now: str = ""
    clock_wrong_s: int = 0


@dataclass(frozen=True, slots=True)
class LaneView:
    """Everything that the screens show. Money in minor units of `currency`."""

    screen: Screen = Screen.IDLE
    shop_names: Mapping[str, str] = field(default_factory=dict)
    lane: str = ""
    currency: str = "CNY"
    time_zone: str = "UTC"
    language: str = "en"
    lines: tuple[LineView, ...] = ()
    changed_line: int = 0  # the line to bring into sight
    change_serial: int = 0
    total_minor: int = 0
    saved_minor: int = 0
    pieces: int = 0
    tax: tuple[TaxPart, ...] = ()
    hints: tuple[HintView, ...] = ()  # the best first: what to add, which club to be in
    way_hints: tuple[Hint, ...] = ()  # what paying in a certain way would save
    coupons: tuple[CouponView, ...] = ()
    member: MemberView | None = None
    join: JoinView | None = None  # on the pay screen, until it was answered
    has_membership: bool = False  # this shop has a programme, so that codes, cards and numbers mean something
    own_coupons: tuple[OwnCouponView, ...] = ()
    phone: PhoneView | None = None
    basket_offers: tuple[SavingView, ...] = ()  # what is off the whole basket, once and not by line
    points: int = 0
    pay_block: PayBlock = PayBlock.EMPTY
    needs_age: int = 0
    notice: Notice | None = None
    decline: str = ""  # `decline.<reason>` to be shown on the pay screen after a refused attempt
    ways: tuple[WayView, ...] = ()
    payment: PaymentView | None = None
    cases: tuple[CaseView, ...] = ()  # payments in doubt: the open sale's, then those set aside
    offline: OfflineView = field(default_factory=OfflineView)
    handed: HandedView | None = None
    done: DoneView | None = None
    help_called: bool = False
    staff: StaffView | None = None
    picture_root: str = ""  # before a picture's name it makes its address
    loose: LooseGoodsView = field(default_factory=LooseGoodsView)
    bags: tuple[LooseView, ...] = ()
    idle_warning_s: int = 0  # seconds left before the basket is put away; 0: no warning
    price_list: PriceListStatus = field(default_factory=PriceListStatus)
    printer: PrinterView = field(default_factory=PrinterView)
    weighing: WeighingView | None = None  # goods that lie, or should lie, on the lane's scale
    has_scale: bool = False
    scale_fault: str = ""  # `HardwareError.code` while it does not weigh
    fault: str = ""  # `fault.<code>` on the out-of-service screen
    refund: RefundView | None = None  # the attendant's refund sheet
    open_refunds: tuple[OpenRefundView, ...] = ()  # refunds that the bank has not answered for


class LaneActions(Protocol):
    """What the screens may ask. Called on the Qt thread, returns at once; the answer is the next LaneView."""

    def start(self) -> None: ...
    def set_language(self, language: str) -> None: ...
    def enter_code(self, code: str) -> None: ...
    def browse(self, category: str, search: str) -> None: ...
    def add_loose(self, sku: str, quantity: int) -> None: ...
    def take_weight(self, sku: str, grams: int, unit_minor: int) -> None: ...
    def weigh_all_new(self) -> None: ...
    def stop_weighing(self) -> None: ...
    def set_quantity(self, line: int, quantity: int) -> None: ...
    def remove_line(self, line: int) -> None: ...
    def withdraw_coupon(self, code: str) -> None: ...
    def use_coupon(self, code: str) -> None: ...
    def join(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """Join these clubs with this payment, with the further purposes that were ticked, each (club, purpose)."""
        ...

    def refuse_joining(self) -> None: ...
    def forget_member(self) -> None:
        """The shopper is nobody again."""
        ...

    def open_phone(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """The sheet for a phone number: to join these clubs, or with none to be recognised."""
        ...

    def enter_phone(self, number: str) -> None: ...
    def enter_phone_code(self, code: str) -> None: ...
    def close_phone(self) -> None: ...
    def park(self, kind: str, value: str) -> None:
        """Free parking for a car: kind 'plate' or 'ticket'."""
        ...

    def cancel_basket(self) -> None: ...
    def keep_basket(self) -> None: ...
    def pay(self) -> None: ...
    def back_to_basket(self) -> None: ...
    def choose_way(self, way: str) -> None: ...
    def cancel_payment(self) -> None: ...
    def choose_receipt(self, choice: str) -> None: ...
    def pay_at_till(self) -> None: ...
    def finish(self) -> None: ...
    def call_help(self) -> None: ...
    def cancel_help(self) -> None: ...
    def staff_act(self, act: str) -> None: ...
    def refund(self, act: str, what: str, number: int) -> None: ...
    def close_staff(self) -> None: ...
    def touched(self) -> None: ...
