"""`kiosk price`: what a basket costs by a price list, with every campaign and its reason, as JSON."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from retail.promotions.ask import AskRefused, Entry, basket_entries, json_of

_STDIN: Final = "-"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `price`."""
    price = commands.add_parser(
        "price",
        help="what a basket costs, with every discount and hint, as JSON",
        description="Prices a basket by a price list as lanes and hub do; see docs/basket-price-api.md. Amounts are in "
        'minor units. BASKET.json is [{"code": "…", "quantity": 2}, {"code": "…", "weight_g": 1250}].',
    )
    price.add_argument(
        "--list", type=Path, required=True, metavar="FILE", help="a price-list.sqlite, a published snapshot, a folder"
    )
    price.add_argument("--at", default="", metavar="TIME", help="ISO 8601; without a zone: of the shop; default: now")
    price.add_argument("--member", action="store_true", help="the shopper is a member of the shop's own club")
    price.add_argument("--club", action="append", default=[], metavar="NAME", help="a club of the shopper; often")
    price.add_argument("--coupon", action="append", default=[], metavar="CODE", help="a coupon that is shown; often")
    price.add_argument(
        "--own-coupon", action="append", default=[], metavar="CODE", help="one that was given to this member; often"
    )
    price.add_argument(
        "--used",
        action="append",
        default=[],
        type=_used,
        metavar="CAMPAIGN=N",
        help="used by this member before; often",
    )
    price.add_argument("--way", default="", help="the way of paying, or its brand; default: not chosen yet")
    price.add_argument("--channel", default="", help="where it is bought; default: the list's own")
    price.add_argument("--language", default="en", help="of names and hints; default: en")
    price.add_argument("basket", type=Path, metavar="BASKET.json", help="the basket, or - for standard input")
    price.set_defaults(run=_price)


def _price(arguments: argparse.Namespace) -> int:
    # What opens lists and prices is loaded only where somebody asks.
    from kiosk.commands.opened_list import opened_list  # noqa: PLC0415
    from offline_cache.price_list.offer_words import OfferWords  # noqa: PLC0415
    from retail.promotions.question import AskedPrices, Question  # noqa: PLC0415

    try:
        question = Question(
            _entries(arguments.basket),
            arguments.at,
            arguments.member,
            tuple(arguments.club),
            tuple(arguments.coupon),
            tuple(arguments.own_coupon),
            used=dict(arguments.used),
            way=arguments.way,
            channel=arguments.channel,
            language=arguments.language,
        )
        with ExitStack() as stack:
            prices = stack.enter_context(opened_list(arguments.list))
            asked = AskedPrices(prices, ZoneInfo(prices.meta.time_zone), OfferWords.load().speech)
            answer = asked.answer(question, datetime.now(UTC))
    except AskRefused as exc:
        print(f"kiosk: {exc}", file=sys.stderr)  # noqa: T201 - a command speaks by print
        return 2
    sys.stdout.buffer.write(answer.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def _used(text: str) -> tuple[str, int]:
    campaign, _, times = text.rpartition("=")
    if not campaign or not times.isascii() or not times.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no use of a campaign; write it as CAMPAIGN=2")
    return campaign, int(times)


def _entries(path: Path) -> tuple[Entry, ...]:
    try:
        text = sys.stdin.buffer.read() if str(path) == _STDIN else path.read_bytes()
    except OSError as exc:
        raise AskRefused(f"{path}: cannot be read ({exc.strerror}); check name and permissions") from exc
    try:
        return basket_entries(json_of(text))
    except AskRefused as exc:
        raise AskRefused(f"{'standard input' if str(path) == _STDIN else path}: {exc}") from exc
