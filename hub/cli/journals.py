"""Commands about the lanes' journals as the hub holds them: events, serials."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.terminal import say, say_json, table
from hub.parked_events import ParkedEvent
from hub.services import Hub
from hub.sold_items import SoldItem
from hub.stored_chain import ChainReport

_BROKEN = 1


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(commands, "events", events, "what lanes sent that is of no use yet; whether it is all there")
    act = command.add_mutually_exclusive_group(required=True)
    act.add_argument("--refused", action="store_const", const=_refused, dest="act", help="list what could not be used")
    act.add_argument(
        "--retry", action="store_const", const=_retry, dest="act", help="look at that again, after an update"
    )
    act.add_argument("--verify", action="store_const", const=_verify, dest="act", help="check the chain of all events")
    command.add_argument("--store", metavar="ID", help="lanes of this store only")
    command.add_argument("--lane", metavar="NAME", help="lanes of this name only")
    add_json(command)
    command = add_command(commands, "serials", serials, "list the items with serial numbers that were sold")
    command.add_argument("--doubled", action="store_true", help="only those that were sold several times")
    command.add_argument("--serial", default="", metavar="TEXT", help="only this serial number")
    command.add_argument("--store", default="", metavar="ID", help="only what this store sold, too")
    add_json(command)


def events(args: Namespace) -> int:
    """Do what was chosen: 0, or 1 for a chain that is broken."""
    with opened(args) as hub:
        return int(args.act(hub, args))


def _refused(hub: Hub, args: Namespace) -> int:
    found = hub.parked.all(store=args.store, lane=args.lane)
    if args.json:
        say_json([asdict(one) for one in found])
    elif found:
        heads = ("store", "lane", "event", "written", "kind", "sale", "why")
        say(table(heads, [_parked_row(one) for one in found]))
    else:
        say("the hub could use every event")
    return 0


def _parked_row(one: ParkedEvent) -> tuple[object, ...]:
    return one.store, one.lane, one.number, one.at, one.kind, one.sale_id or "", one.reason


def _retry(hub: Hub, args: Namespace) -> int:
    retried = hub.parked.retry(store=args.store, lane=args.lane)
    if args.json:
        say_json(asdict(retried))
    else:
        say(f"used now: {retried.used:,}; parked still: {retried.parked:,}")
    return 0


def _verify(hub: Hub, args: Namespace) -> int:
    reports = hub.chains.verify(store=args.store, lane=args.lane)
    if args.json:
        say_json([asdict(one) for one in reports])
    else:
        for one in reports:
            say(_sentence(one))
    return _BROKEN if any(one.problem for one in reports) else 0


def _sentence(one: ChainReport) -> str:
    journal = f"store {one.store}, lane {one.lane}" + (f", journal {one.life}" if one.life > 1 else "")
    if one.problem:
        return f"{journal}: the chain is broken after {one.events:,} events: {one.problem}"
    return f"{journal}: the chain is whole, {one.events:,} events, head {one.head or 'none'}"


def serials(args: Namespace) -> int:
    """List what was sold once, or should have been."""
    with opened(args) as hub:
        found = hub.sold_items.of(store=args.store, serial=args.serial, doubled=args.doubled)
    if args.json:
        say_json([asdict(one) for one in found])
    elif found:
        heads = ("item", "serial", "sku", "store", "lane", "receipt", "sold")
        say(table(heads, [_sold_row(one) for one in found]))
    else:
        say("no item was sold twice" if args.doubled else "no item with a serial number was sold")
    return 0


def _sold_row(one: SoldItem) -> tuple[object, ...]:
    return one.item, one.serial, one.sku, one.store, one.lane, one.receipt_number, one.completed_at
