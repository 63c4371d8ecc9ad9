"""GS1 Digital Links: web addresses that carry GS1 elements (GS1 Digital Link Standard: URI Syntax 1.6).

Read as text, of any domain; nothing is ever opened. Laxer than the standard where the goods are certain all the same:
names in place of numbers as its version 1.1 had them, GTINs without their leading zeros, a slash at the end, elements
in the wrong place; each such thing but the first two is told as `out_of_form`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from retail.gs1 import Pairs, is_element, is_identifier
from retail.gtin import GTIN_LENGTH, gtin14, has_valid_check_digit

_LINK: Final = re.compile(
    r"https?://(?P<domain>[a-z0-9._:\[\]-]+)(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.IGNORECASE
)
_NO_ADDRESS: Final = re.compile(r"[^!-~]|[<>{}\\^`|\"]")  # what no address may hold unescaped (RFC 3986)
_ESCAPED: Final = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)
# Keys that a link may begin with, and what may follow them in the path, in this order.
_QUALIFIERS: Final[dict[str, tuple[str, ...]]] = {
    "01": ("22", "10", "21", "235"), "8006": ("22", "10", "21"), "00": (), "253": (), "255": (), "401": (), "402": (),
    "414": ("254", "7040"), "415": ("8020",), "417": ("7040",), "8003": (), "8004": ("7040",), "8010": ("8011",),
    "8013": (), "8017": ("8019",), "8018": ("8019",),
}  # fmt: skip
_NAMES: Final = {
    "gtin": "01", "itip": "8006", "sscc": "00", "gdti": "253", "gcn": "255", "ginc": "401", "gsin": "402", "gln": "414",
    "payto": "415", "partygln": "417", "grai": "8003", "giai": "8004", "cpid": "8010", "gmn": "8013", "gsrnp": "8017",
    "gsrn": "8018", "cpv": "22", "lot": "10", "ser": "21", "tpx": "235", "glnx": "254", "refno": "8020",
    "cpsn": "8011", "srin": "8019",
}  # fmt: skip
_PACKED: Final = re.compile(r"[A-Za-z0-9_-]{8,}")
_GTIN_BITS: Final = 47
_SSCC_BITS: Final = 60


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """What an address carries; `packed`: in the compressed form, of which only its key was looked at."""

    domain: str
    pairs: Pairs = ()
    out_of_form: bool = False
    unreadable: tuple[str, ...] = ()  # AIs that are there and whose value is none
    packed: bool = False


def read_digital_link(text: str) -> DigitalLink | None:
    """The elements of an address, or None if it is no Digital Link."""
    match = _LINK.fullmatch(text)
    if match is None or _NO_ADDRESS.search(text):
        return None
    domain = match["domain"].lower()
    segments = match["path"].split("/")[1:]
    ends_in_slash = segments[-1] == ""
    path = _path([_unescaped(segment) for segment in segments[: -1 if ends_in_slash else None]])
    if path is None:
        return DigitalLink(domain, packed=True) if _is_packed(segments) else None
    key, qualifiers = path[0][0], [identifier for identifier, _ in path[1:]]
    queried, unreadable, odd = _query(match["query"] or "", {identifier for identifier, _ in path})
    allowed = _QUALIFIERS[key]
    in_order = [identifier for identifier in allowed if identifier in qualifiers] == qualifiers
    misplaced = "235" not in qualifiers and any(identifier in allowed for identifier, _ in queried)
    out_of_form = ends_in_slash or odd or misplaced or not in_order
    return DigitalLink(domain, (*path, *queried), out_of_form, unreadable)


def _path(segments: list[str]) -> Pairs | None:
    """The key nearest to the end from which on all segments are elements, and these."""
    for begin in range(len(segments) - 2, -1, -2):
        key = _identifier(segments[begin])
        if key in _QUALIFIERS:
            pairs = tuple(
                _element(_identifier(name), value)
                for name, value in zip(segments[begin::2], segments[begin + 1 :: 2], strict=True)
            )
            return pairs if all(is_element(*pair) for pair in pairs) else None
    return None


def _query(query: str, known: set[str]) -> tuple[Pairs, tuple[str, ...], bool]:
    """Elements of the query, AIs whose value is none, and whether any of it is not as the standard says."""
    pairs: list[tuple[str, str]] = []
    unreadable: list[str] = []
    odd = False
    seen = set(known)
    for part in re.split("[&;]", query):
        name, _, escaped = part.partition("=")
        if not name.isdigit():
            continue  # the brand's own
        identifier, value = _element(name, _unescaped(escaped.replace("+", " ")))
        odd = odd or identifier in seen
        seen.add(identifier)
        if is_element(identifier, value):
            pairs.append((identifier, value))
        elif is_identifier(identifier):
            unreadable.append(identifier)
        else:
            odd = True
    return tuple(pairs), tuple(unreadable), odd


def _identifier(segment: str) -> str:
    """A name's AI: in any case, as a QR code that holds a link most shortly has capitals only."""
    return _NAMES.get(segment.lower(), segment)


def _element(identifier: str, value: str) -> tuple[str, str]:
    """With the leading zeros of a GTIN that an address may leave out."""
    return identifier, (gtin14(value) or value) if identifier == "01" else value


def _unescaped(text: str) -> str:
    """Percent escapes resolved; what is no UTF-8 becomes a sign that no element may hold."""
    if "%" not in text:
        return text
    return (
        _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).encode("latin-1", "replace").decode("utf-8", "replace")
    )


def _is_packed(segments: list[str]) -> bool:
    """Whether the last segment is a compressed link (chapter on compression of version 1.1 of the standard).

    Its first byte is the AI, or stands for a pair of them; a GTIN (47 bits) or SSCC (60) follows, and its check digit
    has to be right: of other short addresses, one in seventy would pass. What follows an uncompressed key begins with
    an AI too, and has nothing to check.
    """
    last = segments[-1]
    if not _PACKED.fullmatch(last) or len(last) % 4 == 1:
        return False
    packed = base64.urlsafe_b64decode(last + "=" * (-len(last) % 4))
    if len(segments) > 2 and _path(segments[:-1]) is not None:  # noqa: PLR2004 - a key and its value
        return packed[0] >> 4 < 10 and packed[0] & 15 < 10  # noqa: PLR2004 - two decimal digits
    bits = int.from_bytes(packed, "big")
    width, digits = (_SSCC_BITS, 18) if packed[0] == 0 else (_GTIN_BITS, GTIN_LENGTH)
    rest = len(packed) * 8 - 8 - width
    if rest < 0 or not (packed[0] == 0 or _stands_for_gtin(packed[0])):
        return False
    return has_valid_check_digit(str(bits >> rest & (1 << width) - 1).zfill(digits)[-digits:])


def _stands_for_gtin(first: int) -> bool:
    """AI 01 itself, or one of the pairs and triples that begin with it: 0A to 0F, 1A to 3F, A0 to A9."""
    high, low = divmod(first, 16)
    return first == 1 or (high <= 3 and low >= 10) or (high == 10 and low < 10)  # noqa: PLR2004 - see above
