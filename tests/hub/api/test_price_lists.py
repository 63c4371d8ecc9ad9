import hashlib
from dataclasses import replace

import pytest

from hub.api.app import ApiParts
from hub.data_folder import DataFolder
from hub.storage.objects import ObjectStorage
from offline_cache.price_list.keys import KeyRing, decode_public_key, key_id
from offline_cache.price_list.manifest import verify
from tests.hub.databases import only_sqlite
from tests.hub.following_lane import FollowingLane


@pytest.fixture
def manifest(served, anybody):
    served.hub.publisher.publish("demo")
    return anybody.get("/v1/price-lists/demo/manifest.json")


@pytest.fixture
def file(manifest):
    return f"/v1/price-lists/files/{manifest.json()['manifest']['snapshot']['sha256']}.sqlite.zst"


def test_the_hub_says_that_it_lives(anybody):
    answer = anybody.get("/v1/health").json()
    assert answer["status"] == "ok"
    assert answer["version"]


def test_the_manifest_is_signed_by_the_key_that_the_hub_tells(manifest, anybody):
    told = anybody.get("/v1/key").json()
    key = decode_public_key(told["public_key"])
    assert told["key_id"] == key_id(key)
    assert told["keys"] == [{"key_id": told["key_id"], "public_key": told["public_key"]}]
    assert verify(manifest.json(), KeyRing.of([key]), store="demo").revision == 1


def test_while_keys_change_the_hub_tells_both_and_the_new_one_to_pin(served, manifest, anybody):
    old = anybody.get("/v1/key").json()
    served.hub.keys.rotate()
    new = anybody.get("/v1/key").json()
    assert new["key_id"] != old["key_id"]
    assert [key["key_id"] for key in new["keys"]] == [old["key_id"], new["key_id"]]


def test_a_channel_has_its_own_manifest(served, manifest, anybody):
    assert anybody.get("/v1/price-lists/demo/phone/manifest.json").status_code == 404
    served.hub.publisher.publish("demo", "phone")
    answer = anybody.get("/v1/price-lists/demo/phone/manifest.json")
    assert answer.json()["manifest"]["channel"] == "phone"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert anybody.get("/v1/price-lists/demo/phone/manifest.json", headers=known).status_code == 304
    assert anybody.get("/v1/price-lists/demo/manifest.json").json()["manifest"]["channel"] == "lane"


def test_a_known_manifest_is_not_sent_again_until_it_changes(served, anybody, manifest):
    path, known = manifest.request.url.path, {"If-None-Match": manifest.headers["ETag"]}
    again = anybody.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == manifest.headers["ETag"]
    assert anybody.get(path, headers={"If-None-Match": f'"x", W/{known["If-None-Match"]}'}).status_code == 304
    served.hub.publisher.publish("demo")
    assert anybody.get(path, headers=known).status_code == 200


def test_a_snapshot_is_the_file_that_the_manifest_names(file, manifest, anybody):
    snapshot = manifest.json()["manifest"]["snapshot"]
    answer = anybody.get(file)
    assert len(answer.content) == snapshot["size"]
    assert hashlib.sha256(answer.content).hexdigest() == snapshot["sha256"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert anybody.get(file, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert anybody.head(file).headers["Content-Length"] == str(snapshot["size"])


def test_a_broken_download_goes_on_where_it_broke_off(file, anybody):
    whole = anybody.get(file)
    middle = len(whole.content) // 2
    rest = anybody.get(file, headers={"Range": f"bytes={middle}-", "If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes {middle}-{len(whole.content) - 1}/{len(whole.content)}"
    assert whole.content[:middle] + rest.content == whole.content
    beyond = anybody.get(file, headers={"Range": f"bytes={len(whole.content)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole.content)}")


def test_a_range_may_be_the_middle_or_the_end_and_what_is_none_gets_the_whole(file, anybody):
    whole = anybody.get(file).content
    for said, part in (
        ("bytes=10-19", whole[10:20]),
        ("bytes=-7", whole[-7:]),
        (f"bytes=10-{10**12}", whole[10:]),
        (f"bytes=-{10**12}", whole),
    ):
        answer = anybody.get(file, headers={"Range": said})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["Content-Length"] == str(len(part))
        head = anybody.head(file, headers={"Range": said})
        assert (head.status_code, head.headers["Content-Range"]) == (206, answer.headers["Content-Range"])
    for said in ("bytes=9-3", "bytes=1-2,4-5", "lines=1-2", "bytes=-", "bytes=x-"):
        assert anybody.get(file, headers={"Range": said}).content == whole
    other = anybody.get(file, headers={"Range": "bytes=10-19", "If-Range": '"of another file"'})
    assert (other.status_code, other.content) == (200, whole)


@only_sqlite
def test_a_bucket_is_served_as_a_folder_is(server, served, anybody, bucket, tmp_path):
    storage = ObjectStorage(bucket.address, bucket.options)
    hub = replace(served.hub, storage=storage)
    app = server[1]
    app.state.parts = ApiParts.of(hub, app.state.parts.payments)
    hub.publisher.publish("demo")

    def read(name: str) -> bytes:
        answer = anybody.get(f"/v1/price-lists/{name}")
        assert answer.status_code == 200
        return bytes(answer.content)

    lane = FollowingLane(tmp_path / "lane", read, hub.keys.active().public_key)
    lane.follow()
    file = f"files/{lane.manifest().snapshot.sha256}.sqlite.zst"
    part = anybody.get(f"/v1/price-lists/{file}", headers={"Range": "bytes=100-199"})
    assert part.content == read(file)[100:200]
    storage.delete(file)
    assert anybody.head(f"/v1/price-lists/{file}").status_code == 404  # a GET may remember a small one


@pytest.mark.parametrize(
    "path",
    [
        "/v1/price-lists/nobody/manifest.json",
        "/v1/price-lists/../keys/manifest.json",
        "/v1/price-lists/%2e%2e/manifest.json",
        "/v1/price-lists/..%2f..%2fkeys/manifest.json",
        f"/v1/price-lists/files/{'0' * 64}.sqlite.zst",
        "/v1/price-lists/files/../../keys/price-list.pem",
        "/v1/price-lists/files/..%2f..%2fkeys%2fprice-list.pem",
        "/v1/price-lists/files/..%2f..%2fhub.sqlite.zst",
        "/v1/nothing",
        "/",
    ],
)
def test_what_is_not_there_is_404_in_json_and_leads_nowhere(manifest, anybody, path):
    answer = anybody.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail"]
    assert "BEGIN" not in answer.text


def test_the_served_folder_holds_nothing_but_price_lists(served, manifest):
    folder = DataFolder(served.hub.folder.path).price_lists
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".zst", ".json"}
    assert {path.name for path in folder.iterdir()} == {"files", "demo"}
