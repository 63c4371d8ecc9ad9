"""Receipts for the lane: as text for the phone's code, and on paper through the print queue of its printer."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from kiosk.adapters.print_queue import PrintQueue
from kiosk.adapters.receipt_image import columns_on
from kiosk.services.paper import PrinterView, PrintFate
from kiosk.services.ports import MadeReceipt, slip_number
from kiosk.services.receipt import ReceiptHeader, receipt_text
from kiosk.services.slip import slip_text
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.handed_basket import HandedBasket
from retail.pricing import PricedBasket
from retail.sale import Sale

logger = logging.getLogger(__name__)

_CODE_BYTES: Final = 858  # a QR code of version 20 at level L: 97 modules, about a millimetre each on the screen
_RULES: Final = 2


class LaneReceipts:
    """Implements kiosk.services.ports.Receipts. `queue` None: no paper; `url` holds `{sale}`, or is empty."""

    def __init__(self, texts: Texts, *, queue: PrintQueue | None, url: str) -> None:
        self._texts = texts
        self._queue = queue
        self._url = url
        self._last = ("", "", "")  # number, text for the paper, the word for a copy in its language

    def make(self, sale: Sale, priced: PricedBasket, meta: Meta, language: str) -> MadeReceipt:
        """The receipt of a completed sale; without a web address its code holds the receipt itself."""
        header = ReceiptHeader.of(meta, language)
        text = receipt_text(sale, priced, header, self._texts, language)
        if self._queue is not None:
            paper = receipt_text(sale, priced, header, self._texts, language, columns_on(self._queue.dots))
            number = str(sale.completion.get("receipt_number", sale.id))
            self._last = number, paper, self._texts.text(language, "receipt.copy")
        return MadeReceipt(text, self._url.format(sale=sale.id) or for_code(text), self._queue is not None)

    def print(self, receipt_number: str) -> bool:
        """See kiosk.services.ports.Receipts."""
        number, text, copy_word = self._last
        return self._queue is not None and number == receipt_number and self._queue.add(number, text, copy_word)

    def slip(self, handed: HandedBasket, code: str, meta: Meta, at: datetime, language: str) -> bool:
        """See kiosk.services.ports.Receipts."""
        if self._queue is None:
            return False
        text = slip_text(handed, code, meta, at, self._texts, language, columns_on(self._queue.dots))
        return self._queue.add(slip_number(handed), text, self._texts.text(language, "receipt.copy"))

    def take_back(self, receipt_number: str) -> None:
        """See kiosk.services.ports.Receipts."""
        if self._queue is not None:
            self._queue.take_back(receipt_number)

    def reprint(self) -> bool:
        """The last receipt that was made; after a restart the last one that came out too late."""
        if self._queue is None:
            return False
        number, text, copy_word = self._last
        fate = self._queue.fate(number)
        if not number or fate is PrintFate.KEPT:
            return self._queue.reprint_kept()
        comes_anyway = fate in {PrintFate.WAITING, PrintFate.PRINTING}
        return comes_anyway or self._queue.add(number, text, copy_word, is_copy=True)

    def fate(self, receipt_number: str) -> PrintFate:
        """See kiosk.services.ports.Receipts."""
        return PrintFate.NONE if self._queue is None else self._queue.fate(receipt_number)

    @property
    def printer(self) -> PrinterView:
        """See kiosk.services.ports.Receipts."""
        if self._queue is None:
            return PrinterView()
        view = self._queue.view()
        return replace(view, can_reprint=bool(self._last[0]) or bool(view.kept))


def for_code(text: str) -> str:
    """A receipt small enough for a code that a phone reads from a screen: without columns, if need be without goods."""
    lines = [re.sub(r" {2,}", " ", line.strip()) for line in text.splitlines()]
    rules = [place for place, line in enumerate(lines) if line and set(line) <= {"-", "="}]
    whole = "\n".join(line for place, line in enumerate(lines) if line and place not in rules)
    if len(whole.encode()) <= _CODE_BYTES or len(rules) < _RULES:
        return whole
    head, goods_end = rules[1], next((place for place in rules if set(lines[place]) == {"="}), rules[1])
    kept = [*lines[:head], *lines[goods_end:]]
    return "\n".join(line for line in kept if line and not set(line) <= {"-", "="})
