"""Reads the codes in one grey picture: finds them, cuts them out, and believes what decoders agree on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Final

import numpy as np

from hardware.code import Box, Code
from hardware.decoding.cutout import Cutter
from hardware.decoding.decoders import Decoders
from hardware.decoding.evidence import FIRST_CUT, Evidence
from hardware.decoding.locator import COLUMNS, Locator, Region
from hardware.decoding.reading import EAN
from hardware.opencv import Grey, scaled
from hardware.scan import RETAIL

_SURVEYED: Final = 16
_REGIONS: Final = 3
_LARGEST: Final = 2000
"""Longer side of what is searched as a whole: cut-outs come from the picture itself."""


@dataclass(frozen=True, slots=True)
class _Cut:
    name: str
    least: int
    scale: float
    rows: int


_FIRST: Final = _Cut(FIRST_CUT, 300, 1.0, 24)
_LATER: Final = (_Cut("larger", 400, 1.0, 48), _Cut("enlarged", 300, 1.6, 64), _Cut("smaller", 500, 0.75, 32))


class PictureReader:
    """Bound to one thread, as zbar is."""

    LOOKS: Final = 3
    """So many looks at a picture that stays, and every way was tried."""

    def __init__(self, symbologies: Iterable[str] = RETAIL) -> None:
        self._wanted = frozenset(symbologies)
        self._decoders = Decoders(self._wanted)
        self._locator = Locator()
        self._turn = 0

    def look(self, grey: Grey, zone: Box | None = None) -> tuple[Code, ...]:
        """One picture of a stream: bounded work; what is dear takes turns from look to look.

        `zone`: where the code is expected; the middle, if nowhere. What lies nearer to it is looked at first.
        """
        turn, self._turn = self._turn % self.LOOKS, self._turn + 1
        evidence, cutter = Evidence(grey, self._wanted), Cutter(grey)
        regions = sorted(self._locator.regions(grey, most=_SURVEYED), key=lambda region: _distance(region, grey, zone))
        regions = regions[:_REGIONS]
        if self._locator.texture is not None:
            self._decoders.matrix(grey, self._locator.texture, evidence, halved=turn != 1)
        self._try(grey, cutter, regions, evidence, _FIRST)
        evidence.peek(cutter)
        if not evidence.codes() or evidence.doubtful():
            self._try(grey, cutter, regions[:2], evidence, _LATER[turn])
            evidence.judge(cutter, regions, most=1)
        if turn == 1 and not evidence.codes():
            evidence.guess(cutter, regions[:1], tries=1)
        if turn == self.LOOKS - 1 and regions and not evidence.codes():
            self._decoders.glance(grey, evidence, "linear")
        return evidence.readings()

    def read(self, grey: Grey) -> tuple[Code, ...]:
        """A still picture: all effort, and only what is certain."""
        grey = np.ascontiguousarray(grey)
        evidence, cutter = Evidence(grey, self._wanted), Cutter(grey)
        shrunk = min(1.0, _LARGEST / max(grey.shape))
        small = scaled(grey, max(1, round(grey.shape[1] * shrunk)))
        self._decoders.glance(small, evidence, scale=1 / shrunk)
        hinted = evidence.regions()
        self._try(grey, cutter, hinted, evidence, _FIRST)
        if evidence.codes() and not evidence.doubtful() and evidence.fills():
            return evidence.codes()
        regions = self._search(grey, cutter, hinted, evidence)
        if not evidence.codes():
            evidence.guess(cutter, regions[:2], tries=4)
        if not evidence.codes():
            self._decoders.scrutinize(small, evidence, scale=1 / shrunk)
            evidence.judge(cutter, hinted)
        return evidence.codes()

    def _search(self, grey: Grey, cutter: Cutter, hinted: Sequence[Region], evidence: Evidence) -> list[Region]:
        # Where one code is certain, others of about its size are looked for, in a quarter of the time.
        located = self._locator.regions(grey, COLUMNS // 2 if evidence.codes() else COLUMNS)
        if max(grey.shape) > _LARGEST and not evidence.codes():
            located += self._locator.regions(grey, 2 * COLUMNS)
        regions = [*located, *(region for region in hinted if not any(_covers(one, region) for one in located))]
        for cut in (_FIRST, *_LATER):
            self._try(grey, cutter, regions, evidence, cut)
            if cut in (_FIRST, _LATER[-1]):
                evidence.judge(cutter, regions)
            if evidence.codes() and not evidence.doubtful():
                break
        return regions

    def _try(self, grey: Grey, cutter: Cutter, regions: Iterable[Region], evidence: Evidence, cut: _Cut) -> None:
        for region in regions:
            if evidence.settled(region):
                continue
            self._decoders.cut(cutter, region, evidence, cut.name, least=cut.least, scale=cut.scale, rows=cut.rows)
            if evidence.wants(EAN):
                evidence.peek(cutter)
            if evidence.wants(EAN) or (cut is _LATER[-1] and evidence.is_blank()):
                self._decoders.detect(grey, region, evidence)

    def warm_up(self) -> None:
        """Lets the libraries load what they load at their first picture, so that the first real one is as quick."""
        self.read(np.tile(np.repeat(np.array([0, 255], np.uint8), 8), (120, 12)))

    def close(self) -> None:
        """Nothing is held that must be given back; a reader of another kind may."""


def _distance(region: Region, grey: Grey, zone: Box | None) -> float:
    """How far its middle is from the zone's; a region that is far stronger is not that much nearer."""
    column, row = (0.5, 0.5) if zone is None else ((zone.left + zone.right) / 2, (zone.top + zone.bottom) / 2)
    return hypot(region.column - column * grey.shape[1], region.row - row * grey.shape[0])


def _covers(one: Region, other: Region) -> bool:
    return hypot(one.column - other.column, one.row - other.row) < one.height / 2 and other.width < 1.1 * one.width
