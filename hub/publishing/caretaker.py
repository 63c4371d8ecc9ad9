"""While a hub serves, a thread of its own sees to it that manifests are announced and never go stale."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from hub.errors import HubError
from hub.keys import Ring
from hub.publishing.announcing import Announcer

_EVERY_S: Final = 600.0

log = logging.getLogger(__name__)


@contextmanager
def taking_care(announcer: Announcer, every_s: float = _EVERY_S) -> Iterator[None]:
    """At once, and then every ten minutes until the block ends; a hub that cannot sign still serves."""
    over = threading.Event()
    thread = threading.Thread(target=_take_care, args=(announcer, over, every_s), name="caretaker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _take_care(announcer: Announcer, over: threading.Event, every_s: float) -> None:
    known: Ring | None = None
    while True:
        try:
            ring = announcer.keys.now_signing()
            announcer.take_care(everything=ring != known)  # the first time, and whenever the keys have changed
            known = ring
        except (HubError, SQLAlchemyError, OSError) as exc:
            log.warning("manifests: not looked after: %s; tried again in %s s", exc, round(every_s))
        if over.wait(every_s):
            return
