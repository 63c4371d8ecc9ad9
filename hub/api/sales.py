"""The record of a sale, for lanes of its store."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request

from hub.api.access import AskingLane, parts_of

router = APIRouter(prefix="/v1/sales")


@router.get("/{sale_id}")
def get_sale(request: Request, sale_id: str, lane: AskingLane) -> dict[str, Any]:
    """A sale that any lane of the same store made."""
    sale = parts_of(request).sales.find(sale_id, store=lane.store)
    if sale is None:
        raise HTTPException(404, "this store has no such sale")
    return sale
