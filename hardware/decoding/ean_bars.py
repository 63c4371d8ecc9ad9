"""The bars of EAN-13, EAN-8, UPC-A and UPC-E, from the tables of the GS1 General Specifications, 5.2.1."""

from typing import Final

_A: Final = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_C: Final = tuple("".join("10"[int(module)] for module in bars) for bars in _A)
_B: Final = tuple(bars[::-1] for bars in _C)
SETS: Final = {"A": _A, "B": _B, "C": _C}
"""Seven modules for each digit, 1 is dark, in three sets."""

_EAN13_LEFT: Final = (
    "AAAAAA",
    "AABABB",
    "AABBAB",
    "AABBBA",
    "ABAABB",
    "ABBAAB",
    "ABBBAA",
    "ABABAB",
    "ABABBA",
    "ABBABA",
)
"""In the order of the first digit, which the sets alone tell."""
_UPCE_0: Final = (
    "BBBAAA",
    "BBABAA",
    "BBAABA",
    "BBAAAB",
    "BABBAA",
    "BAABBA",
    "BAAABB",
    "BABABA",
    "BABAAB",
    "BAABAB",
)
"""In the order of the check digit, which the sets alone tell, for number system 0; turned about for 1."""
_TURNED: Final = str.maketrans("AB", "BA")
GUARD, _MIDDLE, _UPCE_END = "101", "01010", "010101"
DIGIT: Final = 7


class Layout:
    """Where the digits of one kind of code stand, and which sets of bars they may have together."""

    def __init__(self, leads: dict[str, str], end: str) -> None:
        """`leads`: what the sets of bars say, and the sets."""
        self.leads = leads
        self.end = end
        self.digits = len(next(iter(leads.values())))
        self.halves = end == GUARD

    def starts(self) -> tuple[int, ...]:
        """The first module of each digit."""
        middle = len(_MIDDLE) if self.halves else 0
        half = self.digits // 2 if self.halves else self.digits
        return tuple(len(GUARD) + DIGIT * place + (middle if place >= half else 0) for place in range(self.digits))

    def modules(self, sets: str, digits: str) -> str:
        bars = [SETS[name][int(digit)] for name, digit in zip(sets, digits, strict=True)]
        if self.halves:
            bars.insert(self.digits // 2, _MIDDLE)
        return GUARD + "".join(bars) + self.end


EAN13: Final = Layout({str(first): left + "CCCCCC" for first, left in enumerate(_EAN13_LEFT)}, GUARD)
EAN8: Final = Layout({"": "AAAACCCC"}, GUARD)
UPCE: Final = Layout(
    {f"0{check}": sets for check, sets in enumerate(_UPCE_0)}
    | {f"1{check}": sets.translate(_TURNED) for check, sets in enumerate(_UPCE_0)},
    _UPCE_END,
)
LAYOUTS: Final = {"EAN13": EAN13, "UPCA": EAN13, "EAN8": EAN8, "UPCE": UPCE}


def parts(symbology: str, text: str) -> tuple[str, str]:
    """What the sets of bars say, and the digits that are printed as bars."""
    if symbology == "EAN8":
        return "", text
    if symbology == "UPCE":
        return text[0] + text[7], text[1:7]
    full = text.zfill(13)
    return full[0], full[1:]


def expanded(upce: str) -> str:
    """The twelve digits of UPC-A that eight of UPC-E stand for (GS1 General Specifications, 5.2.2.4.2)."""
    system, a, b, c, d, e, last, check = list(upce)
    if last in "012":
        body = f"{a}{b}{last}0000{c}{d}{e}"
    elif last == "3":
        body = f"{a}{b}{c}00000{d}{e}"
    elif last == "4":
        body = f"{a}{b}{c}{d}00000{e}"
    else:
        body = f"{a}{b}{c}{d}{e}0000{last}"
    return system + body + check


def check_sum(digits: str) -> int:
    """0 where the check digit, the last one, is right."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10
