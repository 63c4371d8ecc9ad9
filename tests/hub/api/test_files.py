"""The short way to a small file answers as the route behind it would."""

from typing import Any

import httpx
import pytest

from hub.api.files import SmallFiles
from hub.services import Hub
from hub.storage.door import file_name


@pytest.fixture
def sha256(hub: Hub) -> str:
    return hub.publisher.publish("demo").sha256


@pytest.fixture
def path(sha256: str) -> str:
    return f"/v1/price-lists/{file_name(sha256)}"


def told(answer: httpx.Response) -> tuple[Any, ...]:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, headers


def test_a_file_is_the_same_whichever_way_it_goes(anybody, path):
    by_route = anybody.get(path, headers={"If-None-Match": '"another"'})
    assert by_route.status_code == 200
    assert told(anybody.get(path)) == told(anybody.get(path)) == told(by_route)


def test_a_range_and_a_condition_are_kept_to(anybody, path, sha256):
    whole = anybody.get(path).content
    part = anybody.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert anybody.get(path, headers={"If-None-Match": f'"{sha256}"'}).status_code == 304


def test_what_is_not_there_is_404(anybody, path):
    assert anybody.get(path.replace("/files/", f"/files/{'0' * 8}")).status_code == 404
    assert anybody.get(f"/v1/price-lists/{file_name('0' * 64)}").status_code == 404


def test_a_large_file_is_not_held_in_memory(hub, sha256):
    size = hub.storage.size(file_name(sha256))
    assert SmallFiles(hub.storage, small=size - 1).fetch(sha256) is None
    assert SmallFiles(hub.storage, small=size).fetch(sha256) == hub.storage.read(file_name(sha256))


def test_a_damaged_file_is_not_remembered(hub, sha256):
    files, place = SmallFiles(hub.storage), hub.folder.price_lists / file_name(sha256)
    whole = place.read_bytes()
    place.write_bytes(whole[:-1] + b"x")
    assert files.fetch(sha256) is None
    place.write_bytes(whole)
    assert files.fetch(sha256) == whole


def test_those_asked_for_lately_are_at_hand_as_far_as_there_is_room(hub):
    names = [hub.publisher.publish("demo").sha256 for _ in range(4)]
    sizes = [hub.storage.size(file_name(name)) for name in names]
    files = SmallFiles(hub.storage, most=sum(sizes) - min(sizes[1:]))
    for name in names[:3]:
        files.fetch(name)
    files.at_hand(names[0])
    files.fetch(names[3])
    assert [files.at_hand(name) is not None for name in names] == [True, False, True, True]
