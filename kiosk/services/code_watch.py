"""Remembers, by digest and in memory only, which payment codes were shown: one is one payment, however often it is
read.

A scanner reads a phone that is held before it again and again, and a shopper shows it twice to be sure.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Final

_OUT_OF_SIGHT_S: Final = 2.0  # shown again after so long, it is meant: the wallet may have said 'not enough money'
_LIVES_S: Final = 60.0  # a payment code is refreshed once a minute


class CodeWatch:
    """The codes of the last minute that paid, tried to, or came when it was not their turn."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._salt = secrets.token_bytes(16)
        self._seen: dict[bytes, float] = {}
        self._turned_away: set[bytes] = set()

    def used(self, code: str, *, turned_away: bool = False) -> None:
        """It has had its turn; or it was told that there is no way for it now."""
        mark = self._digest(code)
        self._seen[mark] = self._steady()
        (self._turned_away.add if turned_away else self._turned_away.discard)(mark)

    def was_turned_away(self, code: str) -> bool:
        """Whether it has never had its turn, though it was shown."""
        return self._digest(code) in self._turned_away

    def is_in_sight(self, code: str) -> bool:
        """Whether it was used and has been before the scanner ever since. To ask is to have seen it."""
        mark, now = self._digest(code), self._steady()
        if not self._knows(mark, now):
            return False
        still = now - self._seen[mark] < _OUT_OF_SIGHT_S
        self._seen[mark] = now
        return still

    def knows(self, code: str) -> bool:
        """Whether it was used lately."""
        return bool(self._seen) and self._knows(self._digest(code), self._steady())

    def _knows(self, mark: bytes, now: float) -> bool:
        self._seen = {one: at for one, at in self._seen.items() if now - at < _LIVES_S}
        self._turned_away &= self._seen.keys()
        return mark in self._seen

    def _digest(self, code: str) -> bytes:
        return hmac.digest(self._salt, code.encode("utf-8", "replace"), hashlib.sha256)
