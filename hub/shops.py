"""The stores as scopes see them: which of them a scope covers, and what these have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from hub.catalogue_store import unknown_store
from hub.imports.errors import RowRefused
from hub.scopes import Scope, covering
from hub.tables import STORE


@dataclass(frozen=True, slots=True)
class Shop:
    """A store, as far as its prices depend on it; `region` empty: in none."""

    id: str
    currency: str
    time_zone: str
    region: str

    @property
    def zone(self) -> tzinfo:
        """The store's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes that cover it, narrowest first."""
        return covering(self.id, self.region)


class Shops:
    """All stores of the hub; see `hub.rules_file.Shops` for what it answers to files."""

    def __init__(self, shops: Sequence[Shop]) -> None:
        self._shops = shops

    def covered(self, scope: Scope) -> list[Shop]:
        """The stores of a scope."""
        return [shop for shop in self._shops if scope in shop.scopes]

    def currency(self, scope: Scope, said: str) -> str:
        """The currency said, if a store of the scope sells in it; if none is said, that of all of them."""
        found = {shop.currency for shop in self._needed(scope)}
        if said and said not in found:
            raise RowRefused(
                "bad_currency", f"no store of its scope sells in {said}, but in {', '.join(sorted(found))}"
            )
        if not said and len(found) > 1:
            several = ", ".join(sorted(found))
            raise RowRefused("bad_currency", f"the stores of its scope sell in {several}; write the currency")
        return said or found.pop()

    def time_zone(self, scope: Scope) -> tzinfo:
        """The time zone of all stores of the scope."""
        found = {shop.time_zone for shop in self._needed(scope)}
        if len(found) > 1:
            several = ", ".join(sorted(found))
            raise RowRefused(
                "bad_date",
                f"the stores of its scope lie in several time zones ({several}); "
                "write times with an offset, such as 2026-01-31T00:00:00+08:00",
            )
        return ZoneInfo(found.pop())

    def _needed(self, scope: Scope) -> list[Shop]:
        found = self.covered(scope)
        if not found:
            what = f"{scope.kind} {scope.id!r}" if scope.id else "store at all"
            names = {shop.region if scope.kind == "region" else shop.id for shop in self._shops} - {""}
            known = ", ".join(sorted(names)) or "none yet"
            raise RowRefused("bad_scope", f"the hub has no {what} (there are: {known})")
        return found


def read_shops(connection: Connection) -> Shops:
    """All stores."""
    rows = connection.execute(select(STORE.c.id, STORE.c.currency, STORE.c.time_zone, STORE.c.region))
    return Shops([Shop(*row) for row in rows])


def known_shop(connection: Connection, store: str) -> Shop:
    """One store; StoreUnknown."""
    columns = (STORE.c.id, STORE.c.currency, STORE.c.time_zone, STORE.c.region)
    row = connection.execute(select(*columns).where(STORE.c.id == store)).one_or_none()
    if row is None:
        raise unknown_store(connection, store)
    return Shop(*row)
