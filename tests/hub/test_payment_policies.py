"""What lanes may sell for without a line: kept for a store, and with its lanes by the next list or delta."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hub.errors import PolicyRefused, StoreUnknown
from hub.imports.errors import ShopFolderError
from hub.payment_policies import read_policy_file
from hub.services import Hub
from hub.shop_folder import read_shop_folder
from offline_cache.price_list.reader import PriceList
from retail.payment_policy import OfflineCard, PaymentPolicy, policy_from
from tests.hub.conftest import GOODS, SHOP
from tests.hub.following_lane import FollowingLane, lane_of

LIMITS = OfflineCard(per_sale_minor=20000, sum_minor=100000, count=20, oldest_hours=24)
POLICY = PaymentPolicy(LIMITS, restricted_categories=("tobacco",), pay_at_till=False)
TEXT = """
[payments]
pay_at_till = false
restricted_categories = ["tobacco"]
[payments.offline_card]
per_sale_minor = 20000
sum_minor = 100000
count = 20
oldest_hours = 24
"""


@pytest.fixture
def lane(hub: Hub, tmp_path: Path) -> FollowingLane:
    return lane_of(hub, tmp_path / "lane")


def policy_of(lane: FollowingLane) -> PaymentPolicy:
    with closing(PriceList(lane.path)) as prices:
        return policy_from(prices.meta.payments)


def test_a_store_of_which_nobody_said_anything_stores_nothing(hub: Hub, lane: FollowingLane) -> None:
    assert hub.payment_policies.of("demo") == PaymentPolicy()
    hub.publisher.publish("demo")
    lane.follow()
    assert policy_of(lane) == PaymentPolicy()


def test_a_policy_travels_by_snapshot_and_by_delta(hub: Hub, lane: FollowingLane) -> None:
    hub.payment_policies.set("demo", POLICY)
    hub.publisher.publish("demo")
    assert lane.follow().snapshot is not None
    assert policy_of(lane) == POLICY
    hub.payment_policies.set("demo", PaymentPolicy(LIMITS))
    hub.publisher.publish("demo")
    assert lane.follow().snapshot is None
    assert policy_of(lane) == PaymentPolicy(LIMITS)


def test_no_store_no_policy(hub: Hub) -> None:
    with pytest.raises(StoreUnknown):
        hub.payment_policies.of("domo")
    with pytest.raises(StoreUnknown):
        hub.payment_policies.set("domo", POLICY)


def test_a_shop_folder_may_hold_it_and_one_without_leaves_it_as_it_was(hub: Hub) -> None:
    hub.catalogues.replace_all(replace(SHOP, payments=POLICY), GOODS, source="tests")
    assert hub.payment_policies.of("demo") == POLICY
    hub.catalogues.replace_all(SHOP, GOODS, source="tests")
    assert hub.payment_policies.of("demo") == POLICY


def written(path: Path, shop: str) -> Path:
    (path / "shop.toml").write_text(f'store = "demo"\ncurrency = "CNY"\n{shop}', encoding="utf-8")
    (path / "products.csv").write_text("sku,codes,name_en,price\nTEA,4006381333931,Tea,5.50\n", encoding="utf-8")
    return path


def test_a_shop_folder_is_read_with_its_policy(tmp_path: Path) -> None:
    assert read_shop_folder(written(tmp_path, TEXT))[0].payments == POLICY
    assert read_shop_folder(written(tmp_path, ""))[0].payments is None


@pytest.mark.parametrize(
    ("shop", "words"),
    [
        ("payments = 5\n", "payments: must be a table: write it as [payments]"),
        ("[payments]\npay_at_tills = true\n", "payments: pay_at_tills is no key that is known here; do you mean"),
    ],
)
def test_a_mistake_in_the_shop_folder_is_named_with_its_place(tmp_path: Path, shop: str, words: str) -> None:
    with pytest.raises(ShopFolderError) as refused:
        read_shop_folder(written(tmp_path, shop))
    assert words in str(refused.value)


def test_a_policy_file_says_the_same_with_and_without_the_tables_name(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT, encoding="utf-8")
    assert read_policy_file(path) == POLICY
    path.write_text(TEXT.replace("[payments]", "").replace("payments.", ""), encoding="utf-8")
    assert read_policy_file(path) == POLICY


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff", "is not UTF-8"),
        (b"pay_at_till", "is not TOML"),
        (b"[payments]\n[other]\n", "payments is no key that is known here"),
        (b"[offline_card]\ncount = 1\n", "offline_card.per_sale_minor is missing"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_its_name(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyRefused) as refused:
        read_policy_file(path)
    assert (str(path) in str(refused.value), words in str(refused.value)) == (True, True)
    with pytest.raises(PolicyRefused, match="cannot be read"):
        read_policy_file(tmp_path / "none.toml")
