"""Who paid through the hub: kept as a digest until the sale is settled, and only where the store has members at all."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from hub.errors import HubError
from hub.membership.claims import keep_payer
from hub.membership.identities import WALLET
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets

log = logging.getLogger(__name__)


class Payers:
    """Writes inside the transaction that keeps the approval: both are on disk, or neither."""

    def __init__(self, programmes: Programmes, secrets: MemberSecrets) -> None:
        self._programmes = programmes
        self._secrets = secrets

    def keep(self, connection: Connection, payment_key: str, store: str, payer: str, *, now: int) -> None:
        """Keep it. A membership that cannot be read, or whose keys are not here, must not keep a payment from being
        settled: it is logged, without who paid."""
        try:
            if self._programmes.within(connection, store) is None:
                return
            digest = self._secrets.digest(WALLET, payer)
        except HubError as exc:
            log.error("payment %s: who paid is not kept: %s", payment_key, exc)  # noqa: TRY400 - a sentence
            return
        keep_payer(connection, payment_key, digest, now=now)
