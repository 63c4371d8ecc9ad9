"""The network between a lane and a real hub is cut, reset or garbled at each byte: no list is ever wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cut_proxy import CutProxy, Deed, Trouble, Way
from tests.faults.moments import SEED, THOROUGH
from tests.faults.shop import Agent, ThreeDays, contents, revision

NEWEST = 3
CASES = 30  # of each kind, spread over the exchange; all bytes with FAULTS_DRAWS


@pytest.fixture
def proxy(days: ThreeDays) -> Iterator[CutProxy]:
    proxy = CutProxy(days.hub.port)
    yield proxy
    proxy.close()


def lane(days: ThreeDays, first: int, quick: Path, proxy: CutProxy) -> Agent:
    """A lane that has the list of a day, or none."""
    folder = quick / "lane"
    shutil.rmtree(folder, ignore_errors=True)
    if first:
        shutil.copytree(days.lanes[first], folder)
    return Agent(folder, proxy.url)


def places(total: int) -> range:
    every = 1 if THOROUGH else max(1, total // CASES)
    return range(SEED % every, total, every)


@pytest.mark.parametrize(
    ("deed", "lasting"),
    [(Deed.CUT, False), (Deed.CUT, True), (Deed.RESET, False), (Deed.GARBLE, False)],
    ids=["cut", "cut for good", "reset", "garbled"],
)
@pytest.mark.parametrize("way", Way, ids=["up", "down"])
@pytest.mark.parametrize("first", [0, 2], ids=["first list", "delta"])
def test_no_trouble_with_the_network_makes_a_wrong_list(
    days: ThreeDays, quick: Path, proxy: CutProxy, *, first: int, way: Way, deed: Deed, lasting: bool
) -> None:
    proxy.spoil(None)
    assert lane(days, first, quick, proxy).sync() == ""
    total = proxy.passed(way)
    assert total > 300
    troubles = 0
    for at in places(total):
        agent = lane(days, first, quick, proxy)
        proxy.spoil(Trouble(way, at, deed, lasting))
        trouble = agent.sync()
        found = contents(agent.folder.price_list)
        assert revision(found) == (first if trouble else NEWEST), f"byte {at}: {trouble}"
        assert found == days.good[revision(found)], f"byte {at}: {trouble}"
        proxy.spoil(None)
        assert agent.sync() == "", f"after byte {at}: {trouble}"
        assert contents(agent.folder.price_list) == days.good[NEWEST], f"after byte {at}: {trouble}"
        troubles += bool(trouble)
    assert troubles
