"""Which payment gateways a command works with: --payments FILE, or --gateway NAME with its settings."""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from pathlib import Path
from typing import Final

from hub.errors import PaymentsFileRefused
from hub.payments_file import Declared, read_payments_file, read_toml, warn_of_open_keys

PAYMENTS_VARIABLE: Final = "KIOSK_HUB_PAYMENTS"
GATEWAY_VARIABLE: Final = "KIOSK_HUB_GATEWAY"
_PRACTICE: Final = "simulated"


def add_gateways(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    command.add_argument(
        "--payments", type=Path, metavar="FILE", help="the gateways of hub-routed payments (or KIOSK_HUB_PAYMENTS)"
    )
    command.add_argument("--gateway", metavar="NAME", help="or the only one (or KIOSK_HUB_GATEWAY; simulated)")
    command.add_argument("--gateway-settings", type=Path, metavar="FILE", help="its settings, TOML")


def chosen_gateways(args: Namespace) -> list[Declared]:
    """What the command line says, else the environment; PaymentsFileRefused."""
    only = args.gateway is not None or args.gateway_settings is not None
    if only and args.payments is not None:
        raise PaymentsFileRefused("--payments names all gateways; leave --gateway and --gateway-settings away")
    file = args.payments or (None if only else os.environ.get(PAYMENTS_VARIABLE))
    if file:
        return read_payments_file(Path(file))
    name = args.gateway or os.environ.get(GATEWAY_VARIABLE) or _PRACTICE
    path = args.gateway_settings
    settings = {} if path is None else read_toml(path, "--gateway-settings")
    declared = Declared(name, name, f"--gateway {name}" if path is None else str(path), settings=settings)
    warn_of_open_keys(declared)
    return [declared]
