"""The slip of a basket that is handed over, as text in fixed columns with its code: plainly no receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kiosk.services.formats import date_time_text, money_text
from kiosk.services.receipt import CODE, RULE, STRONG_RULE, ReceiptHeader, centred, pair
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.handed_basket import HandedBasket


def slip_text(
    handed: HandedBasket, code: str, meta: Meta, at: datetime, texts: Texts, language: str, width: int
) -> str:
    """Every line is at most `width` columns, but for the one with the code, which a printer draws."""
    return "\n".join(line.rstrip() for line in _lines(handed, code, meta, at, texts, language, width))


def _lines(
    handed: HandedBasket, code: str, meta: Meta, at: datetime, texts: Texts, language: str, width: int
) -> Iterator[str]:
    def word(name: str) -> str:
        return texts.text(language, f"to_till.{name}")

    yield from centred(ReceiptHeader.of(meta, language).shop, width)
    yield from centred(word("slip_title"), width)
    yield RULE * width
    yield from pair(word("slip_number"), handed.number, width)
    yield from pair(word("slip_date"), date_time_text(at.isoformat(), meta.time_zone, language), width)
    yield from pair(word("slip_goods"), str(handed.pieces), width)
    yield STRONG_RULE * width
    yield from pair(word("total"), money_text(handed.total_minor, handed.currency, language), width)
    yield RULE * width
    yield CODE + code
    yield from centred(word("slip_text"), width)
