"""How a shop marks its own codes that are no goods: by what they begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanRules:
    """Prefixes of staff badges, members, vouchers, a guide's codes and baskets handed over; none begins another."""

    badge_prefix: str = "SGB-"
    member_prefix: str = "SGM-"
    coupon_prefix: str = "SGC-"
    guide_prefix: str = "SGG-"
    basket_prefix: str = "SGP-"

    @property
    def prefixes(self) -> tuple[str, ...]:
        """All of them."""
        return self.badge_prefix, self.member_prefix, self.coupon_prefix, self.guide_prefix, self.basket_prefix
