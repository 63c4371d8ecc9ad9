"""Takes a store's campaigns in, source by source: judged, compared with those before, and only what differs written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from hub.assortment import count_sold
from hub.catalogue import ImportReport
from hub.changes import log_touched, next_change
from hub.database import Database
from hub.errors import ImplausibleImport
from hub.imports.errors import ImportRefused
from hub.limits_store import read_limits
from hub.plausibility import Difference, objections
from hub.promotions.asked_prices import AskedPrices
from hub.promotions.far_prices import far_examples, far_prices
from hub.promotions.found import Found, NotUnderstood
from hub.promotions.goods import Name, products_named
from hub.promotions.judging import Judge
from hub.promotions.rows import CAMPAIGNS, Changes, Kept, kept, read_kept, replace_kept, sources_of
from hub.scopes import Scope
from hub.shops import Shop, known_shop
from hub.tables import IMPORT_LOG
from retail.promotions.campaign import Campaign

__all__ = ["CAMPAIGNS", "PromotionStore", "PromotionsTaken", "StoredCampaign"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class PromotionsTaken:
    """What became of a feed's offers (`rows`: each with its reason), and of the store's campaigns of that source.

    `difference` is None where nothing changes; `products`: how many of the store's goods take part, but for campaigns
    that are for everything.
    """

    rows: ImportReport
    source: str
    campaigns: int
    added: int
    changed: int
    gone: int
    products: int
    difference: Difference | None
    objections: list[str]
    dry_run: bool = False
    approved_by: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            **self.rows.as_dict(),
            "source": self.source,
            "campaigns": self.campaigns,
            "campaigns_added": self.added,
            "campaigns_changed": self.changed,
            "campaigns_gone": self.gone,
            "products": self.products,
            "difference": None if self.difference is None else self.difference.as_dict(),
            "objections": self.objections,
            "dry_run": self.dry_run,
            "approved_by": self.approved_by,
        }


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A campaign of a store with where it came from; `goods`: what it names, by group (-1: left out)."""

    campaign: Campaign
    source: str
    text: str
    goods: Mapping[int, tuple[Name, ...]]


@dataclass(frozen=True, slots=True)
class _Order:
    shop: Shop
    source: str
    change: int
    at: int
    dry_run: bool
    approved_by: str


class PromotionStore:
    """The campaigns of the stores."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def shop(self, store: str) -> Shop:
        """The store as readers of feeds need it; StoreUnknown."""
        with self._database.read() as connection:
            return known_shop(connection, store)

    def take(
        self,
        found: Iterable[Found | NotUnderstood],
        store: str,
        *,
        source: str,
        file: str = "",
        dry_run: bool = False,
        approved_by: str = "",
    ) -> PromotionsTaken:
        """Make these all campaigns of a source in a store, in one transaction; those of other sources stay.

        Raises StoreUnknown, what `found` raises, ImportRefused where none can be taken, and ImplausibleImport where
        more go than the store's limits let pass and nobody has approved it: nothing has changed then, as after a dry
        run. `file`: what to call the feed in sentences, if not by its source.
        """
        shop = self.shop(store)
        offers = list(found)  # before the transaction: reading a feed takes longer than all that follows
        with self._database.write() as connection:
            order = _Order(shop, source, next_change(connection), int(self._clock().timestamp()), dry_run, approved_by)
            report = ImportReport(file or source, source, shop.id, currency=shop.currency)
            taken = _take(connection, order, offers, report)
            transaction = connection.get_transaction()
            if dry_run and transaction is not None:
                transaction.rollback()
        return taken

    def of_store(self, store: str) -> list[StoredCampaign]:
        """A store's campaigns, by their ids; StoreUnknown."""
        with self._database.read() as connection:
            known_shop(connection, store)
            found = read_kept(connection, store)
            sources = sources_of(connection, store, found.keys())
        return [_stored(one, sources[key]) for key, one in found.items()]


def _stored(one: Kept, source: str) -> StoredCampaign:
    goods: dict[int, list[Name]] = {}
    for each in sorted(one.goods, key=lambda each: (each.group, each.name)):
        goods.setdefault(each.group, []).append(each.name)
    return StoredCampaign(one.campaign, source, one.text, {group: tuple(names) for group, names in goods.items()})


def _take(
    connection: Connection, order: _Order, offers: Sequence[Found | NotUnderstood], report: ImportReport
) -> PromotionsTaken:
    shop, source = order.shop, order.source
    before = read_kept(connection, shop.id, source)
    read = [(one, kept(one)) for one in offers if isinstance(one, Found)]
    names = {each.name for one in (*before.values(), *(own for _, own in read)) for each in one.goods}
    named = products_named(connection, shop.scopes, names)
    asked = AskedPrices(connection, shop, set().union(*named.values()), at=order.at)
    ids = {one.campaign.id for one, _ in read}
    others = {
        key: f"source {other!r}" for key, other in sources_of(connection, shop.id, ids).items() if other != source
    }
    judge = Judge(asked, named, others, report, at=order.at)
    for one in offers:
        if isinstance(one, NotUnderstood):
            judge.refuse(one)
    taken = [own for one, own in read if judge.takes(one, own)]
    if not taken:
        raise ImportRefused(_none_taken(report))
    changes = replace_kept(connection, shop.id, source, before, taken)
    difference = _difference(connection, order, changes, named, asked)
    against = objections(difference, read_limits(connection, shop.id))
    if against and not order.approved_by and not order.dry_run:
        raise ImplausibleImport(
            f"{report.file}: store {shop.id}: {'; '.join(against)}; nothing was changed: look at the difference with "
            "--dry-run, or let it through with --override and the name of who answers for it"
        )
    if changes.gone or changes.added or changes.changed:
        touched = {product for name in changes.names for product in named.get(name, ())}
        log_touched(connection, order.change, Scope("store", shop.id), touched)
        _record(connection, order, difference, against)
    parts = {product for one in taken for each in one.goods for product in named.get(each.name, ())}
    return PromotionsTaken(
        rows=report,
        source=source,
        campaigns=len(taken),
        added=len(changes.added),
        changed=len(changes.changed),
        gone=len(changes.gone),
        products=len(parts & asked.sold.keys()),
        difference=None if difference.changes_nothing else difference,
        objections=against,
        dry_run=order.dry_run,
        approved_by=order.approved_by if against and not order.dry_run else "",
    )


def _none_taken(report: ImportReport) -> str:
    if not report.read:
        return f"{report.file}: has no campaigns for store {report.store!r}; nothing was changed"
    first = min((one for tally in report.refusals.values() for one in tally.examples), key=lambda one: int(one["row"]))
    return (
        f"{report.file}: none of its {report.read:,} campaigns could be taken (row {first['row']}: {first['text']}); "
        "nothing was changed"
    )


def _difference(
    connection: Connection, order: _Order, changes: Changes, named: Mapping[Name, frozenset[int]], asked: AskedPrices
) -> Difference:
    """What goes, but for what has ended by itself; and prices that are no offer but a slip."""
    lasting = {
        key for key, one in changes.before.items() if one.row.valid_until is None or one.row.valid_until > order.at
    }
    far_before = far_prices(changes.before.values(), named, asked)
    far_after = far_prices(changes.after.values(), named, asked)
    far = {product: move for product, move in far_after.items() if product not in far_before}
    count = count_sold(connection, order.shop.scopes)
    return Difference(
        before=count,
        after=count,
        moved_far=len(far),
        offers_before=len(lasting),
        offers_gone=len(changes.gone & lasting),
        offers_added=len(changes.added),
        offers_changed=len(changes.changed),
        examples={"gone": [], "added": [], "moved": far_examples(far, asked)},
    )


def _record(connection: Connection, order: _Order, difference: Difference, against: list[str]) -> None:
    connection.execute(
        insert(IMPORT_LOG).values(
            change=order.change,
            scope_kind="store",
            scope_id=order.shop.id,
            source=order.source,
            feed_store="",
            at=order.at,
            difference=json.dumps({order.shop.id: difference.as_dict()}, ensure_ascii=False),
            objections=json.dumps(against, ensure_ascii=False),
            approved_by=order.approved_by if against else "",
        )
    )
