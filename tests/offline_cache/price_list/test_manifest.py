"""The signed manifest: only what a trusted key signed, for this store and channel, in full, is believed."""

import base64
import copy
import itertools
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.keys import KeyRing, decode_public_key, encode_public_key, key_id, raw_public_key
from offline_cache.price_list.manifest import (
    DeltaFile,
    Manifest,
    SnapshotFile,
    announced_key,
    ring_after,
    route,
    sign,
    verify,
)
from retail.events import canonical_json

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NEXT = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
PUBLIC, NEXT_PUBLIC = raw_public_key(KEY), raw_public_key(NEXT)
RING = KeyRing.of([PUBLIC])


def state(number: int) -> str:
    return f"{number:032x}"


def snapshot(revision: int, size: int = 1000) -> SnapshotFile:
    return SnapshotFile(
        revision=revision, state=state(revision), sha256="ab" * 32, size=size, uncompressed_size=5 * size
    )


def delta(begins: int, ends: int, size: int = 10) -> DeltaFile:
    return DeltaFile(
        from_revision=begins,
        from_state=state(begins),
        revision=ends,
        state=state(ends),
        sha256=f"{begins:032x}{ends:032x}",
        size=size,
        uncompressed_size=5 * size,
    )


def manifest(**changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "store": "demo",
        "revision": 3,
        "state": state(3),
        "currency": "CNY",
        "published_at": "2026-03-01T06:00:00+00:00",
        "signed_at": "2026-03-02T06:00:00+00:00",
        "fresh_until": "2026-03-09T06:00:00+00:00",
        "snapshot": snapshot(2),
        "deltas": (delta(2, 3),),
        "keys": (announced_key(PUBLIC),),
    }
    return Manifest(**{**values, **changes})


MANIFEST = manifest()


def signed(body: dict[str, Any], key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    signature = base64.b64encode(key.sign(canonical_json(body).encode())).decode()
    return {"manifest": body, "signatures": [{"key_id": key_id(raw_public_key(key)), "signature": signature}]}


def test_what_was_signed_is_believed_also_after_a_trip_as_json():
    envelope = json.loads(json.dumps(sign(MANIFEST, [KEY]), indent=3))
    assert verify(envelope, RING, store="demo") == MANIFEST
    assert [one["key_id"] for one in envelope["signatures"]] == [key_id(PUBLIC)]
    assert len(key_id(PUBLIC)) == 16


def test_the_signature_is_over_the_canonical_text_that_the_protocol_names():
    envelope = sign(MANIFEST, [KEY])
    text = json.dumps(envelope["manifest"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert base64.b64encode(KEY.sign(text.encode())).decode() == envelope["signatures"][0]["signature"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for place, inner in enumerate(value) for leaf in leaves(inner, (*path, place))]
    return [path]


@pytest.mark.parametrize("place", leaves(sign(MANIFEST, [KEY])["manifest"]))
def test_a_change_of_any_field_is_refused(place):
    envelope = copy.deepcopy(sign(MANIFEST, [KEY]))
    table = envelope["manifest"]
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = table[place[-1]] + 1 if isinstance(table[place[-1]], int) else f"{table[place[-1]]}0"
    with pytest.raises(ManifestError, match="not signed by the pinned key"):
        verify(envelope, RING, store="demo")


def test_a_field_more_or_less_is_refused():
    envelope = sign(MANIFEST, [KEY])
    body = envelope["manifest"]
    for changed in ({**body, "extra": 1}, {key: value for key, value in body.items() if key != "currency"}):
        with pytest.raises(ManifestError):
            verify({**envelope, "manifest": changed}, RING, store="demo")


def test_what_a_newer_hub_adds_is_no_reason_to_refuse():
    assert verify(signed({**sign(MANIFEST, [KEY])["manifest"], "more": [1]}), RING, store="demo") == MANIFEST


def with_signature(signature: object) -> dict[str, Any]:
    return {**sign(MANIFEST, [KEY]), "signatures": [{"key_id": key_id(PUBLIC), "signature": signature}]}


@pytest.mark.parametrize("signature", [None, "", "AAAA", "no base64!", 5, base64.b64encode(bytes(64)).decode()])
def test_another_signature_is_refused(signature):
    with pytest.raises(ManifestError, match="not signed"):
        verify(with_signature(signature), RING, store="demo")


@pytest.mark.parametrize("signatures", [None, {}, [], [None], ["x"], [{}], "text", 3])
def test_a_manifest_without_signatures_is_refused(signatures):
    with pytest.raises(ManifestError, match="not signed"):
        verify({**sign(MANIFEST, [KEY]), "signatures": signatures}, RING, store="demo")


def test_every_flipped_bit_of_the_signature_is_refused():
    raw = base64.b64decode(sign(MANIFEST, [KEY])["signatures"][0]["signature"])
    for bit in range(0, len(raw) * 8, 7):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ManifestError):
            verify(with_signature(base64.b64encode(flipped).decode()), RING, store="demo")


def test_another_key_is_refused_whatever_it_calls_itself():
    envelope = sign(MANIFEST, [STRANGER])
    envelope["signatures"][0]["key_id"] = key_id(PUBLIC)
    with pytest.raises(ManifestError, match="not signed by the pinned key"):
        verify(envelope, RING, store="demo")


def test_a_manifest_for_another_store_or_channel_is_refused():
    with pytest.raises(ManifestError, match="for store 'demo', this lane belongs to 'other'"):
        verify(sign(MANIFEST, [KEY]), RING, store="other")
    with pytest.raises(ManifestError, match="for channel 'web', this is channel 'lane'"):
        verify(sign(manifest(channel="web"), [KEY]), RING, store="demo")
    assert verify(sign(manifest(channel="web"), [KEY]), RING, store="demo", channel="web").channel == "web"


@pytest.mark.parametrize("envelope", [None, [], "text", 3, {}, {"manifest": None}, {"manifest": []}, {"manifest": "x"}])
def test_what_is_no_manifest_is_refused(envelope):
    with pytest.raises(ManifestError):
        verify(envelope, RING, store="demo")


BODY = sign(MANIFEST, [KEY])["manifest"]


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": 0},
        {"revision": "3"},
        {"revision": True},
        {"revision": 1.5},
        {"store": 3},
        {"currency": None},
        {"published_at": "yesterday"},
        {"published_at": 3},
        {"signed_at": "2026-03-01T06:00:00"},
        {"fresh_until": ""},
        {"format": 1},
        {"format": None},
        {"state": "x"},
        {"keys": None},
        {"revoked": [3]},
        {"snapshot": None},
        {"snapshot": {**BODY["snapshot"], "sha256": "ab" * 32 + "\n"}},
        {"snapshot": {**BODY["snapshot"], "sha256": "AB" * 32}},
        {"snapshot": {**BODY["snapshot"], "sha256": "../../etc/passwd"}},
        {"snapshot": {**BODY["snapshot"], "sha256": 3}},
        {"snapshot": {**BODY["snapshot"], "size": "1"}},
        {"snapshot": {**BODY["snapshot"], "uncompressed_size": -1}},
        {"snapshot": {key: value for key, value in BODY["snapshot"].items() if key != "state"}},
        {"snapshot": {**BODY["snapshot"], "revision": 4}},
        {"deltas": [{**BODY["deltas"][0], "from_revision": 3}]},
        {"deltas": [{**BODY["deltas"][0], "revision": 4}]},
        {"deltas": [{**BODY["deltas"][0], "from_state": "zz" * 16}]},
    ],
)
def test_a_signed_manifest_that_makes_no_sense_is_refused(changes):
    with pytest.raises(ManifestError, match=r"incomplete|has format"):
        verify(signed({**BODY, **changes}), RING, store="demo")


def test_a_value_that_has_no_canonical_text_is_refused():
    for value in (float("nan"), "\ud800"):
        with pytest.raises(ManifestError):
            verify({**sign(MANIFEST, [KEY]), "manifest": {"store": value}}, RING, store="demo")


def test_a_public_key_survives_its_text_form():
    assert decode_public_key(encode_public_key(PUBLIC) + "\n") == PUBLIC


@pytest.mark.parametrize(
    "text", ["", "AAAA", "not base64", encode_public_key(PUBLIC)[:-4], encode_public_key(PUBLIC * 2), "é"]
)
def test_a_text_that_is_no_key_is_refused(text):
    with pytest.raises(ManifestError):
        decode_public_key(text)


BOTH = (announced_key(PUBLIC), announced_key(NEXT_PUBLIC))


def test_while_keys_change_a_lane_that_knows_either_can_follow():
    envelope = sign(manifest(keys=BOTH), [KEY, NEXT])
    for known in (PUBLIC, NEXT_PUBLIC):
        found = verify(envelope, KeyRing.of([known]), store="demo")
        assert set(ring_after(found, KeyRing.of([known])).trusted) == {key_id(PUBLIC), key_id(NEXT_PUBLIC)}


def test_after_the_overlap_the_old_key_is_not_believed_any_more():
    ring = ring_after(manifest(keys=(announced_key(NEXT_PUBLIC),)), KeyRing.of([PUBLIC, NEXT_PUBLIC]))
    with pytest.raises(ManifestError, match="not signed by the pinned key"):
        verify(sign(MANIFEST, [KEY]), ring, store="demo")


def test_a_revoked_key_is_refused_for_ever_also_if_a_manifest_names_it_again():
    revoking = manifest(keys=(announced_key(NEXT_PUBLIC),), revoked=(key_id(PUBLIC),))
    ring = ring_after(verify(sign(revoking, [NEXT]), KeyRing.of([PUBLIC, NEXT_PUBLIC]), store="demo"), RING)
    with pytest.raises(ManifestError, match=f"{key_id(PUBLIC)}, which was revoked"):
        verify(sign(MANIFEST, [KEY]), ring, store="demo")
    again = ring_after(manifest(keys=BOTH), ring)
    assert set(again.trusted) == {key_id(NEXT_PUBLIC)}
    with pytest.raises(ManifestError, match="was revoked"):
        verify(sign(manifest(keys=BOTH), [KEY]), again, store="demo")


def test_a_key_cannot_sign_what_says_that_it_is_not_to_be_trusted():
    for odd in (
        manifest(keys=(announced_key(NEXT_PUBLIC),)),
        manifest(keys=BOTH, revoked=(key_id(PUBLIC),)),
    ):
        with pytest.raises(ManifestError, match="not to be trusted"):
            verify(sign(odd, [KEY]), RING, store="demo")


def test_a_key_under_the_name_of_another_is_refused():
    false = announced_key(NEXT_PUBLIC).model_copy(update={"key_id": key_id(PUBLIC)})
    with pytest.raises(ManifestError, match="not the one that its name says"):
        ring_after(manifest(keys=(false,)), RING)


def test_the_cheaper_of_chain_and_snapshot_is_taken():
    deltas = tuple(delta(number, number + 1, 10) for number in range(1, 9))
    newest = manifest(revision=9, state=state(9), snapshot=snapshot(7, 45), deltas=deltas)
    assert [one.revision for one in route(newest, state(5)).deltas] == [6, 7, 8, 9]
    far = route(newest, state(2))
    assert far.snapshot == snapshot(7, 45)
    assert ([one.revision for one in far.deltas], far.size) == ([8, 9], 65)
    assert route(newest, None) == route(newest, "f" * 32) == far
    assert route(newest, state(9)).size == 0


def test_a_shortcut_over_several_revisions_is_taken_when_it_weighs_less():
    steps = (delta(1, 2, 10), delta(2, 3, 10), delta(1, 3, 15))
    assert route(manifest(snapshot=snapshot(1), deltas=steps), state(1)).deltas == (delta(1, 3, 15),)


def test_files_that_do_not_lead_to_the_newest_are_refused():
    with pytest.raises(ManifestError, match="do not lead"):
        route(manifest(deltas=()), state(2))


@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 50)), max_size=12),
    st.integers(1, 7),
    st.integers(1, 100),
    st.integers(1, 8),
)
def test_no_other_way_is_cheaper(edges, base, weight, here):
    deltas = tuple({(a, b): delta(a, b, size) for a, b, size in edges if a < b}.values())
    newest = manifest(revision=7, state=state(7), snapshot=snapshot(base, weight), deltas=deltas)
    sizes = {(one.from_revision, one.revision): one.size for one in deltas}
    ways = []
    for start, cost in ((here, 0), (base, weight)):
        for count in range(8):
            for middle in itertools.combinations(range(start + 1, 7), count):
                stops = (start, *middle, 7) if start < 7 else (start,)
                hops = list(itertools.pairwise(stops))
                if stops[-1] == 7 and all(hop in sizes for hop in hops):
                    ways.append(cost + sum(sizes[hop] for hop in hops))
    if not ways:
        with pytest.raises(ManifestError):
            route(newest, state(here))
    else:
        assert route(newest, state(here)).size == min(ways)
