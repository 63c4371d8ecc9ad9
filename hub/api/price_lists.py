"""Price lists: the signed manifest of a store's channel, the files it names, and the keys to check it by."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, HTTPException, Path, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from hub.api.access import parts_of
from hub.api.ranges import RangeBeyond, wanted_range
from hub.storage.door import IMMUTABLE, NO_CACHE, content_type, file_name
from offline_cache.price_list.keys import encode_public_key
from offline_cache.price_list.manifest import LANE_CHANNEL

router = APIRouter(prefix="/v1")

_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_READS: Final = ["GET", "HEAD"]

StoreId = Annotated[str, Path(pattern=_NAME)]
Channel = Annotated[str, Path(pattern=r"^[a-z]{1,16}$")]
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Said = Annotated[str | None, Header()]


@router.get("/key")
def get_key(request: Request) -> dict[str, Any]:
    """The public key to pin, and all that sign at present."""
    keys = parts_of(request).keys
    active, now = keys.active(), keys.now()
    return {
        **_key(active.key_id, active.public_key),
        "keys": [_key(one.key_id, one.public_key) for one in keys.all() if one.signs(now)],
    }


def _key(name: str, public_key: bytes) -> dict[str, str]:
    return {"key_id": name, "public_key": encode_public_key(public_key)}


@router.api_route("/price-lists/{store}/manifest.json", methods=_READS)
async def get_manifest(request: Request, store: StoreId, if_none_match: Said = None) -> Response:
    """The newest manifest of a store's lanes, or 304."""
    return await _manifest(request, store, LANE_CHANNEL, if_none_match)


@router.api_route("/price-lists/{store}/{channel}/manifest.json", methods=_READS)
async def get_channel_manifest(
    request: Request, store: StoreId, channel: Channel, if_none_match: Said = None
) -> Response:
    """The newest manifest of another channel, or 304."""
    if channel == LANE_CHANNEL:  # it has one address, as in every other place
        raise HTTPException(404, "the manifest of the lanes is one folder up")
    return await _manifest(request, store, channel, if_none_match)


@router.api_route("/price-lists/files/{sha256}.sqlite.zst", methods=_READS)
def get_file(
    request: Request,
    sha256: Sha256,
    if_none_match: Said = None,
    if_range: Said = None,
    range_: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """A snapshot or delta, or a range of it; its name is its hash, so it never changes."""
    storage, name, tag = parts_of(request).storage, file_name(sha256), f'"{sha256}"'
    headers = {"ETag": tag, "Cache-Control": IMMUTABLE, "Accept-Ranges": "bytes"}
    size = storage.size(name)
    if size is None:
        raise HTTPException(404, "there is no such price list; ask for the manifest again")
    if _matches(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    try:
        part = wanted_range(range_ if if_range in {None, tag} else None, size)
    except RangeBeyond:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=content_type(name))
    return StreamingResponse(storage.chunks(name, start, end), status, headers, content_type(name))


async def _manifest(request: Request, store: str, channel: str, if_none_match: str | None) -> Response:
    manifests = parts_of(request).manifests
    found = manifests.at_hand(store, channel) or await run_in_threadpool(manifests.current, store, channel)
    if found is None:
        raise HTTPException(404, "nothing was published for this store yet")
    headers = {"ETag": found.etag, "Cache-Control": NO_CACHE}
    if _matches(if_none_match, found.etag):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type="application/json", headers=headers)


def _matches(header: str | None, tag: str) -> bool:
    tags: list[Any] = [one.strip().removeprefix("W/") for one in (header or "").split(",")]
    return "*" in tags or tag in tags
