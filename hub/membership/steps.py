"""The steps of joining a club: small classes, arranged for each club in the membership file, further ones by plug-in.

Our own work inside the books' transaction. A plug-in (entry point group `kiosk.member_steps`, a class without
arguments) is called outside of any, within a time limit, and may be called again for the same claim and club.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final, Protocol

from sqlalchemy import Connection, select

from hub.errors import MemberRefused
from hub.gateway_threads import Worker
from hub.membership import benefits
from hub.membership.claims import owner_of, tell
from hub.membership.clubs import clubs_of, enter, was_in
from hub.membership.consents import BY_LANE, Said, grant, in_our_words
from hub.membership.identities import Identity, held_member, make_member, member_of
from hub.membership.membership_file import MembershipFile
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import JOIN_STEP
from retail.membership.consent import Given
from retail.membership.programme import Purpose

GROUP: Final = "kiosk.member_steps"
DEADLINE_S: Final = 10.0
DONE: Final = "done"
SKIPPED: Final = "skipped"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"
WAITING: Final = "waiting"

IDENTIFY: Final = "identify"
CONSENT: Final = "consent"
JOIN: Final = "join"
_NOBODY: Final = "nobody has said who joins"

log = logging.getLogger(__name__)


class StepSkipped(Exception):
    """There is nothing to do; the sentence says why and names no person."""


class StepFailed(Exception):
    """It did not work, and is tried again later; the sentence is kept, so it names no person."""


@dataclass(frozen=True, slots=True)
class Joining:
    """One shopper's joining of one club. `member_id`: the hub's number of the member; `card`: that of their card;
    `purposes`: all that they consented to; `claim`: the same whenever a step is called again."""

    claim: str
    club: str
    store: str
    lane: str
    language: str
    at: int
    purposes: frozenset[Purpose]
    member_id: int = 0
    card: str = field(default="", repr=False)


class MemberStep(Protocol):
    """A plug-in's step."""

    def take(self, joining: Joining) -> None:
        """Do it. StepSkipped, StepFailed; any other error counts as failed, and only its type is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """What a shopper wants to join. `identity` or `member_id`: who they are, if the claim is nobody's yet; `now`: the
    hub's time, `at`: when they said so, both epoch seconds; `kind`: as what the claim is kept."""

    claim: str
    kind: str
    clubs: tuple[str, ...]
    given: tuple[Given, ...]
    store: str
    lane_id: int
    lane: str
    at: int
    now: int
    file: MembershipFile | None
    identity: Identity | None = None
    member_id: int | None = None

    def purposes(self, club: str) -> frozenset[Purpose]:
        """What was consented to for a club."""
        return frozenset(one.purpose for one in self.given if one.club == club)

    @property
    def language(self) -> str:
        """In which the texts were read."""
        return self.given[0].language if self.given else ""


class BookStep(Protocol):
    """A step of our own."""

    def take(self, connection: Connection, order: Order, club: str) -> None:
        """Do it, in a transaction that is kept only if this ends without a word. StepSkipped, StepFailed."""
        ...


class Identify:
    """Finds the member, or makes one: never of somebody who has not consented to a text that the hub has."""

    def __init__(self, keys: MemberSecrets) -> None:
        self._keys = keys

    def take(self, connection: Connection, order: Order, club: str) -> None:
        """See BookStep."""
        if owner_of(connection, order.claim) is not None:
            return
        found, identity = order.member_id, order.identity
        if found is None and identity is not None:
            found = member_of(connection, identity.kind, identity.digest)
        if found is None and identity is not None:
            _lawful(connection, order, club)
            found = make_member(connection, self._keys, identity, language=order.language, at=order.at)
        if found is None:
            raise StepFailed(_NOBODY)
        try:
            kept = tell(connection, order.lane_id, order.claim, order.kind, found, now=order.now)
        except MemberRefused as exc:
            raise StepFailed(str(exc)) from exc
        if kept is None:
            raise StepFailed(_NOBODY)


class Consent:
    """Writes down each consent, with the text that was shown."""

    def take(self, connection: Connection, order: Order, club: str) -> None:
        """See BookStep."""
        member_id, said = _member(connection, order), _said(order)
        grant(connection, member_id, _lawful(connection, order, club), said)


class Join:
    """Makes them a member of the club: never without `consent` before it."""

    def take(self, connection: Connection, order: Order, club: str) -> None:
        """See BookStep."""
        member_id = _member(connection, order)
        if outcome_of(connection, order.claim, club, CONSENT) != DONE:
            raise StepFailed("nobody joins without consent: 'consent' has to work before 'join'")
        if not enter(connection, member_id, club, order.at):
            raise StepSkipped("is a member already, or has left since")


class Follow:
    """Messages of the club are wanted, if marketing was consented to."""

    def take(self, connection: Connection, order: Order, club: str) -> None:
        """See BookStep."""
        _joined(connection, order, club)
        if Purpose.MARKETING not in order.purposes(club):
            raise StepSkipped("no consent to marketing")


class Welcome:
    """Gives what welcomes a new member, once in their life."""

    def take(self, connection: Connection, order: Order, club: str) -> None:
        """See BookStep."""
        member_id = _joined(connection, order, club)
        if outcome_of(connection, order.claim, club, JOIN) == SKIPPED:
            raise StepSkipped("was a member before")
        if order.file is not None:
            given = order.file.benefits
            benefits.welcome(connection, given, store=order.store, member_id=member_id, club=club, now=order.now)


def book_steps(keys: MemberSecrets) -> Mapping[str, BookStep]:
    """Our own, by the names that membership files have for them."""
    return MappingProxyType(
        {IDENTIFY: Identify(keys), CONSENT: Consent(), JOIN: Join(), "follow": Follow(), "welcome": Welcome()}
    )


def outcome_of(connection: Connection, claim: str, club: str, step: str) -> str | None:
    """What a step did; None: it was not taken yet."""
    query = select(JOIN_STEP.c.outcome).filter_by(claim=claim, club=club, step=step)
    return connection.execute(query).scalar()


def take_plug_in(name: str, joining: Joining, deadline_s: float = DEADLINE_S) -> tuple[str, str]:
    """Outcome and detail of a plug-in's step; whatever it does, this returns."""
    found = tuple(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        known = ", ".join(sorted({point.name for point in entry_points(group=GROUP)})) or "none"
        return UNKNOWN, f"step {name!r}: {len(found)} installed (further steps here: {known})"
    worker = Worker(f"step-{name}")
    doing = worker.submit(lambda: found[0].load()().take(joining))
    try:
        doing.result(deadline_s)
    except StepSkipped as exc:
        return SKIPPED, str(exc)
    except StepFailed as exc:
        return FAILED, str(exc)
    except TimeoutError:
        return FAILED, f"step {name!r} did not end within {deadline_s:g} s"
    except BaseException as exc:  # noqa: BLE001 - a plug-in may fail as it likes; its words could name somebody
        log.warning("step %s of joining fails with %s", name, type(exc).__name__)
        return FAILED, f"step {name!r} fails with {type(exc).__name__}"
    finally:
        worker.close()
    return DONE, ""


def lawful(connection: Connection, given: tuple[Given, ...], club: str) -> tuple[Given, ...]:
    """The consents for a club of which the hub has the text; nothing if its membership is not among them."""
    proved = in_our_words(connection, (one for one in given if one.club == club))
    return proved if any(one.purpose is Purpose.MEMBERSHIP for one in proved) else ()


def _lawful(connection: Connection, order: Order, club: str) -> tuple[Given, ...]:
    proved = lawful(connection, order.given, club)
    if not proved:
        raise StepFailed("no consent to the membership of this club, in words that the hub has")
    return proved


def _member(connection: Connection, order: Order) -> int:
    member_id = held_member(connection, owner_of(connection, order.claim))
    if member_id is None:
        raise StepFailed(_NOBODY)
    return member_id


def _joined(connection: Connection, order: Order, club: str) -> int:
    member_id = _member(connection, order)
    if club not in clubs_of(connection, member_id):
        raise (StepSkipped("has left since") if was_in(connection, member_id, club) else StepFailed("is no member"))
    return member_id


def _said(order: Order) -> Said:
    return Said(order.at, BY_LANE, order.store, order.lane, order.claim)
