"""`kiosk price`: one JSON object for a basket that is understood, one sentence and status 2 for any that is not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from offline_cache.price_list.packing import pack
from offline_cache.price_list.writer import OfferRow
from tests.kiosk.lane_rig import CHEESE, LABEL, MILK, WINE, write_list

TWO = OfferRow("two-milk", 2, 2200, {"en": "Any 2 for 22"}, ("MILK",))
AT = ("--at", "2026-11-22T12:00")


@pytest.fixture
def price_list(tmp_path: Path) -> Path:
    path = tmp_path / "price-list.sqlite"
    write_list(path, offers=(TWO,))
    return path


@pytest.fixture
def basket(tmp_path: Path):
    def write(*entries: dict[str, Any]) -> str:
        path = tmp_path / "basket.json"
        path.write_text(json.dumps(entries), "utf-8")
        return str(path)

    return write


def test_a_basket_is_priced_with_its_discounts(price_list, basket, capfdbinary) -> None:
    asked = basket({"code": MILK, "quantity": 3}, {"code": CHEESE, "weight_g": 250}, {"code": LABEL})
    assert main(["price", "--list", str(price_list), *AT, asked]) == 0
    out, err = capfdbinary.readouterr()
    found = json.loads(out)
    assert (out.count(b"\n"), err) == (1, b"")
    assert [(one["gross"], one["discounts"], one["net"]) for one in found["lines"]] == [
        (3840, [{"campaign": "two-milk", "amount": 360}], 3480),
        (2000, [], 2000),
        (1000, [], 1000),
    ]
    assert (found["total"], found["saved"], found["bounded"]) == (6480, 360, False)
    assert found["at"] == "2026-11-22T12:00:00+08:00"  # the shop's own clock


def test_the_basket_may_come_from_standard_input(price_list: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "price", "--list", str(price_list), "-"]
    done = subprocess.run(command, input=b'[{"code": "%s"}]' % WINE.encode(), capture_output=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["total"]) == (0, 3800)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[", "is not JSON"),
        ('{"code": "1"}', "a basket is a list of entries"),
        ('[{"code": "1"}]', 'entry 1, "1": is not in this price list'),
        (f'[{{"code": "{MILK}"}}, {{"code": "{CHEESE}", "quantity": 1}}]', f'entry 2, "{CHEESE}": is weighed goods'),
    ],
)
def test_what_is_not_understood_is_one_sentence_and_no_price(
    price_list, tmp_path, capfdbinary, content: str, said: str
) -> None:
    path = tmp_path / "basket.json"
    path.write_text(content, "utf-8")
    assert main(["price", "--list", str(price_list), str(path)]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert err.decode().startswith("kiosk: ")
    assert said in err.decode()
    assert err.count(b"\n") == 1


def test_a_time_that_is_none_is_refused(price_list, basket, capfd) -> None:
    assert main(["price", "--list", str(price_list), "--at", "noon", basket({"code": MILK})]) == 2
    assert '"noon" is no time' in capfd.readouterr().err


def test_prices_of_another_channel_are_in_another_list(price_list, basket, capfdbinary) -> None:
    asked = basket({"code": MILK})
    assert main(["price", "--list", str(price_list), *AT, "--channel", "lane", asked]) == 0
    assert json.loads(capfdbinary.readouterr().out)["channel"] == "lane"
    assert main(["price", "--list", str(price_list), *AT, "--channel", "web", asked]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert b"the list is of the channel 'lane', not 'web'" in err


def test_a_use_that_is_none_is_refused(price_list, basket, capfd) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["price", "--list", str(price_list), "--used", "two-milk", basket({"code": MILK})])
    assert ended.value.code == 2
    assert "write it as CAMPAIGN=2" in capfd.readouterr().err


def test_a_basket_that_is_not_there_is_named(price_list, tmp_path, capfd) -> None:
    assert main(["price", "--list", str(price_list), str(tmp_path / "none.json")]) == 2
    assert f"{tmp_path / 'none.json'}: cannot be read" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["none.sqlite", "", "basket.json"])
def test_a_list_that_is_none_is_named(basket, tmp_path, capfd, name: str) -> None:
    assert main(["price", "--list", str(tmp_path / name), basket({"code": MILK})]) == 2
    err = capfd.readouterr().err
    assert str(tmp_path / name) in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("damage", ["cut", "noise", "grown", "no size", "text"])
def test_a_damaged_list_is_one_sentence(price_list, basket, tmp_path, capfd, damage: str) -> None:
    packed = tmp_path / "list.sqlite.zst"
    pack(price_list, packed)
    content = packed.read_bytes()
    packed.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "noise": content[:200] + os.urandom(200) + content[400:],
            "grown": content[:5] + b"\xff\xff\xff\xff" + content[9:],
            "no size": b"\x28\xb5\x2f\xfd\x00",
            "text": b"code,price\n1,2\n",
        }[damage]
    )
    assert main(["price", "--list", str(packed), basket({"code": MILK})]) == 2
    err = capfd.readouterr().err
    assert str(packed) in err
    assert err.count("\n") == 1
