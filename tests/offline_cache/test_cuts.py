"""The network cut at every byte of every exchange, slow, or lying: the old list stays, the next look mends it."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from offline_cache.errors import DownloadRefused, HubAway, SyncError
from offline_cache.folder import LaneFolder
from tests.offline_cache.lists import Packed
from tests.offline_cache.raw_server import RawServer, Script, answer

MEMORY = Path("/dev/shm")  # noqa: S108 - thousands of looks, each with its fsyncs: the disk is not what these tests are about


@pytest.fixture
def folder() -> Iterator[LaneFolder]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        lane = Path(place) / "lane"
        lane.mkdir()
        yield LaneFolder(lane)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture
def first(lane, shop):
    """The list that the lane has from an honest hub, with its spare."""
    packed = shop.publish(1)
    looks = lane.update()
    looks.look()
    looks.prepare()
    return packed


def offer(script: Script, packed: Packed) -> None:
    script.serve("/manifest.json", json.dumps(packed.envelope).encode())
    for sha256, content in packed.files.items():
        script.serve(f"/{sha256}.sqlite.zst", content)


# A file has thousands of bytes, and a cut in the middle of them is like its neighbour: all of them at night.
STRIDE = 1 if os.environ.get("KIOSK_NIGHTLY") else 7


def length(script: Script, path: str) -> int:
    return len(script.answers[path](0))


def test_a_manifest_cut_at_any_byte_leaves_the_old_list(lane, shop, first, server):
    second = shop.publish(2)
    before = lane.fingerprint()
    looks = lane.update(url=server.url)
    offer(server.script, first)
    looks.look()
    offer(server.script, second)
    for place in range(length(server.script, "/manifest.json")):
        server.script.cuts = [place]
        with pytest.raises(SyncError):
            looks.look()
        assert lane.fingerprint() == before
    assert lane.files() == {"price-list.sqlite", "price-list.spare", "hub-key.pub"}
    assert looks.look().revision == 2


def test_a_request_cut_at_any_byte_leaves_the_old_list(lane, shop, first, server):
    second = shop.publish(2)
    before = lane.fingerprint()
    looks = lane.update(url=server.url)
    offer(server.script, second)
    for place in range(120):
        server.script.hear = place
        with pytest.raises(HubAway):
            looks.look()
        assert lane.fingerprint() == before
    server.script.hear = None
    assert looks.look().revision == 2


@pytest.fixture
def by_snapshot(lane, shop, first):
    return shop.publish(2)


@pytest.fixture
def by_delta(lane, shop):
    """The next list, small beside the one that the lane has, and no other way to it."""
    shop.publish(1, products=1500)
    looks = lane.update()
    looks.look()
    looks.prepare()
    packed = shop.publish(2, products=1500, file_says={"prices": {1: 1002}}, since=1)
    packed.files.pop(packed.sha256)
    return packed


@pytest.mark.parametrize("way", ["by_snapshot", "by_delta"])
def test_a_file_cut_at_any_byte_leaves_the_old_list_and_is_resumed(lane, server, tmp_path, way, request):
    second = request.getfixturevalue(way)
    (content,) = second.files.values()
    offer(server.script, second)
    manifest = length(server.script, "/manifest.json")
    (path,) = (path for path in server.script.answers if "sqlite" in path)
    whole = length(server.script, path)
    before, kept = lane.fingerprint(), tmp_path / "kept"
    shutil.copytree(lane.folder.path, kept)
    looks = lane.update(url=server.url)
    for place in sorted({*range(0, whole, STRIDE), whole - 1}):
        came = max(0, place + len(content) - whole)
        server.script.cuts = [manifest, place, 0]
        with pytest.raises(HubAway):
            looks.look()
        server.script.cuts.clear()
        assert lane.fingerprint() == before
        assert sum(part.stat().st_size for part in lane.parts()) == came
        if place % 40 >= STRIDE and place != whole - 1:
            for part in lane.parts():
                part.unlink()
            continue
        server.script.starts.clear()
        assert looks.look().revision == 2
        assert server.script.starts == [0, came]
        assert lane.price() == 201
        assert not lane.parts()
        for file in lane.folder.path.iterdir():
            file.unlink()
        for file in kept.iterdir():
            shutil.copy2(file, lane.folder.path)
        looks = lane.update(url=server.url)


def test_a_server_that_dribbles_is_given_up(lane, shop, first, server):
    offer(server.script, shop.publish(2))
    server.script.pause_s = 0.02
    before = lane.fingerprint()
    with pytest.raises(HubAway, match="answers too slowly"):
        lane.update(url=server.url, timeout_s=0.1).look()
    assert lane.fingerprint() == before
    server.script.pause_s = 0
    assert lane.update(url=server.url).look().revision == 2


def test_a_file_that_dribbles_is_given_up_and_what_came_is_kept(lane, shop, first, server):
    second = shop.publish(2, content=b"x" * 4000)
    server.script.serve("/manifest.json", json.dumps(second.envelope).encode())
    looks = lane.update(url=server.url, timeout_s=0.1)

    def slowly(start: int) -> bytes:
        server.script.pause_s = 0.02
        return answer(second.content[start:])

    server.script.answers["sqlite.zst"] = slowly
    with pytest.raises(HubAway, match="comes too slowly"):
        looks.look()
    assert lane.parts()[0].stat().st_size > 0


def test_a_silent_server_is_given_up(lane, shop, first, server):
    offer(server.script, shop.publish(2))
    server.script.pause_s = 60
    with pytest.raises(HubAway, match="cannot be reached"):
        lane.update(url=server.url, timeout_s=0.1).look()


LIES: dict[str, Callable[[bytes, int], Any]] = {
    "a length too long": lambda content, start: answer(content[start:], length=len(content) + 100),
    "a length too short": lambda content, start: answer(content[start:], length=10),
    "more than announced": lambda content, start: answer(content[start:] + b"more"),
    "another file": lambda content, start: answer(bytes(len(content))),
    "another part": lambda content, start: answer(
        content[5:], status=206, more=f"Content-Range: bytes 5-{len(content) - 1}/{len(content)}\r\n"
    ),
    "a part said to be another": lambda content, start: answer(
        content[start + 1 :], status=206, more=f"Content-Range: bytes {start}-{len(content) - 1}/{len(content)}\r\n"
    ),
    "a part without a place": lambda content, start: answer(content[start:], status=206),
    "a part with nonsense for a place": lambda content, start: answer(
        content, status=206, more="Content-Range: bytes x-y/z\r\n"
    ),
    "no such range": lambda content, start: answer(b"", status=416),
    "a redirect": lambda content, start: answer(b"", status=302, more="Location: http://127.0.0.1:9/\r\n"),
    "not modified": lambda content, start: answer(b"", status=304),
    "nothing": lambda content, start: b"",
    "no HTTP": lambda content, start: b"\x00\xff" * 500,
    "endless headers": lambda content, start: b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
    "broken chunks": lambda content, start: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + content,
    "an interim answer only": lambda content, start: b"HTTP/1.1 100 Continue\r\n\r\n",
}


def test_a_file_that_came_whole_is_taken_whatever_its_length_was_said_to_be(lane, shop, first, server):
    second = shop.publish(2)
    offer(server.script, second)
    server.script.answers[f"/{second.sha256}.sqlite.zst"] = lambda start: answer(second.content[start:], length=9999)
    assert lane.update(url=server.url).look().revision == 2


@pytest.mark.parametrize("lie", [lie for lie in LIES if lie != "a length too long"])
@pytest.mark.parametrize("kept", [0, 300])
def test_a_server_that_lies_about_a_file_is_found_out(lane, shop, first, server, lie, kept):
    second = shop.publish(2)
    offer(server.script, second)
    before = lane.fingerprint()
    lane.folder.part(second.sha256).write_bytes(second.content[:kept])
    server.script.answers[f"/{second.sha256}.sqlite.zst"] = lambda start: LIES[lie](second.content, start)
    looks = lane.update(url=server.url)
    for _ in range(2):
        with pytest.raises(SyncError, match=server.url):
            looks.look()
        assert lane.fingerprint() == before
    offer(server.script, second)
    assert looks.look().revision == 2
    assert lane.price() == 201


@pytest.mark.parametrize("lie", [lie for lie in LIES if "part" not in lie and lie != "no such range"])
def test_a_server_that_lies_about_the_manifest_is_found_out(lane, shop, first, server, lie):
    second = shop.publish(2)
    offer(server.script, second)
    before = lane.fingerprint()
    content = json.dumps(second.envelope).encode()
    server.script.answers["/manifest.json"] = lambda start: LIES[lie](content, start)
    looks = lane.update(url=server.url)
    with pytest.raises(SyncError, match=server.url):
        looks.look()
    assert lane.fingerprint() == before
    offer(server.script, second)
    assert looks.look().revision == 2


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "br"])
def test_an_answer_that_is_packed_unasked_is_not_unpacked(lane, shop, first, server, encoding):
    offer(server.script, shop.publish(2))
    server.script.answers["/manifest.json"] = lambda _start: answer(b"x", more=f"Content-Encoding: {encoding}\r\n")
    with pytest.raises(SyncError, match=f"packed with {encoding}"):
        lane.update(url=server.url).look()


def test_a_file_is_taken_from_a_server_without_ranges_or_tags(lane, shop, first, server):
    second = shop.publish(2)
    offer(server.script, second)
    server.script.answers[f"/{second.sha256}.sqlite.zst"] = lambda _start: answer(second.content)
    lane.folder.part(second.sha256).write_bytes(second.content[:100])
    assert lane.update(url=server.url).look().revision == 2


def test_an_empty_announcement_is_refused(lane, shop, first, server):
    second = shop.publish(2, size=0)
    server.script.serve("/manifest.json", json.dumps(second.envelope).encode())
    server.script.answers["sqlite.zst"] = lambda _start: answer(b"")
    with pytest.raises(DownloadRefused, match="SHA-256 differs"):
        lane.update(url=server.url).look()
