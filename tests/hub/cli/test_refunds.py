import json

from sqlalchemy import insert

from hub.data_folder import DataFolder
from hub.services import open_hub
from hub.tables import PAYMENT
from payments.gateway import Outcome, PaymentResult
from tests.hub.refund_shop import NUMBER, PAID, SALE, enrolled, payment_key, sold, wanted


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
    said = [json.loads(line)["refund"] for line in run("refunds", "--store", "demo", "--json").out.splitlines()]
    assert [(one["refund_key"], one["outcome"], one["amount_minor"]) for one in said] == [
        ("refund-1", "approved", 1000),
        ("refund-2", "unknown", 1676),
    ]
    assert "1 completed, 46.76 CNY, saved 8.40 CNY, given back 10.00 CNY" in run("sales", "--store", "demo").out


def test_what_a_killed_hub_left_open_is_asked_for_by_hand(run, data, databases):
    """And what no gateway knows is declined, so that it can be given back again."""
    with open_hub(DataFolder(data), address=databases.address(data)) as hub:
        lane = enrolled(hub, "1")
        with hub.database.write() as connection:
            paid = {"key": payment_key(), "lane_id": lane.id, "sale_id": SALE, "way": "wallet", "gateway": "simulated"}
            state = {"amount_minor": PAID, "currency": "CNY", "outcome": "approved", "reason": "", "reference": ""}
            connection.execute(insert(PAYMENT).values(**paid, **state, created_at=0, updated_at=0))
        sold(hub, lane)
        hub.refunds.promise(lane, wanted("refund-1"))
    said = json.loads(run("refunds", "--store", "demo", "--ask", "--json").out)
    assert said["refund"]["outcome"] == "declined"


def test_a_store_that_is_not_there_is_told(run):
    answer = run("refunds", "--store", "nowhere")
    assert (answer.status, answer.out) == (2, "")
    assert "nowhere" in answer.err
