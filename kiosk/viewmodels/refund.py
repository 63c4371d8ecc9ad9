"""The refund sheet in words: the receipt's lines, what was chosen, what became of the money."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.formats import date_time_text, money_parts, money_text, weight_text
from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.refund_view import RefundLineView, RefundView
from kiosk.services.texts import Texts
from kiosk.viewmodels.lane_name import lane_name
from kiosk.viewmodels.mirror import Mirror
from kiosk.viewmodels.rows import Row, RowModel
from retail.product import name_in
from retail.refunding import REASONS

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_LONGEST: Final = 10  # a receipt's number ends in so many signs of its sale


@QmlElement
class RefundViewModel(Mirror):
    """Mirrors LaneView.refund. `typed` is the view's own: the part of a receipt's number that was typed so far."""

    stageChanged = Signal()
    typedChanged = Signal()
    titleChanged = Signal()
    soldChanged = Signal()
    leftChanged = Signal()
    wholeChanged = Signal()
    whyChanged = Signal()
    signChanged = Signal()
    amountChanged = Signal()
    toChanged = Signal()
    canConfirmChanged = Signal()
    headlineChanged = Signal()
    adviceChanged = Signal()
    numberChanged = Signal()
    canPrintChanged = Signal()
    printedChanged = Signal()
    actChanged = Signal()

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            stage="",
            typed="",
            title="",
            sold="",
            left="",
            whole=False,
            why="",
            sign="",
            amount="",
            to="",
            canConfirm=False,
            headline="",
            advice="",
            number="",
            canPrint=False,
            printed=False,
            act="",
        )
        self._actions = actions
        self._texts = texts
        self._lines = RowModel(("line", "name", "detail", "note", "rest", "chosen", "single", "worth"), "line", self)

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        refund = view.refund
        if refund is None:
            self.put(stage="", typed="")
            return
        words = _Words(view, refund, self._texts)
        self._lines.show([words.line(line) for line in refund.lines])
        sign, figures = money_parts(refund.amount_minor, refund.currency, view.language)
        self.put(
            title=words.title(),
            sold=words.sold(),
            left=words.text("left", amount=words.money(refund.left_minor)),
            whole=refund.whole,
            why=refund.why,
            sign=sign,
            amount=figures,
            to=words.text("to", way=words.way),
            canConfirm=refund.can_confirm,
            act=words.text("confirm", amount=words.money(refund.amount_minor)),
            headline=words.headline(),
            advice=words.advice(),
            number=words.text("number", number=refund.number) if refund.number else "",
            canPrint=refund.can_print,
            printed=refund.printed,
        )
        self.put(stage=refund.stage.value)

    # --- what QML shows ---

    @Property(RowModel, constant=True)
    def lines(self) -> RowModel:
        """The paid lines."""
        return self._lines

    @Property("QStringList", constant=True)  # type: ignore[arg-type] # the stubs know no type names
    def reasons(self) -> list[str]:
        """Why something may come back; `refund.why_<reason>` in the catalogues."""
        return list(REASONS)

    @Property(str, notify=stageChanged)
    def stage(self) -> str:
        """See kiosk.services.refund_view.RefundStage; empty while the sheet is shut."""
        return str(self.value("stage"))

    @Property(str, notify=typedChanged)
    def typed(self) -> str:
        return str(self.value("typed"))

    @Property(str, notify=titleChanged)
    def title(self) -> str:
        return str(self.value("title"))

    @Property(str, notify=soldChanged)
    def sold(self) -> str:
        """When, where and how it was paid."""
        return str(self.value("sold"))

    @Property(str, notify=leftChanged)
    def left(self) -> str:
        return str(self.value("left"))

    @Property(bool, notify=wholeChanged)
    def whole(self) -> bool:
        return bool(self.value("whole"))

    @Property(str, notify=whyChanged)
    def why(self) -> str:
        return str(self.value("why"))

    @Property(str, notify=signChanged)
    def sign(self) -> str:
        return str(self.value("sign"))

    @Property(str, notify=amountChanged)
    def amount(self) -> str:
        """What is given back, without the currency's sign."""
        return str(self.value("amount"))

    @Property(str, notify=toChanged)
    def to(self) -> str:
        return str(self.value("to"))

    @Property(bool, notify=canConfirmChanged)
    def canConfirm(self) -> bool:
        return bool(self.value("canConfirm"))

    @Property(str, notify=actChanged)
    def act(self) -> str:
        """The word on the button that gives the money back."""
        return str(self.value("act"))

    @Property(str, notify=headlineChanged)
    def headline(self) -> str:
        """How it stands, once it was confirmed or refused."""
        return str(self.value("headline"))

    @Property(str, notify=adviceChanged)
    def advice(self) -> str:
        return str(self.value("advice"))

    @Property(str, notify=numberChanged)
    def number(self) -> str:
        """The refund's own number, for people to name."""
        return str(self.value("number"))

    @Property(bool, notify=canPrintChanged)
    def canPrint(self) -> bool:
        return bool(self.value("canPrint"))

    @Property(bool, notify=printedChanged)
    def printed(self) -> bool:
        return bool(self.value("printed"))

    # --- what QML asks ---

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the pad: a sign of the number, or a backspace."""
        typed = str(self.value("typed"))
        self.put(typed=typed[:-1] if key == "\b" else (typed + key)[:_LONGEST])

    @Slot()
    def find(self) -> None:
        typed = str(self.value("typed"))
        if typed:
            self._actions.refund("find", typed, 0)

    @Slot(int, int)
    def choose(self, line: int, pieces: int) -> None:
        """How many pieces of a line come back."""
        self._actions.refund("part", str(line), pieces)

    @Slot()
    def chooseAll(self) -> None:
        self._actions.refund("whole", "", 0)

    @Slot(str)
    def giveReason(self, why: str) -> None:
        self._actions.refund("why", why, 0)

    @Slot()
    def confirm(self) -> None:
        self._actions.refund("confirm", "", 0)

    @Slot()
    def another(self) -> None:
        self.put(typed="")
        self._actions.refund("again", "", 0)

    @Slot()
    def askNow(self) -> None:
        self._actions.refund("ask", "", 0)

    @Slot()
    def printSlip(self) -> None:
        self._actions.refund("print", "", 0)

    @Slot()
    def close(self) -> None:
        self._actions.refund("close", "", 0)


class _Words:
    """One snapshot of the sheet in words."""

    def __init__(self, view: LaneView, refund: RefundView, texts: Texts) -> None:
        self._view = view
        self._refund = refund
        self._texts = texts
        way = refund.brand if f"way.{refund.brand}" in texts.keys("en") else refund.way
        known = f"way.{way}" in texts.keys("en")
        self.way = texts.text(view.language, f"way.{way}") if known else way
        self.lane = lane_name(texts, refund.lane, view.language)

    def text(self, key: str, **params: object) -> str:
        return self._texts.text(self._view.language, f"refund.{key}", **params)

    def money(self, minor: int) -> str:
        return money_text(minor, self._refund.currency, self._view.language)

    def title(self) -> str:
        refund = self._refund
        return self.text("receipt", number=refund.receipt_number) if refund.lines else self.text("title")

    def sold(self) -> str:
        refund = self._refund
        time = date_time_text(refund.completed_at, self._view.time_zone, self._view.language)
        return self.text("sold", time=time, lane=self.lane, way=self.way) if refund.lines else ""

    def headline(self) -> str:
        refund = self._refund
        if refund.stage == "looking":
            return self.text("looking", number=refund.receipt_number)
        if refund.stage in {"working", "given"}:
            return self.text(refund.stage.value, amount=self.money(refund.amount_minor))
        return self.text(refund.stage.value) if refund.stage in {"unanswered", "refused"} else ""

    def advice(self) -> str:
        refund = self._refund
        if refund.stage == "refused":
            params = {
                **refund.params,
                "lane": lane_name(self._texts, refund.params.get("lane", ""), self._view.language),
            }
            return self._texts.text(self._view.language, f"refund_problem.{refund.problem}", **params)
        if refund.stage == "given":
            return self.text("given_to", way=self.way)
        if refund.stage == "working":
            return self.text("working_hint")
        return self.text("unanswered_hint", number=refund.number) if refund.stage == "unanswered" else ""

    def line(self, line: RefundLineView) -> Row:
        """`single`: it comes back whole or not at all; `note` says what is left where that is not all of it."""
        paid = self.money(line.paid_minor)
        detail = self.text("line_pieces", n=line.pieces, amount=paid) if line.pieces > 1 else paid
        if line.grams is not None:
            detail = self.text("line_weight", weight=weight_text(line.grams, self._view.language), amount=paid)
        some_left = 0 < line.left < line.pieces
        note = self.text("pieces", n=line.left, of=line.pieces) if some_left else ""
        return {
            "line": line.line,
            "name": name_in(line.names, self._view.language) or line.code,
            "detail": detail,
            "note": note if line.left else self.text("all_back"),
            "rest": line.left,
            "chosen": line.chosen,
            "single": line.pieces == 1,
            "worth": self.money(line.worth_minor) if line.chosen else "",
        }
