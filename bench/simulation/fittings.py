"""What else a till needs: ways to pay, paper, the sync agent, and a cheaper look at itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.simulation.gateway import SimGateway
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from kiosk.services.ports import MadeReceipt
from kiosk.services.till import Till
from offline_cache.price_list.writer import Meta
from offline_cache.status import SyncStatus
from retail.handed_basket import HandedBasket
from retail.pricing import PricedBasket
from retail.sale import Sale

_RECEIPT: Final = MadeReceipt("", "", can_print=True)
_WHOLE_VIEW_EVERY: Final = 64
_BARE: Final = {screen: LaneView(screen=screen) for screen in Screen}


@dataclass(frozen=True, slots=True)
class SimWay:
    """See kiosk.services.ports.PaymentWay."""

    id: str
    gateway_name: str  # as the auditor knows the bank
    gateway: SimGateway
    usual_s: int = 5


class SimReceipts:
    """See kiosk.services.ports.Receipts. `made` is told of each: goods may go with a receipt."""

    def __init__(self, made: Callable[[str], None]) -> None:
        self._made = made
        self.printer = PrinterView(PrinterSays.OK)

    def make(self, sale: Sale, _priced: PricedBasket, _meta: Meta, _language: str) -> MadeReceipt:
        """One more."""
        self._made(sale.id)
        return _RECEIPT

    def print(self, _receipt_number: str) -> bool:
        """It comes out."""
        return True

    def take_back(self, _receipt_number: str) -> None:
        """Too late."""

    def reprint(self) -> bool:
        """It comes out again."""
        return True

    def slip(self, _handed: HandedBasket, _code: str, _meta: Meta, _at: datetime, _language: str) -> bool:
        """Nobody hands a basket over."""
        return True

    def fate(self, _receipt_number: str) -> PrintFate:
        """Nobody asks."""
        return PrintFate.NONE


@dataclass(slots=True)
class SimAgent:
    """See kiosk.services.ports.Agent."""

    online: bool = True
    silent: bool = False
    queued: int = 0
    said: SyncStatus = SyncStatus()  # noqa: RUF009 - it is frozen


class SimTill(Till):
    """The real till. Of its looks at itself one in 64 is whole: a LaneView for the screen is half of an act's
    time, nobody here reads it, and it changes nothing."""

    _acts = 0

    def _shown(self) -> LaneView:
        self._acts += 1
        if self._acts % _WHOLE_VIEW_EVERY == 0:
            return super()._shown()
        lane = self._lane
        if lane.fault:
            return LaneView(screen=lane.screen, fault=lane.fault)
        return _BARE[lane.screen] if lane.done is None else LaneView(screen=lane.screen, done=lane.done)
