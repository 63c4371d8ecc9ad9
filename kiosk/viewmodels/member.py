"""A member as QML shows them: who is recognised, what that saves, the coupons of their own, the basket's card."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services.formats import date_text, money_text
from kiosk.services.lane_view import LaneActions, LaneView
from kiosk.services.member_view import MemberView, OwnCouponView
from kiosk.services.offer_texts import view_speech
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror
from kiosk.viewmodels.offer_rows import own_offer
from kiosk.viewmodels.phone import starred
from kiosk.viewmodels.rows import Row, RowModel
from retail.product import name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class MemberViewModel(Mirror):
    """Mirrors LaneView.member and own_coupons. `state`: '' (nobody), 'known' or 'joining' (by this payment)."""

    stateChanged = Signal()
    titleChanged = Signal()
    detailChanged = Signal()
    savingChanged = Signal()
    leaveTextChanged = Signal()
    asksChanged = Signal()
    cardLeadChanged = Signal()
    cardAboutChanged = Signal()
    couponCountChanged = Signal()

    def __init__(self, actions: LaneActions, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(
            parent,
            state="",
            title="",
            detail="",
            saving="",
            leaveText="",
            asks=False,
            cardLead="",
            cardAbout="",
            couponCount=0,
        )
        self._actions = actions
        self._texts = texts
        self._coupons = RowModel(("code", "text", "until", "waiting"), "code", self)

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        member = view.member
        self._coupons.show([self._coupon(coupon, view) for coupon in view.own_coupons])
        self.put(
            state="" if member is None else "joining" if member.joining and member.by == "wallet" else "known",
            asks=view.has_membership and member is None,
            couponCount=len(view.own_coupons),
            cardLead=self._card_lead(view),
            cardAbout=self._texts.text(view.language, "member.card_hint") if member is None else "",
        )
        if member is not None:
            self._show_member(member, view)

    def _show_member(self, member: MemberView, view: LaneView) -> None:
        saving = self._amount(member.saving_minor, view)
        leave = "undo" if member.joining and member.by == "wallet" else "forget"
        self.put(
            title=self._title(member, view.language),
            detail=" · ".join(self._details(member, view.language)),
            saving=self._texts.text(view.language, "member.saves", amount=saving) if member.saving_minor else "",
            leaveText=self._texts.text(view.language, f"member.{leave}"),
        )

    def _title(self, member: MemberView, language: str) -> str:
        if member.joining and member.by == "wallet":
            return self._texts.text(language, "member.title_joining")
        if member.masked:
            return self._texts.text(language, "member.title", who=starred(member.masked))
        return self._texts.text(language, "member.title_plain")

    def _details(self, member: MemberView, language: str) -> list[str]:
        """What counts, the weightiest first; what is not known yet is not guessed."""
        text = self._texts.text
        # Of a member the shop's own club goes without saying; who is about to join sees what.
        shown = member.clubs if member.joining else member.clubs[1:]
        found = [name_in(names, language) for names in shown]
        if member.points:
            found.append(text(language, "member.earns", n=member.points))
        if member.balance >= 0:
            found.append(text(language, "member.balance", n=member.balance))
        if member.waiting:
            found.append(text(language, "member.waiting"))
        elif member.joining and member.by == "wallet":
            found.append(text(language, "member.joining_hint"))
        return found

    def _card_lead(self, view: LaneView) -> str:
        """What the basket's card says first: who is recognised, what members save, or nothing of either."""
        if not view.has_membership:
            return ""
        if view.member is not None:
            return self._title(view.member, view.language)
        saving = max((hint.hint.saving_minor for hint in view.hints if hint.hint.club), default=0)
        if saving:
            return self._texts.text(view.language, "member.card_saving", amount=self._amount(saving, view))
        return self._texts.text(view.language, "member.card_plain")

    def _coupon(self, coupon: OwnCouponView, view: LaneView) -> Row:
        until = date_text(coupon.expires_at, view.time_zone, view.language)
        return {
            "code": coupon.code,
            "text": own_offer(coupon.campaign, view_speech(self._texts, view)),
            "until": self._texts.text(view.language, "member.until", date=until) if until else "",
            "waiting": coupon.waiting,
        }

    def _amount(self, minor: int, view: LaneView) -> str:
        return money_text(minor, view.currency, view.language)

    @Property(str, notify=stateChanged)
    def state(self) -> str:
        """Empty for nobody, known, or joining with this payment."""
        return str(self.value("state"))

    @Property(str, notify=titleChanged)
    def title(self) -> str:
        """Who is recognised, masked; that somebody is, while the name is not known."""
        return str(self.value("title"))

    @Property(str, notify=detailChanged)
    def detail(self) -> str:
        """Brands, points, balance; what is still to come."""
        return str(self.value("detail"))

    @Property(str, notify=savingChanged)
    def saving(self) -> str:
        """What membership takes off this basket, in words; empty for nothing."""
        return str(self.value("saving"))

    @Property(str, notify=leaveTextChanged)
    def leaveText(self) -> str:
        """How the shopper becomes nobody again."""
        return str(self.value("leaveText"))

    @Property(bool, notify=asksChanged)
    def asks(self) -> bool:
        """Whether a member may say here that they are one."""
        return bool(self.value("asks"))

    @Property(str, notify=cardLeadChanged)
    def cardLead(self) -> str:
        """The basket's small card; empty where the shop has no membership."""
        return str(self.value("cardLead"))

    @Property(str, notify=cardAboutChanged)
    def cardAbout(self) -> str:
        """What to do about it; empty for a member."""
        return str(self.value("cardAbout"))

    @Property(int, notify=couponCountChanged)
    def couponCount(self) -> int:
        """How many coupons of their own the member has left."""
        return int(self.value("couponCount"))

    @Property(RowModel, constant=True)
    def coupons(self) -> RowModel:
        """The member's own coupons that are not on the basket yet."""
        return self._coupons

    @Slot(str)
    def useCoupon(self, code: str) -> None:
        self._actions.use_coupon(code)

    @Slot()
    def leave(self) -> None:
        """Nobody again: a joining that was begun is refused, a member forgotten."""
        if self.value("state") == "joining":
            self._actions.refuse_joining()
        else:
            self._actions.forget_member()

    @Slot()
    def typeNumber(self) -> None:
        """Say by a phone number that one is a member."""
        self._actions.open_phone((), ())
