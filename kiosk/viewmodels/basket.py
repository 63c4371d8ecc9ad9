"""The basket as QML shows it: lines, total, and why it cannot be paid yet."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_parts, money_text, weight_text
from kiosk.services.lane_view import LaneView, LineView, PayBlock
from kiosk.services.offer_texts import line_savings, view_speech
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror, picture_address
from kiosk.viewmodels.offer_rows import basket_rows, coupon_row, hint_row
from kiosk.viewmodels.rows import Row, RowModel
from retail.product import Unit, name_in
from retail.promotions.speech import Speech

_SAVINGS_SHOWN: Final = 3  # on a line; more of them would bury its name
_UNIT: Final = re.compile(r"(\d) (?=\S{1,4}$)")

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_LINE = (
    "number",
    "name",
    "picture",
    "initial",
    "detail",
    "lowest",
    "savings",
    "quantity",
    "countable",
    "price",
    "listPrice",
    "problem",
    "problemText",
    "ageText",
)


@QmlElement
class BasketViewModel(Mirror):
    """Mirrors the lines and sums of a LaneView; amounts are text in the shopper's language."""

    signChanged = Signal()
    totalTextChanged = Signal()
    savedTextChanged = Signal()
    piecesTextChanged = Signal()
    pointsTextChanged = Signal()
    blockTextChanged = Signal()
    canPayChanged = Signal()
    payableChanged = Signal()
    changedLineChanged = Signal()
    changedRowChanged = Signal()
    couponCameChanged = Signal()
    changeSerialChanged = Signal()
    editedLineChanged = Signal()
    editedNameChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            sign="",
            totalText="0",
            savedText="",
            piecesText="",
            pointsText="",
            blockText="",
            canPay=False,
            payable=False,
            changedLine=0,
            changedRow=-1,
            couponCame=False,
            changeSerial=0,
            editedLine=0,
            editedName="",
        )
        self._texts = texts
        self._rows: list[Row] = []
        self._codes: set[str] = set()
        self._lines = RowModel(_LINE, "number", self)
        self._hints = RowModel(("key", "lead", "about"), "key", self)
        self._coupons = RowModel(("key", "code", "text", "amount", "used"), "key", self)

    @Property(RowModel, constant=True)
    def lines(self) -> RowModel:
        """The lines, oldest first."""
        return self._lines

    @Property(RowModel, constant=True)
    def hints(self) -> RowModel:
        """What a little more would save, the best first."""
        return self._hints

    @Property(RowModel, constant=True)
    def coupons(self) -> RowModel:
        """What is off the whole basket, and the coupons that were shown with what they are for."""
        return self._coupons

    @Property(str, notify=signChanged)
    def sign(self) -> str:
        """The currency's sign, set smaller than the figures."""
        return str(self.value("sign"))

    @Property(str, notify=totalTextChanged)
    def totalText(self) -> str:
        """The total's figures."""
        return str(self.value("totalText"))

    @Property(str, notify=savedTextChanged)
    def savedText(self) -> str:
        """What is saved, in words; empty for nothing."""
        return str(self.value("savedText"))

    @Property(str, notify=piecesTextChanged)
    def piecesText(self) -> str:
        """How many pieces, in words."""
        return str(self.value("piecesText"))

    @Property(str, notify=pointsTextChanged)
    def pointsText(self) -> str:
        """Points that this basket brings, in words; empty for none."""
        return str(self.value("pointsText"))

    @Property(str, notify=blockTextChanged)
    def blockText(self) -> str:
        """Why the basket cannot be paid yet; empty if it can."""
        return str(self.value("blockText"))

    @Property(bool, notify=canPayChanged)
    def canPay(self) -> bool:
        """Whether the main act is open (also to ask for an age check)."""
        return bool(self.value("canPay"))

    @Property(bool, notify=payableChanged)
    def payable(self) -> bool:
        """Whether nothing stands in the way."""
        return bool(self.value("payable"))

    @Property(int, notify=changedLineChanged)
    def changedLine(self) -> int:
        """Number of the line to bring into sight."""
        return int(self.value("changedLine"))

    @Property(int, notify=changedRowChanged)
    def changedRow(self) -> int:
        """Its place in the list; -1 for none."""
        return int(self.value("changedRow"))

    @Property(bool, notify=couponCameChanged)
    def couponCame(self) -> bool:
        """Whether what changed last is a coupon that was shown: it stands below the lines."""
        return bool(self.value("couponCame"))

    @Property(int, notify=changeSerialChanged)
    def changeSerial(self) -> int:
        """Grows with every change, so that the same line twice is seen twice."""
        return int(self.value("changeSerial"))

    @Property(int, notify=editedLineChanged)
    def editedLine(self) -> int:
        """Number of the line whose quantity is asked for; 0 for none."""
        return int(self.value("editedLine"))

    @Property(str, notify=editedNameChanged)
    def editedName(self) -> str:
        return str(self.value("editedName"))

    def edit(self, number: int) -> None:
        """Ask for the quantity of a line; 0 or a line that is gone for none."""
        row = next((row for row in self._rows if row["number"] == number and row["countable"]), None)
        self.put(editedLine=number if row else 0, editedName=row["name"] if row else "")

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        language, texts = view.language, self._texts
        speech = view_speech(texts, view)
        self._rows = [self._row(line, view, speech) for line in view.lines]
        self._lines.show(self._rows)
        # What being a member would save is said by the member's card, where the shop has one.
        hints = [hint for hint in view.hints if not (view.has_membership and hint.hint.club)]
        self._hints.show([hint_row(hint, speech, language) for hint in hints])
        idle = texts.text(language, "basket.coupon_idle")
        self._coupons.show([*basket_rows(view, speech), *(coupon_row(one, view, speech, idle) for one in view.coupons)])
        self.edit(int(self.value("editedLine")))
        sign, figures = money_parts(view.total_minor, view.currency, language)
        saved = money_text(view.saved_minor, view.currency, language)
        block = view.pay_block
        self.put(
            sign=sign,
            totalText=figures,
            savedText=texts.text(language, "basket.saved", amount=saved) if view.saved_minor else "",
            piecesText=texts.text(language, "basket.pieces", n=view.pieces),
            pointsText=texts.text(language, "basket.points", n=view.points) if view.points else "",
            blockText=texts.text(language, f"basket.block_{block.value}", age=view.needs_age) if block else "",
            canPay=block in {PayBlock.NONE, PayBlock.AGE},
            payable=block is PayBlock.NONE,
            changedLine=view.changed_line,
            changedRow=next((row for row, line in enumerate(view.lines) if line.number == view.changed_line), -1),
            couponCame=self._coupon_came(view),
            changeSerial=view.change_serial,
        )

    def _coupon_came(self, view: LaneView) -> bool:
        """Until something else changes."""
        before, self._codes = self._codes, {coupon.code for coupon in view.coupons}
        stays = bool(self.value("couponCame")) and view.change_serial == self.value("changeSerial")
        return bool(self._codes - before) or (stays and bool(self._codes))

    def _row(self, line: LineView, view: LaneView, speech: Speech) -> Row:
        # A unit must not be left alone on the next line: "400 g" stays together.
        name = _UNIT.sub("\\1\u00a0", name_in(line.names, view.language) or line.code)
        saved = line.list_minor > line.net_minor
        return {
            "number": line.number,
            "name": name,
            "picture": picture_address(view, line.picture),
            "initial": name[:1],
            "detail": self._detail(line, view),
            "lowest": self._lowest(line, view),
            "savings": self._savings(line, view, speech),
            "quantity": line.quantity,
            "countable": line.countable,
            "price": money_text(line.net_minor, view.currency, view.language),
            "listPrice": money_text(line.list_minor, view.currency, view.language) if saved else "",
            "problem": line.problem,
            "problemText": self._texts.text(view.language, f"basket.problem_{line.problem}") if line.problem else "",
            "ageText": self._texts.text(view.language, "basket.age", age=line.min_age) if line.min_age else "",
        }

    def _detail(self, line: LineView, view: LaneView) -> str:
        if line.problem:
            return name_in(line.names, view.language) or line.code
        price = money_text(line.unit_minor, view.currency, view.language)
        if line.unit is Unit.KG and line.grams is not None:
            return f"{weight_text(line.grams, view.language)} × {price}/kg"
        return self._texts.text(view.language, "basket.each", price=price)

    def _lowest(self, line: LineView, view: LaneView) -> str:
        """What a special price has to be compared with, by law in the EU."""
        if line.lowest_minor is None or not line.special_saving_minor:
            return ""
        price = money_text(line.lowest_minor, view.currency, view.language) + ("/kg" if line.unit is Unit.KG else "")
        return self._texts.text(view.language, "basket.lowest", price=price)

    def _savings(self, line: LineView, view: LaneView, speech: Speech) -> list[dict[str, str]]:
        """`{text, amount}` of what lowered the line; what would be too many to read, together at the end."""
        special = self._texts.text(view.language, "basket.special")
        found = list(line_savings(line, special, speech, view.language))
        if len(found) > _SAVINGS_SHOWN:
            shown, rest = found[: _SAVINGS_SHOWN - 1], found[_SAVINGS_SHOWN - 1 :]
            more = self._texts.text(view.language, "basket.more_offers", n=len(rest))
            found = [*shown, (more, sum(minor for _, minor in rest))]
        return [{"text": text, "amount": money_text(-minor, view.currency, view.language)} for text, minor in found]
