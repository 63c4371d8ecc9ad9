"""Takes a store's campaigns in: all of its multi-buys, and special prices as rules of a source of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert

from hub.campaign_check import CampaignCheck, Checked, special_rule
from hub.campaigns_file import SPECIAL, Campaign, read_campaigns
from hub.catalogue import ImportReport
from hub.catalogue_rows import offer_rows
from hub.changes import next_change
from hub.code_lookup import find_all_by_code
from hub.database import Database
from hub.imports.errors import ImportRefused
from hub.list_source import product_ids
from hub.rule_orders import OffersChange, Placed, RulesOrder, RulesReport
from hub.rule_store import CAMPAIGNS
from hub.rule_writing import replace_rules
from hub.scopes import Scope
from hub.shops import Shop, known_shop
from hub.tables import OFFER

Clock = Callable[[], datetime]
Offers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CampaignsTaken:
    """What became of the file's rows, and of the store's prices and offers."""

    rows: ImportReport
    effect: RulesReport


class CampaignStore:
    """The campaigns of the stores."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, path: Path, store: str, *, dry_run: bool = False, approved_by: str = "") -> CampaignsTaken:
        """Make a file all the campaigns of a store; a row that would raise a price is refused, the others are taken.

        Raises StoreUnknown, ImportRefused for a mistake or where no row is left, and ImplausibleImport: nothing has
        changed then, as after a dry run.
        """
        with self._database.read() as connection:
            shop = known_shop(connection, store)
        found = read_campaigns(path, shop)
        with self._database.write() as connection:
            change = next_change(connection)
            at = int(self._clock().timestamp())
            report = ImportReport(str(path), CAMPAIGNS, shop.id, currency=shop.currency, read=len(found))
            checked = _checked(connection, shop, found, report, at)
            if not checked:
                why = _first_reason(report)
                raise ImportRefused(
                    f"{path}: none of its {len(found):,} campaigns could be taken ({why}); nothing was changed"
                )
            rules = [placed for one in checked for placed in _rules(one, shop)]
            offers = {one.campaign.id: _offer(one, shop) for one in checked if one.campaign.kind != SPECIAL}
            scope = Scope("store", shop.id)
            offers_change = _write_offers(connection, shop, offers)
            order = RulesOrder(CAMPAIGNS, rules, change, at, scope, dry_run, approved_by, offers_change)
            effect = replace_rules(connection, order)
            transaction = connection.get_transaction()
            if dry_run and transaction is not None:
                transaction.rollback()
        return CampaignsTaken(report, effect)


def _first_reason(report: ImportReport) -> str:
    first = min((one for tally in report.refusals.values() for one in tally.examples), key=lambda one: one["row"])
    return f"row {first['row']}: {first['text']}"


def _checked(
    connection: Connection, shop: Shop, campaigns: Sequence[Campaign], report: ImportReport, at: int
) -> list[Checked]:
    by_sku = product_ids(connection, {sku for campaign in campaigns for sku in campaign.skus})
    by_code = find_all_by_code(connection, shop.scopes, {code for campaign in campaigns for code in campaign.codes})
    check = CampaignCheck(connection, shop, {*by_sku.values(), *by_code.values()}, report, at=at)
    found = []
    for campaign in campaigns:
        named = {sku: by_sku.get(sku) for sku in campaign.skus} | {code: by_code.get(code) for code in campaign.codes}
        one = check.taken(campaign, named)
        if one is not None:
            found.append(one)
    return found


def _rules(one: Checked, shop: Shop) -> list[Placed]:
    if one.campaign.kind != SPECIAL:
        return []
    return [(product, special_rule(one.campaign, shop)) for product in one.products]


def _offer(one: Checked, shop: Shop) -> dict[str, Any]:
    campaign = one.campaign
    return {
        "store": shop.id,
        "id": campaign.id,
        "kind": campaign.kind,
        "quantity": campaign.quantity,
        "price_minor": campaign.minor,
        "names": json.dumps(campaign.names, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "skus": json.dumps(list(one.products.values()), separators=(",", ":"), ensure_ascii=False),
        "valid_from": campaign.valid_from,
        "valid_until": campaign.valid_until,
    }


def _write_offers(connection: Connection, shop: Shop, offers: dict[str, dict[str, Any]]) -> OffersChange:
    """Make them the store's offers."""
    before: Offers = offer_rows(connection, shop.id)
    differ = {key for key in before.keys() | offers.keys() if before.get(key) != offers.get(key)}
    if differ:
        connection.execute(delete(OFFER).where(OFFER.c.store == shop.id, OFFER.c.id.in_(sorted(differ))))
    fresh = [offers[key] for key in sorted(differ & offers.keys())]
    if fresh:
        connection.execute(insert(OFFER), fresh)
    skus = {sku for key in differ for rows in (before, offers) if key in rows for sku in json.loads(rows[key]["skus"])}
    return OffersChange(
        store=shop.id,
        before=len(before),
        gone=len(before.keys() - offers.keys()),
        added=len(offers.keys() - before.keys()),
        changed=len(differ & before.keys() & offers.keys()),
        products=frozenset(product_ids(connection, skus).values()),
    )
