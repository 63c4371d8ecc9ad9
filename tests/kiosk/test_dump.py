"""`kiosk dump`: the whole list, the same words whatever way it came here."""

import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.big_list import write_big_list
from kiosk.__main__ import main
from offline_cache.price_list.dump import dump
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter, PriceRow
from retail.product import Product, Unit
from tests.kiosk.lane_rig import START

NOW = int(START.timestamp())


def write(path: Path, *, backwards: bool = False) -> None:
    products = [
        Product("B2", {"zh-CN": "苹果", "en": "Apples"}, Unit.KG, "fruit", 900, loose=True, plu="4017", tare_grams=5),
        Product("A1", {"en": "Water"}, tax_rate_bp=1300, min_age=18),
        Product("C3", {"en": "Out of season"}),
    ]
    prices = {
        "B2": [PriceRow("list", 1190), PriceRow("special", 990, NOW - 60, NOW + 60), PriceRow("member", 100)],
        "A1": [PriceRow("list", 250, None, NOW + 3600), PriceRow("list", 300, NOW + 3600)],
        "C3": [PriceRow("list", 100, NOW + 3600)],
    }
    codes = {"B2": {}, "A1": {"69510000000018": 6, "6951000000001": 1}, "C3": {"77": 1}}
    with PriceListWriter(path, Meta("s", 7, "CNY", START)) as writer:
        for product in reversed(products) if backwards else products:
            writer.add_product(product, codes=codes[product.sku], prices=prices[product.sku])
        writer.add_offer(OfferRow("z", 2, 400, {"en": "2 for 4"}, ("A1",)))
        writer.add_offer(OfferRow("a", 3, 500, {"en": "3 for 5"}, ("A1",)))


def dumped(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["dump", "--dir", str(folder), "--at", START.isoformat(), *more]) == 0
    return capsys.readouterr().out


def test_each_product_is_one_object_in_a_fixed_order_of_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "price-list.sqlite")
    water, apples, season = dumped(tmp_path, capsys, "--json").splitlines()
    assert water == (
        '{"sku": "A1", "names": {"en": "Water"}, "unit": "piece", "category": "", "tax_rate_bp": 1300, "min_age": 18, '
        '"loose": false, "plu": "", "tare_grams": 0, "codes": {"6951000000001": 1, "69510000000018": 6}, "prices": '
        f'[{{"kind": "list", "minor": 250, "valid_from": null, "valid_until": {NOW + 3600}}}, '
        f'{{"kind": "list", "minor": 300, "valid_from": {NOW + 3600}, "valid_until": null}}], '
        '"price_minor": 250, "currency": "CNY", "offers": ["a", "z"], '
        '"takings": [{"campaign": "a", "group": 0, "price_minor": null}, '
        '{"campaign": "z", "group": 0, "price_minor": null}], "discountable": true}'
    )
    assert json.loads(apples)["price_minor"] == 990  # the special price, and never a member's
    assert (json.loads(apples)["names"], json.loads(apples)["loose"]) == ({"en": "Apples", "zh-CN": "苹果"}, True)
    assert json.loads(season)["price_minor"] is None


def test_it_does_not_depend_on_how_the_list_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "price-list.sqlite")
    one = dumped(tmp_path, capsys, "--json")
    write(tmp_path / "price-list.sqlite", backwards=True)
    assert dumped(tmp_path, capsys, "--json") == one


def test_prices_are_those_of_the_moment_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "price-list.sqlite")
    later = (START + timedelta(hours=1)).isoformat()
    assert main(["dump", "--dir", str(tmp_path), "--json", "--at", later]) == 0
    found = [json.loads(line)["price_minor"] for line in capsys.readouterr().out.splitlines()]
    assert found == [300, 1190, 100]


def test_the_price_is_the_one_that_a_lane_asks(tmp_path: Path) -> None:
    write(tmp_path / "price-list.sqlite")
    prices = PriceList(tmp_path / "price-list.sqlite")
    for hours in (-1, 0, 1, 2):
        at = START + timedelta(hours=hours)
        found = {sku: prices.find_sku(sku, at) for sku in ("A1", "B2", "C3")}
        asked = {sku: listing.price.unit_minor if listing else None for sku, listing in found.items()}
        assert {one["sku"]: one["price_minor"] for one in dump(prices, at)} == asked
    prices.close()


def test_people_read_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "price-list.sqlite")
    about, heads, water, apples, season = dumped(tmp_path, capsys, "--language", "zh-CN").splitlines()
    assert about == "Store s, revision 7, published 2026-11-22 04:00 UTC"
    assert [heads.index(head) for head in ("SKU", "NAME", "CODES")] == [0, 19, water.index("6951000000001")]
    assert water.endswith("¥2.50 each  6951000000001, 69510000000018 (x6)  [2 prices; offers: a, z]")
    assert "苹果" in apples
    assert "¥9.90 /kg   PLU 4017  [3 prices]" in apples
    assert "no price" in season


@pytest.mark.parametrize("at", ["yesterday", "2026-11-22T00:00"])
def test_a_time_that_is_none_or_has_no_zone_is_a_sentence(at: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dump", "--dir", "x", "--at", at])
    assert ended.value.code == 2
    assert "2026-11-22T00:00+08:00" in capsys.readouterr().err


def test_without_a_list_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", "--dir", str(tmp_path), "--json"]) == 2
    assert capsys.readouterr().err.startswith(f"kiosk: {tmp_path}/price-list.sqlite: there is no price list yet")


def test_who_reads_only_the_beginning_is_no_error(tmp_path: Path) -> None:
    write_big_list(tmp_path / "price-list.sqlite", 5000)
    command = [sys.executable, "-m", "kiosk", "dump", "--dir", str(tmp_path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    write_big_list(tmp_path / "price-list.sqlite", 20_000)
    prices = PriceList(tmp_path / "price-list.sqlite")
    tracemalloc.start()
    try:
        assert sum(1 for _ in dump(prices, datetime.now(UTC))) == 20_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        prices.close()
    assert peak < 200_000
