"""Keeps a lane's price list the newest and its status true: what the agent does at each look, and `once` does once."""

from __future__ import annotations

from collections.abc import Callable

from offline_cache.board import StatusBoard
from offline_cache.config import SyncConfig
from offline_cache.errors import DownloadRefused
from offline_cache.folder import LaneFolder
from offline_cache.gate import Accepted, ManifestGate
from offline_cache.hub_client import HubClient
from offline_cache.hub_time import HubTime
from offline_cache.lists_source import ListSource
from offline_cache.trust import TrustStore
from offline_cache.update import ListInPlace, PriceListUpdate


class ListKeeping:
    """One lane's; bound to one thread."""

    def __init__(
        self,
        config: SyncConfig,
        folder: LaneFolder,
        board: StatusBoard,
        time: HubTime,
        *,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        lane, hub, status = config.lane, config.hub, board.status
        self._board = board
        self._time = time
        source = ListSource(hub.lists, store=lane.store, channel=lane.channel)
        key = HubClient(hub.url, store=lane.store)
        gate = ManifestGate(folder, source, TrustStore(folder, hub.key_file), ask_key=key.public_key, time=time)
        accepted = Accepted(status.revision, status.state, status.signed_at)
        self._update = PriceListUpdate(folder, source, gate, accepted=accepted, stopped=stopped)
        self._connections = (source, key)

    def close(self) -> None:
        """Close the connections; idempotent."""
        for connection in self._connections:
            connection.close()

    def look(self) -> ListInPlace:
        """Make sure that the newest list is here. Raises SyncError or ConfigError; the old list then stays."""
        try:
            here = self._update.look()
        except DownloadRefused as exc:
            self._board.refused_list(str(exc), self._update.offered)
            raise
        self._board.confirmed(here)
        if self._update.passed_over:
            self._board.refused_list(self._update.passed_over, here.revision)
        self._board.note_hub_time(self._time.seen)
        return here

    def prepare(self) -> None:
        """Make the next deltas cheap. Raises DiskTrouble."""
        self._update.prepare()


def list_sentence(present: ListInPlace) -> str:
    """What a look for a newer list came to."""
    if present.changed:
        return f"price list revision {present.revision} of store {present.store}: {present.products:,} products"
    return f"already at revision {present.revision} of store {present.store}: {present.products:,} products"
