import json

from hub.data_folder import DataFolder
from hub.services import open_hub
from payments.gateway import Outcome, PaymentResult
from tests.hub.refund_shop import NUMBER, enrolled, sold, wanted


def test_refunds_are_listed_and_taken_off_the_sales(run, data, databases):
    with open_hub(DataFolder(data), address=databases.address(data)) as hub:
        lane = enrolled(hub, "1")
        sold(hub, lane)
        hub.refunds.promise(lane, wanted("refund-1", (1, 1)))
        hub.refunds.settle("refund-1", PaymentResult(Outcome.APPROVED), by=lane)
        hub.refunds.promise(lane, wanted("refund-2", (2, 1)))
    text = run("refunds", "--store", "demo").out
    assert NUMBER in text
    assert "10.00 CNY given back, 16.76 CNY not answered yet" in text
    said = json.loads(run("refunds", "--store", "demo", "--json").out)
    assert [(one["refund_key"], one["outcome"], one["amount_minor"]) for one in said["refunds"]] == [
        ("refund-1", "approved", 1000),
        ("refund-2", "unknown", 1676),
    ]
    assert said["discrepancies"] == []
    assert "1 completed, 46.76 CNY, saved 8.40 CNY, given back 10.00 CNY" in run("sales", "--store", "demo").out


def test_a_store_that_is_not_there_is_told(run):
    answer = run("refunds", "--store", "nowhere")
    assert (answer.status, answer.out) == (2, "")
    assert "nowhere" in answer.err
