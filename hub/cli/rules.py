"""Commands about price rules: rules, limits."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import Final

from hub.cli.amounts import plain_amount
from hub.cli.differences import difference_text
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.rule_words import rule_dict, time_text
from hub.cli.terminal import say, say_json, table
from hub.errors import RulesRefused
from hub.rule_orders import RulesReport
from hub.rule_store import StoredRule
from hub.shops import Shop

_LIMITS: Final = {
    "gone": ("gone_percent", "%% of the products that may go"),
    "moved": ("moved_percent", "%% of the list prices that may move"),
    "moved_far": ("moved_far_percent", "%% of the prices that may more than double or fall under half"),
    "at_least": ("at_least", "so few products are never held up"),
}
_MOST: Final = 10**6


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(commands, "rules", rules, "take price rules in, list them, or take them away")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--file", type=Path, metavar="FILE", help="make a CSV or TOML file all the rules of its source")
    what.add_argument("--remove", metavar="SOURCE", help="take a source's rules away")
    what.add_argument("--list", action="store_true", help="list the rules that hold in --store")
    command.add_argument("--store", metavar="ID", help="of --list")
    command.add_argument("--source", metavar="NAME", help="of --file: whose rules these are (default: the file's name)")
    command.add_argument("--dry-run", action="store_true", help="print the difference and change nothing")
    command.add_argument(
        "--override", type=str.strip, default="", metavar="PERSON", help="who lets it through beyond the limits"
    )
    command.add_argument("--channel-prices", action="store_true", help="let rules be for one channel alone")
    add_json(command)
    command = add_command(commands, "limits", limits, "show how far a store's list may move at once, or set it")
    command.add_argument("--store", required=True, metavar="ID")
    for name, (_, text) in _LIMITS.items():
        command.add_argument(f"--{name.replace('_', '-')}", type=_whole, metavar="N", help=text)
    add_json(command)


def rules(args: Namespace) -> int:
    """Take rules in, list them, or take them away."""
    if args.list:
        return _list_rules(args)
    if args.store is not None:
        raise RulesRefused("--store goes with --list; a rule says its own scope, in the file")
    with opened(args) as hub:
        store = hub.rules
        if args.remove is not None:
            report = store.remove(args.remove, dry_run=args.dry_run, approved_by=args.override)
        else:
            report = store.take(
                args.file,
                source=args.source or args.file.name.split(".")[0],
                dry_run=args.dry_run,
                approved_by=args.override,
                channel_prices=args.channel_prices,
            )
    if args.json:
        say_json(report.as_dict())
    else:
        say(_report_text(report))
    return 0


def _report_text(report: RulesReport) -> str:
    changes = f"{report.added:,} new, {report.removed:,} gone"
    lines = [f"source {report.source}: {report.rules:,} rules ({changes}), {report.products:,} products concerned"]
    for store, difference in report.differences.items():
        lines += [f"store {store}:", difference_text(difference, report.currencies[store])]
    lines += [f"beyond the limits: {sentence}" for sentence in report.objections]
    if report.approved_by:
        lines.append(f"let through by {report.approved_by}")
    if report.dry_run:
        lines.append("a dry run: nothing was changed")
    return "\n".join(lines)


def _list_rules(args: Namespace) -> int:
    if args.store is None:
        raise RulesRefused("--list needs --store ID: which store's rules")
    with opened(args) as hub:
        shop, found = hub.rules.of_store(args.store)
    if args.json:
        say_json({"store": shop.id, "rules": [{"sku": one.sku, **rule_dict(one.rule, shop.zone)} for one in found]})
        return 0
    heads = ("rule", "sku", "kind", "price", "scope", "channel", "priority", "from", "until", "source", "label")
    say(table(heads, [_stored_row(one, shop) for one in found]))
    return 0


def _stored_row(one: StoredRule, shop: Shop) -> tuple[object, ...]:
    rule = one.rule
    return (
        str(rule.id),
        one.sku,
        rule.kind,
        plain_amount(rule.minor, rule.currency or shop.currency),
        rule.scope,
        rule.channel,
        rule.priority,
        time_text(rule.valid_from, shop.zone) or "",
        time_text(rule.valid_until, shop.zone) or "",
        rule.source,
        rule.label,
    )


def limits(args: Namespace) -> int:
    """Show a store's limits, or set those that are given."""
    changes = {field: value for name, (field, _) in _LIMITS.items() if (value := getattr(args, name)) is not None}
    with opened(args) as hub:
        store = hub.limits
        found = store.set(args.store, changes) if changes else store.of(args.store)
    if args.json:
        say_json({"store": args.store, **found.as_dict()})
        return 0
    say(
        f"store {args.store}: a list needs somebody's name (--override) if over {found.gone_percent} % of the products "
        f"go, over {found.moved_percent} % of the list prices move, or over {found.moved_far_percent} % of the prices "
        f"more than double or fall under half; fewer than {found.at_least} products are never held up"
    )
    return 0


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST):
        raise ArgumentTypeError(f"{text!r} is no whole number; write one such as 10")
    return int(text)
