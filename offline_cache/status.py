"""sync-status.json: what the agent last did, for the kiosk's staff panel and `kiosk-sync status`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from offline_cache.folder import replace_file

STATUS_FILE: Final = "sync-status.json"


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that the hub took but could not use; staff are told."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedList:
    """A price list that was offered and not taken: why, when, and its revision (0: it did not prove to have one)."""

    sentence: str
    refused_at: str
    revision: int


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The agent's state. `revision` 0: no price list yet; `uploaded` is the last journal number the hub has,
    `uploaded_hash` that event's hash: by both the lane knows what it may let go of.

    Times are ISO 8601, UTC. `checked_at` is when the hub last confirmed, by this lane's clock, that the list here is
    its newest; `signed_at` and `fresh_until` are of the manifest that said so. `hub_time_skew_s` is the hub's clock
    minus ours, None before the first heartbeat; `hub_time_seen` the newest time of the hub that is certain, which only
    grows. `last_error` is empty while all goes well; `refused_list` is None once the newest list is here.
    """

    revision: int = 0
    published_at: str = ""
    checked_at: str = ""
    last_error: str = ""
    uploaded: int = 0
    refused: tuple[RefusedEvent, ...] = ()
    hub_time_skew_s: float | None = None
    online: bool = False
    uploaded_hash: str = ""
    channel: str = ""
    state: str = ""
    signed_at: str = ""
    fresh_until: str = ""
    refused_list: RefusedList | None = None
    hub_time_seen: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def heartbeat(self) -> dict[str, Any]:
        """What the hub is told of it; that it is online, it knows, and the refused events it has itself."""
        told = asdict(self)
        return {name: told[name] for name in told if name not in {"online", "refused"}}


def read_status(folder: Path) -> SyncStatus:
    """The status in a lane's folder; the default if there is none or it cannot be read."""
    try:
        return _parse(json.loads((folder / STATUS_FILE).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return SyncStatus()


def write_status(folder: Path, status: SyncStatus) -> None:
    """Replace the status atomically; OSError if the folder cannot be written."""
    content = json.dumps(status.as_dict(), ensure_ascii=False)
    replace_file(folder / STATUS_FILE, content.encode())


def _parse(content: dict[str, Any]) -> SyncStatus:
    skew = content.get("hub_time_skew_s")
    return SyncStatus(
        revision=int(content.get("revision", 0)),
        published_at=str(content.get("published_at", "")),
        checked_at=str(content.get("checked_at", "")),
        last_error=str(content.get("last_error", "")),
        uploaded=int(content.get("uploaded", 0)),
        uploaded_hash=str(content.get("uploaded_hash", "")),
        refused=tuple(RefusedEvent(int(one["number"]), str(one["reason"])) for one in content.get("refused", ())),
        hub_time_skew_s=None if skew is None else float(skew),
        online=bool(content.get("online", False)),
        channel=str(content.get("channel", "")),
        state=str(content.get("state", "")),
        signed_at=_moment(content, "signed_at"),
        fresh_until=_moment(content, "fresh_until"),
        refused_list=_refused_list(content.get("refused_list")),
        hub_time_seen=_moment(content, "hub_time_seen"),
    )


def _moment(content: dict[str, Any], name: str) -> str:
    """A time that is reckoned with: aware, or none at all."""
    text = str(content.get(name, ""))
    if text and datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(name)
    return text


def _refused_list(content: dict[str, Any] | None) -> RefusedList | None:
    if content is None:
        return None
    return RefusedList(str(content["sentence"]), str(content["refused_at"]), int(content["revision"]))
