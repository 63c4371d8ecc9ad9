"""Events as a post brought them, with all that can be reckoned before a database is held up for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.errors import EventUnreadable
from retail.events import Event, canonical_json, hash_with_body, why_broken


@dataclass(frozen=True, slots=True)
class PostedEvent:
    """An event, its body's canonical JSON, and the hash that it should have."""

    event: Event
    body: str
    digest: str

    @property
    def number(self) -> int:
        """The event's number in its lane's journal."""
        return self.event.number


def posted(events: Iterable[Event]) -> list[PostedEvent]:
    """EventUnreadable for a body that has no canonical text (NaN, broken Unicode, nested without end)."""
    return [_posted(event) for event in events]


def broken_at(events: Sequence[PostedEvent], *, number: int, head: str) -> str:
    """What is wrong with the first that does not continue a chain after (number, head), or an empty text."""
    for one in events:
        why = why_broken(one.event, number=number, head=head, digest=one.digest)
        if why:
            return f"event {one.number}: {why}"
        number, head = one.number, one.event.hash
    return ""


def _posted(event: Event) -> PostedEvent:
    try:
        body = canonical_json(event.body)
        return PostedEvent(event, body, hash_with_body(event, body))
    except (ValueError, RecursionError) as exc:
        raise EventUnreadable(f"event {event.number}: its body is not plain JSON") from exc
