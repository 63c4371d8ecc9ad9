"""What comes in by the same door as lists: campaigns and stock; and the command stock."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from hub.cli.differences import difference_text
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.terminal import say, say_json, table
from hub.data_folder import checked_name
from hub.imports import ImportRefused
from hub.promotions.feeds import FEEDS as READERS
from hub.promotions.feeds import FeedOptions
from hub.promotions.store import PromotionsTaken
from hub.promotions.store_goods import StoreUnits
from hub.stock import FORMAT as STOCK
from hub.stock import Stocked, StockTaken
from retail.product import Unit

FEEDS: Final = (*sorted(READERS), STOCK)
_GRAMS_PER_KG: Final = 1000


def add_commands(commands: Commands) -> None:
    """Declare them; `import` is declared with the lists."""
    command = add_command(commands, "stock", stock, "list what a store has counted of its products")
    command.add_argument("--store", required=True, metavar="ID")
    add_json(command)


def take_feed(args: Namespace) -> int:
    """Take campaigns or stock of a store, as `import` was asked to."""
    if args.store is None:
        raise ImportRefused(f"--format {args.format} is for one store; say --store ID instead of --scope")
    for name in ("feed_store", "mapping", "currency"):
        if getattr(args, name) is not None and (name != "feed_store" or args.format == STOCK):
            raise ImportRefused(
                f"--{name.replace('_', '-')} goes with price lists; what --format {args.format} reads is fixed"
            )
    checked_name(args.store, "store")
    if args.format != STOCK:
        return take_promotions(args, args.format)
    with opened(args) as hub:
        counted = hub.stock.take(args.file, args.store, dry_run=args.dry_run, approved_by=args.override)
    _say_stock(counted, as_json=args.json)
    return 0


def take_promotions(args: Namespace, form: str) -> int:
    """Make a file all campaigns that a store has from feeds of its format."""
    with opened(args) as hub:
        shop = hub.promotions.shop(args.store)
        units = StoreUnits(hub.database, shop, hub.clock)
        taken = hub.promotions.take(
            READERS[form](args.file, shop, FeedOptions(args.feed_store, hub.clock(), units.unit_of)),
            args.store,
            source=form,
            file=str(args.file),
            dry_run=args.dry_run,
            approved_by=args.override,
        )
    _say_campaigns(taken, as_json=args.json)
    return 0


def _say_campaigns(taken: PromotionsTaken, *, as_json: bool) -> None:
    """What became of a file of campaigns."""
    if as_json:
        say_json(taken.as_dict())
        return
    change = "  nothing changes"
    if taken.difference is not None:
        change = difference_text(taken.difference, taken.rows.currency)
    say("\n".join([taken.rows.as_text(), change, *_gate(taken.objections, taken.dry_run, taken.approved_by)]))


def _say_stock(taken: StockTaken, *, as_json: bool) -> None:
    if as_json:
        say_json(taken.as_dict())
        return
    counts = f"  {taken.added:,} products counted for the first time, {taken.changed:,} again"
    gate = _gate(list(taken.objections), taken.dry_run, taken.approved_by)
    say("\n".join([taken.rows.as_text(), counts, *gate]))


def _gate(objections: list[str], dry_run: bool, approved_by: str) -> list[str]:
    lines = [f"  beyond the limits: {sentence}" for sentence in objections]
    if approved_by:
        lines.append(f"  let through by {approved_by}")
    if dry_run:
        lines.append("  a dry run: nothing was changed")
    return lines


def stock(args: Namespace) -> int:
    """List what a store has."""
    with opened(args) as hub:
        found = hub.stock.of_store(args.store)
    if args.json:
        say_json({"store": args.store, "stock": [_stocked_dict(one) for one in found]})
        return 0
    rows = [(one.product.sku, one.product.name, _amount(one), one.counted_at.isoformat(sep=" ")) for one in found]
    say(table(("sku", "name", "there", "counted"), rows))
    return 0


def _stocked_dict(one: Stocked) -> dict[str, object]:
    return {
        "sku": one.product.sku,
        "name": one.product.name,
        "quantity": one.quantity,
        "measure": one.measure,
        "counted_at": one.counted_at.isoformat(),
    }


def _amount(one: Stocked) -> str:
    if one.product.unit is not Unit.KG:
        return f"{one.quantity:,}"
    sign = "-" if one.quantity < 0 else ""
    kilograms, grams = divmod(abs(one.quantity), _GRAMS_PER_KG)
    return f"{sign}{kilograms:,}.{grams:03d} kg"
