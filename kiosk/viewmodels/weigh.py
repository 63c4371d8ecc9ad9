"""Goods on the lane's scale: their weight and price as they change, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_parts, money_text, weight_text
from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.texts import Texts
from kiosk.services.weighing import WeighingView, Weighs
from kiosk.viewmodels.mirror import Mirror, picture_address
from retail.product import name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_NO_FIGURE: Final = "– – –"


@QmlElement
class WeighViewModel(Mirror):
    """Mirrors LaneView.weighing, passes touches on. It keeps what was shown last, so that a sheet closes unchanged."""

    openChanged = Signal()
    nameChanged = Signal()
    pictureChanged = Signal()
    unitPriceChanged = Signal()
    tareTextChanged = Signal()
    stateChanged = Signal()
    adviceChanged = Signal()
    figuresChanged = Signal()
    signChanged = Signal()
    priceChanged = Signal()
    readyChanged = Signal()

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            open=False,
            name="",
            picture="",
            unitPrice="",
            tareText="",
            state="",
            advice="",
            figures=_NO_FIGURE,
            sign="",
            price="",
            ready=False,
        )
        self._actions = actions
        self._texts = texts
        self._shown: WeighingView | None = None

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        weighing = self._shown = view.weighing
        if weighing is not None:
            self._show(weighing, view)
        self.put(open=weighing is not None)

    def _show(self, weighing: WeighingView, view: LaneView) -> None:
        language, text = view.language, self._texts.text
        name = name_in(weighing.names, language)
        figures = _NO_FIGURE if weighing.grams is None else weight_text(weighing.grams, language).removesuffix(" kg")
        sign, price = "", ""
        if weighing.price_minor is not None:
            sign, price = money_parts(weighing.price_minor, view.currency, language)
        self.put(
            name=name,
            picture=picture_address(view, weighing.picture),
            unitPrice=f"{money_text(weighing.unit_minor, view.currency, language)}/kg",
            tareText=text(language, "weigh.tare", grams=weighing.tare_grams) if weighing.tare_grams else "",
            state=weighing.state.value,
            advice=text(language, f"weigh.{weighing.state}", name=name),
            figures=figures,
            sign=sign,
            price=price,
            ready=weighing.state is Weighs.READY,
        )

    @Property(bool, notify=openChanged)
    def open(self) -> bool:
        return bool(self.value("open"))

    @Property(str, notify=nameChanged)
    def name(self) -> str:
        return str(self.value("name"))

    @Property(str, notify=pictureChanged)
    def picture(self) -> str:
        return str(self.value("picture"))

    @Property(str, notify=unitPriceChanged)
    def unitPrice(self) -> str:
        """The price of a kilogram."""
        return str(self.value("unitPrice"))

    @Property(str, notify=tareTextChanged)
    def tareText(self) -> str:
        """What is taken off for bag or tray, in words; empty for nothing."""
        return str(self.value("tareText"))

    @Property(str, notify=stateChanged)
    def state(self) -> str:
        """How far it is, see kiosk.services.weighing.Weighs."""
        return str(self.value("state"))

    @Property(str, notify=adviceChanged)
    def advice(self) -> str:
        """What to do next."""
        return str(self.value("advice"))

    @Property(str, notify=figuresChanged)
    def figures(self) -> str:
        """The weight in kilograms, without the unit."""
        return str(self.value("figures"))

    @Property(str, notify=signChanged)
    def sign(self) -> str:
        return str(self.value("sign"))

    @Property(str, notify=priceChanged)
    def price(self) -> str:
        """What it costs, without the currency's sign; empty while there is no weight to reckon with."""
        return str(self.value("price"))

    @Property(bool, notify=readyChanged)
    def ready(self) -> bool:
        """Whether it may be taken now."""
        return bool(self.value("ready"))

    @Slot()
    def take(self) -> None:
        """Take the goods on the scale at the weight and the price that are shown."""
        shown = self._shown
        if shown is not None and shown.grams is not None:
            self._actions.take_weight(shown.sku, shown.grams, shown.unit_minor)

    @Slot()
    def allNew(self) -> None:
        """Nothing on the scale was taken before."""
        self._actions.weigh_all_new()

    @Slot()
    def stop(self) -> None:
        self._actions.stop_weighing()


def differ_in_weight_only(old: LaneView, new: LaneView) -> bool:
    """Whether a scale's figures are all that is new."""
    if old.weighing is None or new.weighing is None:
        return False
    return replace(new, weighing=old.weighing) == old
