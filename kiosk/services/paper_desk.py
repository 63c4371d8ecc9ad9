"""Asks for receipts so that nothing which goes wrong with paper can hide from a shopper that they have paid."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from kiosk.services.ports import MadeReceipt, Receipts
from offline_cache.price_list.writer import Meta
from retail.handed_basket import HandedBasket
from retail.pricing import PricedBasket
from retail.sale import Sale

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


class PaperDesk:
    """Stands between the lane and `Receipts`, whose faults it logs and turns into 'no paper'."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts

    def make(self, sale: Sale, priced: PricedBasket, meta: Callable[[], Meta], language: str) -> MadeReceipt:
        """The receipt; empty if it cannot be made."""
        return self._try(
            lambda: self._receipts.make(sale, priced, meta(), language), MadeReceipt("", "", can_print=False), sale.id
        )

    def print(self, receipt_number: str) -> bool:
        """Whether it will come out."""
        return self._try(lambda: self._receipts.print(receipt_number), otherwise=False, what=receipt_number)

    def take_back(self, receipt_number: str) -> None:
        """It need not come out any more."""
        self._try(lambda: self._receipts.take_back(receipt_number), None, receipt_number)

    def slip(self, handed: HandedBasket, code: str, meta: Meta, at: datetime, language: str) -> bool:
        """Whether the code of a basket that is handed over comes out on paper."""
        return self._try(
            lambda: self._receipts.slip(handed, code, meta, at, language), otherwise=False, what=handed.number
        )

    def reprint(self) -> bool:
        """The last one again, as a copy."""
        return self._try(self._receipts.reprint, otherwise=False, what="printed last")

    def fate(self, receipt_number: str) -> PrintFate:
        """What became of it."""
        return self._try(lambda: self._receipts.fate(receipt_number), PrintFate.NONE, receipt_number)

    @property
    def printer(self) -> PrinterView:
        """How the printer stands."""
        return self._try(lambda: self._receipts.printer, PrinterView(PrinterSays.BROKEN), "printed next")

    def _try(self, work: Callable[[], _T], otherwise: _T, what: str) -> _T:
        try:
            return work()
        except Exception:
            logger.exception("receipts fail: %s", what)
            return otherwise
