"""The short way to a manifest answers as the route behind it would."""

import asyncio

import httpx
import pytest
import uvicorn

PATH = "/v1/price-lists/demo/manifest.json"
# The route takes what is not plainly a question for a manifest: a list of tags is not, and means the same.
LONG_WAY = '"x", '


@pytest.fixture
def tag(served, anybody):
    served.hub.publisher.publish("demo")
    return anybody.get(PATH).headers["ETag"]


@pytest.mark.parametrize("other", ["", '"stale"'])
def test_a_manifest_is_the_same_whichever_way_it_goes(anybody, tag, other):
    short = anybody.get(PATH, headers={"If-None-Match": other} if other else {})
    route = anybody.get(PATH, headers={"If-None-Match": LONG_WAY + '"stale"'})
    assert short.status_code == route.status_code == 200
    assert short.content == route.content
    assert _told(short) == _told(route)


def test_a_known_manifest_is_304_whichever_way_it_goes(anybody, tag):
    short = anybody.get(PATH, headers={"If-None-Match": tag})
    route = anybody.get(PATH, headers={"If-None-Match": LONG_WAY + tag})
    assert short.status_code == route.status_code == 304
    assert short.content == route.content == b""
    assert _told(short) == _told(route)


def _told(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}


def test_a_new_list_is_there_for_the_next_question(served, anybody, tag):
    served.hub.publisher.publish("demo")
    answer = anybody.get(PATH, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["manifest"]["revision"]) == (200, 2)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/price-lists/other/manifest.json",
        "/v1/price-lists/demo/web/manifest.json",
        "/v1/price-lists/demo/lane/manifest.json",
        "/v1/price-lists/..%2Fdemo/manifest.json",
        "/v1/price-lists/%2e%2e/manifest.json",
    ],
)
def test_what_was_never_published_is_not_there(anybody, tag, path):
    assert anybody.get(path).status_code == 404


def test_each_channel_has_its_own_manifest(served, anybody, tag):
    served.hub.publisher.publish("demo", "web")
    answer = anybody.get("/v1/price-lists/demo/web/manifest.json")
    assert answer.json()["manifest"]["channel"] == "web"
    assert answer.headers["ETag"] != tag


def test_a_head_has_no_body_and_a_post_no_place(anybody, tag):
    assert anybody.head(PATH, headers={"If-None-Match": tag}).status_code == 304
    assert anybody.head(PATH).content == b""
    assert anybody.post(PATH).status_code == 405


def test_the_server_takes_the_fast_loop_that_is_installed():
    make_loop = uvicorn.Config("none:app").get_loop_factory()
    assert make_loop is not None
    loop = make_loop()
    assert not isinstance(loop, asyncio.SelectorEventLoop)
    loop.close()
