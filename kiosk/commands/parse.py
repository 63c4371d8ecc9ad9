"""`kiosk parse`: what the router makes of a text by itself, without any price list."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from retail.labels import LabelTemplate, LabelTemplateError
from retail.reading import Circumstances, Reading, read_scanned
from retail.scan_rules import ScanRules
from retail.scanned_text import scanned_text, shown

_GROUP_SEPARATORS: Final = re.compile(r"\{GS\}|<GS>|\{FNC1\}")
_SHOWN_OF_A_SECRET: Final = 2
_FIELDS: Final = (
    "gtin",
    "item",
    "serial",
    "lot",
    "expiry",
    "best_before",
    "sell_by",
    "weight_g",
    "price_minor",
    "currency",
    "unit_price_minor",
    "quantity",
    "issue",
    "symbology",
    "template",
    "domain",
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `parse`."""
    parse = commands.add_parser(
        "parse",
        help="what the router makes of a text, a line each",
        description="Says what a scanned text is, without a price list. {GS} and <GS> stand for the GS1 separator. "
        "Badges, member cards and payment codes are not printed.",
    )
    parse.add_argument("texts", nargs="*", metavar="TEXT", help="default, or -: lines from standard input")
    parse.add_argument("--json", action="store_true", help="one JSON object a line")
    parse.add_argument(
        "--template", action="append", default=[], help="a label template or the name of a preset; may be given often"
    )
    parse.add_argument("--paying", action="store_true", help="as on the pay screen: payment codes count")
    parse.add_argument("--currency", default="CNY", help="of the lane; default: CNY")
    parse.add_argument("--symbology", default="", help="what the symbol was, such as UPCE; default: not known")
    parse.add_argument("--gs1", action="store_true", default=None, help="the symbol says that it holds GS1 elements")
    parse.add_argument("--today", type=_day, help="day by which dates are judged, YYYY-MM-DD; default: today")
    parse.add_argument("--config", type=Path, help="a lane's file, for its prefixes and label templates")
    parse.set_defaults(run=_parse)


def _parse(arguments: argparse.Namespace) -> int:
    try:
        circumstances = _circumstances(arguments)
    except LabelTemplateError as exc:
        print(f"kiosk: {exc}; see docs/codes.md", file=sys.stderr)  # noqa: T201 - a command speaks by print
        return 2
    write = sys.stdout.buffer.write
    try:
        for text in _texts(arguments.texts):
            reading = read_scanned(
                scanned_text(_GROUP_SEPARATORS.sub("\x1d", text), arguments.symbology.upper(), arguments.gs1),
                circumstances,
            )
            mask = _masked(reading, circumstances.rules) if reading.secret else ""
            line = (
                _as_json(mask or text, reading) if arguments.json else _as_words(mask or shown(reading.code), reading)
            )
            write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _circumstances(arguments: argparse.Namespace) -> Circumstances:
    templates = tuple(LabelTemplate.parse(pattern) for pattern in arguments.template)
    rules = ScanRules()
    if arguments.config:
        from kiosk.config import load_config  # noqa: PLC0415 - pydantic only where it is needed

        codes = load_config(arguments.config).codes
        templates, rules = (*templates, *codes.templates), codes.rules
    today = arguments.today or date.today()  # noqa: DTZ011 - the day on this machine's wall
    return Circumstances(today, templates, rules, arguments.paying, arguments.currency.upper())


def _texts(arguments: Sequence[str]) -> Iterator[str]:
    for text in arguments or ("-",):
        if text != "-":
            yield text
            continue
        for line in sys.stdin.buffer:
            yield line.removesuffix(b"\n").decode("utf-8", "surrogateescape")


def _as_json(text: str, reading: Reading) -> str:
    answer: dict[str, Any] = {"text": text, "kind": reading.kind.value}
    for name in _FIELDS:
        value = getattr(reading, name)
        answer[name] = value.isoformat() if isinstance(value, date) else None if value == "" else value
    answer["elements"] = dict(reading.elements)
    answer["warnings"] = list(reading.warnings)
    line = json.dumps(answer, ensure_ascii=False)
    # JSON leaves signs as they are that would move a terminal's cursor or turn its text around.
    return line if line.isprintable() else "".join(one if one.isprintable() else _escaped(one) for one in line)


def _as_words(text: str, reading: Reading) -> str:
    """For people: the kind, what is known, and what is odd."""
    known = {"text": text}
    known |= {name: str(value) for name in _FIELDS if (value := getattr(reading, name)) not in {"", None}}
    odd = [f"({', '.join(reading.warnings)})"] if reading.warnings else []
    return "  ".join([reading.kind.value, *(f"{name} {value}" for name, value in known.items()), *odd])


def _masked(reading: Reading, rules: ScanRules) -> str:
    """What kind of code it was, and no more: whoever reads along must not be able to use it."""
    prefix = next((one for one in rules.prefixes if reading.code.startswith(one)), reading.code[:_SHOWN_OF_A_SECRET])
    return prefix + "····"


def _escaped(one: str) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _utf16_units(one))


def _utf16_units(one: str) -> Iterator[int]:
    packed = one.encode("utf-16-be", "surrogatepass")
    for place in range(0, len(packed), 2):
        yield int.from_bytes(packed[place : place + 2], "big")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-22") from exc
