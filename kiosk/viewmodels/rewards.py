"""What a sale brought its shopper, as cards on the last screen: points, coupons, red packets, the member's own page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.services.formats import money_text
from kiosk.services.lane_view import LaneView
from kiosk.services.member_view import RewardsView, RewardView
from kiosk.services.offer_texts import view_speech
from kiosk.services.texts import Texts
from kiosk.viewmodels.mirror import Mirror
from kiosk.viewmodels.offer_rows import own_offer
from kiosk.viewmodels.rows import Row, RowModel
from retail.product import name_in

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_ICONS: Final = {"coupon": "tag", "welcome": "gift", "red_packet": "packet", "points": "star"}


@QmlElement
class RewardsViewModel(Mirror):
    """Mirrors DoneView.rewards but for parking; the last ones stay while the screen slides away."""

    shownChanged = Signal()
    pageChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent, shown=False, page="")
        self._texts = texts
        self._cards = RowModel(("key", "icon", "title", "text", "strong", "code"), "key", self)

    def show(self, view: LaneView) -> None:
        """Take a snapshot over."""
        if view.done is None:
            return
        rewards = view.done.rewards
        cards = [] if rewards.state == "none" else list(self._all(rewards, view))
        self._cards.show(cards)
        page = rewards.page if rewards.state != "none" else ""
        self.put(shown=bool(cards or page or rewards.parking), page=page)

    def _all(self, rewards: RewardsView, view: LaneView) -> list[Row]:
        cards = [] if not rewards.joined else [self._joined(rewards, view)]
        if rewards.points:
            cards.append(self._points(rewards, view))
        elif rewards.state in {"waiting", "offline"}:
            cards.append(self._pending(rewards, view))
        return cards + [self._reward(place, one, rewards, view) for place, one in enumerate(rewards.rewards)]

    def _joined(self, rewards: RewardsView, view: LaneView) -> Row:
        names = " · ".join(name_in(club, view.language) for club in rewards.joined)
        title = self._texts.text(view.language, "rewards.joined", clubs=names)
        return _card("joined", "member", title, self._texts.text(view.language, "rewards.joined_hint"))

    def _points(self, rewards: RewardsView, view: LaneView) -> Row:
        text, language = self._texts.text, view.language
        under = ""
        if rewards.state in {"waiting", "offline"}:
            under = text(language, f"rewards.{rewards.state}")
        elif rewards.balance >= 0:
            under = text(language, "rewards.balance", n=rewards.balance)
        return _card("points", "star", text(language, "rewards.points", n=rewards.points), under)

    def _pending(self, rewards: RewardsView, view: LaneView) -> Row:
        text, language = self._texts.text, view.language
        title = text(language, f"rewards.{rewards.state}_title")
        return _card("pending", "clock", title, text(language, f"rewards.{rewards.state}"))

    def _reward(self, place: int, reward: RewardView, rewards: RewardsView, view: LaneView) -> Row:
        """A member finds a coupon on their page; whoever is none needs its code."""
        text, language = self._texts.text, view.language
        title, under, shown = self._said(reward, view)
        if reward.code and not rewards.member:
            under = text(language, "rewards.code", code=reward.code)
        return _card(
            f"{place} {reward.kind}",
            _ICONS.get(reward.kind, "tag"),
            title,
            under,
            strong=reward.kind == "red_packet",
            code="" if rewards.member or not shown else reward.code,
        )

    def _said(self, reward: RewardView, view: LaneView) -> tuple[str, str, bool]:
        """What it is, what goes with it, and whether it is a coupon."""
        text, language = self._texts.text, view.language
        if reward.kind == "points":
            return text(language, "rewards.points", n=reward.points), text(language, "rewards.extra"), False
        if reward.kind == "red_packet":
            amount = money_text(reward.amount_minor, view.currency, language)
            return text(language, "rewards.red_packet", amount=amount), text(language, "rewards.red_packet_hint"), True
        lead = text(language, "rewards.welcome" if reward.kind == "welcome" else "rewards.coupon")
        if reward.campaign is None:
            return lead, text(language, "rewards.kept"), True
        return own_offer(reward.campaign, view_speech(self._texts, view)), lead, True

    @Property(bool, notify=shownChanged)
    def shown(self) -> bool:
        """Whether there is anything to show beside what was paid."""
        return bool(self.value("shown"))

    @Property(str, notify=pageChanged)
    def page(self) -> str:
        """The address of the member's own page, for a code; empty for nobody."""
        return str(self.value("page"))

    @Property(RowModel, constant=True)
    def cards(self) -> RowModel:
        """`{key, icon, title, text, strong, code}` of each, in the order of their weight."""
        return self._cards


def _card(key: str, icon: str, title: str, text: str, *, strong: bool = False, code: str = "") -> Row:
    return {"key": key, "icon": icon, "title": title, "text": text, "strong": strong, "code": code}
