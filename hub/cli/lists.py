"""Commands about price lists: import, import-folder, demo-shop, stores."""

from __future__ import annotations

import tomllib
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Final

from hub.cli.opening import opened
from hub.cli.terminal import say, say_json, table, with_progress
from hub.data_folder import checked_name
from hub.errors import CatalogueRefused
from hub.imports import Import, ImportRefused, open_import
from hub.shop_folder import read_shop_folder

DEMO_SHOP: Final = Path(__file__).resolve().parent.parent / "demo_shop"


def import_list(args: Namespace) -> int:
    """Make a file the full list of a store."""
    store = checked_name(args.store, "store")
    with opened(args, create=True) as hub:
        known = next((one.currency for one in hub.catalogues.stores() if one.id == store), None)
        source = open_import(
            args.file,
            format=args.format,
            feed_store=args.feed_store,
            mapping=args.mapping,
            currency=args.currency or known,
        )
        source.report.store = store
        try:
            hub.catalogues.replace_goods(
                store, with_progress(source, source), currency=source.currency, source=str(args.file)
            )
        except (ImportRefused, CatalogueRefused):
            if source.report.read:  # which rows, and why: the sentence on stderr says that nothing was taken
                _report(source, as_json=args.json)
            raise
        finally:
            source.close()
    _report(source, as_json=args.json)
    return 0


def _report(source: Import, *, as_json: bool) -> None:
    if as_json:
        say_json(source.report.as_dict())
    else:
        say(source.report.as_text())


def import_folder(args: Namespace) -> int:
    """Make a folder the whole of a store."""
    return _take_folder(args, args.folder)


def demo_shop(args: Namespace) -> int:
    """Take the demo shop."""
    return _take_folder(args, DEMO_SHOP)


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
        count = hub.catalogues.replace_all(catalogue, items, source=str(folder))
    say(
        f"store {catalogue.store}: {count:,} products, {len(catalogue.offers)} offers, "
        f"{len(catalogue.pictures)} pictures, prices in {catalogue.currency}"
    )
    return 0


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
                }
                for one in found
            ]
        )
        return 0
    rows = [
        (one.id, one.currency, one.products, one.revision, str(one.published_at or "never"), one.lanes, one.source)
        for one in found
    ]
    say(table(("store", "currency", "products", "revision", "published", "lanes", "source"), rows))
    return 0
