"""What a sale knows of its shopper's membership: of which clubs, under which claim, never who.

A claim is a random number that the lane makes up; only the hub can tell whose it is, as long as it keeps that. So the
journal can be kept for ever, and a member still be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from retail.membership.consent import Given, given_body, given_of

BY_WALLET: Final = "wallet"  # joins once the payment has told who pays
BY_PHONE: Final = "phone"  # the hub knows the shopper already: the number was proved
BY_CLAIM: Final = "claim"  # the shopper was identified before, and joins further clubs


@dataclass(frozen=True, slots=True)
class Joining:
    """Clubs that the shopper joins with this sale, and what they consented to. `by` is one of the above."""

    by: str
    clubs: tuple[str, ...]
    given: tuple[Given, ...]

    def body(self) -> dict[str, Any]:
        """As an event's body has it, without the claim."""
        return {"by": self.by, "clubs": list(self.clubs), "consents": [given_body(one) for one in self.given]}


@dataclass(frozen=True, slots=True)
class Visit:
    """`by`: how the shopper was identified ('code', 'card', 'phone'); `used`: how often they have used campaigns
    before; `answered`: they have said yes or no to joining, and are not asked again."""

    claim: str = ""
    by: str = ""
    clubs: tuple[str, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    joining: Joining | None = None
    answered: bool = False

    def clubs_counted(self, *, tells_payer: bool) -> frozenset[str]:
        """The clubs whose prices hold: those joined by the wallet only for ways of paying that tell who pays."""
        joining = self.joining
        joined = joining.clubs if joining is not None and (tells_payer or joining.by != BY_WALLET) else ()
        return frozenset((*self.clubs, *joined))

    def body(self) -> dict[str, Any]:
        """As the hub keeps it of a sale."""
        return {"by": self.by, "clubs": list(self.clubs)} | ({"joining": self.joining.body()} if self.joining else {})


NOBODY: Final = Visit()


def identified(visit: Visit, body: Mapping[str, Any]) -> Visit:
    """After member.identified; without clubs and claim: the shopper is nobody again. Another member takes the place of
    the one before, with what that one was about to join."""
    claim, clubs = str(body.get("claim") or ""), tuple(sorted({str(club) for club in body["clubs"]}))
    used = {str(campaign): int(times) for campaign, times in (body.get("used") or {}).items()}
    same = bool(claim) and claim == visit.claim
    joining = visit.joining if same and visit.joining is not None and visit.joining.by != BY_WALLET else None
    return replace(visit, claim=claim, by=str(body.get("by") or ""), clubs=clubs, used=used, joining=joining)


def joining(visit: Visit, body: Mapping[str, Any]) -> Visit:
    """After member.joining. By phone the shopper is identified as well, in place of whoever was. ValueError for one
    that fits no such visit."""
    claim, by, clubs = str(body["claim"]), str(body["by"]), tuple(sorted({str(club) for club in body["clubs"]}))
    if by not in {BY_WALLET, BY_PHONE, BY_CLAIM} or not claim or not clubs:
        raise ValueError(f"nobody can join {clubs} by {by!r}")
    if by == BY_WALLET and visit.by:
        raise ValueError("the shopper is known: they join under their claim, or are forgotten first")
    if by == BY_CLAIM and (claim != visit.claim or not visit.by):
        raise ValueError("the shopper who joins is not the one who was identified")
    if by == BY_PHONE and (claim != visit.claim or not visit.by):
        visit = replace(visit, by=BY_PHONE, clubs=(), used={})
    given = tuple(given_of(one) for one in body["consents"])
    return replace(visit, claim=claim, joining=Joining(by, clubs, given), answered=True)


def refused(visit: Visit) -> Visit:
    """After member.refused: no, thanks; also to what was begun. Who is recognised stays so."""
    kept = visit if visit.by else replace(visit, claim="")
    return replace(kept, joining=None, answered=True)
