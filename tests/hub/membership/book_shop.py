"""A shop with benefits, red packets and a car park, whose lanes' sales, coupons and refunds reach the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Table, select, update

from hub.events_store import EventsStore
from hub.membership.books import Books
from hub.membership.coupon_book import Issue, issue
from hub.membership.membership_file import membership_from
from hub.membership.tables import COUPON, RED_PACKET_POOL
from hub.promotions.found import Found
from hub.refund_store import RefundAsked
from hub.services import Hub
from hub.tables import SALE
from payments.gateway import Outcome, PaymentResult, Reason
from retail.events import EventKind
from retail.promotions.body import campaign_body
from retail.promotions.campaign import Campaign, Kind, Terms
from retail.refunding import Part
from retail.sale import fold
from retail.sale_pricing import priced_bodies, reckoned
from tests.hub.lane_journal import LaneJournal
from tests.hub.membership.member_shop import MemberShop, content

PAID = 4676  # what a basket of LaneJournal.shop comes to without a coupon
POINTS = 46
OFF = 500
TEN = Campaign("ten", Terms(Kind.BASKET, off=OFF), coupon="TEN-*", everything=True, layer=5)

VOUCHER = {"names": {"en": "5 off"}, "off_minor": OFF, "days": 30}


def benefit(name: str, on: str = "sale", give: str = "points", **more: Any) -> dict[str, Any]:
    return {"id": name, "on": on, "give": give, **more}


def pool(name: str = "spring", **more: Any) -> dict[str, Any]:
    figures = {"budget_minor": 1000, "least_minor": 100, "most_minor": 300}
    return {"id": name, **figures, "opens": "2026-11-01", "closes": "2026-11-30", **more}


class BookShop(MemberShop):
    """`benefits` and `pools` are rows of a membership file."""

    def __init__(self, hub: Hub, benefits: Iterable[Mapping[str, Any]] = (), **more: Any) -> None:
        self._more = {"benefit": list(benefits), **more}
        super().__init__(hub)
        self.books = self.more_books()
        self._uploaded = [0, 0]

    def declare(self, **changes: Any) -> None:
        """Set the membership file."""
        file = membership_from({**content(), "car_park": {"name": "simulated"}, **self._more, **changes}, UTC)
        self.programmes.set("demo", file)

    def more_books(self, hub: Hub | None = None, **more: Any) -> Books:
        """Other books over the same shop, such as those of another hub process."""
        database = (hub or self.hub).database
        return Books(database, self.members, self.programmes, self.secrets, self.hub.clock, **more)

    def journal(self, lane: int = 0) -> LaneJournal:
        return self._journals[lane]

    def list_coupons(self, *campaigns: Campaign) -> None:
        """Campaigns of the shop's price list."""
        found = [Found(number, f"row {number}", one) for number, one in enumerate(campaigns, 1)]
        self.hub.promotions.take(found, "demo", source="coupons")

    def voucher(self, code: str, member_id: int | None = None, *, days: int | None = None) -> str:
        """A coupon that the hub gave out; personal if to a member."""
        campaign = self.campaign(code, personal=member_id is not None)
        now = int(self.hub.clock().timestamp())
        ends = None if days is None else now + days * 86_400
        with self.database.write() as connection:
            given = Issue(f"test:{code}", campaign.id, campaign_body(campaign), member_id, "", ends)
            issue(connection, code, given, now)
        return code

    @staticmethod
    def campaign(code: str, *, personal: bool = False) -> Campaign:
        terms = Terms(Kind.BASKET, off=OFF)
        return Campaign(
            "voucher", terms, coupon=code, coupon_single=True, personal=personal, everything=True, layer=900
        )

    def begin(self, sale_id: str, *coupons: str, lane: int = 0, claim: str = "", by: str = "code") -> None:
        """A basket with coupons of the hub's on it; those that begin with 'TEN-' are the price list's."""
        journal = self._journals[lane]
        journal.shop(sale_id)
        if claim:
            journal.write(EventKind.MEMBER_IDENTIFIED, sale_id, clubs=["member"], claim=claim, by=by)
        for code in coupons:
            campaign = TEN if code.startswith("TEN-") else self.campaign(code)
            journal.write(EventKind.COUPON_PRESENTED, sale_id, code=code, campaigns=[campaign_body(campaign)])
        self.upload(lane)

    def pay(self, sale_id: str, *, lane: int = 0, upload: bool = True, points: int = POINTS) -> None:
        """It is paid and completed, as the engine prices it."""
        journal = self._journals[lane]
        self.doubt(sale_id, lane=lane, upload=False)
        self.resolve(sale_id, "approved", lane=lane, upload=False)
        sale = fold(event for event in journal.events if event.sale_id == sale_id)
        assert sale is not None
        priced = reckoned(sale)
        tax = [{"rate_bp": t.rate_bp, "gross_minor": t.gross_minor, "tax_minor": t.tax_minor} for t in priced.tax]
        body = {"total_minor": priced.total_minor, "saved_minor": priced.saved_minor, "currency": "CNY", "tax": tax}
        more = {"lines": len(sale.lines), "receipt_number": f"r-{sale_id}", "points": points}
        journal.write(EventKind.SALE_COMPLETED, sale_id, **body, **more, **priced_bodies(priced))
        if upload:
            self.upload(lane)

    def doubt(self, sale_id: str, *, lane: int = 0, upload: bool = True) -> None:
        """Money was asked for, and nobody knows what became of it."""
        journal = self._journals[lane]
        sale = fold(event for event in journal.events if event.sale_id == sale_id)
        assert sale is not None
        key = self.key(sale_id)
        asked = {"way": "wallet", "gateway": "simulated", "amount_minor": reckoned(sale).total_minor}
        journal.write(EventKind.PAYMENT_INTENDED, sale_id, key=key, **asked)
        journal.write(EventKind.PAYMENT_SUBMITTED, sale_id, key=key)
        if upload:
            self.resolve(sale_id, "unknown", lane=lane)

    def resolve(self, sale_id: str, outcome: str, *, lane: int = 0, upload: bool = True) -> None:
        said = {"key": self.key(sale_id), "outcome": outcome, "reason": "", "reference": ""}
        self._journals[lane].write(EventKind.PAYMENT_RESOLVED, sale_id, **said)
        if upload:
            self.upload(lane)

    def cancel(self, sale_id: str, *, lane: int = 0) -> None:
        self._journals[lane].write(EventKind.BASKET_CANCELLED, sale_id)
        self.upload(lane)

    def hand_over(self, sale_id: str, *, lane: int = 0) -> None:
        said = {"number": "7", "total_minor": PAID, "lines": 2}
        self._journals[lane].write(EventKind.BASKET_HANDED_OVER, sale_id, **said)
        self.upload(lane)

    def sale(self, sale_id: str, *coupons: str, lane: int = 0, claim: str = "", by: str = "code") -> str:
        """A whole sale, at the hub."""
        self.begin(sale_id, *coupons, lane=lane, claim=claim, by=by)
        self.pay(sale_id, lane=lane)
        return sale_id

    def upload(self, lane: int = 0) -> None:
        events = self._journals[lane].events
        fresh, self._uploaded[lane] = events[self._uploaded[lane] :], len(events)
        taken = EventsStore(self.database, self.hub.clock).take(self.lanes[lane], fresh)
        assert not taken.refused, taken.refused

    @staticmethod
    def key(sale_id: str) -> str:
        return f"key-{sale_id}"

    def refund(
        self, sale_id: str, *parts: tuple[int, int], lane: int = 0, key: str = "", approved: bool = True
    ) -> None:
        """Give back these pieces, or all that is left, and nothing more: the books are not told."""
        key = self.promise(sale_id, *parts, lane=lane, key=key)
        outcome = Outcome.APPROVED if approved else Outcome.DECLINED
        self.hub.refunds.settle(key, PaymentResult(outcome, Reason.NONE, "B1"), by=self.lanes[lane])

    def promise(self, sale_id: str, *parts: tuple[int, int], lane: int = 0, key: str = "") -> str:
        """A refund that nobody has answered yet."""
        chosen = tuple(Part(*part) for part in parts) or None
        key = key or f"refund-{sale_id}"
        self.hub.refunds.promise(self.lanes[lane], RefundAsked(key, sale_id, chosen, "damaged", "Li", "Li"))
        return key

    def rows(self, table: Table, *without: str) -> list[dict[str, Any]]:
        """All of a table, in order, but for these columns."""
        with self.database.read() as connection:
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
        for row in found:
            for name in without:
                del row[name]
        return sorted(found, key=repr)

    def coupon(self, code: str) -> tuple[str, str]:
        """Its state, and the sale whose it is."""
        query = select(COUPON.c.state, COUPON.c.sale_id).where(COUPON.c.code == code)
        with self.database.read() as connection:
            state, sale_id = connection.execute(query).one()
        return state, sale_id

    def seed(self, name: str, seed: str) -> None:
        """A pool whose draws a test knows."""
        with self.database.write() as connection:
            own = RED_PACKET_POOL.c.id == f"demo/{name}"
            connection.execute(update(RED_PACKET_POOL).where(own).values(seed=seed))

    def unsettled(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.execute(select(SALE.c.id).where(SALE.c.settled_at == 0)).scalars())
