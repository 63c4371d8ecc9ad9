"""A hub of its own process with the demo shop in it, whose use of the processor can be read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO, Final

from hub.__main__ import main as kiosk_hub

STORE: Final = "demo"


class Served:
    """A program that serves on loopback."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self._pid = pid

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    @property
    def manifest(self) -> str:
        """The address that a fleet asks for."""
        return f"{self.url}/v1/price-lists/{STORE}/manifest.json"

    def processor_s(self) -> float:
        """Processor time that it has used so far, of all its threads."""
        fields = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """What it holds in memory now."""
        status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


def hub(data: Path, *arguments: str) -> None:
    """Do what a command of kiosk-hub does."""
    with redirect_stdout(StringIO()):
        assert kiosk_hub(["--data", str(data), *arguments]) == 0


@contextmanager
def served_hub(data: Path) -> Iterator[Served]:
    """The demo shop, published and served."""
    hub(data, "demo-shop")
    hub(data, "publish", "--store", STORE)
    with served((sys.executable, "-m", "hub", "--data", str(data), "serve", "--port", "0")) as running:
        yield running


@contextmanager
def served(command: Sequence[str]) -> Iterator[Served]:
    """Any program whose first line ends with the address that it serves on."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Served(_first_line(process.stdout).split()[-1], process.pid)
        finally:
            process.terminate()


def _first_line(stream: IO[str] | None) -> str:
    assert stream is not None
    line = stream.readline()
    assert line, "it ended before it served"
    return line
