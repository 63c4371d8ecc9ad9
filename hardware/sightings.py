"""Decides when a code in a stream of pictures counts: seen often enough, and then quiet until it has left.

One misread in ten passes its check digit, so one look of one decoder is not believed. Looks differ in what they
try (picture_reader.py), so that even a still picture is judged by looks that fail differently.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from hardware.aim import Aimed, aimed, middle
from hardware.code import Box, Code, Point
from hardware.same_article import Article, article

_WEAK: Final = frozenset({"EAN8", "UPCE", "CODE39", "CODE93", "CODABAR", "PDF417", "AZTEC"})
"""Too short, or without a check digit of their own: parts of longer codes and mere patterns read as these."""
_ITF14_DIGITS: Final = 14
_VOTES: Final = 2
_WEAK_VOTES: Final = 3
_SURE_VOTES: Final = 2
_NEVER: Final = 1000
_NEAR_SIDES: Final = 0.75
_NEAR: Final = 0.01


@dataclass(frozen=True, slots=True)
class Patience:
    """What the shopper may notice of the rules, in seconds and in looks."""

    quiet_s: float = 0.6
    """A code has left when unseen for so long ..."""
    quiet_looks: int = 5
    """... and for so many looks, however fast the camera ..."""
    held_s: float = 1.5
    """... and for so long while something is still held up, which may be the same pack, blurred by the hand."""
    aim_s: float = 0.35
    """How long one must be aimed at a code that does not count at once."""
    cycle: int = 3
    """After so many looks the reader has tried everything once."""


@dataclass(slots=True)
class Track:
    """One code as it goes through the picture."""

    article: Article
    code: Code
    at: float
    look: int
    counted: bool = False
    passed_over: bool = False
    """Another one counted while this one was in view: it was not meant."""
    held: bool = True
    aimed_since: float | None = None
    sightings: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=64))
    """Look and votes."""

    @property
    def is_numbered(self) -> bool:
        return self.article.is_numbered

    def is_sure(self, since: int) -> bool:
        """Whether two decoders agreed on it in one look."""
        return any(votes >= _SURE_VOTES for look, votes in self.sightings if look >= since)

    def votes(self, since: int) -> int:
        return sum(votes for look, votes in self.sightings if look >= since)


class Sightings:
    """`at` is in seconds of any one clock. Without a zone, several codes in one picture all count."""

    def __init__(self, *, zone: Box | None = None, patience: Patience | None = None) -> None:
        self._zone = zone
        self._patience = patience or Patience()
        self._look = 0
        self._tracks: list[Track] = []

    def see(self, codes: Iterable[Code], at: float, *, held: bool = False, still: bool = False) -> tuple[Code, ...]:
        """One look: what was read in it. Returns what counts from now on.

        `held`: something is known to be held up; `still`: the picture is as it was, so what was in view still is.
        """
        in_view = self._in_view() if still else []
        self._look += 1
        for track in in_view:
            track.look, track.at = track.look + 1, at
        seen = self._sighted(codes, at)
        self._forget_what_left(at, held=held, seen=seen)
        ready = [track for track in self._allowed(seen, at) if not track.counted and self._is_enough(track)]
        for track in ready:
            track.counted = True
        if ready and self._zone is not None:
            self._pass_over_the_others()
        return tuple(track.code for track in ready)

    def unchanged(self, at: float, *, held: bool = False) -> None:
        """The picture is as it was, so nobody looked."""
        self.see((), at, held=held, still=True)

    def in_view(self, at: float, within_s: float) -> tuple[tuple[Code, bool], ...]:
        """What was seen within so many seconds, and whether it counted; for the eye."""
        return tuple((track.code, track.counted) for track in self._tracks if at - track.at <= within_s)

    def _sighted(self, codes: Iterable[Code], at: float) -> tuple[Track, ...]:
        seen: dict[int, Track] = {}
        for code in sorted(_undisputed(codes), key=lambda code: len(article(code).more), reverse=True):
            track = self._track_of(code, at)
            if id(track) in seen:
                continue  # the same once more: another pack beside it, or its second code
            seen[id(track)] = track
            track.code, track.at, track.look, track.held = code, at, self._look, True
            track.sightings.append((self._look, _SURE_VOTES if code.sure else 1))
        return tuple(seen.values())

    def _track_of(self, code: Code, at: float) -> Track:
        this = article(code)
        for track in self._tracks:
            if track.article.is_same(this):
                track.article = max(track.article, this, key=lambda article: len(article.more))
                return track
        track = Track(this, code, at, self._look)
        self._tracks.append(track)
        return track

    def _forget_what_left(self, at: float, *, held: bool, seen: tuple[Track, ...]) -> None:
        for track in tuple(self._tracks):
            if any(track is other for other in seen):
                continue
            if not held or any(_is_rival(track, other) for other in seen):
                track.held = False
            unseen_s = at - track.at
            is_gone = unseen_s > self._patience.quiet_s and self._look - track.look > self._patience.quiet_looks
            if is_gone and (not track.held or unseen_s > self._patience.held_s):
                self._tracks.remove(track)

    def _allowed(self, seen: tuple[Track, ...], at: float) -> list[Track]:
        if self._zone is None:
            return list(seen)
        choice = aimed(self._in_view(), self._zone)
        for track in self._tracks:
            if choice is None or track is not choice.code:
                track.aimed_since = None
            elif track.aimed_since is None:
                track.aimed_since = at
        return [
            track for track in seen if choice is not None and track is choice.code and self._is_meant(track, at, choice)
        ]

    def _is_meant(self, track: Track, at: float, choice: Aimed) -> bool:
        since = at if track.aimed_since is None else track.aimed_since
        return choice.at_once or at - since >= self._patience.aim_s

    def _in_view(self) -> list[Track]:
        return [track for track in self._tracks if self._look - track.look <= self._patience.cycle]

    def _pass_over_the_others(self) -> None:
        for track in self._in_view():
            track.passed_over = not track.counted

    def _is_enough(self, track: Track) -> bool:
        needed = _WEAK_VOTES if _is_weak(track.code) else _VOTES
        since = self._look - self._patience.cycle * (needed - 1) - 1
        return track.votes(since) >= needed + self._doubt(track, since)

    def _doubt(self, track: Track, since: int) -> int:
        """Votes for another text at the same place. One that had counted before this one came has simply been
        taken away; but as a misread of it would look the same, one vote more is asked for.
        """
        first = next(look for look, _ in track.sightings if look >= since)
        doubt = 0
        for rival in self._tracks:
            if _is_part(track.code, rival.code):
                return _NEVER
            is_near = not track.is_sure(since) and _are_near(track.code, rival.code)
            if rival is track or not (is_near or _is_rival(track, rival)):
                continue
            votes = rival.votes(first) + (rival.votes(since) > 0) if rival.counted else rival.votes(since)
            doubt = max(doubt, votes)
        return doubt


def _undisputed(codes: Iterable[Code]) -> list[Code]:
    """Without what a single decoder read where two agree on something else: a part of it, or the one before."""
    read = tuple(codes)
    sure = [code for code in read if code.sure]
    return [
        code
        for code in read
        if not any(_is_part(code, other) for other in read)
        and (code.sure or not any(_share_a_place(code, other) for other in sure))
    ]


def _is_part(code: Code, other: Code) -> bool:
    """Any stretch of an Interleaved 2 of 5 may pass for a whole one, to more than one decoder."""
    return code.symbology == other.symbology == "ITF" and len(code.text) < len(other.text) and code.text in other.text


def _is_weak(code: Code) -> bool:
    return code.symbology in _WEAK or (code.symbology == "ITF" and len(code.text) != _ITF14_DIGITS)


def _is_rival(one: Track, other: Track) -> bool:
    """Whether both were read at the same place: the middle of one lies in the other. Boxes may well overlap."""
    return _share_a_place(one.code, other.code)


def _share_a_place(one: Code, other: Code) -> bool:
    return _holds(one, middle(other)) or _holds(other, middle(one))


def _are_near(one: Code, other: Code) -> bool:
    """Nearer than packs side by side: of a code that is hard to read, a misread may show another part."""
    (x0, y0), (x1, y1) = middle(one), middle(other)
    sides = [max(box.right - box.left, box.bottom - box.top) for box in (one.box, other.box)]
    return max(abs(x0 - x1), abs(y0 - y1)) < _NEAR_SIDES * max(sides)


def _holds(code: Code, point: Point) -> bool:
    """Whether a point lies within a code's outline, or next to it: some decoders give but a line."""
    column, row = point
    sides = []
    corners = code.corners
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-6)
        sides.append(((x1 - x0) * (row - y0) - (y1 - y0) * (column - x0)) / length)
    box = code.box
    is_near = box.left - _NEAR <= column <= box.right + _NEAR and box.top - _NEAR <= row <= box.bottom + _NEAR
    return is_near and (min(sides) >= -_NEAR or max(sides) <= _NEAR)
