"""The commands about recalls and serial numbers, as a person types them and as a machine reads them."""

import json
from dataclasses import replace

import pytest

from hub.data_folder import DataFolder
from hub.services import open_hub
from retail.events import EventKind
from retail.line import Marks
from retail.sale import line_body
from tests.hub.lane_journal import MILK, LaneJournal


def test_goods_are_called_back_listed_and_let_go(run):
    assert run("publish", "--store", "demo").status == 0
    said = run("recalls", "add", "6901234567892", "--store", "demo", "--lot", "L1", "--lot", "L2", "--reason", "glass",
               "--by", "Li")  # fmt: skip
    assert (said.status, said.err) == (0, "")
    assert "recall 1: milk, lot L1, lot L2, in store demo, is called back\n`publish` tells the lanes" in said.out
    (one,) = json.loads(run("recalls", "list", "--json").out)
    assert {key: one[key] for key in ("id", "scope", "skus", "lots", "serials", "reason", "added_by", "holds")} == {
        "id": 1, "scope": "store:demo", "skus": ["milk"], "lots": ["L1", "L2"], "serials": [], "reason": "glass",
        "added_by": "Li", "holds": True,
    }  # fmt: skip
    assert "lot L1, lot L2" in run("recalls", "list", "--store", "demo").out
    ended = json.loads(run("recalls", "end", "1", "--publish", "--json").out)
    assert (ended["holds"], ended["published"]) == (False, [{"store": "demo", "channel": "lane", "revision": 2}])
    assert ended["ended_by"]
    assert run("recalls", "list").out == "nothing is called back\n"
    assert "glass" in run("recalls", "list", "--ended").out


def test_a_mistake_is_a_sentence(run):
    said = run("recalls", "add", "4711", "--scope", "all", "--reason", "glass")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("kiosk-hub: no product of all stores has the code, number or SKU '4711'")
    assert run("recalls", "end", "9").err == "kiosk-hub: there is no recall 9; `kiosk-hub recalls list` shows them\n"


ITEM = Marks("S2", "L1", "06901234567892")


@pytest.fixture
def sold(data, databases) -> None:
    """The same item at two lanes, another at one of them."""
    with open_hub(DataFolder(data), address=databases.address(data)) as hub:
        for number, serials in (("1", ("S1", "S2")), ("2", ("S1",))):
            lane = hub.lanes.by_token(hub.lanes.enrol("demo", number))
            journal = LaneJournal(lane=number, seed=int(number))
            for place, serial in enumerate(serials):
                sell_one(journal, f"{number}-{place}", serial)
            journal.start(f"{number}-cancelled")
            journal.write(EventKind.LINE_ADDED, f"{number}-cancelled", **line_body(MILK, number=1, marks=ITEM))
            journal.write(EventKind.BASKET_CANCELLED, f"{number}-cancelled", reason="shopper")
            assert lane is not None
            assert hub.events.take(lane, journal.events).refused == ()


def sell_one(journal: LaneJournal, sale: str, serial: str) -> None:
    journal.start(sale)
    journal.write(EventKind.LINE_ADDED, sale, **line_body(MILK, number=1, marks=replace(ITEM, serial=serial)))
    journal.write(EventKind.GUIDE_IDENTIFIED, sale, code="SGG-7")
    journal.pay(sale, total_minor=1280, saved_minor=0, lines=1, serials=[["06901234567892", serial]])


def test_an_item_that_two_lanes_sold_is_reported_and_both_sales_stand(run, sold):
    found = json.loads(run("serials", "--doubled", "--json").out)
    assert [(one["item"], one["serial"], one["sku"], one["lane"]) for one in found] == [
        ("06901234567892", "S1", "milk", "1"),
        ("06901234567892", "S1", "milk", "2"),
    ]
    assert len(json.loads(run("serials", "--store", "demo", "--json").out)) == 3
    assert len(json.loads(run("serials", "--serial", "S2", "--json").out)) == 1
    every = json.loads(run("sales", "--store", "demo", "--json").out)["sales"]
    sales = [one for one in every if one["status"] != "cancelled"]
    assert {(one["status"], one["discrepancy"], one["guide"]) for one in sales} == {("completed", "", "SGG-7")}
    assert sales[0]["items"][0]["serial"] == "S1"
    assert "S1" in run("serials", "--doubled").out


def test_nothing_sold_twice_is_said_so(run):
    assert run("serials", "--doubled").out == "no item was sold twice\n"
