"""Which of two readings of a burst of keys a scanner meant: by the keys' places, or by the lane's layout.

A scanner set to a US keyboard means the places, whatever the lane's layout: on a French one its digits arrive as
`&é"'(`. One that is set to the lane's own layout means what arrives. On a US layout both are the same. Pure.
"""

from typing import Final

_WEIGHTS: Final = {"-": 8} | dict.fromkeys("./:_+%$ ?=&#~|()[]\x1d", 6)
_DIGIT: Final = 10
_LETTER: Final = 6
"""No more than a web address's signs: a Dvorak layout makes letters of those."""
_OTHER_ASCII: Final = 2
_NOT_ASCII: Final = -20
"""A code with such signs is a QR code, and those are typed with Alt and a number."""


def likelier(by_place: str, by_layout: str) -> str:
    """The reading that looks more like a code; the places where both do."""
    if by_place == by_layout:
        return by_place
    return by_layout if _likelihood(by_layout) > _likelihood(by_place) else by_place


def _likelihood(text: str) -> int:
    return sum(_weight(sign) for sign in text)


def _weight(sign: str) -> int:
    if not sign.isascii():
        return _NOT_ASCII
    if sign.isdigit():
        return _DIGIT
    return _LETTER if sign.isalpha() else _WEIGHTS.get(sign, _OTHER_ASCII)
