"""The members' books: points, coupons, red packets, parking. Each follows from the sales, claims and refunds there are.

`settle` may be called for any sale at any time, as often as anybody likes and by several hubs at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Row, select

from hub.database import Database
from hub.errors import DatabaseUnusable, HubError
from hub.lanes import Lane
from hub.membership import member_coupons, points_book
from hub.membership.benefit import On
from hub.membership.benefits import give_by_car
from hub.membership.car_events import keep_car_event
from hub.membership.car_park import PLATE, CarPark, load_car_park
from hub.membership.claims import is_typed
from hub.membership.coupon_book import Coupon
from hub.membership.member_coupons import FreeCoupon
from hub.membership.member_receipts import MemberReceipt, receipts_of
from hub.membership.membership_file import MembershipFile, PlugIn
from hub.membership.parking import Parking
from hub.membership.plain_sales import settle_plain
from hub.membership.points_book import PointsEntry
from hub.membership.problems import Problem, problems
from hub.membership.reservations import OVER, Claimants, Reservations, ReservedCoupon
from hub.membership.rewards import SaleRewards, rewards_of
from hub.membership.secrets import MemberSecrets
from hub.membership.set_aside import due_again, put_back, set_aside
from hub.membership.settling import Owners, settle_sale
from hub.membership.unsettled import of_claim, of_payment, told_late, unsettled
from hub.membership.writing import repeated
from hub.tables import SALE
from retail.sale import SaleStatus

_LATE_S: Final = 86_400  # longer than any hub is away between a claim and its sale's settling
_T = TypeVar("_T")

log = logging.getLogger(__name__)


class BooksMembers(Owners, Claimants, Protocol):
    """What the books ask the members' book."""

    def join(self, sale_id: str) -> object:
        """Take the steps of joining that a completed sale asks for."""
        ...

    def page_of(self, member_id: int) -> str:
        """The secret by which a member's own page is found."""
        ...


class BooksProgrammes(Protocol):
    """What stores have declared."""

    def of(self, store: str) -> MembershipFile | None:
        """None for a store without members."""
        ...


class Books:
    """Safe to share between threads. `folder`: where car parks may keep files."""

    def __init__(
        self,
        database: Database,
        members: BooksMembers,
        programmes: BooksProgrammes,
        secrets: MemberSecrets,
        clock: Callable[[], datetime],
        *,
        folder: Path | None = None,
        open_car_park: Callable[[str, Any, Path], CarPark] = load_car_park,
    ) -> None:
        self._database = database
        self._members = members
        self._programmes = programmes
        self._secrets = secrets
        self._clock = clock
        self._folder = folder or Path()
        self._open_car_park = open_car_park
        self._car_parks: dict[str, tuple[PlugIn, CarPark]] = {}
        self._reservations = Reservations(database, members, clock, lambda sale_id: self.settle_many([sale_id]))
        self._parking = Parking(database, secrets, clock)

    def settle(self, sale_id: str) -> None:
        """Bring the books up to date with a sale; nothing for one that goes on, or that nobody has told of."""
        with self._database.read() as connection:
            query = select(SALE.c.status, SALE.c.store).where(SALE.c.id == sale_id)
            sale = connection.execute(query).one_or_none()
        if sale is None or sale.status not in OVER:
            return
        if sale.status == SaleStatus.COMPLETED:
            self._members.join(sale_id)
        file = self._programmes.of(sale.store)  # before the transaction: it reads by a connection of its own
        repeated(self._database, lambda it: settle_sale(it, self._members, sale_id, file, self._now()))

    def settle_many(self, sale_ids: Iterable[str]) -> None:
        """The same for several."""
        ids = dict.fromkeys(sale_ids)
        plain: set[str] = set()
        if len(ids) > 1:
            with self._database.write() as connection:
                plain = settle_plain(connection, ids, self._now())
        faults = [self._settle_or_set_aside(sale_id) for sale_id in ids if sale_id not in plain]
        for fault in filter(None, faults):  # after the others: what is wrong with one store's file is not theirs
            raise fault

    def settle_claim(self, claim: str) -> None:
        """Whose a claim is has been told."""
        self.settle_many(self._read(lambda it: of_claim(it, claim)))

    def settle_payment(self, payment_key: str) -> None:
        """Who made a payment has been told."""
        self.settle_many(self._read(lambda it: of_payment(it, payment_key)))

    def sweep(self, limit: int) -> int:
        """Settle what was missed, at most so many; how many had been marked as unsettled."""
        self._put_back(limit)
        marked = self._read(lambda it: unsettled(it, limit))
        since = self._now() - _LATE_S
        # Once, after the last of those that were marked: there may be very many.
        late = self._read(lambda it: told_late(it, limit, since)) if len(marked) < limit else ()
        self.settle_many([*marked, *late])
        return len(marked)

    def reserve(self, lane: Lane, code: str, sale_id: str, claim: str) -> ReservedCoupon:
        """Make a single coupon this sale's alone; MemberRefused."""
        return self._reservations.reserve(lane, code, sale_id, claim)

    def release(self, lane: Lane, code: str, sale_id: str) -> None:
        """The lane gives it back."""
        self._reservations.release(lane, code, sale_id)

    def release_by_hand(self, code: str) -> str:
        """Free a coupon whose lane will never say what became of its sale; that sale. MemberRefused."""
        return self._reservations.release_by_hand(code)

    def rewards(self, lane: Lane, sale_id: str) -> SaleRewards:
        """What came of a lane's sale; not ready while the hub has not seen it completed."""
        sale = self._read(lambda it: _sale(it, lane, sale_id))
        if sale is None or sale.status != SaleStatus.COMPLETED:
            return SaleRewards(ready=False)
        if not sale.settled_at:
            self.settle_many([sale_id])
        file = self._programmes.of(lane.store)
        found = self._read(lambda it: rewards_of(it, sale, file))
        typed = self._read(lambda it: is_typed(it, sale.claim))
        if found.member_id is None or typed:  # a number anybody may type must not open its member's page
            return found
        return replace(found, page=self._members.page_of(found.member_id))

    def park(self, lane: Lane, sale_id: str, kind: str, value: str) -> int:
        """Give a car the free minutes of a sale: kind 'plate' or 'ticket'; how many. MemberRefused."""
        file = self._programmes.of(lane.store)
        car_park = self._car_park(lane.store, file.car_park) if file is not None and file.car_park else None
        return self._parking.park(lane, sale_id, kind, value, file=file, car_park=car_park)

    def car_event(self, store: str, event: str, kind: str, plate: str, at: datetime) -> None:
        """A store's car park tells of a car that 'arrived' or 'left', once for each id of an event."""
        file, known = self._programmes.of(store), f"{store}/{event}"
        digest = self._secrets.digest(PLATE, plate)
        with self._database.write() as connection:
            member_id = keep_car_event(connection, known, kind, digest, int(at.timestamp()))
            if member_id is not None and file is not None:
                now = self._now()
                give_by_car(connection, file, On(kind), known, store=store, member_id=member_id, now=now)

    def free_coupons(self, member_id: int, store: str) -> tuple[FreeCoupon, ...]:
        """What a member can use in a store."""
        return self._read(lambda it: member_coupons.free_coupons(it, member_id, store, self._now()))

    def coupons_of(self, member_id: int) -> tuple[Coupon, ...]:
        """All that a member was given, latest first."""
        return self._read(lambda it: member_coupons.coupons_of(it, member_id))

    def points_of(self, member_id: int) -> int:
        """A member's points."""
        return self._read(lambda it: points_book.balance(it, member_id))

    def account_of(self, member_id: int) -> tuple[PointsEntry, ...]:
        """What they are made of, latest first."""
        return self._read(lambda it: points_book.entries(it, member_id))

    def receipts_of(self, member_id: int) -> tuple[MemberReceipt, ...]:
        """What a member bought, latest first."""
        return self._read(lambda it: receipts_of(it, member_id))

    def problems(self) -> list[Problem]:
        """What a person should look at."""
        return problems(self._database)

    def _settle_or_set_aside(self, sale_id: str) -> HubError | None:
        """Settle a sale; a fault that is not the sale's own. DatabaseUnusable where there is no database."""
        try:
            self.settle(sale_id)
        except HubError as exc:
            if not isinstance(exc, DatabaseUnusable):
                return exc
            self._set_aside(sale_id, exc)  # it raises the same if the database is away, and not this sale's rows
        except Exception as exc:  # noqa: BLE001 - whatever it is, the next sale is another one
            self._set_aside(sale_id, exc)
        return None

    def _set_aside(self, sale_id: str, fault: Exception) -> None:
        log.warning("sale %s cannot be settled: %s", sale_id, type(fault).__name__)
        with self._database.write() as connection:
            set_aside(connection, sale_id, fault, self._now())

    def _put_back(self, limit: int) -> None:
        due = self._read(lambda it: due_again(it, limit, self._now()))
        if due:
            with self._database.write() as connection:
                put_back(connection, due)

    def _car_park(self, store: str, wanted: PlugIn) -> CarPark:
        """The store's car park, opened when it is first told something, and anew when it is declared otherwise."""
        before = self._car_parks.get(store)
        if before is None or before[0] != wanted:
            before = wanted, self._open_car_park(wanted.name, wanted.settings, self._folder)
            self._car_parks[store] = before
        return before[1]

    def _read(self, work: Callable[[Connection], _T]) -> _T:
        with self._database.read() as connection:
            return work(connection)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _sale(connection: Connection, lane: Lane, sale_id: str) -> Row[Any] | None:
    query = select(SALE).where(SALE.c.id == sale_id, SALE.c.lane_id == lane.id)
    found: Row[Any] | None = connection.execute(query).one_or_none()
    return found
