"""The signed manifest that announces a store's newest list: which files lead to it, whose keys may sign the next one.

Format 2. Envelope: {"manifest": {...}, "signatures": [{"key_id", "signature"}]}, each signature Ed25519 over the
canonical JSON of "manifest". While keys change, old and new key both sign: a lane that knows either can follow.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.keys import KeyRing, encode_public_key, key_id, raw_public_key
from retail.events import canonical_json

FORMAT: Final = 2
LANE_CHANNEL: Final = "lane"
_MOST_DELTAS: Final = 4096


def _hex(length: int) -> Any:
    """A hash or state: it becomes part of an address, so hex digits and nothing else."""

    def check(value: str) -> str:
        if not re.fullmatch(rf"[0-9a-f]{{{length}}}", value):
            raise ValueError(f"must be {length} hex digits")
        return value

    return AfterValidator(check)


def _moment(value: str) -> str:
    if datetime.fromisoformat(value).tzinfo is None:
        raise ValueError("must say its offset from UTC")
    return value


Sha256 = Annotated[str, _hex(64)]
Moment = Annotated[str, AfterValidator(_moment)]
State = Annotated[str, _hex(32)]
Size = Annotated[int, Field(ge=0, lt=2**53)]
Revision = Annotated[int, Field(ge=1, lt=2**53)]


class _Signed(BaseModel):
    # strict: True is no revision, "5" no size. Unknown keys are a newer hub's and signed like the rest: they are kept.
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class SnapshotFile(_Signed):
    """A whole list, packed. `state` names its exact content: a delta fits the state that it was made from."""

    revision: Revision
    state: State
    sha256: Sha256
    size: Size
    uncompressed_size: Size


class DeltaFile(_Signed):
    """What leads from one state to a later one, packed."""

    from_revision: Revision
    from_state: State
    revision: Revision
    state: State
    sha256: Sha256
    size: Size
    uncompressed_size: Size


class Approval(_Signed):
    """A person let a change through that the shop's limits would stop, in this revision."""

    revision: Revision
    by: str


class PublicKey(_Signed):
    """A key that may sign; base64 of the raw 32 bytes."""

    key_id: str
    public_key: str


class Manifest(_Signed):
    """The newest list of a store's channel and the ways to it. Times are ISO 8601, UTC.

    `signed_at` moves on while the list stays: the hub signs again from time to time, so that an old manifest that
    somebody replays goes stale at `fresh_until`. `approved` is the newest revision that needed somebody's approval.
    """

    format: int = FORMAT
    store: str
    channel: str = LANE_CHANNEL
    revision: Revision
    state: State
    currency: str
    published_at: Moment
    signed_at: Moment
    fresh_until: Moment
    snapshot: SnapshotFile
    deltas: tuple[DeltaFile, ...] = Field(default=(), max_length=_MOST_DELTAS)
    approved: Approval | None = None
    keys: tuple[PublicKey, ...]
    revoked: tuple[str, ...] = ()


def sign(manifest: Manifest, keys: Iterable[Ed25519PrivateKey]) -> dict[str, Any]:
    """The envelope that is published, signed with each key; at least one of them stands in `manifest.keys`."""
    body = manifest.model_dump(mode="json")
    content = canonical_json(body).encode()
    signatures = [
        {"key_id": key_id(raw_public_key(key)), "signature": base64.b64encode(key.sign(content)).decode()}
        for key in keys
    ]
    return {"manifest": body, "signatures": signatures}


def announced_key(public_key: bytes) -> PublicKey:
    """A raw public key as a manifest lists it."""
    return PublicKey(key_id=key_id(public_key), public_key=encode_public_key(public_key))


def verify(envelope: object, ring: KeyRing, *, store: str, channel: str = LANE_CHANNEL) -> Manifest:
    """The manifest, if a key of the ring has signed it and it is for this store and channel. Raises ManifestError."""
    if not isinstance(envelope, dict) or not isinstance(envelope.get("manifest"), dict):
        raise ManifestError("the hub's answer is not a manifest")
    body = envelope["manifest"]
    try:
        content = canonical_json(body).encode()
    except ValueError as exc:
        raise ManifestError(f"the manifest has no text that could be signed ({exc})") from exc
    signer = _signer(envelope, content, ring)
    manifest = _parse(body)
    if signer in manifest.revoked or signer not in {key.key_id for key in manifest.keys}:
        raise ManifestError(f"the manifest is signed by key {signer}, which it says is not to be trusted")
    if manifest.store != store:
        raise ManifestError(f"the manifest is for store {manifest.store!r}, this lane belongs to {store!r}")
    if manifest.channel != channel:
        raise ManifestError(f"the manifest is for channel {manifest.channel!r}, this is channel {channel!r}")
    return manifest


def ring_after(manifest: Manifest, ring: KeyRing) -> KeyRing:
    """The keys to trust from now on, as a manifest that was verified says; what was revoked stays so."""
    return ring.replaced({one.key_id: one.public_key for one in manifest.keys}, manifest.revoked)


def _signer(envelope: Mapping[str, Any], content: bytes, ring: KeyRing) -> str:
    signatures = envelope.get("signatures")
    named: list[str] = []
    for one in signatures if isinstance(signatures, list) else []:
        if not isinstance(one, dict):
            continue
        name = str(one.get("key_id"))
        named.append(name)
        public_key = ring.trusted.get(name)
        if public_key is None or name in ring.revoked:
            continue
        try:
            signature = base64.b64decode(str(one.get("signature")), validate=True)
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
        except (InvalidSignature, ValueError):
            continue
        return name
    revoked = [name for name in named if name in ring.revoked]
    if revoked:
        raise ManifestError(f"the manifest is signed by key {revoked[0]}, which was revoked")
    raise ManifestError(
        f"the manifest is not signed by the pinned key {', '.join(sorted(ring.trusted)) or '(none)'} "
        f"(it names {', '.join(named)[:200] or 'none'}); if the hub's key was changed on purpose, pin the new one"
    )


def _parse(body: dict[str, Any]) -> Manifest:
    if body.get("format") != FORMAT:
        raise ManifestError(f"the manifest has format {body.get('format')!r}, this program reads {FORMAT}")
    try:
        manifest = Manifest.model_validate_json(canonical_json(body))
    except ValidationError as exc:
        error = exc.errors()[0]
        where = ".".join(str(part) for part in error["loc"])
        raise ManifestError(f"the manifest is incomplete ({where}: {error['msg']})") from exc
    ways = [(0, manifest.snapshot.revision), *((one.from_revision, one.revision) for one in manifest.deltas)]
    for begins, ends in ways:
        if not begins < ends <= manifest.revision:
            raise ManifestError("the manifest is incomplete (a file's revision is not on the way to the newest)")
    return manifest


@dataclass(frozen=True, slots=True)
class Route:
    """The files to take, in order: a snapshot or none, then deltas; `size` is what they weigh on the wire."""

    snapshot: SnapshotFile | None
    deltas: tuple[DeltaFile, ...]
    size: int


def route(manifest: Manifest, state: str | None) -> Route:
    """The cheapest way, in bytes, from a state (None: nothing is there) to the newest list.

    Raises ManifestError if the files that are announced do not lead there.
    """
    start: dict[str, Route] = {manifest.snapshot.state: Route(manifest.snapshot, (), manifest.snapshot.size)}
    if state is not None:
        start[state] = Route(None, (), 0)
    best = dict(start)
    # A delta goes forward in revisions only: taken in that order, each state's best way is known before it is used.
    for delta in sorted(manifest.deltas, key=lambda one: (one.from_revision, one.revision)):
        before = best.get(delta.from_state)
        if before is None:
            continue
        way = Route(before.snapshot, (*before.deltas, delta), before.size + delta.size)
        known = best.get(delta.state)
        if known is None or way.size < known.size:
            best[delta.state] = way
    if manifest.state not in best:
        raise ManifestError("the files that the manifest announces do not lead to its revision")
    return best[manifest.state]
