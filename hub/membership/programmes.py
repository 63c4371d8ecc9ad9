"""The membership of each store: kept as it was declared, and told to lanes with the keys that only the hub has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from hub.catalogue_store import unknown_store
from hub.changes import next_change
from hub.database import Database
from hub.errors import KeyUnusable, MembershipRefused
from hub.membership.membership_file import MembershipFile, membership_from
from hub.membership.red_packets import open_pools
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import CONSENT_TEXT
from hub.rule_rows import chunks
from hub.tables import STORE
from retail.events import canonical_json
from retail.membership.programme import Programme, programme_body, text_digest

# Of a store: {"file": MembershipFile.said, "keys": MemberSecrets.fingerprint}; nothing for one without members.
_FILE: Final = "file"
_KEYS: Final = "keys"
_NOTHING: Final = "{}"


class Programmes:
    """The programmes of the stores. Raises StoreUnknown, MembershipRefused, and KeyUnusable on a hub that has not the
    keys by which its database's members are known."""

    def __init__(self, database: Database, secrets: MemberSecrets) -> None:
        self._database = database
        self._secrets = secrets

    def of(self, store: str) -> MembershipFile | None:
        """What a store declared; None for one without members."""
        with self._database.read() as connection:
            return self.within(connection, store)

    def within(self, connection: Connection, store: str) -> MembershipFile | None:
        """The same inside a transaction."""
        row = connection.execute(select(STORE.c.membership, STORE.c.time_zone).where(STORE.c.id == store)).one_or_none()
        if row is None:
            raise unknown_store(connection, store)
        found = _read(row.membership, row.time_zone)
        if found is not None:
            self._must_be_ours(json.loads(row.membership)[_KEYS])
        return found

    def time_zone_of(self, store: str) -> str:
        """In which a file's days and times for this store are; StoreUnknown."""
        with self._database.read() as connection:
            zone = connection.execute(select(STORE.c.time_zone).where(STORE.c.id == store)).scalar()
            if zone is None:
                raise unknown_store(connection, store)
            return str(zone)

    def lane_programme(self, connection: Connection, store: str) -> dict[str, Any]:
        """What the store's lanes are told, signed with their list; empty for none."""
        found = self.within(connection, store)
        if found is None:
            return {}
        seal_key = self._secrets.seal_key.public_key().public_bytes_raw()
        return programme_body(replace(found.programme, code_keys=self._secrets.code_keys, seal_key=seal_key))

    def set(self, store: str, file: MembershipFile) -> None:
        """Put another one in its place, for lists that are published from now on. Every text in it is kept word for
        word from now on: a lane may tell of a consent to it long after the file has changed. Red packets that are new
        are drawn from now on."""
        with self._database.write() as connection:
            next_change(connection)  # lists that carry it are to be published again
            before = self.within(connection, store)
            if before is not None:
                _same_words(before.programme, file.programme)
            for kept in connection.execute(select(STORE.c.membership)).scalars():
                if kept != _NOTHING:
                    self._must_be_ours(json.loads(kept)[_KEYS])
            _keep_texts(connection, file.programme)
            currency = connection.execute(select(STORE.c.currency).where(STORE.c.id == store)).scalar_one()
            open_pools(connection, store, currency, file.pools)
            said = canonical_json({_FILE: file.said, _KEYS: self._secrets.fingerprint()})
            connection.execute(update(STORE).where(STORE.c.id == store).values(membership=said))

    def _must_be_ours(self, fingerprint: str) -> None:
        if self._secrets.fingerprint(make=False) != fingerprint:
            raise KeyUnusable(
                f"{self._secrets.path}: is not the key by which this database's members are known; "
                "copy the file from the hub that has it, or restore it from the backup"
            )


@lru_cache(maxsize=64)
def _read(membership: str, time_zone: str) -> MembershipFile | None:
    """Every step of every visit asks, and reading one takes half a millisecond."""
    kept = json.loads(membership)
    return membership_from(kept[_FILE], ZoneInfo(time_zone)) if kept else None


def _same_words(before: Programme, after: Programme) -> None:
    """MembershipRefused for other words under a version that was told before."""
    told = {_of(row): row["text_sha256"] for row in _texts(before)}
    for row in _texts(after):
        if told.get(_of(row), row["text_sha256"]) != row["text_sha256"]:
            raise MembershipRefused(
                f"club {row['club']}: its {row['purpose']} text in {row['language']} has other words than before "
                f"under version {row['version']}, and people may have consented to those; give it another version"
            )


def _keep_texts(connection: Connection, programme: Programme) -> None:
    texts = {(row["text_sha256"], *_of(row)): row for row in _texts(programme)}
    names = ("text_sha256", "club", "purpose", "version", "language")
    for part in chunks({digest for digest, *_ in texts}):
        kept = select(*(CONSENT_TEXT.c[name] for name in names)).where(CONSENT_TEXT.c.text_sha256.in_(part))
        for row in connection.execute(kept):
            texts.pop(tuple(row), None)
    if texts:
        connection.execute(insert(CONSENT_TEXT), list(texts.values()))


def _texts(programme: Programme) -> Iterator[dict[str, str]]:
    for club in programme.clubs:
        for asked in club.asks:
            for language, text in asked.texts.items():
                yield {
                    "text_sha256": text_digest(text),
                    "club": club.id,
                    "purpose": asked.purpose.value,
                    "version": asked.version,
                    "language": language,
                    "text": text,
                }


def _of(row: Mapping[str, str]) -> tuple[str, ...]:
    return (row["club"], row["purpose"], row["version"], row["language"])
