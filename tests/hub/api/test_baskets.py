"""What a basket costs, asked over HTTP: the published list's prices, the newest of them, and never half an answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest

from offline_cache.price_list.writer import PriceRow
from tests.hub.api.conftest import Served
from tests.hub.conftest import GOODS, MILK, SHOP
from tests.hub.databases import only_sqlite

pytestmark = only_sqlite  # what is asked of the database is the token, and that is asked on both elsewhere

CODE = "6901234567892"
NOON = "2023-11-16T12:00"  # milk is special then
LATER = "2031-01-01T12:00"  # all that ends has ended


@pytest.fixture
def shop(served: Served, lane: httpx.Client) -> httpx.Client:
    served.hub.publisher.publish("demo")
    return lane


def ask(client: httpx.Client, *lines: dict[str, Any], **more: Any) -> httpx.Response:
    return client.post("/v1/baskets/price", json={"store": "demo", "lines": list(lines), **more})


def priced(client: httpx.Client, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = ask(client, *lines, **more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_answer_says_all_that_a_receipt_would(shop: httpx.Client) -> None:
    found = priced(shop, {"code": CODE, "quantity": 1}, {"code": "41", "weight_g": 1250}, at=NOON, language="zh-CN")
    assert found == {
        "store": "demo",
        "channel": "lane",
        "revision": 1,
        "currency": "CNY",
        "at": "2023-11-16T12:00:00+08:00",
        "lines": [
            {
                "number": 1,
                "code": CODE,
                "sku": "milk",
                "name": "牛奶",
                "quantity": 1,
                "pieces": 1,
                "gross": 1280,
                "discounts": [{"campaign": "special-price", "amount": 90}],
                "net": 1190,
                "tax": 98,
            },
            {
                "number": 2,
                "code": "41",
                "sku": "apples",
                "name": "苹果",
                "weight_g": 1250,
                "gross": 2488,
                "discounts": [],
                "net": 2488,
                "tax": 0,
            },
        ],
        "total": 3678,
        "saved": 90,
        "tax": [{"rate_bp": 900, "gross": 1190, "tax": 98}, {"rate_bp": 0, "gross": 2488, "tax": 0}],
        "campaigns": [],
        "points": 0,
        "hints": found["hints"],
        "bounded": False,
        "off_at_most": 0,
    }


def test_a_special_price_comes_with_the_lowest_of_the_30_days_before(served: Served, shop: httpx.Client) -> None:
    special = PriceRow("special", 1190, 1_700_000_000, 1_900_000_000, 1210)
    goods = (replace(MILK, prices=(PriceRow("list", 1280), special)), *GOODS[1:])
    served.hub.catalogues.replace_all(SHOP, goods, source="tests")
    served.hub.publisher.publish("demo", full=True)
    (line, other) = priced(shop, {"code": CODE}, {"code": "43"}, at=NOON)["lines"]
    assert line["lowest_30_days"] == 1210
    assert "lowest_30_days" not in other


def test_gross_less_discounts_is_net_on_every_line(shop: httpx.Client) -> None:
    found = priced(shop, {"code": CODE, "quantity": 4}, {"code": "42"}, {"code": "43"}, at=NOON)
    for line in found["lines"]:
        assert line["gross"] - sum(one["amount"] for one in line["discounts"]) == line["net"]
    assert sum(line["net"] for line in found["lines"]) == found["total"]
    assert {one["campaign"] for line in found["lines"] for one in line["discounts"]} == {
        "special-price",
        "milk3",
        "mixed",
    }


def test_a_hint_says_what_is_missing_and_what_it_saves_in_the_language_asked(shop: httpx.Client) -> None:
    (hint,) = priced(shop, {"code": CODE, "quantity": 2}, at=NOON)["hints"]
    assert (hint["campaign"], hint["missing_pieces"], hint["saving"]) == ("milk3", 1, 570)
    assert "3" in hint["sentence"]
    (other,) = priced(shop, {"code": CODE, "quantity": 2}, at=NOON, language="zh-TW")["hints"]
    assert other["sentence"] != hint["sentence"]


def test_without_a_time_it_is_now_by_the_hubs_clock(served: Served, shop: httpx.Client) -> None:
    now = priced(shop, {"code": CODE})
    assert now["at"] == "2026-11-22T20:00:00+08:00"
    assert priced(shop, {"code": CODE}, at=LATER)["total"] > now["total"]


def test_it_is_the_newest_list_that_is_asked(served: Served, shop: httpx.Client) -> None:
    assert priced(shop, {"code": CODE}, at=LATER)["total"] == 1280
    dearer = replace(MILK, prices=(PriceRow("list", 1380),))
    served.hub.catalogues.replace_all(SHOP, (dearer, *GOODS[1:]), source="tests")
    assert priced(shop, {"code": CODE}, at=LATER)["revision"] == 1  # what is not published is not sold
    served.hub.publisher.publish("demo")
    found = priced(shop, {"code": CODE}, at=LATER)
    assert (found["total"], found["revision"]) == (1380, 2)
    assert len(list((served.hub.folder.work / ".asked" / "demo").glob("lane-*.sqlite"))) == 1


def test_a_list_that_was_only_signed_again_is_not_opened_again(served: Served, shop: httpx.Client) -> None:
    before = ask(shop, {"code": CODE}, at=LATER).text
    (file,) = (served.hub.folder.work / ".asked" / "demo").glob("lane-*.sqlite")
    stood = file.stat().st_mtime_ns
    assert served.hub.announcer.sign_again("demo", "lane", always=True)
    assert ask(shop, {"code": CODE}, at=LATER).text == before
    assert file.stat().st_mtime_ns == stood


def test_a_channel_has_its_own_list_and_no_other(served: Served, shop: httpx.Client) -> None:
    answer = ask(shop, {"code": CODE}, channel="web")
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "nothing was published for store 'demo', channel 'web'; publish it first",
    )
    served.hub.publisher.publish("demo", "web")
    assert priced(shop, {"code": CODE}, channel="web")["channel"] == "web"


def test_a_store_that_nobody_knows_has_no_prices(shop: httpx.Client) -> None:
    assert ask(shop, {"code": CODE}, store="nowhere").status_code == 404


def test_only_who_has_a_token_is_answered(shop: httpx.Client, anybody: httpx.Client) -> None:
    assert ask(anybody, {"code": CODE}).status_code == 401


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"code": CODE}, {"code": "nothing", "quantity": 1}], 'entry 2, "nothing": is not in this price list'),
        ([{"code": "41", "quantity": 1}], 'entry 1, "41": is weighed goods; give weight_g'),
        ([{"code": CODE, "quantity": 0}], f'entry 1, "{CODE}": has the quantity 0'),
        ([7], "entry 1 is 7"),
    ],
)
def test_a_basket_that_is_not_understood_has_no_price(shop: httpx.Client, lines: list[Any], said: str) -> None:
    answer = ask(shop, *lines)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(said)
    assert set(answer.json()) == {"detail"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"coupon": ["A"]}, "coupon: "),
        ({"member": "yes"}, "member: "),
        ({"channel": "LANE"}, "channel: "),
        ({"store": "../demo"}, "store: "),
        ({"language": "x" * 40}, "language: "),
        ({"at": "soon"}, '"soon" is no time'),
        ({"lines": [{"code": CODE}] * 2001}, "lines: "),
        ({"lines": None}, "lines: "),
        ({"lines": [{"code": CODE, "quantity": 2501}] * 2}, "the basket has more than 5000 pieces"),
    ],
)
def test_a_question_that_is_not_understood_is_refused(shop: httpx.Client, more: dict[str, Any], said: str) -> None:
    answer = shop.post("/v1/baskets/price", json={"store": "demo", "lines": [], **more})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b'"x"', b'{"store": "demo", "store": "x", "lines": []}'])
def test_what_is_no_question_is_refused(shop: httpx.Client, content: bytes) -> None:
    assert shop.post("/v1/baskets/price", content=content).status_code == 422


def test_a_body_that_is_too_large_is_refused(shop: httpx.Client) -> None:
    assert shop.post("/v1/baskets/price", content=b" " * (256 * 1024 + 1)).status_code == 413


def test_a_manifest_that_the_hub_did_not_sign_sets_no_prices(served: Served, shop: httpx.Client) -> None:
    name = "demo/manifest.json"
    envelope = json.loads(served.hub.storage.read(name) or b"")
    envelope["manifest"]["revision"] = 77
    served.hub.storage.put_bytes(name, json.dumps(envelope).encode())
    assert ask(shop, {"code": CODE}).status_code == 503


def test_a_copy_that_the_disk_damaged_is_made_anew(served: Served, shop: httpx.Client) -> None:
    folder = served.hub.folder.work / ".asked" / "demo"
    folder.mkdir(parents=True)
    manifest = json.loads(served.hub.storage.read("demo/manifest.json") or b"")["manifest"]
    (folder / f"lane-{manifest['state']}.sqlite").write_bytes(b"nothing of the kind" * 100)
    assert priced(shop, {"code": CODE}, at=LATER)["total"] == 1280


def test_many_at_once_get_the_same_answer_while_the_list_changes(served: Served, shop: httpx.Client) -> None:
    lines = [{"code": CODE, "quantity": 3}, {"code": "42", "quantity": 5}, {"code": "41", "weight_g": 777}]

    def many(_: int) -> set[tuple[int, int]]:
        found = [priced(shop, *lines, at=NOON) for _ in range(10)]
        return {(one["revision"], one["total"]) for one in found}

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(many, number) for number in range(4)]
        served.hub.publisher.publish("demo")
        answers = set().union(*(one.result() for one in asked))
    assert len({total for _, total in answers}) == 1
    assert {revision for revision, _ in answers} <= {1, 2}
