"""A completed sale as QML shows it: what was paid and saved, and what becomes of the receipt."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_parts, money_text
from kiosk.services.lane_view import DoneView, LaneView
from kiosk.services.paper import PrinterSays, PrintFate
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class DoneViewModel(Mirror):
    """The completed sale."""

    signChanged = Signal()
    totalTextChanged = Signal()
    savedTextChanged = Signal()
    pointsTextChanged = Signal()
    numberTextChanged = Signal()
    receiptChanged = Signal()
    receiptUrlChanged = Signal()
    receiptTextChanged = Signal()
    choicesChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            sign="",
            totalText="",
            savedText="",
            pointsText="",
            numberText="",
            receipt="",
            receiptUrl="",
            receiptText="",
            choices=[],
        )
        self._texts = texts

    @Property(str, notify=signChanged)
    def sign(self) -> str:
        """The currency's sign."""
        return str(self.value("sign"))

    @Property(str, notify=totalTextChanged)
    def totalText(self) -> str:
        """The figures of what was paid."""
        return str(self.value("totalText"))

    @Property(str, notify=savedTextChanged)
    def savedText(self) -> str:
        """What was saved, in words; empty for nothing."""
        return str(self.value("savedText"))

    @Property(str, notify=pointsTextChanged)
    def pointsText(self) -> str:
        """Points that the sale brought, in words; empty for none."""
        return str(self.value("pointsText"))

    @Property(str, notify=numberTextChanged)
    def numberText(self) -> str:
        """The receipt's number, in words."""
        return str(self.value("numberText"))

    @Property(str, notify=receiptChanged)
    def receipt(self) -> str:
        """The choice made: empty, print, code or none."""
        return str(self.value("receipt"))

    @Property(str, notify=receiptUrlChanged)
    def receiptUrl(self) -> str:
        """What the receipt's code holds."""
        return str(self.value("receiptUrl"))

    @Property(str, notify=receiptTextChanged)
    def receiptText(self) -> str:
        """What became of the choice, or the receipt's number while there is none; empty beside the code."""
        return str(self.value("receiptText"))

    @Property("QVariantList", notify=choicesChanged)  # type: ignore[arg-type] # the stubs know no type names
    def choices(self) -> list[dict[str, Any]]:
        """`{choice, text, weak}` of each form that this lane offers, the best first; `weak` where it has to wait."""
        return list(self.value("choices"))

    def show(self, view: LaneView) -> None:
        """Take a snapshot over; the last sale stays while the screen slides away."""
        done, language = view.done, view.language
        if done is None:
            return
        sign, figures = money_parts(done.total_minor, view.currency, language)
        saved = money_text(done.saved_minor, view.currency, language)
        self.put(
            sign=sign,
            totalText=figures,
            savedText=self._texts.text(language, "done.saved", amount=saved) if done.saved_minor else "",
            pointsText=self._texts.text(language, "done.points", n=done.points) if done.points else "",
            numberText=self._texts.text(language, "done.number", number=done.receipt_number),
            receipt=done.receipt,
            receiptUrl=done.receipt_url,
            receiptText=self._receipt_text(done, view),
            choices=self._choices(done, view),
        )

    def _receipt_text(self, done: DoneView, view: LaneView) -> str:
        word, stuck = "", view.printer.says.stuck
        if done.receipt == "none":
            word = "no_receipt"
        elif done.receipt == "print":
            word = "print_waits" if stuck and done.fate is PrintFate.WAITING else _PRINT_WORDS[done.fate]
        elif not done.receipt and done.can_print and stuck:
            word = "paper_out" if view.printer.says is PrinterSays.OUT else "printer_away"
        elif not done.receipt:
            return self._texts.text(view.language, "done.number", number=done.receipt_number)
        return self._texts.text(view.language, f"done.{word}") if word else ""

    def _choices(self, done: DoneView, view: LaneView) -> list[dict[str, Any]]:
        """Paper comes first where there is some; what cannot come out now stands last and says why."""
        says = view.printer.says
        weak = says.stuck and done.fate is not PrintFate.PRINTED
        paper = "print" if not weak else "print_no_paper" if says is PrinterSays.OUT else "print_not_now"
        words = [("print", paper)] if done.can_print else []
        others = [("code", "code"), ("none", "none")]
        return [
            {
                "choice": choice,
                "text": self._texts.text(view.language, f"done.{word}"),
                "weak": weak and choice == "print",
            }
            for choice, word in (others + words if weak else words + others)
        ]


_PRINT_WORDS: Final = {
    PrintFate.NONE: "print_kept",
    PrintFate.WAITING: "printing",
    PrintFate.PRINTING: "printing",
    PrintFate.PRINTED: "printed",
    PrintFate.KEPT: "print_kept",
}
