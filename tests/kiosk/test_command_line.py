"""`kiosk lookup` and `kiosk journal verify`: what IT and other programs read."""

import json
from pathlib import Path

import pytest

from kiosk.__main__ import main
from tests.kiosk.lane_rig import APPROVED, MILK, WALLET, LaneRig


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_lookup_prints_one_object_a_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    LaneRig(tmp_path)
    assert main(["lookup", "--dir", str(tmp_path), MILK, "0" + MILK, "4017", "999"]) == 0
    milk, padded, apple, none = lines(capsys)
    assert milk == {
        "code": MILK,
        "product": "MILK",
        "name": "Milk",
        "price_minor": 1280,
        "currency": "CNY",
        "unit": "piece",
        "revision": 1,
    }
    assert (padded["product"], padded["price_minor"]) == ("MILK", 1280)
    assert (apple["product"], apple["unit"], apple["price_minor"]) == ("APPLE", "kg", 1190)
    assert none == {
        "code": "999",
        "product": None,
        "name": None,
        "price_minor": None,
        "currency": "CNY",
        "unit": None,
        "revision": 1,
    }


def test_a_damaged_price_list_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "price-list.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert main(["lookup", "--dir", str(tmp_path), MILK]) == 2
    assert "price-list.sqlite" in capsys.readouterr().err


def test_verify_reports_a_whole_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rig = LaneRig(tmp_path)
    rig.bank.answers.append(APPROVED)
    rig.pay_screen(MILK)
    rig.scan(WALLET)
    assert rig.verify().ok
    assert main(["journal", "verify", "--dir", str(tmp_path), "--json"]) == 0
    (report,) = lines(capsys)
    assert (report["ok"], report["completed"], report["events"]) == (True, 1, 6)


def test_verify_finds_a_changed_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rig = LaneRig(tmp_path)
    rig.scan(MILK)
    rig.verify()
    file = tmp_path / "journal.sqlite"
    content = file.read_bytes()
    assert b'"unit_minor":1280' in content
    file.write_bytes(content.replace(b'"unit_minor":1280', b'"unit_minor":1180'))
    assert main(["journal", "verify", "--dir", str(tmp_path), "--json"]) == 1
    (report,) = lines(capsys)
    assert (report["ok"], report["at"]) == (False, 2)
