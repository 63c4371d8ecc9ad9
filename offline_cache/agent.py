"""The sync agent: price list down, journal up, heartbeat; three loops that do not wait for one another."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from offline_cache.board import StatusBoard
from offline_cache.config import SyncConfig
from offline_cache.errors import ConfigError, HubAnswerBad, HubAway, HubRefused, OfflineCacheError
from offline_cache.folder import LaneFolder
from offline_cache.hub_client import HubClient
from offline_cache.update import ListInPlace, PriceListUpdate
from offline_cache.upload import JournalUpload, Uploaded

_WATCH_S: Final = 1.0  # how soon a new event is noticed
_HEARTBEAT_S: Final = 15.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 300.0
_FAREWELL_S: Final = 1.0  # a loop that is still in a request then is left behind: a kill would do no harm either
_log = logging.getLogger(__name__)


class Agent:
    """One lane's agent. Raises ConfigError or DiskTrouble before it starts; then all trouble goes into the status."""

    def __init__(self, config: SyncConfig, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        if not config.hub.read_token():
            raise ConfigError("the agent needs hub.token_file (or hub.token): `kiosk-hub lane` prints the lane's token")
        self._config = config
        self._clock = clock
        self._folder = LaneFolder(config.data.dir)
        self._stop = threading.Event()
        self._loops: list[_Loop] = []

    def run(self) -> None:
        """Work until another thread calls `stop`."""
        with self._folder.in_use():
            self._board = StatusBoard(self._folder.path, on_online=self._hurry)
            self._update = PriceListUpdate(
                self._folder,
                self._client(),
                key_file=self._config.hub.key_file,
                floor=self._board.status.revision,
                stopped=self._stop.is_set,
            )
            self._upload = JournalUpload(self._folder.journal, self._client(), stopped=self._stop.is_set)
            self._heart = self._client()
            poll_s = self._config.hub.poll_s
            self._loops = [
                self._loop("price list", self._look, poll_s),
                self._loop("journal", lambda: self._upload.send(self._took), _WATCH_S),
                self._loop("heartbeat", self._beat, min(poll_s, _HEARTBEAT_S)),
            ]
            for loop in self._loops:
                loop.start()
            self._stop.wait()
            self._farewell()

    def stop(self) -> None:
        """End soon; idempotent."""
        self._stop.set()

    def _farewell(self) -> None:
        self._hurry()
        deadline = time.monotonic() + _FAREWELL_S
        for loop in self._loops:
            loop.join(max(0.0, deadline - time.monotonic()))
        self._board.note(online=False)

    def _client(self) -> HubClient:
        lane, hub = self._config.lane, self._config.hub
        return HubClient(hub.url, store=lane.store, lane=lane.name, token=hub.read_token)

    def _loop(self, name: str, step: Callable[[], None], pause_s: float) -> _Loop:
        return _Loop(name, step, pause_s, stop=self._stop, board=self._board)

    def _hurry(self) -> None:
        """Wake all loops: the hub is back, or it is time to end."""
        for loop in self._loops:
            loop.wake.set()

    def _look(self) -> None:
        now_here = self._update.look()
        self._board.note(
            revision=now_here.revision, published_at=now_here.published_at, checked_at=self._now().isoformat()
        )
        self._board.connection(online=True)
        if now_here.changed:
            _log.info("%s", list_sentence(now_here))

    def _took(self, progress: Uploaded) -> None:
        self._board.note(uploaded=progress.number, uploaded_hash=progress.hash)
        self._board.refused(progress.refused)
        self._board.connection(online=True)

    def _beat(self) -> None:
        before = self._clock()
        status = self._board.status
        heard = self._heart.heartbeat(
            {
                "at": self._now().isoformat(),
                "revision": status.revision,
                "uploaded": status.uploaded,
                "last_error": status.last_error,
                "version": program_version(),
            }
        )
        # The hub read its clock somewhere between our two looks at ours.
        middle = before + (self._clock() - before) / 2
        self._board.note(hub_time_skew_s=round((heard.time - middle).total_seconds(), 1))
        self._board.parked(heard.parked)
        self._board.connection(online=True)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(microsecond=0)


class _Loop(threading.Thread):
    """Does one thing again and again: after a pause, or after ever longer ones while it fails."""

    def __init__(
        self, name: str, step: Callable[[], None], pause_s: float, *, stop: threading.Event, board: StatusBoard
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.wake = threading.Event()
        self._step = step
        self._pause_s = pause_s
        self._stop_asked = stop
        self._board = board

    def run(self) -> None:
        """Until told to stop."""
        failures = 0
        while not self._stop_asked.is_set():
            failures = 0 if self._succeeds() else failures + 1
            self.wake.wait(_pause(self._pause_s, failures))
            self.wake.clear()

    def _succeeds(self) -> bool:
        try:
            self._step()
        except OfflineCacheError as exc:
            if self._stop_asked.is_set():
                return False
            self._board.trouble(self.name, str(exc))
            if isinstance(exc, HubAway):
                self._board.connection(online=False)
            elif isinstance(exc, HubRefused | HubAnswerBad):
                self._board.connection(online=True)
            return False
        except Exception:  # noqa: BLE001 - a supervisor: a fault of ours in one part must not end the others
            _log.exception("%s: failed unexpectedly", self.name)
            self._board.trouble(self.name, "failed unexpectedly; see the agent's log")
            return False
        self._board.trouble(self.name, "")
        return True


def _pause(usual_s: float, failures: int) -> float:
    """Seconds to wait, 20 % more or less: a shop's lanes must not all knock at once when its hub is back."""
    if failures:
        usual_s = min(
            _LONGEST_PAUSE_S, max(usual_s, min(_FIRST_PAUSE_S * 2 ** min(failures - 1, 10), _LONGEST_PAUSE_S))
        )
    return usual_s * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, keeps no secret


def list_sentence(present: ListInPlace) -> str:
    """What a look for a newer list came to."""
    if present.changed:
        return f"price list revision {present.revision} of store {present.store}: {present.products:,} products"
    return f"already at revision {present.revision} of store {present.store}: {present.products:,} products"


def program_version() -> str:
    """The installed version, for the hub's list of lanes."""
    try:
        return version("scan-and-go")
    except PackageNotFoundError:
        return "unknown"
