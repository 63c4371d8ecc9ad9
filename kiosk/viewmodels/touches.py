"""Touches that the till is told as they are: no rule, no state, one act each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.lane_view import LaneActions
from kiosk.viewmodels.mirror import Mirror

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class Touches(Mirror):
    """What the lane's view-model only passes on."""

    def __init__(self, actions: LaneActions, parent: QObject | None = None, **values: Any) -> None:
        super().__init__(parent, **values)
        self._actions = actions

    @Slot()
    def start(self) -> None:
        self._actions.start()

    @Slot(str)
    def chooseLanguage(self, language: str) -> None:
        self._actions.set_language(language)

    @Slot(int, int)
    def setQuantity(self, line: int, quantity: int) -> None:
        self._actions.set_quantity(line, quantity)

    @Slot(int)
    def removeLine(self, line: int) -> None:
        self._actions.remove_line(line)

    @Slot(str)
    def withdrawCoupon(self, code: str) -> None:
        self._actions.withdraw_coupon(code)

    @Slot()
    def keepBasket(self) -> None:
        self._actions.keep_basket()

    @Slot()
    def toPay(self) -> None:
        self._actions.pay()

    @Slot()
    def backToBasket(self) -> None:
        self._actions.back_to_basket()

    @Slot(str)
    def chooseWay(self, way: str) -> None:
        self._actions.choose_way(way)

    @Slot()
    def payAtTill(self) -> None:
        self._actions.pay_at_till()

    @Slot()
    def cancelPayment(self) -> None:
        self._actions.cancel_payment()

    @Slot(str)
    def chooseReceipt(self, choice: str) -> None:
        self._actions.choose_receipt(choice)

    @Slot()
    def finish(self) -> None:
        self._actions.finish()

    @Slot()
    def callHelp(self) -> None:
        self._actions.call_help()

    @Slot()
    def cancelHelp(self) -> None:
        self._actions.cancel_help()

    @Slot(str)
    def staffAct(self, act: str) -> None:
        self._actions.staff_act(act)

    @Slot()
    def closeStaff(self) -> None:
        self._actions.close_staff()

    @Slot()
    def touched(self) -> None:
        self._actions.touched()
