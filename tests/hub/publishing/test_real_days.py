"""Real days of a real store, published one after another: whatever way a lane takes, its rows are the same."""

from __future__ import annotations

import pytest

from hub.imports import open_import
from tests.hub.databases import only_sqlite
from tests.hub.following_lane import lane_of
from tests.shared_data import needs_shared_data, shared_file

DAYS = ("09", "10", "13", "21", "22")


@needs_shared_data
@only_sqlite
@pytest.mark.parametrize("feed_store", ["7290027600007:413"])
def test_every_delta_and_only_the_last_snapshot_lead_to_the_same_rows(hub, feed_store, tmp_path, clock):
    faithful, seldom = lane_of(hub, tmp_path / "faithful", "real"), lane_of(hub, tmp_path / "seldom", "real")
    kinds = []
    for number in DAYS:
        source = open_import(
            shared_file("prices", f"il_prices_2026-08-{number}.csv.gz"), format="il", feed_store=feed_store
        )
        hub.catalogues.replace_goods("real", source, currency="ILS", source=number)
        source.close()
        clock.pass_time(days=1)
        done = hub.publisher.publish("real")
        kinds.append(done.kind)
        way = faithful.follow()
        assert (way.snapshot is None) == (number != DAYS[0])
        if number in DAYS[:2]:
            seldom.follow()
    assert kinds[0] == "snapshot"
    assert "delta" in kinds
    seldom.follow()
    new = lane_of(hub, tmp_path / "new", "real")
    new.follow()
    whole = hub.publisher.publish("real", full=True)
    assert (whole.kind, whole.changed) == ("none", 0)
    assert faithful.rows() == seldom.rows() == new.rows()
