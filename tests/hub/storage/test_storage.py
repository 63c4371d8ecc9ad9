"""What every storage must do, proved on a folder and on an S3 server over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import StorageUnusable
from hub.storage.door import Storage, cache_control, fetch
from hub.storage.folder import FolderStorage
from hub.storage.objects import ObjectStorage
from hub.storage.opening import open_storage
from tests.hub.buckets import Bucket

FILE = "files/ab.sqlite.zst"
MANIFEST = "demo/manifest.json"


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "lists")
    bucket: Bucket = request.getfixturevalue("bucket")
    return ObjectStorage(bucket.address, bucket.options)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of more than one part and more than one request."""
    path = tmp_path / "large"
    path.write_bytes(bytes(range(251)) * 40_000)
    return path


def test_a_file_comes_back_as_it_was_put_whole_or_in_part(storage, large, tmp_path):
    storage.put_file(FILE, large)
    content = large.read_bytes()
    assert storage.size(FILE) == len(content)
    assert b"".join(storage.chunks(FILE, 0, len(content))) == content
    assert b"".join(storage.chunks(FILE, 4_194_300, 4_194_310)) == content[4_194_300:4_194_310]
    assert fetch(storage, FILE, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content


def test_a_file_that_is_there_is_not_put_again(storage, large):
    storage.put_file(FILE, large)
    version = storage.version(FILE)
    storage.put_file(FILE, large)
    assert storage.version(FILE) == version


def test_a_file_of_another_size_is_no_whole_file_and_replaced(storage, large, tmp_path):
    part = tmp_path / "part"
    part.write_bytes(large.read_bytes()[:1000])
    storage.put_file(FILE, part)
    storage.put_file(FILE, large)
    assert storage.size(FILE) == large.stat().st_size


def test_a_document_is_replaced_and_its_version_says_so(storage):
    storage.put_bytes(MANIFEST, b"one")
    first = storage.version(MANIFEST)
    assert storage.version(MANIFEST) == first
    storage.put_bytes(MANIFEST, b"another")
    assert storage.read(MANIFEST) == b"another"
    assert storage.version(MANIFEST) != first


def test_what_is_not_there_is_none_and_no_error(storage, tmp_path):
    assert storage.read(MANIFEST) is None
    assert storage.size(FILE) is None
    assert storage.version(MANIFEST) is None
    assert not fetch(storage, FILE, tmp_path / "copy")
    storage.delete(FILE)


def test_what_was_deleted_is_gone_and_nothing_else(storage, large):
    storage.put_file(FILE, large)
    storage.put_bytes(MANIFEST, b"stays")
    storage.delete(FILE)
    assert storage.size(FILE) is None
    assert storage.read(MANIFEST) == b"stays"


def test_a_bucket_tells_caches_what_they_may_keep(bucket, large):
    storage = ObjectStorage(bucket.address, bucket.options)
    storage.put_file(FILE, large)
    storage.put_bytes(MANIFEST, b"{}")
    file, manifest = (bucket.attributes(name) for name in (FILE, MANIFEST))
    for_ever = "public, max-age=31536000, immutable"
    assert (file["Content-Type"], file["Cache-Control"]) == ("application/zstd", for_ever)
    assert (manifest["Content-Type"], manifest["Cache-Control"]) == ("application/json", "no-cache")


def test_the_manifest_of_a_store_that_is_called_files_is_not_kept_for_ever():
    assert cache_control("files/manifest.json") == "no-cache"


def test_what_a_killed_hub_left_half_written_is_overwritten_and_goes_with_its_file(tmp_path, large):
    storage = FolderStorage(tmp_path)
    part = tmp_path / "files" / ".ab.sqlite.zst.part"
    part.parent.mkdir()
    part.write_bytes(b"half")
    storage.put_file(FILE, large)
    assert not part.exists()
    part.write_bytes(b"half")
    storage.delete(FILE)
    assert list(part.parent.iterdir()) == []


def test_a_web_server_under_another_user_may_read_what_was_put(tmp_path, large):
    large.chmod(0o600)
    FolderStorage(tmp_path / "lists").put_file(FILE, large)
    assert (tmp_path / "lists" / FILE).stat().st_mode & 0o777 == 0o644


def test_a_file_in_the_folders_place_is_told_in_a_sentence(tmp_path):
    (tmp_path / "lists").write_text("")
    with pytest.raises(StorageUnusable, match=r"lists.*: is a file where a folder"):
        FolderStorage(tmp_path / "lists").put_bytes(MANIFEST, b"{}")


def test_a_folder_is_named_by_a_path_or_a_file_address(tmp_path):
    for address in (str(tmp_path / "a b"), (tmp_path / "a b").as_uri()):
        storage = open_storage(address)
        storage.put_bytes(MANIFEST, address.encode())
        assert (tmp_path / "a b" / MANIFEST).read_text() == address


def test_a_bucket_is_opened_with_the_options_of_a_file(tmp_path, bucket):
    (tmp_path / "options.toml").write_text(bucket.options_file())
    storage = open_storage(bucket.address, tmp_path / "options.toml")
    storage.put_bytes(MANIFEST, b"{}")
    assert bucket.attributes(MANIFEST)["Content-Type"] == "application/json"


def test_a_bucket_takes_its_options_from_the_environment_too(bucket, monkeypatch):
    store = bucket.options["store"]
    for name in ("endpoint", "access_key_id", "secret_access_key", "region"):
        monkeypatch.setenv(f"AWS_{name.upper()}", str(store[name]))
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    storage = open_storage(bucket.address)
    storage.put_bytes(MANIFEST, b"{}")
    assert storage.read(MANIFEST) == b"{}"


@pytest.mark.parametrize(
    ("address", "options", "sentence"),
    [
        ("ftp://x", None, "no storage of that kind"),
        ("s3://b", "no TOML [", "is not TOML"),
        ("s3://b", "[elsewhere]\n", r"\[store\] and \[client\]"),
        ("s3://b", "[store]\nnonsense = 1\n", "nonsense"),
    ],
)
def test_an_address_or_options_that_are_none_are_told_in_a_sentence(tmp_path, address, options, sentence):
    path = None
    if options is not None:
        path = tmp_path / "options.toml"
        path.write_text(options)
    with pytest.raises(StorageUnusable, match=sentence):
        open_storage(address, path)


def test_options_that_are_not_there_are_told_in_a_sentence(tmp_path):
    with pytest.raises(StorageUnusable, match="--storage-options names a file"):
        open_storage("s3://b", tmp_path / "none.toml")


def test_a_bucket_that_is_not_there_is_told_without_secrets(bucket):
    storage = ObjectStorage("s3://nobody/x", bucket.options)
    with pytest.raises(StorageUnusable, match="s3://nobody/x: the object store refuses") as caught:
        storage.put_bytes(MANIFEST, b"{}")
    assert "testing" not in str(caught.value)
