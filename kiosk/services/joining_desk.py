"""Joining with this payment: one touch, never a condition of anything, asked once in a visit."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.services.basket import Word
from kiosk.services.lane import Lane
from retail.events import EventKind
from retail.membership.consent import given_by
from retail.membership.programme import Club, Joins, Purpose
from retail.membership.visit import BY_CLAIM, BY_PHONE, BY_WALLET, Joining
from retail.sale import Sale, SaleStatus


class JoiningDesk:
    """What may be joined, and by what. Raises JournalError, PriceListError."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    @property
    def clubs(self) -> tuple[Club, ...]:
        """The shop's own club, then those of the basket's brands, as far as the shopper is in none of them."""
        programme, sale = self._lane.programme, self._lane.register.sale
        if programme is None or sale is None or sale.status is not SaleStatus.OPEN:
            return ()
        brands = {line.brand for line in sale.lines if not line.problem}
        return tuple(one for one in programme.of_basket(brands) if one.id not in sale.visit.clubs)

    @property
    def is_offered(self) -> bool:
        """Whether the shopper is still to be asked, and there is something to say yes to."""
        sale = self._lane.register.sale
        if sale is None or sale.visit.answered or not self.clubs:
            return False
        if sale.visit.by and not self._is_confirmed(sale):
            return False  # they may be in all of them
        return self.by_touch or self.by_phone

    @property
    def by_touch(self) -> bool:
        """Whether one touch joins: by who pays, or under the claim of somebody who is recognised."""
        sale = self._lane.register.sale
        if sale is None or sale.visit.by == BY_PHONE:  # anybody can type a number: only its code speaks for a member
            return False
        return bool(sale.visit.by) or self._tells_payer()

    @property
    def by_phone(self) -> bool:
        """Whether a number and a code join."""
        programme, sale = self._lane.programme, self._lane.register.sale
        if programme is None or sale is None or Joins.PHONE not in programme.joins:
            return False
        return sale.visit.by in {"", BY_PHONE}

    def join(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """The shopper joins these with this payment, with the further purposes that were ticked."""
        lane, visit = self._lane, self._lane.register.open_sale.visit
        if visit.answered:  # a second tap of the same finger
            return
        by = BY_CLAIM if visit.by else BY_WALLET
        joining = self.joining(by, clubs, ticked)
        if joining is None or not self.by_touch:
            lane.say(Word("cannot_now"))
            return
        claim = visit.claim if by == BY_CLAIM else lane.register.new_key()
        lane.register.note(EventKind.MEMBER_JOINING, claim=claim, **joining.body())
        lane.say(Word("member_joined", good=True))

    def joining(self, by: str, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> Joining | None:
        """What is joined by that, in the words of the language that is shown; None for nothing that may be joined."""
        chosen = [one for one in self.clubs if one.id in clubs]
        known = {purpose.value: purpose for purpose in Purpose}
        purposes = {(club, known[purpose]) for club, purpose in ticked if purpose in known}
        given = given_by(chosen, purposes, self._lane.language)
        return Joining(by, tuple(one.id for one in chosen), given) if chosen else None

    def refuse(self) -> None:
        """No, thanks: also to what was begun. Who has joined by phone is a member already."""
        visit = self._lane.register.open_sale.visit
        begun = visit.joining is not None and visit.joining.by != BY_PHONE
        if begun or not visit.answered:
            self._lane.register.note(EventKind.MEMBER_REFUSED)

    def _tells_payer(self) -> bool:
        """Whether a way that is open says who pays."""
        lane, programme = self._lane, self._lane.programme
        if programme is None or Joins.WALLET not in programme.joins:
            return False
        standing = lane.ladder.last or lane.ladder.look()  # as the screen shows the ways
        closed = standing.ladder.refusals
        return any(way.gateway.traits.tells_payer and not closed.get(way.id) for way in lane.ports.ways)

    def _is_confirmed(self, sale: Sale) -> bool:
        """Whether anything is known of which clubs they are in."""
        known = self._lane.visitor.known
        return bool(sale.visit.clubs) or (known is not None and known.claim == sale.visit.claim)
