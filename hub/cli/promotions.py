"""The command promotions: check a feed, import it, list what a store has."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from hub.catalogue import ReasonTally
from hub.cli.amounts import plain_amount
from hub.cli.feeds import take_promotions
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, moment
from hub.cli.rule_words import time_text
from hub.cli.terminal import say, table
from hub.promotions.check import CheckReport, check
from hub.promotions.feeds import FEEDS, FeedOptions
from hub.promotions.feeds.recognised import assumed_shop, by_store, recognised
from hub.promotions.store import StoredCampaign
from hub.promotions.store_goods import goods_of_store
from hub.services import system_clock
from hub.shops import Shop, known_shop
from offline_cache.price_list.offer_words import OfferWords
from retail.figures import tag_weight_text
from retail.promotions.body import campaign_body
from retail.promotions.campaign import EXCLUDED
from retail.promotions.sentences import offer_sentence
from retail.promotions.speech import Speech

FOUND: Final = 1  # exit status of a check that found something


def add_commands(commands: Commands) -> None:
    """Declare it."""
    command = add_command(commands, "promotions", _nothing, "check promotion feeds, take them in, list what there is")
    what = command.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = add_command(what, "check", check_feed, "say what would become of a promotion feed; changes nothing")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--format", choices=sorted(FEEDS), help="(default: by its content)")
    one.add_argument("--store", metavar="ID", help="hold it against this store's products and prices")
    one.add_argument("--feed-store", metavar="CHAIN:STORE", help="of a feed with several (default: each by itself)")
    one.add_argument("--at", type=moment, metavar="TIME", help="2026-01-31T08:00, in the shop's time (now)")
    add_json(one)
    one = add_command(what, "import", import_feed, "make a feed all the campaigns that a store has of its format")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--format", choices=sorted(FEEDS), help="(default: by its content)")
    one.add_argument("--store", required=True, metavar="ID")
    one.add_argument("--feed-store", metavar="CHAIN:STORE", help="of a feed with several")
    one.add_argument("--dry-run", action="store_true", help="print what would change and change nothing")
    one.add_argument(
        "--override", type=str.strip, default="", metavar="PERSON", help="who lets it through beyond the limits"
    )
    add_json(one)
    one = add_command(what, "list", list_campaigns, "list a store's campaigns and what they do")
    one.add_argument("--store", required=True, metavar="ID")
    add_json(one)


def _nothing(_args: Namespace) -> int:
    raise AssertionError  # argparse asks for one of its parts


@dataclass(frozen=True, slots=True)
class _Checked:
    """A report with what it is about."""

    file: Path
    format: str
    store: str
    feed_store: str
    at: datetime
    report: CheckReport

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        about = {"file": str(self.file), "format": self.format, "store": self.store, "feed_store": self.feed_store}
        return {**about, "at": self.at.isoformat(), **self.report.as_dict()}


def check_feed(args: Namespace) -> int:
    """Say what would become of a feed: 0 if all of it would be taken as it is, 1 if not, 2 if it cannot be read."""
    clean = True
    for one in _checked(args):
        clean = clean and one.report.clean
        say(json.dumps(one.as_dict(), ensure_ascii=False) if args.json else "\n".join(_lines(one)))
    return 0 if clean else FOUND


def import_feed(args: Namespace) -> int:
    """Take a feed in."""
    return take_promotions(args, args.format or recognised(args.file))


def list_campaigns(args: Namespace) -> int:
    """List a store's campaigns."""
    with opened(args) as hub:
        shop, found = hub.promotions.shop(args.store), hub.promotions.of_store(args.store)
    if args.json:
        for one in found:
            say(json.dumps(_stored_dict(one), ensure_ascii=False))
        return 0
    money = partial(plain_amount, currency=shop.currency)
    speech = OfferWords.load().speech("en", money, partial(tag_weight_text, language="en"))
    heads = ("campaign", "products", "until", "source", "what it does", "text")
    say(table(heads, [_stored_row(one, shop, speech) for one in found]))
    return 0


def _stored_dict(one: StoredCampaign) -> dict[str, Any]:
    goods = {str(group): [list(name) for name in names] for group, names in one.goods.items()}
    return {"source": one.source, "text": one.text, "campaign": campaign_body(one.campaign), "goods": goods}


def _stored_row(one: StoredCampaign, shop: Shop, speech: Speech) -> tuple[object, ...]:
    campaign = one.campaign
    names = sum(len(names) for group, names in one.goods.items() if group != EXCLUDED)
    until = time_text(campaign.when.valid_until, shop.zone) or ""
    goods: object = "everything" if campaign.everything else names
    return (campaign.id, goods, until, one.source, offer_sentence(campaign, speech), one.text)


def _checked(args: Namespace) -> Iterator[_Checked]:
    form = args.format or recognised(args.file)
    if args.store is None:
        shop, goods = assumed_shop(args.file, form), None
        at = _at(args.at, shop)
    else:
        with opened(args) as hub, hub.database.read() as connection:
            shop = known_shop(connection, args.store)
            at = _at(args.at, shop)
            goods = goods_of_store(connection, shop, at)
    options = FeedOptions(args.feed_store, at) if goods is None else FeedOptions(args.feed_store, at, goods.unit_of)
    # Each store of the file by itself, unless one is named; prices are those of one only.
    if args.feed_store is None and goods is None:
        feeds = by_store(args.file, form, shop, options)
    else:
        feeds = iter([(args.feed_store or "", FEEDS[form](args.file, shop, options))])
    for feed_store, found in feeds:
        report = check(found, at=at, goods=goods, currency=shop.currency)
        yield _Checked(args.file, form, args.store or "", feed_store, at, report)


def _at(said: datetime | None, shop: Shop) -> datetime:
    at = said or system_clock()
    return at.replace(tzinfo=shop.zone) if at.tzinfo is None else at.astimezone(shop.zone)


def _lines(one: _Checked) -> Iterator[str]:
    report, feed_store = one.report, f", store {one.feed_store} of the feed" if one.feed_store else ""
    against = f"against the prices of store {one.store}" if one.store else "without a store's prices"
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
