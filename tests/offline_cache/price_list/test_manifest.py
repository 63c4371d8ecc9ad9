"""The signed manifest: only what this key signed, for this store, in full, is believed."""

import base64
import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.manifest import (
    Manifest,
    Snapshot,
    decode_public_key,
    encode_public_key,
    key_id,
    raw_public_key,
    sign,
    verify,
)
from retail.events import canonical_json

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = raw_public_key(KEY)
MANIFEST = Manifest("demo", 3, "CNY", "2026-03-01T06:00:00+00:00", Snapshot("ab" * 32, 1000, 5000))


def signed(body: dict[str, Any], key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    signature = base64.b64encode(key.sign(canonical_json(body).encode())).decode()
    return {"manifest": body, "signature": signature, "key_id": key_id(raw_public_key(key))}


def test_what_was_signed_is_believed_also_after_a_trip_as_json():
    envelope = json.loads(json.dumps(sign(MANIFEST, KEY), indent=3))
    assert verify(envelope, PUBLIC, store="demo") == MANIFEST
    assert envelope["key_id"] == key_id(PUBLIC)
    assert len(key_id(PUBLIC)) == 16


def test_the_signature_is_over_the_canonical_text_that_the_protocol_names():
    body = sign(MANIFEST, KEY)["manifest"]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert base64.b64encode(KEY.sign(text.encode())).decode() == sign(MANIFEST, KEY)["signature"]


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    return [path]


@pytest.mark.parametrize("place", leaves(sign(MANIFEST, KEY)["manifest"]))
def test_a_change_of_any_field_is_refused(place):
    envelope = copy.deepcopy(sign(MANIFEST, KEY))
    table = envelope["manifest"]
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = table[place[-1]] + 1 if isinstance(table[place[-1]], int) else table[place[-1]] + "0"
    with pytest.raises(ManifestError, match="not signed by the pinned key"):
        verify(envelope, PUBLIC, store="demo")


def test_a_field_more_or_less_is_refused():
    envelope = sign(MANIFEST, KEY)
    body = envelope["manifest"]
    for changed in ({**body, "extra": 1}, {key: value for key, value in body.items() if key != "currency"}):
        with pytest.raises(ManifestError):
            verify({**envelope, "manifest": changed}, PUBLIC, store="demo")


@pytest.mark.parametrize("signature", [None, "", "AAAA", "no base64!", 5, base64.b64encode(bytes(64)).decode()])
def test_another_signature_is_refused(signature):
    with pytest.raises(ManifestError, match="not signed"):
        verify({**sign(MANIFEST, KEY), "signature": signature}, PUBLIC, store="demo")


def test_every_flipped_bit_of_the_signature_is_refused():
    raw = base64.b64decode(sign(MANIFEST, KEY)["signature"])
    for bit in range(0, len(raw) * 8, 7):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ManifestError):
            verify({**sign(MANIFEST, KEY), "signature": base64.b64encode(flipped).decode()}, PUBLIC, store="demo")


def test_another_key_is_refused_whatever_it_calls_itself():
    envelope = {**sign(MANIFEST, Ed25519PrivateKey.generate()), "key_id": key_id(PUBLIC)}
    with pytest.raises(ManifestError, match="not signed by the pinned key"):
        verify(envelope, PUBLIC, store="demo")


def test_a_manifest_for_another_store_is_refused():
    with pytest.raises(ManifestError, match="for store 'demo', this lane belongs to 'other'"):
        verify(sign(MANIFEST, KEY), PUBLIC, store="other")


@pytest.mark.parametrize("envelope", [None, [], "text", 3, {}, {"manifest": None}, {"manifest": []}, {"manifest": "x"}])
def test_what_is_no_manifest_is_refused(envelope):
    with pytest.raises(ManifestError):
        verify(envelope, PUBLIC, store="demo")


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": -1},
        {"revision": "3"},
        {"revision": True},
        {"revision": 1.5},
        {"store": 3},
        {"currency": None},
        {"published_at": "yesterday"},
        {"published_at": 3},
        {"format": 2},
        {"extra": 1},
        {"snapshot": None},
        {"snapshot": {"sha256": "ab" * 32 + "\n", "size": 1, "uncompressed_size": 1}},
        {"snapshot": {"sha256": "ab" * 32, "size": 1}},
        {"snapshot": {"sha256": "AB" * 32, "size": 1, "uncompressed_size": 1}},
        {"snapshot": {"sha256": "../../etc/passwd", "size": 1, "uncompressed_size": 1}},
        {"snapshot": {"sha256": 3, "size": 1, "uncompressed_size": 1}},
        {"snapshot": {"sha256": "ab" * 32, "size": "1", "uncompressed_size": 1}},
        {"snapshot": {"sha256": "ab" * 32, "size": 1, "uncompressed_size": -1}},
    ],
)
def test_a_signed_manifest_that_makes_no_sense_is_refused(changes):
    body = {**sign(MANIFEST, KEY)["manifest"], **changes}
    with pytest.raises(ManifestError):
        verify(signed(body), PUBLIC, store="demo")


def test_a_value_that_has_no_canonical_text_is_refused():
    for value in (float("nan"), "\ud800"):
        envelope = {**sign(MANIFEST, KEY), "manifest": {"store": value}}
        with pytest.raises(ManifestError):
            verify(envelope, PUBLIC, store="demo")


def test_a_public_key_survives_its_text_form():
    assert decode_public_key(encode_public_key(PUBLIC) + "\n") == PUBLIC


@pytest.mark.parametrize(
    "text", ["", "AAAA", "not base64", encode_public_key(PUBLIC)[:-4], encode_public_key(PUBLIC * 2), "é"]
)
def test_a_text_that_is_no_key_is_refused(text):
    with pytest.raises(ManifestError):
        decode_public_key(text)


def test_two_revisions_have_two_signatures():
    assert sign(MANIFEST, KEY)["signature"] != sign(replace(MANIFEST, revision=4), KEY)["signature"]
