"""Loose goods and bags, picked by picture, search or number."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_text
from kiosk.services.lane_view import LaneView, LooseView
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror, picture_address
from kiosk.viewmodels.rows import Row, RowModel
from retail.product import Unit, name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_GOOD = ("sku", "name", "picture", "initial", "price", "weighed", "plu")


@QmlElement
class LooseViewModel(Mirror):
    """Mirrors the lane's answer to `browse`, and the bags."""

    categoryChanged = Signal()
    searchChanged = Signal()
    emptyChanged = Signal()
    pickedSkuChanged = Signal()
    pickedNameChanged = Signal()
    pickedPriceChanged = Signal()
    pickedPictureChanged = Signal()
    pickedWeighedChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            category="",
            search="",
            empty=False,
            pickedSku="",
            pickedName="",
            pickedPrice="",
            pickedPicture="",
            pickedWeighed=False,
        )
        self._shown: list[Row] = []
        self._has_scale = False
        self._texts = texts
        self._categories = RowModel(("category", "name", "picture", "initial"), "category", self)
        self._goods = RowModel(_GOOD, "sku", self)
        self._bags = RowModel(_GOOD, "sku", self)

    @Property(RowModel, constant=True)
    def categories(self) -> RowModel:
        """Categories that have loose goods."""
        return self._categories

    @Property(RowModel, constant=True)
    def goods(self) -> RowModel:
        """The goods found."""
        return self._goods

    @Property(RowModel, constant=True)
    def bags(self) -> RowModel:
        """The shop's bags."""
        return self._bags

    @Property(str, notify=categoryChanged)
    def category(self) -> str:
        """The category shown; empty for all."""
        return str(self.value("category"))

    @Property(str, notify=searchChanged)
    def search(self) -> str:
        """The search that was answered."""
        return str(self.value("search"))

    @Property(bool, notify=emptyChanged)
    def empty(self) -> bool:
        """Whether a search found nothing."""
        return bool(self.value("empty"))

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        loose, language = view.loose, view.language
        self._has_scale = view.has_scale
        self._categories.show(
            [
                {
                    "category": category.id,
                    "name": name_in(category.names, language),
                    "picture": picture_address(view, category.picture),
                    "initial": name_in(category.names, language)[:1],
                }
                for category in loose.categories
            ]
        )
        self._shown = self._rows(loose.goods, view)
        self._goods.show(self._shown)
        self.pick(str(self.value("pickedSku")))
        self._bags.show(self._rows(view.bags, view))
        self.put(category=loose.category, search=loose.search, empty=not loose.goods)

    def weighs_here(self, sku: str) -> bool:
        """Whether these goods go on the lane's own scale."""
        return self._has_scale and any(row["sku"] == sku and row["weighed"] for row in self._shown)

    def pick(self, sku: str) -> None:
        """Show one of the goods closely; none if it is not among them."""
        row = next((row for row in self._shown if sku and row["sku"] == sku), None)
        self.put(
            pickedName=row["name"] if row else "",
            pickedPrice=row["price"] if row else "",
            pickedPicture=row["picture"] if row else "",
            pickedWeighed=row["weighed"] if row else False,
        )
        self.put(pickedSku=sku if row else "")

    @Property(str, notify=pickedSkuChanged)
    def pickedSku(self) -> str:
        """The goods looked at closely; empty for none."""
        return str(self.value("pickedSku"))

    @Property(str, notify=pickedNameChanged)
    def pickedName(self) -> str:
        return str(self.value("pickedName"))

    @Property(str, notify=pickedPriceChanged)
    def pickedPrice(self) -> str:
        return str(self.value("pickedPrice"))

    @Property(str, notify=pickedPictureChanged)
    def pickedPicture(self) -> str:
        return str(self.value("pickedPicture"))

    @Property(bool, notify=pickedWeighedChanged)
    def pickedWeighed(self) -> bool:
        """Whether it has to be weighed at the counter first."""
        return bool(self.value("pickedWeighed"))

    def _rows(self, goods: Iterable[LooseView], view: LaneView) -> list[Row]:
        return [
            {
                "sku": good.sku,
                "name": name_in(good.names, view.language),
                "picture": picture_address(view, good.picture),
                "initial": name_in(good.names, view.language)[:1],
                "price": self._price(good, view),
                "weighed": good.unit is Unit.KG,
                "plu": good.plu,
            }
            for good in goods
        ]

    def _price(self, good: LooseView, view: LaneView) -> str:
        price = money_text(good.unit_minor, view.currency, view.language)
        return f"{price}/kg" if good.unit is Unit.KG else price
