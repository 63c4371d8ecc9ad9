"""The campaigns that a basket knows: goods bring them along, each once, so that it is priced without the price list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from retail.events import Body, canonical_json
from retail.product import Listing
from retail.promotions.body import campaign_of, reference, taking_of
from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Taking, Terms
from retail.promotions.soundness import sound, sound_taking

Known = Mapping[str, Campaign]  # by reference

_PARSED: Final = 4096  # definitions that are kept: a hub folds a day's sales, which repeat the same few hundred
_OFFER: Final = frozenset({"id", "kind", "quantity", "price_minor", "names"})


@dataclass(frozen=True, slots=True)
class Brought:
    """What goods bring into a basket: in which campaigns they take part, and those of them that are new to it."""

    takings: tuple[Taking, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


def brought(listing: Listing, known: Known) -> Brought:
    """The takings of a listing under the references that the basket goes by.

    After a new list the same promise may have another reference, as its name or its last day has changed: the basket
    stays with what it knows, or goods from before and after would share no bundle. One for everything is never taken
    twice, whatever has changed of it; one that the basket has and that no longer holds is not for goods that come now.
    """
    own = {taking.campaign.rpartition("#")[0]: taking.campaign for taking in listing.takings}  # each id once in a list
    called: dict[str, str] = {}
    fresh: dict[str, Campaign] = {}
    for campaign in listing.campaigns:
        there = _known_as(campaign, known)
        if not there:
            there = own.get(campaign.id) or reference(campaign)
            fresh[there] = campaign
        if campaign.id in own:
            called[own[campaign.id]] = there
    takings = {replace(one, campaign=called[one.campaign]) for one in listing.takings if one.campaign in called}
    in_force = {campaign.id for campaign in listing.campaigns}
    # A coupon that the hub gave out is in no list: whether it still holds is said when it is reserved.
    listed = ((named, there) for named, there in known.items() if not there.coupon_single)
    over = (named for named, there in listed if there.everything and there.id not in in_force)
    takings.update(Taking(named, EXCLUDED) for named in over)
    ordered = sorted(takings, key=lambda one: (one.campaign, one.group, -1 if one.price is None else one.price))
    return Brought(tuple(ordered), tuple(fresh[named] for named in sorted(fresh)))


def takings_in(body: Body) -> tuple[Taking, ...]:
    """The takings of a line's terms, as bodies of this version and of earlier ones have them."""
    if "offers" in body:
        return tuple(Taking(named) for named, _ in map(_offer, body["offers"]))
    written = body.get("takings")
    return tuple(sound_taking(taking_of(one)) for one in written) if written else ()


def campaigns_in(body: Body) -> dict[str, Campaign]:
    """The campaigns that an event's body defines, by reference; TypeError or ValueError for terms that this version
    does not know, as the price would be another one."""
    if "offers" in body:
        return dict(map(_offer, body["offers"]))
    written = body.get("campaigns")
    return dict(_parsed(canonical_json(one)) for one in written) if written else {}


def _known_as(campaign: Campaign, known: Known) -> str:
    for named, there in known.items():
        if there.id == campaign.id and ((there.everything and campaign.everything) or _same_promise(there, campaign)):
            return named
    return ""


def _same_promise(one: Campaign, other: Campaign) -> bool:
    return one == replace(other, names=one.names, when=one.when, funding=one.funding)


@lru_cache(maxsize=_PARSED)
def _parsed(text: str) -> tuple[str, Campaign]:
    campaign = sound(campaign_of(json.loads(text)))
    return reference(campaign), campaign


def _offer(body: Mapping[str, Any]) -> tuple[str, Campaign]:
    """A multi-buy as versions before campaigns wrote it."""
    if not set(body) <= _OFFER or body.get("kind", "n_for_x") != Kind.N_FOR_X:
        raise TypeError(f"an offer with terms that are not known: {sorted(body)}")
    return _multi_buy(str(body["id"]), body["quantity"], body["price_minor"], canonical_json(body.get("names") or {}))


@lru_cache(maxsize=_PARSED)
def _multi_buy(name: str, quantity: int, price_minor: int, names: str) -> tuple[str, Campaign]:
    campaign = sound(Campaign(name, Terms(Kind.N_FOR_X, quantity, price=price_minor), json.loads(names)))
    return reference(campaign), campaign
