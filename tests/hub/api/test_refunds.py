from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.lanes import Lane
from tests.hub.databases import only_sqlite
from tests.hub.refund_shop import NUMBER, PAID, SALE, payment_key, sold

pytestmark = only_sqlite  # the book itself is tested on both: here it is the way to it

ORDER = {
    "refund_key": "refund-1",
    "receipt": NUMBER,
    "lines": [{"line": 1, "quantity": 1}],
    "why": "damaged",
    "by": "Li",
}


def selling() -> Lane:
    """The lane whose client is `lane`: the first that was enrolled."""
    return Lane(1, "demo", "1")


@pytest.fixture
def paid(served, lane):
    """A sale that went through the hub."""
    order = {"key": payment_key(), "amount_minor": PAID, "currency": "CNY", "sale_id": SALE, "way": "wallet"}
    assert lane.post("/v1/payments", json=order).json()["outcome"] == "approved"
    sold(served.hub, selling())


def test_a_receipt_says_what_can_be_given_back(served, lane):
    sold(served.hub, selling())
    receipt = lane.get(f"/v1/receipts/{NUMBER}").json()
    assert (receipt["sale_id"], receipt["paid_minor"], receipt["left_minor"]) == (SALE, PAID, PAID)
    assert (receipt["gateway"], receipt["way"], receipt["route"], receipt["lane"]) == (
        "simulated",
        "wallet",
        "lane",
        "1",
    )
    assert [(line["line"], line["pieces"], line["left"], line["left_minor"]) for line in receipt["lines"]] == [
        (1, 3, 3, 3000),
        (2, 1, 1, 1676),
    ]
    assert receipt["lines"][0]["names"]["zh-CN"] == "牛奶"


@pytest.mark.usefixtures("paid")
def test_an_order_comes_back_from_the_hubs_own_gateway(served, lane, another_lane):
    first = another_lane("2").post("/v1/refunds", json=ORDER)
    assert first.status_code == 200
    answer = first.json()
    assert (answer["outcome"], answer["amount_minor"], answer["route"]) == ("approved", 1000, "hub")
    assert served.bank.refunded[0].amount.minor == 1000
    receipt = lane.get(f"/v1/receipts/{SALE}").json()
    assert (receipt["left_minor"], receipt["lines"][0]["left"]) == (PAID - 1000, 2)
    assert receipt["refunds"][0]["refund_key"] == "refund-1"


@pytest.mark.usefixtures("paid")
def test_a_double_tap_is_one_refund(served, lane):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lane.post("/v1/refunds", json=ORDER).json()["outcome"], range(8)))
    assert answers == ["approved"] * 8
    assert len(served.bank.refunded) == 1


def test_what_a_lane_gives_back_itself_it_says(served, lane):
    sold(served.hub, selling())
    assert lane.post("/v1/refunds", json=ORDER).json()["outcome"] == "unknown"
    told = lane.post("/v1/refunds/refund-1/result", json={"outcome": "approved", "reference": "T1"})
    assert (told.status_code, told.json()["outcome"]) == (200, "approved")
    assert lane.post("/v1/refunds/refund-2/result", json={"outcome": "approved"}).status_code == 404


def test_each_refusal_has_its_word(served, lane):
    unknown = lane.get("/v1/receipts/1-FFFFFFFFFF")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_known")
    sold(served.hub, selling())
    lane.post("/v1/refunds", json=ORDER)
    taken = lane.post("/v1/refunds", json={**ORDER, "lines": None})
    assert (taken.status_code, "code" in taken.json()) == (409, False)
    more = lane.post("/v1/refunds", json={**ORDER, "refund_key": "refund-2", "lines": [{"line": 1, "quantity": 3}]})
    assert (more.status_code, more.json()["code"]) == (409, "too_many")


@pytest.mark.parametrize(
    "change",
    [
        {"why": "because"},
        {"by": ""},
        {"refund_key": "x"},
        {"lines": [{"line": 1, "quantity": 0}]},
        {"lines": [{"line": 1, "quantity": 1.5}]},
        {"amount_minor": -1},
        {"receipt": ""},
    ],
)
def test_a_senseless_order_is_refused_before_the_book_is_opened(lane, change):
    assert lane.post("/v1/refunds", json={**ORDER, **change}).status_code == 422


def test_nobody_gives_back_without_a_token(anybody):
    assert anybody.get(f"/v1/receipts/{NUMBER}").status_code == 401
    assert anybody.post("/v1/refunds", json=ORDER).status_code == 401
    assert anybody.post("/v1/refunds/refund-1/result", json={"outcome": "approved"}).status_code == 401
