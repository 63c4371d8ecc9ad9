"""The two ends of a price list's way, for tests: a shop that publishes at the fake hub, a lane that looks there."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.folder import LaneFolder
from offline_cache.gate import Accepted, ManifestGate
from offline_cache.hub_client import HubClient
from offline_cache.hub_time import HubTime
from offline_cache.lists_source import ListSource
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta
from offline_cache.trust import TrustStore
from offline_cache.update import PriceListUpdate
from tests.offline_cache.fake_hub import FakeHub
from tests.offline_cache.lists import NOON, Packed, PackedDelta, meta_of, pack, pack_delta, write_list


class Shop:
    """Publishes lists at a hub, with deltas if asked."""

    def __init__(self, hub: FakeHub, place: Path) -> None:
        self.hub = hub
        self._place = place
        self.lists: dict[int, Path] = {}
        self.deltas: list[PackedDelta] = []

    def write(self, revision: int, **says: Any) -> Path:
        """A list on the hub's side, not published."""
        self.lists[revision] = write_list(self._place / f"source-{revision}.sqlite", revision=revision, **says)
        return self.lists[revision]

    def meta(self, revision: int) -> Meta:
        """What a list says of itself."""
        return meta_of(self.lists[revision])

    def delta(self, before: int, after: int, **changes: Any) -> PackedDelta:
        """The delta between two lists that were written."""
        out = self._place / f"{before}-{after}.delta"
        return pack_delta(self.lists[before], self.lists[after], out, **changes)

    def publish(
        self,
        revision: int = 1,
        *,
        products: int = 3,
        file_says: dict[str, Any] | None = None,
        since: int | None = None,
        keys: Sequence[Ed25519PrivateKey] = (),
        deltas: Sequence[PackedDelta] | None = None,
        **changes: Any,
    ) -> Packed:
        """Write and publish a list; `since`: with the delta from that one, besides those that there are already."""
        self.write(revision, **({"products": products} | (file_says or {})))
        if since is not None:
            self.deltas.append(self.delta(since, revision))
        packed = pack(
            self.lists[revision],
            *(keys or [self.hub.key]),
            deltas=self.deltas if deltas is None else deltas,
            **changes,
        )
        self.hub.publish(packed)
        return packed


class Lane:
    """A lane's folder and what looks after its price list."""

    def __init__(self, hub: FakeHub, folder: LaneFolder, clients: contextlib.ExitStack) -> None:
        self.hub = hub
        self.folder = folder
        self._clients = clients

    def update(
        self,
        store: str = "demo",
        url: str = "",
        *,
        channel: str = "lane",
        key_file: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        time: HubTime | None = None,
        accepted: Accepted = Accepted(),  # noqa: B008 - frozen
        stopped: Callable[[], bool] = lambda: False,
        timeout_s: float = 5,
    ) -> PriceListUpdate:
        """A new agent's look at the hub, or at another place for lists."""
        lists = url or f"{self.hub.url}/v1/price-lists"
        source = ListSource(lists, store=store, channel=channel, timeout_s=timeout_s)
        client = HubClient(self.hub.url, store=store, timeout_s=timeout_s)
        self._clients.enter_context(source)
        self._clients.enter_context(client)
        gate = ManifestGate(
            self.folder,
            source,
            TrustStore(self.folder, key_file),
            ask_key=client.public_key,
            time=time or HubTime(clock),
        )
        return PriceListUpdate(self.folder, source, gate, accepted=accepted, stopped=stopped)

    def price(self, code: str = "c0") -> int:
        """Price of a product of the list in place; that of the first tells the revision."""
        with contextlib.closing(PriceList(self.folder.price_list)) as price_list:
            listing = price_list.find(code, NOON)
        assert listing is not None
        return listing.price.unit_minor

    def files(self) -> set[str]:
        """What lies in the folder."""
        return {file.name for file in self.folder.path.iterdir()}

    def parts(self) -> list[Path]:
        """What has come of downloads."""
        return sorted(self.folder.path.glob("*.part"))

    def fingerprint(self) -> str:
        """Of the list in place, byte for byte."""
        return hashlib.sha256(self.folder.price_list.read_bytes()).hexdigest()

    def assert_old_list_stays(self) -> None:
        """The first revision is in place, readable, and nothing half-done beside it."""
        assert self.price() == 101
        assert self.files() <= {"price-list.sqlite", "price-list.spare", "hub-key.pub"} | {
            part.name for part in self.parts()
        }
