"""The offer to join with this payment, and the sheet with each consent by itself, none of them ticked beforehand."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_text
from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.member_view import AskView, ClubView, JoinView
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror
from kiosk.viewmodels.rows import Row, RowModel
from retail.product import name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class JoinViewModel(Mirror):
    """Mirrors LaneView.join. What was ticked is the view's own, by key '<club> <purpose>', and gone with the offer."""

    offeredChanged = Signal()
    titleChanged = Signal()
    termsChanged = Signal()
    yesTextChanged = Signal()
    ownTextChanged = Signal()
    byWalletChanged = Signal()
    byPhoneChanged = Signal()
    canJoinChanged = Signal()

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            offered=False,
            title="",
            terms="",
            yesText="",
            ownText="",
            byWallet=False,
            byPhone=False,
            canJoin=False,
        )
        self._actions = actions
        self._texts = texts
        self._asks = RowModel(("key", "club", "heading", "note", "text", "boxed", "ticked", "usable"), "key", self)
        self._ticked: frozenset[str] = frozenset()
        self._view: LaneView | None = None

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        join, self._view = view.join, view
        if join is None or not (join.by_wallet or join.by_phone):
            self._ticked = frozenset()
            self._asks.show([])
            self.put(offered=False, canJoin=False)
            return
        several, language = len(join.clubs) > 1, view.language
        names = [name_in(club.names, language) for club in join.clubs]
        text = self._texts.text
        self.put(
            title=self._title(join, view),
            terms=text(language, "join.terms", clubs=" · ".join(names)),
            yesText=text(language, "join.yes_all" if several else "join.yes"),
            ownText=text(language, "join.yes_own", club=names[0]) if several else "",
            byWallet=join.by_wallet,
            byPhone=join.by_phone,
            offered=True,
        )
        self._show_asks(join, view)

    def _title(self, join: JoinView, view: LaneView) -> str:
        key = ("saving" if join.saving_minor else "free") + ("" if join.by_wallet else "_phone")
        amount = money_text(join.saving_minor, view.currency, view.language)
        return self._texts.text(view.language, f"join.{key}", amount=amount)

    def _show_asks(self, join: JoinView, view: LaneView) -> None:
        chosen = self._chosen(join)
        rows = [self._ask(ask, club, join, view) for club in join.clubs for ask in club.asks]
        self._asks.show(rows)
        self.put(canJoin=bool(chosen))

    def _ask(self, ask: AskView, club: ClubView, join: JoinView, view: LaneView) -> Row:
        """Joining the only club there is needs no box: the button says it."""
        key, boxed = _key(ask), len(join.clubs) > 1 or not ask.required
        text, language = self._texts.text, view.language
        purpose = text(language, "join.means" if not boxed else f"join.purpose_{ask.purpose}")
        amount = money_text(club.saving_minor, view.currency, language)
        saves = text(language, "join.saves", amount=amount) if ask.required and club.saving_minor else ""
        return {
            "key": key,
            "club": name_in(club.names, language),
            "heading": purpose,
            "note": saves,
            "text": name_in(ask.texts, language),
            "boxed": boxed,
            "ticked": key in self._ticked,
            "usable": ask.required or club.id in self._chosen(join),
        }

    def _chosen(self, join: JoinView) -> tuple[str, ...]:
        """The clubs that are joined by the sheet as it is ticked now."""
        if len(join.clubs) == 1:
            return (join.clubs[0].id,)
        required = {ask.club for club in join.clubs for ask in club.asks if ask.required and _key(ask) in self._ticked}
        return tuple(club.id for club in join.clubs if club.id in required)

    def _further(self, join: JoinView) -> tuple[tuple[str, str], ...]:
        """The further purposes that were ticked, of clubs that are joined: no other is consented to."""
        chosen = self._chosen(join)
        asks = (ask for club in join.clubs if club.id in chosen for ask in club.asks if not ask.required)
        return tuple((ask.club, ask.purpose) for ask in asks if _key(ask) in self._ticked)

    def begin(self) -> None:
        """The sheet opens: nothing is ticked."""
        self._tick(frozenset())

    def _tick(self, ticked: frozenset[str]) -> None:
        self._ticked = ticked
        if self._view is not None and self._view.join is not None:
            self._show_asks(self._view.join, self._view)

    @Property(bool, notify=offeredChanged)
    def offered(self) -> bool:
        """Whether the strip is shown."""
        return bool(self.value("offered"))

    @Property(str, notify=titleChanged)
    def title(self) -> str:
        """What joining saves."""
        return str(self.value("title"))

    @Property(str, notify=termsChanged)
    def terms(self) -> str:
        """What one touch on it agrees to."""
        return str(self.value("terms"))

    @Property(str, notify=yesTextChanged)
    def yesText(self) -> str:
        """The button that joins all that is offered."""
        return str(self.value("yesText"))

    @Property(str, notify=ownTextChanged)
    def ownText(self) -> str:
        """The button that joins the shop's own club alone; empty where there is no other."""
        return str(self.value("ownText"))

    @Property(bool, notify=byWalletChanged)
    def byWallet(self) -> bool:
        """Whether the payment can tell who joins."""
        return bool(self.value("byWallet"))

    @Property(bool, notify=byPhoneChanged)
    def byPhone(self) -> bool:
        """Whether a number and a code can."""
        return bool(self.value("byPhone"))

    @Property(bool, notify=canJoinChanged)
    def canJoin(self) -> bool:
        """Whether the sheet, as it is ticked, joins anything."""
        return bool(self.value("canJoin"))

    @Property(RowModel, constant=True)
    def asks(self) -> RowModel:
        """Each consent by itself, word for word."""
        return self._asks

    @Slot(str)
    def tick(self, key: str) -> None:
        """Tick a consent, or take the tick back."""
        self._tick(self._ticked ^ {key})

    @Slot()
    def joinAll(self) -> None:
        """One touch: all that the strip offers, and no further purpose."""
        if self._view is not None and self._view.join is not None:
            self._join(tuple(club.id for club in self._view.join.clubs), ())

    @Slot()
    def joinOwn(self) -> None:
        """The shop's own club alone."""
        if self._view is not None and self._view.join is not None:
            self._join((self._view.join.clubs[0].id,), ())

    def _join(self, clubs: tuple[str, ...], further: tuple[tuple[str, str], ...]) -> None:
        if self.value("byWallet"):
            self._actions.join(clubs, further)
        else:
            self._actions.open_phone(clubs, further)

    @Slot(bool)
    def joinTicked(self, by_phone: bool) -> None:
        """What was ticked in the sheet."""
        if self._view is None or self._view.join is None:
            return
        join = self._view.join
        if by_phone:
            self._actions.open_phone(self._chosen(join), self._further(join))
        else:
            self._actions.join(self._chosen(join), self._further(join))

    @Slot()
    def refuse(self) -> None:
        self._actions.refuse_joining()


def _key(ask: AskView) -> str:
    return f"{ask.club} {ask.purpose}"
