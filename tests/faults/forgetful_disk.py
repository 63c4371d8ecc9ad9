"""Mounts the disk of `disk_model` with FUSE, in a process of its own: `python -m tests.faults.forgetful_disk FOLDER`.

Commands come as lines of JSON on stdin, each is answered by one on stdout; at the end of stdin the disk is unmounted.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import mfusepy  # type: ignore[import-untyped]

from tests.faults.disk_model import Disk, Fate, Fault, Names, Write

_BLOCK: Final = 4096
_PLENTY: Final = 1 << 34
_MODE: Final = 0o7777
_HIDDEN: Final = "/.fuse_hidden"


class _Fuse(mfusepy.FUSE):  # type: ignore[misc] # it comes without types
    def truncate_fuse_3(self, path: Any, length: int, fip: Any) -> int:
        """Mfusepy drops the handle, and an open file may have no name any more."""
        answer: int = self.ftruncate(path, length, fip)
        return answer


class Mounted(mfusepy.Operations):  # type: ignore[misc] # it comes without types
    """What the kernel asks, answered by a Disk. A handle from before a power cut is good for nothing."""

    use_ns = True
    flag_nopath = True  # both: a handle is enough, also of a file without a name
    flag_nullpath_ok = True

    def __init__(self, disk: Disk, ready: Callable[[], None]) -> None:
        self.guard = threading.Lock()
        self.open_files: dict[int, int] = {}
        self._disk = disk
        self._ready = ready
        self._last_handle = 0
        self._nameless: dict[str, int] = {}  # files that are open and were unlinked, by libfuse's name for them
        self._modes: dict[int, int] = {}
        self._times: dict[int, int] = {}

    def init(self, _path: str) -> None:
        self._ready()

    def getattr(self, path: str | None, fh: int | None = None) -> dict[str, Any]:
        with self.guard:
            inode = self._inode(path, fh)
            kind, folder = self._kind(inode), self._disk.is_folder(inode)
            at = self._times.setdefault(inode, time.time_ns())
            size = 0 if folder else len(self._disk.content(inode))
            return {
                "st_ino": inode,
                "st_mode": kind | self._modes.get(inode, 0o755 if folder else 0o644),
                "st_nlink": 2 if folder else self._disk.links(inode),
                "st_size": size,
                "st_blocks": -(-size // 512),
                "st_uid": os.geteuid(),
                "st_gid": os.getegid(),
                "st_mtime": at,
                "st_ctime": at,
                "st_atime": at,
            }

    def statfs(self, _path: str) -> dict[str, int]:
        with self.guard:
            used, room = self._disk.used(), self._disk.room
            free = (_PLENTY if room is None else max(0, room - used)) // _BLOCK
            total = free + used // _BLOCK
            return {"f_bsize": _BLOCK, "f_frsize": _BLOCK, "f_blocks": total, "f_bfree": free, "f_bavail": free}

    def readdir(self, _path: str | None, fh: int) -> list[tuple[str, dict[str, int], int]]:
        with self.guard:
            folder = self._inode(None, fh)
            places = {".": folder, "..": folder, **self._disk.names(folder)}
            return [(name, {"st_ino": inode, "st_mode": self._kind(inode)}, 0) for name, inode in places.items()]

    def create(self, path: str, mode: int, _flags: int) -> int:
        with self.guard:
            inode = self._disk.create(path)
            self._modes[inode] = mode & _MODE
            return self._handle(inode)

    def mkdir(self, path: str, mode: int) -> int:
        with self.guard:
            self._modes[self._disk.create(path, folder=True)] = mode & _MODE
            return 0

    def open(self, path: str, flags: int) -> int:
        with self.guard:
            inode = self._disk.find(path)
            if flags & os.O_TRUNC and self._disk.content(inode):
                self._disk.resize(inode, 0)
            return self._handle(inode)

    def opendir(self, path: str) -> int:
        with self.guard:
            return self._handle(self._disk.find(path))

    def read(self, _path: str | None, size: int, offset: int, fh: int) -> bytes:
        with self.guard:
            return bytes(self._disk.content(self._inode(None, fh))[offset : offset + size])

    def write(self, _path: str | None, data: bytes, offset: int, fh: int) -> int:
        with self.guard:
            inode = self._inode(None, fh)
            self._times[inode] = time.time_ns()
            return self._disk.write(inode, offset, data)

    def truncate(self, path: str | None, length: int, fh: int | None = None) -> int:
        with self.guard:
            inode = self._inode(path, fh)
            self._times[inode] = time.time_ns()
            self._disk.resize(inode, length)
            return 0

    def fsync(self, _path: str | None, _datasync: int, fh: int) -> int:
        with self.guard:
            self._disk.flush(self._inode(None, fh))
            return 0

    def fsyncdir(self, path: str | None, datasync: int, fh: int) -> int:
        return self.fsync(path, datasync, fh)

    def release(self, _path: str | None, fh: int) -> int:
        with self.guard:
            self.open_files.pop(fh, None)
            return 0

    def releasedir(self, path: str | None, fh: int) -> int:
        return self.release(path, fh)

    def link(self, target: str, source: str) -> int:
        with self.guard:
            self._disk.link(source, target)  # mfusepy names what is made `target`
            return 0

    def rename(self, old: str, new: str) -> int:
        with self.guard:
            if _HIDDEN in new:  # what libfuse makes of an unlink, or of a rename in its place, while a file is open
                self._nameless[new] = self._disk.find(old)
                self._disk.hide(old)
            else:
                self._disk.rename(old, new)
            return 0

    def unlink(self, path: str) -> int:
        with self.guard:
            if self._nameless.pop(path, None) is None:
                self._disk.remove(path)
            return 0

    def rmdir(self, path: str) -> int:
        with self.guard:
            self._disk.remove(path, folder=True)
            return 0

    def chmod(self, path: str | None, mode: int) -> int:
        with self.guard:
            self._modes[self._inode(path, None)] = mode & _MODE
            return 0

    def chown(self, _path: str | None, _uid: int, _gid: int) -> int:
        return 0

    def utimens(self, _path: str | None, _times: Any = None) -> int:
        return 0

    def _kind(self, inode: int) -> int:
        return stat.S_IFDIR if self._disk.is_folder(inode) else stat.S_IFREG

    def _handle(self, inode: int) -> int:
        self._last_handle += 1
        self.open_files[self._last_handle] = inode
        return self._last_handle

    def _inode(self, path: str | None, fh: int | None) -> int:
        if fh is None:
            return self._nameless.get(path or "") or self._disk.find(path or "")
        try:
            return self.open_files[fh]
        except KeyError:
            raise OSError(errno.EIO, "opened before the power cut") from None


class Commands:
    """What a test may ask of the disk."""

    def __init__(self, disk: Disk, mounted: Mounted) -> None:
        self._disk = disk
        self._mounted = mounted

    def answer(self, command: dict[str, Any]) -> Any:
        """Do what is asked."""
        with self._mounted.guard:
            what: Callable[..., Any] = getattr(self, command.pop("do"))
            return what(**command)

    def count(self) -> int:
        return len(self._disk.log)

    def changes(self) -> list[str]:
        return [_words(change) for change in self._disk.log]

    def settle(self) -> None:
        self._disk.settle()

    def fill(self, folder: str) -> None:
        self._mounted.open_files.clear()
        self._disk.fill(Path(folder))

    def export(self, folder: str, steps: int, fate: str, seed: int) -> None:
        self._disk.export(self._disk.after_cut(steps, Fate(fate), seed), Path(folder))

    def endings(self, draws: list[tuple[str, int]]) -> list[tuple[int, str, int]]:
        return [(steps, str(fate), seed) for steps, fate, seed in self._disk.endings([(Fate(f), n) for f, n in draws])]

    def cut(self, fate: str, seed: int) -> None:
        self._mounted.open_files.clear()
        self._disk.cut(Fate(fate), seed)

    def fail(self, step: int, errno: int, lasting: bool, kinds: list[str]) -> None:
        self._disk.fail(Fault(step, errno, lasting, tuple(kinds)) if step else None)

    def failed(self) -> int:
        return self._disk.failed

    def room(self, size: int | None) -> None:
        self._disk.room = size


def _words(change: object) -> str:
    match change:
        case Write(inode, offset, content):
            return f"write {inode} {offset}+{len(content)}"
        case Names(what, _):
            return what
    return str(change)


def main() -> None:
    """Mount, and unmount at the end of stdin."""
    mountpoint = sys.argv[1]
    disk = Disk()
    mounted = Mounted(disk, ready=lambda: print(json.dumps("ready"), flush=True))
    commands = Commands(disk, mounted)

    def listen() -> None:
        for line in sys.stdin:
            print(json.dumps(commands.answer(json.loads(line))), flush=True)
        subprocess.run(["fusermount3", "-u", "-z", mountpoint], check=False)

    threading.Thread(target=listen, daemon=True).start()
    # Nothing is kept by the kernel that a power cut would change behind its back.
    uncached = {"attr_timeout": 0, "entry_timeout": 0, "negative_timeout": 0}
    _Fuse(mounted, mountpoint, foreground=True, nothreads=True, use_ino=True, **uncached)


if __name__ == "__main__":
    main()
