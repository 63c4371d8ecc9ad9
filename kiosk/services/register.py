"""The open sale and the journal that it is the fold of: nothing is shown that is not on disk first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from kiosk.services.ports import Clock, SaleJournal, new_id
from offline_cache.errors import JournalDamaged, JournalFull
from retail.events import Draft, Event, EventKind
from retail.membership.programme import PointsRule
from retail.pricing import PricedBasket, price_basket
from retail.promotions.campaign import Shopper
from retail.promotions.engine import Engine
from retail.replacing import replace
from retail.sale import Sale, SaleError, SaleStatus, apply, fold, shopper_of, shopper_paying
from retail.sale_pricing import price_sale

_NOTHING: Final = PricedBasket()
RESERVE_BYTES: Final = 8 << 20  # a payment is only begun with room to write how it ended


def _no_rule() -> PointsRule | None:
    """Where nobody earns points."""
    return None


class Register:
    """One lane's open sale. `record` raises JournalError and then changes nothing."""

    def __init__(
        self,
        journal: SaleJournal,
        clock: Clock,
        *,
        store: str,
        lane: str,
        make_id: Callable[[], str] = new_id,
        engine: Engine | None = None,
        points: Callable[[], PointsRule | None] = _no_rule,
    ) -> None:
        self._journal = journal
        self._make_id = make_id
        self._store = store
        self._lane = lane
        self.clock = clock
        self.engine = engine or Engine()
        self.points = points
        self.sale: Sale | None = None
        self.priced = _NOTHING
        self._what_if: tuple[Sale | None, dict[object, PricedBasket]] = (None, {})

    def recover(self) -> Sale | None:
        """Take up the journal's last sale, unless it was cancelled; whether a completed one is still of interest is
        the caller's affair. JournalDamaged if its events make no sale."""
        try:
            sale = fold(_of_one_sale(self._journal.last_sale()))
        except SaleError as exc:
            raise JournalDamaged(f"the journal's last sale cannot be taken up: {exc}; call the service desk") from exc
        self._take(None if sale is None or sale.status is SaleStatus.CANCELLED or sale.aside else sale)
        return self.sale

    def split_off(self, sale: Sale | None = None) -> Register:
        """A register of its own, over the same journal, for a sale that is set aside: this one's, which it then lets
        go of, or the one named. The two never see each other's events."""
        other = Register(
            self._journal,
            self.clock,
            store=self._store,
            lane=self._lane,
            make_id=self._make_id,
            engine=self.engine,
            points=self.points,
        )
        other.take(self.open_sale if sale is None else sale)
        if sale is None:
            self._take(None)
        return other

    def set_aside(self) -> list[tuple[Sale, list[Event]]]:
        """The sales that were set aside, with their events. JournalDamaged if some make no sale."""
        try:
            found = [(fold(events), events) for events in self._journal.set_aside()]
        except SaleError as exc:
            raise JournalDamaged(f"a sale that was set aside cannot be read: {exc}; call the service desk") from exc
        return [(sale, events) for sale, events in found if sale is not None]

    def take(self, sale: Sale) -> None:
        """Go on with a sale as the journal has it."""
        self._take(sale)

    def must_have_room(self) -> None:
        """JournalFull unless the disk has room for more than the next few events."""
        if self._journal.free_bytes() < RESERVE_BYTES:
            raise JournalFull(f"less than {RESERVE_BYTES >> 20} MB are free on the journal's disk; make room")

    def begin(self, *, currency: str, language: str, revision: int) -> None:
        """Start a basket."""
        body = {
            "store": self._store,
            "lane": self._lane,
            "currency": currency,
            "language": language,
            "revision": revision,
        }
        self.sale = None
        self.record(Draft(EventKind.BASKET_STARTED, self._make_id(), body))

    def record(self, *drafts: Draft) -> None:
        """Write the events in one transaction, then let them count. SaleError for one that does not fit: nothing
        is written then, as a journal that does not fold could not be taken up again."""
        expected = self._after(Event(0, "", draft.kind, draft.sale_id, draft.body, "", "") for draft in drafts)
        priced = self._priced(expected)  # before it is written: what cannot be priced must not be on disk either
        self.sale = self._after(self._journal.append(*drafts))
        self.priced = priced

    def _after(self, events: Iterable[Event]) -> Sale | None:
        sale = self.sale
        for event in events:
            sale = apply(sale, event)
        return sale

    def note(self, kind: EventKind, **body: Any) -> None:
        """Write one event of the open sale (or of the lane, if there is none)."""
        self.record(Draft(kind, self.sale.id if self.sale else None, body))

    def draft(self, kind: EventKind, **body: Any) -> Draft:
        """A draft for the open sale."""
        return Draft(kind, self.open_sale.id, body)

    @property
    def open_sale(self) -> Sale:
        """The open sale; there must be one."""
        if self.sale is None:
            raise RuntimeError("no sale is open")
        return self.sale

    def sent_at(self, key: str) -> str:
        """When an attempt to pay was sent, ISO 8601; now if the journal tells of a later one only."""
        sent = self._journal.latest(EventKind.PAYMENT_SUBMITTED)
        return sent.at if sent is not None and sent.body.get("key") == key else self.clock().isoformat()

    def new_key(self) -> str:
        """A key for one attempt to pay."""
        return self._make_id()

    def priced_for(self, way: str, brand: str = "", *, tells_payer: bool = True) -> PricedBasket:
        """The basket as it is priced once this way of paying is asked for the money; `tells_payer`: who joins by their
        wallet counts as a member there."""
        return self._priced_to(shopper_paying(self.open_sale, way, brand, tells_payer=tells_payer))

    def priced_in(self, clubs: frozenset[str]) -> PricedBasket:
        """The basket as it would be priced for a member of these clubs and no others."""
        return self._priced_to(replace(shopper_of(self.open_sale), clubs=clubs))

    def _priced_to(self, shopper: Shopper) -> PricedBasket:
        """Reckoned once while the basket stays as it is: the screen asks each second."""
        sale, now = self.open_sale, shopper_of(self.open_sale)
        for_clubs, for_ways = set[str](), set[str]()
        for campaign in sale.campaigns.values():
            for_clubs.update(campaign.clubs)
            for_ways.update(campaign.ways)
        same_way = not for_ways.intersection({shopper.way, shopper.brand, now.way, now.brand})
        clubs = shopper.clubs & for_clubs
        if same_way and clubs == now.clubs & for_clubs:
            return self.priced
        if self._what_if[0] is not sale:
            self._what_if = sale, {}
        known, asked = self._what_if[1], ("" if same_way else (shopper.way, shopper.brand), clubs)
        if asked not in known:
            known[asked] = price_basket(sale.lines, sale.campaigns, shopper, self.engine, hints=False)
        return known[asked]

    def close_sale(self) -> None:
        """Let go of a sale that is over; its record stays in the journal."""
        self._take(None)

    def _take(self, sale: Sale | None) -> None:
        self.priced = self._priced(sale)
        self.sale = sale

    def _priced(self, sale: Sale | None) -> PricedBasket:
        if sale is None or not sale.lines:
            return _NOTHING
        return self.priced if _alike(self.sale, sale) else price_sale(sale, self.engine)


def _alike(before: Sale | None, after: Sale) -> bool:
    """Whether nothing has changed that a price depends on."""
    if before is None or before.lines is not after.lines or before.campaigns is not after.campaigns:
        return False
    return not after.campaigns or shopper_of(before) == shopper_of(after)


def _of_one_sale(events: list[Event]) -> Iterable[Event]:
    """Without those of other sales: one that was set aside goes on while the next shopper is served."""
    return (event for event in events if event.sale_id in {None, events[0].sale_id})
