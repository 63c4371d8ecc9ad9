import hashlib

import pytest

from hub.data_folder import DataFolder
from offline_cache.price_list.manifest import decode_public_key, key_id, verify


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
    assert told["key_id"] == key_id(key) == manifest.json()["key_id"]
    assert verify(manifest.json(), key, store="demo").revision == 1


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
    assert anybody.get(file, headers={"Range": f"bytes={len(whole.content)}-"}).status_code == 416


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
