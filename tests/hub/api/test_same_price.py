"""One basket, one price: what the lane shows, what `kiosk price` prints and what the hub answers."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from hub.publishing.announcing import manifest_name
from hub.services import Hub
from hub.storage.door import file_name
from kiosk.__main__ import main
from offline_cache.journal import JournalReader
from offline_cache.price_list.manifest import Manifest, SnapshotFile, announced_key, sign
from offline_cache.price_list.packing import pack
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow, TakingRow
from retail.events import canonical_json
from retail.gtin import check_digit
from retail.product import Product, Unit
from retail.promotions.goods import Goods
from retail.sale import fold
from retail.sale_pricing import price_sale
from tests.hub.api.conftest import Served
from tests.hub.databases import only_sqlite
from tests.kiosk.lane_rig import START, LaneRig
from tests.retail.promotions.made_up import seeded

pytestmark = only_sqlite
AT = START.isoformat()
META = Meta("s", 3, "EUR", START, "Europe/Zagreb", state="5" * 32)
WORLDS = range(14)
ASKED_FOR: dict[str, dict[str, Any]] = {"c1": {"clubs": ("member",)}, "c2": {"coupon": "S1"}, "c3": {"coupon": "S*"}}


@dataclass(frozen=True)
class Sold:
    """A product of the made-up shop: what a lane scans for it, and what a basket asks for."""

    sku: str
    scans: tuple[str, ...]
    entries: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Shop:
    path: Path
    packed: Path
    folder: Path
    goods: tuple[Sold, ...]
    lane: LaneRig


@pytest.fixture
def shop(served: Served, tmp_path: Path) -> Shop:
    lane = LaneRig(_made(tmp_path / "lane"))
    goods = write_shop(tmp_path / "lane" / "price-list.sqlite")
    lane.restart()
    packed = tmp_path / "list.sqlite.zst"
    announce(served.hub, lane.folder / "price-list.sqlite", packed)
    return Shop(lane.folder / "price-list.sqlite", packed, served.hub.folder.price_lists / "s", goods, lane)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def write_shop(path: Path) -> tuple[Sold, ...]:
    """Goods and campaigns of several made-up baskets in one list, in the lanes' own format."""
    sold: dict[str, Sold] = {}
    with PriceListWriter(path, META) as writer:
        for seed in WORLDS:
            world = seeded(seed, pieces=14, campaigns=6, layers=2 if seed % 5 == 2 else 1)
            ids = {named: f"{seed}-{one.id}" for named, one in world.campaigns.items()}
            for named, one in world.campaigns.items():
                # One for everything is for every other world's goods too: a few are enough.
                asked_for = ASKED_FOR.get(one.id, {})
                everything = one.everything and seed < 2
                writer.add_campaign(replace(one, id=ids[named], everything=everything, stores=(), **asked_for))
            for goods in world.goods:
                if f"{seed}{goods.sku}" not in sold:
                    sold[f"{seed}{goods.sku}"] = _add(writer, goods, seed, ids, len(sold) + 1)
        writer.add_label_template("21{item:5}{price:5}{check}", "price", 1)
        writer.add_label_template("22{item:5}{weight:5}{check}", "weight", 2)
    return tuple(sold.values())


def _add(writer: PriceListWriter, goods: Goods, seed: int, ids: dict[str, str], number: int) -> Sold:
    sku, plu, code = f"{seed}{goods.sku}", f"{number:05d}", _checked(f"952{number:09d}")
    unit = Unit.PIECE if goods.grams is None else Unit.KG
    takings = [TakingRow(ids[one.campaign], one.group, one.price) for one in goods.takings]
    prices = [PriceRow("list", goods.unit_minor)]
    if number % 5 == 0:  # campaigns count from the special price, the answer from the list's
        prices = [PriceRow("list", goods.unit_minor + 37), PriceRow("special", goods.unit_minor)]
    if number % 3 == 0:
        prices.append(PriceRow("member", max(1, goods.unit_minor // 4)))
    rate = (0, 500, 2500)[number % 3]
    product = Product(sku, {"en": sku}, unit, plu=plu, tax_rate_bp=rate, discountable=number % 6 != 1)
    writer.add_product(product, codes={code: 1}, prices=prices, takings=takings)
    if goods.grams is not None:
        labels = [(_checked(f"22{plu}{grams:05d}"), grams) for grams in (goods.grams, 730)]
        return Sold(
            sku, tuple(one for one, _ in labels), tuple({"code": code, "weight_g": grams} for _, grams in labels)
        )
    if goods.fixed_minor is not None:
        label = _checked(f"21{plu}{goods.fixed_minor:05d}")
        return Sold(sku, (label,), ({"code": label},))
    return Sold(sku, (code,), ({"code": code, "quantity": 1},))


def _checked(text: str) -> str:
    return text + check_digit(text)


def announce(hub: Hub, path: Path, packed: Path) -> None:
    """Publish a list that no import made: with campaigns of every kind, as a later hub may."""
    made = pack(path, packed)
    hub.storage.put_file(file_name(made.sha256), packed)
    snapshot = SnapshotFile(
        revision=META.revision,
        state=META.state,
        sha256=made.sha256,
        size=made.size,
        uncompressed_size=made.uncompressed_size,
    )
    hub.keys.active()  # makes the first
    ring = hub.keys.now_signing()
    manifest = Manifest(
        store=META.store,
        revision=META.revision,
        state=META.state,
        currency=META.currency,
        published_at=AT,
        signed_at=AT,
        fresh_until=(START + timedelta(days=7)).isoformat(),
        snapshot=snapshot,
        keys=tuple(announced_key(one.public_key) for one in ring.signing),
    )
    envelope = canonical_json(sign(manifest, hub.keys.private(ring)))
    hub.storage.put_bytes(manifest_name(META.store, META.channel), envelope.encode())


Picked = list[tuple[Sold, int]]  # a product, and which of its bags


@pytest.fixture
def ask(
    shop: Shop, lane: httpx.Client, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Any]:
    """The answer of the hub, after it was compared with what the command prints."""

    def both(picked: Picked, *, member: bool = False, coupons: Sequence[str] = (), way: str = "", source: Path) -> Any:
        entries = [sold.entries[bag] for sold, bag in picked]
        basket = tmp_path / "basket.json"
        basket.write_text(json.dumps(entries), "utf-8")
        body = {"store": "s", "at": AT, "member": member, "coupons": list(coupons), "way": way, "lines": entries}
        answered = lane.post("/v1/baskets/price", json=body)
        assert answered.status_code == 200, answered.text
        options = ["--member"] * member + [part for code in coupons for part in ("--coupon", code)] + ["--way", way]
        assert main(["price", "--list", str(source), "--at", AT, *options, str(basket)]) == 0
        assert capfdbinary.readouterr().out == answered.content
        return answered.json()

    return both


def visits(count: int, goods: Sequence[Sold]) -> Iterator[tuple[Random, Picked, bool, list[str]]]:
    for seed in range(count):
        chance = Random(seed)  # noqa: S311 - repeatable, no secret
        # From a few worlds only, or nothing of a bundle ever meets.
        worlds = {str(chance.choice(WORLDS)) for _ in range(3)}
        near = [one for one in goods if one.sku.split("s")[0] in worlds]
        picked = [(one, chance.randrange(len(one.scans))) for one in chance.choices(near, k=chance.randint(1, 9))]
        yield chance, picked, seed % 2 == 0, chance.sample(["S1", "S2", "OPEN"], chance.randint(0, 2))


def shown(lane: LaneRig, picked: Picked, *, member: bool, coupons: Sequence[str]) -> tuple[int, Counter[Any]]:
    """What the lane shows after these scans, and has on disk: what each product costs, and what each campaign saves."""
    lane.till.begin()
    if member:
        lane.till.member({"member"})
    view = lane.scan(*(sold.scans[bag] for sold, bag in picked), *coupons)
    assert not any(line.problem for line in view.lines)
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        sale = fold(journal.last_sale())
    assert sale is not None
    found: Counter[Any] = Counter()
    for line, money in zip(sale.lines, price_sale(sale).lines, strict=True):
        found[line.sku, "net"] += money.net_minor
        found[line.sku, "gross"] += money.list_minor
        found[line.sku, "special-price"] += money.special_saving_minor
        for one in money.applied:
            found[line.sku, one.campaign.id] += one.saving_minor
    found["", "saved"] = view.saved_minor
    total = view.total_minor
    lane.till.cancel_basket()
    return total, +found


def answered(answer: Any) -> tuple[int, Counter[Any]]:
    found: Counter[Any] = Counter()
    for line in answer["lines"]:
        assert line["gross"] - sum(one["amount"] for one in line["discounts"]) == line["net"]
        found[line["sku"], "net"] += line["net"]
        found[line["sku"], "gross"] += line["gross"]
        for one in line["discounts"]:
            found[line["sku"], one["campaign"]] += one["amount"]
    found["", "saved"] = answer["saved"]
    assert sum(line["tax"] for line in answer["lines"]) == sum(one["tax"] for one in answer["tax"])
    return answer["total"], +found


def test_lane_command_and_hub_ask_the_same_of_every_basket(shop: Shop, ask: Callable[..., Any]) -> None:
    used: Counter[str] = Counter()
    for _, picked, member, coupons in visits(16, shop.goods):
        answer = ask(picked, member=member, coupons=coupons, source=shop.path)
        assert answered(answer) == shown(shop.lane, picked, member=member, coupons=coupons)
        used.update("coupon" for one in answer["campaigns"] if one["coupons"])
        used.update(one["campaign"].partition("-")[2] for one in answer["campaigns"])
    assert min(used["coupon"], used["c1"], used["price"], used["c0"]) > 0  # or little was compared


def test_the_order_of_scanning_changes_no_products_price(shop: Shop, ask: Callable[..., Any]) -> None:
    for chance, picked, member, coupons in visits(8, shop.goods):
        before = answered(ask(picked, member=member, coupons=coupons, source=shop.path))
        chance.shuffle(picked)
        assert answered(ask(picked, member=member, coupons=coupons, source=shop.path)) == before
        assert shown(shop.lane, picked, member=member, coupons=coupons) == before


def test_a_snapshot_and_a_stores_folder_are_the_same_list(shop: Shop, ask: Callable[..., Any]) -> None:
    for _, picked, member, coupons in visits(2, shop.goods):
        for source in (shop.packed, shop.folder, shop.lane.folder):
            ask(picked, member=member, coupons=coupons, way="card", source=source)
