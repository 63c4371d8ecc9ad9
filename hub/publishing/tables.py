"""Tables of what was published, and of the keys that signed it; times are epoch seconds UTC."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from hub.tables import METADATA


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


def _list_key() -> tuple[Column[str], Column[str]]:
    return (
        Column("store", Text, ForeignKey("store.id"), primary_key=True),
        Column("channel", Text, primary_key=True),
    )


# What was published, for people: kind is snapshot, delta or none; the file is the one that was made for it.
PUBLICATION: Final = Table(
    "publication",
    METADATA,
    *_list_key(),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    _text("state"),
    _text("kind"),
    _number("products"),
    _number("changed"),
    _text("sha256"),
    _number("size"),
    _number("uncompressed_size"),
    _number("published_at"),
)

# The newest list of a store's channel, and the row to lock before there is a newer one. change: the last change of the
# store's goods that is in it. envelope: its signed manifest, of which the storage has a copy once announced.
LIST_HEAD: Final = Table(
    "list_head",
    METADATA,
    *_list_key(),
    _number("revision"),
    _text("state"),
    _number("change"),
    _text("envelope"),
    _number("signed_at"),
    Column("announced", Boolean, nullable=False),
)

# Files that the storage may hold for us. left_at, left_revision: when and with which revision the manifest ceased to
# name it. A file has its row before it is made: what a killed hub left is one that no manifest names.
LIST_FILE: Final = Table(
    "list_file",
    METADATA,
    *_list_key(),
    Column("sha256", Text, primary_key=True),
    _number("made_at"),
    _maybe("left_at"),
    _maybe("left_revision"),
    Index(None, "sha256"),
)

# number: their order; the newest that may sign is the one that stays. retires_at: signs and is announced until then.
SIGNING_KEY: Final = Table(
    "signing_key",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key_id", Text, nullable=False, unique=True),
    _text("public_key"),
    _number("made_at"),
    _maybe("retires_at"),
    _maybe("revoked_at"),
    _text("reason"),
)
