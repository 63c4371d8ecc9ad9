"""The lowest total of one layer of campaigns as an integer program: for baskets too big to try everything.

Written from docs/promotions.md, without a look at the engine, and other than the oracle that tries everything: pieces
that are alike are counted, and a solver proves what the least is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from retail.promotions.campaign import NOBODY, Campaign, Kind, Shopper, Tier
from retail.promotions.goods import Goods
from tests.retail.promotions.oracle_pieces import GRAMS_PER_KG, Offer, Piece, half_up, less, offers_for, pieces_of
from tests.retail.promotions.program import Program

_Taken = dict[int, dict[Piece, int]]
"""Variables by group and sort of piece: how many of them a campaign takes."""


def lowest(goods: Sequence[Goods], campaigns: Mapping[str, Campaign], shopper: Shopper = NOBODY) -> int:
    """The lowest total, proved by the solver. All campaigns are of one layer."""
    offers = offers_for(campaigns, shopper)
    assert len({offer.campaign.layer for offer in offers} | {0}) == 1
    sorts = Counter(replace(piece, line=0) for piece in pieces_of(goods))
    model = _Model(Program(), sorts)
    for offer in offers:
        model.add(offer)
    model.share_out()
    return sum(piece.price * count for piece, count in sorts.items()) + model.program.lowest()


@dataclass(slots=True)
class _Model:
    """The program: what is minimised is what campaigns take off, as a negative sum."""

    program: Program
    sorts: Mapping[Piece, int]
    taken: dict[Piece, list[int]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, offer: Offer) -> None:
        if not any(offer.holds(piece, group) for piece in self.sorts for group in range(3)):
            return
        build = _BUILDERS[offer.kind]
        uses = build(self, offer)
        if offer.cap is not None:
            self.program.at_most(offer.cap, dict.fromkeys(uses, 1.0))
        if offer.campaign.group:
            used = self.program.variable(1)
            self.groups[offer.campaign.group].append(used)
            self.program.at_most(0, {**dict.fromkeys(uses, 1.0), used: -float(10 * sum(self.sorts.values()) + 10**5)})

    def share_out(self) -> None:
        """A piece is taken once; of a group one campaign is used."""
        for piece, variables in self.taken.items():
            self.program.at_most(self.sorts[piece], dict.fromkeys(variables, 1.0))
        for used in self.groups.values():
            self.program.at_most(1, dict.fromkeys(used, 1.0))

    def members(self, offer: Offer, group: int = 0) -> list[Piece]:
        bags = offer.kind in {Kind.PERCENT, Kind.SPECIAL_PRICE, Kind.BASKET} or (
            offer.kind is Kind.TIERS and all(tier.price is None for tier in offer.campaign.terms.tiers)
        )
        grams = offer.campaign.terms.grams
        return [
            piece
            for piece in self.sorts
            if offer.holds(piece, group) and (piece.grams is None or bags) and (piece.grams is not None or not grams)
        ]

    def take(self, piece: Piece, saving: int) -> int:
        """A variable: how many of a sort are taken at a saving each."""
        variable = self.program.variable(self.sorts[piece], -saving)
        self.taken[piece].append(variable)
        return variable

    def take_all(self, offer: Offer, group: int = 0) -> dict[int, Piece]:
        return {self.take(piece, 0): piece for piece in self.members(offer, group)}

    def bundles(self) -> int:
        return self.program.variable(sum(self.sorts.values()))


def _price_of(offer: Offer, piece: Piece, terms: Campaign | Tier) -> int:
    figures = terms if isinstance(terms, Tier) else terms.terms
    if figures.percent_bp is not None:
        return less(piece.price, figures.percent_bp)
    own = dict(piece.own).get(offer.reference, figures.price)
    assert own is not None
    return own if piece.grams is None else half_up(own * piece.grams, GRAMS_PER_KG)


def _by_piece(model: _Model, offer: Offer) -> list[int]:
    terms = offer.campaign.terms
    tiers: Sequence[Campaign | Tier] = terms.tiers or (offer.campaign,)
    chosen, uses = {}, []
    for tier in tiers:
        on = model.program.variable(1)
        chosen[on] = 1.0
        sold = {
            model.take(piece, piece.price - _price_of(offer, piece, tier)): piece
            for piece in model.members(offer)
            if _price_of(offer, piece, tier) <= piece.price
        }
        for variable, piece in sold.items():
            model.program.at_most(0, {variable: 1.0, on: -float(model.sorts[piece])})
        weights = {one: float(piece.grams or 0) if terms.grams else 1.0 for one, piece in sold.items()}
        need = terms.grams or (tier.quantity if isinstance(tier, Tier) else terms.quantity)
        model.program.at_least(0, {**weights, on: -float(need)})
        uses += list(sold)
    model.program.at_most(1, chosen)
    return uses


def _n_for_x(model: _Model, offer: Offer) -> list[int]:
    """Also mix and match: so many of each group for a price."""
    terms = offer.campaign.terms
    bundles = model.program.variable(sum(model.sorts.values()), terms.price or 0)
    for group, count in enumerate(terms.counts or (terms.quantity,)):
        taken = {model.take(piece, piece.price): piece for piece in model.members(offer, group)}
        model.program.exactly(0, {**dict.fromkeys(taken, 1.0), bundles: -float(count)})
    return [bundles]


def _n_save_x(model: _Model, offer: Offer) -> list[int]:
    """Each bundle by itself, as none is worth more off than it costs."""
    terms = offer.campaign.terms
    counts = terms.counts or (terms.quantity,)
    members = [model.members(offer, group) for group in range(len(counts))]
    most = min(
        sum(model.sorts[piece] for piece in group) // count for group, count in zip(members, counts, strict=True)
    )
    made: list[int] = []
    for _ in range(most if offer.cap is None else min(most, offer.cap)):
        on, worth = model.program.variable(1), model.program.variable(terms.off or 0, -1)
        model.program.at_most(0, {worth: 1.0, on: -float(terms.off or 0)})
        goods: dict[int, float] = {}
        for group, count in zip(members, counts, strict=True):
            taken = {model.take(piece, 0): piece for piece in group}
            model.program.exactly(0, {**dict.fromkeys(taken, 1.0), on: -float(count)})
            goods |= {one: -float(piece.price) for one, piece in taken.items()}
        model.program.at_most(0, {worth: 1.0, **goods})
        if made:
            model.program.at_most(0, {on: 1.0, made[-1]: -1.0})  # one order of alike bundles
        made.append(on)
    return made


def _cheapest_or_dearest(model: _Model, offer: Offer) -> list[int]:
    """`paid` pieces and `favoured` ones make a bundle; none that is favoured is dearer than one that is paid, which
    holds for all prices v: so many bundles as have a favoured piece from v on must have all paid ones from v on."""
    terms = offer.campaign.terms
    favoured, paid = (terms.free, terms.quantity) if offer.kind is Kind.N_PLUS_M else (1, terms.quantity - 1)
    bundles = model.bundles()
    off = {model.take(piece, _favour(offer, piece)): piece for piece in model.members(offer)}
    full = model.take_all(offer)
    model.program.exactly(0, {**dict.fromkeys(off, 1.0), bundles: -float(favoured)})
    model.program.exactly(0, {**dict.fromkeys(full, 1.0), bundles: -float(paid)})
    for price in sorted({piece.price for piece in off.values()}) if not terms.dearest else ():
        begun = model.bundles()
        model.program.at_least(0, {begun: float(favoured)} | _from(price, off, -1))
        model.program.at_least(0, {begun: -float(paid)} | _from(price, full, 1))
    return [bundles]


def _from(price: int, variables: Mapping[int, Piece], factor: float) -> dict[int, float]:
    return {one: factor for one, piece in variables.items() if piece.price >= price}


def _favour(offer: Offer, piece: Piece) -> int:
    terms = offer.campaign.terms
    if terms.percent_bp is not None:
        return piece.price - less(piece.price, terms.percent_bp)
    return piece.price if offer.kind is Kind.N_PLUS_M else max(piece.price - (terms.price or 0), 0)


def _mix_and_match(model: _Model, offer: Offer) -> list[int]:
    terms = offer.campaign.terms
    if terms.price is not None:
        return _n_for_x(model, offer)
    return _n_save_x(model, offer) if terms.off is not None else _by_groups(model, offer, range(len(terms.counts)))


def _buy_a_get_b(model: _Model, offer: Offer) -> list[int]:
    return _by_groups(model, offer, (1,))


def _by_groups(model: _Model, offer: Offer, favoured: Iterable[int]) -> list[int]:
    bundles = model.bundles()
    for group, count in enumerate(offer.campaign.terms.counts):
        taken = {
            model.take(piece, _favour(offer, piece) if group in favoured else 0)
            for piece in model.members(offer, group)
        }
        model.program.exactly(0, {**dict.fromkeys(taken, 1.0), bundles: -float(count)})
    return [bundles]


def _basket(model: _Model, offer: Offer) -> list[int]:
    terms = offer.campaign.terms
    program = model.program
    counted = {one: float(piece.price) for one, piece in model.take_all(offer).items()}
    whole = sum(piece.price * count for piece, count in model.sorts.items())
    repeats = terms.repeat and terms.off is not None and terms.amount_from
    on = program.variable(whole // terms.amount_from if repeats else 1)
    program.at_least(0, {**counted, on: -float(terms.amount_from)})
    if terms.counts:
        gifts = {model.take(piece, _favour(offer, piece)): 1.0 for piece in model.members(offer, 1)}
        program.at_most(0, {**gifts, on: -float(terms.counts[1])})
        return list(gifts)
    worth = program.variable(whole, -1)
    program.at_most(0, {worth: 1.0} | {one: -price for one, price in counted.items()})
    if terms.percent_bp is not None:
        # Half up: what is to be paid is the least whole number that is no less than the share less 0.4999.
        share = terms.percent_bp / 10_000
        program.at_most(0.49995, {worth: 1.0} | {one: -price * share for one, price in counted.items()})
        program.at_most(0, {worth: 1.0, on: -float(whole)})
    else:
        program.at_most(0, {worth: 1.0, on: -float(terms.off or 0)})
    return [on]


_BUILDERS = {
    Kind.SPECIAL_PRICE: _by_piece,
    Kind.PERCENT: _by_piece,
    Kind.TIERS: _by_piece,
    Kind.N_FOR_X: _n_for_x,
    Kind.N_SAVE_X: _n_save_x,
    Kind.N_PLUS_M: _cheapest_or_dearest,
    Kind.NTH_ITEM: _cheapest_or_dearest,
    Kind.MIX_AND_MATCH: _mix_and_match,
    Kind.BUY_A_GET_B: _buy_a_get_b,
    Kind.BASKET: _basket,
}
