"""What the search hands out, and what it answers. Values are in 1/10,000 of a minor unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from retail.promotions.piece import Entry

# A percentage in 1/100 % of whole minor units is whole in these: what is rounded is rounded once, at the end.
SCALE: Final = 10_000


class Taken(NamedTuple):
    """One way to sell a piece: by which machine, and as what there."""

    machine: int
    entry: Entry


@dataclass(slots=True)
class Lot:
    """All pieces of one class: how many, what each gains by itself (scaled), and the machines that would take it."""

    place: int
    pieces: int
    alone: int
    choices: tuple[Taken, ...]


@dataclass(slots=True)
class Found:
    """What was taken, and how much more, in minor units, another answer could gain at most. `hard`: it took long."""

    taken: list[Taken] = field(default_factory=list)
    short_by: int = 0
    hard: bool = False
