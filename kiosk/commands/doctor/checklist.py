"""What the doctor looks at, in the order in which it tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from kiosk.commands.doctor import configuration, devices, hub, lane_folder, machine, payment, rights, strangers
from kiosk.commands.doctor.findings import Check, Finding, examine
from kiosk.commands.doctor.places import Places
from kiosk.config import KioskConfig
from offline_cache.folder import LaneFolder

_HUB_S: Final = 4 * hub.TIMEOUT_S  # two questions, each with a connection and an answer to wait for
_SCREEN_S: Final = 30.0


def sections(path: Path | None, places: Places | None = None) -> Iterator[list[Finding]]:
    """The findings of one section after the other. Raises ConfigError if the file cannot be read at all."""
    places = places or Places()
    config: KioskConfig | None = None
    if path is not None:
        config, findings = configuration.read(path)
        yield findings
    checks = [*(() if config is None else _of_the_lane(config, places)), *_of_the_machine(config, places)]
    for _, group in groupby(examine(checks), key=lambda finding: finding.section):
        yield list(group)


def _of_the_lane(config: KioskConfig, places: Places) -> Iterator[Check]:
    folder = LaneFolder(config.data.dir)
    runs = lane_folder.lane_runs(folder)
    yield from devices.checks(config, runs=runs)
    yield Check(strangers.SECTION, "devices", lambda: strangers.strangers(places, devices.used_places(config, places)))
    yield Check(lane_folder.SECTION, "folder", lambda: lane_folder.folder_findings(folder))
    yield Check(lane_folder.SECTION, "journal", lambda: lane_folder.journal_findings(folder))
    yield Check(hub.PRICES, "price list", lambda: hub.price_findings(config))
    if (section := config.hub) is not None:
        yield Check(hub.HUB, "hub", lambda: hub.hub_findings(section, config), _HUB_S)
        yield Check(hub.HUB, "agent", lambda: hub.agent_findings(config))
    for way in config.payment:
        yield Check(payment.SECTION, way.id, partial(payment.payment_findings, way, config))


def _of_the_machine(config: KioskConfig | None, places: Places) -> Iterator[Check]:
    if config is None:
        yield Check(strangers.SECTION, "devices", lambda: strangers.strangers(places, frozenset()))
    yield Check(rights.SECTION, "rights", lambda: rights.rights(places))
    yield Check(machine.CLOCK, "date", machine.clock)
    if config is not None:
        yield Check(machine.CLOCK, "by the hub", lambda: hub.skew_findings(config))
    yield Check(machine.LIBRARIES, "libraries", machine.libraries, _SCREEN_S)
    yield Check(machine.SCREEN, "screen", machine.screen, _SCREEN_S)
