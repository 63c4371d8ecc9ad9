"""One layer: its campaigns share the pieces out. Pieces that have nothing to do with each other are solved apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from retail.promotions.campaign import EXCLUDED, Kind, Taking
from retail.promotions.compiled import Compiled
from retail.promotions.machines import Machine
from retail.promotions.piece import Entry, Piece, off_percent, spread
from retail.promotions.search import Choice, Lot, search

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


@dataclass(frozen=True, slots=True)
class LayerDone:
    """The parts afterwards, how often each campaign was used, and by how much the search may have fallen short."""

    parts: list[Part]
    uses: Mapping[str, int]
    short_by: int = 0


@dataclass(slots=True)
class _Class:
    """Parts that no campaign of the layer can tell apart."""

    parts: list[Part]
    pieces: int
    piece: Piece
    alone: Got
    wants: tuple[Want, ...]  # of campaigns whose pieces depend on each other


@dataclass(frozen=True, slots=True)
class _Solved:
    """Of one component: by its classes what their pieces get, the best first; uses; shortfall."""

    got: tuple[tuple[Got, ...], ...]
    uses: tuple[tuple[str, int], ...]
    short_by: int


@dataclass(slots=True)
class LayerSolver:
    """Solves layers, and remembers what it has solved: a basket grows line by line."""

    _components: dict[object, _Solved] = field(default_factory=dict)
    _wants: dict[object, tuple[Got, tuple[Want, ...]]] = field(default_factory=dict)
    _scopes: dict[object, int] = field(default_factory=dict)

    def solve(self, parts: Sequence[Part], campaigns: Mapping[str, Compiled], *, pooled: bool) -> LayerDone:
        """Share out; `campaigns`: of this layer, by reference. `pooled`: percentages are taken from sums."""
        for memory in (self._components, self._wants):
            if len(memory) > _MOST_REMEMBERED:
                memory.clear()
        if len(self._scopes) > _MOST_REMEMBERED:
            self._wants.clear()  # by whose numbers it remembers
            self._scopes.clear()
        classes = self._classes(parts, campaigns)
        got: list[tuple[Got, ...]] = [(one.alone,) * one.pieces if one.alone[0] else () for one in classes]
        uses: dict[str, int] = defaultdict(int)
        short_by = 0
        for component in _components(classes, campaigns):
            solved = self._solved([classes[number] for number in component], campaigns)
            short_by += solved.short_by
            for number, own in zip(component, solved.got, strict=True):
                got[number] = own
            for reference, times in solved.uses:
                uses[reference] += times
        if pooled:
            _pool(classes, got, campaigns)
        for own in got:
            for saving, reference in own:
                if saving and campaigns[reference].simple is not None:
                    uses[reference] += 1
        after = [part for one, own in zip(classes, got, strict=True) for part in _handed_out(one, own, campaigns)]
        return LayerDone(after, uses, short_by)

    def _classes(self, parts: Sequence[Part], campaigns: Mapping[str, Compiled]) -> list[_Class]:
        everything = tuple(reference for reference, one in campaigns.items() if one.campaign.everything)
        offered = tuple((reference, id(one)) for reference, one in campaigns.items())
        scope = self._scopes.setdefault(offered, len(self._scopes))
        found: dict[object, _Class] = {}
        for part in sorted(parts, key=_canonical):
            given = bool(part.given)
            key = (part.takings, part.amount, part.grams, part.fixed, part.alone, given, scope)
            known = self._wants.get(key)
            if known is None:
                known = self._wants[key] = _wants_of(part, campaigns, everything)
            same = found.get((part.sku, key))
            if same is None:
                piece = Piece(part.amount, part.grams)
                found[(part.sku, key)] = _Class([part], part.pieces, piece, known[0], known[1])
            else:
                same.parts.append(part)
                same.pieces += part.pieces
        return list(found.values())

    def _solved(self, classes: Sequence[_Class], campaigns: Mapping[str, Compiled]) -> _Solved:
        key = tuple((one.pieces, one.piece, one.alone, one.wants) for one in classes)
        scope = tuple(dict.fromkeys((want[0], id(campaigns[want[0]])) for one in classes for want in one.wants))
        solved = self._components.get((key, scope))
        if solved is None:
            solved = self._components[(key, scope)] = _solve(classes, campaigns)
        return solved


def _canonical(part: Part) -> tuple[int, str, int, int]:
    """Dearest first; of one product in the order of the lines."""
    return -part.amount, part.sku, part.grams or 0, part.line


def _wants_of(part: Part, campaigns: Mapping[str, Compiled], everything: Iterable[str]) -> tuple[Got, tuple[Want, ...]]:
    """What one piece gains by itself, and the campaigns for which it takes others."""
    if part.alone or part.amount <= 0:
        return (0, ""), ()
    excluded = {taking.campaign for taking in part.takings if taking.group == EXCLUDED}
    asked: list[Want] = [(one.campaign, one.group, one.price) for one in part.takings if one.group != EXCLUDED]
    asked += [(reference, 0, None) for reference in everything if reference not in excluded]
    alone: Got = (0, "")
    wants = []
    piece = Piece(part.amount, part.grams)
    for want in dict.fromkeys(asked):
        one = campaigns.get(want[0])
        if one is None or (part.given and one.campaign.alone):
            continue
        if part.fixed and one.campaign.terms.kind is not Kind.BASKET:
            continue
        if one.simple is None:
            wants.append(want)
            continue
        for entry in one.simple.entries(0, piece, want[1], want[2]):
            alone = min(alone, (-entry.gain, want[0]))
    return (-alone[0], alone[1]), tuple(sorted(wants, key=lambda want: (want[0], want[1], want[2] or 0)))


def _components(classes: Sequence[_Class], campaigns: Mapping[str, Compiled]) -> list[list[int]]:
    """Classes that share campaigns, directly or by others, or whose campaigns are of one group."""
    leaders: dict[str, str] = {}

    def leader(name: str) -> str:
        while leaders.setdefault(name, name) != name:
            name = leaders[name]
        return name

    for one in classes:
        for want in one.wants:
            group = campaigns[want[0]].campaign.group
            for name in (want[0], f"\0{group}") if group else (want[0],):
                leaders[leader(name)] = leader(one.wants[0][0])
    found: dict[str, list[int]] = {}
    for number, one in enumerate(classes):
        if one.wants:
            found.setdefault(leader(one.wants[0][0]), []).append(number)
    return list(found.values())


@dataclass(slots=True)
class _Running:
    """A machine in one component: its campaign's reference and what it might be handed."""

    reference: str
    machine: Machine
    group: str
    entries: list[tuple[int, Entry]] = field(default_factory=list)


def _solve(classes: Sequence[_Class], campaigns: Mapping[str, Compiled]) -> _Solved:
    running = _running(classes, campaigns)
    choices: list[list[Choice]] = [[] for _ in classes]
    for number, one in enumerate(running):
        for place, entry in one.entries:
            choices[place].append(Choice(number, entry))
    rivals = [
        tuple(other for other, that in enumerate(running) if other != number and one.group and that.group == one.group)
        for number, one in enumerate(running)
    ]
    lots = [
        Lot(place, one.pieces, one.alone[0], tuple(choices[place]))
        for place, one in enumerate(classes)
        if choices[place]
    ]
    found = search(lots, [one.machine for one in running], rivals)
    got: list[list[Got]] = [[] for _ in classes]
    taken = [0] * len(classes)
    uses = []
    for number, entries in sorted(found.taken.items()):
        one = running[number]
        shares = one.machine.shares(entries)
        if not shares:
            continue
        uses.append((one.reference, one.machine.times(entries, shares)))
        for use in shares:
            for entry, saving in use:
                got[entry.place].append((saving, one.reference))
                taken[entry.place] += 1
    for place, lot in enumerate(classes):
        if lot.alone[0]:
            got[place] += [lot.alone] * (lot.pieces - taken[place])
    return _Solved(
        tuple(tuple(sorted(own, key=lambda one: (-one[0], one[1]))) for own in got), tuple(uses), found.short_by
    )


def _running(classes: Sequence[_Class], campaigns: Mapping[str, Compiled]) -> list[_Running]:
    """The machines that may be of use here, in the order of their references."""
    found = []
    for reference in sorted({want[0] for one in classes for want in one.wants}):
        one = campaigns[reference]
        group = one.campaign.group or (f"\0{reference}" if len(one.machines) > 1 else "")
        for machine in one.machines:
            entries = [
                (place, entry)
                for place, own in enumerate(classes)
                for want in own.wants
                if want[0] == reference
                for entry in machine.entries(place, own.piece, want[1], want[2])
            ]
            known = [(entry, classes[place].pieces, classes[place].alone[0]) for place, entry in entries]
            if known and machine.worthwhile(known):
                found.append(_Running(reference, machine, group, entries))
    return found


def _pool(classes: Sequence[_Class], got: list[tuple[Got, ...]], campaigns: Mapping[str, Compiled]) -> None:
    """A percentage of a later layer is one of the sum of its pieces, rounded once."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, own in enumerate(got):
        for index, (saving, reference) in enumerate(own):
            terms = campaigns[reference].campaign.terms if saving else None
            if terms is not None and terms.kind is Kind.PERCENT:
                places[reference].append((number, index))
    for reference, those in places.items():
        percent_bp = campaigns[reference].campaign.terms.percent_bp or 0
        weights = [classes[number].piece.amount for number, _ in those]
        shares = spread(off_percent(sum(weights), percent_bp), weights)
        for (number, index), share in zip(those, shares, strict=True):
            got[number] = (*got[number][:index], (share, reference), *got[number][index + 1 :])


def _handed_out(one: _Class, own: Sequence[Got], campaigns: Mapping[str, Compiled]) -> list[Part]:
    """The class's pieces with what they get: the best to the lines that were scanned first."""
    if not own:
        return one.parts
    found: list[Part] = []
    passed = 0
    for part in one.parts:
        left = part.pieces
        while left:
            if passed >= len(own):
                found.append(part._replace(pieces=left))
                break
            same = passed
            while same < len(own) and same - passed < left and own[same] == own[passed]:
                same += 1
            found.append(_given(part, same - passed, own[passed], campaigns))
            left -= same - passed
            passed = same
    return found


def _given(part: Part, pieces: int, got: Got, campaigns: Mapping[str, Compiled]) -> Part:
    saving, reference = got
    return part._replace(
        pieces=pieces,
        amount=part.amount - saving,
        given=(*part.given, got) if saving else part.given,
        alone=part.alone or (bool(reference) and campaigns[reference].campaign.alone),
    )
