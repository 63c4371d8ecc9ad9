"""A lane's name as people say it: 'Till 3' where it is a number, else as it is."""

from __future__ import annotations

import re
from typing import Final

from kiosk.services.texts import Texts

_NUMBERED: Final = re.compile(r"(?:lane-?)?0*(\d{1,4})", re.ASCII | re.IGNORECASE)


def lane_name(texts: Texts, lane: str, language: str) -> str:
    """The name in a language: a number says nothing by itself, a name that the shop gave is left as it is."""
    number = _NUMBERED.fullmatch(lane)
    return texts.text(language, "common.lane", number=number[1]) if number else lane
