"""Price lists: the signed manifest of a store, the snapshot it names, and the key to check them by."""

from __future__ import annotations

import hashlib
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, HTTPException, Path, Request, Response
from fastapi.responses import FileResponse

from hub.api.access import parts_of
from offline_cache.price_list.manifest import encode_public_key, key_id

router = APIRouter(prefix="/v1")

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

StoreId = Annotated[str, Path(pattern=_NAME)]
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
IfNoneMatch = Annotated[str | None, Header()]


@router.get("/key")
def get_key(request: Request) -> dict[str, str]:
    """The public key that manifests are signed with."""
    key = parts_of(request).public_key
    return {"key_id": key_id(key), "public_key": encode_public_key(key)}


@router.api_route("/price-lists/{store}/manifest.json", methods=["GET", "HEAD"])
def get_manifest(request: Request, store: StoreId, if_none_match: IfNoneMatch = None) -> Response:
    """The newest manifest of a store, or 304."""
    content = _content(parts_of(request).folder.manifest(store))
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if _matches(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


@router.api_route("/price-lists/files/{sha256}.sqlite.zst", methods=["GET", "HEAD"])
def get_snapshot(request: Request, sha256: Sha256, if_none_match: IfNoneMatch = None) -> Response:
    """A snapshot or a range of it; its name is its hash, so it never changes."""
    path = parts_of(request).folder.snapshot(sha256)
    tag = f'"{sha256}"'
    headers = {"ETag": tag, "Cache-Control": _FOR_EVER}
    if not path.is_file():
        raise HTTPException(404, "there is no such price list; ask for the manifest again")
    if _matches(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="application/zstd", headers=headers, stat_result=path.stat())


def _content(path: FilePath) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise HTTPException(404, "nothing was published for this store yet") from exc


def _matches(header: str | None, tag: str) -> bool:
    tags: list[Any] = [one.strip().removeprefix("W/") for one in (header or "").split(",")]
    return "*" in tags or tag in tags
