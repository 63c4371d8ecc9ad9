"""The ways to pay: whether each one's gateway is installed and takes its settings. No money moves, nobody is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.commands.doctor.findings import Finding, State
from kiosk.commands.doctor.sentences import parted
from kiosk.config import KioskConfig, WaySection
from offline_cache.errors import ConfigError
from payments.errors import PaymentError
from payments.loader import GatewayContext, load_gateway

SECTION: Final = "payment"
_SETTINGS: Final = "correct its settings under [[payment]]; docs/payment-gateways.md tells them"


def payment_findings(way: WaySection, config: KioskConfig) -> Iterator[Finding]:
    """Build the gateway and let it go again, with an empty folder: it may lay files out as it is built."""
    with tempfile.TemporaryDirectory(prefix="doctor-") as folder:
        try:
            context = GatewayContext(
                store=config.lane.store,
                lane=config.lane.name,
                data_dir=Path(folder),
                hub_url=config.hub.url if config.hub else "",
                hub_token=config.hub.read_token() if config.hub else "",
            )
            load_gateway(way.gateway, way.settings, context).close()
        except (PaymentError, ConfigError) as exc:
            found, remedy = parted(str(exc), otherwise=_SETTINGS)
            yield Finding(SECTION, way.id, State.FAULT, found, remedy)
        else:
            yield Finding(SECTION, way.id, State.OK, f"gateway {way.gateway} is there and takes its settings")
