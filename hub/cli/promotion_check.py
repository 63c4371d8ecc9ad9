"""What `promotions check` looks at, and what it says."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hub.catalogue import ReasonTally
from hub.cli.opening import opened
from hub.cli.terminal import complain
from hub.imports import FeedStoreNeeded, open_import
from hub.promotions.check import CheckReport, check
from hub.promotions.feeds import FEEDS, FeedOptions
from hub.promotions.feeds.recognised import assumed_shop, by_store, recognised
from hub.promotions.store_goods import StoreGoods, goods_of_list, goods_of_store
from hub.services import system_clock
from hub.shops import Shop, known_shop
from retail.product import Unit

# The format of the price lists that go with a feed.
_LISTS: Final[Mapping[str, str]] = {"campaigns": "csv", "hk-promos": "hk", "il-promos": "il", "konzum-promos": "konzum"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A report with what it is about."""

    file: Path
    format: str
    store: str
    against: str
    feed_store: str
    at: datetime
    report: CheckReport

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        about = {"file": str(self.file), "format": self.format, "store": self.store, "feed_store": self.feed_store}
        return {**about, "at": self.at.isoformat(), **self.report.as_dict()}


def checked(args: Namespace) -> Iterator[Checked]:
    """What would become of a feed, store by store where it has several and none is named."""
    form = args.format or recognised(args.file)
    if args.store is not None:
        yield _at_a_store(args, form)
        return
    shop = assumed_shop(args.file, form)
    at = _at(args.at, shop)
    units = _Units()
    options = FeedOptions(args.feed_store, at, units.unit_of)
    # Each store of the file by itself, unless one is named.
    if args.feed_store is None:
        feeds = by_store(args.file, form, shop, options)
    else:
        feeds = iter([(args.feed_store, FEEDS[form](args.file, shop, options))])
    for feed_store, found in feeds:
        units.goods = None if args.prices is None else _of_list(args.prices, form, feed_store, at)
        report = check(found, at=at, goods=units.goods, currency=shop.currency)
        against = "" if units.goods is None else str(args.prices)
        yield Checked(args.file, form, "", against, feed_store, at, report)


def _at_a_store(args: Namespace, form: str) -> Checked:
    with opened(args) as hub, hub.database.read() as connection:
        shop = known_shop(connection, args.store)
        at = _at(args.at, shop)
        goods = goods_of_store(connection, shop, at)
    found = FEEDS[form](args.file, shop, FeedOptions(args.feed_store, at, goods.unit_of))
    report = check(found, at=at, goods=goods, currency=shop.currency)
    return Checked(args.file, form, args.store, f"store {args.store}", args.feed_store or "", at, report)


class _Units:
    """How goods are sold, by the list of the store that is being read."""

    goods: StoreGoods | None = None

    def unit_of(self, code: str) -> Unit | None:
        """None for what is not known."""
        return None if self.goods is None else self.goods.unit_of(code)


def _of_list(path: Path, form: str, feed_store: str, at: datetime) -> StoreGoods | None:
    """The goods of a store in a file of prices; None if the file has other stores only, as some chains' often do."""
    try:
        with closing(open_import(path, format=_LISTS[form], feed_store=feed_store or None)) as items:
            return goods_of_list(items, at)
    except FeedStoreNeeded as exc:
        complain(f"{exc}; its promotions are looked at without prices")
        return None


def _at(said: datetime | None, shop: Shop) -> datetime:
    at = said or system_clock()
    return at.replace(tzinfo=shop.zone) if at.tzinfo is None else at.astimezone(shop.zone)


def lines(one: Checked) -> Iterator[str]:
    """The report for people."""
    report, feed_store = one.report, f", store {one.feed_store} of the feed" if one.feed_store else ""
    against = f"against the prices of {one.against}" if one.against else "without a store's prices"
    yield f"{one.file} ({one.format}{feed_store}), at {one.at:%Y-%m-%d %H:%M}, {against}:"
    yield f"  {report.understood:,} of {report.offers:,} promotions understood, as {report.campaigns:,} campaigns"
    yield f"  {report.live:,} of these go on, with {report.rows:,} products in all"
    for reason, tally in sorted(report.not_understood.items(), key=lambda entry: -entry[1].count):
        yield from _tally(f"not understood: {reason.replace('_', ' ')}", tally)
    yield from _tally("campaigns have ended", report.ended)
    if report.goods:
        yield from _tally("campaigns name no product of the store", report.of_nothing)
        yield from _tally("products are not the store's", report.unknown)
        yield from _tally("products would cost more by a campaign; it is not used for them", report.raises)
        yield from _tally("campaigns could save nobody anything", report.saves_nothing)
    for reason, tally in sorted(report.remarks.items(), key=lambda entry: -entry[1].count):
        yield from _tally(f"read otherwise than it is written: {reason.replace('_', ' ')}", tally)
    yield from _overlap_lines(report)


def _tally(title: str, tally: ReasonTally) -> Iterator[str]:
    if tally.count:
        yield f"  {tally.count:>8,}  {title}"
        yield from (f"            row {one['row']}: {one['text']}" for one in tally.examples)


def _overlap_lines(report: CheckReport) -> Iterator[str]:
    if not report.overlaps:
        return
    counts = ", ".join(f"{count:,} in {times}" for times, count in report.overlaps.items())
    yield f"  products in several campaigns that go on: {counts}"
    for one in report.worst:
        name = f" {one.name}" if one.name else ""
        yield f"            {one.product}{name}: {', '.join(one.campaigns)}"
