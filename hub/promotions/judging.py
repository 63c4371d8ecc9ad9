"""Which campaigns of a feed a store takes: of goods that it sells, not over, and cheaper than without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.catalogue import ImportReport
from hub.promotions.asked_prices import AskedPrices
from hub.promotions.found import KEPT_S, Found, NotUnderstood
from hub.promotions.goods import Goods, Name
from hub.promotions.rows import Kept
from hub.promotions.worth import OF_PIECES, most_saved
from retail.product import Unit
from retail.promotions.campaign import EXCLUDED, Campaign, Kind

_DAY_S: Final = 24 * 3600
_ANYTHING: Final = 2**62  # what goods may cost in a campaign for everything

Named = Mapping[Name, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Member:
    """A product in a group of a campaign, with its price in it if it has one of its own."""

    product: int
    group: int
    price_minor: int | None


class Judge:
    """Takes the campaigns of a feed one after another; the report is told what became of each and why.

    `named`: the products of the store by what the feed calls them. `ids`: names that other sources have already.
    """

    def __init__(
        self, asked: AskedPrices, named: Named, ids: Mapping[str, str], report: ImportReport, *, at: int
    ) -> None:
        self._asked = asked
        self._named = named
        self._ids = dict(ids)
        self._report = report
        self._at = at

    def refuse(self, one: NotUnderstood) -> None:
        """Say what was not understood."""
        self._report.read += 1
        self._report.refuse(one.reason, row=one.number, code=one.id, text=f"{one.id}: {one.why}")

    def takes(self, one: Found, own: Kept) -> bool:
        """Whether a campaign is taken, which is kept as `own`."""
        self._report.read += 1
        by_goods = {goods: self._members(one.campaign, goods) for goods in own.goods}
        members = [member for some in by_goods.values() for member in some]
        reason, text = self._against(one, members)
        if reason:
            self._report.refuse(reason, row=one.number, code=one.campaign.id, text=f"{one.campaign.id}: {text}")
            return False
        self._ids[one.campaign.id] = "this feed"
        self._report.taken += 1
        self._warn(one, by_goods)
        return True

    def _members(self, campaign: Campaign, goods: Goods) -> list[Member]:
        """Those of the goods that can take part; there may be several under a name, as under a category."""
        found = (product for product in self._named.get(goods.name, ()) if product in self._asked.sold)
        return [
            Member(product, goods.group, goods.price_minor)
            for product in found
            if campaign.terms.kind not in OF_PIECES or self._asked.sold[product].unit is not Unit.KG
        ]

    def _against(self, one: Found, members: list[Member]) -> tuple[str, str]:
        """Why it is not taken, in a word and in a sentence; empty if it is."""
        campaign = one.campaign
        if campaign.id in self._ids:
            return "id_taken", f"its id is one of {self._ids[campaign.id]} already"
        if campaign.when.valid_until is not None and campaign.when.valid_until <= self._at - KEPT_S:
            return "is_over", f"it ended more than {KEPT_S // _DAY_S} days ago"
        wanted = {group for group in range(len(one.groups)) if group or not campaign.everything}
        missing = wanted.difference(member.group for member in members)
        if missing or not (wanted or campaign.everything):
            return "no_product", _nothing_of(one, min(missing, default=0))
        highest = self._highest(campaign, members)
        if wanted.difference(highest):
            return "no_price", "none of its goods has a price in the store"
        saved = self._most_saved(campaign, members, highest)
        if saved > 0 or campaign.points:
            return "", ""
        return _no_saving(campaign, saved)

    def _highest(self, campaign: Campaign, members: list[Member]) -> dict[int, int]:
        highest: dict[int, int] = {0: _ANYTHING} if campaign.everything else {}
        for member in members:
            asked = self._asked.highest(member.product, campaign.when)
            if asked is not None:
                highest[member.group] = max(asked, highest.get(member.group, 0))
        return highest

    def _most_saved(self, campaign: Campaign, members: list[Member], highest: Mapping[int, int]) -> int:
        own = [self._saved(campaign, member) for member in members if member.price_minor is not None]
        return max([*own, most_saved(campaign.terms, highest)] if campaign.terms.price or not own else own)

    def _saved(self, campaign: Campaign, member: Member) -> int:
        """What a special price takes off a piece or kilogram of a product, at most."""
        price = campaign.terms.price if member.price_minor is None else member.price_minor
        asked = self._asked.highest(member.product, campaign.when)
        return 0 if price is None or asked is None else asked - price

    def _warn(self, one: Found, by_goods: Mapping[Goods, list[Member]]) -> None:
        key = one.campaign.id
        texts = [(reason, f"{key}: {text}") for reason, text in one.remarks]
        until = one.campaign.when.valid_until
        if until is not None and until <= self._at:
            texts.append(("has_ended", f"{key}: it has ended; it is kept for questions about the days before"))
        strange = sorted(
            self._left_out(one.campaign, goods)
            for goods, members in by_goods.items()
            if not members and goods.group != EXCLUDED
        )
        if strange:
            texts.append(("product_left_out", f"{key}: {_first_of(strange)}"))
        if one.campaign.terms.kind is Kind.SPECIAL_PRICE:
            members = [member for some in by_goods.values() for member in some]
            dearer = sorted(self._asked.sold[m.product].sku for m in members if self._saved(one.campaign, m) < 0)
            if dearer:
                texts.append(("would_raise_a_price", f"{key}: not for {_first_of(dearer)}, cheaper without it"))
        for reason, text in texts:
            self._report.warn(reason, row=one.number, code=key, text=text)
        self._report.warned += bool(texts)

    def _left_out(self, campaign: Campaign, goods: Goods) -> str:
        name = goods.name[1].lstrip("0") or goods.name[1]
        if self._named.get(goods.name):
            return f"{name} is sold by the kilogram, and {campaign.terms.kind} is for pieces"
        return f"{name} is no product of the store"


def _nothing_of(one: Found, group: int) -> str:
    named = one.groups[group] if group < len(one.groups) else None
    names = [] if named is None else [*named.skus, *named.codes, *named.categories]
    of_group = f" for group {group}" if len(one.groups) > 1 else ""
    if not names:
        return f"it names no goods{of_group}"
    return f"the store sells nothing of what it names{of_group}: {_first_of(names)}"


def _no_saving(campaign: Campaign, saved: int) -> tuple[str, str]:
    if campaign.terms.kind is Kind.N_FOR_X:
        text = f"{campaign.terms.quantity} pieces cost no more than that without it"
    else:
        text = "its goods would cost more than without it" if saved < 0 else "nobody would save anything by it"
    return "would_raise_a_price" if saved < 0 else "saves_nothing", text


def _first_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{texts[0]}, and {len(texts) - 1:,} more"
