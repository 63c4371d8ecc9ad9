"""A hub of version 1 goes on: its revisions forward, its key the same, its files taken away once nobody needs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from hub.data_folder import DataFolder
from hub.database import sqlite_url
from hub.key_files import KeyFiles
from hub.publishing.tables import PUBLICATION
from hub.services import open_hub
from offline_cache.price_list.keys import raw_public_key
from tests.hub.databases import Databases
from tests.hub.following_lane import lane_of
from tests.hub.test_products_once import old_tables

OLD_FILE = "ab" * 32
OLD_PUBLICATION = f"INSERT INTO publication VALUES ('a', :revision, '{OLD_FILE}', 1000, 4000, 2, 1700000000)"


@pytest.fixture
def old(tmp_path: Path, databases: Databases) -> tuple[DataFolder, str]:
    """The folder and database of a hub of version 1 that published seven times."""
    folder = DataFolder(tmp_path / "hub")
    folder.create()
    address = databases.address(folder.path) or sqlite_url(folder.database)
    engine = create_engine(address)
    old_tables(engine)
    with engine.begin() as connection:
        for revision in range(1, 8):
            connection.execute(text(OLD_PUBLICATION), {"revision": revision})
    engine.dispose()
    (folder.price_lists / "a").mkdir(parents=True)
    (folder.price_lists / f"{OLD_FILE}.sqlite.zst").write_bytes(b"a snapshot of version 1")
    manifest = {"manifest": {"format": 1, "store": "a", "revision": 7}, "key_id": "x", "signature": "x"}
    (folder.price_lists / "a" / "manifest.json").write_text(json.dumps(manifest))
    return folder, address


def test_the_first_publication_is_a_snapshot_above_the_last_revision(old, tmp_path):
    folder, address = old
    pinned = raw_public_key(KeyFiles(folder.keys).first())
    with open_hub(folder, address=address) as hub:
        assert [one.revision for one in hub.catalogues.stores()] == [7, 0]
        done = hub.publisher.publish("a")
        assert (done.revision, done.kind, done.products) == (8, "snapshot", 2)
        assert hub.keys.active().public_key == pinned
        lane_of(hub, tmp_path / "lane", "a").follow()
        assert not (folder.price_lists / f"{OLD_FILE}.sqlite.zst").exists()
        with hub.database.read() as connection:
            rows = [(row.revision, row.channel, row.kind) for row in connection.execute(select(PUBLICATION))]
    assert rows == [*((revision, "lane", "snapshot") for revision in range(1, 8)), (8, "lane", "snapshot")]


def test_a_hub_that_was_upgraded_leaves_the_old_manifest_until_it_publishes(old):
    folder, address = old
    before = (folder.price_lists / "a" / "manifest.json").read_bytes()
    with open_hub(folder, address=address) as hub:
        hub.announcer.take_care(everything=True)
        assert hub.announcer.announce("a", "lane") == 7
    assert (folder.price_lists / "a" / "manifest.json").read_bytes() == before
