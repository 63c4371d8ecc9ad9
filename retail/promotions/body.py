"""Campaigns as JSON: in the price list, in the journal, on the wire, in the golden vectors. Defaults are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, Final
from zlib import crc32

from retail.events import canonical_json
from retail.promotions.campaign import Campaign, Hours, Kind, Share, Taking, Terms, Tier, When

_LISTS_OF: Final = {"tiers": Tier, "hours": Hours, "funding": Share}


def campaign_body(campaign: Campaign) -> dict[str, Any]:
    """A campaign as JSON: {"id", "terms": {"kind", …}, …}, without what is at its default."""
    return _body(campaign)


def campaign_of(body: Mapping[str, Any]) -> Campaign:
    """The campaign of a body; TypeError or ValueError for terms that this version does not know or that are amiss."""
    values = dict(body)
    values["terms"] = _terms(values["terms"])
    if "when" in values:
        values["when"] = _made(When, values["when"])
    for name in ("clubs", "ways", "channels", "stores"):
        if name in values:
            values[name] = tuple(str(text) for text in values[name])
    campaign: Campaign = _made(Campaign, values)
    return campaign


def taking_body(taking: Taking) -> list[Any]:
    """[reference], [reference, group] or [reference, group, price]."""
    if taking.price is not None:
        return [taking.campaign, taking.group, taking.price]
    return [taking.campaign, taking.group] if taking.group else [taking.campaign]


def taking_of(body: Sequence[Any]) -> Taking:
    """The taking of such a list."""
    return Taking(*body)


def reference(campaign: Campaign) -> str:
    """What goods name a campaign by: its id and a check over its terms, so that after a change of terms under the same
    id a basket can hold both, each line with what was shown for it."""
    return f"{campaign.id}#{crc32(canonical_json(campaign_body(campaign)).encode()):08x}"


def _terms(body: Mapping[str, Any]) -> Terms:
    values = dict(body)
    values["kind"] = Kind(values["kind"])
    if "counts" in values:
        values["counts"] = tuple(values["counts"])
    terms: Terms = _made(Terms, values)
    return terms


def _made(kind: Any, body: Mapping[str, Any]) -> Any:
    values = dict(body)
    for name, item in _LISTS_OF.items():
        if name in values:
            values[name] = tuple(item(**one) for one in values[name])
    if "weekdays" in values:
        values["weekdays"] = tuple(values["weekdays"])
    return kind(**values)


def _body(thing: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(thing):
        value = getattr(thing, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if value != default:
            found[one.name] = _value(value)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, Kind):
        return value.value
    if isinstance(value, (Terms, When, Tier, Hours, Share)):
        return _body(value)
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value
