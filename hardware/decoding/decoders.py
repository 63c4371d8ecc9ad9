"""All decoders at hand, and which of them look at what."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from hardware.decoding.cutout import Cutter
from hardware.decoding.ean_detector import EanDetector
from hardware.decoding.evidence import Evidence
from hardware.decoding.locator import Region
from hardware.decoding.reading import DATABAR, EAN, MATRIX
from hardware.decoding.zbar import ZBar
from hardware.decoding.zxing import Zxing
from hardware.opencv import Grey, cv2

_ENLARGED_UP_TO: Final = 900
_REDUCED_FROM: Final = 300


class Decoders:
    """Bound to one thread, as zbar is. Each method puts what it reads into the evidence."""

    def __init__(self, symbologies: Iterable[str]) -> None:
        wanted = frozenset(symbologies)
        self._zxing = Zxing(wanted)
        # Every second row reads more than each, in half the time (measured). No columns: bars stand upright there.
        self._lines = ZBar(wanted - MATRIX - DATABAR, rows=2, columns=0)
        self._everywhere = ZBar(wanted, rows=2, columns=2)
        self._ean = EanDetector() if wanted & EAN else None

    def glance(self, grey: Grey, evidence: Evidence, kind: str = "all", *, scale: float = 1.0) -> None:
        """The cheapest look at a whole picture; DataBar, which only zxing-cpp reads, gets its second vote at once."""
        evidence.add(self._zxing.read(grey, kind), "whole", scale=scale)
        if evidence.wants(DATABAR):
            evidence.add(self._zxing.read(grey, "databar", histogram=True), "whole, one threshold", scale=scale)

    def matrix(self, grey: Grey, window: tuple[slice, slice], evidence: Evidence, *, halved: bool) -> None:
        """QR, Data Matrix and their kin in a part of the picture."""
        part = np.ascontiguousarray(grey[window])
        scale = 2.0 if halved and min(part.shape) > _REDUCED_FROM else 1.0
        rendition = part if scale == 1.0 else _resized(part, 1 / scale)
        origin = float(window[1].start), float(window[0].start)
        evidence.add(self._zxing.read(rendition, "matrix"), f"matrix {scale}", scale=scale, origin=origin)

    def cut(
        self, cutter: Cutter, region: Region, evidence: Evidence, rendition: str, *, least: int, scale: float, rows: int
    ) -> None:
        cutout = cutter.cut(region, least=least, scale=scale, rows=rows)
        evidence.add(self._zxing.read(cutout.grey, "linear"), rendition, cutout)
        evidence.add(self._lines.read(cutout.grey), rendition, cutout)

    def detect(self, grey: Grey, region: Region, evidence: Evidence) -> None:
        if self._ean is not None:
            evidence.add(self._ean.read_at(grey, region), "in place")

    def scrutinize(self, grey: Grey, evidence: Evidence, *, scale: float = 1.0) -> None:
        """Everything that a whole picture may be asked, in three sizes."""
        self._everything(grey, evidence, "whole", scale)
        if max(grey.shape) < _ENLARGED_UP_TO:
            self._everything(_resized(grey, 2.0), evidence, "twice", scale / 2)
        if max(grey.shape) > _REDUCED_FROM:
            self._everything(_resized(grey, 0.5), evidence, "half", scale * 2)

    def _everything(self, grey: Grey, evidence: Evidence, rendition: str, scale: float) -> None:
        evidence.add(self._zxing.read(grey, thorough=True), rendition, scale=scale)
        evidence.add(self._everywhere.read(grey), rendition, scale=scale)
        if self._ean is not None:
            evidence.add(self._ean.read(grey), rendition, scale=scale)


def _resized(grey: Grey, by: float) -> Grey:
    how = cv2.INTER_CUBIC if by > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, None, fx=by, fy=by, interpolation=how), np.uint8)
