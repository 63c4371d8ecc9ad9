"""A lane's journal in memory, and the events of a whole sale, for tests of the hub's side."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from retail.events import GENESIS, Draft, Event, EventKind, chained
from retail.product import Listing, Price, Product, Unit
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.sale import line_body

BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

THREE_FOR_30 = Campaign("milk3", Terms(Kind.N_FOR_X, 3, price=3000), {"en": "3 for 30"})
MILK = Listing(
    code="6901234567892",
    product=Product("milk", {"en": "Milk", "zh-CN": "牛奶"}, tax_rate_bp=900),
    price=Price(1280, list_minor=1280),
    takings=(Taking(reference(THREE_FOR_30)),),
    campaigns=(THREE_FOR_30,),
)
SAVED = {"campaign": reference(THREE_FOR_30), "saving_minor": 840, "pieces": 3}
APPLES = Listing(
    code="0000000041",
    product=Product("apples", {"zh-CN": "苹果"}, Unit.KG, tax_rate_bp=0),
    price=Price(1990, list_minor=1990),
)


@dataclass
class LaneJournal:
    """Writes events one after the other; `seed` tells journals of different disks apart."""

    store: str = "demo"
    lane: str = "1"
    seed: int = 0
    events: list[Event] = field(default_factory=list)

    def write(self, kind: str, sale_id: str | None = None, **body: Any) -> Event:
        number = len(self.events) + 1
        event = chained(
            Draft(kind, sale_id, body),  # type: ignore[arg-type]  # unknown kinds are part of what is tested
            number=number,
            at=(BEGIN + timedelta(seconds=number, days=self.seed)).isoformat(),
            previous_hash=self.events[-1].hash if self.events else GENESIS,
        )
        self.events.append(event)
        return event

    def start(self, sale_id: str) -> None:
        self.write(EventKind.BASKET_STARTED, sale_id, store=self.store, lane=self.lane, currency="CNY")

    def shop(self, sale_id: str) -> None:
        """Three milks on offer, 842 g of apples and a line that goes again: 30.00 + 16.76."""
        self.start(sale_id)
        self.write(EventKind.LINE_ADDED, sale_id, **line_body(MILK, number=1))
        self.write(EventKind.LINE_ADDED, sale_id, **line_body(APPLES, number=2, grams=842))
        self.write(EventKind.LINE_QUANTITY_CHANGED, sale_id, line=1, quantity=3)
        self.write(EventKind.LINE_UNKNOWN, sale_id, line=3, code="999", reason="not_found")
        self.write(EventKind.LINE_VOIDED, sale_id, line=3)

    def pay(self, sale_id: str, **changes: Any) -> None:
        """Pay what `shop` put into the basket and complete the sale; `changes` go into the body of sale.completed."""
        key = f"key-{sale_id}"[:32]
        amount = changes.get("total_minor", 4676)
        self.write(EventKind.PAYMENT_INTENDED, sale_id, key=key, way="wallet", gateway="simulated", amount_minor=amount)
        self.write(EventKind.PAYMENT_SUBMITTED, sale_id, key=key)
        self.write(EventKind.PAYMENT_RESOLVED, sale_id, key=key, outcome="approved", reason="", reference="R1")
        body = {
            "total_minor": 4676,
            "saved_minor": 840,
            "currency": "CNY",
            "lines": 2,
            "tax": [
                {"rate_bp": 900, "gross_minor": 3000, "tax_minor": 248},
                {"rate_bp": 0, "gross_minor": 1676, "tax_minor": 0},
            ],
            "payment_key": key,
            "receipt_number": f"{self.lane}-{sale_id}",
            "priced": [
                {"line": 1, "net_minor": 3000, "tax_minor": 248, "discounts": [SAVED]},
                {"line": 2, "net_minor": 1676, "tax_minor": 0},
            ],
            "uses": [{"campaign": SAVED["campaign"], "times": 1, "saving_minor": 840}],
        }
        self.write(EventKind.SALE_COMPLETED, sale_id, **{**body, **changes})

    def sell(self, sale_id: str) -> None:
        self.shop(sale_id)
        self.pay(sale_id)
        self.write(EventKind.RECEIPT_ISSUED, sale_id, way="screen")


def wire(*events: Event) -> dict[str, Any]:
    """The body of a post."""
    return {"events": [asdict(event) for event in events]}
