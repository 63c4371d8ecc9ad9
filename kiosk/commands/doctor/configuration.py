"""The lane's file: what is wrong with it, sentence by sentence, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.commands.doctor.findings import Finding, State
from kiosk.commands.doctor.sentences import parted
from kiosk.config import KioskConfig, load_config
from offline_cache.config import ConfigError, load_toml

SECTION: Final = "configuration"
_PAGE: Final = "correct it; docs/configuration.md tells every setting"


def read(path: Path) -> tuple[KioskConfig | None, list[Finding]]:
    """The configuration, or None and what is wrong with it. Raises ConfigError if the file cannot be read at all."""
    load_toml(path)
    try:
        config = load_config(path)
    except ConfigError as exc:
        faults = [parted(line.removeprefix(f"{path}: "), otherwise=_PAGE) for line in str(exc).splitlines()]
        return None, [Finding(SECTION, path.name, State.FAULT, found, remedy) for found, remedy in faults]
    return config, list(_findings(config, path))


def _findings(config: KioskConfig, path: Path) -> Iterator[Finding]:
    yield Finding(SECTION, path.name, State.OK, f"store {config.lane.store}, lane {config.lane.name}")
    if config.hub is None:
        remedy = "add [hub] with its url, so that prices come in and sales go out"
        yield Finding(SECTION, "hub", State.WARNING, "no hub is named", remedy)
    if not config.staff:
        remedy = "make one with `kiosk badge NAME` and put the lines that it prints into the file"
        yield Finding(SECTION, "staff", State.WARNING, "no badge opens the attendant's panel", remedy)
