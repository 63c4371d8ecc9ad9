"""Where a list or a rule holds: everywhere, in a region, in one store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import ColumnElement, FromClause, and_, or_

from hub.data_folder import checked_name
from hub.errors import NameRefused

_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Scope:
    """`kind` is all, region or store; `id` is empty, the region's name or the store's id."""

    kind: str
    id: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `all`, `region:NAME` or `store:ID`; NameRefused for anything else."""
        kind, _, name = text.partition(":")
        if kind == "all" and text == kind:
            return cls(kind)
        if kind == "region":
            return cls(kind, checked_region(name))
        if kind == "store":
            return cls(kind, checked_name(name, kind))
        raise NameRefused(f"scope {text!r}: take all, region:NAME or store:ID")

    def __str__(self) -> str:
        """As `parse` reads it."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def words(self) -> str:
        """As a sentence names it."""
        return f"{self.kind} {self.id}" if self.id else "all stores"

    def of(self, table: FromClause) -> ColumnElement[bool]:
        """The table's rows in just this scope."""
        return and_(table.c.scope_kind == self.kind, table.c.scope_id == self.id)


ALL: Final = Scope("all")


def covering(store: str, region: str) -> tuple[Scope, ...]:
    """The scopes that a store lies in, narrowest first; a store without a region is in none."""
    regions = (Scope("region", region),) if region else ()
    return Scope("store", store), *regions, ALL


def in_any(table: FromClause, scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """The table's rows in one of the scopes."""
    return or_(*(scope.of(table) for scope in scopes))


def checked_region(name: str) -> str:
    """A region's name; NameRefused for an empty, long or unprintable one."""
    if not name.strip() or name != name.strip() or len(name) > _LONGEST or not name.isprintable():
        raise NameRefused(f"region {name!r}: take 1 to {_LONGEST} printable characters, with no space around them")
    return name
