"""Starts our own programs as a test's subjects: killed, without root's rights, on a file size limit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def without_root_rights(arguments: Sequence[str]) -> list[str]:
    """The same command, bound by file permissions even where the tests run as root; skips where that cannot be had."""
    if os.geteuid() != 0:
        return list(arguments)
    if shutil.which("setpriv") is None:
        pytest.skip("running as root, and there is no setpriv to drop its rights")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner", "--", *arguments]


def python(*arguments: str, ordinary: bool = False) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments in the repository to its end."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        without_root_rights(command) if ordinary else command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def kiosk_sync(*arguments: str | Path, ordinary: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `kiosk-sync` to its end."""
    return python("-m", "offline_cache", *(str(argument) for argument in arguments), ordinary=ordinary)
