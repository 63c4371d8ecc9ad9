"""`kiosk doctor`: what the lane needs, what is there, and what to do about the difference. It changes nothing."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_WIDTH: Final = 110  # of a terminal that does not say


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`kiosk doctor`."""
    doctor = commands.add_parser("doctor", help="what the lane needs, what is missing, and what to do about it")
    doctor.add_argument("--config", type=Path, help="the lane's TOML file; without it, the machine alone is looked at")
    doctor.add_argument("--json", action="store_true", help="one JSON object a line")
    doctor.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status: 0 no fault, 1 a fault. Raises ConfigError if the file cannot be read at all."""
    from kiosk.commands.doctor import checklist, report  # noqa: PLC0415 - a second of imports that no lane needs
    from kiosk.commands.doctor.findings import Finding, State, left_behind  # noqa: PLC0415 - as above

    found: list[Finding] = []
    try:
        for section in checklist.sections(arguments.config):
            found += section
            if arguments.json:
                _say(json.dumps(one.as_dict(), ensure_ascii=False) for one in section)
            else:
                _say(report.lines(section, shutil.get_terminal_size((_WIDTH, 0)).columns))
        if not arguments.json:
            _say([report.summary(found)])
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = int(any(one.state is State.FAULT for one in found))
    if left_behind():  # a thread that is stuck in a driver would hold the interpreter up at its end
        sys.stdout.flush()
        os._exit(status)
    return status


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
