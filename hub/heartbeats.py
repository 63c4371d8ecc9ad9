"""That lanes live, and what they say of themselves: kept in memory, and on disk a second later, all in one transaction.

Ten thousand lanes say so seven hundred times a second. None of it must outlive a power cut: the next one comes soon.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from hub.errors import HubError
from hub.lanes import Answer, Heard, Lane, Lanes

_EVERY_S: Final = 1.0
_TRUSTED_S: Final = 60.0  # so long a rotated token may still say that its lane lives, or ask for prices
_LEARN_EVERY: Final = 30  # turns; well within the time that what was learnt is trusted

log = logging.getLogger(__name__)


class Heartbeats:
    """Safe to share by threads. Any number of hubs may: the newest word of a lane stays."""

    def __init__(
        self, lanes: Lanes, clock: Callable[[], datetime], clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._lanes = lanes
        self._clock = clock
        self._clock_s = clock_s
        self._known: dict[bytes, tuple[Lane, float]] = {}
        self._waiting: dict[int, Heard] = {}
        self._parked: Mapping[int, int] | None = None
        self._writing = threading.Lock()

    def learn(self) -> None:
        """Know all lanes: a fleet that comes back at once is not looked up one by one. Raises DatabaseUnusable."""
        until = self._clock_s() + _TRUSTED_S
        self._parked = self._lanes.parked()
        self._known = {digest: (lane, until) for digest, lane in self._lanes.by_token_digest().items()}

    def lane_at_hand(self, token: str) -> Lane | None:
        """The lane of a token that was known a moment ago; None: ask `lane`, on a thread that may wait."""
        lane, until = self._known.get(_digest(token), (None, 0.0))
        return lane if self._clock_s() < until else None

    def lane(self, token: str) -> Lane | None:
        """The lane of a token. Raises DatabaseUnusable."""
        if self._parked is None:
            self._parked = self._lanes.parked()
        lane = self._lanes.by_token(token)
        if lane is None:
            self._known.pop(_digest(token), None)
        else:
            self._known[_digest(token)] = (lane, self._clock_s() + _TRUSTED_S)
        return lane

    def heard(self, lane: Lane, status: str) -> Answer:
        """Take note of a lane and what it says of itself (the text of a JSON object). Never waits."""
        now = self._clock().astimezone(UTC)
        self._waiting[lane.id] = Heard(lane.id, int(now.timestamp()), status)
        return Answer(now, (self._parked or {}).get(lane.id, 0))

    def write(self) -> None:
        """Put on disk what was heard since the last time. Raises DatabaseUnusable, and then nothing is forgotten."""
        with self._writing:
            taken, self._waiting = self._waiting, {}
            if not taken:
                return
            try:
                # In the order of lanes, as every hub does it: two that write at once must not wait for each other.
                self._parked = self._lanes.note(sorted(taken.values(), key=lambda heard: heard.lane_id))
            except BaseException:
                self._waiting = {**taken, **self._waiting}
                raise


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


@contextmanager
def written_down(heartbeats: Heartbeats, every_s: float = _EVERY_S) -> Iterator[None]:
    """Until the block ends a thread writes down what was heard, every second; and once more at the end."""
    over = threading.Event()
    thread = threading.Thread(target=_write_down, args=(heartbeats, over, every_s), name="heartbeats", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write_down(heartbeats: Heartbeats, over: threading.Event, every_s: float) -> None:
    failing = ended = False
    for turn in count():
        try:
            if turn % _LEARN_EVERY == 0:
                heartbeats.learn()
            ended = over.wait(every_s)
            heartbeats.write()
            failing = False
        except (HubError, SQLAlchemyError) as exc:
            if not failing:  # once is enough: it is tried again every second
                log.warning("heartbeats are not written down: %s", exc)
            failing = True
            ended = ended or over.wait(every_s)
        if ended:
            return
