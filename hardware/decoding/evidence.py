"""All that was read in one picture, and which of it can be believed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import atan2, dist, hypot
from typing import Final, TypeAlias

from hardware.code import Box, Code, Corners
from hardware.decoding.cutout import QUIET, Cutout, Cutter
from hardware.decoding.ean_bars import LAYOUTS
from hardware.decoding.ean_profile import Judgement, glance, judge
from hardware.decoding.ean_reader import read_bars
from hardware.decoding.locator import Region
from hardware.decoding.quiet_zone import is_whole
from hardware.decoding.reading import DATABAR, EAN, MATRIX, SHORT_EAN, Pixels, Reading, ean, is_gtin14
from hardware.opencv import Grey

_Key: TypeAlias = tuple[str, str]

_CORRECTED: Final = frozenset({"QR", "DATAMATRIX"})
_WEAK: Final = frozenset({"CODE39", "CODE93", "CODABAR", "PDF417", "AZTEC"})
_WEAK_VOTES: Final = 3
"""No shop has these unless it says so; Code 39 has no check digit at all."""
_MANY: Final = 4
FIRST_CUT: Final = "first cut"
"""Where both engines read it there, it is an easy one: no misread was agreed on in 10,000 renditions."""
_SPAN: Final = 0.8
_PART: Final = 0.4
_LEAST_WIDTH: Final = 90.0
"""Pixels: an EAN-13 has 95 modules."""
_BY: Final = 0.6
_EDGE: Final = 0.01
_FILLING: Final = 0.3
_SLENDER: Final = 0.2
_LIKE: Final = 0.8
_UNLIKE: Final = 0.6
_LEADS: Final = 1.1
_FOLLOWS: Final = 0.86
"""On the photographs all misreads had a lead under 0.845, and 237 of 240 right ones over 1.0."""


@dataclass(frozen=True, slots=True)
class _Seen:
    reading: Reading
    rendition: str
    """Of the picture: what one engine reads in one rendition is one vote."""
    box: Box
    cutout: Cutout | None
    ends: tuple[float, float]
    """Columns of the code's ends in the cut-out."""

    @property
    def reach(self) -> float:
        """What part it takes of the bars that were found there."""
        if self.cutout is None:
            return 0.0
        first, last = _limits(self.cutout)
        return abs(self.ends[1] - self.ends[0]) / (last - first)


class Evidence:
    """In pixels of the picture."""

    def __init__(self, grey: Grey, wanted: frozenset[str]) -> None:
        self._grey = grey
        self._size = grey.shape[1], grey.shape[0]
        self._wanted = wanted
        self._seen: dict[_Key, list[_Seen]] = {}
        self._judged: dict[_Key, Judgement] = {}
        self._known: dict[_Key, bool] = {}
        """What is certain, until more is read or judged: it is asked five times after each reading."""
        self._paper: dict[Reading, bool] = {}

    def add(
        self,
        readings: Iterable[Reading],
        rendition: str,
        cutout: Cutout | None = None,
        *,
        scale: float = 1.0,
        origin: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """`scale`: how many pixels of the picture one pixel of the rendition is; `origin`: the picture's column and
        row where the rendition begins. Neither for a cut-out, which knows its place.
        """
        for reading in readings:
            if reading.symbology not in self._wanted:
                continue  # who asks for EAN-13 alone gets UPC-A from two of the engines, and the reverse
            corners = tuple((column * scale + origin[0], row * scale + origin[1]) for column, row in reading.corners)
            ends = corners[0][0], corners[1][0]
            if cutout is not None:
                corners = cutout.in_picture(corners)
            placed = replace(reading, corners=corners)
            seen = _Seen(placed, rendition, Box.around(self._corners(corners)), cutout, ends)
            self._seen.setdefault(reading.key, []).append(seen)
            self._known.clear()

    def codes(self) -> tuple[Code, ...]:
        """What is certain."""
        return tuple(self._code(key) for key in self._seen if self._is_certain(key))

    def readings(self) -> tuple[Code, ...]:
        """All that may be: `sure` where it is certain."""
        return tuple(self._code(key) for key in self._seen if not self._is_refuted(key))

    def doubtful(self) -> bool:
        """Whether something was read, where no certain code lies, that more work may make certain."""
        return any(not self._is_certain(key) and not self._lies_in_certain(key) for key in self._seen)

    def wants(self, symbologies: frozenset[str]) -> bool:
        """Whether one of these was read and is not certain."""
        return any(key[0] in symbologies and not self._is_certain(key) for key in self._seen)

    def is_blank(self) -> bool:
        """Whether no bars at all were read."""
        return all(key[0] in MATRIX for key in self._seen)

    def fills(self) -> bool:
        """Whether what is certain takes so much of the picture that there is hardly room for more."""
        return any(self._filled(code) > _FILLING for code in self.codes())

    def _filled(self, code: Code) -> float:
        """The longer side of the code, as a part of the picture's."""
        places = [(column * self._size[0], row * self._size[1]) for column, row in code.corners]
        return float(max(dist(places[0], places[1]), dist(places[1], places[2])) / max(self._size))

    def settled(self, region: Region) -> bool:
        """Whether a certain code lies there."""
        place = region.column / self._size[0], region.row / self._size[1]
        return any(_holds(box, place) for box in self._certain_boxes())

    def regions(self) -> list[Region]:
        """Where lines were read that are not certain yet."""
        return [
            _region(seen[0].reading.corners)
            for key, seen in self._seen.items()
            if key[0] not in MATRIX and not self._is_certain(key)
        ]

    def peek(self, cutter: Cutter) -> None:
        """A quick look at each EAN-13 and UPC-A of zxing-cpp, which tells well where a code lies."""
        for key, seen in self._seen.items():
            if key[0] in EAN and key not in self._judged and seen[0].reading.engine == "zxing":
                cutout = cutter.cut(_region(seen[0].reading.corners), least=300, rows=24)
                (first, _), (last, _) = cutout.from_picture(seen[0].reading.corners[:2])
                self._judged[key] = glance(cutout.grey, (first, last), *key)
                self._known.clear()

    def judge(self, cutter: Cutter, regions: Sequence[Region], most: int = 8) -> None:
        """Holds each EAN and UPC that is not certain against the picture; again where its bars were not found."""
        waiting = [
            key
            for key in self._seen
            if key[0] in LAYOUTS
            and not self._is_certain(key)
            and (key not in self._judged or self._judged[key].likeness < _LIKE)
        ]
        for key in waiting[:most]:
            self._judged[key] = max(
                (judge(cutout.grey, ends, *key) for cutout, ends in self._places(key, cutter, regions)),
                key=lambda judgement: judgement.likeness,
                default=Judgement(0.0, 0.0),
            )
            self._known.clear()

    def guess(self, cutter: Cutter, regions: Iterable[Region], *, tries: int) -> None:
        """Where no decoder reads anything: an EAN-13 by the looks of its bars alone."""
        for region in regions:
            if not self._wanted & EAN or region.width < _LEAST_WIDTH or self.settled(region):
                continue
            cutout = cutter.cut(region, least=400, scale=1.0, rows=48)
            third, (first, last) = len(cutout.grey) // 3, _limits(cutout)
            read = read_bars(cutout.grey[third : len(cutout.grey) - third], (first, last), tries=tries)
            if read is not None:
                symbology, text = ean(read[0])
                rows = float(third), float(len(cutout.grey) - third)
                corners = (first, rows[0]), (last, rows[0]), (last, rows[1]), (first, rows[1])
                self._judged[symbology, text] = read[1]
                self.add([Reading(text, symbology, corners, "bars")], "bars", cutout)

    def _places(
        self, key: _Key, cutter: Cutter, regions: Sequence[Region]
    ) -> Iterator[tuple[Cutout, tuple[float, float]]]:
        """The cut-outs with the longest bars in which it was read, or else some around its place."""
        seen = self._seen[key]
        inside = [one.cutout for one in sorted(seen, key=lambda one: one.reach > _PART) if one.cutout is not None]
        if inside:
            cutout = max(reversed(inside), key=lambda cutout: len(cutout.grey))
            # zbar gives the points where its lines ended, often at one end only: all of them together tell both.
            columns = [column for one in seen for column, _ in cutout.from_picture(one.reading.corners)]
            ends, limits = (min(columns), max(columns)), _limits(cutout)
            yield cutout, ends
            if ends[1] - ends[0] < _SPAN * (limits[1] - limits[0]):
                yield cutout, limits
            return
        middle = _middle(self._seen[key][0].box)
        column, row = middle[0] * self._size[0], middle[1] * self._size[1]
        near = [region for region in regions if hypot(region.column - column, region.row - row) < region.width / 2]
        for region in near[:2]:
            cutout = cutter.cut(region, least=400, rows=48)
            yield cutout, _limits(cutout)

    def _is_certain(self, key: _Key) -> bool:
        if key not in self._known:
            self._known[key] = self._weighed(key)
        return self._known[key]

    def _weighed(self, key: _Key) -> bool:
        symbology = key[0]
        if symbology in _CORRECTED:
            return True
        seen = self._seen[key]
        votes, rivals = _votes(seen), self._rival_votes(key)
        if symbology in _WEAK:
            return votes >= _WEAK_VOTES and votes > 2 * rivals
        if symbology == "ITF":
            return _agreed(seen) and not rivals and self._is_whole_itf(seen)
        if symbology in DATABAR or symbology == "CODE128":
            return votes > 1 and votes > 2 * rivals
        return self._is_certain_ean(key, votes, rivals)

    def _is_certain_ean(self, key: _Key, votes: int, rivals: int) -> bool:
        seen, judged = self._seen[key], self._judged.get(key)
        if self._is_refuted(key) or (key[0] in SHORT_EAN and self._is_beside_a_longer(key)):
            return False
        leads = _FOLLOWS if votes >= _MANY and not rivals else _LEADS
        if judged is not None and judged.likeness > _LIKE and judged.lead > leads:
            return key[0] not in SHORT_EAN or _is_whole(seen)
        if rivals:
            return False
        if _agreed(seen, at=FIRST_CUT):
            return True
        if votes < _MANY or judged is None:
            return False
        # Bars that are bent are not found again by their looks; where they nearly are, the text is in doubt.
        return _agreed(seen) if key[0] in SHORT_EAN else judged.likeness < _UNLIKE

    def _is_whole_itf(self, seen: list[_Seen]) -> bool:
        """From end to end of the bars that were found, away from the picture's edge, and just those bars."""
        if not any(one.reach > _SPAN and self._is_inside(one) for one in seen):
            return False
        located = [one.reading for one in seen if one.reading.engine == "zxing"]  # zbar's points are those of one line
        return is_gtin14(seen[0].reading.text) or any(self._has_paper_beside(reading) for reading in located)

    def _has_paper_beside(self, itf: Reading) -> bool:
        if itf not in self._paper:
            self._paper[itf] = is_whole(self._grey, itf.corners, len(itf.text))
        return self._paper[itf]

    def _is_beside_a_longer(self, key: _Key) -> bool:
        """The left half of an EAN-13 is a UPC-E, bar by bar, to a line that leaves the code in the middle."""
        return any(
            _lies_by(one, other)
            for longer, readings in self._seen.items()
            if longer[0] not in SHORT_EAN | MATRIX | {"ITF"} and not self._is_refuted(longer)
            for other in readings
            for one in self._seen[key]
        )

    def _is_refuted(self, key: _Key) -> bool:
        judged = self._judged.get(key)
        return judged is not None and judged.likeness > _LIKE and judged.lead < _FOLLOWS

    def _rival_votes(self, key: _Key) -> int:
        """Of the text that has most of all others at the same place."""
        own = self._seen[key]
        return max(
            (
                _votes(seen)
                for other, seen in self._seen.items()
                if other != key
                and other[0] not in MATRIX
                and not _is_part(other, key)
                and not self._is_refuted(other)
                and any(_compete(one, mine) for one in seen for mine in own)
            ),
            default=0,
        )

    def _is_inside(self, seen: _Seen) -> bool:
        """Both ends of it lie away from the picture's edge: a code cut there reads as a shorter one."""
        (a, b), (c, d), (e, f), (g, h) = self._corners(seen.reading.corners)
        ends = (a + g) / 2, (b + h) / 2, (c + e) / 2, (d + f) / 2
        return min(ends) > _EDGE and max(ends) < 1 - _EDGE

    def _lies_in_certain(self, key: _Key) -> bool:
        boxes = self._certain_boxes()
        return all(any(_holds(box, _middle(seen.box)) for box in boxes) for seen in self._seen[key])

    def _certain_boxes(self) -> list[Box]:
        return [self._best(key).box for key in self._seen if self._is_certain(key)]

    def _best(self, key: _Key) -> _Seen:
        seen = self._seen[key]
        return next((one for one in seen if one.reading.engine == "zxing"), seen[0])

    def _code(self, key: _Key) -> Code:
        best = self._best(key).reading
        return Code(best.text, best.symbology, self._corners(best.corners), best.gs1, self._is_certain(key))

    def _corners(self, corners: Pixels) -> Corners:
        columns, rows = self._size
        (a, b), (c, d), (e, f), (g, h) = corners
        return (a / columns, b / rows), (c / columns, d / rows), (e / columns, f / rows), (g / columns, h / rows)


def _is_part(key: _Key, of: _Key) -> bool:
    """An Interleaved 2 of 5 has no beginning that differs from its inside: any line across may read a part of it."""
    return key[0] == of[0] == "ITF" and key[1] in of[1]


def _compete(one: _Seen, other: _Seen) -> bool:
    """Read at one place, or at one stretch of the same bars."""
    if one.box.meets(other.box):
        return True
    if one.cutout is None or other.cutout is None or one.cutout.region != other.cutout.region:
        return False
    scale = other.cutout.grey.shape[1] / one.cutout.grey.shape[1]
    return bool(min(one.ends) * scale < max(other.ends) and min(other.ends) < max(one.ends) * scale)


def _lies_by(one: _Seen, other: _Seen) -> bool:
    """Whether the middle of one is less than half of the other's length away from the other's middle, and a bit."""
    (left, top), (right, bottom) = one.reading.corners[0], one.reading.corners[2]
    (start, above), (end, below) = other.reading.corners[0], other.reading.corners[2]
    apart = hypot((left + right - start - end) / 2, (top + bottom - above - below) / 2)
    return apart < _BY * hypot(end - start, below - above)


def _is_whole(seen: list[_Seen]) -> bool:
    """From end to end of the bars that the locator found; or zbar has read it often, beside an add-on."""
    if any(one.reach > _SPAN and one.cutout is not None and one.cutout.region.strength > 0 for one in seen):
        return True
    return sum(one.reading.engine == "zbar" for one in seen) >= _MANY - 1


def _votes(seen: Iterable[_Seen]) -> int:
    return len({(one.reading.engine, one.rendition) for one in seen})


def _agreed(seen: list[_Seen], at: str = "") -> bool:
    """Two engines read it in the very same pixels: in any rendition, or in one."""
    by_zxing = {one.rendition for one in seen if one.reading.engine == "zxing" and at in ("", one.rendition)}
    return any(one.rendition in by_zxing for one in seen if one.reading.engine == "zbar")


def _limits(cutout: Cutout) -> tuple[float, float]:
    """Columns between which the bars stand."""
    columns = cutout.grey.shape[1]
    margin = columns * QUIET / (1 + 2 * QUIET)
    return margin, columns - margin


def _holds(box: Box, place: tuple[float, float]) -> bool:
    return box.left <= place[0] <= box.right and box.top <= place[1] <= box.bottom


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _region(corners: Pixels) -> Region:
    column, row = (sum(axis) / len(corners) for axis in zip(*corners, strict=True))
    (left, top), (right, bottom), _, (below, under) = corners
    width = hypot(right - left, bottom - top)
    # Corners span the lines that were read, not the bars: often one line in the middle of them.
    height = max(4.0, _SLENDER * width, hypot(below - left, under - top))
    return Region(column, row, width, height, atan2(bottom - top, right - left), 0.0)
