"""Receipts as files: text and picture in a folder, which is what a lane without a printer calls its paper."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Final

from kiosk.adapters.receipt_image import receipt_png
from kiosk.services.ports import MadeReceipt
from kiosk.services.receipt import ReceiptHeader, receipt_text
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.pricing import PricedBasket
from retail.sale import Sale

logger = logging.getLogger(__name__)

_CODE_BYTES: Final = 858  # a QR code of version 20 at level L: 97 modules, about a millimetre each on the screen
_RULES: Final = 2


class FileReceipts:
    """Implements kiosk.services.ports.Receipts. `folder` None: no paper; `url` holds `{sale}`, or is empty."""

    def __init__(self, texts: Texts, *, folder: Path | None, url: str) -> None:
        self._texts = texts
        self._folder = folder
        self._url = url
        self._last = ""

    def make(self, sale: Sale, priced: PricedBasket, meta: Meta, language: str) -> MadeReceipt:
        """The receipt of a completed sale; without a web address its code holds the receipt itself."""
        text = receipt_text(sale, priced, ReceiptHeader.of(meta, language), self._texts, language)
        self._last = text
        return MadeReceipt(text, self._url.format(sale=sale.id) or for_code(text), self._folder is not None)

    def print(self, receipt_number: str) -> bool:
        """Put the last receipt made on paper; False if that failed."""
        if self._folder is None:
            return False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{receipt_number}.txt").write_text(self._last + "\n", encoding="utf-8")
            part = self._folder / f".{receipt_number}.png"
            receipt_png(self._last, part)
            part.replace(self._folder / f"{receipt_number}.png")  # whoever waits for it finds it whole
        except OSError as exc:
            logger.error("receipt %s was not printed: %s", receipt_number, exc)  # noqa: TRY400 - no trace needed
            return False
        return True


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
