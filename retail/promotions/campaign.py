"""A campaign: what a shop promises for some of its goods, to whom, when, how often, and beside which others.

The vocabulary is the shop's: a kind and its figures. What each kind means is docs/promotions.md; which goods take part
is not written here but at the goods (`Taking`), as one campaign may name fourteen thousand of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

EXCLUDED: Final = -1  # the group of goods that a campaign for the whole basket leaves out


class Kind(StrEnum):
    """What a campaign does. Figures that a kind does not name are left at their defaults."""

    SPECIAL_PRICE = "special_price"  # price: each piece or kilogram; from quantity pieces or grams of the goods on
    N_FOR_X = "n_for_x"  # quantity, price: any N of the goods cost X together
    N_SAVE_X = "n_save_x"  # quantity, off: any N of the goods cost X less together
    PERCENT = "percent"  # percent_bp; from quantity pieces or grams of the goods on
    TIERS = "tiers"  # tiers: the more of the goods, the better the percentage or the price of each
    N_PLUS_M = "n_plus_m"  # quantity paid, free: of N+M pieces the M cheapest (or dearest) are free
    NTH_ITEM = "nth_item"  # quantity; percent_bp or price: of N pieces the cheapest (or dearest) is cheaper
    MIX_AND_MATCH = "mix_and_match"  # counts; price, off or percent_bp: so many of each group together
    BUY_A_GET_B = "buy_a_get_b"  # counts of groups 0 and 1; price or percent_bp: of each piece of group 1
    BASKET = "basket"  # amount_from; off, percent_bp, or counts of a gift in group 1 with price or percent_bp


class Measure(StrEnum):
    """What a tier counts."""

    PIECES = "pieces"
    GRAMS = "grams"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Tier:
    """From how many pieces on, and what then holds for each of them: one of percent_bp and price."""

    quantity: int
    percent_bp: int | None = None
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """A time of day, in minutes since midnight of the shop's clock: from `begins` until before `ends`.

    Where it ends before it begins it goes over midnight, and belongs to the day on which it began.
    """

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class When:
    """When a campaign holds: epoch seconds, weekdays (0 Monday; none: all), hours of the day (none: all)."""

    valid_from: int | None = None
    valid_until: int | None = None  # the first second after
    weekdays: tuple[int, ...] = ()
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What it gives. Money in minor units with tax, `percent_bp` in 1/100 % off (10000: free), weights in grams.

    `price` is that of a piece, of a kilogram for weighed goods, or of the bundle, as the kind says. `grams` instead of
    `quantity`: from this net weight on, which is where a tolerance has gone already (1900 for '2 kg').
    """

    kind: Kind
    quantity: int = 1
    grams: int = 0
    amount_from: int = 0
    price: int | None = None
    off: int | None = None
    percent_bp: int | None = None
    free: int = 0
    dearest: bool = False  # the dearest pieces of a bundle get it, not the cheapest
    counts: tuple[int, ...] = ()
    tiers: tuple[Tier, ...] = ()
    repeat: bool = False  # BASKET with off: once for each full amount_from


@dataclass(frozen=True, slots=True)
class Share:
    """Who pays for a discount, and how much of it in 1/100 %; what is left is the shop's."""

    payer: str
    share_bp: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """One offer. Whatever is empty or None does not limit it.

    `clubs`: one of them is enough ('member' is the shop's own). `coupon`: the code that must be shown, or with a `*` at
    its end the beginning of single codes, each good for one use; `coupon_single`: one use for each code shown;
    `personal`: its coupon counts for the member it was given to only. `ways`: ways of paying ('card', 'wechat') or
    their brands. `per_receipt`, `per_member`: how often it may be used; a use is a bundle, or for kinds without bundles
    a piece (a bag, where it is weighed). `layer`: campaigns of one layer never share a piece; those of a later layer
    come on top, in order, and count from what is left to pay. `alone`: its pieces get nothing else, of no layer.
    `group`: of the campaigns of a group only one is used in a receipt. `everything`: all goods are its group 0,
    but for those with a Taking of the group EXCLUDED. `points`: for each use.
    """

    id: str
    terms: Terms
    names: Mapping[str, str] = field(default_factory=dict)
    when: When = When()
    clubs: tuple[str, ...] = ()
    coupon: str = ""
    coupon_single: bool = False
    personal: bool = False
    ways: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    per_receipt: int | None = None
    per_member: int | None = None
    layer: int = 0
    alone: bool = False
    group: str = ""
    everything: bool = False
    funding: tuple[Share, ...] = ()
    points: int = 0


@dataclass(frozen=True, slots=True)
class Taking:
    """That goods take part in a campaign: its reference (retail.promotions.body.reference) and the group they are in.

    `price`: what these goods cost by it, where the campaign has no one price for all (SPECIAL_PRICE only).
    """

    campaign: str
    group: int = 0
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Shopper:
    """What of a visit campaigns ask for. `used`: how often this member has used a campaign before, by its id."""

    clubs: frozenset[str] = frozenset()
    coupons: tuple[str, ...] = ()
    own_coupons: frozenset[str] = frozenset()  # those of `coupons` that were given to this member
    way: str = ""
    brand: str = ""  # of the wallet, where it is known
    channel: str = ""
    store: str = ""
    used: Mapping[str, int] = field(default_factory=dict)


NOBODY: Final = Shopper()
