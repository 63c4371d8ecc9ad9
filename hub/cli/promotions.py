"""The command promotions: check a feed, import it, list what a store has."""

from __future__ import annotations

import json
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any, Final

from hub.cli.amounts import plain_amount
from hub.cli.feeds import take_promotions
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, moment
from hub.cli.promotion_check import checked, lines
from hub.cli.rule_words import time_text
from hub.cli.terminal import say, table
from hub.promotions.feeds import FEEDS
from hub.promotions.feeds.recognised import recognised
from hub.promotions.store import StoredCampaign
from hub.shops import Shop
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
    prices = one.add_mutually_exclusive_group()
    prices.add_argument("--store", metavar="ID", help="hold it against this store's products and prices")
    prices.add_argument("--prices", type=Path, metavar="FILE", help="or against a price list of the same origin")
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


def check_feed(args: Namespace) -> int:
    """Say what would become of a feed: 0 if all of it would be taken as it is, 1 if not, 2 if it cannot be read."""
    clean = True
    for one in checked(args):
        clean = clean and one.report.clean
        say(json.dumps(one.as_dict(), ensure_ascii=False) if args.json else "\n".join(lines(one)))
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
