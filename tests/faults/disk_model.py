"""A disk in memory that knows of each change whether it would survive a power cut: the rules, without any mounting.

Content is safe after an fsync of its file, names after an fsync of their folder. What becomes of the rest differs from
one file system to the next, so a test asks for each possibility: see `Fate`. Symbolic links, rights and times are not
part of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

PAGE: Final = 4096
ROOT: Final = 1  # the inode of the root folder


class Fate(StrEnum):
    """What happens to that which was not fsynced when the power goes."""

    NOTHING_STAYS = "nothing stays"
    NAMES_STAY = "names stay"  # a rename gets there before the content of the file: an empty or half file
    CONTENT_STAYS = "content stays"  # content gets there before the name
    ALL_STAYS = "all stays"  # as after a kill
    MIXED = "mixed"  # names up to some change, of content some pages: by a seed


@dataclass(frozen=True, slots=True)
class Write:
    inode: int
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    inode: int
    size: int


@dataclass(frozen=True, slots=True)
class Names:
    """Names that change in one step: (folder, name, inode or None for a name that goes)."""

    what: str
    changes: tuple[tuple[int, str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Flush:
    """An fsync of a file or folder. One that failed keeps nothing, and the kernel forgets that it was asked."""

    inode: int
    failed: bool = False


Change: TypeAlias = Write | Resize | Names | Flush


@dataclass(slots=True)
class State:
    """Content of files and names in folders, by inode. What is not named has never been written."""

    files: dict[int, bytearray] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})

    def copy(self) -> State:
        """One that can be changed without changing this one."""
        return State(
            {inode: bytearray(content) for inode, content in self.files.items()},
            {inode: dict(names) for inode, names in self.folders.items()},
        )

    def apply(self, change: Change) -> None:
        """Make a change."""
        match change:
            case Write(inode, offset, content):
                file = self.files.setdefault(inode, bytearray())
                file.extend(bytes(max(0, offset - len(file))))
                file[offset : offset + len(content)] = content
            case Resize(inode, size):
                file = self.files.setdefault(inode, bytearray())
                del file[size:]
                file.extend(bytes(size - len(file)))
            case Names(_, changes):
                for folder, name, named in changes:
                    names = self.folders.setdefault(folder, {})
                    if named is None:
                        names.pop(name, None)
                    else:
                        names[name] = named
            case Flush():
                pass


@dataclass(frozen=True, slots=True)
class Fault:
    """The step that fails, counted from when it was asked for; `lasting`: and all after it. Steps of `kinds` only."""

    step: int
    errno: int
    lasting: bool = False
    # write, resize, create, mkdir, link, rename, unlink, rmdir, fsync, fsync folder; empty: all
    kinds: tuple[str, ...] = ()


class Disk:
    """What programs see now, and the log of changes since all was last known to be safe."""

    def __init__(self) -> None:
        self.live = State()
        self.log: list[Change] = []
        self.room: int | None = None  # bytes of content that fit
        self.failed = 0  # steps since the last `fail`
        self._base = State()
        self._folders = {ROOT}
        self._last_inode = ROOT
        self._fault: Fault | None = None
        self._steps = 0
        self._hidden: tuple[Names, int] = (Names("", ()), ROOT)

    # --- what programs do: paths are relative to the root; OSError as a kernel would say it

    def find(self, path: str) -> int:
        """The inode of a path."""
        inode = ROOT
        for name in _parts(path):
            if inode not in self._folders:
                raise OSError(errno.ENOTDIR, path)
            try:
                inode = self.names(inode)[name]
            except KeyError:
                raise OSError(errno.ENOENT, path) from None
        return inode

    def is_folder(self, inode: int) -> bool:
        """Whether it holds names."""
        return inode in self._folders

    def names(self, folder: int) -> dict[str, int]:
        """Names in a folder."""
        return self.live.folders.setdefault(folder, {})

    def links(self, inode: int) -> int:
        """How many names lead to an inode."""
        return sum(list(names.values()).count(inode) for names in self.live.folders.values())

    def content(self, inode: int) -> bytearray:
        """A file's content; not to be changed."""
        return self.live.files.setdefault(inode, bytearray())

    def create(self, path: str, *, folder: bool = False) -> int:
        """A new file or folder."""
        parent, name = self._place(path)
        if name in self.names(parent):
            raise OSError(errno.EEXIST, path)
        what = "mkdir" if folder else "create"
        self._step(what)
        self._last_inode += 1
        if folder:
            self._folders.add(self._last_inode)
        self._do(Names(f"{what} {path}", ((parent, name, self._last_inode),)))
        return self._last_inode

    def write(self, inode: int, offset: int, content: bytes) -> int:
        """Write into a file; how many bytes."""
        self._step("write")
        grown = max(0, offset + len(content) - len(self.content(inode)))
        if self.room is not None and self.used() + grown > self.room:
            raise OSError(errno.ENOSPC, "no room")
        self._do(Write(inode, offset, content))
        return len(content)

    def resize(self, inode: int, size: int) -> None:
        """Cut a file off, or fill it up with zeros."""
        self._step("resize")
        self._do(Resize(inode, size))

    def link(self, old: str, new: str) -> None:
        """A second name."""
        inode = self.find(old)
        parent, name = self._place(new)
        if name in self.names(parent):
            raise OSError(errno.EEXIST, new)
        self._step("link")
        self._do(Names(f"link {old} {new}", ((parent, name, inode),)))

    def hide(self, path: str) -> None:
        """Take the name of a file that is open; a rename into its place that follows makes one step with it."""
        inode = self.find(path)
        change = Names(f"unlink {path}", ((*self._place(path), None),))
        self._do(change)
        self._hidden = (change, inode)

    def rename(self, old: str, new: str) -> None:
        """Another name, in the place of what had it."""
        inode = self.find(old)
        (folder, name), (new_folder, new_name) = self._place(old), self._place(new)
        self._show(new_folder, new_name)
        replaced = self.names(new_folder).get(new_name)
        if replaced == inode:
            return
        if replaced in self._folders and self.names(replaced):
            raise OSError(errno.ENOTEMPTY, new)
        self._step("rename")
        self._do(Names(f"rename {old} {new}", ((folder, name, None), (new_folder, new_name, inode))))

    def remove(self, path: str, *, folder: bool = False) -> None:
        """Take a name away."""
        inode = self.find(path)
        if folder and self.names(inode):
            raise OSError(errno.ENOTEMPTY, path)
        what = "rmdir" if folder else "unlink"
        self._step(what)
        self._do(Names(f"{what} {path}", ((*self._place(path), None),)))

    def flush(self, inode: int) -> None:
        """Fsync of a file or folder."""
        try:
            self._step("fsync folder" if inode in self._folders else "fsync")
        except OSError:
            self._do(Flush(inode, failed=True))
            raise
        self._do(Flush(inode))

    def used(self) -> int:
        """Bytes of all content that has a name."""
        named = {inode for names in self.live.folders.values() for inode in names.values()}
        return sum(len(self.live.files.get(inode, b"")) for inode in named)

    # --- what tests do

    def fail(self, fault: Fault | None) -> None:
        """Let a step to come fail; None: no more."""
        self._fault, self._steps, self.failed = fault, 0, 0

    def settle(self) -> None:
        """All that is there is safe from now on."""
        self._base = self.live.copy()
        self.log.clear()

    def after_cut(self, steps: int, fate: Fate, seed: int = 0) -> State:
        """What a power cut after so many changes of the log leaves."""
        state = self._base.copy()
        for change in _survivors(self.log[:steps], fate, random.Random(seed)):  # noqa: S311 - repeatable
            state.apply(change)
        return state

    def endings(self, draws: Sequence[tuple[Fate, int]]) -> list[tuple[int, Fate, int]]:
        """All moments of the log at which a cut leaves something else than at all others; each the last of its kind."""
        different: dict[bytes, tuple[int, Fate, int]] = {}
        for steps in range(len(self.log) + 1):
            for fate, seed in draws:
                different[self._digest(self.after_cut(steps, fate, seed))] = (steps, fate, seed)
        return sorted(different.values())

    def cut(self, fate: Fate, seed: int = 0) -> None:
        """The power goes, and comes back."""
        self.live = self.after_cut(len(self.log), fate, seed)
        self.settle()

    def fill(self, source: Path) -> None:
        """Begin with the content of a real folder, safe on this disk; what was here is gone."""
        self.live = State()
        inodes: dict[int, int] = {}
        for parent, folders, files in os.walk(source):
            relative = Path(parent).relative_to(source)
            for name in folders:
                self._adopt(str(relative / name), folder=True)
            for name in files:
                inode = (Path(parent) / name).stat().st_ino
                if inode not in inodes:
                    inodes[inode] = self._adopt(str(relative / name))
                    self.live.files[inodes[inode]] = bytearray((Path(parent) / name).read_bytes())
                else:
                    folder, own = self._place(str(relative / name))
                    self.names(folder)[own] = inodes[inode]
        self.settle()

    def export(self, state: State, target: Path) -> None:
        """Lay a state out in a real, empty folder."""
        written: dict[int, Path] = {}
        for place, inode in self._walk(state, ROOT, target):
            if inode in self._folders:
                place.mkdir()
            elif inode in written:
                place.hardlink_to(written[inode])
            else:
                place.write_bytes(state.files.get(inode, b""))
                written[inode] = place

    def _digest(self, state: State) -> bytes:
        """Differs for what differs to a program."""
        digest = hashlib.sha256()
        for place, inode in sorted(self._walk(state, ROOT, Path())):
            content = b"" if inode in self._folders else state.files.get(inode, b"")
            digest.update(f"{place} {inode} {len(content)} ".encode())
            digest.update(content)
        return digest.digest()

    def _walk(self, state: State, folder: int, place: Path) -> Iterator[tuple[Path, int]]:
        for name, inode in state.folders.get(folder, {}).items():
            yield place / name, inode
            if inode in self._folders:
                yield from self._walk(state, inode, place / name)

    def _adopt(self, path: str, *, folder: bool = False) -> int:
        self._last_inode += 1
        parent, name = self._place(path)
        self.names(parent)[name] = self._last_inode
        if folder:
            self._folders.add(self._last_inode)
        return self._last_inode

    def _show(self, folder: int, name: str) -> None:
        """Take back that a name was hidden, if that was the last that happened."""
        change, inode = self._hidden
        if self.log and self.log[-1] is change and change.changes == ((folder, name, None),):
            self.log.pop()
            self.names(folder)[name] = inode

    def _place(self, path: str) -> tuple[int, str]:
        *above, name = _parts(path)
        return self.find("/".join(above)), name

    def _do(self, change: Change) -> None:
        self.live.apply(change)
        self.log.append(change)

    def _step(self, kind: str) -> None:
        fault = self._fault
        if fault is None or (fault.kinds and kind not in fault.kinds):
            return
        self._steps += 1
        if self._steps == fault.step or (fault.lasting and self._steps > fault.step):
            self.failed += 1
            raise OSError(fault.errno, kind)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]


def _survivors(log: Sequence[Change], fate: Fate, chance: random.Random) -> list[Change]:
    """The changes that are there after a cut, in order."""
    kept: list[Change] = []
    safe = _safe(log)
    loose_names = [place for place, change in enumerate(log) if isinstance(change, Names) and safe[place] is None]
    names_until = len(log)
    if fate is Fate.MIXED and loose_names:  # file systems keep names in order, in a journal of their own
        names_until = chance.choice([*loose_names, len(log)])
    for place, change in enumerate(log):
        if isinstance(change, Flush) or safe[place] is False:
            continue
        if safe[place] or fate is Fate.ALL_STAYS:
            kept.append(change)
        elif isinstance(change, Names):
            if fate is Fate.NAMES_STAY or (fate is Fate.MIXED and place < names_until):
                kept.append(change)
        elif fate is Fate.CONTENT_STAYS or (fate is Fate.NAMES_STAY and isinstance(change, Resize)):
            kept.append(change)
        elif fate is Fate.MIXED:
            kept.extend(_some_of(change, chance))
    return kept


def _safe(log: Sequence[Change]) -> list[bool | None]:
    """For each change: True if an fsync after it kept it, False if one that failed lost it, None if none came."""
    safe: list[bool | None] = []
    flushed: dict[int, bool] = {}
    for change in reversed(log):
        if isinstance(change, Flush):
            flushed[change.inode] = not change.failed
            safe.append(None)
        elif isinstance(change, Names):
            safe.append(True if any(flushed.get(folder) for folder, _, _ in change.changes) else None)
        else:
            safe.append(flushed.get(change.inode))
    return safe[::-1]


def _some_of(change: Write | Resize, chance: random.Random) -> list[Change]:
    if isinstance(change, Resize):
        return [change] if chance.random() < 0.5 else []
    pieces: list[Change] = []
    end = change.offset + len(change.content)
    for page in range(change.offset // PAGE, -(-end // PAGE)):
        first, last = max(page * PAGE, change.offset), min((page + 1) * PAGE, end)
        if chance.random() < 0.5:
            pieces.append(Write(change.inode, first, change.content[first - change.offset : last - change.offset]))
    return pieces
