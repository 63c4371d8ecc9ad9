"""The refund slip as text in fixed columns: what went back, to whom, why, and a line to sign on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.services.formats import date_time_text, money_text
from kiosk.services.receipt import RULE, STRONG_RULE, WIDTH, ReceiptHeader, columns
from kiosk.services.refund_book import RefundSlip
from kiosk.services.texts import Texts
from retail.product import name_in


def slip_text(slip: RefundSlip, texts: Texts, width: int = WIDTH) -> str:
    """Every line is at most `width` columns."""
    return "\n".join(line.rstrip() for line in _Slip(slip, texts, width).lines())


@dataclass(frozen=True, slots=True)
class _Slip:
    slip: RefundSlip
    texts: Texts
    width: int

    def lines(self) -> Iterator[str]:
        slip = self.slip
        header = ReceiptHeader.of(slip.meta, slip.language)
        yield self._centred(header.shop)
        yield self._centred(self._word("slip_title" if slip.given else "slip_open"))
        yield RULE * self.width
        yield self._pair(self._word("slip_number"), slip.refund)
        yield self._pair(self._word("slip_receipt"), slip.receipt)
        yield self._pair(self._receipt("date"), date_time_text(slip.at, header.time_zone, slip.language))
        yield self._pair(self._receipt("lane"), slip.lane)
        yield RULE * self.width
        for names, pieces, amount in slip.parts:
            name = name_in(names, slip.language)
            yield self._pair(f"{pieces} × {name}" if pieces > 1 else name, self._money(-amount))
        yield STRONG_RULE * self.width
        yield self._pair(self._receipt("total"), self._money(-slip.amount_minor))
        yield self._pair(self._word("slip_to"), self._way())
        yield RULE * self.width
        yield self._pair(self._word("slip_why"), self._word(f"why_{slip.why}"))
        yield self._pair(self._word("slip_by"), slip.by)
        yield ""
        yield self._pair(self._word("slip_sign"), "_" * (self.width // 2))

    def _way(self) -> str:
        for way in (self.slip.brand, self.slip.way):
            if f"way.{way}" in self.texts.keys("en"):
                return self.texts.text(self.slip.language, f"way.{way}")
        return self.slip.way

    def _word(self, name: str) -> str:
        return self.texts.text(self.slip.language, f"refund.{name}")

    def _receipt(self, name: str) -> str:
        return self.texts.text(self.slip.language, f"receipt.{name}")

    def _money(self, minor: int) -> str:
        return money_text(minor, self.slip.currency, self.slip.language)

    def _centred(self, text: str) -> str:
        text = _cut(text.splitlines()[0] if text else "", self.width)
        return " " * ((self.width - columns(text)) // 2) + text

    def _pair(self, left: str, right: str) -> str:
        right = _cut(right, self.width - 8)
        left = _cut(left, self.width - columns(right) - 1)
        return left + " " * (self.width - columns(left) - columns(right)) + right


def _cut(text: str, width: int) -> str:
    """As much of a text as fits."""
    while columns(text) > max(0, width):
        text = text[:-1]
    return text
