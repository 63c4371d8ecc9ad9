"""Published lists without a hub: packed files, a signed manifest, and lanes' folders that already hold the files."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import goods
from offline_cache.folder import LaneFolder
from offline_cache.install import Installer
from offline_cache.lists_source import ListSource
from offline_cache.price_list.delta import apply_delta, build_delta
from offline_cache.price_list.manifest import DeltaFile, Manifest, Route, SnapshotFile
from offline_cache.price_list.packing import pack
from offline_cache.price_list.reader import PriceList

_NOWHERE: Final = "http://127.0.0.1:1"  # all files are there already: nothing is asked of anybody


@dataclass(frozen=True, slots=True)
class Step:
    """A delta: announced, plain and packed."""

    announced: DeltaFile
    plain: Path
    packed: Path


@dataclass(frozen=True, slots=True)
class Published:
    """A first list of so many products, and the steps that lead on from it."""

    products: int
    plain: Path
    packed: Path
    announced: SnapshotFile
    steps: tuple[Step, ...]

    def route(self, steps: Sequence[Step], *, whole: bool) -> Route:
        """The way over these steps, from the snapshot or from what is there."""
        deltas = tuple(step.announced for step in steps)
        size = sum(delta.size for delta in deltas)
        return Route(self.announced, deltas, size + self.announced.size) if whole else Route(None, deltas, size)


def publish(folder: Path, products: int, *, steps: int, changed: int) -> Published:
    """Make it: each step changes the prices of other products."""
    plain, packed = folder / "list-1.sqlite", folder / "list-1.zst"
    goods.write_list(plain, products)
    one = pack(plain, packed)
    first = SnapshotFile(
        revision=1,
        state=goods.state(products, 1),
        sha256=one.sha256,
        size=one.size,
        uncompressed_size=one.uncompressed_size,
    )
    working = folder / "working.sqlite"
    if steps:
        shutil.copyfile(plain, working)
    made = tuple(_step(folder, working, products, revision, changed) for revision in range(2, steps + 2))
    working.unlink(missing_ok=True)
    return Published(products, plain, packed, first, made)


def _step(folder: Path, working: Path, products: int, revision: int, changed: int) -> Step:
    numbers = goods.drawn(products, changed, revision)
    fresh, plain, packed = (folder / f"{what}-{revision}" for what in ("fresh", "delta", "delta.zst"))
    goods.write_list(fresh, products, revision, changes=dict.fromkeys(numbers, revision), only=numbers)
    build_delta(working, fresh, plain, touched=numbers)
    fresh.unlink()
    apply_delta(plain, working, private=True)
    one = pack(plain, packed)
    announced = DeltaFile(
        from_revision=revision - 1,
        from_state=goods.state(products, revision - 1),
        revision=revision,
        state=goods.state(products, revision),
        sha256=one.sha256,
        size=one.size,
        uncompressed_size=one.uncompressed_size,
    )
    return Step(announced, plain, packed)


def manifest_of(published: Published, revision: int) -> Manifest:
    """What announces a revision."""
    at = goods.meta(published.products, revision).published_at.isoformat()
    return Manifest(
        store=goods.STORE,
        revision=revision,
        state=goods.state(published.products, revision),
        currency="CNY",
        published_at=at,
        signed_at=at,
        fresh_until=at,
        snapshot=published.announced,
        deltas=tuple(step.announced for step in published.steps if step.announced.revision <= revision),
        keys=(),
    )


class Lane:
    """A lane's folder and the agent's work in it, without the network: the files have been fetched."""

    def __init__(self, path: Path) -> None:
        path.mkdir(exist_ok=True)
        self.folder = LaneFolder(path)
        self._installer = Installer(self.folder, ListSource(_NOWHERE, store=goods.STORE), stopped=lambda: False)

    def fetched(self, published: Published, way: Route) -> None:
        """Put the files of a way where a download leaves them."""
        places = {published.announced.sha256: published.packed}
        places |= {step.announced.sha256: step.packed for step in published.steps}
        for file in (*((way.snapshot,) if way.snapshot else ()), *way.deltas):
            shutil.copyfile(places[file.sha256], self.folder.part(file.sha256))

    def install(self, published: Published, way: Route) -> None:
        """Apply them, with all checks."""
        revision = way.deltas[-1].revision if way.deltas else published.announced.revision
        present = None
        if self.folder.price_list.exists():
            with contextlib.closing(PriceList(self.folder.price_list)) as old:
                present = old.meta
        count = self._installer.bring(manifest_of(published, revision), way, present)
        assert count == published.products

    def prepare(self) -> None:
        """Make the next delta cheap, as the agent does when it has nothing else to do."""
        self._installer.spare.prepare()


@contextlib.contextmanager
def fresh_lane(path: Path) -> Iterator[Lane]:
    """A lane that is removed afterwards: a million products take room."""
    try:
        yield Lane(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
