"""Style and scripts of the pages: their addresses change with them, so that browsers may keep them."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from hub.pages.drawing import static_files

router = APIRouter(prefix="/m/static")


@router.get("/{name}")
def get_static(name: str) -> Response:
    """One file."""
    found = static_files().get(name)
    if found is None:
        raise HTTPException(404, "there is nothing at this address")
    kind, content = found
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=kind, headers=headers)
