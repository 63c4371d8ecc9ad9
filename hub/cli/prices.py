"""Commands that answer about prices: explain, parity."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Final

from hub.cli.amounts import plain_amount
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, moment
from hub.cli.rule_words import rule_dict, time_text
from hub.cli.terminal import say, say_json, table
from hub.price_questions import Explanation, Parting
from hub.pricing import CHANNELS
from hub.shops import Shop
from retail.product import Unit

_UNITS: Final = {Unit.PIECE: "a piece", Unit.KG: "a kilogram"}


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(commands, "explain", explain, "say why a code costs what it costs")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--code", required=True, metavar="CODE", help="as it is scanned")
    command.add_argument("--at", type=moment, metavar="TIME", help="2026-01-31T08:00, in the store's time (now)")
    command.add_argument("--channel", choices=CHANNELS, default="lane", help="(default: %(default)s)")
    add_json(command)
    command = add_command(commands, "parity", parity, "list the products that cost more in one channel than in another")
    command.add_argument("--store", required=True, metavar="ID")
    add_json(command)


def explain(args: Namespace) -> int:
    """Say which rule won, and of the others why not."""
    with opened(args) as hub:
        found = hub.price_questions.explain(args.store, args.code, channel=args.channel, at=args.at)
    if args.json:
        say_json(_explanation_dict(found))
    else:
        say(_explanation_text(found))
    return 0


def _explanation_dict(found: Explanation) -> dict[str, Any]:
    return {
        "store": found.shop.id,
        "channel": found.channel,
        "at": found.at.isoformat(),
        "code": found.code,
        "product": {"sku": found.product.sku, "name": found.product.name},
        "price_minor": None if found.price is None else found.price.minor,
        "currency": found.shop.currency,
        "rules": [
            {**rule_dict(one.rule, found.shop.zone), "won": one.won, "reason": one.reason} for one in found.verdicts
        ],
    }


def _explanation_text(found: Explanation) -> str:
    product, price = found.product, found.price
    pieces = "" if found.pieces == 1 else f" (the code stands for {found.pieces:,})"
    amount = "has no price then, so it cannot be sold"
    if price is not None:
        amount = f"costs {plain_amount(price.minor, found.shop.currency)} {_UNITS[product.unit]}{pieces}"
    lines = [
        f"store {found.shop.id}, channel {found.channel}, {found.at.isoformat(sep=' ', timespec='seconds')}",
        f"{found.code}, {product.name} (sku {product.sku}), {amount}",
    ]
    heads = ("", "rule", "kind", "price", "scope", "channel", "source", "why", "label")
    rows = [
        (
            "won" if one.won else "lost",
            str(one.rule.id),
            one.rule.kind,
            plain_amount(one.rule.minor, one.rule.currency or found.shop.currency),
            one.rule.scope,
            one.rule.channel,
            one.rule.source,
            one.reason,
            one.rule.label,
        )
        for one in found.verdicts
    ]
    return "\n".join([*lines, table(heads, rows)])


def parity(args: Namespace) -> int:
    """List what differs between channels; nothing by default."""
    with opened(args) as hub:
        shop, found = hub.price_questions.parity(args.store)
    if args.json:
        say_json({"store": shop.id, "differences": [_parting_dict(one, shop) for one in found]})
    elif found:
        say("\n".join(_parting_text(one, shop) for one in found))
    else:
        say(f"store {shop.id}: all channels have the same prices")
    return 0


def _parting_dict(one: Parting, shop: Shop) -> dict[str, Any]:
    return {
        "sku": one.product.sku,
        "name": one.product.name,
        "from": time_text(one.gap.begins, shop.zone),
        "until": time_text(one.gap.ends, shop.zone),
        "currency": shop.currency,
        "prices": dict(one.gap.prices),
        "rules": [rule_dict(rule, shop.zone) for rule in one.gap.rules],
    }


def _parting_text(one: Parting, shop: Shop) -> str:
    prices = ", ".join(
        f"{channel} {'no price' if minor is None else plain_amount(minor, shop.currency)}"
        for channel, minor in one.gap.prices.items()
    )
    until = time_text(one.gap.ends, shop.zone)
    when = f"from {time_text(one.gap.begins, shop.zone)}" + (f" until {until}" if until else "")
    made_by = "; ".join(
        f"rule {rule.id} ({rule.kind}, {rule.scope}, {rule.channel}, source {rule.source})" for rule in one.gap.rules
    )
    return f"{one.product.sku}  {one.product.name}: {prices}; {when}; by {made_by}"
