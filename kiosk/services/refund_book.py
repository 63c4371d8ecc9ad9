"""What the lane asks the hub's refund book, and what it hears; the book itself decides what may be given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from offline_cache.price_list.writer import Meta
from payments.gateway import Outcome, PaymentResult
from retail.events import Event
from retail.refunding import Given, Part, SoldLine

BY_LANE: Final = "lane"  # the gateway of a lane took the money, and only such a one can give it back


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A paid line and what of it nobody has got back yet."""

    line: int
    names: Mapping[str, str]
    code: str
    pieces: int
    grams: int | None
    paid_minor: int
    left: int
    left_minor: int

    @property
    def sold(self) -> SoldLine:
        """As retail.refunding prices it."""
        return SoldLine(self.line, self.pieces, self.paid_minor, self.names, self.code, self.grams)

    @property
    def given(self) -> Given:
        """What was given back of it."""
        return Given(self.pieces - self.left, self.paid_minor - self.left_minor)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the book has of a receipt; `lane` sold it, `route` says whose gateway gives the money back."""

    sale_id: str
    number: str
    lane: str
    completed_at: str
    currency: str
    paid_minor: int
    left_minor: int
    gateway: str
    way: str
    brand: str
    route: str
    lines: tuple[ReceiptLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What staff confirmed: `parts` of a receipt or (None) all that is left, and the sum that they saw."""

    refund_key: str
    receipt: str
    parts: tuple[Part, ...] | None
    amount_minor: int
    why: str
    by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Promised:
    """The book has promised it. UNKNOWN and PENDING: ask again, under the same key. If the `route` is the lane's own,
    the lane has to make it, and UNKNOWN means no more than that."""

    refund_key: str
    sale_id: str
    number: str
    payment_key: str
    lane: str
    gateway: str
    way: str
    brand: str
    route: str
    amount_minor: int
    paid_minor: int
    currency: str
    outcome: Outcome
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class BookRefused:
    """No promise. `final`: for certain; else (`code` 'offline') nobody knows what the hub made of the question.
    `unsent`: not one byte of it left."""

    code: str
    final: bool = False
    unsent: bool = False


class RefundBook(Protocol):
    """The hub's book. Each call returns at once and answers once, on the till's thread."""

    def receipt(self, named: str, done: Callable[[Receipt | BookRefused], None]) -> None: ...

    def order(self, order: RefundOrder, done: Callable[[Promised | BookRefused], None]) -> None: ...

    def made(self, refund_key: str, result: PaymentResult) -> None:
        """Tell it what became of a refund that this lane made; the journal tells it again."""
        ...


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """What stands on the paper that says what was given back, or that the bank has not answered yet; `parts` are names,
    pieces (0: a line as a whole) and amount."""

    meta: Meta
    language: str
    refund: str
    receipt: str
    at: str
    lane: str
    by: str
    why: str
    way: str
    brand: str
    currency: str
    amount_minor: int
    given: bool
    parts: tuple[tuple[Mapping[str, str], int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RefundPorts:
    """What giving back needs from outside. `open_refunds`: the events of the journal's refunds that nobody has settled;
    `print_slip`: False if it will not come out; None where there is no paper."""

    book: RefundBook
    open_refunds: Callable[[], Sequence[Event]]
    print_slip: Callable[[RefundSlip], bool] | None = None
