"""Which rung of the offline ladder the lane stands on: the shop's policy, held against what is known just now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.services.ports import PaymentWay, Prices, TillPorts
from kiosk.services.register import Register
from kiosk.services.ways import WayWatch
from offline_cache.price_list.errors import PriceListError
from offline_cache.stored_payments import UNFORWARDED, StoredPayment, StoredState
from payments.gateway import OnceBy, Presents
from retail.payment_policy import (
    Goods,
    Ladder,
    PaymentPolicy,
    PolicyError,
    Stored,
    WayFacts,
    ladder,
    may_store,
    policy_from,
)

logger = logging.getLogger(__name__)

_CLOCKS_DIFFER_S: Final = 3600
_TOO_OLD_S: Final = 8 * 24 * 3600  # for any policy: the longest that one can allow is a week
_HUB: Final = "hub"  # the gateway that asks its bank through the shop's hub: without the hub it has no line


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it at one moment: the rung, what counts against the limits, and the debts that nobody has noted yet."""

    ladder: Ladder
    stored: Stored
    debts: tuple[StoredPayment, ...]


class LadderDesk:
    """Asks the price list for the policy, the journal for what is stored. On the till's thread; `now` is by the clock
    that no setting moves back, as stored payments must not grow younger."""

    def __init__(
        self,
        ports: TillPorts,
        register: Register,
        watch: WayWatch,
        prices: Callable[[], Prices],
        now: Callable[[], datetime],
    ) -> None:
        self._ports = ports
        self._register = register
        self._watch = watch
        self._prices = prices
        self._now = now
        self.last: Standing | None = None  # as it was when somebody looked
        self.in_doubt: Callable[[], frozenset[str]] = frozenset  # gateways with a payment that was set aside
        self._policy: tuple[object, PaymentPolicy] = (None, PaymentPolicy())
        self._goods: tuple[object, object, tuple[Goods, ...]] = (None, None, ())

    def look(self) -> Standing:
        """How the lane stands with the open basket, or with any while there is none. Raises JournalError."""
        payments = self._ports.journal.stored_payments()
        stored = self._counted(payments)
        facts = [self._facts(way) for way in self._ports.ways]
        total = self._register.priced.total_minor
        found = ladder(self.policy(), facts, total_minor=total, goods=self._bought(), stored=stored)
        self.last = Standing(found, stored, tuple(one for one in payments if one.state is StoredState.DEBT))
        return self.last

    def standing(self) -> Ladder:
        """The rung, and why which way cannot be used. Raises JournalError."""
        return self.look().ladder

    def may_store(self, way: PaymentWay, amount_minor: int) -> bool:
        """Whether a terminal may take that for the open basket without its bank. Raises JournalError."""
        if not way.gateway.traits.works_offline or way.gateway.traits.presents is not Presents.TERMINAL:
            return False
        stored = self._counted(self._ports.journal.stored_payments())
        return not may_store(self.policy(), amount_minor, self._bought(), stored)

    def can_ask(self, way: PaymentWay) -> bool:
        """Whether there is any sense in asking its gateway now."""
        return self._ports.agent.online or way.gateway_name != _HUB

    def policy(self) -> PaymentPolicy:
        """The shop's rules; those that store nothing while nobody can read them."""
        try:
            meta = self._prices().meta
        except PriceListError:
            return PaymentPolicy()
        if self._policy[0] is not meta:
            self._policy = meta, _policy_of(meta.payments)
        return self._policy[1]

    def waiting(self) -> list[StoredPayment]:
        """Stored payments that the bank has not answered for, the oldest first. Raises JournalError."""
        return [one for one in self._ports.journal.stored_payments() if one.state is StoredState.WAITING]

    def _counted(self, payments: Sequence[StoredPayment]) -> Stored:
        """What counts against the limits: all that the bank has not answered for, or that may turn out to be such."""
        found = [one for one in payments if one.state in UNFORWARDED]
        oldest = max((self._age_s(one) for one in found), default=0)
        return Stored(len(found), sum(one.amount_minor for one in found), oldest)

    def _age_s(self, payment: StoredPayment) -> int:
        age_s = (self._now() - datetime.fromisoformat(payment.at)).total_seconds()
        if age_s < -_CLOCKS_DIFFER_S:  # asked for while the clock was far ahead: how old it is nobody can say
            return _TOO_OLD_S
        return -int(-max(0.0, age_s) // 1)  # rounded up: half a second over the limit is over it

    def _facts(self, way: PaymentWay) -> WayFacts:
        traits, online = way.gateway.traits, self._ports.agent.online
        terminal = traits.presents is Presents.TERMINAL
        # Of a line of the gateway's own only trying tells; a terminal usually shares the one that the hub is away on.
        line = online or not (way.gateway_name == _HUB or traits.works_offline)
        return WayFacts(
            way.id,
            terminal=terminal,
            stores=traits.works_offline and terminal,
            line=line and not self._watch.seems_cut(way.id),
            resting=self._watch.resting(way.id, alone=not online) or self._keeps_its_last(way),
        )

    def _keeps_its_last(self, way: PaymentWay) -> bool:
        """Whether the next payment there would overwrite the only record of one that is still in doubt."""
        return way.gateway.traits.once_by is OnceBy.NOTHING and way.gateway_name in self.in_doubt()

    def _bought(self) -> tuple[Goods, ...]:
        sale = self._register.sale
        if sale is None:
            return ()
        try:
            prices = self._prices()
        except PriceListError:
            return tuple(Goods(line.min_age, None) for line in sale.lines)
        if self._goods[0] is not sale.lines or self._goods[1] is not prices:
            goods = tuple(Goods(line.min_age, self._category(prices, line.sku)) for line in sale.lines)
            self._goods = sale.lines, prices, goods
        return self._goods[2]

    def _category(self, prices: Prices, sku: str) -> str | None:
        """Looked up only where it matters: a whole basket of look-ups is some milliseconds."""
        if not self.policy().restricted_categories:
            return ""
        listing = prices.find_sku(sku, self._now())
        return None if listing is None else listing.product.category


def _policy_of(said: object) -> PaymentPolicy:
    try:
        return policy_from(said if isinstance(said, dict) else {})
    except PolicyError as exc:
        logger.warning("the list's payment policy cannot be used, so nothing is stored without a line: %s", exc)
        return PaymentPolicy()
