"""What a shopper consented to at a lane, as the journal tells it: never who, always which very text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from retail.membership.programme import Club, Purpose, text_digest
from retail.product import name_in


@dataclass(frozen=True, slots=True)
class Given:
    """Consent to one purpose of one club: the version and language of the text that was shown, and its SHA-256."""

    club: str
    purpose: Purpose
    version: str
    language: str
    text_sha256: str


def given_by(clubs: Collection[Club], ticked: Collection[tuple[str, Purpose]], language: str) -> tuple[Given, ...]:
    """What joining these clubs says, with the further purposes that were ticked, each as (club, purpose)."""
    found = []
    for club in clubs:
        for asked in club.asks:
            if asked.purpose is Purpose.MEMBERSHIP or (club.id, asked.purpose) in ticked:
                text = name_in(asked.texts, language)
                digest, shown = text_digest(text), asked.language(language)
                found.append(Given(club.id, asked.purpose, asked.version, shown, digest))
    return tuple(found)


def given_body(given: Given) -> dict[str, Any]:
    """As an event's body has it."""
    return {
        "club": given.club,
        "purpose": given.purpose.value,
        "version": given.version,
        "language": given.language,
        "text_sha256": given.text_sha256,
    }


def given_of(body: Mapping[str, Any]) -> Given:
    """The consent of such a body."""
    return Given(
        str(body["club"]),
        Purpose(body["purpose"]),
        str(body["version"]),
        str(body["language"]),
        str(body["text_sha256"]),
    )
