"""publish, resign and the commands about keys: what they print, and what a person is told."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from offline_cache.price_list.keys import decode_public_key
from tests.hub.databases import only_sqlite
from tests.hub.following_lane import FollowingLane


def manifest(data: Path, place: str = "demo") -> Any:
    return json.loads((data / "price-lists" / place / "manifest.json").read_bytes())["manifest"]


def test_machines_are_told_what_was_published(run, data):
    done = json.loads(run("publish", "--store", "demo", "--json").out)
    assert list(done) == [
        *("store", "channel", "revision", "kind", "products", "changed"),
        *("published_at", "sha256", "size", "uncompressed_size"),
    ]
    assert (done["channel"], done["kind"], done["products"], done["changed"]) == ("lane", "snapshot", 4, 4)
    assert manifest(data)["snapshot"]["sha256"] == done["sha256"]
    again = json.loads(run("publish", "--store", "demo", "--json").out)
    assert (again["revision"], again["kind"], again["changed"]) == (2, "none", 0)
    assert manifest(data)["deltas"][-1]["sha256"] == again["sha256"]


def test_people_are_told_what_was_published(run, data):
    said = run("publish", "--store", "demo", "--channel", "phone", "--full")
    assert said.out.startswith("store demo, channel phone: revision 1, 4 products, 4 changed, snapshot of ")
    assert manifest(data, "demo/phone")["channel"] == "phone"


def test_keys_are_made_shown_retired_and_revoked(run, data):
    first = json.loads(run("keys", "--json").out)
    assert [(one["standing"], one["retires_at"], one["reason"]) for one in first] == [("active", None, "")]
    run("publish", "--store", "demo")
    rotated = run("key-rotate", "--overlap-days", "10")
    assert rotated.out.splitlines()[1] == run("key").out.strip()
    assert "1 manifests signed" in rotated.out
    assert len(manifest(data)["keys"]) == 2
    both = json.loads(run("keys", "--json").out)
    assert [one["standing"] for one in both] == ["overlap", "active"]
    assert run("key-retire", both[0]["key_id"]).status == 0
    assert [key["key_id"] for key in manifest(data)["keys"]] == [both[1]["key_id"]]
    assert run("key-revoke", both[0]["key_id"], "--reason", "lost").status == 0
    assert manifest(data)["revoked"] == [both[0]["key_id"]]
    shown = run("keys").out.splitlines()
    assert "revoked" in shown[1]
    assert shown[1].endswith("lost")
    assert "active" in shown[2]


def test_what_cannot_be_done_to_a_key_is_told(run):
    only = json.loads(run("keys", "--json").out)[0]["key_id"]
    for said in (run("key-revoke", only, "--reason", "x"), run("key-retire", only)):
        assert (said.status, said.out) == (2, "")
        assert "key-rotate" in said.err
    assert "`kiosk-hub keys` lists them" in run("key-retire", "nobody").err
    assert "--reason" in run("key-revoke", only).err
    assert "'0'" in run("key-rotate", "--overlap-days", "0").err


def test_manifests_are_signed_again_for_as_long_as_the_shop_says(run, data, monkeypatch):
    run("publish", "--store", "demo")
    assert run("resign").out == "1 signed\n"
    monkeypatch.setenv("KIOSK_HUB_FRESH_DAYS", "3")
    assert json.loads(run("resign", "--json").out) == {"signed": 1}
    signed = manifest(data)
    assert days_between(signed["signed_at"], signed["fresh_until"]) == 3
    run("--fresh-days", "20", "resign")
    signed = manifest(data)
    assert days_between(signed["signed_at"], signed["fresh_until"]) == 20
    monkeypatch.setenv("KIOSK_HUB_FRESH_DAYS", "soon")
    assert "KIOSK_HUB_FRESH_DAYS: 'soon'" in run("resign").err


def days_between(begin: str, end: str) -> int:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).days


@only_sqlite
def test_a_folder_that_any_web_server_serves_is_all_that_a_lane_needs(run, tmp_path):
    lists = tmp_path / "www" / "lists"
    assert run("--storage", lists, "publish", "--store", "demo").status == 0
    key = decode_public_key(run("key").out)
    with web_server(lists) as url, httpx.Client(base_url=url, timeout=10) as client:

        def read(name: str) -> bytes | None:
            answer = client.get(name)
            return answer.content if answer.status_code == 200 else None

        lane = FollowingLane(tmp_path / "lane", read, key)
        lane.follow()
        run("--storage", lists, "publish", "--store", "demo")
        assert lane.follow().snapshot is None


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Python's own, which knows nothing of price lists."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@only_sqlite
def test_a_bucket_is_named_on_the_command_line_or_in_the_environment(run, bucket, tmp_path, monkeypatch):
    options = tmp_path / "options.toml"
    options.write_text(bucket.options_file())
    assert run("--storage", bucket.address, "--storage-options", options, "publish", "--store", "demo").status == 0
    monkeypatch.setenv("KIOSK_HUB_STORAGE", bucket.address)
    monkeypatch.setenv("KIOSK_HUB_STORAGE_OPTIONS", str(options))
    done = json.loads(run("publish", "--store", "demo", "--json").out)
    assert (done["revision"], done["kind"]) == (2, "none")
    assert bucket.attributes(f"files/{done['sha256']}.sqlite.zst")["Content-Type"] == "application/zstd"


def test_a_storage_that_is_none_is_told(run, tmp_path):
    said = run("--storage", "ftp://x/y", "publish", "--store", "demo")
    assert (said.status, said.err.startswith("kiosk-hub: ftp://: no storage of that kind")) == (2, True)
    (tmp_path / "file").write_text("")
    said = run("--storage", tmp_path / "file", "publish", "--store", "demo")
    assert said.status == 2
    assert "is a file where a folder for price lists belongs" in said.err
