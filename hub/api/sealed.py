"""What a lane sealed for the hub: opened here, at the edge, and never repeated in an answer or a log."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field
from starlette.concurrency import run_in_threadpool

from hub.api.wire import BodyRefused
from hub.membership.secrets import MemberSecrets
from retail.membership.sealing import SealBroken, unseal

Sealed = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
Claim = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SaleId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Club = Annotated[str, Field(min_length=1, max_length=64)]

_LONGEST: Final = 256


async def opened(secrets: MemberSecrets, sealed: str, info: str, *names: str) -> Mapping[str, str]:
    """The words under these names. BodyRefused (422) for a seal of another place or key: sent again it is the same."""
    return await run_in_threadpool(_opened, secrets, sealed, info, names)


def _opened(secrets: MemberSecrets, sealed: str, info: str, names: tuple[str, ...]) -> Mapping[str, str]:
    key = secrets.seal_key
    try:
        words = unseal(key, base64.b64decode(sealed, validate=True), info)
    except (SealBroken, binascii.Error) as exc:
        raise BodyRefused("sealed: does not open with this hub's key", status=422) from exc
    if not all(0 < len(words.get(name, "")) <= _LONGEST for name in names):
        raise BodyRefused(f"sealed: must hold {' and '.join(names)}", status=422)
    return words
