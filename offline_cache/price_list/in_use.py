"""Who reads a price-list file now: a reader holds a shared lock on it, so that nobody writes to it meanwhile.

The lock is on the file itself, not on its name: it stays with an old list whose name a newer one has taken.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def hold(path: Path) -> int:
    """Open a file for reading and say so; the descriptor, whose close ends it. OSError if it cannot be opened.

    BlockingIOError while somebody writes to it: then another file is about to have this name.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:
        pass  # a file system without locks: `unread` finds none either, and nobody writes to such a file
    return descriptor


@contextlib.contextmanager
def unread(path: Path) -> Iterator[bool]:
    """Whether nobody reads a file now, and nobody may begin to within the block; False too if that cannot be known."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
