"""Decides when a code in a stream of pictures counts: seen often enough, and then quiet until it has left.

One misread in ten passes its check digit, so one look is not believed. Looks alternate in scale
(picture_reader.py), so that even a still picture is judged by looks that fail differently.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

_SHORT: Final = frozenset({"EAN8", "UPCE"})
"""Parts of a longer code read as these, right check digit included: they need one look more."""
_MARGIN: Final = 0.02


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the picture; all from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left - _MARGIN <= other.right
            and other.left - _MARGIN <= self.right
            and self.top - _MARGIN <= other.bottom
            and other.top - _MARGIN <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    symbology: str
    box: Box


_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Seen:
    box: Box
    at: float
    look: int


def _key(code: Code) -> _Key:
    return code.symbology, code.text


class Sightings:
    """`at` is in seconds of any one clock. Different codes in one picture do not hold each other up."""

    def __init__(self, *, votes: int = 2, window: int = 3, quiet_s: float = 0.6, quiet_looks: int = 5) -> None:
        """A code counts with `votes` more than any other text at its place, within `window` looks. It
        has left when unseen for more than `quiet_s` and more than `quiet_looks` looks.
        """
        self._votes = votes
        self._quiet_s = quiet_s
        self._quiet_looks = quiet_looks
        self._look = 0
        self._recent: deque[tuple[Code, ...]] = deque(maxlen=window)
        self._counted: dict[_Key, _Seen] = {}

    def see(self, codes: Iterable[Code], at: float) -> tuple[Code, ...]:
        """One look: what was read in it. Returns what counts from now on."""
        self._look += 1
        self._forget_what_left(at)
        seen = tuple({_key(code): code for code in codes}.values())
        self._recent.append(seen)
        fresh = tuple(code for code in seen if _key(code) not in self._counted and self._enough(code))
        for code in seen:
            if code in fresh or _key(code) in self._counted:
                self._counted[_key(code)] = _Seen(code.box, at, self._look)
        return fresh

    def unchanged(self, at: float) -> None:
        """The picture is as it was, so nobody looked: what was in view still is."""
        self._look += 1
        self._forget_what_left(at)
        for code in (code for look in self._recent for code in look):
            if _key(code) in self._counted:
                self._counted[_key(code)] = _Seen(code.box, at, self._look)

    def _forget_what_left(self, at: float) -> None:
        for key, seen in tuple(self._counted.items()):
            if at - seen.at > self._quiet_s and self._look - seen.look > self._quiet_looks:
                del self._counted[key]

    def _enough(self, code: Code) -> bool:
        needed = self._votes + (code.symbology in _SHORT)
        return self._votes_for(_key(code)) >= max(needed, self._votes + self._rival_votes(code))

    def _votes_for(self, key: _Key) -> int:
        return sum(any(_key(code) == key for code in look) for look in self._recent)

    def _rival_votes(self, code: Code) -> int:
        rivals = {
            _key(other)
            for look in self._recent
            for other in look
            if _key(other) != _key(code) and other.box.meets(code.box)
        }
        known_here = any(key != _key(code) and seen.box.meets(code.box) for key, seen in self._counted.items())
        return max((self._votes_for(rival) for rival in rivals), default=int(known_here))
