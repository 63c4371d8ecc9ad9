"""Notes that tell the hub who a shopper was: sealed, on disk until the hub has taken them, and deleted then.

The lane cannot read them itself. One is on disk, fsynced, before `keep` returns; they are sent on a thread of their
own, the newest first, as its shopper may still stand here, and until the hub has taken each, through any restart.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from payments.exchange import Exchanged

logger = logging.getLogger(__name__)

_PAUSES_S: Final = (1.0, 2.0, 5.0, 10.0)
_JOIN_S: Final = 0.5
# Sent again it is the same: sealed to another hub's key, too long, or of another shopper than was told first.
_NEVER: Final = frozenset({httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.REQUEST_ENTITY_TOO_LARGE})
_REFUSES: Final = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT})

Heard = Callable[[Exchanged], None]


@dataclass(frozen=True, slots=True)
class Note:
    """One that waits: where it is to be posted, and the body with its seal."""

    number: int
    path: str
    body: Mapping[str, str]


class NoteFolder:
    """The notes on disk; for several threads, as each note is a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self) -> list[Note]:
        """All of them; what a power cut left half written was never confirmed to anybody, and goes."""
        for left in self._files("*.part"):
            _delete(left)
        found = (_read(path) for path in self._files("[0-9]*.json"))
        return [note for note in found if note is not None]

    def last(self) -> int:
        """The highest number that is taken, by whatever: no note is ever written over another."""
        return max((int(path.stem) for path in self._files("[0-9]*.json") if path.stem.isdecimal()), default=0)

    def keep(self, note: Note) -> None:
        """On disk when this returns. OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(note)
        part = path.with_suffix(".part")
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump({"path": note.path, "body": dict(note.body)}, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            self._sync()
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def drop(self, note: Note) -> None:
        """It was taken. One that cannot be deleted is told again after the next start."""
        _delete(self._path(note))

    def _files(self, names: str) -> list[Path]:
        try:
            return sorted(self._folder.glob(names))
        except OSError as exc:
            logger.error("the notes for the hub cannot be read: %s", exc.strerror)  # noqa: TRY400 - nothing more to say
            return []

    def _path(self, note: Note) -> Path:
        return self._folder / f"{note.number:012}.json"

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class ToldNotes:
    """Keeps and sends them. `post` asks the hub, on this thread alone; `keep` may be called on any."""

    def __init__(self, folder: Path, post: Callable[[Note], Exchanged]) -> None:
        self._disk = NoteFolder(folder)
        self._post = post
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._waiting = {note.number: note for note in self._disk.waiting()}
        self._heard: dict[int, Heard] = {}
        self._next = self._disk.last() + 1
        self._thread = threading.Thread(target=self._run, name="members-told", daemon=True)
        self._thread.start()

    def keep(self, path: str, body: Mapping[str, str], heard: Heard | None = None) -> None:
        """Have the hub told; `heard` of its answer, on this one's thread, however late. OSError if the disk refuses."""
        with self._lock:
            note = Note(self._next, path, body)
            self._next += 1
        self._disk.keep(note)
        with self._lock:
            self._waiting[note.number] = note
            if heard is not None:
                self._heard[note.number] = heard
        self._wake.set()

    @property
    def waiting(self) -> int:
        """How many the hub has not taken yet."""
        with self._lock:
            return len(self._waiting)

    def close(self) -> None:
        """No more are sent; one under way is not waited for, as it is still on disk. Idempotent."""
        self._closed = True
        self._wake.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        failed = 0
        while not self._closed:
            self._wake.clear()
            failed = 0 if self._round() else failed + 1
            pause_s = _PAUSES_S[min(failed, len(_PAUSES_S)) - 1] if failed else None
            self._wake.wait(pause_s)

    def _round(self) -> bool:
        """Send what waits; whether all of it was taken. Where nobody answers, the others would only wait as well."""
        tried: set[int] = set()
        while (note := self._newest(tried)) is not None and not self._closed:
            tried.add(note.number)
            came = self._asked(note)
            if _is_final(came):
                self._taken(note, came)
            elif not came.status:
                return False
        return not self.waiting

    def _asked(self, note: Note) -> Exchanged:
        try:
            return self._post(note)
        except Exception:
            logger.exception("a note could not be sent")
            return Exchanged()

    def _newest(self, tried: set[int]) -> Note | None:
        with self._lock:
            number = max(self._waiting.keys() - tried, default=None)
            return None if number is None else self._waiting[number]

    def _taken(self, note: Note, came: Exchanged) -> None:
        if came.status != httpx.codes.OK:
            logger.error("the hub cannot use what it was told of a shopper (HTTP %s): left out", came.status)
        self._disk.drop(note)
        with self._lock:
            self._waiting.pop(note.number, None)
            heard = self._heard.pop(note.number, None)
        if heard is not None:
            heard(came)


def _is_final(came: Exchanged) -> bool:
    """Whether the hub has taken it, or says that it never will; any other answer may be a proxy's."""
    if came.status == httpx.codes.OK or came.status in _NEVER:
        return True
    return came.status in _REFUSES and _has_code(came.body)


def _has_code(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and isinstance(answer.get("code"), str)


def _read(path: Path) -> Note | None:
    """None for what no lane wrote like this, which goes, as nobody could make anything of it; and for what the disk
    does not give, which stays."""
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        body = {str(name): str(value) for name, value in said["body"].items()}
        return Note(int(path.stem), str(said["path"]), body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        logger.error("%s: no note (%s), deleted", path.name, type(exc).__name__)  # noqa: TRY400 - it may hold a name
        _delete(path)
    except OSError as exc:
        logger.error("%s: a note for the hub cannot be read: %s", path.name, exc.strerror)  # noqa: TRY400 - as above
    return None


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        logger.warning("%s cannot be deleted: %s", path.name, exc.strerror)
