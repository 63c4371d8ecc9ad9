"""Free minutes in the car park: once for a sale, for the one car that its shopper names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from hub.database import Database
from hub.errors import MemberRefused
from hub.lanes import Lane
from hub.membership.car_park import PLATE, TICKET, CarPark, CarParkSilent, FreeMinutes
from hub.membership.given_back import is_given_back
from hub.membership.membership_file import MembershipFile
from hub.membership.normal import normalised
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import PARKING_GRANT
from hub.tables import SALE
from retail.sale import SaleStatus

ASKED: Final = "asked"  # and not answered: the minutes may count, so no other car may have them
GRANTED: Final = "granted"
REFUSED: Final = "refused"
_KEY: Final = 8  # letters of a digest: after a refusal another car is another question


class Parking:
    """Notes what is asked for before the car park is told, and what it said. The car itself is not kept."""

    def __init__(self, database: Database, secrets: MemberSecrets, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._secrets = secrets
        self._clock = clock

    def park(
        self, lane: Lane, sale_id: str, kind: str, value: str, *, file: MembershipFile | None, car_park: CarPark | None
    ) -> int:
        """Give a car the minutes of a sale; how many. Asked again for the same car it answers the same. MemberRefused:
        'used' if another car has them, else 'refused'."""
        car = normalised(kind, value)
        if kind not in {PLATE, TICKET} or not car or file is None or car_park is None:
            raise MemberRefused("refused", "there are no free minutes for that")
        digest = self._secrets.digest(kind, value)
        with self._database.write() as connection:
            minutes = _minutes_due(connection, lane, sale_id, file)
            self._must_be_its_car(connection, sale_id, kind, digest, minutes)
        try:
            granted = car_park.grant(FreeMinutes(f"{sale_id}-{digest[:_KEY]}", kind, car, minutes))
        except CarParkSilent as exc:
            raise MemberRefused("refused", f"the car park says nothing: {exc}") from exc
        self._note(sale_id, GRANTED if granted else REFUSED)
        if not granted:
            raise MemberRefused("refused", "the car park does not know that car")
        return minutes

    def _must_be_its_car(self, connection: Connection, sale_id: str, kind: str, digest: str, minutes: int) -> None:
        now = int(self._clock().timestamp())
        values = {"kind": kind, "car": digest, "minutes": minutes, "state": ASKED, "detail": "", "at": now}
        there = _grant(connection, sale_id)
        if there is None:
            connection.execute(insert(PARKING_GRANT).values(sale_id=sale_id, **values))
        elif there.state != REFUSED and (there.kind, there.car) != (kind, digest):
            raise MemberRefused("used", "the minutes of this sale are another car's")
        elif there.state == REFUSED:
            connection.execute(update(PARKING_GRANT).where(PARKING_GRANT.c.sale_id == sale_id).values(**values))

    def _note(self, sale_id: str, state: str) -> None:
        own = (PARKING_GRANT.c.sale_id == sale_id) & (PARKING_GRANT.c.state == ASKED)
        with self._database.write() as connection:
            connection.execute(update(PARKING_GRANT).where(own).values(state=state))


def minutes_left(connection: Connection, sale: Row[Any], file: MembershipFile | None) -> int:
    """The minutes that a sale's shopper can still have for a car."""
    rule = file.programme.parking if file is not None and file.car_park is not None else None
    if rule is None or sale.status != SaleStatus.COMPLETED or sale.total_minor < rule.over_minor:
        return 0
    grant = _grant(connection, sale.id)
    gone = (grant is not None and grant.state == GRANTED) or is_given_back(connection, sale.id)
    return 0 if gone else rule.minutes


def _minutes_due(connection: Connection, lane: Lane, sale_id: str, file: MembershipFile) -> int:
    """Minutes of a sale, held so that two cars cannot have them at once. MemberRefused."""
    sale = connection.execute(select(SALE).where(SALE.c.id == sale_id).with_for_update()).one_or_none()
    if sale is None or sale.lane_id != lane.id:
        raise MemberRefused("refused", "the hub has not seen this sale of the lane's yet")
    grant = _grant(connection, sale_id)
    # Those of a car that was not known are nobody's yet.
    minutes = grant.minutes if grant is not None and grant.state != REFUSED else minutes_left(connection, sale, file)
    if not minutes:
        raise MemberRefused("refused", "there are no free minutes for this sale")
    return int(minutes)


def _grant(connection: Connection, sale_id: str) -> Row[Any] | None:
    query = select(PARKING_GRANT).where(PARKING_GRANT.c.sale_id == sale_id)
    found: Row[Any] | None = connection.execute(query).one_or_none()
    return found
