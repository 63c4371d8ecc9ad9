"""The key pairs that sign price lists: which may sign is in the database, their private halves are in a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, false, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.database import Database
from hub.errors import Busy, KeyUnusable
from hub.key_files import KeyFiles
from hub.publishing.tables import SIGNING_KEY
from offline_cache.price_list.keys import decode_public_key, encode_public_key, key_id, raw_public_key

OVERLAP: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the hub; one that neither retired nor was revoked signs and is announced in manifests."""

    key_id: str
    public_key: bytes
    made_at: datetime
    retires_at: datetime | None = None
    revoked_at: datetime | None = None
    reason: str = ""

    def signs(self, at: datetime) -> bool:
        """Whether it may sign at that time."""
        return self.revoked_at is None and (self.retires_at is None or at < self.retires_at)


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys at a moment: those that sign, in the order they were made, and the ids of the revoked."""

    signing: tuple[SigningKey, ...]
    revoked: tuple[str, ...]


class Keys:
    """The keys of a hub, or of several hubs with one database. Raises KeyUnusable."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._files = KeyFiles(folder)
        self._clock = clock

    def all(self) -> list[SigningKey]:
        """Every key there ever was, in order; the first is made now if there is none."""
        with self._database.read() as connection:
            found = _rows(connection)
        return found or [self._first()]

    def active(self) -> SigningKey:
        """The newest that signs: the one to pin."""
        return _signing(self.all(), self.now())[-1]

    def ring(self, connection: Connection) -> Ring:
        """The keys as a transaction sees them."""
        found = _rows(connection)
        revoked = tuple(sorted(one.key_id for one in found if one.revoked_at is not None))
        return Ring(tuple(_signing(found, self.now())), revoked)

    def now_signing(self) -> Ring:
        """The keys at this moment."""
        with self._database.read() as connection:
            return self.ring(connection)

    def private(self, ring: Ring) -> list[Ed25519PrivateKey]:
        """The private halves of all that sign; KeyUnusable names one that this hub lacks."""
        return [self._files.private(one.key_id) for one in ring.signing]

    def now(self) -> datetime:
        """The hub's time, whole seconds: as the table has it."""
        return self._clock().astimezone(UTC).replace(microsecond=0)

    def must_sign(self) -> None:
        """KeyUnusable if this hub could not sign a manifest now; makes the first key."""
        self.all()
        self.private(self.now_signing())

    def rotate(self, overlap: timedelta = OVERLAP) -> SigningKey:
        """Make a new key; the ones before it go on signing beside it until the overlap ends."""
        self.must_sign()
        now = self.now()
        made = raw_public_key(self._files.make())
        key = SigningKey(key_id(made), made, now)
        try:
            with self._database.write() as connection:
                self._let_retire(connection, now, int((now + overlap).timestamp()))
                _insert(connection, key)
        except IntegrityError as exc:
            raise Busy("another command changed the keys meanwhile; see `kiosk-hub keys` and try again") from exc
        return key

    def _let_retire(self, connection: Connection, now: datetime, ends: int) -> None:
        old = [one.key_id for one in _signing(_rows(connection), now)]
        sooner = SIGNING_KEY.c.retires_at <= ends  # keeps its own time
        condition = SIGNING_KEY.c.key_id.in_(old) & ~func.coalesce(sooner, false())
        connection.execute(update(SIGNING_KEY).where(condition).values(retires_at=ends))

    def retire(self, name: str) -> None:
        """End a key's overlap now."""
        self._take_away(name, retires_at=int(self.now().timestamp()))

    def revoke(self, name: str, reason: str) -> None:
        """Never trust a key again: manifests name it as revoked. That this hub can sign with the others is checked."""
        self._take_away(name, revoked_at=int(self.now().timestamp()), reason=reason)

    def _take_away(self, name: str, **values: object) -> None:
        now = self.now()
        with self._database.write() as connection:
            found = {one.key_id: one for one in _rows(connection)}
            if name not in found:
                raise KeyUnusable(f"there is no key {name!r}; `kiosk-hub keys` lists them")
            if found[name].revoked_at is not None:
                raise KeyUnusable(f"key {name} was revoked already; nothing was changed")
            if "revoked_at" not in values and not found[name].signs(now):
                raise KeyUnusable(f"key {name} has retired already; nothing was changed")
            connection.execute(update(SIGNING_KEY).where(SIGNING_KEY.c.key_id == name).values(**values))
            left = _signing(_rows(connection), now)
            if not left:
                raise KeyUnusable(
                    f"key {name} is the only one that signs; make another first with `kiosk-hub key-rotate`: "
                    "lanes that hear of it before follow, others must have it pinned by hand"
                )
            for one in left:
                self._files.private(one.key_id)
            # The newest stays for good: it may have been on its way out when a newer one was taken away.
            newest = SIGNING_KEY.c.key_id == left[-1].key_id
            connection.execute(update(SIGNING_KEY).where(newest).values(retires_at=None))

    def _first(self) -> SigningKey:
        made = raw_public_key(self._files.first())
        key = SigningKey(key_id(made), made, self.now())
        try:
            with self._database.write() as connection:
                if not (found := _rows(connection)):
                    _insert(connection, key)
                    return key
        except IntegrityError:  # another hub was quicker: its key holds
            with self._database.read() as connection:
                found = _rows(connection)
        return found[0]


def _signing(keys: Sequence[SigningKey], at: datetime) -> list[SigningKey]:
    return [key for key in keys if key.signs(at)]


def _insert(connection: Connection, key: SigningKey) -> None:
    number = len(_rows(connection)) + 1
    connection.execute(
        insert(SIGNING_KEY).values(
            number=number,
            key_id=key.key_id,
            public_key=encode_public_key(key.public_key),
            made_at=int(key.made_at.timestamp()),
            reason="",
        )
    )


def _rows(connection: Connection) -> list[SigningKey]:
    return [_key(row) for row in connection.execute(select(SIGNING_KEY).order_by(SIGNING_KEY.c.number))]


def _key(row: Row[Any]) -> SigningKey:
    return SigningKey(
        key_id=row.key_id,
        public_key=decode_public_key(row.public_key),
        made_at=datetime.fromtimestamp(row.made_at, UTC),
        retires_at=_moment(row.retires_at),
        revoked_at=_moment(row.revoked_at),
        reason=row.reason,
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
