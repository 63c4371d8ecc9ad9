"""The sync agent: price list down, journal up, heartbeat; three loops that do not wait for one another."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from offline_cache.board import StatusBoard
from offline_cache.config import SyncConfig
from offline_cache.errors import ConfigError, HubAnswerBad, HubAway, HubRefused, OfflineCacheError
from offline_cache.folder import LaneFolder
from offline_cache.hub_client import HubClient
from offline_cache.hub_time import HubTime, clock_trouble
from offline_cache.list_keeping import ListKeeping, list_sentence
from offline_cache.status_report import queued
from offline_cache.upload import JournalUpload, Uploaded

_WATCH_S: Final = 1.0  # how soon a new event is noticed
_HEARTBEAT_S: Final = 15.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 300.0
_BACK_S: Final = 15.0  # a hub that answers one loop and fails another comes back at each answer
_FAREWELL_S: Final = 1.0  # a loop that is still in a request then is left behind: a kill would do no harm either
_log = logging.getLogger(__name__)


class Agent:
    """One lane's agent. Raises ConfigError or DiskTrouble before it starts; then all trouble goes into the status."""

    def __init__(self, config: SyncConfig, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        if not config.hub.read_token():
            raise ConfigError("the agent needs hub.token_file (or hub.token): `kiosk-hub lane` prints the lane's token")
        self._config = config
        self._lists_at_hub = config.hub.lists_url is None
        self._clock = clock
        self._folder = LaneFolder(config.data.dir)
        self._stop = threading.Event()
        self._loops: list[_Loop] = []
        self._hurries_again = float("-inf")

    def run(self) -> None:
        """Work until another thread calls `stop`."""
        with self._folder.in_use():
            self._board = StatusBoard(self._folder.path, on_online=self._hub_is_back, clock=self._clock)
            self._time = HubTime(self._clock, seen=self._board.hub_time_seen)
            self._lists = ListKeeping(self._config, self._folder, self._board, self._time, stopped=self._stop.is_set)
            self._upload = JournalUpload(self._folder.journal, self._client(), stopped=self._stop.is_set)
            self._heart = self._client()
            poll_s = self._config.hub.poll_s
            self._loops = [
                self._loop("price list", self._look, poll_s, of_hub=self._lists_at_hub),
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

    def _loop(self, name: str, step: Callable[[], None], pause_s: float, *, of_hub: bool = True) -> _Loop:
        return _Loop(name, step, pause_s, stop=self._stop, board=self._board, of_hub=of_hub)

    def _hub_is_back(self) -> None:
        """No loop waits out its pause; but not again and again, or the loops would wake each other without end."""
        now = time.monotonic()
        if now >= self._hurries_again:
            self._hurries_again = now + _BACK_S
            self._hurry()

    def _hurry(self) -> None:
        """Wake all loops."""
        for loop in self._loops:
            loop.wake.set()

    def _look(self) -> None:
        here = self._lists.look()
        if self._lists_at_hub:
            self._board.connection(online=True)
        if here.changed:
            _log.info("%s", list_sentence(here))
        self._lists.prepare()

    def _took(self, progress: Uploaded) -> None:
        self._board.note(uploaded=progress.number, uploaded_hash=progress.hash)
        self._board.refused(progress.refused)
        self._board.connection(online=True)

    def _beat(self) -> None:
        asked = self._clock()
        heard = self._heart.heartbeat(self._board.status.heartbeat() | self._now())
        skew_s = self._time.heard(heard.time, asked=asked, answered=self._clock())
        self._board.note(hub_time_skew_s=skew_s)
        self._board.note_hub_time(self._time.seen)
        self._board.parked(heard.parked)
        self._board.trouble("clock", clock_trouble(skew_s))
        self._board.connection(online=True)

    def _now(self) -> dict[str, Any]:
        """What only this moment can say."""
        at = self._clock().astimezone(UTC).replace(microsecond=0).isoformat()
        waiting = queued(self._folder.journal, self._board.status.uploaded)
        return {"at": at, "queued": waiting, "version": program_version()}


class _Loop(threading.Thread):
    """Does one thing again and again: after a pause, or after ever longer ones while it fails.

    `of_hub`: it speaks with the hub, so its failures tell whether that is there.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], None],
        pause_s: float,
        *,
        stop: threading.Event,
        board: StatusBoard,
        of_hub: bool,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.wake = threading.Event()
        self._step = step
        self._pause_s = pause_s
        self._stop_asked = stop
        self._board = board
        self._of_hub = of_hub

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
            if self._of_hub and isinstance(exc, HubAway | HubRefused | HubAnswerBad):
                self._board.connection(online=not isinstance(exc, HubAway))
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


def program_version() -> str:
    """The installed version, for the hub's list of lanes."""
    try:
        return version("scan-and-go")
    except PackageNotFoundError:
        return "unknown"
