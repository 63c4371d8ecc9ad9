"""Every moment at which the power may go during what was done on a disk, and every way in which that may end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.disk_model import Fate
from tests.faults.mounted_disk import MountedDisk

# For longer runs: so many draws of what a cut leaves, for each moment, from this seed on; and no work left out that is
# done for one moment in so many only.
DRAWS: Final = int(os.environ.get("FAULTS_DRAWS", "1"))
SEED: Final = int(os.environ.get("FAULTS_SEED", "1"))
THOROUGH: Final = "FAULTS_DRAWS" in os.environ
ONE_IN: Final = 1 if THOROUGH else 4  # what a cut leaves comes by fives, one for each fate: all of them have their turn


@dataclass(frozen=True, slots=True)
class Moment:
    """The power goes after so many changes of the disk; `folder`: what is there when it comes back."""

    steps: int
    fate: Fate
    seed: int
    folder: Path

    def __str__(self) -> str:
        return f"power cut after change {self.steps}, {self.fate}, seed {self.seed}"


def moments(disk: MountedDisk, folder: Path) -> Iterator[Moment]:
    """Those that leave something different, each at the last moment that leaves it; `folder` is made anew for each.

    One in ONE_IN, and the last.
    """
    draws = [(fate, seed) for fate in Fate for seed in range(SEED, SEED + (DRAWS if fate is Fate.MIXED else 1))]
    endings = disk.endings(draws)
    for place, (steps, fate, seed) in enumerate(endings, start=1):
        if (place + SEED) % ONE_IN and place != len(endings):
            continue
        yield Moment(steps, fate, seed, disk.export(folder, steps, fate, seed))
