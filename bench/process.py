"""Runs a program to its end: how long it took, and the most memory that it ever held."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended well."""

    seconds: float
    peak_mb: float
    said: str


def run(*command: str | Path) -> Ended:
    """A program; RuntimeError if it did not end well."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=complaints)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        complaints.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}: {complaints.read().strip()[-500:]}")
        return Ended(seconds, usage.ru_maxrss / 1024, out.read())


def python(*arguments: str | Path) -> Ended:
    """A module of ours."""
    return run(sys.executable, "-m", *arguments)
