"""Free parking on the last screen: for which car, typed as a plate or the number of a ticket, and what became of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ENDINGS: Final = "学警港澳使领挂"
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # GA 36: no I and no O, which are taken for digits
_DIGITS: Final = "0123456789"
_LONGEST: Final = {"plate": 8, "ticket": 20}
_SHORTEST: Final = {"plate": 4, "ticket": 4}
_HOUR: Final = 60


@QmlElement
class ParkingViewModel(Mirror):
    """Mirrors the parking of DoneView.rewards; what is typed is the view's own and gone with the sheet."""

    stateChanged = Signal()
    titleChanged = Signal()
    textChanged = Signal()
    typedChanged = Signal()
    keysChanged = Signal()
    canEnterChanged = Signal()
    provincesChanged = Signal()

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent, state="", title="", text="", typed="", keys=[*_LETTERS, *_DIGITS], canEnter=False, provinces=False
        )
        self._actions = actions
        self._texts = texts
        self._kind = ""
        self._mainland = False

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        self._mainland = view.currency == "CNY"  # plates there begin with the sign of a province
        if view.done is None:
            return
        rewards = view.done.rewards
        hours, rest = divmod(rewards.parking_minutes, _HOUR)
        key, number = ("minutes", rewards.parking_minutes) if rest or not hours else ("hours", hours)
        text = self._texts.text
        self.put(
            title=text(view.language, f"parking.{key}", n=number),
            text=text(view.language, f"parking.{rewards.parking}") if rewards.parking else "",
            state=rewards.parking,
        )

    def begin(self, kind: str) -> None:
        """A sheet opens, fresh: 'plate' or 'ticket'; any other name closes it."""
        self._kind = kind if kind in _LONGEST else ""
        self._type("")
        self._turn(provinces=self._mainland and kind == "plate")

    def _type(self, typed: str) -> None:
        shortest = _SHORTEST.get(self._kind)
        self.put(typed=typed, canEnter=shortest is not None and len(typed) >= shortest)

    def _turn(self, *, provinces: bool) -> None:
        self.put(provinces=provinces, keys=[*_PROVINCES, *_ENDINGS] if provinces else [*_LETTERS, *_DIGITS])

    @Property(str, notify=stateChanged)
    def state(self) -> str:
        """Empty where there is none, offered, asking, granted, refused or offline."""
        return str(self.value("state"))

    @Property(str, notify=titleChanged)
    def title(self) -> str:
        """How long, in words."""
        return str(self.value("title"))

    @Property(str, notify=textChanged)
    def text(self) -> str:
        """What to do, or what became of it."""
        return str(self.value("text"))

    @Property(str, notify=typedChanged)
    def typed(self) -> str:
        """The plate or ticket so far."""
        return str(self.value("typed"))

    @Property("QVariantList", notify=keysChanged)  # type: ignore[arg-type] # the stubs know no type names
    def keys(self) -> list[str]:
        """The signs on the plate's pad: provinces, or letters and digits."""
        return list(self.value("keys"))

    @Property(bool, notify=provincesChanged)
    def provinces(self) -> bool:
        """Which of the two the pad shows."""
        return bool(self.value("provinces"))

    @Property(bool, notify=canEnterChanged)
    def canEnter(self) -> bool:
        """Whether it is long enough to be one."""
        return bool(self.value("canEnter"))

    @Slot(str)
    def press(self, key: str) -> None:
        """A sign of the pad, or one that a person typed; a backspace takes the last one back."""
        typed, longest = str(self.value("typed")), _LONGEST.get(self._kind, 0)
        if key == "\b":
            self._type(typed[:-1])
            self._turn(provinces=self._mainland and self._kind == "plate" and len(typed) <= 1)
            return
        sign = key.upper()
        known = _DIGITS + _LETTERS + "IO" + (_PROVINCES + _ENDINGS if self._kind == "plate" else "-")
        if sign and sign in known and len(typed) < longest:
            self._type(typed + sign)
            self._turn(provinces=False)
        self._actions.touched()

    @Slot()
    def turn(self) -> None:
        """The other page of the pad."""
        self._turn(provinces=not self.value("provinces"))

    @Slot()
    def clear(self) -> None:
        self._type("")
        self._turn(provinces=self._mainland and self._kind == "plate")

    @Slot()
    def enter(self) -> None:
        """Tell the car park; what was typed is not kept."""
        kind, typed = self._kind, str(self.value("typed"))
        if self.value("canEnter"):
            self.begin("")
            self._actions.park(kind, typed)
