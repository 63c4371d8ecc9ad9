"""kiosk-hub: the shop's side, on the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from hub.cli import (
    demo_member,
    feeds,
    journals,
    lanes,
    lists,
    membership,
    offline,
    payments,
    prices,
    promotions,
    publishing,
    recalls,
    refunds,
    rules,
    stores,
)
from hub.cli.gateway_choice import add_gateways
from hub.cli.parsing import Commands, add_command, add_json, positive
from hub.cli.terminal import complain, speak_any_language
from hub.errors import HubError
from hub.imports import ImportRefused
from payments.errors import PaymentError

_INTERRUPTED: Final = 130
_HIGHEST_PORT: Final = 65535


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command: 0 if it did what was asked, 2 after a sentence on stderr that says why not."""
    speak_any_language()
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (HubError, ImportRefused, PaymentError) as exc:
        complain(str(exc))
    except SQLAlchemyError as exc:
        complain(f"the database refused ({type(exc).__name__}); check --data and --database")
    except BrokenPipeError:
        # Whoever read us has gone (`| head`); Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as exc:
        complain(f"{exc.filename or 'disk'}: {(exc.strerror or str(exc)).lower()}; check permissions and space")
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk-hub", description="The shop's side of Scan & Go.")
    parser.add_argument("--data", metavar="DIR", help="folder of the hub's data (or KIOSK_HUB_DATA)")
    parser.add_argument(
        "--database", metavar="URL", help="a database server instead of the file in DIR (or KIOSK_HUB_DATABASE)"
    )
    parser.add_argument(
        "--storage",
        metavar="ADDRESS",
        help="folder or s3://, gs://, az:// for what is published (or KIOSK_HUB_STORAGE)",
    )
    parser.add_argument(
        "--storage-options", type=Path, metavar="FILE", help="of an object store, TOML (or KIOSK_HUB_STORAGE_OPTIONS)"
    )
    parser.add_argument(
        "--fresh-days", type=positive, metavar="N", help="lanes trust a manifest so long (or KIOSK_HUB_FRESH_DAYS; 7)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    lists.add_commands(commands)
    stores.add_commands(commands)
    feeds.add_commands(commands)
    rules.add_commands(commands)
    recalls.add_commands(commands)
    prices.add_commands(commands)
    promotions.add_commands(commands)
    publishing.add_commands(commands)
    _add_lanes(commands)
    payments.add_commands(commands)
    refunds.add_commands(commands)
    offline.add_commands(commands)
    membership.add_commands(commands)
    demo_member.add_commands(commands)
    journals.add_commands(commands)
    _add_serve(commands)
    return parser


def _add_lanes(commands: Commands) -> None:
    command = add_command(commands, "lane", lanes.lane, "enrol a lane and print its token, once")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--lane", required=True, metavar="NAME")
    command.add_argument("--rotate", action="store_true", help="a new token; the lane may begin a new journal")
    add_json(add_command(commands, "lanes", lanes.lanes, "list the lanes and what somebody should look at"))
    command = add_command(commands, "sales", lanes.sales, "list a store's sales with totals")
    command.add_argument("--store", required=True, metavar="ID")
    add_json(command)


def _add_serve(commands: Commands) -> None:
    command = add_command(commands, "serve", _serve, "serve price lists and take events until told to end")
    command.add_argument("--port", type=_port, default=8800, help="0 takes a free one (default: %(default)s)")
    command.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    add_gateways(command)
    command.add_argument(
        "--pages-url", type=_url, metavar="URL", help="where members' browsers reach this hub, with https"
    )
    command.add_argument(
        "--proxy", default="", metavar="ADDRESS", help="of a proxy whose word counts for who asks, and by which scheme"
    )
    command.add_argument("--access-log", action="store_true", help="a line on stderr for each request")


def _serve(args: argparse.Namespace) -> int:
    from hub.cli.serve import serve  # noqa: PLC0415 - the web framework would double the start of every other command

    return serve(args)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
        raise argparse.ArgumentTypeError(f"{text!r} is no address of a server; write one such as https://shop.example")
    return text.rstrip("/")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; take a number from 0 to {_HIGHEST_PORT}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
