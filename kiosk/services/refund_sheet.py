"""The sheet that an attendant gives money back on: what was chosen of a receipt, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kiosk.services.refund_book import Receipt, ReceiptLine
from kiosk.services.refund_view import RefundLineView, RefundStage, RefundView
from retail.refunding import worth


@dataclass(slots=True)
class RefundSheet:
    """What staff see and have chosen. `own`: the lane's last sale, which may still be on its way to the hub."""

    stage: RefundStage = RefundStage.ASK
    named: str = ""
    own: bool = False
    receipt: Receipt | None = None
    chosen: dict[int, int] = field(default_factory=dict)
    why: str = ""
    key: str = ""
    by: str = ""
    problem: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    printed: bool = False
    look_until: float = 0.0
    look_at: float | None = None

    @property
    def whole(self) -> bool:
        """Whether all that is left was chosen."""
        return self.receipt is not None and all(
            self.chosen.get(line.line, 0) == line.left for line in self.receipt.lines
        )

    @property
    def amount_minor(self) -> int:
        """What it comes to: all that is left, or what the chosen pieces really cost."""
        if self.receipt is None:
            return 0
        if self.whole:
            return self.receipt.left_minor
        return sum(self.worth(line) for line in self.receipt.lines)

    def worth(self, line: ReceiptLine) -> int:
        """What the chosen pieces of a line are worth."""
        chosen = self.chosen.get(line.line, 0)
        return worth(line.sold, line.given, chosen) if chosen else 0

    def view(self, *, can_print: bool) -> RefundView:
        """What is shown of it."""
        shown = RefundView(
            stage=self.stage,
            problem=self.problem,
            params=dict(self.params),
            receipt_number=self.named,
            why=self.why,
            by=self.by,
            at=self.at,
            number=short(self.key),
            printed=self.printed,
            can_print=can_print,
        )
        return shown if self.receipt is None else self._with_receipt(shown, self.receipt)

    def _with_receipt(self, shown: RefundView, receipt: Receipt) -> RefundView:
        amount = self.amount_minor
        return replace(
            shown,
            receipt_number=receipt.number,
            lane=receipt.lane,
            completed_at=receipt.completed_at,
            currency=receipt.currency,
            way=receipt.way,
            brand=receipt.brand,
            paid_minor=receipt.paid_minor,
            left_minor=receipt.left_minor,
            lines=tuple(_line_view(line, self) for line in receipt.lines),
            whole=self.whole,
            amount_minor=amount,
            can_confirm=bool(self.stage is RefundStage.CHOOSE and self.why and amount > 0),
        )


def _line_view(line: ReceiptLine, sheet: RefundSheet) -> RefundLineView:
    return RefundLineView(
        line=line.line,
        names=line.names,
        code=line.code,
        pieces=line.pieces,
        grams=line.grams,
        paid_minor=line.paid_minor,
        left=line.left,
        chosen=sheet.chosen.get(line.line, 0),
        worth_minor=sheet.worth(line),
    )


def short(key: str) -> str:
    """As much of a key as people read to each other."""
    return key[:10].upper()
