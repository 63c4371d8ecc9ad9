"""What the disk loses of the list in place is noticed and fetched again, and never keeps the next list out."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from offline_cache.errors import DownloadRefused

GOODS = 1000


def lose(file: Path, table: str) -> None:
    """Bytes that the disk has lost, the root of a table; nobody wrote, so the file's time stays."""
    times = file.stat()
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with file.open("rb+") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * size)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.fixture(params=["price", "product", "code", "taking"])
def looks(request, lane, shop):
    """An agent whose list has just been damaged."""
    shop.publish(1, products=GOODS)
    looks = lane.update()
    looks.look()
    looks.prepare()
    lose(lane.folder.price_list, request.param)
    return looks


@pytest.mark.parametrize("since", [None, 1])
def test_a_damaged_list_does_not_keep_the_next_one_out(lane, shop, looks, since):
    shop.publish(2, products=GOODS, since=since)
    assert looks.look().revision == 2
    assert lane.price() == 201


def test_a_restarted_agent_notices_the_damage_and_fetches_the_same_list_again(hub, lane, looks, caplog):
    again = lane.update()
    again.look()
    again.prepare()
    here = again.look()
    assert (here.revision, here.changed) == (1, True)
    assert lane.price() == 101
    again.prepare()
    assert not again.look().changed
    assert "it will be fetched again" in caplog.text or "is not a sound database" in caplog.text


def test_a_damaged_list_is_no_way_back(hub, lane, shop, looks):
    older = hub.packed["demo"]
    shop.publish(2, products=GOODS)
    looks.look()
    lose(lane.folder.price_list, "price")
    looks.prepare()
    hub.publish(older)
    with pytest.raises(DownloadRefused, match="never goes back"):
        looks.look()


def test_a_list_made_of_a_damaged_copy_is_noticed(lane, shop):
    shop.publish(1, products=GOODS)
    looks = lane.update()
    looks.look()
    lose(lane.folder.price_list, "code")
    shop.publish(2, products=GOODS, since=1)
    for _ in range(2):  # whether the delta meets the damage or not
        looks.look()
        looks.prepare()
    assert lane.price() == 201
    with contextlib.closing(sqlite3.connect(lane.folder.price_list)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
