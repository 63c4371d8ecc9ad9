"""A basket that was handed over to the till, as QML shows it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_parts
from kiosk.services.lane_view import HandedView, LaneView
from kiosk.services.paper import PrintFate
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_ON_PAPER: Final = frozenset({PrintFate.WAITING, PrintFate.PRINTING, PrintFate.PRINTED})


@QmlElement
class HandedViewModel(Mirror):
    """Mirrors LaneView.handed; the last one stays while the screen slides away."""

    codeChanged = Signal()
    numberTextChanged = Signal()
    hintTextChanged = Signal()
    piecesTextChanged = Signal()
    signChanged = Signal()
    totalTextChanged = Signal()
    slipTextChanged = Signal()
    leavesTextChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            code="",
            numberText="",
            hintText="",
            piecesText="",
            sign="",
            totalText="",
            slipText="",
            leavesText="",
        )
        self._texts = texts

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        if view.handed is not None:
            self._show(view.handed, view)

    def _show(self, handed: HandedView, view: LaneView) -> None:
        language, text = view.language, self._texts.text
        sign, figures = money_parts(handed.total_minor, view.currency, language)
        on_paper = handed.slip in _ON_PAPER and not view.printer.says.stuck
        self.put(
            code=handed.code,
            numberText=handed.number,
            hintText=text(language, "to_till.text" if handed.whole else "to_till.text_number"),
            piecesText=text(language, "pay.items", n=handed.pieces),
            sign=sign,
            totalText=figures,
            slipText=text(language, "to_till.slip") if on_paper else "",
            leavesText=text(language, "to_till.leaves", n=handed.leaves_in_s),
        )

    @Property(str, notify=codeChanged)
    def code(self) -> str:
        """What the till is to scan."""
        return str(self.value("code"))

    @Property(str, notify=numberTextChanged)
    def numberText(self) -> str:
        """The basket's number, for people."""
        return str(self.value("numberText"))

    @Property(str, notify=hintTextChanged)
    def hintText(self) -> str:
        """What to do with it."""
        return str(self.value("hintText"))

    @Property(str, notify=piecesTextChanged)
    def piecesText(self) -> str:
        """How many pieces it has, in words."""
        return str(self.value("piecesText"))

    @Property(str, notify=signChanged)
    def sign(self) -> str:
        """The currency's sign."""
        return str(self.value("sign"))

    @Property(str, notify=totalTextChanged)
    def totalText(self) -> str:
        """The figures of its total."""
        return str(self.value("totalText"))

    @Property(str, notify=slipTextChanged)
    def slipText(self) -> str:
        """That it comes out on paper as well, or nothing."""
        return str(self.value("slipText"))

    @Property(str, notify=leavesTextChanged)
    def leavesText(self) -> str:
        """When the screen goes by itself."""
        return str(self.value("leavesText"))
