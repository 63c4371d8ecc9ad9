"""Paying, as QML shows it: the ways, the open payment, the bill."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import duration_text, money_parts, money_text, percent_text
from kiosk.services.lane_view import LaneView, PaymentView, WayView
from kiosk.services.texts import Texts
from kiosk.viewmodels.bill import BRANDS, bill_row, saving_rows, way_saving
from kiosk.viewmodels.mirror import Mirror
from kiosk.viewmodels.rows import Row, RowModel
from payments.gateway import Presents

_NO_LEAD: Final = frozenset({"", "partial", "ended"})  # after all others nothing was charged, for certain
QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class PayViewModel(Mirror):
    """The ways to pay, the open payment, and the bill beside them."""

    declinedChanged = Signal()
    declineTextChanged = Signal()
    declineLeadChanged = Signal()
    wayChanged = Signal()
    presentsChanged = Signal()
    todoTextChanged = Signal()
    hintTextChanged = Signal()
    codeChanged = Signal()
    askingTextChanged = Signal()
    whyTextChanged = Signal()
    signChanged = Signal()
    amountTextChanged = Signal()
    elapsedChanged = Signal()
    clockTextChanged = Signal()
    usualTextChanged = Signal()
    progressChanged = Signal()
    canCancelChanged = Signal()
    referenceChanged = Signal()
    openWaysChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            declined=False,
            declineText="",
            declineLead="",
            way="",
            presents="",
            todoText="",
            hintText="",
            code="",
            askingText="",
            whyText="",
            sign="",
            amountText="",
            elapsed=0,
            clockText="0:00",
            usualText="",
            progress=0.0,
            canCancel=False,
            reference="",
            openWays=0,
        )
        self._texts = texts
        self._ways = RowModel(("way", "name", "hint", "presents", "available", "why", "saving", "without"), "way", self)
        self._bill = RowModel(("number", "name", "detail", "price"), "number", self)
        self._savings = RowModel(("name", "amount"), "name", self)
        self._tax = RowModel(("rate", "text", "amount"), "rate", self)

    @Property(RowModel, constant=True)
    def ways(self) -> RowModel:
        """The ways to pay."""
        return self._ways

    @Property(RowModel, constant=True)
    def bill(self) -> RowModel:
        """The lines, in short."""
        return self._bill

    @Property(RowModel, constant=True)
    def savings(self) -> RowModel:
        """What is saved, by offer."""
        return self._savings

    @Property(RowModel, constant=True)
    def tax(self) -> RowModel:
        """The tax contained, by rate."""
        return self._tax

    @Property(int, notify=openWaysChanged)
    def openWays(self) -> int:
        """How many ways are open."""
        return int(self.value("openWays"))

    @Property(bool, notify=declinedChanged)
    def declined(self) -> bool:
        """Whether the last attempt was refused."""
        return bool(self.value("declined"))

    @Property(str, notify=declineTextChanged)
    def declineText(self) -> str:
        """What to do about it."""
        return str(self.value("declineText"))

    @Property(str, notify=declineLeadChanged)
    def declineLead(self) -> str:
        """What the shopper wants to know first: that nothing was charged; empty where it is not that simple."""
        return str(self.value("declineLead"))

    @Property(str, notify=todoTextChanged)
    def todoText(self) -> str:
        """What the shopper is to do now."""
        return str(self.value("todoText"))

    @Property(str, notify=hintTextChanged)
    def hintText(self) -> str:
        """How that goes on."""
        return str(self.value("hintText"))

    @Property(str, notify=codeChanged)
    def code(self) -> str:
        """What the shopper's phone is to scan; empty for nothing."""
        return str(self.value("code"))

    @Property(str, notify=askingTextChanged)
    def askingText(self) -> str:
        """Whom the lane asks, while the answer is not there."""
        return str(self.value("askingText"))

    @Property(str, notify=whyTextChanged)
    def whyText(self) -> str:
        """What that means."""
        return str(self.value("whyText"))

    @Property(str, notify=wayChanged)
    def way(self) -> str:
        """The way of the open payment."""
        return str(self.value("way"))

    @Property(str, notify=presentsChanged)
    def presents(self) -> str:
        """Who shows what: shopper_code, kiosk_code or terminal."""
        return str(self.value("presents"))

    @Property(str, notify=signChanged)
    def sign(self) -> str:
        """The currency's sign."""
        return str(self.value("sign"))

    @Property(str, notify=amountTextChanged)
    def amountText(self) -> str:
        """The figures of what is being paid."""
        return str(self.value("amountText"))

    @Property(int, notify=elapsedChanged)
    def elapsed(self) -> int:
        """Seconds since the payment was sent."""
        return int(self.value("elapsed"))

    @Property(str, notify=clockTextChanged)
    def clockText(self) -> str:
        """The same as minutes and seconds."""
        return str(self.value("clockText"))

    @Property(str, notify=usualTextChanged)
    def usualText(self) -> str:
        """How long it usually takes, or that it takes longer."""
        return str(self.value("usualText"))

    @Property(float, notify=progressChanged)
    def progress(self) -> float:
        """Share of the usual time that has gone by, 1 at most."""
        return float(self.value("progress"))

    @Property(bool, notify=canCancelChanged)
    def canCancel(self) -> bool:
        """Whether the shopper may still stop."""
        return bool(self.value("canCancel"))

    @Property(str, notify=referenceChanged)
    def reference(self) -> str:
        """What staff ask the bank for, in groups of four."""
        return str(self.value("reference"))

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        language, texts = view.language, self._texts
        self._ways.show([self._way(way, view) for way in view.ways])
        self._bill.show([bill_row(line, view) for line in view.lines if not line.problem])
        self._savings.show(saving_rows(view, texts))
        self._tax.show(
            [
                {
                    "rate": part.rate_bp,
                    "text": texts.text(language, "pay.tax", rate=percent_text(part.rate_bp)),
                    "amount": money_text(part.tax_minor, view.currency, language),
                }
                for part in view.tax
                if part.tax_minor  # the receipt lists every rate; here nothing-of-tax only takes room
            ]
        )
        payment = view.payment
        minor = payment.amount_minor if payment else view.total_minor
        sign, figures = money_parts(minor, view.currency, language)
        self.put(
            sign=sign,
            amountText=figures,
            openWays=sum(way.available for way in view.ways),
            declined=bool(view.decline),
            declineText=texts.text(language, f"decline.{view.decline}") if view.decline else "",
            declineLead="" if view.decline in _NO_LEAD else texts.text(language, "decline.nothing_charged"),
            code=payment.show if payment is not None else "",  # gone with the payment, though the rest stays a moment
        )
        if payment is not None:
            self._show_payment(payment, language)
            self._show_words(payment, language)

    def _show_payment(self, payment: PaymentView, language: str) -> None:
        late = payment.elapsed_s > 2 * payment.usual_s
        text = self._texts.text
        usual = text(language, "paying.longer") if late else text(language, "paying.usual", n=payment.usual_s)
        left = text(language, "paying.left", clock=duration_text(payment.left_s))
        open_s = payment.elapsed_s + payment.left_s if payment.show else payment.usual_s
        self.put(
            way=payment.way,
            presents=payment.presents.value,
            elapsed=payment.elapsed_s,
            clockText=duration_text(payment.elapsed_s),
            usualText=left if payment.show else usual,
            progress=min(1.0, payment.elapsed_s / max(1, open_s)),
            canCancel=payment.can_cancel,
            reference=" ".join(payment.reference[place : place + 4] for place in range(0, len(payment.reference), 4)),
        )

    def _show_words(self, payment: PaymentView, language: str) -> None:
        """What is to be done, and who is asked: the truth, by whose payment it is."""
        brand = payment.brand if payment.brand in BRANDS else ""
        todo, hint = payment.presents.value, f"{payment.presents.value}_hint"
        if payment.ending:
            todo, hint = "ending", "ending_hint"
        elif payment.presents is Presents.KIOSK_CODE and not payment.show:
            todo, hint = "code_comes", ""
        elif payment.presents is Presents.KIOSK_CODE and brand:
            todo = f"scan_{brand}"
        self.put(
            todoText=self._texts.text(language, f"paying.{todo}"),
            hintText=self._texts.text(language, f"paying.{hint}") if hint else "",
            askingText=self._texts.text(language, f"unknown.title_{brand}" if brand else "unknown.title"),
            whyText=self._texts.text(language, "unknown.why_wallet" if brand else "unknown.why"),
        )

    def _way(self, way: WayView, view: LaneView) -> Row:
        text = self._texts.text
        hints = {"shopper_code": "pay.wallet_hint", "terminal": "pay.card_hint", "kiosk_code": "pay.code_hint"}
        return {
            "way": way.id,
            "name": text(view.language, f"way.{_name_of(way)}"),
            "hint": text(view.language, hints[way.presents.value]),
            "presents": way.presents.value,
            "available": way.available,
            "why": text(view.language, f"way_closed.{way.why}") if way.why else "",
            "saving": way_saving(way, view, self._texts),
            "without": self._without_joining(way, view),
        }

    def _without_joining(self, way: WayView, view: LaneView) -> str:
        """That joining does not count for a way, and what it asks for then."""
        if way.amount_minor is None or not way.available:
            return ""
        amount = money_text(way.amount_minor, view.currency, view.language)
        return self._texts.text(view.language, "pay.without_joining", amount=amount)


def _name_of(way: WayView) -> str:
    """A wallet's own name where the way takes no other."""
    only = way.brands[0] if len(way.brands) == 1 else ""
    return only if way.id == "wallet" and only in BRANDS else way.id
