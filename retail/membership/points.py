"""Points of a sale: what it earns, and what of that is left after money was given back."""

from __future__ import annotations

from retail.membership.programme import PointsRule


def points_for(rule: PointsRule, total_minor: int, of_campaigns: int) -> int:
    """What a sale earns its member: by what was paid, and by the campaigns that it used."""
    return total_minor // rule.per_minor * rule.points + of_campaigns


def points_left(earned: int, paid_minor: int, refunded_minor: int) -> int:
    """What of them is kept: the share of what was paid that was not given back, rounded down; nothing once all was."""
    if refunded_minor <= 0 or paid_minor <= 0:
        return earned
    return earned * max(0, paid_minor - refunded_minor) // paid_minor
