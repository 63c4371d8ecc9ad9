"""How a lane stands, for people and machines: the agent's status, and what its folder says besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from offline_cache.errors import JournalError
from offline_cache.folder import LaneFolder
from offline_cache.hub_time import clock_word, span
from offline_cache.journal_reader import JournalReader
from offline_cache.status import SyncStatus, read_status
from offline_cache.trust import trusted_keys

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class LaneReport:
    """`age_s`: seconds since the hub last confirmed the list, None if never. `queued`: events that the hub lacks, None
    if the journal cannot be read now. `clock`: 'ok', 'unknown' or 'wrong by …'. `keys`: ids of the keys trusted.
    """

    status: SyncStatus
    age_s: int | None
    queued: int | None
    clock: str
    keys: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the status and, beside it, what it does not hold."""
        more = {"age_s": self.age_s, "queued": self.queued, "clock": self.clock, "keys": list(self.keys)}
        return self.status.as_dict() | more

    def as_text(self) -> str:
        """For a person, a line each."""
        return "\n".join([*self._list_lines(), *self._hub_lines(), *self._refused_lines(), *self._trouble_lines()])

    def _list_lines(self) -> list[str]:
        status = self.status
        if not status.revision:
            return ["price list: none yet"]
        age = "never confirmed" if self.age_s is None else f"confirmed {span(self.age_s)} ago"
        channel = "" if status.channel in {"", "lane"} else f" of channel {status.channel}"
        return [f"price list: revision {status.revision}{channel}, published {status.published_at}, {age}"]

    def _hub_lines(self) -> list[str]:
        status = self.status
        waiting = "" if not self.queued else f", {self.queued:,} still to send"
        lines = [
            f"hub: {'online' if status.online else 'away'}",
            f"journal: the hub has all up to event {status.uploaded}{waiting}",
        ]
        if status.hub_time_skew_s is not None:
            lines.append(f"clock: {self.clock}; the hub's is {status.hub_time_skew_s:+} s from ours")
        if self.keys:
            lines.append(f"keys: {', '.join(self.keys)}")
        return lines

    def _refused_lines(self) -> list[str]:
        status = self.status
        lines = [f"refused by the hub: event {one.number}: {one.reason}" for one in status.refused[-_SHOWN:]]
        if len(status.refused) > _SHOWN:
            lines.append(f"refused by the hub: {len(status.refused) - _SHOWN} older ones; --json has them")
        if status.refused_list is not None:
            lines.append(f"refused here at {status.refused_list.refused_at}: {status.refused_list.sentence}")
        return lines

    def _trouble_lines(self) -> list[str]:
        return [f"trouble: {self.status.last_error}"] if self.status.last_error else []


def lane_report(folder: LaneFolder, now: datetime) -> LaneReport:
    """How the lane of a folder stands; `now` is aware."""
    status = read_status(folder.path)
    try:
        age_s = max(0, int((now - datetime.fromisoformat(status.checked_at)).total_seconds()))
    except (ValueError, TypeError):
        age_s = None
    waiting = queued(folder.journal, status.uploaded)
    return LaneReport(status, age_s, waiting, clock_word(status.hub_time_skew_s), trusted_keys(folder))


def queued(journal: Path, uploaded: int) -> int | None:
    """How many events the hub does not have yet; None if the journal cannot be read now."""
    if not journal.exists():
        return 0
    try:
        with JournalReader(journal) as reader:
            return max(0, reader.head()[0] - uploaded)
    except JournalError:
        return None
