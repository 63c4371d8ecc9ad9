"""Commands about stores: stores, store, region, time-zone."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, currency
from hub.cli.terminal import say, say_json, table


def add_commands(commands: Commands) -> None:
    """Declare them."""
    add_json(add_command(commands, "stores", stores, "list the stores"))
    command = add_command(commands, "store", store, "make a store that sells what a chain's lists have")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--currency", required=True, type=currency, metavar="CUR")
    command.add_argument("--time-zone", type=_zone, default="UTC", metavar="ZONE", help="such as Asia/Shanghai")
    command.add_argument("--region", default="", metavar="NAME")
    command = add_command(commands, "region", region, "put a store into a region, whose lists and rules it then has")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--region", required=True, metavar="NAME", help="empty: into none")
    command = add_command(commands, "time-zone", time_zone, "say in which time zone a store's days begin")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--zone", required=True, type=_zone, metavar="ZONE", help="such as Asia/Shanghai")


def stores(args: Namespace) -> int:
    """List the stores."""
    with opened(args) as hub:
        found = hub.catalogues.stores()
    if args.json:
        say_json(
            [
                {
                    "id": one.id,
                    "currency": one.currency,
                    "products": one.products,
                    "revision": one.revision,
                    "published_at": None if one.published_at is None else one.published_at.isoformat(),
                    "imported_at": one.imported_at.isoformat(),
                    "source": one.source,
                    "lanes": one.lanes,
                    "region": one.region,
                }
                for one in found
            ]
        )
        return 0
    rows = [
        (
            one.id,
            one.region,
            one.currency,
            one.products,
            one.revision,
            str(one.published_at or "never"),
            one.lanes,
            one.source,
        )
        for one in found
    ]
    say(table(("store", "region", "currency", "products", "revision", "published", "lanes", "source"), rows))
    return 0


def store(args: Namespace) -> int:
    """Make a store."""
    with opened(args, create=True) as hub:
        hub.catalogues.add_store(args.store, currency=args.currency, time_zone=args.time_zone, region=args.region)
    say(f"store {args.store}: made, prices in {args.currency}")
    return 0


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, ZoneInfoNotFoundError) as exc:
        raise ArgumentTypeError(f"{text!r} is no time zone; take one such as Asia/Shanghai") from exc


def region(args: Namespace) -> int:
    """Put a store into a region."""
    with opened(args) as hub:
        hub.catalogues.set_region(args.store, args.region)
    say(f"store {args.store}: in region {args.region}" if args.region else f"store {args.store}: in no region")
    return 0


def time_zone(args: Namespace) -> int:
    """Put a store into a time zone."""
    with opened(args) as hub:
        hub.catalogues.set_time_zone(args.store, args.zone)
    say(f"store {args.store}: its days begin in {args.zone}; `publish` tells its lanes")
    return 0
