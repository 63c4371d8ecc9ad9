"""What the commands write: results to stdout, sentences and progress to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import Any, Final, Protocol, TypeVar

_WIDTH: Final = 32
_EVERY_S: Final = 0.1

_Item = TypeVar("_Item")


class Measured(Protocol):
    """Something that is read and knows how far it got."""

    bytes_total: int

    @property
    def bytes_read(self) -> int:
        """Bytes so far."""


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_json(value: Any) -> None:
    """The result for machines."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def complain(sentence: str) -> None:
    """A sentence for the person at the terminal."""
    sys.stderr.write(f"kiosk-hub: {sentence}\n")


def speak_any_language() -> None:
    """Names in any script must not end a command on a terminal that cannot show them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def with_progress(items: Iterable[_Item], measured: Measured) -> Iterator[_Item]:
    """The items, with a bar on stderr while they are read, if that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    shown = 0.0
    count = 0
    try:
        for count, item in enumerate(items, start=1):
            now = time.monotonic()
            if now - shown >= _EVERY_S:
                shown = now
                _draw(measured, count)
            yield item
        _draw(measured, count)
    finally:
        sys.stderr.write("\n")


def _draw(measured: Measured, count: int) -> None:
    total = max(measured.bytes_total, 1)
    done = min(measured.bytes_read, total)
    bar = "█" * (_WIDTH * done // total)
    sys.stderr.write(f"\r{bar:░<{_WIDTH}} {100 * done // total:3d} %  {count:,} products")
    sys.stderr.flush()


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns side by side; numbers to the right."""
    cells = [list(heads), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(heads))]
    right = [bool(rows) and all(isinstance(row[place], int) for row in rows) for place in range(len(heads))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in cells
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
