"""Reads a gateway's own table of the configuration; a wrong key or value becomes a sentence with the remedy."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Collection, Mapping
from typing import Any, Final

import httpx

from payments.errors import GatewayMisconfigured
from payments.gateway import Presents

_HIGHEST_PORT: Final = 65535


def refuse_unknown(gateway: str, settings: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises GatewayMisconfigured for the first key that the gateway does not have, naming the nearest that it has."""
    for key in settings:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(sorted(known))}"
            raise GatewayMisconfigured(f"payment gateway {gateway!r} has no setting {key!r}; {remedy}")


def choice(gateway: str, settings: Mapping[str, Any], key: str, allowed: Collection[str], default: str) -> str:
    """A setting that must be one of a few words."""
    value = settings.get(key, default)
    if value not in allowed:
        words = ", ".join(allowed)
        raise GatewayMisconfigured(f"payment gateway {gateway!r}: {key} is {value!r}; it must be one of: {words}")
    return str(value)


def seconds(
    gateway: str, settings: Mapping[str, Any], key: str, default: float, *, most: float, least: float = 0.0
) -> float:
    """A setting that is a time span in seconds, `least` to `most`."""
    value = settings.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise GatewayMisconfigured(
            f"payment gateway {gateway!r}: {key} is {value!r}; it must be a number of seconds from {least:g} to "
            f"{most:g}"
        )
    return float(value)


def address(gateway: str, settings: Mapping[str, Any], key: str, default: str) -> httpx.URL:
    """A setting that is a web address: https, or http on this machine alone, as shoppers' codes travel there."""
    value = settings.get(key, default)
    try:
        url = httpx.URL(value if isinstance(value, str) else "")
    except httpx.InvalidURL:
        url = httpx.URL()
    travels_safely = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))
    if not url.host or (url.port or 0) > _HIGHEST_PORT or not travels_safely:
        raise GatewayMisconfigured(
            f"payment gateway {gateway!r}: {key} is {value!r}; it must be an address such as {default} "
            f"(http only on this machine, for tests)"
        )
    return url


def _is_loopback(host: str) -> bool:
    """Not localhost alone: a stand-in may listen at any loopback address. A name such as 127.example.org is none."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def text(gateway: str, settings: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """A setting that is a text; without a default it must be there."""
    value = settings.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise GatewayMisconfigured(f"payment gateway {gateway!r}: {key} is {value!r}; it must be a text: set it")
    return value


def flag(gateway: str, settings: Mapping[str, Any], key: str, *, default: bool) -> bool:
    """A setting that is true or false."""
    value = settings.get(key, default)
    if not isinstance(value, bool):
        raise GatewayMisconfigured(f"payment gateway {gateway!r}: {key} is {value!r}; it must be true or false")
    return value


def presents(gateway: str, settings: Mapping[str, Any]) -> Presents:
    """Who shows what at the lane, a shopper's code unless the shop says otherwise."""
    return Presents(choice(gateway, settings, "presents", tuple(Presents), Presents.SHOPPER_CODE))
