"""A test's side of the forgetful disk: mounts it, cuts its power, lets it fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.disk_model import Fate

ROOT: Final = Path(__file__).resolve().parents[2]


class MountedDisk:
    """A folder on a disk that forgets. `path` is where it is mounted; nothing of it is elsewhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forgetful_disk", str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def close(self) -> None:
        """Unmount."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        if os.path.ismount(self.path):
            subprocess.run(["fusermount3", "-u", "-z", str(self.path)], check=True)

    def fill(self, folder: Path) -> None:
        """Begin with what is in a real folder, all of it safe; no program may have files open here."""
        self._ask("fill", folder=str(folder))

    def settle(self) -> None:
        """All that is here now is safe, and the count of changes begins anew."""
        self._ask("settle")

    def count(self) -> int:
        """Changes since `fill`, `settle` or `cut`."""
        number: int = self._ask("count")
        return number

    def changes(self) -> list[str]:
        """The same changes in words."""
        words: list[str] = self._ask("changes")
        return words

    def export(self, folder: Path, steps: int, fate: Fate, seed: int = 0) -> Path:
        """Lay out in a new real folder what a power cut after so many changes would have left; that folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self._ask("export", folder=str(folder), steps=steps, fate=fate, seed=seed)
        return folder

    def endings(self, draws: list[tuple[Fate, int]]) -> list[tuple[int, Fate, int]]:
        """All moments (changes, fate, seed) that leave something else than the others; the last one of each."""
        return [(steps, Fate(fate), seed) for steps, fate, seed in self._ask("endings", draws=draws)]

    def cut(self, fate: Fate = Fate.NOTHING_STAYS, seed: int = 0) -> None:
        """Cut the power, and bring it back; what is open here fails from then on."""
        self._ask("cut", fate=fate, seed=seed)

    def fail(self, step: int, errno: int, *, lasting: bool = False, kinds: tuple[str, ...] = ()) -> None:
        """Let the step that is so many ahead fail; `lasting`: and all after it."""
        self._ask("fail", step=step, errno=errno, lasting=lasting, kinds=kinds)

    def mend(self) -> int:
        """No more failures, and room for all; how many steps were made to fail."""
        failed: int = self._ask("failed")
        self._ask("fail", step=0, errno=0, lasting=False, kinds=())
        self._ask("room", size=None)
        return failed

    def room(self, size: int) -> None:
        """Let it be full at so many bytes."""
        self._ask("room", size=size)

    def _ask(self, what: str, **arguments: Any) -> Any:
        assert self._process.stdin is not None
        print(json.dumps({"do": what, **arguments}), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the forgetful disk at {self.path} ended; its stderr says why"
        return json.loads(line)


@contextmanager
def mounted(path: Path) -> Iterator[MountedDisk]:
    """Mount a forgetful disk; skips the test, with the reason, where that cannot be."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("/dev/fuse is not there for us: no disk can be mounted that forgets")
    if shutil.which("fusermount3") is None:
        pytest.skip("there is no fusermount3 (Debian: fuse3): no disk can be mounted that forgets")
    path.mkdir()
    disk = MountedDisk(path)
    try:
        yield disk
    finally:
        disk.close()
