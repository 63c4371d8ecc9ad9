"""The basket on its way through the layers, and what of it one layer cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from retail.promotions.campaign import EXCLUDED, Kind, Taking
from retail.promotions.compiled import Compiled
from retail.promotions.handing import SCALE
from retail.promotions.piece import Piece

_MOST_REMEMBERED: Final = 5000

Want = tuple[str, int, int | None]  # reference of a campaign, group, own price
Got = tuple[int, str]  # what a piece saves, and by which campaign


class Part(NamedTuple):
    """Pieces of one line that have fared alike so far. `amount`: what is left to pay for each."""

    line: int
    sku: str
    pieces: int
    amount: int
    grams: int | None
    fixed: bool
    takings: tuple[Taking, ...]
    given: tuple[Got, ...] = ()
    alone: bool = False


@dataclass(slots=True)
class PieceClass:
    """Parts that no campaign of the layer can tell apart. `alone`: what a piece gains by itself (scaled), and by what;
    `wants`: campaigns for which it takes other pieces, too."""

    parts: list[Part]
    pieces: int
    piece: Piece
    alone: Got
    wants: tuple[Want, ...]

    @property
    def alone_got(self) -> Got:
        """`alone` in minor units."""
        return self.alone[0] // SCALE, self.alone[1]


@dataclass(slots=True)
class Classifier:
    """Makes classes of parts, and remembers what campaigns are for goods of one kind."""

    _wants: dict[object, tuple[Got, tuple[Want, ...]]] = field(default_factory=dict)

    def classes(self, parts: Sequence[Part], campaigns: Mapping[str, Compiled], basket: str = "") -> list[PieceClass]:
        """Dearest first. `basket`: a campaign for a percentage of the basket that each piece may have by itself."""
        if len(self._wants) > _MOST_REMEMBERED:
            self._wants.clear()
        everything = tuple(reference for reference, one in campaigns.items() if one.campaign.everything)
        # By what is offered for these goods and for all: a line more brings campaigns that others know nothing of.
        limits = {reference: (one.limit,) for reference, one in campaigns.items()}
        for_all = (basket, *((reference, limits[reference]) for reference in everything))
        found: dict[object, PieceClass] = {}
        for part in sorted(parts, key=_canonical):
            own = tuple([limits.get(taking.campaign) for taking in part.takings])
            key = (part.takings, own, part.amount, part.grams, part.fixed, part.alone, bool(part.given), for_all)
            known = self._wants.get(key)
            if known is None:
                known = self._wants[key] = _wants_of(part, campaigns, everything, basket)
            same = found.get((part.sku, key))
            if same is None:
                piece = Piece(part.amount, part.grams)
                found[(part.sku, key)] = PieceClass([part], part.pieces, piece, known[0], known[1])
            else:
                same.parts.append(part)
                same.pieces += part.pieces
        return list(found.values())


def _canonical(part: Part) -> tuple[int, str, int, int]:
    """Dearest first; of one product in the order of the lines."""
    return -part.amount, part.sku, part.grams or 0, part.line


def _wants_of(
    part: Part, campaigns: Mapping[str, Compiled], everything: Iterable[str], basket: str
) -> tuple[Got, tuple[Want, ...]]:
    """What one piece gains by itself, and the campaigns for which it takes others."""
    alone: Got = (0, "")
    wants = []
    piece = Piece(part.amount, part.grams)
    for want in _asked(part, campaigns, everything):
        one = campaigns[want[0]]
        if one.simple is not None:
            for entry in one.simple.entries(0, piece, want[1], want[2]):
                alone = min(alone, (-entry.gain * one.simple.unit, want[0]))
        elif want[0] != basket:
            wants.append(want)
        elif not want[1]:
            alone = min(alone, (-part.amount * (one.campaign.terms.percent_bp or 0), basket))
    return (-alone[0], alone[1]), tuple(sorted(wants, key=lambda want: (want[0], want[1], want[2] or 0)))


def _asked(part: Part, campaigns: Mapping[str, Compiled], everything: Iterable[str]) -> list[Want]:
    """The campaigns of the layer that are for these goods."""
    if part.alone:
        return []
    excluded = {taking.campaign for taking in part.takings if taking.group == EXCLUDED}
    asked: list[Want] = [(one.campaign, one.group, one.price) for one in part.takings if one.group != EXCLUDED]
    asked += [(reference, 0, None) for reference in everything if reference not in excluded]
    found = []
    for want in dict.fromkeys(asked):
        one = campaigns.get(want[0])
        if one is None or (part.given and one.campaign.alone):
            continue
        if not part.fixed or one.campaign.terms.kind is Kind.BASKET:
            found.append(want)
    return found


def handed_out(one: PieceClass, got: Sequence[Got], campaigns: Mapping[str, Compiled]) -> list[Part]:
    """The class's pieces with what they get (the first entries for the lines that were scanned first)."""
    if not got:
        return one.parts
    found: list[Part] = []
    passed = 0
    for part in one.parts:
        left = part.pieces
        while left:
            if passed >= len(got):
                found.append(part._replace(pieces=left))
                break
            same = passed
            while same < len(got) and same - passed < left and got[same] == got[passed]:
                same += 1
            found.append(_given(part, same - passed, got[passed], campaigns))
            left -= same - passed
            passed = same
    return found


def _given(part: Part, pieces: int, got: Got, campaigns: Mapping[str, Compiled]) -> Part:
    saving, reference = got
    return part._replace(
        pieces=pieces,
        amount=part.amount - saving,
        given=(*part.given, got) if saving else part.given,
        alone=part.alone or campaigns[reference].campaign.alone,
    )
