"""The data folder of a lane: whether it can be written, has room, and holds a sound journal. Writes nothing itself."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.adapters.lane_files import is_locked
from kiosk.commands.doctor.findings import Finding, State
from kiosk.commands.doctor.sentences import parted
from kiosk.services.register import RESERVE_BYTES
from offline_cache.errors import JournalError, JournalMissing
from offline_cache.folder import LaneFolder
from offline_cache.journal_look import look

SECTION: Final = "data"
_LITTLE_BYTES: Final = 1 << 30  # a new price list beside the old one, and some months of sales
_SERVICE: Final = "call the service desk; `kiosk journal verify --dir FOLDER` says more"


def lane_runs(folder: LaneFolder) -> bool:
    """Whether a lane writes this folder's journal now: then the lane's devices are in use, and rightly so."""
    return is_locked(folder.journal.with_suffix(".lock"))


def folder_findings(folder: LaneFolder) -> Iterator[Finding]:
    """The folder itself."""
    path = folder.path
    if not path.is_dir():
        yield _fault("folder", f"{path} is no folder", f"make it: sudo install -d -o {getpass.getuser()} {path}")
        return
    barred = [place for place in (path, *path.glob("*.sqlite*"), *path.glob("*.lock")) if not _writable(place)]
    if barred:
        named = ", ".join(str(place) for place in barred[:3])
        remedy = f"give them to the kiosk's user: sudo chown -R {getpass.getuser()} {path}"
        yield _fault("folder", f"this user may not write {named}", remedy)
    else:
        yield Finding(SECTION, "folder", State.OK, f"{path} can be written")
    yield _room(path)


def journal_findings(folder: LaneFolder) -> Iterator[Finding]:
    """The journal, its newest events and their chain."""
    try:
        seen = look(folder.journal, in_use=lane_runs(folder))
    except JournalMissing:
        yield Finding(SECTION, "journal", State.OK, "none yet; the lane makes it at its first start")
    except JournalError as exc:
        yield _fault("journal", *parted(str(exc), otherwise=_SERVICE))
    else:
        yield Finding(SECTION, "journal", State.OK, f"sound; its last event is number {seen.head:,}")


def _room(path: Path) -> Finding:
    space = os.statvfs(path)
    free = space.f_bavail * space.f_frsize
    found = f"{free / (1 << 30):,.1f} GB free"
    if free < RESERVE_BYTES:
        return _fault("room", found, f"make room on the disk of {path}: with less than this the lane sells nothing")
    if free < _LITTLE_BYTES:
        return Finding(SECTION, "room", State.WARNING, found, f"make room on the disk of {path}")
    return Finding(SECTION, "room", State.OK, found)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK if path.is_dir() else os.W_OK)


def _fault(name: str, found: str, remedy: str) -> Finding:
    return Finding(SECTION, name, State.FAULT, found, remedy)
