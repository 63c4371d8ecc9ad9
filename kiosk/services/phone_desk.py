"""The sheet for a phone number: to be recognised by it, or to join by it and a code; closed at any moment.

The number is in memory for as long as the sheet is open. What the hub answers after that counts while the basket is
open, as if the sheet were there: the shopper was told that nobody need wait.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kiosk.services.basket import Word
from kiosk.services.joining_desk import JoiningDesk
from kiosk.services.lane import Lane
from kiosk.services.member_book import CodeSent, Known, MemberBook, Refused
from kiosk.services.member_desk import MemberDesk
from kiosk.services.member_view import PhoneView
from kiosk.services.stages import OPEN_BASKET
from kiosk.services.visitor import PhoneSheet, Told, Visitor
from retail.membership.visit import BY_PHONE

_NUMBER: Final = re.compile(r"\+?[0-9]{6,15}")
_LEFT_OPEN: Final = 4  # last digits of a number that are shown
NUMBER, CODE, CHECKING = "number", "code", "checking"


class PhoneDesk:
    """Runs on the till's thread."""

    def __init__(self, lane: Lane, members: MemberDesk, joining: JoiningDesk) -> None:
        self._lane = lane
        self._members = members
        self._joining = joining

    def open(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """To join these clubs, or with none to be recognised."""
        lane = self._lane
        joining = self._joining.joining(BY_PHONE, clubs, ticked) if clubs else None
        if lane.programme is None or (clubs and (joining is None or not self._joining.by_phone)):
            lane.say(Word("cannot_now"))
            return
        lane.visitor.phone = PhoneSheet(lane.register.new_key(), joining)

    def close(self) -> None:
        """Put it away."""
        sheet, self._lane.visitor.phone = self._lane.visitor.phone, None
        if sheet is not None:
            sheet.number = ""

    def enter_number(self, number: str) -> None:
        """Typed; once it was sent, nothing or the same asks for another code."""
        sheet, book = self._lane.visitor.phone, self._lane.ports.members
        if sheet is None or book is None or sheet.step == CHECKING:
            return
        typed = re.sub(r"[\s().-]", "", number) or sheet.number
        if typed != sheet.number:
            sheet.number, sheet.again_at = typed, 0.0
        if _NUMBER.fullmatch(sheet.number) is None:
            sheet.step, sheet.problem = NUMBER, "refused" if sheet.joining else "unknown"
        elif sheet.joining is None:
            self._find(sheet, book)
        elif self._again_s(sheet):
            sheet.step = CODE  # one is on its way
        else:
            self._send(sheet, book)

    def enter_code(self, code: str) -> None:
        """The code that came to the number."""
        visitor, book = self._lane.visitor, self._lane.ports.members
        sheet = visitor.phone
        if sheet is None or book is None or sheet.joining is None or sheet.step != CODE:
            return
        joining, before = sheet.joining, visitor.claim
        sheet.step, sheet.problem = CHECKING, ""

        def done(answer: Known | Refused) -> None:
            if isinstance(answer, Known):
                self._told(visitor, sheet, before, Told(BY_PHONE, answer, joining))
            else:
                sheet.step, sheet.problem = CODE, answer.why

        book.join_by_phone(sheet.claim, sheet.number, code.strip(), joining.given, done)

    def view(self) -> PhoneView | None:
        """What the screen shows of it."""
        sheet = self._lane.visitor.phone
        if sheet is None or self._lane.screen not in OPEN_BASKET:
            return None
        shown = _masked(sheet.number) if sheet.step == CODE else ""
        return PhoneView(sheet.step, sheet.joining is not None, shown, sheet.problem, self._again_s(sheet))

    def _find(self, sheet: PhoneSheet, book: MemberBook) -> None:
        visitor, before = self._lane.visitor, self._lane.visitor.claim
        sheet.step, sheet.problem = CHECKING, ""
        # Another number is another shopper: under one claim the hub would take the two for one.
        sheet.claim = self._lane.register.new_key()

        def done(answer: Known | Refused) -> None:
            if isinstance(answer, Known):
                self._told(visitor, sheet, before, Told(BY_PHONE, answer))
            else:
                sheet.step, sheet.problem = NUMBER, answer.why

        book.ask_phone(sheet.claim, sheet.number, done)

    def _send(self, sheet: PhoneSheet, book: MemberBook) -> None:
        before = sheet.step
        sheet.step, sheet.problem = CHECKING, ""

        def done(answer: CodeSent | Refused) -> None:
            if isinstance(answer, CodeSent):
                sheet.step, sheet.again_at = CODE, self._lane.ports.steady() + answer.again_s
            else:
                sheet.step, sheet.problem = before, answer.why

        book.send_code(sheet.number, self._lane.language, done)

    def _told(self, visitor: Visitor, sheet: PhoneSheet, before: str, told: Told) -> None:
        if visitor is not self._lane.visitor or visitor.claim != before:
            return  # that visit is over, or somebody else was recognised meanwhile
        if visitor.phone is sheet:
            visitor.phone = None
        visitor.told = told
        self._members.settle()

    def _again_s(self, sheet: PhoneSheet) -> int:
        return max(0, -int(-(sheet.again_at - self._lane.ports.steady()) // 1)) if sheet.again_at else 0


def _masked(number: str) -> str:
    hidden = max(0, len(number) - _LEFT_OPEN)
    return "•" * hidden + number[hidden:]
