"""The shopper before a lane that may be killed at any moment: does what the screen asks for, and says what was seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from kiosk.adapters.worker import Worker
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.till import Till
from payments.gateway import Presents
from tests.faults.payment_steps import Tell
from tests.kiosk.lane_rig import BREAD, MILK

if TYPE_CHECKING:
    from tests.faults.payment_lane import Life

_GOODS: Final = (MILK, BREAD)
_MIDDLE_DIGITS: Final = 14


class _Lane(Protocol):
    """What a shopper stands before."""

    till: Till
    worker: Worker
    life: Life
    jump: float

    def act(self, work: Callable[[], None]) -> LaneView | None: ...


class Shopper:
    """Buys again and again; `content` once it was enough."""

    def __init__(self, lane: _Lane, tell: Tell, chance: random.Random) -> None:
        self._lane, self._tell, self._chance = lane, tell, chance
        self._life = lane.life
        self._attempts = 0
        self._fault = ""
        self._began = False
        self.seen = 0
        self.content = False

    def look(self, view: LaneView) -> LaneView | None:
        """Do what this screen asks for; what the lane shows then, None for nothing to do but wait."""
        till, shown = self._lane.till, view.screen
        self._began = self._began or shown not in {Screen.DONE, Screen.OUT_OF_SERVICE}
        match shown:
            case Screen.IDLE if self._life.sales and self.seen >= self._life.sales:
                self.content = True
            case Screen.IDLE | Screen.BASKET if not view.lines:  # killed between a basket's start and its first line
                return self._act(lambda: till.scan(self._goods()))
            case Screen.BASKET:
                return self._act(till.pay)
            case Screen.PAY if self._life.impatient and view.decline:
                self.content = True  # nobody would ever pay here
            case Screen.PAY:
                return self._pay(view)
            case Screen.PAYING if self._life.impatient and view.payment is not None and view.payment.can_cancel:
                return self._act(till.cancel_payment)
            case Screen.DONE if view.done is not None:
                self._tell({"done": view.done.sale_id, "total": view.done.total_minor})
                self.seen += self._began  # else it is the sale of the shopper before
                return self._act(till.finish)
            case Screen.OUT_OF_SERVICE if view.fault != self._fault:
                self._fault = view.fault
                self._tell({"fault": view.fault})
        return None

    def _pay(self, view: LaneView) -> LaneView | None:
        till, life = self._lane.till, self._life
        self._set_clock()
        way = next((way for way in view.ways if way.available), None)
        if way is None:
            return None
        ending = life.endings[self._attempts % len(life.endings)]
        self._attempts += 1
        self._tell({"paying": ending})
        if way.presents is not Presents.SHOPPER_CODE:
            return self._act(lambda: till.choose_way(way.id))
        code = f"{life.prefix}{self._chance.randrange(10**_MIDDLE_DIGITS):0{_MIDDLE_DIGITS}}{ending}"
        for _ in range(life.scans - 1):  # each a scan of its own, between which the bank may answer
            self._lane.worker.post(lambda: till.scan(code))
        return self._act(lambda: till.scan(code))

    def _goods(self) -> str:
        return self._chance.choice(self._life.goods or _GOODS)

    def _set_clock(self) -> None:
        """Somebody sets the lane's clock while a shopper pays."""
        if self._life.clock_jumps:
            self._lane.jump = self._chance.choice(self._life.clock_jumps)

    def _act(self, work: Callable[[], None]) -> LaneView | None:
        return self._lane.act(work)
