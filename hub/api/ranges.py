"""Which part of a file a request asks for: one range of bytes; whatever else is asked gets the whole (RFC 9110)."""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class RangeBeyond(Exception):
    """The range begins after the last byte."""


def wanted_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last, None for the whole file. RangeBeyond."""
    found = _ONE.fullmatch((header or "").strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(size - int(found[2]), 0), size
    else:
        start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None  # no range at all
    if start >= size or start >= end:
        raise RangeBeyond
    return start, end
