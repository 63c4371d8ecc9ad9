"""`kiosk parse`: one line a text, safe on any terminal, and silent about codes of people and of their money."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main

SMALLEST = '[lane]\nstore = "s"\nname = "l"\n[data]\ndir = "d"\n[[payment]]\nid = "wallet"\ngateway = "simulated"\n'


def parsed(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["parse", "--json", "--today", "2026-11-22", *arguments]) == 0
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_line_says_all_that_a_code_says(capfd: pytest.CaptureFixture[str]) -> None:
    text = "]C101995212345432163103000250" + "39221250\x1d10LOT\x1d21S1\x1d1726120115261130"
    (found,) = parsed(capfd, text)
    assert found == {
        "text": text,
        "kind": "product",
        "gtin": "99521234543216",
        "item": None,
        "serial": "S1",
        "lot": "LOT",
        "expiry": "2026-12-01",
        "best_before": "2026-11-30",
        "sell_by": None,
        "weight_g": 250,
        "price_minor": 1250,
        "currency": "CNY",
        "unit_price_minor": None,
        "quantity": None,
        "issue": None,
        "symbology": "CODE128",
        "template": None,
        "domain": None,
        "elements": {
            "01": "99521234543216",
            "3103": "000250",
            "3922": "1250",
            "10": "LOT",
            "21": "S1",
            "17": "261201",
            "15": "261130",
        },
        "warnings": [],
    }


@pytest.mark.parametrize(
    "text", ["010952123454321310A{GS}21B", "010952123454321310A<GS>21B", "^010952123454321310A^21B"]
)
def test_a_separator_may_be_written_so_that_people_see_it(capfd: pytest.CaptureFixture[str], text: str) -> None:
    (found,) = parsed(capfd, text)
    assert (found["lot"], found["serial"], found["text"]) == ("A", "B", text)


def test_templates_presets_and_the_pay_screen_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    (found,) = parsed(capfd, "--template", "21{item:5}{price:5}{check}", "--template", "se", "2388060112344")
    assert (found["kind"], found["item"], found["weight_g"], found["template"]) == ("label", "880601", 1234, "se")
    (found,) = parsed(capfd, "--paying", "130000000000000001")
    assert (found["kind"], found["warnings"]) == ("wallet", [])


def test_what_the_device_said_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    (found,) = parsed(capfd, "--symbology", "upce", "425261")
    assert found["gtin"] == "00042100005264"
    (found,) = parsed(capfd, "--gs1", "--currency", "jpy", "019952123454321639201250")
    assert (found["price_minor"], found["currency"]) == (1250, "JPY")


def test_codes_of_people_and_of_their_money_are_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "SGB-4711-X", "SGM-4711", "134711471147114711"]) == 0
    assert main(["parse", "--json", "--paying", "SGB-4711-X", "SGM-4711", "134711471147114711"]) == 0
    printed = capfd.readouterr().out
    assert "4711" not in printed
    assert "SGB-····" in printed


def test_a_badge_is_left_out_wherever_it_has_a_dash(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lane = tmp_path / "lane.toml"
    lane.write_text(SMALLEST + '[codes]\nbadge_prefix = "STAFF"\n', "utf-8")
    assert main(["parse", "--config", str(lane), "STAFF4711-9", "]C0STAFF4711-9"]) == 0
    assert main(["parse", "--json", "--config", str(lane), "STAFF4711-9", "]C0STAFF4711-9"]) == 0
    printed = capfd.readouterr().out
    assert ("4711" in printed, printed.count("STAFF····")) == (False, 4)


def test_no_text_reaches_the_terminal_as_a_command_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    texts = ["\x1b[2J\x9b31m\x07", "\u202eabc", "a\U000e0041b", "漢字 é \U0001f600"]
    for found, text in zip(parsed(capfd, *texts), texts, strict=True):
        assert found["text"] == text
    assert main(["parse", "--json", *texts]) == 0
    assert main(["parse", *texts]) == 0
    out = capfd.readouterr().out
    assert all(line.isprintable() for line in out.splitlines())
    assert "漢字 é \U0001f600" in out


def test_lines_of_any_bytes_come_from_standard_input(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"9521234543213\r\n\nfoo\xff\x00bar\n" + b"9" * 1_000_000 + b"\n04252614"
    for arguments in ((), ("-",)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        found = parsed(capfd, *arguments)
        assert [one["kind"] for one in found] == ["product", "unknown", "unknown", "unknown", "product"]
        assert found[2]["text"] == "foo\udcff\x00bar"


def test_people_get_words(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "(01)09521234543213(17)201231", "x"]) == 0
    product, unknown = capfd.readouterr().out.splitlines()
    assert product.startswith("product  text (01)09521234543213(17)201231  gtin 09521234543213  expiry 2020-12-31")
    assert product.endswith("(past_expiry)")
    assert unknown == "unknown  text x"


def test_a_lanes_file_brings_its_templates_and_prefixes(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lane = tmp_path / "lane.toml"
    lane.write_text(SMALLEST + '[codes]\nlabel_templates = ["gb"]\nguide_prefix = "GUIDE-"\n', "utf-8")
    label, guide = parsed(capfd, "--config", str(lane), "2011122912346", "GUIDE-1")
    assert (label["kind"], label["price_minor"], guide["kind"]) == ("label", 1234, "guide")


def test_a_template_that_cannot_be_read_is_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--template", "sx", "1"]) == 2
    assert "there is no such preset" in capfd.readouterr().err


def test_a_day_that_is_none_is_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["parse", "--today", "tomorrow", "1"])
    assert "write it as 2026-11-22" in capfd.readouterr().err


def test_whoever_has_seen_enough_may_hang_up() -> None:
    command = f"yes 9521234543213 | head -n 20000 | {sys.executable} -m kiosk parse --json | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
