"""Which files a manifest names: the newest snapshot, and the deltas that may be on somebody's cheapest way. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from offline_cache.price_list.manifest import DeltaFile, SnapshotFile

_SHARE: Final = 4  # deltas since the snapshot weigh at most a quarter of it: a new lane fetches them all
_SMALL: Final = 16 << 10  # of which a snapshot is not worth the making, however short the list
_STEPS: Final = 64
_MOST: Final = 256  # a manifest of a hundred KB: every lane fetches it at every publication


def snapshot_due(snapshot: SnapshotFile, deltas: Sequence[DeltaFile]) -> bool:
    """Whether so much has changed since the snapshot that the next one is worth making."""
    since = [delta for delta in deltas if delta.from_revision >= snapshot.revision]
    return len(since) > _STEPS or sum(delta.size for delta in since) > max(snapshot.size // _SHARE, _SMALL)


def announced(
    snapshot: SnapshotFile, deltas: Sequence[DeltaFile], *, state: str, old: Collection[str] = ()
) -> tuple[DeltaFile, ...]:
    """The deltas to name beside a snapshot, oldest first: those that lead to `state`.

    All since the snapshot; of those before as many as together weigh less than the way by the snapshot, and none from
    the first on that is in `old` (by SHA-256).
    """
    since = sum(delta.size for delta in deltas if delta.from_revision >= snapshot.revision)
    by_snapshot = snapshot.size + since
    named: list[DeltaFile] = []
    weight = 0
    for delta in sorted(deltas, key=lambda one: one.revision, reverse=True):
        if delta.state != state:
            continue
        weight += delta.size
        if delta.from_revision < snapshot.revision and (
            weight >= by_snapshot or len(named) >= _MOST or delta.sha256 in old
        ):
            break
        named.append(delta)
        state = delta.from_state
    return tuple(reversed(named))
