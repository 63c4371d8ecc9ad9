"""Where the agent's loops put what they know; each change lands in sync-status.json."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from offline_cache.status import RefusedEvent, RefusedList, SyncStatus, read_status, write_status
from offline_cache.update import ListInPlace

_MOST_REFUSED: Final = 1000  # staff cannot act on more; the hub keeps them all
_SURELY_NOTHING: Final = 12  # heartbeats in a row, 15 seconds from each other
_log = logging.getLogger(__name__)


class StatusBoard:
    """The agent's status, safe for all its threads. `on_online` is called when the hub answers again."""

    def __init__(
        self,
        folder: Path,
        *,
        on_online: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = folder
        self._on_online = on_online
        self._clock = clock
        self._lock = threading.Lock()
        self._troubles: dict[str, str] = {}
        self._written: SyncStatus | None = None
        self._nothing_parked = 0
        # What was true before a restart still is, but for the connection.
        self.status = replace(read_status(folder), online=False, last_error="")

    def note(self, **changes: Any) -> None:
        """Change fields of the status; written if anything differs."""
        with self._lock:
            self.status = replace(self.status, **changes)
            self._write()

    def confirmed(self, here: ListInPlace) -> None:
        """The hub's newest list is in place."""
        self.note(
            revision=here.revision,
            channel=here.channel,
            state=here.state,
            published_at=here.published_at,
            signed_at=here.signed_at,
            fresh_until=here.fresh_until,
            checked_at=self._now(),
            refused_list=None,
        )

    def refused_list(self, sentence: str, revision: int) -> None:
        """A list was offered and not taken; the same one again keeps the time of the first."""
        known = self.status.refused_list
        if known is None or (known.sentence, known.revision) != (sentence, revision):
            self.note(refused_list=RefusedList(sentence, self._now(), revision))

    @property
    def hub_time_seen(self) -> datetime | None:
        """The newest time of the hub that is certain."""
        text = self.status.hub_time_seen
        return datetime.fromisoformat(text) if text else None

    def note_hub_time(self, seen: datetime | None) -> None:
        """Keep the newest time of the hub that is certain."""
        if seen is not None:
            self.note(hub_time_seen=seen.astimezone(UTC).isoformat(timespec="seconds"))

    def refused(self, events: tuple[RefusedEvent, ...]) -> None:
        """Add events that the hub could not use."""
        if not events:
            return
        with self._lock:
            known = {one.number: one for one in (*self.status.refused, *events)}
            newest = sorted(known.values(), key=lambda one: one.number)[-_MOST_REFUSED:]
            self.status = replace(self.status, refused=tuple(newest))
            self._nothing_parked = 0
            self._write()
        first, more = events[0], len(events) - 1
        _log.warning(
            "the hub took event %s but cannot use it: %s%s",
            first.number,
            first.reason,
            f" (and {more} more; see `kiosk-sync status`)" if more else "",
        )

    def parked(self, count: int | None) -> None:
        """How many events the hub says it cannot use. None at all for some minutes: it has looked at them again."""
        self._nothing_parked = self._nothing_parked + 1 if count == 0 else 0
        # One of several hubs may not have heard yet of what another one parked a moment ago.
        if self._nothing_parked >= _SURELY_NOTHING:
            self.note(refused=())

    def connection(self, *, online: bool) -> None:
        """The hub answered, or did not."""
        back = online and not self.status.online
        self.note(online=online)
        if back:
            self._on_online()

    def trouble(self, part: str, sentence: str) -> None:
        """What keeps a part of the agent from its work, "" if nothing; logged when it changes."""
        with self._lock:
            if self._troubles.get(part, "") == sentence:
                return
            self._troubles[part] = sentence
            self.status = replace(self.status, last_error="; ".join(filter(None, self._troubles.values())))
            self._write()
        if sentence:
            _log.warning("%s: %s", part, sentence)
        else:
            _log.info("%s: works again", part)

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    def _write(self) -> None:
        if self.status == self._written:
            return
        try:
            write_status(self._folder, self.status)
            self._written = self.status
        except OSError as exc:
            _log.warning("%s: the status cannot be written (%s)", self._folder, exc.strerror)
