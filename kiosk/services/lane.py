"""What the desks of a lane share: its rules and ports, the open sale, and what is to be shown of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.services import view
from kiosk.services.basket import Word
from kiosk.services.lane_view import DoneView, LooseGoodsView, Notice, Screen, WayView
from kiosk.services.payment_desk import Patience
from kiosk.services.ports import Prices, TillPorts
from kiosk.services.register import Register
from kiosk.services.stages import Step, advance
from retail.events import EventKind
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
        self.register = Register(ports.journal, ports.clock, store=rules.store, lane=rules.lane)
        self.screen = Screen.OUT_OF_SERVICE
        self.fault = ""
        self.language = rules.languages[0]
        self.notice: Notice | None = None
        self.serial = 0
        self.changed_line = 0
        self.decline = ""
        self.help = ""  # why help was called; "" while it was not
        self.loose = LooseGoodsView()
        self.done: DoneView | None = None
        self._active_at = ports.steady()

    # --- the screen -----------------------------------------------------------------------------------------------

    def go(self, step: Step) -> None:
        """To the screen that follows; IllegalStep where none does."""
        self.screen = advance(self.screen, step)

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
        """The moment in the shop's time zone: prices compare instants, expiry dates the day."""
        return self.ports.clock().astimezone(ZoneInfo(self.prices().meta.time_zone))

    # --- the shop -------------------------------------------------------------------------------------------------

    def prices(self) -> Prices:
        """The newest price list; PriceListError where there is none."""
        return self.ports.prices.current()

    def ways(self) -> tuple[WayView, ...]:
        """The ways to pay, as they are available now."""
        return view.way_views(self.ports.ways, online=self.ports.way_status.online)

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
