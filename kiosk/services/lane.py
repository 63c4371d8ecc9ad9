"""What the desks of a lane share: its rules and ports, the open sale, and what is to be shown of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.services import view
from kiosk.services.basket import Word
from kiosk.services.ladder_desk import LadderDesk
from kiosk.services.lane_view import DoneView, LineView, LooseGoodsView, Notice, Screen, WayView
from kiosk.services.paper_desk import PaperDesk
from kiosk.services.payment_desk import Patience
from kiosk.services.ports import Prices, TillPorts
from kiosk.services.price_clock import PriceClock
from kiosk.services.programme_source import ProgrammeSource
from kiosk.services.register import Register
from kiosk.services.stages import Step, advance
from kiosk.services.visitor import Visitor
from kiosk.services.ways import WayWatch
from kiosk.services.weighing import Weighing
from retail.events import EventKind
from retail.membership.programme import PointsRule, Programme
from retail.router import ScanRules


@dataclass(frozen=True, slots=True)
class LaneRules:
    """How a lane behaves; times in seconds."""

    store: str
    lane: str
    languages: tuple[str, ...] = ("zh-CN", "zh-TW", "en")
    idle_after_s: int = 90
    idle_warning_s: int = 30
    done_for_s: int = 20
    list_old_after_s: int = 24 * 3600
    list_too_old_after_s: int = 7 * 24 * 3600
    scan: ScanRules = field(default_factory=ScanRules)
    patience: Patience = field(default_factory=Patience)


class Lane:
    """A lane as it stands. Only the desks change it, on the till's thread."""

    def __init__(self, rules: LaneRules, ports: TillPorts) -> None:
        self.rules = rules
        self.ports = ports
        self.paper = PaperDesk(ports.receipts)
        self.price_clock = PriceClock(ports.clock, ports.steady)
        self.way_watch = WayWatch(ports.steady)
        self.programmes = ProgrammeSource(self.prices)
        self.register = Register(
            ports.journal,
            ports.clock,
            store=rules.store,
            lane=rules.lane,
            make_id=ports.make_id,
            points=self._points_rule,
        )
        self.ladder = LadderDesk(ports, self.register, self.way_watch, self.prices, self.price_clock.now)
        self.screen = Screen.OUT_OF_SERVICE
        self.fault = ""
        self.language = rules.languages[0]
        self.notice: Notice | None = None
        self.serial = 0
        self.changed_line = 0
        self.decline = ""
        self.help = ""  # why help was called; "" while it was not
        self.loose = LooseGoodsView()
        self.weighing: Weighing | None = None
        self.done: DoneView | None = None
        self._visitor = Visitor()
        self._lines_of: tuple[object, object] = (None, None)
        self._lines: tuple[LineView, ...] = ()
        self._active_at = ports.steady()
        self._recalled = False
        self._clock_wrong = False
        self._signed: tuple[int, datetime | None] = (0, None)  # when the hub last signed which revision

    # --- the screen -----------------------------------------------------------------------------------------------

    def go(self, step: Step) -> None:
        """To the screen that follows; IllegalStep where none does."""
        self.screen = advance(self.screen, step)
        self.weighing = None  # belongs to the screen that it was begun on

    def say(self, word: Word) -> None:
        """A notice to the shopper."""
        self.serial += 1
        self.notice = Notice(word.code, self.serial, dict(word.params), word.good, word.names)

    def clear(self) -> None:
        """Back to how the next shopper should find the lane."""
        self.clear_help("lane")
        self.register.close_sale()
        self.language = self.rules.languages[0]
        self.done, self.notice, self.decline = None, None, ""
        self.loose, self.changed_line = LooseGoodsView(), 0

    @property
    def lines(self) -> tuple[LineView, ...]:
        """The basket's lines as shown; the same tuple while they stay so, as a scale asks ten times a second."""
        sale, priced = self.register.sale, self.register.priced
        lines = None if sale is None else sale.lines
        if self._lines_of[0] is not lines or self._lines_of[1] is not priced:
            self._lines_of, self._lines = (lines, priced), view.line_views(sale, priced)
        return self._lines

    # --- membership -----------------------------------------------------------------------------------------------

    @property
    def programme(self) -> Programme | None:
        """The shop's membership; None without one, and for a lane that could ask no hub about it."""
        return None if self.ports.members is None else self.programmes.current()

    @property
    def visitor(self) -> Visitor:
        """What is known of the shopper of the open sale; whatever was known of another is gone."""
        sale_id = self.register.sale.id if self.register.sale else ""
        if self._visitor.sale_id != sale_id:
            self._visitor.forget()
            self._visitor = Visitor(sale_id)
        return self._visitor

    def _points_rule(self) -> PointsRule | None:
        return self.programme.points if self.programme else None

    def tell_payer(self, key: str, payer: str) -> None:
        """Whose wallet made a payment, for the hub alone."""
        if self.ports.members is not None and self.programme is not None:
            self.ports.members.payer(key, payer)

    # --- time -----------------------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Somebody is there."""
        self._active_at = self.ports.steady()

    @property
    def idle_s(self) -> float:
        """Seconds since the last touch or scan."""
        return self.ports.steady() - self._active_at

    @property
    def idle_left_s(self) -> int:
        """Seconds until an untouched basket is put away."""
        return max(0, int(self.rules.idle_after_s + self.rules.idle_warning_s - self.idle_s))

    def now(self) -> datetime:
        """The moment in the shop's time zone that prices go by: they compare instants, expiry dates the day."""
        return self.price_clock.now().astimezone(ZoneInfo(self.prices().meta.time_zone))

    @property
    def list_as_of(self) -> datetime:
        """When the price list was the newest for certain: when it was published, or the hub last signed that it is."""
        meta, said = self.prices().meta, self.ports.agent.said
        if said.revision == meta.revision:
            self._signed = meta.revision, _moment(said.signed_at)
        # The agent may be a list further: until that one is read, this one is as old as it was.
        signed = self._signed[1] if self._signed[0] == meta.revision else None
        return meta.published_at if signed is None else max(signed, meta.published_at)

    @property
    def list_age_s(self) -> float:
        """Seconds since then."""
        return (self.price_clock.now() - self.list_as_of).total_seconds()

    def learn_time(self) -> None:
        """What is known of the time besides the machine's clock. Raises JournalError, PriceListError."""
        said, as_of = self.ports.agent.said, self.list_as_of
        self.price_clock.hear(_moment(said.hub_time_seen), said.hub_time_skew_s)
        self.price_clock.not_before(as_of)
        if not self._recalled:
            self._recall_time(as_of)
            self._recalled = True
        self._tell_clock()

    def _tell_clock(self) -> None:
        """A clock that is wrong, or right again, is written down as a device's fault: so they see it at the hub too."""
        wrong_s = int(self.price_clock.wrong_by.total_seconds())
        if bool(wrong_s) != self._clock_wrong:
            side = "behind" if wrong_s > 0 else "ahead"
            self.register.note(
                EventKind.DEVICE_FAULT, device="clock", fault=f"{abs(wrong_s)} s {side}" if wrong_s else ""
            )
            self._clock_wrong = bool(wrong_s)

    def _recall_time(self, as_of: datetime) -> None:
        """Nothing of the lane's own records is from after now."""
        # No lane sells by a list that is too old: a record from after that was made by a clock that was ahead.
        latest = as_of + timedelta(seconds=self.rules.list_too_old_after_s)
        last = self.ports.journal.latest(*EventKind)
        sold = self.ports.journal.latest(EventKind.BASKET_STARTED, EventKind.SALE_COMPLETED)
        for event in filter(None, (sold, last)):
            self.price_clock.not_before_record(datetime.fromisoformat(event.at), latest=latest)

    # --- the shop -------------------------------------------------------------------------------------------------

    def prices(self) -> Prices:
        """The newest price list; PriceListError where there is none."""
        return self.ports.prices.current()

    def ways(self) -> tuple[WayView, ...]:
        """The ways to pay, as they are available now for the open basket. Raises JournalError."""
        return view.way_views(self.ports.ways, self.ladder.standing().refusals)

    # --- help -----------------------------------------------------------------------------------------------------

    def call_help(self, why: str) -> None:
        """Light the lamp for staff: 'shopper', 'age' or 'payment_unknown'."""
        self.touch()
        if not self.help:
            self.register.note(EventKind.HELP_CALLED, reason=why)
        if self.help != "payment_unknown":  # what the lane itself called for is not the shopper's to take back
            self.help = why

    def clear_help(self, by: str) -> None:
        """The call is over, if there is one."""
        called, self.help = self.help, ""
        if called:
            self.register.note(EventKind.HELP_CLEARED, by=by)


def _moment(text: str) -> datetime | None:
    """A time as the agent writes it; None for none, and for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
