"""The dice of a simulated world."""

from __future__ import annotations

import random


def between(rng: random.Random, low: int, high: int) -> int:
    """A number from low to high - 1; as randrange, at a third of its cost, and a run draws ten a sale."""
    return low + int(rng.random() * (high - low))
