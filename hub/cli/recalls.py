"""Commands about goods that were called back: recalls add, list, end."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, positive
from hub.cli.terminal import say, say_json, table
from hub.data_folder import checked_name
from hub.publishing.publisher import Publication
from hub.recall_rows import Goods
from hub.recalls import Recalled
from hub.scopes import Scope
from hub.services import Hub


def add_commands(commands: Commands) -> None:
    """Declare them."""
    recalls = commands.add_parser("recalls", help="stop goods that were called back, list such, or end it")
    acts = recalls.add_subparsers(dest="act", required=True, metavar="ACT")
    command = add_command(acts, "add", add, "have no lane sell a product, some lots or single items of it")
    command.add_argument("code", metavar="SKU_OR_CODE")
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--store", metavar="ID")
    where.add_argument("--scope", metavar="SCOPE", help="all or region:NAME")
    command.add_argument("--lot", action="append", default=[], metavar="LOT", help="only this lot; may be given again")
    command.add_argument("--serial", action="append", default=[], metavar="TEXT", help="only this item; as --lot")
    command.add_argument("--reason", required=True, metavar="TEXT", help="why, for staff and for the record")
    command.add_argument(
        "--until", default="", metavar="DATE", help="the last day, or a moment such as 2027-01-31T12:00"
    )
    _add_who(command)
    command = add_command(acts, "list", list_recalls, "list what holds, and with --ended what held")
    command.add_argument("--store", default="", metavar="ID", help="only what holds in this store")
    command.add_argument("--ended", action="store_true", help="also what has ended")
    add_json(command)
    command = add_command(acts, "end", end, "let goods be sold again")
    command.add_argument("number", type=positive, metavar="ID", help="as `recalls list` shows it")
    _add_who(command)


def _add_who(command: ArgumentParser) -> None:
    command.add_argument("--by", type=str.strip, default="", metavar="PERSON", help="who says so (default: the user)")
    command.add_argument("--publish", action="store_true", help="tell the lanes at once")
    add_json(command)


def add(args: Namespace) -> int:
    """Call goods back."""
    scope = Scope("store", checked_name(args.store, "store")) if args.scope is None else Scope.parse(args.scope)
    goods = Goods(args.code.strip(), tuple(args.lot), tuple(args.serial))
    with opened(args) as hub:
        done = hub.recalls.add(scope, goods, reason=args.reason, by=_who(args), until=args.until)
        _say_done(args, done, _publish(hub, args, done))
    return 0


def end(args: Namespace) -> int:
    """End a recall."""
    with opened(args) as hub:
        done = hub.recalls.end(args.number, by=_who(args))
        _say_done(args, done, _publish(hub, args, done))
    return 0


def list_recalls(args: Namespace) -> int:
    """List recalls."""
    with opened(args) as hub:
        found = hub.recalls.all(args.store, ended=args.ended)
    if args.json:
        say_json([_as_dict(one) for one in found])
    elif found:
        heads = ("recall", "scope", "sku", "what", "reason", "since", "by", "until", "ended")
        say(table(heads, [_row(one) for one in found]))
    else:
        say("nothing is called back")
    return 0


def _who(args: Namespace) -> str:
    if args.by:
        return str(args.by)
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in a container
        return "unknown"


def _publish(hub: Hub, args: Namespace, done: Recalled) -> list[Publication]:
    if not args.publish:
        return []
    stores = hub.recalls.stores_in(done.scope)
    return [hub.publisher.publish(*one) for one in hub.publisher.published() if one[0] in stores]


def _say_done(args: Namespace, done: Recalled, published: Sequence[Publication]) -> None:
    if args.json:
        revisions = [{"store": one.store, "channel": one.channel, "revision": one.revision} for one in published]
        say_json({**_as_dict(done), "published": revisions})
        return
    what = "may be sold again" if done.ended_at else "is called back"
    lines = [f"recall {done.id}: {', '.join(done.skus)}, {_what(done)}, in {done.scope.words}, {what}"]
    lines += [f"store {one.store}, channel {one.channel}: revision {one.revision}" for one in published]
    say("\n".join([*lines, *([] if published else ["`publish` tells the lanes"])]))


def _what(one: Recalled) -> str:
    lots = [f"lot {lot}" for lot in one.lots]
    return ", ".join([*lots, *(f"serial {serial}" for serial in one.serials)]) or "all"


def _row(one: Recalled) -> tuple[object, ...]:
    ended = f"{_day(one.ended_at)} {one.ended_by}" if one.ended_at else "" if one.holds else "over"
    skus = ", ".join(one.skus)
    return (
        str(one.id),
        one.scope,
        skus,
        _what(one),
        one.reason,
        _day(one.added_at),
        one.added_by,
        _day(one.until),
        ended,
    )


def _day(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(sep=" ", timespec="minutes")


def _as_dict(one: Recalled) -> dict[str, Any]:
    return {
        "id": one.id,
        "scope": str(one.scope),
        "code": one.code,
        "skus": list(one.skus),
        "lots": list(one.lots),
        "serials": list(one.serials),
        "reason": one.reason,
        "until": None if one.until is None else one.until.isoformat(),
        "added_at": one.added_at.isoformat(),
        "added_by": one.added_by,
        "ended_at": None if one.ended_at is None else one.ended_at.isoformat(),
        "ended_by": one.ended_by,
        "holds": one.holds,
    }
