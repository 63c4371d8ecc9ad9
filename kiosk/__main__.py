"""`kiosk`: run a lane, look codes up, price a basket, list all products, verify a journal, make a badge, and more."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from kiosk.commands import decode, doctor, parse, price, scan
from offline_cache.config import ConfigError
from offline_cache.errors import JournalError
from offline_cache.journal import verify
from offline_cache.price_list.dump import dump
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.reader import PriceList
from payments.errors import PaymentError
from payments.log_masking import mask_logs
from retail.product import name_in


def main(argv: list[str] | None = None) -> int:
    """Exit status 0; 1 for a journal that is broken; 2 with a sentence for what a person must mend."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.INFO if arguments.verbose else logging.WARNING, format="%(asctime)s %(name)s: %(message)s"
    )
    mask_logs()
    try:
        return int(arguments.run(arguments))
    except (ConfigError, JournalError, PriceListError, PaymentError) as exc:
        print(f"kiosk: {exc}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="say more on stderr")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run the lane")
    run.add_argument("--config", type=Path, required=True, help="the lane's TOML file")
    run.add_argument("--windowed", action="store_true", help="in a window, whatever the file says")
    run.set_defaults(run=_run)
    lookup = commands.add_parser("lookup", help="what the lane's price list says of codes, one JSON object a line")
    lookup.add_argument("--dir", type=Path, required=True, help="the lane's data folder")
    lookup.add_argument("--language", default="", help="language of the name; default: the list's own")
    lookup.add_argument("codes", nargs="+", metavar="CODE")
    lookup.set_defaults(run=_lookup)
    listed = commands.add_parser("dump", help="every product of the lane's price list, in the order of their SKUs")
    listed.add_argument("--dir", type=Path, required=True, help="the lane's data folder")
    listed.add_argument("--json", action="store_true", help="one JSON object a line")
    listed.add_argument("--at", type=_moment, help="prices of this moment, ISO 8601 with its zone; default: now")
    listed.add_argument("--language", default="", help="language of the names, without --json; default: the list's own")
    listed.set_defaults(run=_dump)
    journal = commands.add_parser("journal", help="the lane's journal").add_subparsers(required=True, metavar="ACT")
    check = journal.add_parser("verify", help="check the whole chain and every sale")
    check.add_argument("--dir", type=Path, required=True, help="the lane's data folder")
    check.add_argument("--json", action="store_true", help="for machines")
    check.set_defaults(run=_verify)
    badge = commands.add_parser("badge", help="make a staff badge: its code and what goes into the lane's file")
    badge.add_argument("name", help="who will carry it")
    badge.set_defaults(run=_badge)
    decode.add_commands(commands)
    doctor.add_commands(commands)
    parse.add_commands(commands)
    price.add_commands(commands)
    scan.add_commands(commands)
    settings = commands.add_parser("settings", help="print docs/configuration.md")
    settings.set_defaults(run=_settings)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    from kiosk.config import load_config  # noqa: PLC0415 - Qt and pydantic only where they are needed

    config = load_config(arguments.config)
    if arguments.windowed:
        screen = config.screen.model_copy(update={"fullscreen": False})
        config = config.model_copy(update={"screen": screen})
    from kiosk.app import run_lane  # noqa: PLC0415 - as above

    return run_lane(config)


def _lookup(arguments: argparse.Namespace) -> int:
    prices = PriceList(arguments.dir / "price-list.sqlite")
    now = datetime.now(UTC)
    for code in arguments.codes:
        found = prices.find(code, now) or prices.find_item(code, now)
        product = found.product if found else None
        answer = {
            "code": code,
            "product": product.sku if product else None,
            "name": name_in(product.names, arguments.language) if product else None,
            "price_minor": found.price.unit_minor if found else None,
            "currency": prices.meta.currency,
            "unit": product.unit.value if product else None,
            "revision": prices.meta.revision,
        }
        print(json.dumps(answer, ensure_ascii=False))
    return 0


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it as 2026-11-22T00:00+08:00") from exc
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write it as 2026-11-22T00:00+08:00")
    return moment


def _dump(arguments: argparse.Namespace) -> int:
    from kiosk.services.product_table import heading, row  # noqa: PLC0415 - as in _run

    prices = PriceList(arguments.dir / "price-list.sqlite")
    try:
        if not arguments.json:
            print(heading(prices.meta))
        for product in dump(prices, arguments.at or datetime.now(UTC)):
            print(json.dumps(product, ensure_ascii=False) if arguments.json else row(product, arguments.language))
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        prices.close()
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    report = verify(arguments.dir / "journal.sqlite")
    if arguments.json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    elif report.ok:
        begins = f" after event {report.pruned}, as the hub has what was before" if report.pruned else ""
        print(
            f"the journal is whole{begins}: {report.events} events, {report.completed} completed sales, "
            f"head {report.head}"
        )
    else:
        print(f"the journal is broken at event {report.at}: {report.problem}")
    return 0 if report.ok else 1


def _badge(arguments: argparse.Namespace) -> int:
    code = f"SGB-{secrets.token_hex(10).upper()}"
    digest = hashlib.sha256(code.encode()).hexdigest()
    print(f"Print this as a QR code on the badge, then forget it: {code}")
    print(f'\n[[staff]]\nname = {json.dumps(arguments.name, ensure_ascii=False)}\nbadge_sha256 = "{digest}"')
    return 0


def _settings(_arguments: argparse.Namespace) -> int:
    from kiosk.settings_page import settings_page  # noqa: PLC0415 - as in _run

    print(settings_page(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
