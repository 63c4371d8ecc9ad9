"""How a command is declared: what the files of commands share when they add theirs to the parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name
Command = Callable[[argparse.Namespace], int]


def add_command(commands: Commands, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    """Declare a command; `text` says what it does, in lower case."""
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    # After the command as well, without losing what stood before it.
    command.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    command.set_defaults(run=run)
    return command


def add_json(command: argparse.ArgumentParser) -> None:
    """Declare --json."""
    command.add_argument("--json", action="store_true", help="for machines")


def positive(text: str) -> int:
    """A whole number above zero, as argparse types go."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def currency(text: str) -> str:
    """An ISO 4217 code, as argparse types go."""
    if len(text) != 3 or not (text.isascii() and text.isalpha()):  # noqa: PLR2004 - ISO 4217
        raise argparse.ArgumentTypeError(f"{text!r} is no currency; take three letters such as CNY")
    return text.upper()


def moment(text: str) -> datetime:
    """An ISO 8601 moment, with an offset or without, as argparse types go."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write one such as 2026-01-31T08:00:00+08:00") from exc
