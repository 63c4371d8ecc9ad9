"""A lane's first sync from a real hub, beside PouchDB replicating the same goods from a CouchDB-compatible server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import goods
from bench.figure import Figure
from bench.process import python, run
from bench.relay import Relay
from bench.served_hub import served

_SOURCE: Final = Path(__file__).with_name("pouchdb")
_BATCH: Final = 1000  # the quickest of 100 (its default), 500, 1,000 and 5,000
_FASTER: Final = 20
_SMALLER: Final = 4


@dataclass(frozen=True, slots=True)
class First:
    """What a first sync took."""

    seconds: float
    wire_mb: float


def measure(folder: Path, *, products: int) -> list[Figure]:
    """Seconds and bytes; the lane's are of the whole process `kiosk-sync once`, the other's of replication alone."""
    ours = _ours(folder, products)
    theirs = _theirs(folder, products)
    what = f"first sync of {products:,}"
    wire = f"{what}, both ways"
    if theirs is None:
        return [Figure("first sync", what, ours.seconds, "s"), Figure("wire", wire, ours.wire_mb, "MB")]
    packed, plain = theirs
    size = ours.wire_mb
    return [
        Figure("first sync", what, ours.seconds, "s", bare=packed.seconds, floor=packed.seconds / _FASTER),
        Figure("wire", f"{wire}, theirs gzip", size, "MB", bare=packed.wire_mb, floor=packed.wire_mb / _SMALLER),
        Figure("wire, plain", f"{wire}, as CouchDB sends it", size, "MB", bare=plain.wire_mb),
    ]


def _ours(folder: Path, products: int) -> First:
    goods.write_shop_folder(folder / "shop", products)
    hub = ("hub", "--data", folder / "hub")
    python(*hub, "import-folder", folder / "shop")
    python(*hub, "publish", "--store", goods.STORE)
    lane = folder / "lane"
    with (
        served((sys.executable, "-m", *map(str, hub), "serve", "--port", "0")) as running,
        Relay(running.port) as relay,
    ):
        address = f"http://127.0.0.1:{relay.port}"
        done = python("offline_cache", "once", "--hub", address, "--store", goods.STORE, "--dir", lane, "--json")
        assert json.loads(done.said)["products"] == products
        return First(done.seconds, relay.bytes_passed / 1e6)


def _theirs(folder: Path, products: int) -> tuple[First, First] | None:
    """As the server sends it, gzip and all, and as CouchDB itself would."""
    place = _installed()
    if place is None:
        return None
    documents, stored = folder / "documents.jsonl", folder / "couch"
    with documents.open("w", encoding="utf-8") as file:
        for number in range(1, products + 1):
            file.write(json.dumps(goods.document(number), ensure_ascii=False) + "\n")
    stored.mkdir()
    with _serving(place, stored, documents) as port:
        return (_replicated(place, folder, port, products), _replicated(place, folder, port, products, "plain"))


def _replicated(place: Path, folder: Path, port: int, products: int, *plain: str) -> First:
    local = folder / "pouch"
    local.mkdir()
    with Relay(port) as relay:
        address = f"http://127.0.0.1:{relay.port}/shop"
        done = json.loads(run("node", place / "replicate.js", address, local, str(_BATCH), *plain).said)
        assert (done["ok"], done["documents"]) == (True, products)
    shutil.rmtree(local)
    return First(done["seconds"], relay.bytes_passed / 1e6)


@contextmanager
def _serving(place: Path, stored: Path, documents: Path) -> Iterator[int]:
    command = ["node", str(place / "serve.js"), str(stored), str(documents)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def _installed() -> Path | None:
    """The folder of the other side, its packages installed there once; None, and why, where that cannot be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("bench: there is no node or npm: PouchDB is not measured", flush=True)
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "scan-and-go" / "bench-pouchdb"
    place.mkdir(parents=True, exist_ok=True)
    lock = (_SOURCE / "package-lock.json").read_bytes()
    stamp = place / "installed-from"
    for one in _SOURCE.iterdir():
        shutil.copyfile(one, place / one.name)
    if stamp.exists() and stamp.read_bytes() == lock:
        return place
    # Its one native part comes ready-made in the package: no script of anybody's needs to run.
    options = ("--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund")
    done = subprocess.run([npm, "ci", *options], cwd=place, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"bench: npm could not install PouchDB, it is not measured: {done.stderr.strip()[-300:]}", flush=True)
        return None
    stamp.write_bytes(lock)
    return place
