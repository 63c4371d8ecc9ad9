"""What members consented to and took back, each word kept with the text that was shown; the latest word counts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, and_, insert, select

from hub.membership.known import ConsentState
from hub.membership.tables import CONSENT, CONSENT_TEXT
from retail.membership.consent import Given
from retail.membership.programme import Purpose

BY_LANE = "lane"
BY_PAGE = "page"


@dataclass(frozen=True, slots=True)
class Said:
    """When and where a word was given: `at` epoch seconds; `key`: by which the same word counts once."""

    at: int
    origin: str
    store: str = ""
    lane: str = ""
    key: str = ""


def said_on_page(at: int, store: str = "") -> Said:
    """A word on the member's own page, each its own."""
    return Said(at, BY_PAGE, store, key=secrets.token_hex(8))


def in_our_words(connection: Connection, given: Iterable[Given]) -> tuple[Given, ...]:
    """Those consents that are to a text which this club has shown for this very purpose."""
    said = tuple(given)
    query = select(CONSENT_TEXT).where(CONSENT_TEXT.c.text_sha256.in_({one.text_sha256 for one in said}))
    ours = {
        Given(row.club, Purpose(row.purpose), row.version, row.language, row.text_sha256)
        for row in connection.execute(query)
    }
    return tuple(one for one in said if one in ours)


def grant(connection: Connection, member_id: int, given: Iterable[Given], said: Said) -> None:
    """Write down consents; those that were told before under this key stay as they are."""
    for one in given:
        _add(connection, member_id, one, said, granted=True)


def withdraw(
    connection: Connection, member_id: int, said: Said, club: str = "", purpose: Purpose | None = None
) -> None:
    """Take back what is granted: of one club, of one purpose, or with neither named all."""
    for state in states(connection, member_id):
        if state.granted and club in {"", state.club} and purpose in {None, state.purpose}:
            given = Given(state.club, Purpose(state.purpose), state.version, state.language, state.text_sha256)
            # Never before the word that it takes back, whatever the clock of that lane said.
            later = Said(max(said.at, state.at), said.origin, said.store, said.lane, said.key)
            _add(connection, member_id, given, later, granted=False)


def states(connection: Connection, member_id: int) -> tuple[ConsentState, ...]:
    """The latest word on each purpose of each club, in the order in which they were first spoken of."""
    query = select(CONSENT, CONSENT_TEXT.c.text).where(CONSENT.c.member_id == member_id)
    names = ("text_sha256", "club", "purpose", "version", "language")
    same = and_(*(CONSENT_TEXT.c[name] == CONSENT.c[name] for name in names))
    joined = query.join(CONSENT_TEXT, same, isouter=True)
    found: dict[tuple[str, str], ConsentState] = {}
    for row in connection.execute(joined.order_by(CONSENT.c.at, CONSENT.c.id)):
        found[row.club, row.purpose] = _state(row)
    return tuple(found.values())


def _state(row: Row[tuple[object, ...]]) -> ConsentState:
    return ConsentState(
        row.club,
        row.purpose,
        row.granted,
        row.version,
        row.language,
        row.text or "",
        row.at,
        row.origin,
        row.store,
        row.lane,
        row.text_sha256,
    )


def _add(connection: Connection, member_id: int, given: Given, said: Said, *, granted: bool) -> None:
    values = {
        "member_id": member_id,
        "club": given.club,
        "purpose": given.purpose.value,
        "granted": granted,
        "key": said.key,
    }
    if connection.execute(select(CONSENT.c.id).filter_by(**values)).first() is None:
        connection.execute(
            insert(CONSENT).values(
                **values,
                version=given.version,
                language=given.language,
                text_sha256=given.text_sha256,
                at=said.at,
                origin=said.origin,
                store=said.store,
                lane=said.lane,
            )
        )
