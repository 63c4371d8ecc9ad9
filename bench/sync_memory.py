"""Memory: the most that publishing a list of that size and taking it ever hold, in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

from bench import goods
from bench.figure import Figure
from bench.process import python
from bench.served_hub import served


def measure(folder: Path, *, products: int) -> list[Figure]:
    """Megabytes of import, first publication and first sync, and how long each took."""
    feed, mapping = goods.write_feed(folder / "feed", products)
    hub = ("hub", "--data", folder / "data")
    taken = python(*hub, "import", feed, "--format", "csv", "--mapping", mapping, "--store", goods.STORE)
    published = python(*hub, "publish", "--store", goods.STORE)
    with served((sys.executable, "-m", *map(str, hub), "serve", "--port", "0")) as running:
        address = ("--hub", running.url, "--store", goods.STORE, "--dir", folder / "lane")
        synced = python("offline_cache", "once", *address)
    what = f"{products:,} products"
    return [
        Figure(f"{name}, {kind}", what, value, unit)
        for name, ended in (("import", taken), ("publish", published), ("take", synced))
        for kind, value, unit in (("memory", ended.peak_mb, "MB"), ("time", ended.seconds, "s"))
    ]
