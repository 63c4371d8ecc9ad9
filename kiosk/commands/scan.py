"""`kiosk scan`: what the configured scanners read, live, to try a scanner before a lane is opened."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.aim_ids import identify
from hardware.errors import HardwareError
from hardware.scan import Scan, Scanner
from offline_cache.errors import ConfigError

if TYPE_CHECKING:
    from kiosk.config import ScannerSection

_WINDOW_ONLY = "is of kind keyboard: it is read by the lane's window only; what it types here, --stdin reads"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `scan`."""
    scan = commands.add_parser(
        "scan",
        help="what the scanners read, live",
        description="Prints what the scanners of a lane's file read, until Ctrl-C. The lane itself must not run: it "
        "holds its scanners.",
    )
    scan.add_argument("--config", type=Path, help="the lane's TOML file")
    scan.add_argument(
        "--device",
        action="append",
        default=[],
        metavar="KIND:SOURCE",
        help="a scanner that is in no file, e.g. hid:0c2e:0b61, hidpos:, serial:/dev/ttyACM0; may be given often",
    )
    scan.add_argument("--stdin", action="store_true", help="take lines from standard input as codes, too")
    scan.add_argument("--seconds", type=float, help="end after so many; default: at Ctrl-C")
    scan.add_argument("--json", action="store_true", help="one JSON object a line")
    scan.set_defaults(run=_scan)


def _scan(arguments: argparse.Namespace) -> int:
    scanners = _scanners(arguments)
    printer = _Printer(as_json=arguments.json)
    logging.getLogger("hardware.reports").setLevel(logging.ERROR)  # its warnings are the faults that we print
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: printer.ended.set())
    with _started(scanners, printer):
        if arguments.stdin:
            threading.Thread(target=_read_lines, args=(printer, not scanners), name="stdin", daemon=True).start()
        _wait(printer.ended, arguments.seconds)
    printer.finish()
    return 0


def _scanners(arguments: argparse.Namespace) -> list[Scanner]:
    from kiosk.adapters.scanners import build_scanners  # noqa: PLC0415 - pulls in the camera

    sections, folder = _sections(arguments)
    scanners = build_scanners(sections, folder)
    for section in sections:
        if section.kind == "keyboard" and not arguments.stdin:
            _say(f"scanner {section.name!r} {_WINDOW_ONLY}")
    if not scanners and not arguments.stdin:
        raise ConfigError(
            "no scanner to read; name one by --device KIND:SOURCE, or add [[scanners]] to the lane's file"
        )
    return scanners


def _sections(arguments: argparse.Namespace) -> tuple[list[ScannerSection], Path]:
    from kiosk.config import load_config  # noqa: PLC0415 - pydantic only where it is needed

    if arguments.config is None and not arguments.device and not arguments.stdin:
        raise ConfigError("say which scanners: --config with the lane's file, or --device KIND:SOURCE")
    sections = [_section(text) for text in arguments.device]
    if arguments.config is None:
        return sections, Path.cwd()
    config = load_config(arguments.config)
    return [*config.scanners, *sections], config.data.dir


def _section(text: str) -> ScannerSection:
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    from kiosk.config import ScannerSection  # noqa: PLC0415 - as above

    kind, _, source = text.partition(":")
    try:
        return ScannerSection.model_validate({"name": text, "kind": kind, "source": source})
    except ValidationError as exc:
        raise ConfigError(f"--device {text}: {exc.errors()[0]['msg'].removeprefix('Value error, ')}") from exc


@contextlib.contextmanager
def _started(scanners: Iterable[Scanner], printer: _Printer) -> Iterator[None]:
    started: list[Scanner] = []
    try:
        for scanner in scanners:
            started.append(scanner)
            scanner.start(printer.scan, partial(_tell_fault, scanner.name))
        yield
    finally:
        for scanner in started:
            scanner.close()


def _wait(ended: threading.Event, seconds: float | None) -> None:
    """In short pieces: Python runs a signal's handler between two of them."""
    end = None if seconds is None else time.monotonic() + seconds
    while not ended.wait(0.2 if end is None else max(0.0, min(0.2, end - time.monotonic()))):
        if end is not None and time.monotonic() >= end:
            return


def _read_lines(printer: _Printer, nothing_else: bool) -> None:
    for line in sys.stdin:
        found = identify(line.rstrip("\r\n\t"))
        if found.text:
            printer.scan(Scan(found.text, found.symbology, "stdin", time.monotonic(), found.gs1))
    if nothing_else:
        printer.ended.set()


class _Printer:
    """Called on the devices' threads; a line is whole and out before the next begins."""

    def __init__(self, *, as_json: bool) -> None:
        self.ended = threading.Event()
        self._as_json = as_json
        self._lock = threading.Lock()
        self._reader_left = False

    def scan(self, scan: Scan) -> None:
        at = datetime.now(UTC) - timedelta(seconds=max(0.0, time.monotonic() - scan.at))
        with self._lock:
            if self._reader_left:
                return
            try:
                print(_as_json(scan, at) if self._as_json else _readable(scan, at), flush=True)  # noqa: T201 - a command
            except BrokenPipeError:  # `| head` has seen enough
                self._reader_left = True
                self.ended.set()

    def finish(self) -> None:
        if self._reader_left:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_fault(name: str, error: HardwareError | None) -> None:
    _say(f"{name}: works again" if error is None else str(error))


def _say(sentence: str) -> None:
    print(f"kiosk: {sentence}", file=sys.stderr, flush=True)  # noqa: T201 - a command speaks by print


def _as_json(scan: Scan, at: datetime) -> str:
    row = {
        "at": at.isoformat(timespec="milliseconds"),
        "source": scan.source,
        "symbology": scan.symbology,
        "gs1": scan.gs1,
        "text": scan.text,
    }
    return json.dumps(row, ensure_ascii=False)


def _readable(scan: Scan, at: datetime) -> str:
    """A terminal obeys control characters: they are written out."""
    text = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in scan.text.replace("\x1d", "{GS}"))
    kind = f"{scan.symbology}{' GS1' if scan.gs1 else ''}"
    return f"{at.astimezone():%H:%M:%S} {scan.source} {kind} {text}"
