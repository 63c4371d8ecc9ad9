"""The address of a member's own page, as the last screen of a lane shows it: a photograph of that is soon too old."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from fastapi import Request

from hub.api.access import parts_of

if TYPE_CHECKING:
    from hub.api.app import ApiParts

LIVES_S: Final = 15 * 60
_MAC: Final = 32


def base_address(request: Request) -> str:
    """Where members reach this hub: as it was told, else as whoever asks now reaches it; no slash at its end."""
    return (parts_of(request).pages_url or str(request.base_url)).rstrip("/")


def is_secure(request: Request) -> bool:
    """Whether members come by HTTPS, so that their cookie may insist on it."""
    return base_address(request).startswith("https://")


def page_address(request: Request, store: str, secret: str) -> str:
    """With a key behind '#', which browsers never send: no log of any server on the way has it. '' without a secret."""
    return base_address(request) + page_path(parts_of(request), store, secret) if secret else ""


def page_path(parts: ApiParts, store: str, secret: str) -> str:
    """The same behind the hub's own address."""
    until = str(_now(parts) + LIVES_S)
    return f"/m/{store}/in#{secret}~{until}~{_mac(parts, secret, until)}"


def secret_of_key(parts: ApiParts, key: str) -> str:
    """The member's secret in a key that such an address had; '' for one that is too old, or was never given out."""
    secret, _, rest = key.partition("~")
    until, _, mac = rest.partition("~")
    if not (
        until.isascii() and until.isdigit() and hmac.compare_digest(_mac(parts, secret, until).encode(), mac.encode())
    ):
        return ""
    return secret if int(until) > _now(parts) else ""


def _mac(parts: ApiParts, secret: str, until: str) -> str:
    return parts.secrets.digest("page key", f"{secret}~{until}")[:_MAC]


def _now(parts: ApiParts) -> int:
    return int(parts.clock().timestamp())
