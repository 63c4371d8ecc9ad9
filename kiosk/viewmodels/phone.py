"""The sheet for a phone number: typed on large keys, shown in groups, forgotten with the sheet."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.member_view import PhoneView
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_LONGEST: Final = {"number": 15, "code": 8}  # E.164; codes are six digits with most senders
_SHORTEST: Final = {"number": 8, "code": 4}
_PROBLEMS: Final = frozenset({"offline", "unknown", "wrong_code", "expired", "too_many", "refused"})
_MAINLAND: Final = 11  # digits of a mobile number there, read out as 3, 4 and 4


@QmlElement
class PhoneViewModel(Mirror):
    """Mirrors LaneView.phone. `step`: '' (closed), 'number', 'code' or 'checking'."""

    stepChanged = Signal()
    titleChanged = Signal()
    leadChanged = Signal()
    hintChanged = Signal()
    typedChanged = Signal()
    problemChanged = Signal()
    enterTextChanged = Signal()
    canEnterChanged = Signal()
    againTextChanged = Signal()
    canAskAgainChanged = Signal()

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            step="",
            title="",
            lead="",
            hint="",
            typed="",
            problem="",
            enterText="",
            canEnter=False,
            againText="",
            canAskAgain=False,
        )
        self._actions = actions
        self._texts = texts
        self._digits = ""
        self._number = ""  # for another code; gone with the sheet

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        phone, text = view.phone, self._texts.text
        if phone is None:
            self._digits = self._number = ""
            self.put(step="", typed="", canEnter=False)
            return
        if self._is_another_step(phone):
            self._digits = ""
        enter = ("confirm" if phone.step == "code" else "send") if phone.joining else "look"
        problem = phone.problem if phone.problem in _PROBLEMS else "other"
        again = text(view.language, "phone.again_in", n=phone.again_in_s)
        self.put(
            title=text(view.language, "phone.join" if phone.joining else "phone.find"),
            lead=self._lead(phone, view.language),
            hint=text(view.language, "phone.code" if phone.step == "code" else "phone.number"),
            problem=text(view.language, f"phone.problem_{problem}") if phone.problem else "",
            enterText=text(view.language, f"phone.{enter}"),
            againText=again if phone.again_in_s else text(view.language, "phone.again"),
            canAskAgain=phone.step == "code" and not phone.again_in_s and bool(self._number),
            step=phone.step,
        )
        self._show_typed()

    def _is_another_step(self, phone: PhoneView) -> bool:
        """What was typed stays while it is checked, so that it can be mended; a wrong code is typed anew."""
        before = self.value("step")
        if before == "checking":
            return phone.step == "code" or (phone.step == "number" and not phone.problem)
        return phone.step not in {before, "checking"}

    def _lead(self, phone: PhoneView, language: str) -> str:
        if phone.step == "code" and phone.shown:
            return self._texts.text(language, "phone.sent", number=starred(phone.shown))
        return self._texts.text(language, "phone.note" if phone.joining else "phone.or_code")

    def _show_typed(self) -> None:
        step, typed = str(self.value("step")), len(self._digits)
        shown = self._digits if step == "code" else grouped(self._digits)
        self.put(typed=shown, canEnter=typed >= _SHORTEST.get(step, typed + 1))

    @Property(str, notify=stepChanged)
    def step(self) -> str:
        """Empty while the sheet is closed, number, code or checking."""
        return str(self.value("step"))

    @Property(str, notify=titleChanged)
    def title(self) -> str:
        """What the sheet is for."""
        return str(self.value("title"))

    @Property(str, notify=leadChanged)
    def lead(self) -> str:
        """Where the code went, or what becomes of the number."""
        return str(self.value("lead"))

    @Property(str, notify=hintChanged)
    def hint(self) -> str:
        """What is to be typed, while nothing is."""
        return str(self.value("hint"))

    @Property(str, notify=typedChanged)
    def typed(self) -> str:
        """The digits so far, in groups."""
        return str(self.value("typed"))

    @Property(str, notify=problemChanged)
    def problem(self) -> str:
        """What went wrong and what to do; empty if nothing did."""
        return str(self.value("problem"))

    @Property(str, notify=enterTextChanged)
    def enterText(self) -> str:
        """The one main act."""
        return str(self.value("enterText"))

    @Property(bool, notify=canEnterChanged)
    def canEnter(self) -> bool:
        """Whether enough digits are there."""
        return bool(self.value("canEnter"))

    @Property(str, notify=againTextChanged)
    def againText(self) -> str:
        """Another code, or in how many seconds."""
        return str(self.value("againText"))

    @Property(bool, notify=canAskAgainChanged)
    def canAskAgain(self) -> bool:
        """Whether another code can be sent by now."""
        return bool(self.value("canAskAgain"))

    @Slot(str)
    def press(self, key: str) -> None:
        """A digit of the pad, or a backspace."""
        longest = _LONGEST.get(str(self.value("step")))
        if longest is None or not (key == "\b" or (key.isascii() and key.isdigit())):
            return
        self._digits = self._digits[:-1] if key == "\b" else (self._digits + key)[:longest]
        self._show_typed()
        self._actions.touched()

    @Slot()
    def clear(self) -> None:
        self._digits = ""
        self._show_typed()

    @Slot()
    def enter(self) -> None:
        """The number, or the code that was sent to it."""
        if not self.value("canEnter"):
            return
        if self.value("step") == "code":
            self._actions.enter_phone_code(self._digits)
        else:
            self._number = self._digits
            self._actions.enter_phone(self._digits)

    @Slot()
    def again(self) -> None:
        """Another code to the same number."""
        if self.value("canAskAgain"):
            self._actions.enter_phone(self._number)

    @Slot()
    def close(self) -> None:
        self._actions.close_phone()


def grouped(digits: str) -> str:
    """As people read numbers out: 138 0013 8000; others in fours."""
    if digits.startswith("1") and len(digits) <= _MAINLAND:
        parts = [digits[:3], digits[3:7], digits[7:]]
    else:
        parts = [digits[place : place + 4] for place in range(0, len(digits), 4)]
    return " ".join(filter(None, parts))


def starred(masked: str) -> str:
    """What is masked with stars: the dots of a Chinese font are as wide as its letters."""
    return masked.replace("·", "*").replace("•", "*")
