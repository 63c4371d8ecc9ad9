"""Made-up baskets and campaigns of every kind, small enough for the oracle and full of ties, caps and overlaps.

Drawn by a `random.Random`: Hypothesis gives one that it can shrink, a long run one with a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from retail.promotions.body import reference
from retail.promotions.campaign import EXCLUDED, NOBODY, Campaign, Kind, Shopper, Taking, Terms, Tier
from retail.promotions.goods import Goods

_PRICES = (1, 5, 99, 100, 150, 199, 250, 333, 500, 999)
_Figures = dict[str, Any]
_BY_GROUPS = (Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the engine is asked."""

    goods: tuple[Goods, ...]
    campaigns: Mapping[str, Campaign]
    shopper: Shopper = NOBODY

    @property
    def gross(self) -> int:
        """The price asked, without campaigns."""
        return sum(gross(one) for one in self.goods)


def gross(goods: Goods) -> int:
    """What a line costs without campaigns."""
    if goods.fixed_minor is not None:
        return goods.fixed_minor
    return goods.unit_minor * goods.quantity if goods.grams is None else (goods.unit_minor * goods.grams + 500) // 1000


def asked(
    chance: Random, *, kinds: Sequence[Kind] = tuple(Kind), pieces: int = 6, campaigns: int = 4, layers: int = 1
) -> Asked:
    """A basket of at most so many pieces, in at most so many campaigns of some kinds."""
    offers = {}
    for number in range(chance.randint(1, campaigns)):
        one = _campaign(chance, f"c{number}", chance.choice(kinds), chance.randrange(layers))
        offers[reference(one)] = one
    return Asked(tuple(_goods(chance, offers, pieces)), offers, _shopper(chance))


def seeded(seed: int, **options: Any) -> Asked:
    """The same for the same seed; `options` as for `asked`."""
    return asked(Random(seed), **options)  # noqa: S311 - repeatable, no secret


def _shopper(chance: Random) -> Shopper:
    if chance.random() < 0.7:
        return NOBODY
    return Shopper(
        clubs=frozenset({"member"}) if chance.random() < 0.6 else frozenset(),
        coupons=tuple(chance.sample(("S1", "S2", "OPEN"), chance.randint(0, 3))),
        own_coupons=frozenset({"OPEN"}) if chance.random() < 0.3 else frozenset(),
        way=chance.choice(("", "card", "wechat")),
        channel="lane",
        store="7",
        used={"c0": chance.randint(0, 2)},
    )


def _campaign(chance: Random, name: str, kind: Kind, layer: int) -> Campaign:
    campaign = Campaign(name, terms(chance, kind), layer=layer)
    if chance.random() < 0.3:
        campaign = replace(campaign, per_receipt=chance.randint(1, 3))
    if chance.random() < 0.15:
        campaign = replace(campaign, alone=True)
    if chance.random() < 0.2:
        campaign = replace(campaign, group="one of")
    if chance.random() < (0.7 if kind is Kind.BASKET else 0.15):
        campaign = replace(campaign, everything=True)
    return _with_conditions(chance, campaign) if chance.random() < 0.15 else campaign


def _with_conditions(chance: Random, campaign: Campaign) -> Campaign:
    limits: list[dict[str, object]] = [
        {"clubs": ("member", "gold")},
        {"ways": ("card",)},
        {"channels": ("lane",)},
        {"stores": ("8",)},
        {"coupon": "OPEN", "personal": True},
        {"coupon": "S1", "coupon_single": True},
        {"coupon": "S*"},
        {"clubs": ("member",), "per_member": 2},
    ]
    return replace(campaign, **chance.choice(limits))  # type: ignore[arg-type]


def terms(chance: Random, kind: Kind) -> Terms:
    """Figures of a kind that make sense more often than not."""
    return Terms(kind, **_FIGURES[kind](chance))


def _few(chance: Random) -> int:
    return chance.randint(1, 3)


def _percent(chance: Random) -> _Figures:
    return {"percent_bp": chance.choice((500, 1000, 1550, 2500, 3333, 5000, 7000, 10_000))}


def _price(chance: Random) -> _Figures:
    return {"price": chance.choice((50, 100, 180, 299, 400))}


def _off(chance: Random) -> _Figures:
    return {"off": chance.choice((1, 40, 99, 250))}


def _one_of(chance: Random, *rewards: Callable[[Random], _Figures]) -> _Figures:
    return chance.choice(rewards)(chance)


def _nothing(_chance: Random) -> _Figures:
    return {}


def _dearest(chance: Random) -> _Figures:
    return {"dearest": chance.random() < 0.3}


def _basket(chance: Random) -> _Figures:
    amount = {"amount_from": chance.choice((0, 200, 450, 700))}
    form = chance.randrange(4)
    if form == 0:
        return {"amount_from": chance.choice((150, 450)), "repeat": True, **_off(chance)}
    if form == 1:
        return {**amount, "counts": (0, chance.randint(1, 2)), **_one_of(chance, _price, _percent)}
    return {**amount, **_one_of(chance, _off, _percent)}


def _threshold(chance: Random) -> _Figures:
    return {"grams": chance.choice((500, 900, 1900))} if chance.random() < 0.15 else {"quantity": _few(chance)}


def _tiers(chance: Random) -> tuple[Tier, ...]:
    if chance.random() < 0.5:
        return tuple(Tier(n, percent_bp=p) for n, p in zip((1, 2, 4), (500, 1000, 3000), strict=True))[
            chance.randint(0, 1) :
        ]
    return tuple(Tier(n, price=p) for n, p in zip((1, 2, 3), (240, 190, 90), strict=True))[chance.randint(0, 1) :]


_FIGURES: Final[Mapping[Kind, Callable[[Random], _Figures]]] = {
    Kind.SPECIAL_PRICE: lambda chance: _price(chance) | _threshold(chance),
    Kind.PERCENT: lambda chance: _percent(chance) | _threshold(chance),
    Kind.TIERS: lambda chance: {"tiers": _tiers(chance)},
    Kind.N_FOR_X: lambda chance: {"quantity": _few(chance)} | _price(chance),
    Kind.N_SAVE_X: lambda chance: {"quantity": _few(chance)} | _off(chance),
    Kind.N_PLUS_M: lambda chance: (
        {"quantity": _few(chance), "free": chance.randint(1, 2)}
        | _one_of(chance, _nothing, _percent)
        | _dearest(chance)
    ),
    Kind.NTH_ITEM: lambda chance: {"quantity": _few(chance)} | _one_of(chance, _price, _percent) | _dearest(chance),
    Kind.MIX_AND_MATCH: lambda chance: (
        {"counts": chance.choice(((1, 1), (2, 1), (1, 1, 1), (1, 2)))} | _one_of(chance, _price, _off, _percent)
    ),
    Kind.BUY_A_GET_B: lambda chance: (
        {"counts": chance.choice(((1, 1), (2, 1), (1, 2)))} | _one_of(chance, _price, _percent)
    ),
    Kind.BASKET: _basket,
}


def _goods(chance: Random, offers: Mapping[str, Campaign], pieces: int) -> list[Goods]:
    goods: list[Goods] = []
    left = chance.randint(1, pieces)
    while left > 0:
        quantity = min(left, chance.choice((1, 1, 1, 2, 3)))
        left -= quantity
        if goods and chance.random() < 0.2:
            goods.append(replace(chance.choice(goods), number=len(goods) + 1))
            continue
        goods.append(_line(chance, offers, len(goods) + 1, quantity))
    return goods


def _line(chance: Random, offers: Mapping[str, Campaign], number: int, quantity: int) -> Goods:
    form, price = chance.random(), chance.choice(_PRICES) if chance.random() < 0.7 else chance.randint(1, 1000)
    grams = chance.choice((150, 480, 1000, 1925)) if form < 0.12 else None
    label = price if 0.12 <= form < 0.17 else None
    takings = tuple(taking for name, one in offers.items() for taking in _takings(chance, name, one, grams))
    return Goods(number, f"s{number}", price, 1 if grams or label else quantity, grams, label, takings)


def _takings(chance: Random, name: str, campaign: Campaign, grams: int | None) -> list[Taking]:
    terms = campaign.terms
    if campaign.everything and chance.random() < 0.2:
        return [Taking(name, EXCLUDED)]
    if terms.kind in _BY_GROUPS:
        return [Taking(name, group) for group in range(len(terms.counts)) if chance.random() < 0.5]
    if terms.kind is Kind.BASKET:
        groups = [0] * (not campaign.everything) + [1] * bool(terms.counts and grams is None)
        return [Taking(name, group) for group in groups if chance.random() < 0.5]
    if campaign.everything or chance.random() < 0.35 or (terms.grams and grams is None):
        return []
    own = terms.kind is Kind.SPECIAL_PRICE and chance.random() < 0.2
    return [Taking(name, 0, chance.choice((60, 140)) if own else None)]
