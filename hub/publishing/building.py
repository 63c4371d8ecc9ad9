"""Turns what a store sells now into files to publish: a delta from the list before it, now and then a snapshot."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.publishing.chain import snapshot_due
from hub.publishing.drafting import products_in
from offline_cache.price_list.delta import apply_delta, build_delta
from offline_cache.price_list.manifest import DeltaFile, Manifest, SnapshotFile
from offline_cache.price_list.packing import Packed, pack
from offline_cache.price_list.writer import Meta


@dataclass(frozen=True, slots=True)
class Draft:
    """A list on its way: `fresh` holds what `meta` says of it; `products` is how many it has in all.

    `base`: the list before it, None if there is none to make a delta from. `touched`: the only products that `fresh`
    has, None if it is whole. `previous`: the manifest whose files go on being announced, None if they are lost.
    """

    meta: Meta
    fresh: Path
    products: int
    base: Path | None
    touched: set[int] | None
    previous: Manifest | None


@dataclass(frozen=True, slots=True)
class Built:
    """The files of a revision. `packed`: on disk, by SHA-256. `whole`, `step`: list and delta unpacked, if made."""

    kind: str  # snapshot; delta; none: a delta that changes nothing but revision and date
    changed: int  # products
    snapshot: SnapshotFile | None
    delta: DeltaFile | None
    packed: Mapping[str, Path]
    whole: Path | None
    step: Path | None

    @property
    def file(self) -> SnapshotFile | DeltaFile:
        """The one that the publication is known by."""
        made = self.snapshot or self.delta
        if made is None:
            raise AssertionError("a revision without a file")
        return made


def build(draft: Draft) -> Built:
    """Make the files beside `draft.fresh`. Raises sqlite3.Error, PriceListError or OSError."""
    packed: dict[str, Path] = {}
    kind, changed = "snapshot", draft.products
    step, delta, whole, snapshot = None, None, None, None
    if draft.base is not None:
        step = draft.fresh.with_name("delta.sqlite")
        size = build_delta(draft.base, draft.fresh, step, touched=draft.touched)
        kind = "delta" if size.changed or size.gone else "none"
        changed = products_in(step, draft.base) if kind == "delta" else 0
        delta = DeltaFile(**_origin(draft.base), **_packed(draft, step, packed))
    if delta is None or _snapshot_due(draft.previous, delta):
        kind = "snapshot"
        whole = draft.fresh if draft.touched is None else _whole(draft, step)
        snapshot = SnapshotFile(**_packed(draft, whole, packed))
    return Built(kind, changed, snapshot, delta, packed, whole, step)


def _snapshot_due(previous: Manifest | None, delta: DeltaFile) -> bool:
    return previous is None or snapshot_due(previous.snapshot, (*previous.deltas, delta))


def _whole(draft: Draft, step: Path | None) -> Path:
    """The whole list: the base, close together again after many deltas, and this one."""
    if draft.base is None or step is None:
        raise AssertionError("a part of a list, and nothing to add it to")
    whole = draft.fresh.with_name("whole.sqlite")
    with closing(sqlite3.connect(f"{draft.base.resolve().as_uri()}?mode=ro", uri=True)) as db:
        db.execute("VACUUM INTO ?", (str(whole),))
    apply_delta(step, whole, private=True)  # and puts it on disk
    return whole


def _packed(draft: Draft, plain: Path, packed: dict[str, Path]) -> dict[str, Any]:
    target = plain.with_suffix(".zst")
    made: Packed = pack(plain, target)
    packed[made.sha256] = target
    return {
        "revision": draft.meta.revision,
        "state": draft.meta.state,
        "sha256": made.sha256,
        "size": made.size,
        "uncompressed_size": made.uncompressed_size,
    }


def _origin(base: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(f"{base.resolve().as_uri()}?mode=ro", uri=True)) as db:
        meta = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('revision', 'state')"))
    return {"from_revision": int(meta["revision"]), "from_state": meta["state"]}
