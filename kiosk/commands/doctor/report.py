"""The doctor's list for people: a section after the other, a sign and a word for each, the remedy below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from kiosk.commands.doctor.findings import Finding, State

_SIGNS: Final = {State.OK: "  ok     ", State.WARNING: "! warning", State.FAULT: "x FAULT  "}
_NAME: Final = 22
_INDENT: Final = 4 + 9 + 2 + _NAME + 2
_LEAST: Final = 30


def lines(findings: Iterable[Finding], width: int) -> Iterator[str]:
    """Lines of text, each section as soon as it is whole."""
    for section, group in groupby(findings, key=lambda finding: finding.section):
        yield section.capitalize()
        for finding in group:
            yield from _finding(finding, width)
        yield ""


def summary(findings: Iterable[Finding]) -> str:
    """The last line."""
    states = [finding.state for finding in findings]
    return f"{_count(states.count(State.FAULT), 'fault')}, {_count(states.count(State.WARNING), 'warning')}"


def _finding(finding: Finding, width: int) -> Iterator[str]:
    head = f"  {_SIGNS[finding.state]}  {finding.name:<{_NAME}}"
    gap = "  " if len(finding.name) <= _NAME else f"\n{' ' * (_INDENT - 2)}"
    first, *rest = _wrapped(finding.found, width) or [""]
    yield f"{head}{gap}{first}".rstrip()
    yield from (" " * (_INDENT - 2) + line for line in rest)
    for number, line in enumerate(_wrapped(finding.remedy, width - 2)):
        yield " " * (_INDENT - 2) + ("> " if number == 0 else "  ") + line


def _wrapped(text: str, width: int) -> list[str]:
    room = max(_LEAST, width - _INDENT)
    return [
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False) or [""]
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
