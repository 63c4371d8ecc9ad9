"""Finds the one gateway that the configuration names among the installed entry points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from payments.errors import GatewayMisconfigured, GatewayMissing
from payments.gateway import Gateway

GROUP = "kiosk.payment_gateways"


@dataclass(frozen=True, slots=True)
class GatewayContext:
    """What a lane lends its gateways: identity, the hub's address and token, a folder to keep files in.

    `alone`: what the folder does not know of, nobody has started; False at a hub beside which others may start orders.
    """

    store: str
    lane: str
    data_dir: Path
    hub_url: str = ""
    hub_token: str = ""
    alone: bool = True


def load_gateway(name: str, settings: Mapping[str, Any], context: GatewayContext) -> Gateway:
    """Build the named gateway with its own settings; others are not even imported, so a broken one harms nobody.

    Raises GatewayMissing or GatewayMisconfigured.
    """
    matches = tuple(entry_points(group=GROUP, name=name))
    if len(matches) != 1:
        known = ", ".join(sorted({point.name for point in entry_points(group=GROUP)})) or "none"
        raise GatewayMissing(f"payment gateway {name!r}: {len(matches)} installed (there are: {known})")
    try:
        factory = matches[0].load()
    except (ImportError, AttributeError) as exc:
        raise GatewayMissing(f"payment gateway {name!r} cannot be loaded: {exc}") from exc
    try:
        gateway: Gateway = factory(settings, context)
    except TypeError as exc:
        raise GatewayMisconfigured(f"payment gateway {name!r}: {exc}") from exc
    return gateway
