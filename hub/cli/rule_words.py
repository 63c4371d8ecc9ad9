"""A price rule as commands show it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from hub.pricing import Rule


def rule_dict(rule: Rule, zone: tzinfo) -> dict[str, Any]:
    """A rule for machines; times are of the zone."""
    return {
        "id": rule.id,
        "kind": rule.kind,
        "minor": rule.minor,
        "currency": rule.currency,
        "scope": rule.scope,
        "channel": rule.channel,
        "priority": rule.priority,
        "valid_from": time_text(rule.valid_from, zone),
        "valid_until": time_text(rule.valid_until, zone),
        "source": rule.source,
        "label": rule.label,
    }


def time_text(at: int | None, zone: tzinfo) -> str | None:
    """An end of a validity; None where it is open."""
    return None if at is None else datetime.fromtimestamp(at, zone).isoformat()
