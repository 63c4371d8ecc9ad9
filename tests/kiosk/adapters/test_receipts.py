"""Receipts through the queue to a folder: what comes out, what a copy is, and what the code on the screen holds."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from PySide6.QtGui import QImage

from hardware.printer_folder import OUT_OF_PAPER, FolderPrinter
from kiosk.adapters.print_queue import Listeners, PrintQueue, QueueRules
from kiosk.adapters.printers import draw
from kiosk.adapters.receipts import LaneReceipts, for_code
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from kiosk.services.ports import MadeReceipt
from kiosk.services.receipt import columns
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.pricing import price_basket
from retail.sale import Attempt, AttemptState, Line, Sale, SaleStatus
from tests.hardware.listener import PATIENCE_S
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


def made(receipts: LaneReceipts, lines: int = 2, language: str = "en") -> MadeReceipt:
    sale = a_sale(lines)
    return receipts.make(sale, price_basket(sale.lines), META, language)


class Lane:
    """Receipts, queue and a printer that is a folder, as a demo's lane has them."""

    def __init__(self, folder: Path, dots: int = 576) -> None:
        self.paper = folder / "receipts"
        self.changed = threading.Event()
        self.queue = PrintQueue(
            FolderPrinter("printer", self.paper, dots=dots),
            folder / "print-queue",
            draw=draw,
            clock=lambda: START,
            listeners=Listeners(self.changed.set),
            rules=QueueRules(look_s=0.01),
        )
        self.receipts = LaneReceipts(TEXTS, queue=self.queue, url="")
        self.queue.start()

    def until(self, seen: Callable[[], bool]) -> None:
        while not seen():
            assert self.changed.wait(PATIENCE_S)
            self.changed.clear()

    def text(self, name: str) -> str:
        return (self.paper / name).read_text(encoding="utf-8")


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    yield lane
    lane.queue.close()


def test_printing_puts_the_last_receipt_on_paper_once(lane: Lane) -> None:
    receipt = made(lane.receipts)
    assert receipt.can_print is True
    assert lane.receipts.fate("3-ABC") is PrintFate.NONE
    assert lane.receipts.print("3-ABC") is True
    assert lane.receipts.print("3-ABC") is True
    lane.until(lambda: lane.receipts.fate("3-ABC") is PrintFate.PRINTED)
    assert lane.text("3-ABC.txt") == receipt.text + "\n"
    assert QImage(str(lane.paper / "3-ABC.png")).width() == 576
    assert sorted(path.name for path in lane.paper.iterdir()) == ["3-ABC.png", "3-ABC.txt"]


@pytest.mark.parametrize(("language", "word"), [("en", "COPY"), ("zh-CN", "补打"), ("zh-TW", "補印")])
def test_printed_again_it_is_a_copy_in_the_receipts_language(lane: Lane, language: str, word: str) -> None:
    assert lane.receipts.printer.can_reprint is False
    receipt = made(lane.receipts, language=language)
    assert lane.receipts.printer.can_reprint is True
    lane.receipts.print("3-ABC")
    lane.until(lambda: lane.receipts.fate("3-ABC") is PrintFate.PRINTED)
    assert lane.receipts.reprint() is True
    lane.until((lane.paper / "3-ABC-2.png").exists)
    assert lane.text("3-ABC-2.txt") == f"{word}\n{receipt.text}\n"


def test_one_that_waits_for_paper_is_not_printed_twice_by_asking_staff(lane: Lane) -> None:
    made(lane.receipts)
    lane.paper.mkdir(exist_ok=True)
    (lane.paper / OUT_OF_PAPER).touch()
    lane.until(lambda: lane.receipts.printer.says is PrinterSays.OUT)
    lane.receipts.print("3-ABC")
    assert lane.receipts.reprint() is True
    assert lane.receipts.printer.waiting == 1


def test_narrow_paper_has_narrow_columns_and_the_screen_has_not(tmp_path: Path) -> None:
    lane = Lane(tmp_path, dots=384)
    try:
        receipt = made(lane.receipts)
        lane.receipts.print("3-ABC")
        lane.until(lambda: lane.receipts.fate("3-ABC") is PrintFate.PRINTED)
        assert max(map(columns, receipt.text.splitlines())) == 42
        assert max(map(columns, lane.text("3-ABC.txt").splitlines())) == 32
        assert QImage(str(lane.paper / "3-ABC.png")).width() == 384
    finally:
        lane.queue.close()


def test_a_number_that_is_not_the_last_receipts_is_not_printed(lane: Lane) -> None:
    made(lane.receipts)
    assert lane.receipts.print("3-XYZ") is False


def test_a_lane_without_paper_prints_nothing() -> None:
    receipts = LaneReceipts(TEXTS, queue=None, url="")
    assert made(receipts).can_print is False
    assert receipts.print("3-ABC") is False
    assert receipts.reprint() is False
    receipts.take_back("3-ABC")
    assert receipts.printer == PrinterView(PrinterSays.NONE)


def test_the_code_holds_the_shops_address_of_the_sale() -> None:
    receipts = LaneReceipts(TEXTS, queue=None, url="https://shop.example/r/{sale}")
    assert made(receipts).url == "https://shop.example/r/sale-1"


def test_without_an_address_the_code_holds_the_receipt_itself() -> None:
    receipt = made(LaneReceipts(TEXTS, queue=None, url=""))
    assert "Lantern Market" in receipt.url
    assert "25.60" in receipt.url
    assert "Farm milk number 1" in receipt.url
    assert "  " not in receipt.url


@pytest.mark.parametrize("lines", [1, 10, 60])
def test_a_receipt_of_any_length_fits_a_code_that_a_phone_can_read(lines: int) -> None:
    receipt = made(LaneReceipts(TEXTS, queue=None, url=""), lines)
    version = segno.make_qr(receipt.url, error="l").version
    assert isinstance(version, int)
    assert version <= 20
    assert "Lantern Market" in receipt.url
    assert f"{1280 * lines / 100:,.2f}" in receipt.url


def test_a_text_without_rules_is_kept_whole() -> None:
    assert for_code("one\n\n  two   three\n") == "one\ntwo three"
