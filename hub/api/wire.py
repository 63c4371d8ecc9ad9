"""What lanes send: the models, and reading a body within bounds without ever repeating it in an answer."""

from __future__ import annotations

import io
from typing import Annotated, Any, Final, TypeVar

import zstandard
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool

from hub.errors import HubError
from retail.events import Event

SMALL: Final = 64 * 1024
LARGE: Final = 4 * 1024 * 1024
EVENTS_AT_ONCE: Final = 2000  # some tenths of a second of work: other lanes' posts wait no longer than that
_WINDOW: Final = 8 * 1024 * 1024  # of zstd: what one body may make us keep in memory
_DRAINED: Final = 8 * LARGE  # read on this far before refusing: a client that is cut off while it sends never sees why

_HASH = Annotated[str, Field(max_length=64)]
KEY = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{6,32}$")]
AMOUNT = Annotated[int, Field(gt=0, le=2**53)]

_Model = TypeVar("_Model", bound=BaseModel)


class BodyRefused(HubError):
    """A body that is too large (413) or not what the route takes (422)."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class Strict(BaseModel):
    """No value is bent into another kind."""

    model_config = ConfigDict(strict=True)


class EventModel(Strict):
    """One event of a lane's journal."""

    number: Annotated[int, Field(ge=1, le=2**53)]
    at: Annotated[str, Field(max_length=64)]
    kind: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]  # PostgreSQL takes any sign but that
    sale_id: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] | None
    body: dict[str, Any]
    previous_hash: _HASH
    hash: _HASH


class EventsPost(Strict):
    """A contiguous run of events."""

    events: Annotated[list[EventModel], Field(max_length=EVENTS_AT_ONCE)]

    def parsed(self) -> list[Event]:
        """The events."""
        return [
            Event(one.number, one.at, one.kind, one.sale_id, one.body, one.previous_hash, one.hash)
            for one in self.events
        ]


class PaymentOrder(Strict):
    """A payment that a lane orders; the instrument is the shopper's one-time code."""

    key: KEY
    amount_minor: AMOUNT
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    sale_id: Annotated[str, Field(min_length=1, max_length=64)]
    way: Annotated[str, Field(max_length=64)]
    instrument: Annotated[SecretStr, Field(max_length=512)] | None = None


class RefundOrder(Strict):
    """A refund of a payment."""

    refund_key: KEY
    amount_minor: AMOUNT


class Heartbeat(BaseModel):
    """What a lane says of itself; the hub keeps the last one as it is."""

    model_config = ConfigDict(extra="allow")


async def read_body(request: Request, model: type[_Model], *, limit: int = SMALL) -> _Model:
    """The body as a model; BodyRefused says what is wrong, and where, but never the value."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    content = await read_raw(request, limit)
    if limit == SMALL:
        return _parsed(content, model, encoding, limit)
    # A large one takes a while: other lanes' requests are answered meanwhile.
    return await run_in_threadpool(_parsed, content, model, encoding, limit)


def _parsed(content: bytes, model: type[_Model], encoding: str, limit: int) -> _Model:
    try:
        return model.model_validate_json(_unpacked(content, encoding, limit))
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BodyRefused(f"{place or 'body'}: {_said(first)}", status=422) from exc


def _said(error: Any) -> str:
    # What the JSON parser says quotes what it read.
    return "is not JSON" if error["type"] == "json_invalid" else str(error["msg"])


def _unpacked(content: bytes, encoding: str, limit: int) -> bytes:
    """What was packed, never more than the limit of it."""
    if encoding == "identity":
        return content
    if encoding != "zstd":
        raise BodyRefused("Content-Encoding: the hub takes zstd, or none", status=415)
    packed = io.BytesIO(content)
    try:
        with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(
            packed, read_across_frames=True
        ) as reader:
            plain = reader.read(limit + 1)
    except zstandard.ZstdError as exc:
        raise BodyRefused("body: is not zstd", status=422) from exc
    if len(plain) > limit:
        raise _too_large(limit)
    return plain


async def read_raw(request: Request, limit: int) -> bytes:
    """The body as it came. BodyRefused if it is larger."""
    content, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            content += chunk
        elif size > _DRAINED:
            break
    if size > limit:
        raise _too_large(limit)
    return bytes(content)


def _too_large(limit: int) -> BodyRefused:
    return BodyRefused(f"the body is larger than {limit} bytes; send less at a time", status=413)
