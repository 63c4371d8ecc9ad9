"""Commands that take price lists in: import, import-folder, demo-shop; and what the demo's counter shows."""

from __future__ import annotations

import tomllib
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from hub.cli.differences import difference_text
from hub.cli.feeds import FEEDS, take_feed
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, currency
from hub.cli.terminal import say, say_json, with_progress
from hub.data_folder import checked_name
from hub.errors import CatalogueRefused
from hub.imports import FORMATS, Import, ImportRefused, open_import
from hub.list_import import Imported
from hub.membership.membership_file import read_membership_file
from hub.scopes import Scope
from hub.services import Hub
from hub.shop_folder import read_shop_folder

DEMO_SHOP: Final = Path(__file__).resolve().parent.parent / "demo_shop"


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(commands, "import", import_list, "make a file the full price list of a store")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--format", required=True, choices=(*FORMATS, *FEEDS))
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--store", metavar="ID", help="made if it is new")
    where.add_argument("--scope", metavar="SCOPE", help="all or region:NAME: the list of a chain or a part of it")
    command.add_argument("--feed-store", metavar="CHAIN:STORE", help="which store of a file that has several")
    command.add_argument("--mapping", type=Path, metavar="FILE", help="what the columns of a CSV or XLSX mean")
    command.add_argument("--currency", type=currency, metavar="CUR", help="of the list, if it does not say")
    _add_gate(command)
    command = add_command(commands, "import-folder", import_folder, "make a shop folder the whole of a store")
    command.add_argument("folder", type=Path, metavar="FOLDER")
    command.add_argument("--store", metavar="ID", help="another id than the folder's own")
    _add_gate(command)
    command = add_command(commands, "demo-shop", demo_shop, "take the demo shop")
    command.add_argument("--store", default="demo", metavar="ID")
    _add_gate(command)
    add_command(commands, "demo-counter", demo_counter, "list what the demo's counter window shows, as JSON")


def _add_gate(command: ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="print the difference and change nothing")
    command.add_argument(
        "--override", type=str.strip, default="", metavar="PERSON", help="who lets it through beyond the limits"
    )
    add_json(command)


def import_list(args: Namespace) -> int:
    """Make a file the full list of a store or a wider scope, or take another feed of a store."""
    if args.format in FEEDS:
        return take_feed(args)
    scope = Scope("store", checked_name(args.store, "store")) if args.scope is None else Scope.parse(args.scope)
    with opened(args, create=True) as hub:
        source = open_import(
            args.file,
            format=args.format,
            feed_store=args.feed_store,
            mapping=args.mapping,
            currency=args.currency or _known_currency(hub, scope),
        )
        source.report.store = scope.id if scope.kind == "store" else str(scope)
        try:
            done = hub.catalogues.replace_goods(
                scope,
                with_progress(source, source),
                currency=source.currency,
                source=str(args.file),
                dry_run=args.dry_run,
                approved_by=args.override,
                feed_store=lambda: source.report.feed_store,
                time_zone=source.time_zone,
            )
        except (ImportRefused, CatalogueRefused):
            if source.report.read:  # which rows, and why: the sentence on stderr says that nothing was taken
                _say_rows(source, as_json=args.json)
            raise
        finally:
            source.close()
    if args.json:
        say_json({**source.report.as_dict(), **_outcome(args, done)})
    else:
        say(source.report.as_text())
        say(_outcome_text(args, done, source.currency))
    return 0


def _known_currency(hub: Hub, scope: Scope) -> str | None:
    if scope.kind != "store":
        return None
    return hub.catalogues.currency_of(scope.id)


def _say_rows(source: Import, *, as_json: bool) -> None:
    if as_json:
        say_json(source.report.as_dict())
    else:
        say(source.report.as_text())


def import_folder(args: Namespace) -> int:
    """Make a folder the whole of a store."""
    return _take_folder(args, args.folder)


def demo_shop(args: Namespace) -> int:
    """Take the demo shop, and what it gives its members."""
    status = _take_folder(args, DEMO_SHOP)
    if status == 0 and not args.dry_run:
        with opened(args) as hub:
            zone = ZoneInfo(hub.programmes.time_zone_of(args.store))
            hub.programmes.set(args.store, read_membership_file(DEMO_SHOP / "membership.toml", zone))
    return status


def demo_counter(_args: Namespace) -> int:
    """What the demo's counter window shows: names, kinds and codes of things to hold before the scanner."""
    with (DEMO_SHOP / "shop.toml").open("rb") as file:
        groups = tomllib.load(file)["counter"]
    say_json(groups)
    return 0


def _take_folder(args: Namespace, folder: Path) -> int:
    if args.store is not None:
        checked_name(args.store, "store")
    with opened(args, create=True) as hub:
        catalogue, items = read_shop_folder(folder)
        if args.store is not None:
            catalogue = replace(catalogue, store=args.store)
        done = hub.catalogues.replace_all(
            catalogue, items, source=str(folder), dry_run=args.dry_run, approved_by=args.override
        )
    if args.json:
        counts = {
            "products": done.products,
            "offers": len(catalogue.campaigns),
            "pictures": len(catalogue.pictures),
            "currency": catalogue.currency,
        }
        say_json({"store": catalogue.store, **counts, **_outcome(args, done)})
        return 0
    say(
        f"store {catalogue.store}: {done.products:,} products, {len(catalogue.campaigns)} campaigns, "
        f"{len(catalogue.pictures)} pictures, prices in {catalogue.currency}"
    )
    say(_outcome_text(args, done, catalogue.currency))
    return 0


def _outcome(args: Namespace, done: Imported) -> dict[str, Any]:
    return {
        "dry_run": args.dry_run,
        "change": done.change,
        "difference": done.difference.as_dict(),
        "objections": list(done.objections),
        "approved_by": args.override if done.objections and not args.dry_run else "",
    }


def _outcome_text(args: Namespace, done: Imported, currency: str) -> str:
    # Who looks ahead wants examples; who imports each day would only scroll past them.
    shown = done.difference if args.dry_run else replace(done.difference, examples={})
    lines = [difference_text(shown, currency)]
    lines += [f"  beyond the limits: {sentence}" for sentence in done.objections]
    if args.dry_run:
        refused = "; it would be refused without --override PERSON" if done.objections and not args.override else ""
        lines.append(f"  a dry run: nothing was changed{refused}")
    elif done.objections:
        lines.append(f"  let through by {args.override}")
    return "\n".join(lines)
