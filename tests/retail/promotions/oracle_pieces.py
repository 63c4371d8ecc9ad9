"""The oracle's pieces: a basket taken apart, as docs/promotions.md says. It shares no code with the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Shopper
from retail.promotions.goods import Goods

WHOLE = 10_000
GRAMS_PER_KG = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece, or one weighed bag. `groups`: (reference, group) as the list says; `own`: prices of its own."""

    line: int
    sku: str
    price: int
    grams: int | None
    labelled: bool
    groups: frozenset[tuple[str, int]]
    own: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A campaign that holds for this shopper. `cap`: how many uses are left, None for any number."""

    reference: str
    campaign: Campaign
    cap: int | None

    @property
    def kind(self) -> Kind:
        return self.campaign.terms.kind

    def may_use(self, times: int) -> bool:
        return self.cap is None or times <= self.cap

    def holds(self, piece: Piece, group: int) -> bool:
        """Whether a piece takes part in a group of it, whatever the kind makes of bags."""
        if piece.labelled and self.kind is not Kind.BASKET:
            return False
        if (self.reference, group) in piece.groups:
            return True
        return group == 0 and self.campaign.everything and (self.reference, EXCLUDED) not in piece.groups


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def less(amount: int, percent_bp: int) -> int:
    """What is to be paid of an amount after a percentage."""
    return half_up(amount * (WHOLE - percent_bp), WHOLE)


def pieces_of(goods: Sequence[Goods]) -> tuple[Piece, ...]:
    """All pieces of a basket, in the order of its lines."""
    return tuple(piece for one in sorted(goods, key=lambda one: one.number) for piece in [_piece(one)] * _how_many(one))


def _how_many(goods: Goods) -> int:
    return 1 if goods.grams is not None or goods.fixed_minor is not None else goods.quantity


def _piece(goods: Goods) -> Piece:
    price = goods.unit_minor if goods.grams is None else half_up(goods.unit_minor * goods.grams, GRAMS_PER_KG)
    return Piece(
        goods.number,
        goods.sku,
        price if goods.fixed_minor is None else goods.fixed_minor,
        goods.grams,
        goods.fixed_minor is not None,
        frozenset((taking.campaign, taking.group) for taking in goods.takings),
        tuple((taking.campaign, taking.price) for taking in goods.takings if taking.price is not None),
    )


def offers_for(campaigns: Mapping[str, Campaign], shopper: Shopper) -> list[Offer]:
    """The campaigns whose conditions hold, in a fixed order."""
    held = [(name, one) for name, one in sorted(campaigns.items()) if _is_for(one, shopper)]
    offers = [Offer(name, one, _cap(one, shopper)) for name, one in held]
    return [offer for offer in offers if offer.cap != 0]


def _is_for(campaign: Campaign, shopper: Shopper) -> bool:
    return (
        (not campaign.clubs or not shopper.clubs.isdisjoint(campaign.clubs))
        and (not campaign.ways or shopper.way in campaign.ways or shopper.brand in campaign.ways)
        and (not campaign.channels or not shopper.channel or shopper.channel in campaign.channels)
        and (not campaign.stores or not shopper.store or shopper.store in campaign.stores)
        and (not campaign.coupon or bool(_shown(campaign, shopper)))
    )


def _shown(campaign: Campaign, shopper: Shopper) -> set[str]:
    begins, any_end = campaign.coupon.removesuffix("*"), campaign.coupon.endswith("*")
    shown = {code for code in shopper.coupons if (code.startswith(begins) if any_end else code == begins)}
    return {code for code in shown if not campaign.personal or code in shopper.own_coupons}


def _cap(campaign: Campaign, shopper: Shopper) -> int | None:
    caps = [campaign.per_receipt] if campaign.per_receipt is not None else []
    if campaign.per_member is not None:
        caps.append(max(campaign.per_member - shopper.used.get(campaign.id, 0), 0))
    if campaign.coupon and (campaign.coupon_single or campaign.coupon.endswith("*")):
        caps.append(len(_shown(campaign, shopper)))
    return min(caps) if caps else None


def spread(discount: int, prices: Mapping[int, int], pieces: Sequence[Piece]) -> dict[int, int]:
    """A discount over pieces (by index) in proportion to their prices, dearest first, by cumulative rounding."""
    order = sorted(prices, key=lambda index: (-prices[index], pieces[index].sku, pieces[index].line, index))
    whole, so_far, given = sum(prices.values()), 0, 0
    shares = {}
    for index in order:
        so_far += prices[index]
        shares[index] = half_up(discount * so_far, whole) - given
        given += shares[index]
    return shares
