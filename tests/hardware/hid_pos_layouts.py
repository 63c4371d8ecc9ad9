"""Report descriptors of HID-POS scanners and the reports that go with them, in the layouts that makers document.

Written from the HID Point of Sale Usage Tables 1.02 (page 0x8C) and the reports' tables in makers' manuals: Honeywell
and Access-IS ("HID reports": number 2, length, three bytes of identifier, 56 of data, the maker's code, flags), Newland
("Acquire Scanned Data": length, 56 of data, four reserved, one byte of the maker's code, flags). The others are lawful
by the tables and shaped unlike both.
"""

from collections.abc import Callable
from dataclasses import dataclass

_OPEN = "05 8c 09 02 a1 01"
_BYTES = "15 00 26 ff 00 75 08"
_COUNT = "05 01 09 3b 95 01 81 02 05 8c"
_IDENTIFIER = "09 fb 09 fc 09 fd 95 03 81 02"
_FLAGS = "25 01 75 01 95 01 09 ff 81 02 95 07 81 03"


@dataclass(frozen=True)
class Maker:
    """One layout; `size` is that of its data in one report."""

    name: str
    descriptor: bytes
    size: int
    has_identifier: bool
    numbered: bool = True

    def reports(self, content: bytes, identifier: str = "]E0") -> list[bytes]:
        pieces = [content[at : at + self.size] for at in range(0, len(content), self.size)] or [b""]
        return [_REPORTS[self.name](one, identifier.encode(), one is not pieces[-1]) for one in pieces]


def _hex(*parts: str) -> bytes:
    return bytes.fromhex(" ".join(parts))


HONEYWELL = Maker(
    "honeywell",
    _hex(
        _OPEN,
        "09 12 a1 02 85 02",
        _BYTES,
        _COUNT,
        _IDENTIFIER,
        "95 38 09 fe 82 02 01",
        "06 66 ff 95 02 09 04 09 00 81 02",
        "05 8c 25 01 75 01 95 08 09 ff 81 02 c0",
        # the reports that the host sends: no business of a reader, and in its way
        "09 14 a1 02 85 04 15 00 25 01 75 01 95 01 09 00 91 02 95 07 91 03 c0",
        "06 66 ff 85 fd 75 08 95 3f 09 01 91 02 c0",
    ),
    56,
    has_identifier=True,
)
NEWLAND = Maker(
    "newland",
    _hex(
        _OPEN,
        "09 12 a1 02 85 02",
        _BYTES,
        _COUNT,
        "95 38 09 fe 82 02 01",
        "95 04 81 03",
        "95 01 09 fb 81 02",
        "75 01 95 07 81 03 95 01 25 01 09 ff 81 02 c0 c0",
    ),
    56,
    has_identifier=False,
)
UNNUMBERED = Maker(
    "unnumbered",
    _hex(_OPEN, "09 12 a1 02", _BYTES, _IDENTIFIER, "95 1c 09 fe 82 02 01", _FLAGS, "c0 c0"),
    28,
    has_identifier=True,
    numbered=False,
)
"""No length: what is not filled is noughts."""
FLAGS_FIRST = Maker(
    "flags first",
    _hex(
        # a keyboard's worth of status before it, and usages of four bytes
        "06 00 ff 09 01 a1 01 85 01 75 08 95 02 09 02 81 02 c0",
        "05 8c 09 02 a1 01 85 05 0b 12 00 8c 00 a1 02",
        _FLAGS,
        "15 00 26 ff 00 75 08 a4 05 01 95 01 09 3b 81 02 b4",
        "95 78 0b fe 00 8c 00 82 02 01",
        "1b fb 00 8c 00 2b fd 00 8c 00 95 03 81 02 c0 c0",
    ),
    120,
    has_identifier=True,
)
MAKERS = (HONEYWELL, NEWLAND, UNNUMBERED, FLAGS_FIRST)


def _pad(piece: bytes, size: int) -> bytes:
    return piece.ljust(size, b"\0")


_REPORTS: dict[str, Callable[[bytes, bytes, bool], bytes]] = {
    "honeywell": lambda piece, aim, more: bytes([2, len(piece)]) + aim + _pad(piece, 56) + b"d\0" + bytes([more]),
    "newland": lambda piece, aim, more: bytes([2, len(piece)]) + _pad(piece, 60) + b"d" + bytes([more << 7]),
    "unnumbered": lambda piece, aim, more: aim + _pad(piece, 28) + bytes([more]),
    "flags first": lambda piece, aim, more: bytes([5, more, len(piece)]) + _pad(piece, 120) + aim,
}
KEYBOARD = _hex(
    "05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 01 95 05 75 01 05 08 19 01 29 05",
    "91 02 95 01 75 03 91 01 95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 c0",
)
"""The boot keyboard of the HID specification's appendix B."""
