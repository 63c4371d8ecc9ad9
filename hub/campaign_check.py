"""Whether a campaign is one: of products that the store sells, cheaper than without it, and at no moment dearer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from hub.campaigns_file import SPECIAL, Campaign
from hub.catalogue import ImportReport
from hub.described import described
from hub.pricing import ANY_CHANNEL, Rule, effective, resolve
from hub.rule_rows import rules_of
from hub.rule_store import CAMPAIGNS
from hub.shops import Shop
from retail.product import Unit

# Before the special prices of the store's list: what somebody has decided for a while comes before what a feed says.
_PRIORITY: Final = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """A campaign that is taken, with its products' numbers and SKUs."""

    campaign: Campaign
    products: Mapping[int, str]


class CampaignCheck:
    """Takes a file's campaigns one after another: each is held against the prices with those before it."""

    def __init__(
        self, connection: Connection, shop: Shop, products: Collection[int], report: ImportReport, *, at: int
    ) -> None:
        self._shop = shop
        self._report = report
        self._at = at
        self._described = described(connection, shop, products)
        self._rules = {
            product: [rule for rule in rules if rule.source != CAMPAIGNS]
            for product, rules in rules_of(connection, list(self._described), shop.scopes).items()
        }

    def taken(self, campaign: Campaign, named: Mapping[str, int | None]) -> Checked | None:
        """The campaign with the products that it is of, or None; the report is told what was wrong.

        `named`: the products' numbers by what the file calls them, None for what nobody knows.
        """
        products = self._products(campaign, named)
        if not products:
            return None
        if campaign.valid_until is not None and campaign.valid_until <= self._at:
            self._refuse(campaign, "is_over", "it has ended")
            return None
        wrong = self._not_lower(campaign, products) if campaign.kind == SPECIAL else self._no_saving(campaign, products)
        if wrong:
            self._refuse(campaign, "would_raise_a_price", wrong)
            return None
        self._report.taken += 1
        return Checked(campaign, products)

    def _products(self, campaign: Campaign, named: Mapping[str, int | None]) -> dict[int, str]:
        found: dict[int, str] = {}
        strange = []
        for name, product in named.items():
            known = None if product is None else self._described.get(product)
            if product is None or known is None:
                strange.append(f"{name} is no product of the store")
            elif campaign.kind != SPECIAL and known.unit is Unit.KG:
                strange.append(f"{name} is sold by the kilogram, and several of it are no multi-buy")
            else:
                found[product] = known.sku
        if not found:
            self._refuse(campaign, "no_product", "; ".join(strange))
            return found
        for text in strange:
            self._report.warn("product_left_out", row=campaign.number, code=campaign.id, text=f"{campaign.id}: {text}")
        self._report.warned += bool(strange)
        return found

    def _refuse(self, campaign: Campaign, reason: str, text: str) -> None:
        self._report.refuse(reason, row=campaign.number, code=campaign.id, text=f"{campaign.id}: {text}")

    def _not_lower(self, campaign: Campaign, products: Mapping[int, str]) -> str:
        """What is wrong with a special price; if nothing is, it counts for the campaigns after it."""
        fresh: dict[int, list[Rule]] = {}
        for product, sku in products.items():
            before = self._rules.get(product, [])
            number = 1 + max((rule.id for rule in before), default=0)
            fresh[product] = [*before, replace(special_rule(campaign, self._shop), id=number)]
            moments = self._moments(campaign, before)
            pairs = list(zip(self._paid(before, moments), self._paid(fresh[product], moments), strict=True))
            if any(was is not None and (now is None or now > was) for was, now in pairs):
                return f"{sku} would cost more than without it"
            if all(was is not None and now == was for was, now in pairs):
                return f"{sku} would not cost less than without it"
        self._rules |= fresh
        return ""

    def _no_saving(self, campaign: Campaign, products: Mapping[int, str]) -> str:
        """What is wrong with a multi-buy: that nobody ever saves by it. The engine takes none that makes dearer."""
        for product in products:
            rules = self._rules.get(product, [])
            paid = self._paid(rules, self._moments(campaign, rules))
            if any(minor is not None and campaign.minor < campaign.quantity * minor for minor in paid):
                return ""
        return f"{campaign.quantity} pieces cost no more than that without it"

    def _moments(self, campaign: Campaign, rules: Sequence[Rule]) -> list[int]:
        """When the price may change while the campaign lasts, its beginning first."""
        begins, ends = max(self._at, campaign.valid_from or 0), campaign.valid_until
        edges = {edge for rule in rules for edge in (rule.valid_from, rule.valid_until) if edge is not None}
        return [begins, *sorted(edge for edge in edges if edge > begins and (ends is None or edge < ends))]

    def _paid(self, rules: Sequence[Rule], moments: Sequence[int]) -> list[int | None]:
        shop = self._shop
        rows = resolve(
            rules, store=shop.id, region=shop.region, channel=ANY_CHANNEL, since=moments[0], currency=shop.currency
        )
        return [None if (row := effective(rows, at)) is None else row.minor for at in moments]


def special_rule(campaign: Campaign, shop: Shop) -> Rule:
    """A special price of a campaign as a rule of the store."""
    return Rule(
        id=0,
        scope_kind="store",
        scope_id=shop.id,
        channel=ANY_CHANNEL,
        kind=SPECIAL,
        minor=campaign.minor,
        valid_from=campaign.valid_from,
        valid_until=campaign.valid_until,
        priority=_PRIORITY,
        source=CAMPAIGNS,
        label=campaign.id,
        currency=shop.currency,
    )
