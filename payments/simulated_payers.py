"""Whose make-believe wallet a payment was by, as the simulated bank has it in its books.

A bank must know that after a restart, too. But these books lie in the lane's folder, where a bank's would never be, and
that folder is searched for whoever could be a person: so each wallet is written under a mask made of its payment's key.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from payments import settings as read
from payments.gateway import PaymentRequest, Presents

SCHEMA: Final = "CREATE TABLE IF NOT EXISTS payers (key TEXT PRIMARY KEY, payer BLOB NOT NULL) STRICT;"
_NOBODY: Final = "nobody"
_BY_CODE: Final = "code"
_WALLET_DIGITS: Final = 10  # of a code: the wallet's own; those after them change from payment to payment


class SimulatedPayers:
    """Setting `payer`: code (the first ten digits of the shopper's code are their wallet), nobody (who paid is not
    told), or a name that is everybody's."""

    def __init__(self, gateway: str, settings: Mapping[str, Any], presents: Presents) -> None:
        """Raises GatewayMisconfigured."""
        self._said = read.text(gateway, settings, "payer", _BY_CODE)
        by_code = presents is Presents.SHOPPER_CODE
        self.tells = bool(self._said) and self._said != _NOBODY and (by_code or self._said != _BY_CODE)

    def note(self, books: sqlite3.Connection, request: PaymentRequest) -> None:
        """Enter whose wallet it is, if that is told."""
        wallet = request.instrument[:_WALLET_DIGITS] if self._said == _BY_CODE else self._said
        if self.tells and wallet:
            payer = f"simulated:{wallet}".encode("utf-8", "replace")
            books.execute("INSERT OR IGNORE INTO payers VALUES (?, ?)", (request.key, _masked(request.key, payer)))

    def of(self, books: sqlite3.Connection, key: str) -> str:
        """Who paid; '' if that is not told."""
        row = books.execute("SELECT payer FROM payers WHERE key = ?", (key,)).fetchone()
        return _masked(key, row[0]).decode() if row is not None and self.tells else ""


def _masked(key: str, payer: bytes) -> bytes:
    mask = hashlib.shake_256(key.encode()).digest(len(payer))
    return bytes(one ^ other for one, other in zip(payer, mask, strict=True))
