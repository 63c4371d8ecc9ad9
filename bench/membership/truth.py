"""What really happened, as nobody in the shop knows it whole: sales, their shoppers, and what each party was told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from retail.sale import Sale, SaleStatus


@dataclass(slots=True)
class Told:
    """Something that a lane has for the hub: when it first tried, and when the hub had it for certain (0: not yet)."""

    tried: int = 0
    had: int = 0


@dataclass(slots=True)
class TrueSale:
    """One visit as it was."""

    id: str
    person: int
    sale: Sale
    wallet: str = ""  # who paid by; empty where the way does not tell
    events: Told = field(default_factory=Told)
    payer: Told = field(default_factory=Told)
    given_back: dict[str, int] = field(default_factory=dict)  # by refund key, what the bank has given back

    @property
    def is_completed(self) -> bool:
        """Goods and money have changed hands."""
        return self.sale.status is SaleStatus.COMPLETED

    @property
    def is_over(self) -> bool:
        """Nothing can become of it any more."""
        return self.sale.status in {SaleStatus.COMPLETED, SaleStatus.CANCELLED, SaleStatus.HANDED_OVER}

    @property
    def paid_minor(self) -> int:
        """What was paid."""
        return int(self.sale.completion["total_minor"])

    @property
    def back_minor(self) -> int:
        """What of that was given back."""
        return sum(self.given_back.values())

    @property
    def is_all_back(self) -> bool:
        """Nothing of it is left."""
        return bool(self.given_back) and self.back_minor >= self.paid_minor

    @property
    def used(self) -> tuple[str, ...]:
        """The codes of the coupons that it used."""
        return tuple(code for use in self.sale.completion.get("uses") or () for code in use.get("coupons") or ())


@dataclass(slots=True)
class Claim:
    """What stands behind a claim: kind 'code' with the member's number, else what was read or typed."""

    kind: str
    value: str
    member: int | None = None


@dataclass(slots=True)
class Truth:
    """Everything. `clock` counts what happens, so that before and after can be told."""

    clock: int = 0
    sales: dict[str, TrueSale] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)  # sales whose shopper asked, and was told minutes: the plate
    reserved: dict[str, set[str]] = field(default_factory=dict)  # by code, the sales that were told yes
    claim_told: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    # By number, what was consented to with its code; and the same where no answer came.
    proved: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    maybe_proved: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    sweeps: list[int] = field(default_factory=list)  # when the hub had settled all that it knew
    unchecked: set[tuple[str, str]] = field(default_factory=set)  # code and sale, taken while the hub was away

    def tick(self) -> int:
        """The next moment."""
        self.clock += 1
        return self.clock
