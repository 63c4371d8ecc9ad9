"""What could stop a lane, or keep it at an old list for ever: a zone that it does not know, a server of odd ranges."""

import contextlib
import json
import os
import sqlite3
from types import SimpleNamespace

import pytest

from offline_cache.errors import DiskTrouble, DownloadRefused, SyncError
from offline_cache.price_list.in_use import hold
from offline_cache.spare import FREE_BYTES
from tests.offline_cache.lists import pack
from tests.offline_cache.raw_server import RawServer, answer


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc/passwd", ""])
def test_a_list_in_a_time_zone_that_the_lane_does_not_know_is_refused(hub, lane, shop, zone):
    shop.publish(1)
    looks = lane.update()
    looks.look()
    odd = shop.write(2)
    with contextlib.closing(sqlite3.connect(odd)) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'time_zone'", (zone,))
    hub.publish(pack(odd, hub.key))
    with pytest.raises(DownloadRefused, match=r"revision 2 is refused: .* description is incomplete"):
        looks.look()
    lane.assert_old_list_stays()


@pytest.mark.parametrize("range_says", ["", "Content-Range: bytes 7-9/10\r\n"])
def test_a_server_that_answers_ranges_wrongly_gives_the_whole_file_the_next_time(lane, shop, range_says):
    packed = shop.publish(1)

    def from_byte(start: int) -> bytes:
        return answer(packed.content[start:], status=206, more=range_says) if start else answer(packed.content)

    with RawServer() as server:
        server.script.serve("manifest.json", json.dumps(packed.envelope).encode())
        server.script.answers[".zst"] = from_byte
        lane.folder.part(packed.sha256).write_bytes(packed.content[:5])
        looks = lane.update(url=server.url)
        with contextlib.suppress(SyncError):
            looks.look()
        assert looks.look().revision == 1


def test_a_spare_that_is_still_read_is_no_room_for_the_next_list(lane, shop, monkeypatch):
    shop.publish(1, products=2000)
    looks = lane.update()
    looks.look()
    looks.prepare()
    size = lane.folder.price_list.stat().st_size
    free = FREE_BYTES + size - 1  # enough for the delta, not for a copy as well
    monkeypatch.setattr("offline_cache.install.shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    shop.publish(2, products=2000, since=1)
    reader = hold(lane.folder.spare)
    with pytest.raises(DiskTrouble, match="make room"):
        looks.look()
    os.close(reader)
    assert looks.look().revision == 2
