"""Which files a manifest names."""

from __future__ import annotations

import pytest

from hub.publishing.chain import announced, snapshot_due
from offline_cache.price_list.manifest import DeltaFile, SnapshotFile


def state(revision: int) -> str:
    return f"{revision:032x}"


def snapshot(revision: int, size: int) -> SnapshotFile:
    sha256 = f"{revision:064x}"
    return SnapshotFile(revision=revision, state=state(revision), sha256=sha256, size=size, uncompressed_size=size)


def delta(revision: int, size: int, *, from_revision: int | None = None) -> DeltaFile:
    before = revision - 1 if from_revision is None else from_revision
    return DeltaFile(
        from_revision=before,
        from_state=state(before),
        revision=revision,
        state=state(revision),
        sha256=f"{revision + 10_000:064x}",
        size=size,
        uncompressed_size=size,
    )


def revisions(deltas: tuple[DeltaFile, ...]) -> list[int]:
    return [one.revision for one in deltas]


def test_deltas_go_on_being_named_until_the_way_by_the_snapshot_is_lighter():
    deltas = [delta(revision, 300) for revision in range(2, 12)]
    named = announced(snapshot(8, 1000), deltas, state=state(11))
    # By the snapshot: 1000 + 3 x 300. From revision 5 on it is 6 x 300, from 4 on 7 x 300.
    assert revisions(named) == [6, 7, 8, 9, 10, 11]


def test_deltas_since_the_snapshot_are_named_however_heavy_and_old_they_are():
    deltas = [delta(revision, 10_000) for revision in range(2, 6)]
    named = announced(snapshot(1, 100), deltas, state=state(5), old={one.sha256 for one in deltas})
    assert revisions(named) == [2, 3, 4, 5]


def test_what_is_too_old_is_not_named_nor_what_came_before_it():
    deltas = [delta(revision, 10) for revision in range(2, 9)]
    named = announced(snapshot(7, 1000), deltas, state=state(8), old={delta(4, 10).sha256})
    assert revisions(named) == [5, 6, 7, 8]


def test_a_delta_that_leads_nowhere_is_not_named():
    deltas = [delta(2, 10), delta(3, 10), delta(5, 10), delta(6, 10)]
    assert revisions(announced(snapshot(5, 1000), deltas, state=state(6))) == [5, 6]
    assert announced(snapshot(7, 1000), deltas, state=state(7)) == ()


def test_a_manifest_does_not_grow_for_ever():
    deltas = [delta(revision, 1) for revision in range(2, 2000)]
    named = announced(snapshot(1990, 10**9), deltas, state=state(1999))
    assert len(named) == 256
    assert named[-1].revision == 1999


@pytest.mark.parametrize(
    ("sizes", "due"),
    [
        ([250_000], False),
        ([250_001], True),
        ([1] * 64, False),
        ([1] * 65, True),
    ],
)
def test_a_snapshot_is_due_after_a_quarter_of_its_weight_or_many_steps(sizes, due):
    deltas = [delta(revision, size) for revision, size in enumerate(sizes, start=11)]
    before = [delta(revision, 10**9) for revision in range(2, 11)]
    assert snapshot_due(snapshot(10, 1_000_000), [*before, *deltas]) is due


def test_a_short_list_needs_no_new_snapshot_for_a_few_small_steps():
    assert not snapshot_due(snapshot(1, 2_000), [delta(2, 16 << 10)])
    assert snapshot_due(snapshot(1, 2_000), [delta(2, 16 << 10), delta(3, 1)])
