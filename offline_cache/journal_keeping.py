"""Lets go of the journal's beginning, a little in each idle moment: what is old, and safe at the hub."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from offline_cache.errors import JournalBusy, JournalFull, JournalReadOnly
from offline_cache.journal import Journal
from offline_cache.status import read_status

_REST_S: Final = 3600.0  # nothing more to do: look again then
_log = logging.getLogger(__name__)


class JournalKeeping:
    """For the journal's one writer, on its thread. What the hub has confirmed, the agent's status in `folder` says."""

    def __init__(
        self,
        folder: Path,
        *,
        keep: timedelta,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._keep = keep
        self._clock = clock
        self._steady = steady
        self._rests_until = float("-inf")

    def step(self, journal: Journal) -> int:
        """Some milliseconds of it: how many events went. Raises JournalError after which the journal must stay shut."""
        if self._steady() < self._rests_until:
            return 0
        gone = 0
        try:
            gone = self._let_go(journal)
        except (JournalFull, JournalReadOnly, JournalBusy) as exc:
            _log.warning("old events stay for now: %s", exc)
        if not gone:
            self._rests_until = self._steady() + _REST_S
        return gone

    def _let_go(self, journal: Journal) -> int:
        status = read_status(self._folder)
        if not (status.hub_time_seen and status.uploaded_hash):
            return 0
        # By the hub's time as well: a lane whose clock runs ahead would take today's sales for old ones.
        now = min(self._clock(), datetime.fromisoformat(status.hub_time_seen))
        return journal.prune((status.uploaded, status.uploaded_hash), before=now - self._keep)
