"""What a busy lane writes in a day: sales of 5 to 35 lines, invented, the same each time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

from retail.events import Draft, Event, EventKind
from retail.known_campaigns import Known
from retail.pricing import price_basket
from retail.product import Listing, Price, PriceKind, Product
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.sale import Sale, apply, line_body

_PRODUCTS = 400
_OFFER_EVERY = 8


def sales(events: int, *, seed: int = 1) -> Iterator[list[Draft]]:
    """Drafts of one whole sale after the other until there are so many events."""
    chance = random.Random(seed)
    goods = [_listing(number) for number in range(_PRODUCTS)]
    written = 0
    while written < events:
        sale = _sale(chance, goods)[: events - written]
        written += len(sale)
        yield sale


def _listing(number: int) -> Listing:
    names = {
        "en": f"Green tea, jasmine, {number} g",
        "zh-CN": f"茉莉花绿茶 {number} 克",
        "zh-TW": f"茉莉花綠茶 {number} 克",
    }
    listed = 350 + number % 97 * 25
    terms = Terms(Kind.N_FOR_X, 2, price=listed * 2 - 90)
    offer = Campaign(f"any2-{number % 40}", terms, {"en": "Any two, 0.90 less", "zh-CN": "任选两件减 0.90 元"})
    taking = Taking(reference(offer))
    return Listing(
        code=f"69{number:011d}",
        product=Product(
            f"S{number}", names, category=f"c{number % 30}", tax_rate_bp=1300, picture=f"p{number % 60}.svg"
        ),
        price=Price(listed - 20, PriceKind.SPECIAL, listed) if number % 7 == 0 else Price(listed, list_minor=listed),
        takings=(taking,) if number % _OFFER_EVERY == 0 else (),
        campaigns=(offer,) if number % _OFFER_EVERY == 0 else (),
    )


def _sale(chance: random.Random, goods: list[Listing]) -> list[Draft]:
    till = _Till(uuid.UUID(int=chance.getrandbits(128)).hex)
    till.write(
        EventKind.BASKET_STARTED,
        store="demo",
        lane="lane-1",
        currency="CNY",
        language="zh-CN",
        revision=chance.randint(1, 9),
    )
    for number in range(1, chance.randint(5, 35) + 1):
        if chance.random() < 0.02:
            till.write(EventKind.LINE_UNKNOWN, line=number, code=str(chance.getrandbits(40)), reason="not_found")
            till.write(EventKind.LINE_VOIDED, line=number)
            continue
        till.write(EventKind.LINE_ADDED, **line_body(chance.choice(goods), number=number, known=till.known))
        if chance.random() < 0.15:
            till.write(EventKind.LINE_QUANTITY_CHANGED, line=number, quantity=chance.randint(2, 4))
        elif chance.random() < 0.04:
            till.write(EventKind.LINE_VOIDED, line=number)
    if chance.random() < 0.04:
        till.write(EventKind.BASKET_CANCELLED, reason="shopper")
    else:
        till.pay(chance)
    return till.drafts


class _Till:
    """Writes one sale as a lane does, its fold beside it."""

    def __init__(self, sale_id: str) -> None:
        self._id = sale_id
        self._sale: Sale | None = None
        self.drafts: list[Draft] = []

    @property
    def known(self) -> Known:
        return {} if self._sale is None else self._sale.campaigns

    def write(self, kind: EventKind, **body: object) -> None:
        self.drafts.append(Draft(kind, self._id, body))
        self._sale = apply(self._sale, Event(0, "", kind, self._id, body, "", ""))

    def pay(self, chance: random.Random) -> None:
        assert self._sale is not None
        priced = price_basket(self._sale.lines, self._sale.campaigns)
        key, total = uuid.UUID(int=chance.getrandbits(128)).hex, priced.total_minor
        self.write(EventKind.PAYMENT_INTENDED, key=key, way="wallet", gateway="simulated", amount_minor=total)
        self.write(EventKind.PAYMENT_SUBMITTED, key=key)
        self.write(EventKind.PAYMENT_RESOLVED, key=key, outcome="approved", reason="", reference=key[:12])
        tax = [{"rate_bp": t.rate_bp, "gross_minor": t.gross_minor, "tax_minor": t.tax_minor} for t in priced.tax]
        self.write(
            EventKind.SALE_COMPLETED,
            total_minor=total,
            saved_minor=priced.saved_minor,
            currency="CNY",
            lines=len(self._sale.lines),
            tax=tax,
            payment_key=key,
            receipt_number=key[:10],
        )
        self.write(EventKind.RECEIPT_ISSUED, way="screen")
