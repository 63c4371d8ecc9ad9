r"""AIM symbology identifiers: three characters before a code that say what kind of symbol it was.

`]cm` as ISO/IEC 15424 has it: a flag, the kind, and what the reader did; those of retail are in GS1's General
Specifications, section 7.8. A scanner that is set to send them lets the till tell a GS1 message from a text that only
looks like one. Pure.
"""

import re
from dataclasses import dataclass
from typing import Final

_LONGEST_BARE: Final = 13
_BARE_LENGTHS: Final = frozenset({8, 12, _LONGEST_BARE})

_KINDS: Final = {
    "A": ("CODE39", "0134578", ""),
    "C": ("CODE128", "0124", "1"),
    "F": ("CODABAR", "01234", ""),
    "G": ("CODE93", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm", ""),
    "I": ("ITF", "013", ""),
    "L": ("PDF417", "012345", ""),
    "Q": ("QR", "0123456", "34"),
    "d": ("DATAMATRIX", "0123456", "25"),
    "e": ("DATABAREXP", "0123", "0123"),
    "z": ("AZTEC", "0123456789ABC", "147A"),
}
"""Of each kind: our name, its modifiers, and those of them that stand for FNC1 in the first place."""
_OTHER_KINDS: Final = frozenset("BDHJKMNOPRSTUVXch")
"""Symbols that we have no name for; `X` also marks codes that a reader rewrote (ISBN, ISSN)."""
_ECI: Final = frozenset({"Q2", "Q4", "Q6", "d4", "d5", "d6", "z3", "z4", "z5", "L1"})
"""Here a reader doubles backslashes and writes a change of character set as a backslash and six digits."""

_IDENTIFIER: Final = re.compile(r"\]([A-Za-z])([0-9A-Za-z])")
_ADD_ON: Final = re.compile(r"(?<=\d)\]E[12](?=(?:\d\d|\d{5})$)")
_ECI_ESCAPE: Final = re.compile(r"\\(\\|\d{6})")
_ELEMENTS: Final = re.compile(r"\d\d.", re.DOTALL)
_DATABAR: Final = re.compile(r"01\d{14}")


@dataclass(frozen=True, slots=True)
class Identified:
    text: str
    """As `Scan.text` is: no identifier, no FNC1 before it."""
    symbology: str = "UNKNOWN"
    gs1: bool | None = None


def identify(text: str, *, identifier: str = "", group_separator: str = "") -> Identified:
    r"""What a scanner sent, with its identifier read and taken off.

    `identifier` is one that came apart from the text; `group_separator` is what this scanner sends for `\x1d`.
    """
    given = identifier.strip("\0 ")
    if len(given) == 2 and not given.startswith("]"):  # noqa: PLR2004 - kind and modifier, the flag left out
        given = f"]{given}"
    whole = text if not given or text.startswith(given) else given + text
    found = _read(whole)
    if found is None:
        found = Identified(text)
    return _first_and_separators(found, group_separator)


def _read(text: str) -> Identified | None:
    """None where no identifier stands before the text, or one that the text contradicts."""
    match = _IDENTIFIER.match(text)
    if match is None or match.end() == len(text):
        return None
    (kind, modifier), rest = match.groups(), text[match.end() :]
    if kind == "E":
        return _retail(modifier, rest)
    if kind in _OTHER_KINDS:
        return Identified(rest)
    if kind not in _KINDS or modifier not in _KINDS[kind][1]:
        return None
    name, _, first = _KINDS[kind]
    gs1 = modifier in first
    if kind + modifier in _ECI:
        rest = _ECI_ESCAPE.sub(lambda escape: "\\" if escape[1] == "\\" else "", rest)
    if gs1 and not _ELEMENTS.match(rest.removeprefix("\x1d")):
        return None
    if kind == "e" and _DATABAR.fullmatch(rest):
        name = "DATABAR"
    return Identified(rest, name, gs1)


def _retail(modifier: str, rest: str) -> Identified | None:
    """EAN and UPC share one kind, told apart by length: 13 digits with a nought before are a UPC-A's twelve."""
    digits = _ADD_ON.sub("", rest)
    if modifier not in "01234" or not (digits.isascii() and digits.isdigit()):
        return None
    if modifier in "12":  # an add-on alone
        return Identified(digits, "UNKNOWN", gs1=False)
    if modifier == "4":
        return Identified(digits, "EAN8", gs1=False)
    main, add_on = _split(digits, combined=modifier == "3" or digits != rest)
    if len(main) == _LONGEST_BARE and main.startswith("0"):
        main = main[1:]
    symbology = {13: "EAN13", 12: "UPCA", 8: "UPCE", 7: "UPCE", 6: "UPCE"}.get(len(main), "UNKNOWN")
    return Identified(main + add_on, symbology, gs1=False)


def _split(digits: str, *, combined: bool) -> tuple[str, str]:
    """Main symbol, and the two or five digits beside it; 13 digits are a UPC-E with five only where that is said."""
    for length in (13, 12, 8) if combined else (13, 12):
        if len(digits) - length in {2, 5}:
            return digits[:length], digits[length:]
    return digits, ""


def _first_and_separators(found: Identified, group_separator: str) -> Identified:
    text, gs1 = found.text, found.gs1
    if group_separator and gs1 is not False and _ELEMENTS.match(text.removeprefix(group_separator)):
        # A web address may hold the same sign: only what can be element strings is touched.
        text = text.replace(group_separator, "\x1d")
    if text.startswith("\x1d"):
        text = text.lstrip("\x1d")
        # A reader without identifiers shows FNC1 so. A bare EAN behind it is one that a stray key came before.
        bare = len(text) in _BARE_LENGTHS and text.isdigit()
        if gs1 is None and not bare and _ELEMENTS.match(text):
            gs1 = True
    return Identified(text, found.symbology, gs1)
