"""The campaigns of a store as one channel's list has them, and which of its products take part in which."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Connection, select

from hub.catalogue import CatalogueItem
from hub.promotions.found import KEPT_S
from hub.promotions.goods import CATEGORY, CODE, KINDS, SKU, Name, code_form
from hub.rule_rows import chunks
from hub.tables import CAMPAIGN, CAMPAIGN_GOODS
from offline_cache.price_list.writer import CampaignRow, TakingRow

_AT_ONCE: Final = 1000

Joined = tuple[int, CatalogueItem, tuple[TakingRow, ...]]


class PublishedCampaigns:
    """Those that are for the store and the channel and are kept (KEPT_S); `rows` are all of them, by their ids.

    Goods are matched by their names when they are published, so what was imported after a campaign is in it as well.
    """

    def __init__(self, connection: Connection, store: str, channel: str, *, at: datetime) -> None:
        self._connection = connection
        self._store = store
        query = select(CAMPAIGN).where(CAMPAIGN.c.store == store).order_by(CAMPAIGN.c.id)
        moment = int(at.timestamp()) - KEPT_S
        self._ids: dict[int, str] = {}
        self.rows: list[CampaignRow] = []
        for row in connection.execute(query):
            if (row.valid_until is None or row.valid_until > moment) and _is_for(row.terms, store, channel):
                self._ids[row.number] = row.id
                self.rows.append(
                    CampaignRow(row.id, row.terms, row.valid_from, row.valid_until, everything=row.everything)
                )
        self._kinds = [by for by in KINDS if self._ids and self._names_any(by)]

    def joined(self, items: Iterable[tuple[int, CatalogueItem]]) -> Iterator[Joined]:
        """Products with their numbers, each with what it takes part in; in their order, chunk by chunk."""
        if not self._kinds:
            yield from ((number, item, ()) for number, item in items)
            return
        coming = iter(items)
        while some := list(islice(coming, _AT_ONCE)):
            names = [list(self._names_of(item)) for _, item in some]
            found = self._named({name for own in names for name in own})
            for (number, item), own in zip(some, names, strict=True):
                yield number, item, _takings(taking for name in own for taking in found.get(name, ()))

    def _names_any(self, by: str) -> bool:
        query = select(CAMPAIGN_GOODS.c.name).where(CAMPAIGN_GOODS.c.store == self._store, CAMPAIGN_GOODS.c.kind == by)
        return self._connection.execute(query.limit(1)).scalar() is not None

    def _names_of(self, item: CatalogueItem) -> Iterator[Name]:
        if SKU in self._kinds:
            yield SKU, item.product.sku
        if CODE in self._kinds:
            for code in item.codes:
                yield CODE, code_form(code)
        if CATEGORY in self._kinds and item.product.category:
            yield CATEGORY, item.product.category

    def _named(self, names: Collection[Name]) -> dict[Name, list[TakingRow]]:
        goods = CAMPAIGN_GOODS.c
        found: dict[Name, list[TakingRow]] = {}
        for by in self._kinds:
            for chunk in chunks(sorted(name for one, name in names if one == by)):
                query = select(goods.name, goods.campaign, goods.group_no, goods.price_minor).where(
                    goods.store == self._store, goods.kind == by, goods.name.in_(chunk)
                )
                for name, number, group, price in self._connection.execute(query):
                    if number in self._ids:
                        found.setdefault((by, name), []).append(TakingRow(self._ids[number], group, price))
        return found


def _is_for(terms: str, store: str, channel: str) -> bool:
    if '"stores"' not in terms and '"channels"' not in terms:
        return True  # nearly all: to decode ten thousand takes longer than the rest of a publication
    body = json.loads(terms)
    stores: Sequence[str] = body.get("stores", ())
    channels: Sequence[str] = body.get("channels", ())
    return (not stores or store in stores) and (not channels or channel in channels)


def _takings(rows: Iterable[TakingRow]) -> tuple[TakingRow, ...]:
    """One row for a campaign and group, however often a product is named in it: at the lowest price."""
    found: dict[tuple[str, int], TakingRow] = {}
    for row in rows:
        known = found.setdefault((row.campaign, row.group), row)
        if row.price_minor is not None and (known.price_minor is None or row.price_minor < known.price_minor):
            found[row.campaign, row.group] = row
    return tuple(found.values())
