"""Receipts as files: what 'print' leaves, what the code on the screen holds, and what happens without room."""

import logging
from pathlib import Path

import pytest
import segno
from PySide6.QtGui import QImage

from kiosk.adapters.receipts import FileReceipts, for_code
from kiosk.services.ports import MadeReceipt
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.pricing import price_basket
from retail.sale import Attempt, AttemptState, Line, Sale, SaleStatus
from tests.kiosk.lane_rig import START

pytestmark = pytest.mark.usefixtures("qapp")
META = Meta("s", 1, "CNY", START, "Asia/Shanghai", {"en": "Lantern Market"}, {"tax_id": {"en": "9131"}})
TEXTS = Texts.load()


def a_sale(lines: int = 2) -> Sale:
    goods = tuple(
        Line(number, f"952{number:010}", f"P{number}", {"en": f"Farm milk number {number} 1 L"}, unit_minor=1280)
        for number in range(1, lines + 1)
    )
    paid = Attempt("k", "wallet", "simulated", 1280 * lines, AttemptState.APPROVED, reference="r-12345678")
    at = START.isoformat()
    return Sale(
        "sale-1",
        "s",
        "lane-1",
        "CNY",
        at,
        goods,
        lines,
        (paid,),
        SaleStatus.COMPLETED,
        completed_at=at,
        completion={"receipt_number": "3-ABC"},
    )


def made(receipts: FileReceipts, lines: int = 2) -> MadeReceipt:
    sale = a_sale(lines)
    return receipts.make(sale, price_basket(sale.lines), META, "en")


def test_printing_leaves_text_and_picture_of_the_last_receipt(tmp_path: Path) -> None:
    receipts = FileReceipts(TEXTS, folder=tmp_path / "new" / "receipts", url="")
    receipt = made(receipts)
    assert receipt.can_print is True
    assert receipts.print("3-ABC") is True
    folder = tmp_path / "new" / "receipts"
    assert (folder / "3-ABC.txt").read_text(encoding="utf-8") == receipt.text + "\n"
    assert not QImage(str(folder / "3-ABC.png")).isNull()
    assert sorted(path.name for path in folder.iterdir()) == ["3-ABC.png", "3-ABC.txt"]


def test_a_lane_without_paper_prints_nothing() -> None:
    receipts = FileReceipts(TEXTS, folder=None, url="")
    assert made(receipts).can_print is False
    assert receipts.print("3-ABC") is False


def test_paper_that_cannot_be_written_is_said_and_not_raised(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "receipts").write_text("a file in the way")
    receipts = FileReceipts(TEXTS, folder=tmp_path / "receipts", url="")
    made(receipts)
    with caplog.at_level(logging.ERROR):
        assert receipts.print("3-ABC") is False
    assert "3-ABC was not printed" in caplog.text


def test_the_code_holds_the_shops_address_of_the_sale() -> None:
    receipts = FileReceipts(TEXTS, folder=None, url="https://shop.example/r/{sale}")
    assert made(receipts).url == "https://shop.example/r/sale-1"


def test_without_an_address_the_code_holds_the_receipt_itself() -> None:
    receipt = made(FileReceipts(TEXTS, folder=None, url=""))
    assert "Lantern Market" in receipt.url
    assert "25.60" in receipt.url
    assert "Farm milk number 1" in receipt.url
    assert "  " not in receipt.url


@pytest.mark.parametrize("lines", [1, 10, 60])
def test_a_receipt_of_any_length_fits_a_code_that_a_phone_can_read(lines: int) -> None:
    receipt = made(FileReceipts(TEXTS, folder=None, url=""), lines)
    version = segno.make_qr(receipt.url, error="l").version
    assert isinstance(version, int)
    assert version <= 20
    assert "Lantern Market" in receipt.url
    assert f"{1280 * lines / 100:,.2f}" in receipt.url


def test_a_text_without_rules_is_kept_whole() -> None:
    assert for_code("one\n\n  two   three\n") == "one\ntwo three"
