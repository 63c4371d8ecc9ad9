"""The root view-model: which screen, which language, what is said, and every touch passed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.formats import clock_text, date_time_text
from kiosk.services.lane_view import LaneActions, LaneView, Notice, Screen
from kiosk.services.texts import Texts
from kiosk.viewmodels.lane_name import lane_name
from kiosk.viewmodels.parts import Parts
from kiosk.viewmodels.weigh import differ_in_weight_only
from retail.payment_policy import Rung
from retail.product import name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_SEARCH_LENGTH: Final = 12
_LONGEST: Final = {"keypad": 18, "quantity": 2}
_SEEN_IN_THE_LIST: Final = frozenset({"added", "quantity"})
_SEEN_IN_THE_STRIP: Final = frozenset({"member_known", "member_joined", "member_forgotten"})  # of the pay screen
# What comes by itself: no sheet may vanish under a finger for it.
_NOBODY_ASKED: Final = frozenset({"prices_fell", "recalled_meanwhile"})


@QmlElement
class LaneViewModel(Parts):
    """Mirrors LaneView and forwards touches to LaneActions. `sheet` is the view's own: what lies over the basket."""

    screenChanged = Signal()
    languageChanged = Signal()
    shopNameChanged = Signal()
    laneNameChanged = Signal()
    noticeTextChanged = Signal()
    noticeGoodChanged = Signal()
    noticeSerialChanged = Signal()
    helpCalledChanged = Signal()
    listTextChanged = Signal()
    listTimeChanged = Signal()
    onlineChanged = Signal()
    rungChanged = Signal()
    rungTextChanged = Signal()
    rungHintChanged = Signal()
    idleWarningChanged = Signal()
    faultTextChanged = Signal()
    outTextChanged = Signal()
    sheetChanged = Signal()
    searchChanged = Signal()
    typedCodeChanged = Signal()

    def __init__(
        self,
        actions: LaneActions,
        texts: Texts,
        parent: QObject | None = None,
        *,
        languages: Sequence[str] = (),
    ) -> None:
        """`languages` are those that this lane offers, its first one first; none for all that there are."""
        offered = tuple(language for language in languages if language in texts.languages) or texts.languages
        super().__init__(
            actions,
            texts,
            parent,
            screen="",
            language=offered[0],
            shopName="",
            laneName="",
            noticeText="",
            noticeGood=False,
            noticeSerial=0,
            helpCalled=False,
            listText="",
            listTime="",
            online=True,
            rung="full",
            rungText="",
            rungHint="",
            idleWarning=0,
            faultText="",
            outText="",
            sheet="",
            search="",
            typedCode="",
        )
        self._languages = offered
        self._view: LaneView | None = None

    def show(self, view: LaneView) -> None:
        """Take a snapshot over; on the Qt thread."""
        old, self._view = self._view, view
        if old is not None and differ_in_weight_only(old, view):
            self._weigh.show(view)  # ten times a second: nothing else is looked at for that
            return
        self._show(view)

    def _show(self, view: LaneView) -> None:
        language, text = view.language, self._texts.text
        self.show_parts(view)
        self._close_stale_sheet(view)
        notice, prices = view.notice, view.price_list
        newest = prices.as_of or prices.published_at
        as_of = date_time_text(newest, view.time_zone, language)
        clock = clock_text(newest, view.time_zone, language)
        self.put(
            language=language,
            shopName=name_in(view.shop_names, language),
            laneName=lane_name(self._texts, view.lane, language),
            noticeText=self._notice_text(notice, view.screen, language),
            noticeGood=notice.good if notice else False,
            noticeSerial=notice.serial if notice else 0,
            helpCalled=view.help_called,
            listText=text(language, "common.prices_as_of", time=clock) if prices.old else "",
            listTime=text(language, "stale.as_of", time=as_of) if as_of else text(language, "stale.never"),
            online=prices.online,
            **self._rung(view.offline.rung, language),
            idleWarning=view.idle_warning_s,
            faultText=text(language, f"fault.{view.fault}") if view.fault else "",
            # Whoever has a payment open here must not be sent to pay at the next till.
            outText=text(language, "out_of_service.text_paying" if view.payment else "out_of_service.text"),
        )
        self.put(screen=view.screen.value)

    def _rung(self, rung: Rung, language: str) -> dict[str, str]:
        """How to pay while not every way works; nothing on the first rung."""
        words = {"rungText": "", "rungHint": ""}
        if rung is not Rung.FULL:
            hint = f"rung.{rung}_text" if rung is not Rung.CLOSED else "no_way.text"
            words = {
                "rungText": self._texts.text(language, f"rung.{rung}"),
                "rungHint": self._texts.text(language, hint),
            }
        return {"rung": rung.value, **words}

    def _notice_text(self, notice: Notice | None, screen: Screen, language: str) -> str:
        """What was scanned shows in its line, a member in the strip: only what these cannot say is said in words."""
        if notice is None or notice.code in _SEEN_IN_THE_LIST:
            return ""
        if screen is Screen.PAY and notice.code in _SEEN_IN_THE_STRIP:
            return ""
        params = dict(notice.params)
        if notice.names:
            params["name"] = name_in(notice.names, language)
        if "lane" in params:
            params["lane"] = lane_name(self._texts, params["lane"], language)
        return self._texts.text(language, f"notice.{notice.code}", **params)

    def _close_stale_sheet(self, view: LaneView) -> None:
        """A sheet belongs to the screen it was opened on, and a scan closes it: its line must be seen."""
        notice = view.notice
        answered = notice is not None and notice.code not in _NOBODY_ASKED
        said = answered and notice is not None and notice.serial != self.value("noticeSerial")
        moved = view.screen.value != self.value("screen") or view.weighing is not None
        answered_join = self.value("sheet") == "joining" and (view.join is None or view.phone is not None)
        if self.value("sheet") and (moved or said or answered_join):
            self.closeSheet()

    # --- what QML reads ---

    @Property(str, notify=screenChanged)
    def screen(self) -> str:
        """The screen that the lane's state calls for, see kiosk.services.lane_view.Screen."""
        return str(self.value("screen"))

    @Property(str, notify=languageChanged)
    def language(self) -> str:
        return str(self.value("language"))

    @Property("QVariantList", constant=True)  # type: ignore[arg-type] # the stubs know no type names
    def languages(self) -> list[dict[str, str]]:
        """`{tag, short, name}` of each language offered."""
        return [
            {"tag": tag, "short": self._texts.text(tag, "language.short"), "name": self._texts.name(tag)}
            for tag in self._languages
        ]

    @Property(str, notify=shopNameChanged)
    def shopName(self) -> str:
        return str(self.value("shopName"))

    @Property(str, notify=laneNameChanged)
    def laneName(self) -> str:
        return str(self.value("laneName"))

    @Property(str, notify=noticeTextChanged)
    def noticeText(self) -> str:
        return str(self.value("noticeText"))

    @Property(bool, notify=noticeGoodChanged)
    def noticeGood(self) -> bool:
        return bool(self.value("noticeGood"))

    @Property(int, notify=noticeSerialChanged)
    def noticeSerial(self) -> int:
        return int(self.value("noticeSerial"))

    @Property(bool, notify=helpCalledChanged)
    def helpCalled(self) -> bool:
        return bool(self.value("helpCalled"))

    @Property(str, notify=listTextChanged)
    def listText(self) -> str:
        """'Prices as of ...' while the list is old, else empty."""
        return str(self.value("listText"))

    @Property(str, notify=listTimeChanged)
    def listTime(self) -> str:
        """When the list was the newest for certain, in words."""
        return str(self.value("listTime"))

    @Property(bool, notify=onlineChanged)
    def online(self) -> bool:
        return bool(self.value("online"))

    @Property(str, notify=rungChanged)
    def rung(self) -> str:
        """Where on the offline ladder the lane stands: full, terminal_only, pay_at_till or closed."""
        return str(self.value("rung"))

    @Property(str, notify=rungTextChanged)
    def rungText(self) -> str:
        """How to pay while not every way works; empty while all is well."""
        return str(self.value("rungText"))

    @Property(str, notify=rungHintChanged)
    def rungHint(self) -> str:
        """What that means for the shopper."""
        return str(self.value("rungHint"))

    @Property(int, notify=idleWarningChanged)
    def idleWarning(self) -> int:
        """Seconds until the basket is put away; 0: no warning."""
        return int(self.value("idleWarning"))

    @Property(str, notify=outTextChanged)
    def outText(self) -> str:
        """What the shopper is told while the lane is out of service."""
        return str(self.value("outText"))

    @Property(str, notify=faultTextChanged)
    def faultText(self) -> str:
        return str(self.value("faultText"))

    @Property(str, notify=sheetChanged)
    def sheet(self) -> str:
        """What lies over the screen: '', 'loose', 'keypad', 'quantity', 'bags', 'cancel', 'joining', 'plate' or
        'ticket'."""
        return str(self.value("sheet"))

    @Property(str, notify=searchChanged)
    def search(self) -> str:
        """Letters picked so far in the search of loose goods."""
        return str(self.value("search"))

    @Property(str, notify=typedCodeChanged)
    def typedCode(self) -> str:
        """Digits picked so far on the pad."""
        return str(self.value("typedCode"))

    # --- what QML asks ---

    @Slot(str)
    def openSheet(self, sheet: str) -> None:
        self.put(sheet=sheet, search="", typedCode="")
        self._parking.begin(sheet)
        if sheet == "loose":
            self._actions.browse("", "")
        elif sheet == "joining":
            self._join.begin()
        self._actions.touched()

    @Slot()
    def closeSheet(self) -> None:
        self._loose.pick("")
        self._parking.begin("")
        self.put(sheet="", search="", typedCode="")

    @Slot(str)
    def typed(self, text: str) -> None:
        """A key of the screen's own pad, or one that a person typed; a backspace takes the last one back."""
        if self._phone.value("step"):
            self._phone.press(text)
        elif self.value("sheet") in {"plate", "ticket"}:
            self._parking.press(text)
        elif self.value("sheet") == "loose":
            self._edit("search", text.upper(), _SEARCH_LENGTH)
            self._actions.browse("", self.value("search"))
        elif self.value("sheet") in _LONGEST and (text == "\b" or (text.isascii() and text.isdigit())):
            self._edit("typedCode", text, _LONGEST[self.value("sheet")])

    def _edit(self, name: str, text: str, longest: int) -> None:
        old = self.value(name)
        self.put(**{name: old[:-1] if text == "\b" else (old + text)[:longest]})

    @Slot()
    def clearTyped(self) -> None:
        self.put(search="", typedCode="")
        if self.value("sheet") == "loose":
            self._actions.browse("", "")

    @Slot()
    def enterTyped(self) -> None:
        code = self.value("typedCode")
        self.closeSheet()
        if code:
            self._actions.enter_code(code)

    @Slot(int)
    def openQuantity(self, line: int) -> None:
        """Ask how many of a line it shall be."""
        self._basket.edit(line)
        self.openSheet("quantity")

    @Slot()
    def enterQuantity(self) -> None:
        line, quantity = int(self._basket.value("editedLine")), int(self.value("typedCode") or 0)
        self.closeSheet()
        if line and quantity:
            self._actions.set_quantity(line, quantity)

    @Slot(str)
    def chooseCategory(self, category: str) -> None:
        self.put(search="")
        self._actions.browse(category, "")

    @Slot(str)
    def pickLoose(self, sku: str) -> None:
        """Look at one of the goods closely, or weigh them; an empty SKU goes back to all of them."""
        if self._loose.weighs_here(sku):
            self.addLoose(sku, 1)
        else:
            self._loose.pick(sku)

    @Slot(str, int)
    def addLoose(self, sku: str, quantity: int) -> None:
        self.closeSheet()
        self._actions.add_loose(sku, quantity)

    @Slot()
    def cancelBasket(self) -> None:
        self.closeSheet()
        self._actions.cancel_basket()
