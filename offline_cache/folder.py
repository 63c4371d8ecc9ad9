"""The lane's data folder: which file lies where, who may work in it, and its troubles in our words."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from offline_cache.errors import DiskTrouble


@dataclass(frozen=True, slots=True)
class LaneFolder:
    """Places in a lane's data folder."""

    path: Path

    @property
    def price_list(self) -> Path:
        """The list that the kiosk sells from."""
        return self.path / "price-list.sqlite"

    @property
    def new(self) -> Path:
        """A list being made: unpacked and checked, or a copy that deltas are applied to. Never what the kiosk reads."""
        return self.path / "price-list.new"

    @property
    def old(self) -> Path:
        """A second name of the list in place, for the moment in which a newer one takes its first."""
        return self.path / "price-list.old"

    @property
    def spare(self) -> Path:
        """An earlier list, the agent's own: the next deltas are applied to it, not to a copy of the list in place."""
        return self.path / "price-list.spare"

    def part(self, sha256: str) -> Path:
        """A packed file on its way; resumed if it was cut."""
        return self.path / f"price-list.{sha256[:16]}.part"

    def delta(self, sha256: str) -> Path:
        """An unpacked delta; kept until the spare has it too."""
        return self.path / f"price-list.{sha256[:16]}.delta"

    @property
    def journal(self) -> Path:
        """The lane's journal."""
        return self.path / "journal.sqlite"

    @property
    def key(self) -> Path:
        """The hub's public keys that this lane trusts."""
        return self.path / "hub-key.pub"

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Make the folder if need be and keep other agents out of it. Raises DiskTrouble."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / "sync.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as exc:
            raise disk_trouble(self.path, exc) from exc
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(descriptor)
            raise DiskTrouble(
                f"{self.path}: another kiosk-sync works in this folder (it holds sync.lock); stop it first"
            ) from exc
        try:
            yield
        finally:
            os.close(descriptor)


def replace_file(place: Path, content: bytes) -> None:
    """Write a small file whole or not at all, and make it last. OSError if the folder cannot be written."""
    part = place.with_name(f"{place.name}.part")  # one name, so that a kill leaves at most one, for the next to reuse
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def disk_trouble(folder: Path, exc: OSError) -> DiskTrouble:
    """The sentence for what the file system said."""
    place = exc.filename if isinstance(exc.filename, str) else folder
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskTrouble(f"{folder}: the disk is full; make room")
    if exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return DiskTrouble(f"{place}: may not be written ({exc.strerror}); give the agent's user the right to")
    if exc.errno in {errno.ENOTDIR, errno.EEXIST}:
        return DiskTrouble(f"{place}: is a file where a folder is needed; choose another folder")
    return DiskTrouble(f"{place}: {exc.strerror or exc}; check the disk")
