"""Receipts that wait for paper, as files: whole or not there, in order, and remembered once they were printed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Final, get_type_hints

logger = logging.getLogger(__name__)

MOST: Final = 50
"""No lane prints so many while its shoppers wait; a printer that is away all day must not fill the disk."""
_PRINTED: Final = "printed.json"
_REMEMBERED: Final = 200


@dataclass(frozen=True, slots=True)
class Job:
    """A receipt to be printed. `copy` is the word that marks it as one; `begun`: some of it may be on paper already."""

    place: int
    number: str
    text: str
    at: str
    copy_word: str
    is_copy: bool = False
    begun: bool = False
    kept: bool = False  # too old to come out by itself: staff may reprint it


_TYPES: Final = get_type_hints(Job)


class JobFolder:
    """One writer at a time, who waits for the disk; readers on any thread see what there is and wait for nothing.

    Where the disk refuses, jobs live in memory as long as the lane.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: tuple[Job, ...] = ()  # by place; replaced and never changed, so that nobody reads half a change
        self._printed: list[str] = []
        try:
            self._load()
        except OSError as exc:
            logger.warning("%s cannot be read, receipts that waited in it are lost: %s", folder, exc)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs)

    def find(self, number: str) -> Job | None:
        """The first job of a receipt."""
        return next((job for job in self if job.number == number), None)

    def was_printed(self, number: str) -> bool:
        """Whether it came out, also before a restart."""
        return number in self._printed

    def add(self, number: str, text: str, copy_word: str, at: datetime, *, is_copy: bool) -> Job | None:
        """A new job at the end; None when there are too many."""
        if len(self._jobs) >= MOST and not self._make_room():
            return None
        place = max((job.place for job in self), default=0) + 1
        job = Job(place, number, text, at.isoformat(), copy_word, is_copy=is_copy)
        self.put(job)
        return job

    def put(self, job: Job) -> None:
        """A job that changed. On disk when this returns, where the disk takes it."""
        self._show(job)
        self._write(self._path(job), asdict(job))

    def done(self, job: Job) -> None:
        """It is on paper: remembered first, so that a power cut in between prints nothing twice."""
        if job.number not in self._printed:
            self._printed = [*self._printed[1 - _REMEMBERED :], job.number]
            self._write(self._folder / _PRINTED, self._printed)
        self.drop(job)

    def drop(self, job: Job) -> None:
        """Let go of a job."""
        self._jobs = tuple(other for other in self if other.place != job.place)
        with contextlib.suppress(OSError):
            self._path(job).unlink(missing_ok=True)

    def _show(self, job: Job) -> None:
        others = [other for other in self if other.place != job.place]
        self._jobs = tuple(sorted([*others, job], key=lambda one: one.place))

    def _make_room(self) -> bool:
        kept = next((job for job in self if job.kept), None)
        if kept is not None:
            self.drop(kept)
        return kept is not None

    def _path(self, job: Job) -> Path:
        return self._folder / f"{job.place:08}.json"

    def _load(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob("*.part"):
            _remove(left)
        self._printed = _remembered(self._folder / _PRINTED)
        for path in sorted(self._folder.glob("[0-9]*.json")):
            job = _read(path)
            if job is None or (not job.is_copy and job.number in self._printed):
                _remove(path)
            else:
                # Whatever was in the works when the power went may lie in somebody's hand.
                self._show(replace(job, is_copy=job.is_copy or job.begun))

    def _write(self, path: Path, content: object) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as exc:
            logger.warning("%s is not on disk and would not outlive a power cut: %s", path.name, exc)
            _remove(path.with_suffix(".part"))  # half a receipt, and the disk may be full


def _remembered(path: Path) -> list[str]:
    try:
        numbers = json.loads(path.read_text("utf-8"))
        return [str(number) for number in numbers] if isinstance(numbers, list) else []
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as exc:
        logger.warning("%s does not say which receipts were printed: %s", path, exc)
        return []


def _read(path: Path) -> Job | None:
    """None for what would stop the queue later, whoever wrote it: each field is what the class says."""
    try:
        job = Job(**json.loads(path.read_text("utf-8")))
        _check(job, int(path.stem))
    except (OSError, ValueError, TypeError, RecursionError) as exc:
        logger.warning("%s is no receipt that could be printed, it is removed: %s", path, exc)
        return None
    return job


def _check(job: Job, place: int) -> None:
    """Raises ValueError or TypeError."""
    strange = [field.name for field in fields(Job) if type(getattr(job, field.name)) is not _TYPES[field.name]]
    if strange or job.place != place or datetime.fromisoformat(job.at).tzinfo is None:
        raise ValueError(f"{', '.join(strange) or 'its place or its time'} cannot be")


def _remove(path: Path) -> None:
    """What cannot be removed, a folder say, must not keep those beside it from being printed."""
    with contextlib.suppress(OSError):
        path.unlink()
