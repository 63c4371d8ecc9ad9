"""What lanes may sell for while a line is away: kept at the hub for each store, and sent to lanes with their list."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from hub.catalogue_store import unknown_store
from hub.changes import next_change
from hub.database import Database
from hub.errors import PolicyRefused
from hub.tables import STORE
from retail.payment_policy import PaymentPolicy, PolicyError, policy_from


class PaymentPolicies:
    """The policies of the stores."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, store: str) -> PaymentPolicy:
        """What holds for a store; StoreUnknown."""
        with self._database.read() as connection:
            return policy_from(read_policy(connection, store))

    def currency_of(self, store: str) -> str:
        """What its limits count in; StoreUnknown."""
        with self._database.read() as connection:
            found = connection.execute(select(STORE.c.currency).where(STORE.c.id == store)).scalar()
            if found is None:
                raise unknown_store(connection, store)
            return str(found)

    def set(self, store: str, policy: PaymentPolicy) -> None:
        """Put another one in its place, for lists that are published from now on; StoreUnknown."""
        with self._database.write() as connection:
            next_change(connection)  # lists that carry it are to be published again
            values = {"payments": json.dumps(policy.as_dict(), sort_keys=True)}
            if connection.execute(update(STORE).where(STORE.c.id == store).values(**values)).rowcount == 0:
                raise unknown_store(connection, store)


def read_policy(connection: Connection, store: str) -> dict[str, Any]:
    """As the list carries it, empty if nobody said anything; StoreUnknown."""
    text = connection.execute(select(STORE.c.payments).where(STORE.c.id == store)).scalar()
    if text is None:
        raise unknown_store(connection, store)
    said: dict[str, Any] = json.loads(text)
    return said


def read_policy_file(path: Path) -> PaymentPolicy:
    """The policy of a TOML file, under [payments] or at its top. PolicyRefused names the file, the key and a remedy."""
    try:
        content: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise PolicyRefused(f"{path}: cannot be read ({exc.strerror}); name a TOML file with the policy") from exc
    except UnicodeDecodeError as exc:
        raise PolicyRefused(f"{path}: is not UTF-8; save it as UTF-8") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise PolicyRefused(f"{path}: is not TOML: {exc}") from exc
    if set(content) == {"payments"} and isinstance(content["payments"], Mapping):
        content = content["payments"]
    try:
        return policy_from(content)
    except PolicyError as exc:
        raise PolicyRefused(f"{path}: {exc}") from exc
