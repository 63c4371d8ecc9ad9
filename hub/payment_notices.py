"""What gateways push: proved by the gateway it claims to be from, compared with the order on disk, then kept."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from hub.errors import PaymentUnknown
from hub.gateway_threads import Seat
from hub.payment_gateways import Account, PaymentGateways
from hub.payment_opening import NO_LANE
from hub.payment_store import PaymentStore
from payments.errors import GatewayMisconfigured
from payments.gateway import Gateway, Notice, Notified

log = logging.getLogger(__name__)

_READ_WITHIN_S: Final = 2.0  # a push is verified without asking anybody


class PaymentNotices:
    """Blocking, from any thread. A push settles what nobody else has settled, and never after a cancel was sent."""

    def __init__(self, store: PaymentStore, gateways: PaymentGateways) -> None:
        self._store = store
        self._gateways = gateways
        self._guard = threading.Lock()
        self._seats: dict[str, Seat] = {}
        self.words = FewWords()

    def take(self, name: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """Read one push and keep what it says; on disk when this returns.

        NotificationRefused: it is not proved; PaymentUnknown: about nothing of ours; PaymentConflict: about other
        money; TimeoutError, PaymentError, DatabaseUnusable and whatever else: it is to come again.
        """
        account = self._gateways.named(name)
        if account is None or not account.traits.notifies:
            raise PaymentUnknown(f"no gateway {name!r} of this hub pushes anything")
        notice = self._seat(account).run(lambda gateway: _read(gateway, headers, body))
        self._store.notice(account, notice.key, notice.result)
        return notice

    def close(self) -> None:
        """Let go of the gateways."""
        for seat in self._seats.values():
            seat.close()

    def _seat(self, account: Account) -> Seat:
        with self._guard:
            seat = self._seats.get(account.name)
            if seat is None:
                seat = Seat(f"{account.name}-pushes", lambda: self._gateways.open(account, NO_LANE), _READ_WITHIN_S)
                self._seats[account.name] = seat
            return seat


def _read(gateway: Gateway, headers: Mapping[str, str], body: bytes) -> Notice:
    if not isinstance(gateway, Notified):
        raise GatewayMisconfigured("a gateway that says that it notifies does not read what it pushes")
    notice = gateway.notified(headers, body)
    if not isinstance(notice, Notice):
        raise GatewayMisconfigured(f"a gateway reads its push as {type(notice).__name__}, not as a Notice")
    return notice


class FewWords:
    """Of each kind of thing says the first at once, then for a while only counts: whoever is refused may come as often
    as they like, and must neither fill the log nor hide what else is said."""

    def __init__(self, every_s: float = 60.0, steady: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._steady = every_s, steady
        self._guard = threading.Lock()
        self._next: dict[str, float] = {}
        self._unsaid: Counter[str] = Counter()

    def say(self, kind: str, sentence: str) -> None:
        """Log it, or count it."""
        with self._guard:
            now = self._steady()
            if now < self._next.get(kind, 0.0):
                self._unsaid[kind] += 1
                return
            self._next[kind], unsaid = now + self._every_s, self._unsaid.pop(kind, 0)
        log.warning("%s%s", sentence, f" ({unsaid:,} like it since the last time)" if unsaid else "")
