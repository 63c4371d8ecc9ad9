"""The short way to a manifest: a fleet asks for little else, so this one question does not pass through the routes.

A lane asks every few seconds whether its list has changed; answered here that costs a tenth of what a route does.
Whatever is not plainly that question goes on to the routes, which answer all of it, the same and at leisure.
"""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.types import Scope, Send

from hub.errors import HubError
from hub.publishing.current import Current, CurrentManifests
from hub.storage.door import NO_CACHE
from offline_cache.price_list.manifest import LANE_CHANNEL

_PATH: Final = re.compile(
    r"/v1/price-lists/([A-Za-z0-9][A-Za-z0-9._-]{0,63})(?:/([a-z]{1,16}))?/manifest\.json", re.ASCII
)
_ONE_TAG: Final = re.compile(rb'"[^",]*"')
_CACHE_CONTROL: Final = (b"cache-control", NO_CACHE.encode())
_JSON: Final = (b"content-type", b"application/json")


async def answered(manifests: CurrentManifests, scope: Scope, send: Send) -> bool:
    """Answer, if this is a plain GET of a manifest that is at hand."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    asked = _PATH.fullmatch(scope["path"])
    known = _known_tag(scope["headers"]) if asked else None
    if asked is None or known is None or asked[2] == LANE_CHANNEL:  # the lanes' has no folder of its own
        return False
    try:
        found = manifests.at_hand(asked[1], asked[2] or LANE_CHANNEL)
    except HubError:  # the route says what there is to say
        return False
    if found is not None:
        await _answer(send, found, known)
    return found is not None


def _known_tag(headers: list[tuple[bytes, bytes]]) -> bytes | None:
    """The one tag that the lane knows, b"" if none; None for a header of another kind, such as a list or a star."""
    said = [value for name, value in headers if name == b"if-none-match"]
    if not said:
        return b""
    return said[0] if len(said) == 1 and _ONE_TAG.fullmatch(said[0]) else None


async def _answer(send: Send, found: Current, known: bytes) -> None:
    tag, content = found.etag.encode(), found.content
    headers = [(b"etag", tag), _CACHE_CONTROL]
    start: dict[str, Any] = {"type": "http.response.start", "status": 304, "headers": headers}
    if known != tag:
        length = (b"content-length", str(len(content)).encode())
        start |= {"status": 200, "headers": [*headers, length, _JSON]}
    await send(start)
    await send({"type": "http.response.body", "body": b"" if known == tag else content})
