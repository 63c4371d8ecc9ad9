"""Who the shopper is: recognised by code, card or number, confirmed by the hub when it answers, or nobody.

What a code says by itself counts at once; what the hub tells later counts as long as the basket is open. Nothing waits.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from kiosk.services.basket import Word
from kiosk.services.coupon_desk import CouponDesk
from kiosk.services.lane import Lane
from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OFFLINE, Known, MemberBook, Refused
from kiosk.services.stages import BROWSABLE
from kiosk.services.visitor import Told, Visitor
from retail.events import Draft, EventKind
from retail.gtin import gtin14
from retail.membership.member_code import CardNumber, CodeFault, MemberCode, is_card_number, read_member_code
from retail.membership.programme import OWN_CLUB, Programme
from retail.membership.visit import BY_PHONE
from retail.sale import SaleStatus

logger = logging.getLogger(__name__)

_NUMBER: Final = re.compile(r"\+?[0-9]{8,19}", re.ASCII)
_NONE: Final[Mapping[str, int]] = MappingProxyType({})


class MemberDesk:
    """`begin` starts a basket: a member may show their code first of all. Raises JournalError, PriceListError."""

    def __init__(self, lane: Lane, coupons: CouponDesk, begin: Callable[[], None]) -> None:
        self._lane = lane
        self._coupons = coupons
        self._begin = begin

    # --- codes and cards ------------------------------------------------------------------------------------------

    def scanned(self, code: str) -> None:
        """A member's code or card, with the shop's prefix or as the digits that were typed."""
        lane = self._lane
        programme, book = lane.programme, lane.ports.members
        if programme is None or book is None:
            lane.say(Word("member_no_programme"))
        elif lane.screen is Screen.DONE:  # the sale is over, and the screen that says so must stay
            lane.say(Word("member_too_late"))
        elif lane.screen not in BROWSABLE:
            lane.say(Word("cannot_now"))
        elif not self._is_in_sight(code):
            self._recognise(code, programme, book)

    def typed(self, code: str) -> bool:
        """Whether digits that are no goods of ours are a card's, or what somebody took for one's: with a digit wrong,
        or their phone's. That is said, and stands in no journal. A barcode's own number stays goods that we do not
        know: somebody would carry them out unpaid."""
        if self._lane.programme is None or _NUMBER.fullmatch(code) is None or gtin14(code) is not None:
            return False
        if is_card_number(code):
            self.scanned(code)
        else:
            self._lane.say(Word("number_unknown"))
        return True

    def _is_in_sight(self, code: str) -> bool:
        """A phone is read often: its code says nothing new while its member is the one who shops."""
        sale, visitor = self._lane.register.sale, self._lane.visitor
        return sale is not None and visitor.seen == code and sale.visit.claim == visitor.claim != ""

    def _recognise(self, code: str, programme: Programme, book: MemberBook) -> None:
        lane = self._lane
        plain = code.removeprefix(lane.rules.scan.member_prefix)
        found = read_member_code(plain, programme.code_keys, int(lane.price_clock.now().timestamp()))
        if isinstance(found, CodeFault):
            lane.say(Word(f"member_{found.value}"))
            return
        claim, by = lane.register.new_key(), "card" if isinstance(found, CardNumber) else "code"
        if lane.screen is Screen.IDLE:
            self._begin()
        visitor = lane.visitor
        before, visitor.claim, visitor.unknown = visitor.claim, claim, False
        try:  # first of all on disk: who it was is told to the hub even if the lane loses power now
            book.identify(claim, by, plain, lambda answer: self._heard(visitor, claim, answer))
        except OSError as exc:
            visitor.claim = before
            logger.error("a member cannot be told to the hub: %s", exc.strerror)  # noqa: TRY400 - no name, no code
            lane.say(Word("cannot_now"))
            return
        visitor.seen, before_minor = code, lane.register.priced.total_minor
        self._become(claim, by, _clubs_of(found, programme))
        self._say(_welcome(found, programme, online=lane.ports.agent.online), before_minor)
        self.settle()

    # --- who it is ------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """The shopper is nobody again."""
        visit = self._lane.register.open_sale.visit
        if visit.claim or visit.clubs or visit.joining:
            self._become("", "", ())
            self._lane.say(Word("member_forgotten", good=True))

    def settle(self) -> None:
        """Let what the hub has told count, if the basket is open; an open payment goes on as it was shown."""
        sale, visitor = self._lane.register.sale, self._lane.visitor
        if sale is None or sale.status is not SaleStatus.OPEN:
            return
        told, visitor.told = visitor.told, None
        if told is not None:
            self._take(told)
        elif visitor.claim and visitor.claim == sale.visit.claim:
            self._confirm(visitor)

    def _heard(self, visitor: Visitor, claim: str, answer: Known | Refused) -> None:
        if visitor is not self._lane.visitor or visitor.claim != claim:
            return  # of another visit, or another member showed their code meanwhile
        if isinstance(answer, Known):
            visitor.known = answer
        elif answer.why != OFFLINE:
            visitor.unknown = True
        self.settle()

    def _confirm(self, visitor: Visitor) -> None:
        """A code or a card: the hub says who it is, or that it is nobody's."""
        lane, visit = self._lane, self._lane.register.open_sale.visit
        if visitor.unknown:
            self._become("", "", ())
            lane.say(Word("member_not_known"))
            return
        known = visitor.known
        if known is None or (sorted({*known.clubs}), dict(known.used)) == (list(visit.clubs), dict(visit.used)):
            return
        before_minor = lane.register.priced.total_minor
        lane.register.note(EventKind.MEMBER_IDENTIFIED, **_body(visit.claim, visit.by, known.clubs, known.used))
        self._say(None if visit.clubs else Word("member_known", good=True), before_minor)

    def _take(self, told: Told) -> None:
        """A number: recognised, or proved and joined. Another member takes the place of the one before."""
        lane, known, joining = self._lane, told.known, told.joining
        before_minor = lane.register.priced.total_minor
        drafts: list[Draft] = []
        if joining is not None:
            drafts.append(lane.register.draft(EventKind.MEMBER_JOINING, claim=known.claim, **joining.body()))
        drafts.append(
            lane.register.draft(EventKind.MEMBER_IDENTIFIED, **_body(known.claim, BY_PHONE, known.clubs, known.used))
        )
        self._replace(known.claim, drafts)
        lane.visitor.known = known
        self._say(Word("member_known" if joining is None else "member_joined", good=True), before_minor)

    def _say(self, word: Word | None, before_minor: int) -> None:
        """The word, unless the basket costs more than before: nobody pays more than they saw without being told."""
        lane = self._lane
        if lane.register.priced.total_minor > before_minor:
            lane.say(Word("member_dearer"))
        elif word is not None:
            lane.say(word)

    def _become(self, claim: str, by: str, clubs: Collection[str]) -> None:
        self._lane.visitor.told = None  # an answer that waited was about who was here before
        draft = self._lane.register.draft(EventKind.MEMBER_IDENTIFIED, **_body(claim, by, clubs, _NONE))
        self._replace(claim, [draft])

    def _replace(self, claim: str, drafts: list[Draft]) -> None:
        """What belonged to the member before goes with them."""
        lane, hold = self._lane, self._coupons.hold
        sale, visitor = lane.register.open_sale, lane.visitor
        lane.register.record(*hold.without_own(sale), *drafts)
        if visitor.claim != claim:
            visitor.claim, visitor.seen, visitor.unknown = claim, "", False
        if visitor.known is not None and visitor.known.claim != claim:
            visitor.known = None
        hold.give_back(sale.id, sale.own_coupons)


def _clubs_of(found: MemberCode | CardNumber, programme: Programme) -> tuple[str, ...]:
    if isinstance(found, MemberCode):
        return found.clubs
    return (OWN_CLUB,) if programme.cards_offline else ()


def _welcome(found: MemberCode | CardNumber, programme: Programme, *, online: bool) -> Word:
    if isinstance(found, MemberCode):
        return Word("member_known", good=True)
    if programme.cards_offline:
        return Word("member_waits", good=True)
    return Word("member_asking" if online else "member_offline", good=online)


def _body(claim: str, by: str, clubs: Collection[str], used: Mapping[str, int]) -> dict[str, Any]:
    return {"clubs": sorted(clubs), "claim": claim, "by": by, "used": dict(used)}
