"""A sale as the fold of its events: the same code recovers a lane's basket and builds the hub's record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from retail.attempt import Attempt, AttemptState
from retail.events import Body, Event, EventKind
from retail.known_campaigns import Known, campaigns_in, takings_in
from retail.line import CLEARABLE, Line, added_line, line_body, repriced_body, unknown_line
from retail.membership import visit as membership
from retail.membership.visit import NOBODY, Visit
from retail.product import PriceKind
from retail.promotions.campaign import Shopper
from retail.replacing import replace

__all__ = [
    "Attempt",
    "AttemptState",
    "Line",
    "Sale",
    "SaleError",
    "SaleStatus",
    "apply",
    "fold",
    "line_body",
    "repriced_body",
    "shopper_of",
    "shopper_paying",
]

CHANNEL: Final = "lane"  # where these sales are made, for campaigns that are not for all channels


class SaleError(ValueError):
    """An event that does not fit the sale it names."""


class SaleStatus(StrEnum):
    """Where a sale stands."""

    OPEN = "open"
    PAYING = "paying"
    UNKNOWN = "payment_unknown"
    PAID = "paid"  # approved, but sale.completed is missing: only seen after a fault between the two
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"  # its goods go to a till with staff; nothing was paid here


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale after some of its events; `lines` holds only live lines."""

    id: str
    store: str
    lane: str
    currency: str
    started_at: str
    lines: tuple[Line, ...] = ()
    last_line: int = 0
    attempts: tuple[Attempt, ...] = ()
    status: SaleStatus = SaleStatus.OPEN
    age_approved: int = 0
    guide: str = ""  # the code of who brought the shopper
    fetched: tuple[str, ...] = ()  # sales of other lanes whose baskets were taken over
    aside: bool = False  # in doubt, and no longer the lane's open sale
    completed_at: str = ""
    completion: Body = field(default_factory=dict)
    campaigns: Known = field(default_factory=dict)  # those of its goods, and those for everything
    coupons: tuple[str, ...] = ()  # the codes that were shown, each once
    own_coupons: tuple[str, ...] = ()  # those of them that were given to this member
    visit: Visit = NOBODY  # of which clubs the shopper is, or is about to be

    @property
    def attempt(self) -> Attempt | None:
        """The latest attempt to pay."""
        return self.attempts[-1] if self.attempts else None

    @property
    def needs_age(self) -> int:
        """Age in years that staff must still confirm, 0 for none."""
        needed = max((line.min_age for line in self.lines), default=0)
        return needed if needed > self.age_approved else 0

    def line(self, number: int) -> Line:
        """The live line of that number; SaleError if there is none."""
        for line in self.lines:
            if line.number == number:
                return line
        raise SaleError(f"sale {self.id} has no line {number}")


def shopper_of(sale: Sale) -> Shopper:
    """What campaigns may ask of the visit. A way of paying counts from the moment that it is asked for the money until
    it refuses: its amount is the one with the campaigns for that way."""
    attempt = sale.attempt if sale.status in _WAY_IS_CHOSEN else None
    if attempt is None:
        return shopper_paying(sale, "")
    return shopper_paying(sale, attempt.way, attempt.brand, tells_payer=attempt.tells_payer)


def shopper_paying(sale: Sale, way: str, brand: str = "", *, tells_payer: bool = True) -> Shopper:
    """The same, as if the sale were paid like this; `tells_payer`: its approval says who paid."""
    return Shopper(
        clubs=sale.visit.clubs_counted(tells_payer=tells_payer),
        coupons=sale.coupons,
        own_coupons=frozenset(sale.own_coupons),
        way=way,
        brand=brand,
        channel=CHANNEL,
        store=sale.store,
        used=sale.visit.used,
    )


def fold(events: Iterable[Event]) -> Sale | None:
    """The sale after all its events; None for none. Raises SaleError on one that does not fit."""
    sale: Sale | None = None
    for event in events:
        sale = apply(sale, event)
    return sale


def apply(sale: Sale | None, event: Event) -> Sale | None:
    """The sale after one more event. Events of other kinds or of no sale (help, devices, lane) leave it as it is."""
    if event.kind == EventKind.BASKET_STARTED:
        if sale is not None:
            raise SaleError(f"sale {sale.id} was started twice")
        return _started(event)
    change = _CHANGES.get(event.kind)
    if change is None or event.sale_id is None:
        return sale
    if sale is None or event.sale_id != sale.id:
        raise SaleError(f"{event.kind} is of sale {event.sale_id}, which was not started")
    try:
        return change(sale, event)
    except (KeyError, TypeError, ValueError) as exc:
        raise SaleError(f"{event.kind} number {event.number}: {exc}") from exc


def _started(event: Event) -> Sale:
    body = event.body
    if not event.sale_id:
        raise SaleError("basket.started names no sale")
    return Sale(
        id=event.sale_id,
        store=body["store"],
        lane=body["lane"],
        currency=body["currency"],
        started_at=event.at,
    )


def _line_added(sale: Sale, event: Event) -> Sale:
    return _with_line(_with_campaigns(sale, event.body), added_line(event.body))


def _with_campaigns(sale: Sale, body: Body) -> Sale:
    """The sale with the campaigns that a line brings; ValueError if the line is in one that nobody has told of."""
    fresh = campaigns_in(body)
    known = {**sale.campaigns, **fresh} if fresh else sale.campaigns
    for taking in takings_in(body):
        if taking.campaign not in known:
            raise ValueError(f"campaign {taking.campaign} is not known")
    return replace(sale, campaigns=known) if fresh else sale


def _line_unknown(sale: Sale, event: Event) -> Sale:
    return _with_line(sale, unknown_line(event.body))


def _with_line(sale: Sale, line: Line) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    if line.number <= sale.last_line:
        raise SaleError(f"line {line.number} was there before")
    return replace(sale, lines=(*sale.lines, line), last_line=line.number)


def _quantity_changed(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    line, quantity = sale.line(event.body["line"]), event.body["quantity"]
    if not line.countable or quantity < 1:
        raise SaleError(f"line {line.number} cannot have quantity {quantity}")
    return _with_lines(sale, lambda old: replace(old, quantity=quantity) if old is line else old)


def _line_repriced(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    body = event.body
    line, unit_minor = sale.line(body["line"]), body["unit_minor"]
    if line.problem or line.label_minor is not None:
        raise SaleError(f"line {line.number} has no price of the list's")
    # What was shown is promised: a basket may get cheaper while it is open, never dearer.
    if not 0 < unit_minor <= line.unit_minor:
        raise SaleError(f"line {line.number} cannot go from {line.unit_minor} to {unit_minor}")
    repriced = replace(
        line,
        unit_minor=unit_minor,
        list_minor=body["list_minor"],
        price_kind=PriceKind(body["price_kind"]),
        takings=takings_in(body),
        lowest_minor=body.get("lowest_minor"),
    )
    return _with_lines(_with_campaigns(sale, body), lambda old: repriced if old is line else old)


def _line_stopped(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    line, reason = sale.line(event.body["line"]), event.body["reason"]
    # What staff were to look at may turn out to be called back for certain; nothing else becomes another problem.
    if not reason or reason == line.problem or line.problem not in {"", *CLEARABLE}:
        raise SaleError(f"line {line.number} cannot be stopped")
    return _with_lines(sale, lambda old: replace(old, problem=reason) if old is line else old)


def _line_cleared(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    line, body = sale.line(event.body["line"]), event.body
    if line.problem not in CLEARABLE:
        raise SaleError(f"line {line.number} is not to be cleared")
    cleared = tuple(sorted({*line.cleared, *(str(mark) for mark in body["recalls"])}))
    return _with_lines(sale, lambda old: replace(old, problem="", cleared=cleared) if old is line else old)


def _guide_identified(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    return replace(sale, guide=str(event.body["code"]))


def _coupon_presented(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    code = str(event.body["code"])
    if not code or code in sale.coupons:
        raise SaleError(f"coupon {code} was shown before")
    own = (*sale.own_coupons, code) if event.body.get("own") else sale.own_coupons
    known = _with_campaigns(sale, event.body)  # one that the hub gave out brings its campaign along
    return replace(known, coupons=(*sale.coupons, code), own_coupons=own)


def _coupon_withdrawn(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    code = event.body["code"]
    if code not in sale.coupons:
        raise SaleError(f"coupon {code} was not shown")
    return replace(
        sale,
        coupons=tuple(one for one in sale.coupons if one != code),
        own_coupons=tuple(one for one in sale.own_coupons if one != code),
    )


def _member_identified(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    return replace(sale, visit=membership.identified(sale.visit, event.body))


def _member_joining(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    return replace(sale, visit=membership.joining(sale.visit, event.body))


def _member_refused(sale: Sale, _event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    return replace(sale, visit=membership.refused(sale.visit))


def _line_voided(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    gone = sale.line(event.body["line"])
    return replace(sale, lines=tuple(line for line in sale.lines if line is not gone))


def _with_lines(sale: Sale, change: Callable[[Line], Line]) -> Sale:
    return replace(sale, lines=tuple(change(line) for line in sale.lines))


def _cancelled(sale: Sale, _event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    return replace(sale, status=SaleStatus.CANCELLED)


def _payment_intended(sale: Sale, event: Event) -> Sale:
    # Only an open sale: a second key while one is unknown is how shoppers get charged twice.
    _must_be(sale, SaleStatus.OPEN)
    body = event.body
    attempt = Attempt(
        body["key"],
        body["way"],
        body["gateway"],
        body["amount_minor"],
        brand=str(body.get("brand") or ""),
        tells_payer=bool(body.get("tells_payer")),
        points=None if body.get("points") is None else int(body["points"]),
    )
    return replace(sale, attempts=(*sale.attempts, attempt), status=SaleStatus.PAYING)


def _payment_submitted(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.PAYING)
    return _with_attempt(sale, event, SaleStatus.PAYING, AttemptState.SUBMITTED)


def _payment_cancel_sent(sale: Sale, event: Event) -> Sale:
    attempt = _open_attempt(sale, event)
    return replace(sale, attempts=(*sale.attempts[:-1], replace(attempt, cancel_sent=True)))


def _payment_set_aside(sale: Sale, event: Event) -> Sale:
    _open_attempt(sale, event)
    _must_be(sale, SaleStatus.UNKNOWN)
    return replace(sale, aside=True)


def _handed_over(sale: Sale, _event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    return replace(sale, status=SaleStatus.HANDED_OVER)


def _fetched(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.OPEN)
    other = str(event.body["sale"])
    if other in sale.fetched:
        raise SaleError(f"basket {other} was taken over already")
    return replace(sale, fetched=(*sale.fetched, other))


def _payment_resolved(sale: Sale, event: Event) -> Sale:
    state = AttemptState(event.body["outcome"])
    return _with_attempt(sale, event, _STATUS_AFTER[state], state)


def _with_attempt(sale: Sale, event: Event, status: SaleStatus, state: AttemptState) -> Sale:
    attempt, body = _open_attempt(sale, event), event.body
    changed = replace(
        attempt,
        state=state,
        reason=body.get("reason") or "",
        reference=body.get("reference") or attempt.reference,
        stored=bool(body.get("stored")),
        trouble=body.get("trouble") or "",
    )
    return replace(sale, attempts=(*sale.attempts[:-1], changed), status=status)


def _open_attempt(sale: Sale, event: Event) -> Attempt:
    if sale.status not in {SaleStatus.PAYING, SaleStatus.UNKNOWN}:
        raise SaleError(f"sale {sale.id} is {sale.status}, no payment is open")
    if event.body["key"] != sale.attempts[-1].key:
        raise SaleError(f"payment {event.body['key']} is not the open one of sale {sale.id}")
    return sale.attempts[-1]


def _completed(sale: Sale, event: Event) -> Sale:
    _must_be(sale, SaleStatus.PAID)
    return replace(sale, status=SaleStatus.COMPLETED, completed_at=event.at, completion=event.body)


def _staff_act(sale: Sale, event: Event) -> Sale:
    if event.body.get("act") == "approve_age":
        return replace(sale, age_approved=int(event.body["age"]))
    return sale


def _must_be(sale: Sale, status: SaleStatus) -> None:
    if sale.status is not status:
        raise SaleError(f"sale {sale.id} is {sale.status}, not {status}")


_WAY_IS_CHOSEN: Final = frozenset({SaleStatus.PAYING, SaleStatus.UNKNOWN, SaleStatus.PAID, SaleStatus.COMPLETED})
_STATUS_AFTER: Final = {
    AttemptState.APPROVED: SaleStatus.PAID,
    AttemptState.DECLINED: SaleStatus.OPEN,
    AttemptState.UNKNOWN: SaleStatus.UNKNOWN,
}
_CHANGES: Final[Mapping[str, Callable[[Sale, Event], Sale]]] = {
    EventKind.LINE_ADDED: _line_added,
    EventKind.LINE_UNKNOWN: _line_unknown,
    EventKind.LINE_QUANTITY_CHANGED: _quantity_changed,
    EventKind.LINE_VOIDED: _line_voided,
    EventKind.LINE_REPRICED: _line_repriced,
    EventKind.LINE_STOPPED: _line_stopped,
    EventKind.LINE_CLEARED: _line_cleared,
    EventKind.GUIDE_IDENTIFIED: _guide_identified,
    EventKind.COUPON_PRESENTED: _coupon_presented,
    EventKind.COUPON_WITHDRAWN: _coupon_withdrawn,
    EventKind.MEMBER_IDENTIFIED: _member_identified,
    EventKind.MEMBER_JOINING: _member_joining,
    EventKind.MEMBER_REFUSED: _member_refused,
    EventKind.BASKET_CANCELLED: _cancelled,
    EventKind.PAYMENT_INTENDED: _payment_intended,
    EventKind.PAYMENT_SUBMITTED: _payment_submitted,
    EventKind.PAYMENT_CANCEL_SENT: _payment_cancel_sent,
    EventKind.PAYMENT_RESOLVED: _payment_resolved,
    EventKind.PAYMENT_SET_ASIDE: _payment_set_aside,
    EventKind.BASKET_HANDED_OVER: _handed_over,
    EventKind.BASKET_FETCHED: _fetched,
    EventKind.SALE_COMPLETED: _completed,
    EventKind.STAFF_ACT: _staff_act,
}
