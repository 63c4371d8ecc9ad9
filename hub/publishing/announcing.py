"""Puts the newest signed manifests where lanes look, and signs them again before they go stale."""

from __future__ import annotations

import fcntl
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.database import Database
from hub.errors import HubError
from hub.keys import Keys
from hub.publishing.heads import Head, move_head, note_announced, published_lists, read_head
from hub.storage.door import Storage, file_name
from offline_cache.price_list.manifest import LANE_CHANNEL, Manifest, announced_key, sign
from retail.events import canonical_json

FRESH: Final = timedelta(days=7)
_PART: Final = 7  # signed again when a seventh of its time is over: lanes have six days to reach a hub

log = logging.getLogger(__name__)


def manifest_name(store: str, channel: str) -> str:
    """Where a list's manifest lies in the storage."""
    return f"{store}/manifest.json" if channel == LANE_CHANNEL else f"{store}/{channel}/manifest.json"


@dataclass(frozen=True, slots=True)
class Announcer:
    """The manifests of all lists of a hub. Raises HubError. `fresh`: how long lanes trust one that they get anew."""

    database: Database
    storage: Storage
    keys: Keys
    clock: Callable[[], datetime]
    fresh: timedelta = FRESH

    def signed(self, connection: Connection, manifest: Manifest, before: Manifest | None) -> str:
        """The envelope of a manifest, with the keys of now. The list's head must be locked: a key that is revoked later
        finds it there to be signed again.

        Lanes refuse what was signed earlier than the one `before`: a hub whose clock is behind takes that one's time.
        """
        now = self.clock().astimezone(UTC).replace(microsecond=0)
        if before is not None:
            now = max(now, datetime.fromisoformat(before.signed_at))
        ring = self.keys.ring(connection)
        current = manifest.model_copy(
            update={
                "signed_at": now.isoformat(),
                "fresh_until": (now + self.fresh).isoformat(),
                "keys": tuple(announced_key(key.public_key) for key in ring.signing),
                "revoked": ring.revoked,
            }
        )
        return canonical_json(sign(current, self.keys.private(ring)))

    def announce(self, store: str, channel: str) -> int:
        """Make the storage's manifest the newest that was committed; the revision that lies there then, 0 if none.

        Whoever comes after a hub that was killed before it could announce does it for it.
        """
        name = manifest_name(store, channel)
        with self._turn(store, channel) as head:
            there = self.storage.read(name)
            known = _revision(there)
            if head is None or known > head.revision:  # the database came from a backup
                return known
            if there is None and not self._has_files(head):
                return known
            if there != head.envelope.encode():
                self.storage.put_bytes(name, head.envelope.encode())
        with self.database.write() as connection:
            note_announced(connection, head)
        return head.revision

    def sign_again(self, store: str, channel: str, *, always: bool = False) -> bool:
        """Sign and announce a list's manifest anew if it is due: with time, or as the keys have changed."""
        with self._locked(store, channel) as (connection, head):
            if head is None or not (always or self._is_due(connection, head.manifest)):
                return False
            move_head(connection, replace(head, envelope=self.signed(connection, head.manifest, head.manifest)))
        self.announce(store, channel)
        return True

    def sign_all_again(self, *, always: bool = False) -> int:
        """As sign_again, for every list; how many were signed. What fails for one is raised after the others."""
        with self.database.read() as connection:
            lists = published_lists(connection)
        count, failed = 0, []
        for store, channel in lists:
            try:
                count += self.sign_again(store, channel, always=always)
            except HubError as exc:
                failed.append(exc)
        if failed:
            raise failed[0]
        return count

    def take_care(self, *, everything: bool) -> None:
        """Announce what a killed hub did not, and sign what is due. What fails is logged: it is tried again later.

        Without `everything` only lists of which the database says that something is to be done.
        """
        with self.database.read() as connection:
            lists = published_lists(connection, signed_before=None if everything else self._due_before())
        for store, channel in lists:
            try:
                self.announce(store, channel)
                self.sign_again(store, channel)
            except HubError as exc:
                log.warning("price list of %s, %s: not signed again: %s", store, channel, exc)

    def _is_due(self, connection: Connection, manifest: Manifest) -> bool:
        ring = self.keys.ring(connection)
        keys = [key.key_id for key in ring.signing]
        if [key.key_id for key in manifest.keys] != keys or manifest.revoked != ring.revoked:
            return True
        return datetime.fromisoformat(manifest.signed_at) <= self._due_before()

    def _due_before(self) -> datetime:
        return self.clock() - self.fresh / _PART

    def _has_files(self, head: Head) -> bool:
        """A storage that is new to this hub, or was emptied, gets no manifest that leads nowhere."""
        snapshot = head.manifest.snapshot
        return self.storage.size(file_name(snapshot.sha256)) == snapshot.size

    @contextmanager
    def _turn(self, store: str, channel: str) -> Iterator[Head | None]:
        """The head, which nobody else announces meanwhile."""
        file = self.database.file
        if file is None:
            with self._locked(store, channel) as (_, head):
                yield head
            return
        # SQLite has one writer for all: events of lanes must not wait for a bucket that does not answer.
        with file.with_name(f"{file.name}.announce").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self.database.read() as connection:
                head = read_head(connection, store, channel)
            yield head

    @contextmanager
    def _locked(self, store: str, channel: str) -> Iterator[tuple[Connection, Head | None]]:
        with self.database.write() as connection:
            yield connection, read_head(connection, store, channel, lock=True)


def _revision(envelope: bytes | None) -> int:
    with suppress(ValueError, KeyError, TypeError):
        return int(json.loads(envelope or b"")["manifest"]["revision"])
    return 0
